"""Which field of the record stands in which table, both ways, declared once.

A field of `Trial` that is a list (or one part, a list of one) is a `ListOf`: most columns have the name of the
part's field; `written` names the others and how they are made, `read` undoes what is not a plain column. Lists
below an item are `Below`.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from app.fhir.ids import group_id, location_id, organization_id, practitioner_role_id
from app.record import parts as p
from app.record import trial as r
from app.record.ids import fold
from app.record.registries import link_key
from app.record.spans import Fact, Span
from app.store import lists as t

Maker = Callable[[r.Trial, int, Any], Any]
"""(trial, position, item) -> the value of a column"""


@dataclass(frozen=True)
class Below:
    field: str
    table: Table
    model: type[p.Part] | None = None
    """None: a list of words, in the table's one column of its own."""


@dataclass(frozen=True)
class ListOf:
    field: str
    table: Table
    model: type[Any] | None
    """None: a list of words."""
    below: tuple[Below, ...] = ()
    written: dict[str, Maker] = dataclasses.field(default_factory=dict)
    read: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    """More fields of the part, made from a row."""
    single: bool = False
    """The field is one part or None."""

    @property
    def columns(self) -> list[str]:
        """The table's columns after `trial_key` and `position`."""
        return [c.name for c in self.table.columns][2:]

    def plain(self) -> list[str]:
        """The columns that are the part's own fields, as they are."""
        if self.model is None:
            return []
        fields = self.model.model_fields
        return [name for name in self.columns if name in fields and name not in self.written]


@dataclass(frozen=True)
class Shared:
    """In a row, the place of the key of an entity that is known by its id only until it is written."""

    type: str
    id: str


def _spans(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"spans": [Span(*pair) for pair in json.loads(row["spans"])]}


def write_spans(spans: list[Span]) -> str:
    return json.dumps(spans, separators=(",", ":"))


def write_age(holder: Any, bound: str) -> tuple[Any, Any]:
    age: p.Age | None = getattr(holder, bound)
    return (None, None) if age is None else (age.value, age.unit)


def read_ages(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        bound: None if row[bound] is None else p.Age(value=row[bound], unit=row[f"{bound}_unit"])
        for bound in ("minimum_age", "maximum_age")
    }


def _document_of(field: str) -> Maker:
    """The document that a list's spans are of: that of its facts, or the best one."""

    def find(trial: r.Trial, _n: int, _item: Any) -> str:
        for fact in trial.facts:
            if fact.path.startswith(field):
                return fact.document
        return trial.sources[0].id if trial.sources else ""

    return find


def _outcome_number(trial: r.Trial, n: int, item: r.Outcome) -> int:
    return sum(other.type == item.type for other in trial.outcomes[: n + 1])


_AGE_COLUMNS: dict[str, Maker] = {
    "minimum_age": lambda trial, n, c: write_age(c, "minimum_age")[0],
    "minimum_age_unit": lambda trial, n, c: write_age(c, "minimum_age")[1],
    "maximum_age": lambda trial, n, c: write_age(c, "maximum_age")[0],
    "maximum_age_unit": lambda trial, n, c: write_age(c, "maximum_age")[1],
}

