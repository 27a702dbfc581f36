"""Rebuilds served bytes from the tables when the renderers have changed since they were written."""

import hashlib
from pathlib import Path

from sqlalchemy import Engine, select, update

import app.fhir
import app.plain
import app.record
from app.fhir import render
from app.plain.render import trial_json
from app.store import tables as t
from app.store.database import writing
from app.store.get import get_trial
from app.store.put import known_descriptions, put_resources, raise_data_version


def fingerprint() -> str:
    """A digest of the renderers' source: what is served can only differ when this does."""
    digest = hashlib.sha256()
    for package in (app.record, app.fhir, app.plain):
        for folder in package.__path__:
            for file in sorted(Path(folder).glob("*.py")):
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
            put_resources(connection, render(trial, known_descriptions(connection, trial)), now, rendered=True)
            plain = trial_json(trial, version, last_updated)
            connection.execute(update(t.trial).where(t.trial.c.key == key).values(plain=plain))
        connection.execute(update(t.state).where(row).values(value=current))
        raise_data_version(connection)
    return len(trials)
