"""The account of a load or sync: when, from where, how many new, changed, unchanged, refused and removed, and why."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from app.intake.read import Refused
from app.store import tables as t
from app.store.counters import allocate
from app.store.engine import insert_rows

COUNTS = ("new", "changed", "unchanged", "refused", "removed")


def start_run(connection: Connection, kind: str, origin: str, instant: str) -> int:
    [id] = allocate(connection, "next_run", 1)
    connection.execute(
        insert(t.run).values(id=id, kind=kind, origin=origin, started=instant, **dict.fromkeys(COUNTS, 0))
    )
    return id


def count(connection: Connection, run_id: int, counts: Counter[str], refused: Sequence[Refused]) -> None:
    """Adds what a batch came to, in the batch's own transaction: an interrupted run's account is true."""
    added = {name: t.run.c[name] + counts[name] for name in COUNTS if counts[name]}
    if added:
        connection.execute(update(t.run).where(t.run.c.id == run_id).values(added))
    if refused:
        r = t.run_refusal
        first = connection.scalar(select(func.count()).select_from(r).where(r.c.run_id == run_id)) or 0
        insert_rows(
            connection,
            r,
            [column.name for column in r.columns],
            [(run_id, first + n, one.file, one.line, one.trial_id, one.reason) for n, one in enumerate(refused)],
        )


def finish_run(connection: Connection, run_id: int, instant: str) -> None:
    connection.execute(update(t.run).where(t.run.c.id == run_id).values(finished=instant))
    connection.execute(delete(t.run_seen).where(t.run_seen.c.run_id == run_id))
