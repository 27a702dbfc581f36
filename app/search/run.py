"""Runs a Query, in one snapshot and at most three statements when nothing is iterated: how many rows its tests have (as
far as that is not known), the page with its total, what it includes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.parameters.dates import utc_now
from app.search.conditions import metres
from app.search.included import distances, included, stated_ages
from app.search.limits import MOST_INCLUDED
from app.search.memory import Memory
from app.search.page import DATA_VERSION, Pages, Plan
from app.search.query import Around, Notice, Position, Query, Test
from app.store.database import Database, Script


class Found(NamedTuple):
    """A resource on a page. `score` where the page is sorted by it, `distance` in metres and the id of the `nearest`
    place where `near` was asked; `any_age` where an age was asked that only cohorts take which state no ages."""

    key: int
    type: str
    id: str
    document: bytes
    version: int
    score: float | None = None
    distance: float | None = None
    nearest: str | None = None
    any_age: bool = False


@dataclass
class Page:
    matches: list[Found] = field(default_factory=list)
    included: list[Found] = field(default_factory=list)
    total: int | None = None
    """Of all pages; None when it was not asked for."""
    following: Position | None = None
    previous: Position | None = None
    notices: list[Notice] = field(default_factory=list)
    version: int = 0
    """Of the data that the page was found in."""


async def run(database: Database, memory: Memory, query: Query, body: str = "") -> Page:
    """`body` is the column of the documents, by default the release's. Raises StatementTimeout."""
    alone = not query.includes and not _around(query) and not _aged(query)
    return await database.run(lambda: _script(database, memory, query, body or query.release), alone=alone)


def planned(database: Database, memory: Memory, query: Query, pages: Pages) -> Script[Plan]:
    """Where the page begins, by how many rows its tests have."""
    startable = pages.startable()
    if len(startable) == 1 and not query.sort and all(startable.values()):  # its rows come in the page's order
        [place] = startable
        return Plan(place, counted=place)
    names = {n: ("rows", query.release, pages.nodes[n]) for n in startable}
    known = {n: found[1] for n, name in names.items() if (found := memory.get(name)) is not None}
    unknown = [n for n in startable if n not in known]
    if unknown:
        [counts] = yield pages.counts(unknown)
        for n, count in zip(unknown, counts, strict=True):
            known[n] = count
            memory.put(names[n], None, count)
    return pages.plan(startable, known)


def _script(database: Database, memory: Memory, query: Query, body: str) -> Script[Page]:
    pages, page = Pages(query, database.name), Page()
    plan = yield from planned(database, memory, query, pages)
    # the day: with it records become stale
    name = ("total", utc_now().date(), query.release, query.types, query.nodes, query.contained)
    wanted = query.position is None and (query.total != "none" or not query.count or query.summary == "count")
    if query.position is not None:
        page.total = query.position.total
    if not query.count or query.summary == "count":
        [(version,)] = yield DATA_VERSION
        page.version = int(version)
        if wanted:
            page.total = yield from _counted(memory, name, pages, plan, version)
        return page
    kept = memory.get(name) if wanted else None
    rows: list[Sequence[Any]] = []
    version = None
    for missing in pages.phases(plan):
        left = query.count + 1 - len(rows)
        asked = wanted and kept is None and not rows and version is None
        found = yield pages.page(plan, body, left, total=asked, missing=missing)
        if found:
            version = found[0][1]
            if asked and found[0][0] is not None:
                page.total = found[0][0]
                memory.put(name, version, page.total)
        rows += [row[2:] for row in found]
        if len(rows) > query.count:
            break
    if wanted and page.total is None:
        if len(rows) <= query.count:
            page.total = len(rows)
        elif kept is not None and kept[0] == version:
            page.total = kept[1]
        else:
            page.total = yield from _total(memory, name, pages, plan)
    if version is None:
        [(version,)] = yield DATA_VERSION
    page.version = int(version)
    _cut(page, query, rows)
    around = _around(query)
    keys = [one.key for one in page.matches]
    if around and keys:
        measure(page, (yield distances(query, database.name, around, keys)), query.types == ("Location",))
    if keys and (aged := _aged(query)):
        _mark(page, (yield stated_ages(query, database.name, aged, keys)))
    if query.includes and keys:
        yield from _include(database, query, page, keys)
    return page