LISTS: tuple[ListOf, ...] = (
    ListOf(
        "identifiers",
        t.identifier,
        p.Identifier,
        written={
            "value_folded": lambda trial, n, i: fold(i.value),
            "link_key": lambda trial, n, i: link_key(i.value),
        },
    ),
    ListOf("titles", t.trial_title, p.Title),
    ListOf("phases", t.trial_phase, None),
    ListOf(
        "conditions",
        t.condition,
        p.Condition,
        (Below("codings", t.condition_coding, p.Coding),),
    ),
    ListOf("keywords", t.keyword, None),
    ListOf("mesh", t.mesh_term, p.MeshTerm),
    ListOf("dates", t.trial_date, p.TrialDate),
    ListOf("not_reported", t.not_reported, None),
    ListOf("flags", t.flag, p.Flag),
    ListOf("design", t.design, p.Design, (Below("who_masked", t.masked_party),), single=True),
    ListOf("population", t.population, p.Population, (Below("standard_ages", t.standard_age),), single=True),
    ListOf("contacts", t.contact, p.Contact),
    ListOf(
        "parties",
        t.party,
        p.Party,
        written={
            "organization_key": lambda trial, n, party: (
                Shared("Organization", organization_id(party.name)) if party.kind == "organization" else None
            ),
            "practitioner_role_key": lambda trial, n, party: (
                Shared("PractitionerRole", practitioner_role_id(party.name, party.affiliation, party.role))
                if party.kind == "person"
                else None
            ),
        },
    ),
    ListOf("arms", t.arm, p.Arm, (Below("interventions", t.arm_intervention),)),
    ListOf(
        "interventions",
        t.intervention,
        p.Intervention,
        (Below("other_names", t.intervention_other_name), Below("arms", t.intervention_arm)),
    ),
    ListOf("references", t.reference, p.Reference, (Below("retractions", t.retraction, p.Retraction),)),
    ListOf("resources", t.related_resource, p.Resource, (Below("contents", t.resource_content),)),
    ListOf("data_sharing", t.data_sharing, p.DataSharing, (Below("information", t.shared_information),), single=True),
    ListOf(
        "outcomes",
        t.outcome,
        r.Outcome,
        written={
            "number": _outcome_number,
            "document": _document_of("outcomes."),
            "spans": lambda trial, n, o: write_spans(o.spans),
        },
        read=_spans,
    ),
    ListOf(
        "cohorts",
        t.cohort,
        r.Cohort,
        written={
            "group_key": lambda trial, n, c: Shared("Group", group_id(trial, n)),
            "label_folded": lambda trial, n, c: c.label and fold(c.label),
            **_AGE_COLUMNS,
        },
        read=read_ages,
    ),
    ListOf(
        "criteria",
        t.criterion,
        r.Criterion,
        written={
            "path": lambda trial, n, c: r.criterion_path(trial.criteria, n),
            "number": lambda trial, n, c: c.position,
            "text_folded": lambda trial, n, c: fold(c.titled_text),
            "document": _document_of("criteria."),
            "spans": lambda trial, n, c: write_spans(c.spans),
        },
        read=lambda row: {**_spans(row), "position": row["number"]},
    ),
    ListOf(
        "sites",
        t.trial_site,
        r.TrialSite,
        (Below("contacts", t.site_contact, p.Contact),),
        written={"site_key": lambda trial, n, s: Shared("Location", location_id(s))},
    ),
    ListOf("statements", t.statement, r.Statement),
    ListOf("issues", t.issue, r.Issue),
    ListOf("sources", t.trial_source, r.SourceDocument, written={"document": lambda trial, n, s: s.id}),
    ListOf(
        "facts",
        t.fact,
        Fact,
        written={"spans": lambda trial, n, f: write_spans(f.spans)},
        read=_spans,
    ),
)

HEAD = ("title", "overall_status", "last_known_status", "why_stopped", "sex", "brief_summary", "detailed_description")
"""Fields that are columns of `trial` as they are."""


FRESH = ("verified", "last-update", "as-of")
"""Dates on which a source says that the record was right."""


def trial_columns(trial: r.Trial) -> dict[str, Any]:
    """The columns of `trial` that say what the record says."""
    summary = trial.plain_language_summary
    low, low_unit = write_age(trial, "minimum_age")
    high, high_unit = write_age(trial, "maximum_age")
    return {
        "id": trial.id,
        "registry": trial.registry,
        **{name: getattr(trial, name) for name in HEAD},
        "title_folded": trial.title and fold(trial.title),
        "fresh_on": max((date.value for date in trial.dates if date.kind in FRESH), default=None),
        "minimum_age": low,
        "minimum_age_unit": low_unit,
        "maximum_age": high,
        "maximum_age_unit": high_unit,
        "plain_language_summary": summary and summary.text,
        "plain_language_source": summary and summary.source,
    }


def read_head(row: Mapping[str, Any]) -> dict[str, Any]:
    """`trial_columns` undone."""
    summary = row["plain_language_summary"]
    return {
        "id": row["id"],
        "registry": row["registry"],
        **{name: row[name] for name in HEAD},
        **read_ages(row),
        "plain_language_summary": p.SourcedText(text=summary, source=row["plain_language_source"]) if summary else None,
    }
