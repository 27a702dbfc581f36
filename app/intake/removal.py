"""Records that a registry no longer has: marked removed, with the date; nothing of their history goes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, exists, select, update

from app.store import tables as t
from app.store.counters import allocate, raise_data_version
from app.store.engine import among, insert_rows
from app.store.put import owned_keys
from app.store.resources import put_documents


def remove_unseen(connection: Connection, registry: str, run_id: int, instant: str) -> int:
    """Marks the registry's trials that the run has not met as removed; gives their number.

    Their resources of their own become deleted (reading them answers 410); what they share with others stays.
    """
    seen = exists().where(t.run_seen.c.run_id == run_id, t.run_seen.c.trial_id == t.trial.c.id)
    any_seen = connection.scalar(select(t.run_seen.c.trial_id).where(t.run_seen.c.run_id == run_id).limit(1))
    if any_seen is None:
        return 0  # an empty folder is no registry
    rows = connection.execute(
        select(t.trial.c.key, t.trial.c.version, t.trial.c.overall_status).where(
            t.trial.c.registry == registry, t.trial.c.removed.is_(None), ~seen
        )
    ).all()
    return remove(connection, rows, run_id, instant)


def remove(connection: Connection, rows: Sequence[Any], run_id: int | None, instant: str) -> int:
    """Marks the trials (key, version, overall_status) as removed; gives their number."""
    if not rows:
        return 0
    keys = [row.key for row in rows]
    put_documents(connection, [], instant, [*keys, *owned_keys(connection, keys)])
    connection.execute(
        update(t.trial).where(among(connection, t.trial.c.key, keys)).values(removed=instant, last_updated=instant)
    )
    numbers = allocate(connection, "next_change", len(rows))
    insert_rows(
        connection,
        t.change,
        [column.name for column in t.change.columns],
        [
            (number, row.key, row.version, instant, run_id, "deleted", "[]", row.overall_status, None)
            for number, row in zip(numbers, rows, strict=True)
        ],
    )
    raise_data_version(connection)
    return len(rows)
