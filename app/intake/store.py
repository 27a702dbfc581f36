"""Stores what was read, a batch in one transaction: merged with what other documents say of the same trials."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.intake.gazetteer import with_coordinates
from app.intake.merge import merge
from app.intake.read import Received
from app.intake.removal import remove
from app.record.codes import REGISTRY_SOURCES
from app.record.ids import fold
from app.record.trial import Trial
from app.store import lists
from app.store import tables as t
from app.store.documents import Current, Kept, current_documents, keep_documents, keep_record
from app.store.engine import among, insert_rows
from app.store.prepare import Prepared, prepare
from app.store.put import Change, put_batch


def store_batch(connection: Connection, batch: Sequence[Received], instant: str, run_id: int) -> list[Change]:
    """What became of each record, in order. The same trial may stand several times in a batch."""
    changes: list[Change] = []
    for part in _without_repeats(batch):
        changes += _store(connection, part, instant, run_id)
    return changes


def note_seen(connection: Connection, run_id: int, ids: set[str]) -> None:
    """For a complete load: the trials that it has met."""
    fresh = sorted(ids - _seen(connection, run_id, ids))
    insert_rows(connection, t.run_seen, ("run_id", "trial_id"), [(run_id, id) for id in fresh])


def _seen(connection: Connection, run_id: int, ids: set[str]) -> set[str]:

    seen = t.run_seen.c
    return set(
        connection.scalars(select(seen.trial_id).where(seen.run_id == run_id, among(connection, seen.trial_id, ids)))
    )


def _without_repeats(batch: Sequence[Received]) -> list[list[Received]]:
    """The batch in parts in which no trial stands twice, in order."""
    parts: list[list[Received]] = [[]]
    ids: set[str] = set()
    for one in batch:
        if one.prepared.id in ids:
            parts.append([])
            ids = set()
        parts[-1].append(one)
        ids.add(one.prepared.id)
    return parts


def _store(connection: Connection, batch: Sequence[Received], instant: str, run_id: int) -> list[Change]:
    outlived = _outlived(connection, batch)
    wanted = [one for one in batch if one.prepared.id not in outlived]
    known = current_documents(connection, [one.prepared.id for one in wanted])
    ready: list[Prepared] = []
    kept: list[Kept] = []
    for one in wanted:
        documents = known.get(one.prepared.id, [])
        prepared, keeps = _merged(connection, one, documents)
        ready.append(prepared)
        kept += keeps
    changes = dict(zip((one.id for one in ready), put_batch(connection, ready, instant, run_id), strict=True))
    keep_documents(connection, kept, known, instant)
    _remove_aliases(connection, ready, instant, run_id)
    return [changes.get(one.prepared.id, "unchanged") for one in batch]


def _outlived(connection: Connection, batch: Sequence[Received]) -> set[str]:
    """The ids of records that are not stored: a listing's page about a trial that its registry removed, and a record
    under an id that is only an earlier one of another record by now."""
    ids = {one.prepared.id for one in batch}
    listed = {one.prepared.id for one in batch if one.source.source not in REGISTRY_SOURCES}
    trial = t.trial.c
    removed = select(trial.id).where(among(connection, trial.id, listed), trial.removed.is_not(None))
    i = lists.identifier.c
    folded = {fold(id): id for id in ids}
    aliases = select(i.value_folded).where(i.kind == "alias", among(connection, i.value_folded, folded))
    return set(connection.scalars(removed)) | {folded[value] for value in connection.scalars(aliases)}


def _remove_aliases(connection: Connection, stored: Sequence[Prepared], instant: str, run_id: int) -> None:
    """Records under ids that one of the stored records names as its earlier ones give way to it."""
    rows = [row for one in stored for row in one.lists.get("identifier", ())]
    aliases = {row[3] for row in rows if row[1] == "alias"}  # position, kind, system, value
    if aliases:
        trial = t.trial.c
        live = select(trial.key, trial.version, trial.overall_status).where(
            among(connection, trial.id, aliases), trial.removed.is_(None)
        )
        remove(connection, connection.execute(live).all(), run_id, instant)


def _merged(connection: Connection, one: Received, documents: list[Current]) -> tuple[Prepared, list[Kept]]:
    """The record to store, and the document to keep if it is not the current one already."""
    source = one.source
    others = [d for d in documents if (d.source, d.complete) != (source.source, source.complete)]
    same = next((d for d in documents if d.id == source.id), None)
    renamed = same is not None and same.name != source.name
    if not others and not renamed:
        return one.prepared, [] if same else [Kept(one.prepared.id, source, one.raw, one.content, None)]
    trial = Trial.model_validate_json(one.trial)
    if same and renamed:  # the same bytes under another name are the same document
        source = source.model_copy(update={"name": same.name})
        trial = trial.model_copy(update={"sources": [source]})
    records = [trial, *(document.read(connection) for document in others)]
    for document in others:
        keep_record(connection, document)
    prepared = prepare(with_coordinates(merge(records)))
    needs_record = others and (same is None or same.record is None)
    return prepared, [Kept(one.prepared.id, source, one.raw, one.content, trial)] if needs_record else []
