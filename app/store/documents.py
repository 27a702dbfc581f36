"""The documents that records were read from: the current ones of each trial, by source and completeness."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from app.record.trial import SourceDocument, Trial
from app.store import tables as t
from app.store.engine import among, insert_rows
from app.store.get import get_trial


class Current(NamedTuple):
    """A current document. `record` is what was read from it, or None while the trial's tables say just that."""

    trial_key: int
    id: str
    source: str
    complete: bool
    name: str
    record: bytes | None

    def read(self, connection: Connection) -> Trial:
        """What was read from it."""
        if self.record is None:
            return get_trial(connection, self.trial_key)
        return Trial.model_validate_json(zlib.decompress(self.record))


def current_documents(connection: Connection, trial_ids: Iterable[str]) -> dict[str, list[Current]]:
    """Trial id -> its current documents."""
    d = t.source_document.c
    found: dict[str, list[Current]] = defaultdict(list)
    for trial_id, *row in connection.execute(
        select(t.trial.c.id, d.trial_key, d.id, d.source, d.complete, d.name, d.record)
        .join(t.trial, t.trial.c.key == d.trial_key)
        .where(among(connection, t.trial.c.id, trial_ids), d.current)
    ):
        found[trial_id].append(Current(*row))
    return found


def known_raw(connection: Connection, raws: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of these digests of records, those that are stored just so and need not be read again: digest -> (trial id,
    source)."""
    d = t.source_document.c
    return {
        row.raw: (row.id, row.source)
        for row in connection.execute(
            select(d.raw, d.source, t.trial.c.id)
            .join(t.trial, t.trial.c.key == d.trial_key)
            .where(among(connection, d.raw, raws), d.current, t.trial.c.removed.is_(None))
        )
    }


class Kept(NamedTuple):
    """A document to be kept as the current one of its source and completeness."""

    trial_id: str
    source: SourceDocument
    raw: str
    content: bytes | None
    record: Trial | None


def keep_record(connection: Connection, document: Current) -> None:
    """Stores what was read from a document before the tables come to say more than that."""
    if document.record is None:
        record = zlib.compress(document.read(connection).model_dump_json().encode())
        d = t.source_document
        where = (d.c.trial_key == document.trial_key) & (d.c.id == document.id)
        connection.execute(update(d).where(where).values(record=record))


def keep_documents(connection: Connection, kept: Sequence[Kept], known: dict[str, list[Current]], instant: str) -> None:
    """The documents that they replace stay, no longer current."""
    table, d = t.source_document, t.source_document.c
    ids = [one.trial_id for one in kept]
    key_by_id = {
        row.id: row.key
        for row in connection.execute(select(t.trial.c.id, t.trial.c.key).where(among(connection, t.trial.c.id, ids)))
    }
    rows = []
    for trial_id, source, raw, content, record in kept:
        key = key_by_id[trial_id]
        if any((old.source, old.complete) == (source.source, source.complete) for old in known.get(trial_id, ())):
            same_kind = (d.trial_key == key) & (d.source == source.source) & (d.complete == source.complete)
            connection.execute(update(table).where(same_kind).values(current=False))
        columns = (
            source.source,
            raw,
            source.name,
            source.complete,
            True,
            instant,
            content,
            record and zlib.compress(record.model_dump_json().encode()),
        )
        again = update(table).where(d.trial_key == key, d.id == source.id) if trial_id in known else None
        names = [column.name for column in table.columns][2:]
        if again is not None and connection.execute(again.values(dict(zip(names, columns, strict=True)))).rowcount:
            continue  # the same bytes came before, and another document in between
        rows.append((key, source.id, *columns))
    insert_rows(connection, table, [column.name for column in table.columns], rows)
