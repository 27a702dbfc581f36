"""A record as rows, by the mapping: tuples without `trial_key`, ready for a bulk insert."""

from collections.abc import Callable
from typing import Any

from app.record.ids import fold
from app.record.parts import Coding
from app.record.trial import Trial
from app.store.constraints import constraint_rows
from app.store.lists import criterion_constraint
from app.store.mapping import LISTS, Below, ListOf

Rows = dict[str, list[tuple[Any, ...]]]
"""Table name -> rows: (position, ...) or, for lists below an item, (item, position, ...)."""

CONSTRAINTS = criterion_constraint.name


def _reader(one: ListOf) -> Callable[[Trial, int, Any], tuple[Any, ...]]:
    """How an item of the list becomes a row; chosen once, as this runs for every row of a registry."""
    if one.model is None:
        return lambda trial, n, item: (n, item)
    made = [(name, one.written.get(name)) for name in one.columns]
    if not one.written:
        names = [name for name, _ in made]
        return lambda trial, n, item: (n, *[getattr(item, name) for name in names])
    return lambda trial, n, item: (
        n,
        *[getattr(item, name) if make is None else make(trial, n, item) for name, make in made],
    )


def _below(one: Below) -> Callable[[Any], tuple[Any, ...]]:
    if one.model is None:
        return lambda item: (item,)
    if one.model is Coding:
        return lambda item: (item.system, item.code, fold(item.code), item.display)
    names = [column.name for column in one.table.columns][3:]
    return lambda item: tuple(getattr(item, name) for name in names)


_READERS = [(one, _reader(one), [(below, _below(below)) for below in one.below]) for one in LISTS]


def list_rows(trial: Trial) -> Rows:
    """The rows of every list of the trial that has any. Keys of shared entities are `mapping.Shared` still."""
    rows: Rows = {}
    for one, read, belows in _READERS:
        value = getattr(trial, one.field)
        if not value:
            continue
        items = [value] if one.single else value
        rows[one.table.name] = [read(trial, n, item) for n, item in enumerate(items)]
        for below, read_item in belows:
            found = [
                (n, m, *read_item(lower))
                for n, item in enumerate(items)
                for m, lower in enumerate(getattr(item, below.field))
            ]
            if found:
                rows[below.table.name] = found
    constraints = constraint_rows(trial)
    if constraints:
        rows[CONSTRAINTS] = constraints
    return rows
