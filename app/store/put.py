"""Writes a record: normalized rows, a new version of each resource that changed, and the bytes that are served.

Everything runs in the caller's transaction (`app.store.database.writing`).
"""

import hashlib
import zlib
from collections.abc import Iterable
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, delete, insert, select, tuple_, update

from app.fhir import Rendered, render, serialize
from app.fhir.ids import location_id, organization_id, practitioner_id, practitioner_role_id
from app.plain.render import trial_json
from app.record.ids import fold
from app.record.trial import Trial
from app.store import tables as t
from app.store.get import get_trial
from app.store.rows import Keys, list_rows, trial_columns

Change = Literal["new", "changed", "unchanged"]


def record_digest(trial: Trial) -> str:
    return hashlib.sha256(trial.model_dump_json().encode()).hexdigest()


def put_trial(connection: Connection, trial: Trial, now: str) -> Change:
    """Stores the record as the trial's current one. `now` is the instant of the load, ISO 8601 in UTC.

    An unchanged record writes nothing. A changed one keeps the superseded record and the superseded bytes of
    each resource whose own part changed.
    """
    table = t.trial
    digest = record_digest(trial)
    stored = connection.execute(
        select(table.c.key, table.c.version, table.c.last_updated, table.c.digest).where(table.c.id == trial.id)
    ).one_or_none()
    if stored and stored.digest == digest:
        return "unchanged"
    owned: set[int] = set()
    if stored:
        old = get_trial(connection, stored.key)
        record = zlib.compress(old.model_dump_json().encode())
        connection.execute(
            insert(t.trial_version).values(
                trial_key=stored.key, version=stored.version, last_updated=stored.last_updated, record=record
            )
        )
        owned = _owned(connection, old)
    keys = put_resources(connection, render(trial, known_descriptions(connection, trial)), now, owned)
    version = stored.version + 1 if stored else 1
    columns = {
        **trial_columns(trial),
        "version": version,
        "last_updated": now,
        "digest": digest,
        "plain": trial_json(trial, version, now),
    }
    key = keys[("ResearchStudy", trial.id)]
    if stored:
        connection.execute(update(table).where(table.c.key == key).values(columns))
        for child in reversed(t.OF_TRIAL):
            connection.execute(delete(child).where(child.c.trial_key == key))
    else:
        connection.execute(insert(table).values(key=key, **columns))
    _put_shared(connection, trial, keys)
    for child, rows in list_rows(trial, keys).items():
        if rows:
            connection.execute(insert(child), [{"trial_key": key, **row} for row in rows])
    raise_data_version(connection)
    return "changed" if stored else "new"


def raise_data_version(connection: Connection) -> None:
    """Every transaction that changes what is served raises this number; caches are keyed by it."""
    row = t.state.c.name == "data_version"
    value = int(connection.execute(select(t.state.c.value).where(row)).scalar_one())
    connection.execute(update(t.state).where(row).values(value=str(value + 1)))


def put_resources(
    connection: Connection, documents: list[Rendered], now: str, owned: Iterable[int] = (), *, rendered: bool = False
) -> Keys:
    """A new version of every resource whose documents differ from the stored ones; those of `owned` (keys) that
    are no longer among `documents` become deleted. `rendered` marks versions that only a new renderer made.
    Gives the keys of all `documents`."""
    table = t.resource
    names = [(document.type, document.id) for document in documents]
    stored = {
        (row.type, row.id): row
        for row in connection.execute(select(table).where(tuple_(table.c.type, table.c.id).in_(names)))
    }
    fresh = [name for name in names if name not in stored]
    keys = {name: row.key for name, row in stored.items()}
    keys.update(zip(fresh, _allocate(connection, len(fresh)), strict=True))
    for document in documents:
        before = stored.get((document.type, document.id))
        digest = hashlib.sha256(orjson.dumps([document.r4, document.r5])).hexdigest()
        if before and before.digest == digest and not before.deleted:
            continue
        version = before.version + 1 if before else 1
        columns = {
            "version": version,
            "last_updated": now,
            "deleted": False,
            "rendered": rendered,
            "digest": digest,
            "r4": serialize(document.r4, version, now),
            "r5": serialize(document.r5, version, now),
        }
        if before:
            _supersede(connection, before, columns)
        else:
            key = keys[(document.type, document.id)]
            connection.execute(insert(table).values(key=key, type=document.type, id=document.id, **columns))
    gone = set(owned) - set(keys.values())
    for before in connection.execute(select(table).where(table.c.key.in_(gone), table.c.deleted.is_(False))).all():
        tombstone = {"deleted": True, "rendered": False, "digest": "", "r4": b"", "r5": b""}
        _supersede(connection, before, {**tombstone, "version": before.version + 1, "last_updated": now})
    return keys


