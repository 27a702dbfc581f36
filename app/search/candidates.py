"""Which trials are held against a patient: those that the request's filters find, of the patient's conditions where
there are any.

A search like any other (`app.search.run`), but nothing of it is kept in memory: what it asks says something of the
patient.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.record.codes import CONDITION_SYSTEM, RECRUITMENT_SYSTEM
from app.record.ids import condition_code
from app.search.cursor import Cursors
from app.search.included import distances
from app.search.memory import Memory
from app.search.page import DATA_VERSION, Pages
from app.search.parse import parse
from app.search.query import Around, Node, Pair, Query, Some
from app.search.run import Found, Page, measure, planned
from app.store.database import Database, Script

MOST_CANDIDATES = 500
"""Trials that one request has held against its patient: some two seconds where none of them was before."""
MOST_CONDITIONS = 50
MESH = "http://id.nlm.nih.gov/mesh"


class Filters(NamedTuple):
    """`around` are degrees WGS 84 and metres; `codes` are (system, code) of the patient's conditions, `names` are their
    names, folded."""

    statuses: Sequence[str] = ()
    phases: Sequence[str] = ()
    around: tuple[float, float, float] | None = None
    codes: Collection[tuple[str, str]] = ()
    names: Collection[str] = ()


class Candidates(NamedTuple):
    """`found` are without documents, `more`: there are others. `by_condition`: those that study one of the conditions;
    else no trial found names one of them, or there is none."""

    found: Sequence[Found]
    more: bool
    by_condition: bool
    version: int


async def candidates(database: Database, release: str, filters: Filters) -> Candidates:
    """In the order in which they were loaded, at most `MOST_CANDIDATES`. Raises StatementTimeout."""
    narrow, wide = _queries(release, filters)
    for query in filter(None, (narrow, wide)):
        page = await database.run(lambda query=query: _script(database, query))  # type: ignore[misc]
        if page.matches or query is wide:
            found = page.matches[:MOST_CANDIDATES]
            return Candidates(found, len(page.matches) > MOST_CANDIDATES, query is narrow, page.version)
    raise AssertionError("the second query is always asked")


def _queries(release: str, filters: Filters) -> tuple[Query | None, Query]:
    """With the conditions, where there are any, and without."""
    pairs: list[Pair] = []
    if filters.statuses:
        pairs.append(("recruitment-status", ",".join(f"{RECRUITMENT_SYSTEM}|{code}" for code in filters.statuses)))
    if filters.phases:
        pairs.append(("phase", ",".join(filters.phases)))
    wide = replace(_parsed(release, pairs), count=MOST_CANDIDATES)
    if filters.around is not None:
        latitude, longitude, metres = filters.around
        near = _parsed(release, [("near", f"{latitude}|{longitude}|{metres / 1000:.3f}|km")])
        wide = replace(wide, nodes=(*wide.nodes, *near.nodes))
    studied = _studied(release, filters)
    return replace(wide, nodes=(Some(studied), *wide.nodes)) if studied else None, wide


def _studied(release: str, filters: Filters) -> tuple[Node, ...]:
    """That the trial studies one of the conditions: by code, by MeSH with all that stands below, or by its name."""
    names = sorted(filters.names)[:MOST_CONDITIONS]
    codes = sorted(filters.codes)[:MOST_CONDITIONS]
    coded = [f"{_escaped(system)}|{_escaped(code)}" for system, code in codes]
    coded += [f"{CONDITION_SYSTEM}|{condition_code(name)}" for name in names]
    below = [f"{MESH}|{_escaped(code)}" for system, code in codes if system == MESH]
    pairs = [
        ("condition", ",".join(coded)),
        ("condition:below", ",".join(below)),
        ("condition:text", ",".join(map(_escaped, names))),
    ]
    return _parsed(release, [pair for pair in pairs if pair[1]]).nodes


def _escaped(text: str) -> str:
    for sign in ("\\", ",", "|", "$"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\x00", " ")


def _parsed(release: str, pairs: Sequence[Pair]) -> Query:
    return parse(release, ("ResearchStudy",), pairs, Cursors(""), MOST_CANDIDATES)


def _script(database: Database, query: Query) -> Script[Page]:
    pages, page = Pages(query, database.name), Page()
    plan = yield from planned(database, Memory(), query, pages)
    rows = yield pages.page(plan, "id", MOST_CANDIDATES + 1, total=False)
    if rows:
        page.version = int(rows[0][1])
    else:
        [(version,)] = yield DATA_VERSION
        page.version = int(version)
    page.matches = [Found(row[2], row[3], row[4], b"", row[6]) for row in rows]
    around = [value for test in query.tests() for value in test.values if isinstance(value, Around)]
    if around and page.matches:
        keys = [one.key for one in page.matches]
        measure(page, (yield distances(query, database.name, around, keys)), False)
    return page
