"""Writes records, a batch at a time: rows, versions, changes, served bytes, the documents they came from.

Everything runs in the caller's transaction (`app.store.database.writing`).
"""

import json
import zlib
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, delete, select, update

from app.record.diff import changed_fields
from app.record.trial import Trial
from app.store import lists
from app.store import tables as t
from app.store.counters import allocate, raise_data_version
from app.store.engine import among, insert_rows
from app.store.get import get_trials
from app.store.index import index_status_changes
from app.store.prepare import Prepared, prepare, with_version
from app.store.resources import Keys, put_documents
from app.store.shared import key_of, merge_shared, put_shared

Change = Literal["new", "changed", "unchanged"]


def put_trial(connection: Connection, trial: Trial, instant: str) -> Change:
    """Stores one record as its trial's current one."""
    return put_batch(connection, [prepare(trial)], instant)[0]


def put_batch(
    connection: Connection, batch: Sequence[Prepared], instant: str, run_id: int | None = None
) -> list[Change]:
    """Stores each record as its trial's current one; no trial may stand twice in a batch.

    An unchanged record writes nothing. A changed one keeps the superseded record, and the superseded bytes of each
    resource whose own part changed. `instant` is that of the load, ISO 8601 in UTC.
    """
    table = t.trial.c
    stored = {
        row.id: row
        for row in connection.execute(
            select(table.key, table.id, table.version, table.last_updated, table.digest, table.removed).where(
                among(connection, t.trial.c.id, [one.id for one in batch])
            )
        )
    }
    written = [one for one in batch if not _unchanged(stored.get(one.id), one)]
    if written:
        _write(connection, written, stored, instant, run_id)
        raise_data_version(connection)
    return [
        "unchanged" if _unchanged(stored.get(one.id), one) else "changed" if one.id in stored else "new"
        for one in batch
    ]


def _unchanged(stored: Any, one: Prepared) -> bool:
    return stored is not None and stored.digest == one.digest and stored.removed is None


def _write(
    connection: Connection, batch: list[Prepared], stored: dict[str, Any], instant: str, run_id: int | None
) -> None:
    again = {stored[one.id].key: one.id for one in batch if one.id in stored}
    old = {again[key]: trial for key, trial in get_trials(connection, list(again)).items()} if again else {}
    fresh, gained, documents, kept = merge_shared(connection, batch)
    owned = owned_keys(connection, [stored[id].key for id in old])
    keys = put_documents(
        connection,
        [*(document for one in batch for document in one.documents), *documents],
        instant,
        owned,
        keep=kept,
    )
    _put_trials(connection, batch, stored, keys, instant)
    put_shared(connection, fresh, gained, keys)
    insert_lists(connection, batch, keys)
    _put_changes(connection, batch, stored, old, keys, instant, run_id)


def owned_keys(connection: Connection, trial_keys: Sequence[int]) -> set[int]:
    """The keys of the Groups, EvidenceVariables and Provenances of these trials."""
    if not trial_keys:
        return set()
    groups = select(lists.cohort.c.group_key).where(among(connection, lists.cohort.c.trial_key, trial_keys))
    found = {key for key in connection.scalars(groups) if key is not None}
    ids = select(t.trial.c.id).where(among(connection, t.trial.c.key, trial_keys))
    r = t.resource.c
    named = select(r.key).where(r.type.in_(("EvidenceVariable", "Provenance")), r.id.in_(ids))
    return found | set(connection.scalars(named))


def _put_trials(
    connection: Connection, batch: list[Prepared], stored: dict[str, Any], keys: Keys, instant: str
) -> None:
    rows = []
    for one in batch:
        before = stored.get(one.id)
        version = before.version + 1 if before else 1
        row = {
            "key": keys[("ResearchStudy", one.id)],
            **one.head,
            "version": version,
            "last_updated": instant,
            "removed": None,
            "digest": one.digest,
            "plain": with_version(one.plain, version, instant),
        }
        if before:
            connection.execute(update(t.trial).where(t.trial.c.key == before.key).values(row))
        else:
            rows.append(row)
    if rows:
        insert_rows(connection, t.trial, list(rows[0]), [tuple(row.values()) for row in rows])
    changed = [stored[one.id].key for one in batch if one.id in stored]
    if changed:
        for table in lists.OF_TRIAL:
            connection.execute(delete(table).where(among(connection, table.c.trial_key, changed)))


def insert_lists(connection: Connection, batch: Sequence[Prepared], keys: Keys) -> None:
    for table in lists.OF_TRIAL:
        found: list[tuple[Any, ...]] = []
        shared = table.name in lists.WITH_SHARED
        for one in batch:
            key = keys[("ResearchStudy", one.id)]
            for row in one.lists.get(table.name, ()):
                found.append((key, *[key_of(value, keys) for value in row]) if shared else (key, *row))
        insert_rows(connection, table, [column.name for column in table.columns], found)


def _put_changes(
    connection: Connection,
    batch: list[Prepared],
    stored: dict[str, Any],
    old: dict[str, Trial],
    keys: Keys,
    instant: str,
    run_id: int | None,
) -> None:
    """The superseded records, and a row of the changes feed for each record."""
    superseded: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    for number, one in zip(allocate(connection, "next_change", len(batch)), batch, strict=True):
        key, after = keys[("ResearchStudy", one.id)], one.head["overall_status"]
        before = old.get(one.id)
        if before is None:
            changes.append((number, key, 1, instant, run_id, "new", "[]", None, after))
            continue
        row = stored[one.id]
        record = zlib.compress(before.model_dump_json().encode())
        superseded.append((key, row.version, row.last_updated, record))
        fields = json.dumps(changed_fields(before, Trial.model_validate_json(one.record)))
        kind = "restored" if row.removed else "changed"
        changes.append((number, key, row.version + 1, instant, run_id, kind, fields, before.overall_status, after))
    insert_rows(connection, t.trial_version, ("trial_key", "version", "last_updated", "record"), superseded)
    insert_rows(connection, t.change, [column.name for column in t.change.columns], changes)
    index_status_changes(connection, [stored[id].key for id in old])