def _supersede(connection: Connection, before: Any, columns: dict[str, Any]) -> None:
    connection.execute(
        insert(t.resource_version).values(
            resource_key=before.key,
            version=before.version,
            last_updated=before.last_updated,
            deleted=before.deleted,
            rendered=before.rendered,
            r4=zlib.compress(before.r4),
            r5=zlib.compress(before.r5),
        )
    )
    connection.execute(update(t.resource).where(t.resource.c.key == before.key).values(columns))


def _allocate(connection: Connection, number: int) -> range:
    if not number:
        return range(0)
    row = t.state.c.name == "next_key"
    first = int(connection.execute(select(t.state.c.value).where(row)).scalar_one())
    connection.execute(update(t.state).where(row).values(value=str(first + number)))
    return range(first, first + number)


def _owned(connection: Connection, old: Trial) -> set[int]:
    """The keys of the resources that belong to this trial alone."""
    table = t.resource
    names = [(document.type, document.id) for document in render(old) if document.type in ("Group", "EvidenceVariable")]
    return set(connection.scalars(select(table.c.key).where(tuple_(table.c.type, table.c.id).in_(names))))


def known_descriptions(connection: Connection, trial: Trial) -> dict[str, str]:
    """What is stored of the organizations that the trial shares with others, by id."""
    names = [party.name if party.kind == "organization" else party.affiliation for party in trial.parties]
    table = t.organization
    wanted = table.c.id.in_({organization_id(name) for name in names if name})
    rows = connection.execute(select(table.c.id, table.c.description).where(wanted, table.c.description.is_not(None)))
    return {row.id: row.description for row in rows}


_PLACE = {"facility", "city", "state", "country"}


def _put_shared(connection: Connection, trial: Trial, keys: Keys) -> None:
    """Rows of the entities that trials share: added when new, filled where they lacked something."""
    organizations: dict[int, dict[str, Any]] = {}
    practitioners: dict[int, dict[str, Any]] = {}
    roles: dict[int, dict[str, Any]] = {}

    def organization(name: str, description: str | None) -> int:
        identity = organization_id(name)
        key = keys[("Organization", identity)]
        row = organizations.setdefault(key, {"id": identity, "name": name, "name_folded": fold(name)})
        row["description"] = row.get("description") or description
        return key

    for party in trial.parties:
        if party.kind == "organization":
            organization(party.name, party.description)
            continue
        identity = practitioner_id(party.name, party.affiliation)
        person = keys[("Practitioner", identity)]
        practitioners[person] = {"id": identity, "name": party.name, "name_folded": fold(party.name)}
        identity = practitioner_role_id(party.name, party.affiliation, party.role)
        roles[keys[("PractitionerRole", identity)]] = {
            "id": identity,
            "practitioner_key": person,
            "organization_key": organization(party.affiliation, None) if party.affiliation else None,
            "role": party.role,
        }
    sites = {
        keys[("Location", location_id(site))]: {
            "id": location_id(site),
            **site.model_dump(exclude={"status", "contacts"}),
            **{f"{name}_folded": text and fold(text) for name, text in site.model_dump(include=_PLACE).items()},
        }
        for site in trial.sites
    }
    for table, rows in (
        (t.organization, organizations),
        (t.practitioner, practitioners),
        (t.practitioner_role, roles),
        (t.site, sites),
    ):
        known = set(connection.scalars(select(table.c.key).where(table.c.key.in_(rows))))
        fresh = [{"key": key, **row} for key, row in rows.items() if key not in known]
        if fresh:
            connection.execute(insert(table), fresh)
        for key in known:
            told = {name: value for name, value in rows[key].items() if value is not None}
            connection.execute(update(table).where(table.c.key == key).values(told))
