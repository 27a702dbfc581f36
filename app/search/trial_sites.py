"""The sites of trials as the plain API shows them: the facility, what holds in the trial only, the contacts there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.plain.shapes import ContactShape, OutcomeShape, SiteShape, TrialSiteShape
from app.search.listed.collections import COLLECTIONS, outcome_shape
from app.store import lists
from app.store import tables as t
from app.store.database import Database

_PLACE = [name for name in SiteShape.model_fields if name != "id"]


async def sites_of(database: Database, keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Trial key -> its sites in order, as `TrialSiteShape`."""
    site, place, person = t.site, lists.trial_site, lists.site_contact
    rows, people = await database.read(
        database.compile(
            select(place.c.trial_key, place.c.position, place.c.status, site.c.id, *(place.c[name] for name in _PLACE))
            .select_from(place.join(site, place.c.site_key == site.c.key))
            .where(place.c.trial_key.in_(keys))
            .order_by(place.c.trial_key, place.c.position)
        ),
        database.compile(
            select(person.c.trial_key, person.c.item, *(person.c[name] for name in ContactShape.model_fields))
            .where(person.c.trial_key.in_(keys))
            .order_by(person.c.trial_key, person.c.item, person.c.position)
        ),
    )
    contacts: dict[tuple[int, int], list[ContactShape]] = {}
    for key, item, *values in people:
        made = ContactShape(**dict(zip(ContactShape.model_fields, values, strict=True)))
        contacts.setdefault((key, item), []).append(made)
    found: dict[int, list[dict[str, Any]]] = {}
    for key, position, status, id, *values in rows:
        shape = TrialSiteShape(
            id=id,
            status=status,
            contacts=contacts.get((key, position), []),
            **dict(zip(_PLACE, values, strict=True)),
        )
        found.setdefault(key, []).append(shape.model_dump())
    return found


async def outcomes_of(database: Database, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Trial id -> its outcomes in order, as `OutcomeShape`."""
    collection = COLLECTIONS["outcomes"]
    statement = select(*collection.columns).select_from(collection.source)
    statement = statement.where(t.trial.c.id.in_(ids)).order_by(*collection.order)
    [rows] = await database.read(database.compile(statement))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        shape: OutcomeShape = outcome_shape(row)
        found.setdefault(shape.trial_id, []).append(shape.model_dump())
    return found
