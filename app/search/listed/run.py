"""Runs a ListQuery in one snapshot: the page, and the total where it is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.search.listed.collections import COLLECTIONS
from app.search.listed.compile import compile_page, compile_total
from app.search.listed.query import ListQuery
from app.search.memory import Memory
from app.search.totals import remembered
from app.store.database import Database, Script


@dataclass(frozen=True)
class ListPage:
    rows: Sequence[Sequence[Any]]
    total: int
    """Of all pages."""
    last: tuple[str | int | float | None, ...] | None
    """The order key of the last row, when another page follows."""


async def run_list(database: Database, memory: Memory, query: ListQuery) -> ListPage:
    """Raises `app.store.database.StatementTimeout`."""
    return await database.run(lambda: _script(database, memory, query), alone=query.total is not None)


def _script(database: Database, memory: Memory, query: ListQuery) -> Script[ListPage]:
    rows = yield database.compile(compile_page(query))
    total = query.total
    if total is None:
        total = yield from remembered(database, memory, ("listed", query.scope), compile_total(query))
    last = None
    if len(rows) > query.count:
        rows = rows[: query.count]
        last = tuple(rows[-1][: len(COLLECTIONS[query.collection].order)])
    return ListPage(rows, total, last)
