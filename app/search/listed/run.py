"""Runs a ListQuery in one snapshot: the page, the total where it is not known, what criteria state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from app.search.listed.collections import COLLECTIONS
from app.search.listed.compile import compile_page, compile_total
from app.search.listed.constraints import constraint_shapes, constraints_of
from app.search.listed.query import ListQuery
from app.search.memory import Memory
from app.search.totals import remembered
from app.store.database import Database, Script

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class ListPage:
    rows: Rows
    total: int
    """Of all pages."""
    last: tuple[str | int | float | None, ...] | None
    """The order key of the last row, when another page follows."""


async def run_list(database: Database, memory: Memory, query: ListQuery) -> ListPage:
    """Raises `app.store.database.StatementTimeout`."""
    alone = query.total is not None and query.collection != "criteria"
    return await database.run(lambda: _page(database, memory, query), alone=alone)


async def rows_of_trial(database: Database, name: str, trial_id: str) -> Rows:
    """All rows of a collection that belong to the trial. Raises `app.store.database.StatementTimeout`."""
    collection = COLLECTIONS[name]
    statement = select(*collection.columns).select_from(collection.source)
    statement = statement.where(collection.order[0] == trial_id, collection.where).order_by(*collection.order)
    return await database.run(lambda: _whole(database, name, statement), alone=name != "criteria")


def _page(database: Database, memory: Memory, query: ListQuery) -> Script[ListPage]:
    rows = yield from _whole(database, query.collection, compile_page(query))
    total, last = query.total, None
    if total is None:
        total = yield from remembered(database, memory, ("listed", query.scope), compile_total(query))
    if len(rows) > query.count:
        rows = rows[: query.count]
        last = tuple(rows[-1][: len(COLLECTIONS[query.collection].order)])
    return ListPage(rows, total, last)


def _whole(database: Database, name: str, statement: Select[Any]) -> Script[Rows]:
    """Rows as the collection's shape is made of them: those of criteria end with their constraints."""
    rows: Rows = yield database.compile(statement)
    if name != "criteria" or not rows:
        return rows
    stated = constraint_shapes((yield database.compile(constraints_of([(row[0], row[1]) for row in rows]))))
    return [(*row, stated.get((row[0], row[1]), [])) for row in rows]
