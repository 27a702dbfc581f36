"""The record of a stored trial, put together again from the tables alone, by the mapping."""

import zlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, select

from app.record.trial import Trial
from app.store import lists
from app.store import tables as t
from app.store.mapping import LISTS, ListOf, read_head

_JOINED: dict[str, tuple[Any, dict[str, Any]]] = {
    "trial_site": (
        lists.trial_site.join(t.site, t.site.c.key == lists.trial_site.c.site_key),
        {
            name: t.site.c[name]
            for name in (
                "facility",
                "city",
                "state",
                "postal_code",
                "country",
                "country_code",
                "latitude",
                "longitude",
                "coordinates_from",
            )
        },
    ),
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


def get_trial(connection: Connection, key: int) -> Trial:
    """The current record of the trial with this key. Raises `sqlalchemy.exc.NoResultFound` when there is none."""
    head = connection.execute(select(t.trial).where(t.trial.c.key == key)).mappings().one()
    fields = read_head(dict(head))
    for one in LISTS:
        items = _items(connection, one, key)
        fields[one.field] = (items[0] if items else None) if one.single else items
    return Trial(**fields)


def _items(connection: Connection, one: ListOf, key: int) -> list[Any]:
    source, more = _JOINED.get(one.table.name, (one.table, {}))
    columns = [one.table.c[name] for name in one.columns if name not in more]
    statement = (
        select(*columns, *(column.label(name) for name, column in more.items()))
        .select_from(source)
        .where(one.table.c.trial_key == key)
        .order_by(one.table.c.position)
    )
    rows = connection.execute(statement).mappings().all()
    if not rows:
        return []
    if one.model is None:
        return [row[one.columns[0]] for row in rows]
    belows = {below.field: _below(connection, below.table, below.model, key) for below in one.below}
    names = [*one.plain(), *more]
    return [
        one.model(
            **{
                **{name: row[name] for name in names},
                **(one.read(dict(row)) if one.read else {}),
                **{field: lists[n] for field, lists in belows.items()},
            }
        )
        for n, row in enumerate(rows)
    ]


def _below(connection: Connection, table: Table, model: Any, key: int) -> Mapping[int, list[Any]]:
    columns = list(table.columns)[3:]
    found: dict[int, list[Any]] = defaultdict(list)
    statement = select(table.c.item, *columns).where(table.c.trial_key == key)
    for row in connection.execute(statement.order_by(table.c.item, table.c.position)).mappings():
        if model is None:
            found[row["item"]].append(row[columns[0].name])
        else:
            found[row["item"]].append(model(**{c.name: row[c.name] for c in columns if c.name in model.model_fields}))
    return found


def get_version(connection: Connection, key: int, version: int) -> Trial | None:
    """The record as it was at a superseded version, or None when that version is not kept."""
    table = t.trial_version
    blob = connection.scalar(select(table.c.record).where(table.c.trial_key == key, table.c.version == version))
    return None if blob is None else Trial.model_validate_json(zlib.decompress(blob))
