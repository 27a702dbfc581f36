"""What is searched: for each resource type and plain collection its rows, their order and their columns."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, and_, true

from app.plain.shapes import CriterionShape, OutcomeShape, SiteShape, SpanShape
from app.search.params import FHIR_TYPES, OWN_TABLES
from app.store import lists
from app.store import tables as t


@dataclass(frozen=True)
class Collection:
    """`source` is what filters and counts read, `body` what a page reads besides it; `order` names each row and begins
    the columns; `links` says how a table that is not in `source` is joined."""

    source: FromClause
    order: tuple[Column[Any], ...]
    columns: tuple[Column[Any], ...]
    links: dict[str, tuple[FromClause, ColumnElement[bool]]] = field(default_factory=dict)
    where: ColumnElement[bool] = field(default_factory=true)
    body: tuple[FromClause, ColumnElement[bool]] | None = None


_PRESENT = t.trial.c.removed.is_(None)


def _lists_of(key: Column[Any]) -> dict[str, tuple[FromClause, ColumnElement[bool]]]:
    moved = and_(t.change.c.trial_key == key, t.change.c.status_before != t.change.c.status_after)
    return {
        "change": (t.change, moved),
        **{
            table.name: (table, table.c.trial_key == key)
            for table in (lists.identifier, lists.condition_coding, lists.trial_phase)
        },
    }


def _resources(kind: str, release: str) -> Collection:
    """Resources of one type, by id; rows come from the type's own table where it has one."""
    own = OWN_TABLES.get(kind)
    resource = t.resource
    if own is None:
        live = and_(resource.c.type == kind, resource.c.deleted.is_(False))
        return Collection(resource, (resource.c.id,), (resource.c.id, resource.c[release]), where=live)
    # what trials share is never deleted, and a removed trial says so itself: counts need not look at fat rows
    return Collection(
        own,
        (own.c.id,),
        (own.c.id, resource.c[release]),
        _lists_of(own.c.key) if own is t.trial else {},
        _PRESENT if own is t.trial else true(),
        (resource, resource.c.key == own.c.key),
    )


def _of_trials(table: Any) -> Any:
    return table.join(t.trial, t.trial.c.key == table.c.trial_key)


_c, _o, _s = lists.criterion.c, lists.outcome.c, t.site.c
_parent = lists.criterion.alias("parent")

COLLECTIONS: dict[tuple[str, str], Collection] = {
    **{(release, kind): _resources(kind, release) for release in ("r4", "r5") for kind in FHIR_TYPES},
    ("v1", "trials"): Collection(
        t.trial,
        (t.trial.c.id,),
        (t.trial.c.id, t.trial.c.plain),
        _lists_of(t.trial.c.key),
        _PRESENT,
    ),
    ("v1", "criteria"): Collection(
        _of_trials(lists.criterion)
        .join(lists.cohort, and_(lists.cohort.c.trial_key == _c.trial_key, lists.cohort.c.position == _c.cohort))
        .outerjoin(_parent, and_(_parent.c.trial_key == _c.trial_key, _parent.c.position == _c.parent)),
        (t.trial.c.id, _c.position),
        (
            t.trial.c.id,
            _c.position,
            _c.path,
            lists.cohort.c.label,
            _c.type,
            _c.role,
            _parent.c.path,
            _c.number,
            _c.depth,
            _c.label,
            _c.text,
            _c.combination,
            _c.document,
            _c.spans,
        ),
        where=_PRESENT,
    ),
    ("v1", "outcomes"): Collection(
        _of_trials(lists.outcome),
        (t.trial.c.id, _o.position),
        (
            t.trial.c.id,
            _o.position,
            _o.type,
            _o.number,
            _o.measure,
            _o.description,
            _o.time_frame,
            _o.document,
            _o.spans,
        ),
        where=_PRESENT,
    ),
    ("v1", "sites"): Collection(
        t.site,
        (_s.id,),
        (
            _s.id,
            _s.facility,
            _s.city,
            _s.state,
            _s.postal_code,
            _s.country,
            _s.country_code,
            _s.latitude,
            _s.longitude,
            _s.coordinates_from,
        ),
        {
            "trial": (
                lists.trial_site.join(t.trial, t.trial.c.key == lists.trial_site.c.trial_key),
                lists.trial_site.c.site_key == _s.key,
            )
        },
    ),
}


def _spans(document: str, text: str) -> list[SpanShape]:
    return [SpanShape(document=document, start=start, end=end) for start, end in json.loads(text)]


def criterion_shape(row: Any) -> CriterionShape:
    trial, _, path, cohort, kind, role, parent, number, depth, label, text, combination, document, spans = row
    return CriterionShape(
        id=f"{trial}-{path}",
        trial_id=trial,
        cohort=cohort,
        type=kind,
        role=role,
        parent_id=parent and f"{trial}-{parent}",
        position=number,
        depth=depth,
        label=label,
        text=text,
        combination=combination,
        spans=_spans(document, spans),
    )


def outcome_shape(row: Any) -> OutcomeShape:
    trial, _, kind, number, measure, description, time_frame, document, spans = row
    return OutcomeShape(
        id=f"{trial}-{kind}-{number}",
        trial_id=trial,
        type=kind,
        measure=measure,
        description=description,
        time_frame=time_frame,
        position=number,
        spans=_spans(document, spans),
    )


def site_shape(row: Any) -> SiteShape:
    return SiteShape(**dict(zip(SiteShape.model_fields, row, strict=True)))
