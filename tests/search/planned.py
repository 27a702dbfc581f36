"""What may scan, and what is asked of every search parameter, whose plans are then read: for the test of plans."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from app.parameters.table import COMMON, PARAMETERS, PLAIN_PARAMETERS
from app.search import page, run
from app.search.cursor import Cursors
from app.search.memory import Memory
from app.search.parse import parse
from app.store.database import Database, Script, Statement
from tests.search.expected import LINES, PLAIN
from tests.search.plans import scans_of


class Excepted(NamedTuple):
    """What may scan (a pattern of the request's parameter), why, how far, and which tables."""

    what: str
    why: str
    bound: str
    tables: tuple[str, ...]


EXCEPTIONS = {
    "contains": Excepted(
        r"^[\w-]+:contains=|^title=\D",
        "a part of a text: SQLite has no index of three letters, PostgreSQL one only as an extension",
        "the texts of one parameter, until `page.FEW` and one are found; counted once for each state of the data",
        ("search_string", "search_token"),
    ),
    "ne": Excepted(
        r"=ne[\d-]",
        "all but a range is nearly everything",
        "the values of one parameter, until `page.FEW` and one are found; counted once for each state of the data",
        ("search_date", "search_number", "resource"),
    ),
    "sort": Excepted(
        r"^_sort=-?(_language|_profile|_security|_source|_tag)$",
        "the rows of what every type has do not say of which type they are",
        "the resources of one type, and their rows",
        ("resource", "search_token"),
    ),
    "score": Excepted(
        r"_sort=_score$",
        "the best of all that have the words: each is scored (PostgreSQL then joins the type's resources with them)",
        "the rows of the words and the resources of one type, where more than `page.FEW` have the words",
        ("resource",),
    ),
    "total": Excepted(
        r"",
        "an exact number of what is found: of a type, of what :missing and :not leave of it, of many rows",
        "the index of one type or one parameter, once for each state of the data (app.search.memory)",
        ("resource", "search_token", "search_string", "search_date", "search_number", "search_reference"),
    ),
}


class Asked(NamedTuple):
    release: str
    type: str
    pair: tuple[str, str]


def asked() -> Iterator[Asked]:
    """Every parameter, in the newest release that has it: with each modifier and value that is tried of it, and sorted
    by it both ways. (The other release's rows are the same but for a mark, which no index has.)"""
    for one in PARAMETERS:
        release, name = one.releases[-1], f"{one.resource}.{one.code}"
        type = "Location" if one.resource == COMMON else one.resource
        allowed = {*one.modifiers(release), *one.targets(release), ""}
        for modifier, value, _ in (LINES.get(f"{name}@{release}") or LINES[name]).cases:
            if modifier in allowed or one.code == "_has":
                code = f"{one.code}:{modifier}" if modifier else one.code
                yield Asked(release, type, (code, value.replace("{base}", f"http://trials/fhir/{release}")))
        if one.sortable:
            yield from (Asked(release, type, ("_sort", f"{sign}{one.code}")) for sign in ("", "-"))
    for plain in PLAIN_PARAMETERS:
        for value in filter(None, PLAIN[plain.code][:2]):
            yield Asked("v1", "ResearchStudy", (plain.code, value))


class Planned:
    """Stands for a database: has each statement of a search explained, and runs only those that decide the next one."""

    def __init__(self, database: Database) -> None:
        self.database, self.name = database, database.name
        self.statements: list[Statement] = []

    async def run(self, make: Callable[[], Script[Any]], **_: Any) -> Any:
        script, rows = make(), None
        while True:
            try:
                statement = next(script) if rows is None else script.send(rows)
            except StopIteration as end:
                return end.value
            self.statements.append(statement)
            if f"LIMIT {page.FEW + 1}" in statement.sql:
                [rows] = await self.database.read(statement)
            elif " AS p JOIN resource" in statement.sql:  # nothing, so that all parts of the page are asked for
                rows = []
            else:
                rows = [("1",)] if statement == page.DATA_VERSION else [("1", "1")]


async def scans(database: Database, one: Asked, *, total: bool, known: dict[Any, Any]) -> set[str]:
    only = ("total" if one.release == "v1" else "_total", "none")
    more = (("limit", "1") if one.release == "v1" else ("_summary", "count")) if total else only
    base = f"http://trials/fhir/{one.release}"
    query = parse(one.release, (one.type,), [one.pair, more], Cursors("key"), 20, base=base)
    planned = Planned(database)
    await run.run(planned, Memory(), query, "plain" if one.release == "v1" else "")  # type: ignore[arg-type]
    found: set[str] = set()
    for statement in planned.statements:
        name = (statement.sql, repr(statement.values))
        if name not in known:
            known[name] = await scans_of(database, statement)
        found.update(known[name])
    return found


def excepted(request: str, *, total: bool) -> list[str]:
    """The exceptions that a request may take."""
    return [name for name, one in EXCEPTIONS.items() if (total if name == "total" else re.search(one.what, request))]
