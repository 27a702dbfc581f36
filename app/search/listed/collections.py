"""What is searched: for each resource type and plain collection its rows, their order and their columns."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, and_, true

from app.plain.criteria import CriterionShape
from app.plain.shapes import OutcomeShape, SiteShape, SpanShape
from app.store import lists
from app.store import tables as t


@dataclass(frozen=True)
class Link:
    """A list that belongs to the rows that are searched: its `key` is theirs."""

    table: FromClause
    key: Column[Any]
    where: ColumnElement[bool] = field(default_factory=true)


@dataclass(frozen=True)
class Collection:
    """`source` is what is read; `order` names each row; `links` are lists of the rows, by the name of their table."""

    source: FromClause
    order: tuple[Column[Any], ...]
    columns: tuple[Column[Any], ...] = ()
    key: Column[Any] | None = None
    links: dict[str, Link] = field(default_factory=dict)
    where: ColumnElement[bool] = field(default_factory=true)


_PRESENT = t.trial.c.removed.is_(None)


def _of_trials(table: Any) -> Any:
    return table.join(t.trial, t.trial.c.key == table.c.trial_key)


_c, _o, _s = lists.criterion.c, lists.outcome.c, t.site.c
_parent = lists.criterion.alias("parent")

COLLECTIONS: dict[str, Collection] = {
    "criteria": Collection(
        _of_trials(lists.criterion)
        .outerjoin(lists.cohort, and_(lists.cohort.c.trial_key == _c.trial_key, lists.cohort.c.position == _c.cohort))
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
            _c.heading,
            _c.text,
            _c.combination,
            _c.document,
            _c.spans,
        ),
        where=_PRESENT,
    ),
    "outcomes": Collection(
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
    "sites": Collection(
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
        _s.key,
        {
            "trial": Link(
                lists.trial_site.join(t.trial, t.trial.c.key == lists.trial_site.c.trial_key),
                lists.trial_site.c.site_key,
                _PRESENT,
            )
        },
    ),
}


def _spans(document: str, text: str) -> list[SpanShape]:
    return [SpanShape(document=document, start=start, end=end) for start, end in json.loads(text)]


def criterion_shape(row: Any) -> CriterionShape:
    """`row` ends with the criterion's constraints."""
    trial, _, path, cohort, kind, role, parent, number, depth, label, heading, text, combination, *rest = row
    document, spans, stated = rest
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
        heading=heading,
        text=text,
        combination=combination,
        spans=_spans(document, spans),
        constraints=stated,
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
