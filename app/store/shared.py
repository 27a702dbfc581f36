"""Entities that trials share: organizations, people, their roles, facilities.

A description is the latest that any source gave, and so are coordinates that a source gave (derived ones give way to
them); all else is what was given first, filled where it was lacking. So a source that says less takes nothing away.
What a trial's own source says of its facility stands in `trial_site`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, select, update

from app.fhir import location, organization
from app.record.trial import TrialSite
from app.store import tables as t
from app.store.engine import among, insert_rows
from app.store.mapping import Shared
from app.store.prepare import Document, Prepared, document
from app.store.resources import Keys

TABLES: tuple[tuple[str, Table], ...] = (
    ("Organization", t.organization),
    ("Practitioner", t.practitioner),
    ("PractitionerRole", t.practitioner_role),
    ("Location", t.site),
)
_LATEST = {"description"}

Merged = dict[str, dict[str, dict[str, Any]]]
"""Table -> id -> columns, as they are to be stored"""


def merge_shared(
    connection: Connection, prepared: Iterable[Prepared]
) -> tuple[Merged, Merged, list[Document], frozenset[tuple[str, str]]]:
    """(new rows, rows that gain something, the documents of the latter, the names of all that are stored).

    What is stored keeps its document unless its row gains something: then it is rendered from the whole row.
    """
    told: Merged = {table.name: {} for _, table in TABLES}
    for one in prepared:
        for name, rows in one.shared.items():
            for id, row in rows.items():
                _fill(told[name].setdefault(id, dict.fromkeys(row)), row)
    fresh: Merged = {}
    gained: Merged = {}
    documents: list[Document] = []
    known: set[tuple[str, str]] = set()
    for kind, table in TABLES:
        rows = told[table.name]
        stored = connection.execute(select(table).where(among(connection, table.c.id, rows))).mappings()
        fresh[table.name], gained[table.name] = dict(rows), {}
        for before in stored:
            id = before["id"]
            del fresh[table.name][id]
            known.add((kind, id))
            row = {name: before[name] for name in rows[id] if not isinstance(rows[id][name], Shared)}
            if table in (t.organization, t.site) and _fill(row, rows[id]):
                gained[table.name][id] = row
                documents.append(_organization(id, row) if table is t.organization else _location(id, row))
    return fresh, gained, documents, frozenset(known - {(d.type, d.id) for d in documents})


def _fill(row: dict[str, Any], told: dict[str, Any]) -> bool:
    """Puts into the row what is told and it lacks (or has an older description of); whether it gained anything."""
    gained = False
    latest = _LATEST
    if told.get("coordinates_from") == "source":
        latest = _LATEST | {"latitude", "longitude", "coordinates_from"}
    for name, value in told.items():
        if value is not None and (row.get(name) is None or (name in latest and row[name] != value)):
            row[name] = value
            gained = True
    return gained


def _organization(id: str, row: dict[str, Any]) -> Document:
    name, description = row["name"], row["description"]
    return document("Organization", id, organization.r4(name, description), organization.r5(name, description))


def _location(id: str, row: dict[str, Any]) -> Document:
    site = TrialSite(**{name: row[name] for name in TrialSite.model_fields if name in row})
    made = location.location(site)
    return document("Location", id, made, made)


def put_shared(connection: Connection, fresh: Merged, gained: Merged, keys: Keys) -> None:
    for kind, table in TABLES:
        rows = fresh[table.name]
        if rows:
            columns = ["key", "id", *next(iter(rows.values()))]
            insert_rows(
                connection,
                table,
                columns,
                [(keys[(kind, id)], id, *(key_of(v, keys) for v in row.values())) for id, row in rows.items()],
            )
        for id, row in gained[table.name].items():
            connection.execute(update(table).where(table.c.id == id).values(row))


def key_of(value: Any, keys: Keys) -> Any:
    """The key in place of an entity's id; any other value as it is. None where the entity has no resource."""
    return keys.get((value.type, value.id)) if isinstance(value, Shared) else value
