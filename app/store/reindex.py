"""Makes the search index anew from the stored documents and records, when what is searched has changed."""

import orjson
from sqlalchemy import Connection, Engine, select, update

from app.parameters.extract import search_rows
from app.store import tables as t
from app.store.counters import raise_data_version
from app.store.engine import writing
from app.store.fingerprints import index_fingerprint
from app.store.get import get_trials
from app.store.index import Entry, index_status_changes, put_index

CHUNK = 500


def reindex(engine: Engine, *, always: bool = False) -> int:
    """Indexes all again if what is searched has changed, or `always`; gives the number of resources.

    Interrupted, it begins again.
    """
    current = index_fingerprint()
    row = t.state.c.name == "index"
    with engine.connect() as connection:
        if connection.scalar(select(t.state.c.value).where(row)) == current and not always:
            return 0
    last, count = 0, 0
    while True:
        with writing(engine) as connection:
            keys = _reindex(connection, last)
            if not keys:
                connection.execute(update(t.state).where(row).values(value=current))
                return count
        last, count = keys[-1], count + len(keys)


def _reindex(connection: Connection, after: int) -> list[int]:
    """The next resources, by key: those that were indexed."""
    r = t.resource.c
    statement = select(r.key, r.type, r.id, r.deleted, r.r4, r.r5).where(r.key > after).order_by(r.key).limit(CHUNK)
    rows = connection.execute(statement).all()
    live = [row for row in rows if not row.deleted]
    trials = get_trials(connection, [row.key for row in live if row.type == "ResearchStudy"])
    entries = [
        Entry(row.key, search_rows(orjson.loads(row.r4), orjson.loads(row.r5), trials.get(row.key))) for row in live
    ]
    gone = [row.key for row in rows if row.deleted]
    put_index(connection, entries, {(row.type, row.id): row.key for row in rows}, gone)
    index_status_changes(connection, list(trials))
    if rows:
        raise_data_version(connection)
    return [row.key for row in rows]
