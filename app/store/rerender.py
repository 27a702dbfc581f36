"""Rebuilds served bytes from the tables when the renderers have changed since they were written."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, select, update

from app.store import tables as t
from app.store.constraints import replace_constraints
from app.store.counters import raise_data_version
from app.store.engine import among, writing
from app.store.fingerprints import renderer_fingerprint
from app.store.get import get_trials
from app.store.prepare import prepare, with_version
from app.store.resources import put_documents
from app.store.rows import CONSTRAINTS
from app.store.shared import merge_shared

CHUNK = 200


def rerender(engine: Engine, now: Callable[[], str], *, always: bool = False) -> int:
    """Renders all again if the renderers changed, or `always`; bytes that differ become a new version, so marked.

    Gives the number of trials rendered. Interrupted, it begins again: what is as it should be is not written.
    """
    current = renderer_fingerprint()
    row = t.state.c.name == "renderer"
    with engine.connect() as connection:
        if connection.scalar(select(t.state.c.value).where(row)) == current and not always:
            return 0
    with engine.connect() as connection:
        keys = list(
            connection.scalars(select(t.trial.c.key).where(t.trial.c.removed.is_(None)).order_by(t.trial.c.key))
        )
    for chunk in batched(keys, CHUNK):
        with writing(engine) as connection:
            _rerender(connection, chunk, now())
    with writing(engine) as connection:
        connection.execute(update(t.state).where(row).values(value=current))
    return len(keys)


def _rerender(connection: Connection, keys: list[int], now: str) -> None:
    trials = get_trials(connection, keys)
    heads = select(t.trial.c.key, t.trial.c.version, t.trial.c.last_updated, t.trial.c.plain)
    prepared = {key: prepare(trial) for key, trial in trials.items()}
    _, _, documents, kept = merge_shared(connection, prepared.values())
    replace_constraints(connection, {key: one.lists.get(CONSTRAINTS, []) for key, one in prepared.items()})
    own = [document for one in prepared.values() for document in one.documents]
    put_documents(connection, [*own, *documents], now, keep=kept, rendered=True)
    for key, version, last_updated, before in connection.execute(heads.where(among(connection, t.trial.c.key, keys))):
        plain = with_version(prepared[key].plain, version, last_updated)
        if plain != before:
            connection.execute(update(t.trial).where(t.trial.c.key == key).values(plain=plain))
    raise_data_version(connection)


def batched(items: list[int], size: int) -> Iterator[list[int]]:
    return (items[start : start + size] for start in range(0, len(items), size))
