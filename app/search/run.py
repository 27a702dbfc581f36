"""Runs a Query: one snapshot, one statement for the page and one for the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.search.collections import COLLECTIONS
from app.search.compile import compile_page, compile_total
from app.search.query import Query
from app.store.database import Database


@dataclass(frozen=True)
class Page:
    rows: Sequence[Sequence[Any]]
    total: int
    """Of all pages."""
    last: tuple[str | int, ...] | None
    """The order key of the last row, when another page follows."""


async def run(database: Database, query: Query) -> Page:
    """Raises `app.store.database.StatementTimeout`."""
    total_statement = database.compile(compile_total(query))
    if query.count == 0:
        [[(total,)]] = await database.read(total_statement)
        return Page((), total, None)
    rows, [(total,)] = await database.read(database.compile(compile_page(query)), total_statement)
    last = None
    if len(rows) > query.count:
        rows = rows[: query.count]
        order = COLLECTIONS[(query.release, query.resource)].order
        last = tuple(rows[-1][: len(order)])
    return Page(rows, total, last)
