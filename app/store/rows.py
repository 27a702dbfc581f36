"""A record as rows of the normalized tables, and rows as a record: each pair of functions is one list's two ways.

Rows are dicts by column name, without `trial_key`; `keys` gives the keys of shared entities by their ids.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.fhir.ids import group_id, location_id, organization_id, practitioner_role_id
from app.record.ids import fold
from app.record.spans import Span
from app.record.trial import Age, Trial, criterion_path
from app.store import tables

Rows = dict[Any, list[dict[str, Any]]]
Keys = Mapping[tuple[str, str], int]
"""(FHIR type, id) -> key"""


def trial_columns(trial: Trial) -> dict[str, Any]:
    summary = trial.plain_language_summary
    return {
        "id": trial.id,
        "registry": trial.registry,
        "title": trial.title,
        "title_folded": trial.title and fold(trial.title),
        "overall_status": trial.overall_status,
        "sex": trial.sex,
        **age_columns(trial),
        "brief_summary": trial.brief_summary,
        "detailed_description": trial.detailed_description,
        "plain_language_summary": summary and summary.text,
        "plain_language_source": summary and summary.source,
    }


def age_columns(holder: Any) -> dict[str, Any]:
    low, high = holder.minimum_age, holder.maximum_age
    return {
        "minimum_age": low and low.value,
        "minimum_age_unit": low and low.unit,
        "maximum_age": high and high.value,
        "maximum_age_unit": high and high.unit,
    }


def read_ages(row: Any) -> dict[str, Age | None]:
    return {
        bound: None if row[bound] is None else Age(value=row[bound], unit=row[f"{bound}_unit"])
        for bound in ("minimum_age", "maximum_age")
    }


def write_spans(spans: list[Span]) -> str:
    return json.dumps(spans, separators=(",", ":"))


def read_spans(text: str) -> list[Span]:
    return [Span(*pair) for pair in json.loads(text)]


def list_rows(trial: Trial, keys: Keys) -> Rows:
    """The rows of every table of `tables.OF_TRIAL`, in list order."""
    criteria = trial.criteria
    outcome_numbers: dict[str, int] = {}
    documents = {fact.path.partition(".")[0]: fact.document for fact in trial.facts}

    def number(kind: str) -> int:
        outcome_numbers[kind] = outcome_numbers.get(kind, 0) + 1
        return outcome_numbers[kind]

    rows: Rows = {
        tables.trial_source: [{"document": source.id} for source in trial.sources],
        tables.identifier: [{**i.model_dump(), "value_folded": fold(i.value)} for i in trial.identifiers],
        tables.trial_title: [title.model_dump() for title in trial.titles],
        tables.trial_phase: [{"code": phase} for phase in trial.phases],
        tables.condition: [{"text": c.text} for c in trial.conditions],
        tables.keyword: [{"text": word} for word in trial.keywords],
        tables.trial_date: [date.model_dump() for date in trial.dates],
        tables.not_reported: [{"field": field} for field in trial.not_reported],
        tables.statement: [statement.model_dump() for statement in trial.statements],
        tables.party: [
            {
                **party.model_dump(),
                "organization_key": keys[("Organization", organization_id(party.name))]
                if party.kind == "organization"
                else None,
                "practitioner_role_key": keys[
                    ("PractitionerRole", practitioner_role_id(party.name, party.affiliation, party.role))
                ]
                if party.kind == "person"
                else None,
            }
            for party in trial.parties
        ],
        tables.outcome: [
            {
                **outcome.model_dump(exclude={"spans"}),
                "number": number(outcome.type),
                "document": documents.get("outcomes", ""),
                "spans": write_spans(outcome.spans),
            }
            for outcome in trial.outcomes
        ],
        tables.cohort: [
            {
                "group_key": keys.get(("Group", group_id(trial, n))),
                "label": cohort.label,
                "label_folded": cohort.label and fold(cohort.label),
                "sex": cohort.sex,
                **age_columns(cohort),
            }
            for n, cohort in enumerate(trial.cohorts)
        ],
        tables.criterion: [
            {
                **c.model_dump(exclude={"position", "spans"}),
                "path": criterion_path(criteria, n),
                "number": c.position,
                "text_folded": fold(c.text),
                "document": documents.get("criteria", ""),
                "spans": write_spans(c.spans),
            }
            for n, c in enumerate(criteria)
        ],
        tables.trial_site: [
            {"site_key": keys[("Location", location_id(site))], "status": site.status} for site in trial.sites
        ],
        tables.issue: [issue.model_dump() for issue in trial.issues],
        tables.fact: [{**fact.model_dump(exclude={"spans"}), "spans": write_spans(fact.spans)} for fact in trial.facts],
    }
    for table_rows in rows.values():
        for position, row in enumerate(table_rows):
            row["position"] = position
    rows[tables.condition_coding] = [
        {"condition": c, "position": n, **coding.model_dump(), "code_folded": fold(coding.code)}
        for c, condition in enumerate(trial.conditions)
        for n, coding in enumerate(condition.codings)
    ]
    rows[tables.site_contact] = [
        {"site": s, "position": n, **contact.model_dump()}
        for s, site in enumerate(trial.sites)
        for n, contact in enumerate(site.contacts)
    ]
    return rows
