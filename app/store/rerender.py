"""Rebuilds served bytes from the tables when the renderers have changed since they were written."""

import hashlib
from pathlib import Path

from sqlalchemy import Engine, select, update

import app.fhir
import app.plain
import app.record
from app.store import tables as t
from app.store.counters import raise_data_version
from app.store.database import writing
from app.store.get import get_trial
from app.store.prepare import prepare, with_version
from app.store.resources import put_documents
from app.store.shared import merge_shared


def fingerprint() -> str:
    """A digest of the renderers' source: what is served can only differ when this does."""
    digest = hashlib.sha256()
    for package in (app.record, app.fhir, app.plain):
        for folder in package.__path__:
            for file in sorted(Path(folder).rglob("*.py")):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def rerender(engine: Engine, now: str, *, always: bool = False) -> int:
    """Renders all again if the renderers changed, or `always`; bytes that differ become a new version, so marked.

    Gives the number of trials rendered. One transaction: readers see all old bytes or all new ones.
    """
    current = fingerprint()
    row = t.state.c.name == "renderer"
    with engine.connect() as connection:
        if connection.scalar(select(t.state.c.value).where(row)) == current and not always:
            return 0
    with writing(engine) as connection:
        trials = connection.execute(select(t.trial.c.key, t.trial.c.version, t.trial.c.last_updated)).all()
        for key, version, last_updated in trials:
            trial = get_trial(connection, key)
            prepared = prepare(trial)
            _, _, documents, kept = merge_shared(connection, [prepared])
            put_documents(connection, [*prepared.documents, *documents], now, keep=kept, rendered=True)
            plain = with_version(prepared.plain, version, last_updated)
            connection.execute(update(t.trial).where(t.trial.c.key == key).values(plain=plain))
        connection.execute(update(t.state).where(row).values(value=current))
        raise_data_version(connection)
    return len(trials)
