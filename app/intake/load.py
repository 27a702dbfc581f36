"""Loads documents: one transaction each, all or nothing."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update

from app.errors import SourceError
from app.intake.merge import merge
from app.record.trial import Trial
from app.sources import parse
from app.store import tables as t
from app.store.database import writing
from app.store.put import Change, put_trial


class Loaded(NamedTuple):
    """What became of one document: the trial it is about, and `new`, `changed` or `unchanged`."""

    file: str
    trial_id: str
    change: Change


class Refused(NamedTuple):
    file: str
    line: int
    reason: str


def now() -> str:
    """This instant, ISO 8601 in UTC with microseconds (a FHIR instant)."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths themselves, and for folders every file below them that is not hidden, in name order."""
    for path in paths:
        if path.is_dir():
            yield from sorted(f for f in path.rglob("*") if f.is_file() and not f.name.startswith("."))
        else:
            yield path


def load(engine: Engine, paths: Iterable[Path]) -> Iterator[Loaded | Refused]:
    """Loads each file and says what became of it; a file that is refused leaves the database as it was."""
    for path in files_in(paths):
        try:
            data = path.read_bytes()
        except OSError as error:
            yield Refused(str(path), 1, f"cannot be read: {error.strerror}")
            continue
        try:
            yield load_document(engine, str(path), data, now())
        except SourceError as error:
            yield Refused(error.file, error.line, error.reason)


def load_document(engine: Engine, name: str, data: bytes, instant: str) -> Loaded:
    """Reads a document and stores what it adds. Raises SourceError when it cannot be read or names no trial."""
    trial = parse(name, data).trial
    trial.sources[0].name = PurePath(name).name  # where it lay is nobody's business but the loader's
    if not trial.id:
        raise SourceError(
            name, 1, "names no registry identifier (such as NCT05398809), so there is no trial to load it into"
        )
    with writing(engine) as connection:
        key = connection.scalar(select(t.trial.c.key).where(t.trial.c.id == trial.id))
        known = _current_documents(connection, key)
        trial = _under_its_first_name(trial, known)
        source = trial.sources[0]
        others = [
            record
            for record in known
            if (record.sources[0].source, record.sources[0].complete) != (source.source, source.complete)
        ]
        change = put_trial(connection, merge([trial, *others]), instant)
        if not any(record == trial for record in known):
            if key is None:
                key = connection.execute(select(t.trial.c.key).where(t.trial.c.id == trial.id)).scalar_one()
            _keep_document(connection, key, trial, data, instant)
    return Loaded(name, trial.id, change)


def _current_documents(connection: Connection, key: int | None) -> list[Trial]:
    """What was read from the newest document of each source, complete and incomplete."""
    table = t.source_document
    blobs = connection.scalars(select(table.c.record).where(table.c.trial_key == key, table.c.current))
    return [Trial.model_validate_json(zlib.decompress(blob)) for blob in blobs]


def _under_its_first_name(trial: Trial, known: list[Trial]) -> Trial:
    """The same bytes under another file name are the same document."""
    for record in known:
        if record.sources[0].id == trial.sources[0].id:
            return trial.model_copy(update={"sources": record.sources})
    return trial


def _keep_document(connection: Connection, key: int, trial: Trial, data: bytes, instant: str) -> None:
    table = t.source_document
    source = trial.sources[0]
    same_kind = (table.c.trial_key == key) & (table.c.source == source.source) & (table.c.complete == source.complete)
    connection.execute(update(table).where(same_kind).values(current=False))
    columns = {
        "name": source.name,
        "complete": source.complete,
        "current": True,
        "loaded": instant,
        "content": zlib.compress(data),
        "record": zlib.compress(trial.model_dump_json().encode()),
    }
    same = (table.c.trial_key == key) & (table.c.id == source.id)
    if connection.scalar(select(table.c.id).where(same)):
        connection.execute(update(table).where(same).values(source=source.source, **columns))
    else:
        connection.execute(insert(table).values(trial_key=key, id=source.id, source=source.source, **columns))
