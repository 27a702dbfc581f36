"""Which trials are held against a patient: those that the request's filters find, of the patient's conditions where
there are any. A trial whose record names no condition may be of any.

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
LONGEST_NAME = 200
"""Characters of a condition's name that trials are looked for by: longer ones are sentences, and name none."""
MOST_NAMED = 1000
"""Codes, and as many names, that trials are looked for by."""
AT_ONCE = 100
"""Alternatives of one parameter."""
MESH = "http://id.nlm.nih.gov/mesh"


class Filters(NamedTuple):
    """`around` are degrees WGS 84 and metres; `codes` are (system, code) of the patient's conditions, `names` are their
    names, folded. `years` (one or more, as a birth date may be a year) and `sexes` are the patient's: they choose only
    where there are more trials than can be considered."""

    statuses: Sequence[str] = ()
    phases: Sequence[str] = ()
    around: tuple[float, float, float] | None = None
    codes: Collection[tuple[str, str]] = ()
    names: Collection[str] = ()
    years: Sequence[int] = ()
    sexes: Sequence[str] = ()


class Candidates(NamedTuple):
    """`found` are without documents, `more`: there are others. `by_condition`: they are chosen by the conditions; else
    no trial found names one of them, or there is none. `cut`: not all of the conditions were looked for."""

    found: Sequence[Found]
    more: bool
    by_condition: bool
    cut: bool
    version: int


async def candidates(database: Database, release: str, filters: Filters) -> Candidates:
    """In the order in which they were loaded, at most `MOST_CANDIDATES`; where there are more, those that take the
    patient's age and sex. Raises StatementTimeout."""
    query = _query(release, filters)
    studied, unnamed = _studied(release, filters), _parsed(release, [("condition:missing", "true")]).nodes
    by_condition = bool(studied) and bool((await _run(database, query, (Some(studied),), 1)).matches)
    among = (Some((*studied, *unnamed)),) if by_condition else ()
    page = await _run(database, query, among, MOST_CANDIDATES + 1)
    if len(page.matches) > MOST_CANDIDATES:
        page = await _run(database, query, (*among, *_taking(release, filters)), MOST_CANDIDATES + 1)
    more, cut = len(page.matches) > MOST_CANDIDATES, max(len(filters.codes), len(filters.names)) > MOST_NAMED
    return Candidates(page.matches[:MOST_CANDIDATES], more, by_condition, cut, page.version)


async def _run(database: Database, query: Query, nodes: tuple[Node, ...], most: int) -> Page:
    asked = replace(query, nodes=(*nodes, *query.nodes))
    return await database.run(lambda: _script(database, asked, most))


def _query(release: str, filters: Filters) -> Query:
    """Without the conditions."""
    pairs: list[Pair] = []
    if filters.statuses:
        pairs.append(("recruitment-status", ",".join(f"{RECRUITMENT_SYSTEM}|{code}" for code in filters.statuses)))
    if filters.phases:
        pairs.append(("phase", ",".join(filters.phases)))
    if filters.around is not None:
        latitude, longitude, metres = filters.around
        pairs.append(("near", f"{latitude}|{longitude}|{metres / 1000:.3f}|km"))
    return _parsed(release, pairs)


def _taking(release: str, filters: Filters) -> tuple[Node, ...]:
    """That it takes somebody of this age and sex."""
    pairs = [("eligible-age", ",".join(map(str, filters.years))), ("eligible-sex", ",".join(filters.sexes))]
    return _parsed(release, [(name, value) for name, value in pairs if value]).nodes


def _studied(release: str, filters: Filters) -> tuple[Node, ...]:
    """That the trial studies one of the conditions: by code, by MeSH with all that stands below, or by its name."""
    names = sorted(name for name in filters.names if len(name) <= LONGEST_NAME)[:MOST_NAMED]
    codes = sorted(filters.codes)[:MOST_NAMED]
    coded = [f"{_escaped(system)}|{_escaped(code)}" for system, code in codes]
    coded += [f"{CONDITION_SYSTEM}|{condition_code(name)}" for name in names]
    below = [f"{MESH}|{_escaped(code)}" for system, code in codes if system == MESH]
    asked = {"condition": coded, "condition:below": below, "condition:text": [_escaped(name) for name in names]}
    return tuple(
        node
        for name, values in asked.items()
        for start in range(0, len(values), AT_ONCE)
        for node in _parsed(release, [(name, ",".join(values[start : start + AT_ONCE]))]).nodes
    )


def _escaped(text: str) -> str:
    for sign in ("\\", ",", "|", "$"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\x00", " ")


def _parsed(release: str, pairs: Sequence[Pair]) -> Query:
    return parse(release, ("ResearchStudy",), pairs, Cursors(""), MOST_CANDIDATES)


def _script(database: Database, query: Query, most: int) -> Script[Page]:
    pages, page = Pages(query, database.name), Page()
    plan = yield from planned(database, Memory(), query, pages)
    rows = yield pages.page(plan, "id", most, total=False)
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
