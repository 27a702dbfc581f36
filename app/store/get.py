"""The record of a stored trial, put together again from the tables alone, by the mapping."""

import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from app.record.trial import Trial
from app.store import lists
from app.store import tables as t
from app.store.engine import among
from app.store.mapping import LISTS, ListOf, read_head

_JOINED: dict[str, tuple[Any, dict[str, Any]]] = {
    "trial_source": (
        lists.trial_source.join(
            t.source_document,
            (t.source_document.c.trial_key == lists.trial_source.c.trial_key)
            & (t.source_document.c.id == lists.trial_source.c.document),
        ),
        {name: t.source_document.c[name] for name in ("id", "source", "name", "complete")},
    ),
}
"""Parts of an item that stand in a table that trials share."""
OF_ELIGIBILITY = frozenset(("sources", "conditions", "mesh", "interventions", "flags", "cohorts", "criteria", "facts"))
"""The lists that say who may take part, and where that is written."""


def get_trial(connection: Connection, key: int) -> Trial:
    """The current record of the trial with this key. Raises LookupError when there is none."""
    return get_trials(connection, [key])[key]


def get_trials(connection: Connection, keys: Sequence[int], lists: Collection[str] | None = None) -> dict[int, Trial]:
    """The current records of the trials with these keys: one statement for each table. `lists` are the only lists that
    are read, the others stay empty."""
    heads = connection.execute(select(t.trial).where(among(connection, t.trial.c.key, keys))).mappings()
    fields = {head["key"]: read_head(dict(head)) for head in heads}
    for one in LISTS:
        if lists is not None and one.field not in lists:
            continue
        found = _items(connection, one, keys)
        for key, field in fields.items():
            items = found.get(key, [])
            field[one.field] = (items[0] if items else None) if one.single else items
    return {key: Trial(**field) for key, field in fields.items()}


def _items(connection: Connection, one: ListOf, keys: Sequence[int]) -> Mapping[int, list[Any]]:
    """Trial key -> the items of the list."""
    source, more = _JOINED.get(one.table.name, (one.table, {}))
    columns = [one.table.c[name] for name in one.columns if name not in more]
    statement = (
        select(one.table.c.trial_key, *columns, *(column.label(name) for name, column in more.items()))
        .select_from(source)
        .where(among(connection, one.table.c.trial_key, keys))
        .order_by(one.table.c.trial_key, one.table.c.position)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    belows = {below.field: _below(connection, below.table, below.model, keys) for below in one.below}
    names = [*one.plain(), *more]
    for row in connection.execute(statement).mappings():
        items = found[row["trial_key"]]
        if one.model is None:
            items.append(row[one.columns[0]])
            continue
        place = (row["trial_key"], len(items))
        items.append(
            one.model(
                **{name: row[name] for name in names},
                **(one.read(dict(row)) if one.read else {}),
                **{field: below[place] for field, below in belows.items()},
            )
        )
    return found


def _below(
    connection: Connection, table: Table, model: Any, keys: Sequence[int]
) -> Mapping[tuple[int, int], list[Any]]:
    """(trial key, item) -> the items below it."""
    columns = list(table.columns)[3:]
    names = [column.name for column in columns if model is None or column.name in model.model_fields]
    statement = select(table.c.trial_key, table.c.item, *columns).where(among(connection, table.c.trial_key, keys))
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in connection.execute(statement.order_by(*table.primary_key.columns)).mappings():
        item = row[names[0]] if model is None else model(**{name: row[name] for name in names})
        found[(row["trial_key"], row["item"])].append(item)
    return found


def get_version(connection: Connection, key: int, version: int) -> Trial | None:
    """The record as it was at a superseded version, or None when that version is not kept."""
    table = t.trial_version
    blob = connection.scalar(select(table.c.record).where(table.c.trial_key == key, table.c.version == version))
    return None if blob is None else Trial.model_validate_json(zlib.decompress(blob))
