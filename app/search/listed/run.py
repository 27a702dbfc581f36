"""Runs a ListQuery: one snapshot, one statement for the page and one for the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.search.listed.collections import COLLECTIONS
from app.search.listed.compile import compile_page, compile_total
from app.search.listed.query import ListQuery
from app.store.database import Database


@dataclass(frozen=True)
class ListPage:
    rows: Sequence[Sequence[Any]]
    total: int
    """Of all pages."""
    last: tuple[str | int | float | None, ...] | None
    """The order key of the last row, when another page follows."""


async def run_list(database: Database, query: ListQuery) -> ListPage:
    """Raises `app.store.database.StatementTimeout`."""
    statements = [compile_page(query)] if query.total is not None else [compile_page(query), compile_total(query)]
    rows, *counted = await database.read(*map(database.compile, statements))
    total = query.total if query.total is not None else counted[0][0][0]
    last = None
    if len(rows) > query.count:
        rows = rows[: query.count]
        last = tuple(rows[-1][: len(COLLECTIONS[query.collection].order)])
    return ListPage(rows, total, last)