def _counted(memory: Memory, name: Any, pages: Pages, plan: Plan, version: Any) -> Script[int]:
    kept = memory.get(name)
    if kept is not None and kept[0] == version:
        return int(kept[1])
    return (yield from _total(memory, name, pages, plan))


def _total(memory: Memory, name: Any, pages: Pages, plan: Plan) -> Script[int]:
    [(total, version)] = yield pages.total(plan)
    memory.put(name, version, total)
    return int(total)


def _cut(page: Page, query: Query, rows: Sequence[Sequence[Any]]) -> None:
    """The rows asked for, in order, and where the pages beside this one begin."""
    width = len(query.sort)
    more = len(rows) > query.count
    rows = list(rows[: query.count])
    forward = query.position is None or query.position.forward
    if not forward:
        rows.reverse()
    scored = next((n for n, one in enumerate(query.sort) if one.parameter is None), None)
    page.matches = [_found(row[width:], None if scored is None else row[scored]) for row in rows]
    if not rows:
        return
    if more or not forward:
        page.following = Position(True, tuple(rows[-1][:width]), rows[-1][width], page.total)
    if more if not forward else query.position is not None:
        page.previous = Position(False, tuple(rows[0][:width]), rows[0][width], page.total)


def _found(row: Sequence[Any], score: float | None = None) -> Found:
    return Found(row[0], row[1], row[2], bytes(row[3]), row[4], score)


def _around(query: Query) -> list[Around]:
    return [
        value
        for test in query.tests()
        if test.parameters[0].reads == "near"
        for value in test.values
        if isinstance(value, Around)
    ]


def _aged(query: Query) -> list[Test]:
    return [test for test in query.tests() if test.parameters[0].reads == "eligible-age"]


def measure(page: Page, rows: Sequence[Sequence[Any]], is_place: bool) -> None:
    """The nearest place of each match."""
    nearest: dict[int, tuple[float, str]] = {}
    for key, id, squared in rows:
        nearest[key] = min(nearest.get(key, (4.1, "")), (float(squared), id))
    page.matches = [
        one._replace(distance=metres(nearest[one.key][0]), nearest=None if is_place else nearest[one.key][1])
        if one.key in nearest
        else one
        for one in page.matches
    ]


def _mark(page: Page, rows: Sequence[Sequence[Any]]) -> None:
    """The matches of which no cohort that states its ages takes the age."""
    stated = {key for (key,) in rows}
    page.matches = [one._replace(any_age=one.key not in stated) for one in page.matches]


def _include(database: Database, query: Query, page: Page, keys: list[int]) -> Script[None]:
    """What the matches lead to; then, for `:iterate`, what that leads to, until there is nothing new."""
    known, includes = set(keys), query.includes
    while includes and keys and len(page.included) <= MOST_INCLUDED:
        rows = yield included(query, database.name, includes, keys)
        fresh = [_found(row) for row in rows if row[0] not in known]
        keys = [one.key for one in fresh]
        known.update(keys)
        page.included += fresh
        includes = tuple(one for one in query.includes if one.iterate)
    if len(page.included) > MOST_INCLUDED:
        del page.included[MOST_INCLUDED:]
        asked = next((name for name, _ in query.processed if name.startswith(("_include", "_revinclude"))), "_include")
        page.notices.append(
            Notice(
                "warning",
                "too-costly",
                f"more than {MOST_INCLUDED:,} resources are included: the others were left out; ask for fewer matches "
                "with _count or for fewer includes",
                asked,
            )
        )
