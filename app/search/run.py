"""Runs a Query: one snapshot, one statement for the page, one for the total, one for what is included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.search.conditions import metres
from app.search.limits import MOST_INCLUDED
from app.search.page import PageCompiler
from app.search.query import Around, Notice, Position, Query
from app.store.database import Database, Script


class Found(NamedTuple):
    """A resource on a page. `score` where the page is sorted by it, `distance` in metres and the id of the `nearest`
    place where `near` was asked."""

    key: int
    type: str
    id: str
    document: bytes
    score: float | None = None
    distance: float | None = None
    nearest: str | None = None


@dataclass
class Page:
    matches: list[Found] = field(default_factory=list)
    included: list[Found] = field(default_factory=list)
    total: int | None = None
    """Of all pages; None when it was not asked for."""
    following: Position | None = None
    previous: Position | None = None
    notices: list[Notice] = field(default_factory=list)


async def run(database: Database, query: Query, body: str = "") -> Page:
    """`body` is the column of the documents, by default the release's. Raises StatementTimeout."""
    return await database.run(_script(database, query, body or query.release))


def _script(database: Database, query: Query, body: str) -> Script[Page]:
    compiler = PageCompiler(query, database.name)
    page = Page()
    position = query.position
    if position is not None:
        page.total = position.total
    elif query.total != "none" or query.count == 0 or query.summary == "count":
        [(page.total,)] = yield database.compile(compiler.total())
    if query.count == 0 or query.summary == "count":
        return page
    rows = yield database.compile(compiler.page(body))
    _cut(page, query, compiler, rows)
    around = _around(query)
    keys = [one.key for one in page.matches]
    if around and keys:
        for place in around:
            _measure(page, (yield database.compile(compiler.distances(place, keys))), query.types == ("Location",))
    if query.includes and keys:
        yield from _include(database, query, compiler, page, keys)
    return page


def _cut(page: Page, query: Query, compiler: PageCompiler, rows: Sequence[Sequence[Any]]) -> None:
    """The rows asked for, in order, and where the pages beside this one begin."""
    width = len(query.sort)
    more = len(rows) > query.count
    rows = list(rows[: query.count])
    if not compiler.forward:
        rows.reverse()
    scored = next((n for n, one in enumerate(query.sort) if one.parameter is None), None)
    page.matches = [_found(row[width:], None if scored is None else row[scored]) for row in rows]
    if not rows:
        return
    if more or not compiler.forward:
        page.following = Position(True, tuple(rows[-1][:width]), rows[-1][width], page.total)
    if more if not compiler.forward else query.position is not None:
        page.previous = Position(False, tuple(rows[0][:width]), rows[0][width], page.total)


def _found(row: Sequence[Any], score: float | None = None) -> Found:
    return Found(row[0], row[1], row[2], bytes(row[3]), score)


def _around(query: Query) -> list[Around]:
    return [
        value
        for test in query.tests()
        if test.parameters[0].reads == "near"
        for value in test.values
        if isinstance(value, Around)
    ]


def _measure(page: Page, rows: Sequence[Sequence[Any]], is_place: bool) -> None:
    """The nearest place of each match."""
    nearest: dict[int, tuple[float, str]] = {}
    for key, id, squared in rows:
        nearest[key] = min(nearest.get(key, (4.1, "")), (float(squared), id))
    page.matches = [
        one._replace(distance=metres(nearest[one.key][0]), nearest=None if is_place else nearest[one.key][1])
        if one.key in nearest and (one.distance is None or metres(nearest[one.key][0]) < one.distance)
        else one
        for one in page.matches
    ]


def _include(database: Database, query: Query, compiler: PageCompiler, page: Page, keys: list[int]) -> Iterator[Any]:
    """What the matches lead to; then, for `:iterate`, what that leads to, until there is nothing new."""
    known, includes = list(keys), query.includes
    while includes and keys and len(page.included) <= MOST_INCLUDED:
        rows: Any = yield database.compile(compiler.included(includes, keys, known))
        keys = [row[0] for row in rows]
        known += keys
        page.included += [_found(row) for row in rows]
        includes = tuple(one for one in query.includes if one.iterate)
    if len(page.included) > MOST_INCLUDED:
        del page.included[MOST_INCLUDED:]
        page.notices.append(
            Notice(
                "warning",
                "too-costly",
                f"more than {MOST_INCLUDED:,} resources are included: the others were left out; ask for fewer matches "
                "with _count or for fewer includes",
                query.processed[-1][0] if query.processed else "_include",
            )
        )
