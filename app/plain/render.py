"""A record as its plain JSON document."""

import orjson

from app.plain.shapes import (
    AgeShape,
    CodingShape,
    CohortShape,
    ConditionShape,
    DatesShape,
    IssueShape,
    OfficialShape,
    SourcedTextShape,
    SourceShape,
    SponsorShape,
    StatementShape,
    TitleShape,
    TrialShape,
)
from app.record.parts import Age
from app.record.trial import Trial


def _age(age: Age | None) -> AgeShape | None:
    """Whole numbers are written without a fraction: 12, not 12.0."""
    if age is None:
        return None
    return AgeShape(value=int(age.value) if age.value == int(age.value) else age.value, unit=age.unit)


def trial_shape(trial: Trial, version: int, last_updated: str) -> TrialShape:
    lead = next(iter(trial.parties_with("lead-sponsor")), None)
    summary = trial.plain_language_summary
    return TrialShape(
        id=trial.id,
        title=trial.title,
        overall_status=trial.overall_status,
        last_known_status=trial.last_known_status,
        why_stopped=trial.why_stopped,
        design=trial.design,
        phase=trial.phases,
        sex=trial.sex,
        minimum_age=_age(trial.minimum_age),
        maximum_age=_age(trial.maximum_age),
        conditions=[
            ConditionShape(text=c.text, codings=[CodingShape(**coding.model_dump()) for coding in c.codings])
            for c in trial.conditions
        ],
        population=trial.population,
        mesh=trial.mesh,
        keywords=trial.keywords,
        lead_sponsor=lead and SponsorShape(name=lead.name, description=lead.description, sector=lead.sector),
        collaborators=[party.name for party in trial.parties_with("collaborator")],
        officials=[
            OfficialShape(name=party.name, role=party.role, affiliation=party.affiliation)
            for party in trial.parties
            if party.kind == "person"
        ],
        brief_summary=trial.brief_summary,
        detailed_description=trial.detailed_description,
        plain_language_summary=summary and SourcedTextShape(text=summary.text, source=summary.source),
        dates=DatesShape(**{date.kind.replace("-", "_"): date.value for date in trial.dates}),
        not_reported=trial.not_reported,
        date_types={date.kind.replace("-", "_"): date.type for date in trial.dates if date.type},
        identifiers=trial.identifiers,
        contacts=trial.contacts,
        flags={flag.name: flag.value for flag in trial.flags},
        arms=trial.arms,
        interventions=trial.interventions,
        references=trial.references,
        resources=trial.resources,
        data_sharing=trial.data_sharing,
        titles=[TitleShape(**title.model_dump()) for title in trial.titles],
        cohorts=[
            CohortShape(
                label=cohort.label,
                sex=cohort.sex,
                minimum_age=_age(cohort.minimum_age),
                maximum_age=_age(cohort.maximum_age),
            )
            for cohort in trial.cohorts
        ],
        statements=[StatementShape(**statement.model_dump()) for statement in trial.statements],
        issues=[IssueShape(**issue.model_dump()) for issue in trial.issues],
        sources=[
            SourceShape(document=source.id, source=source.source, name=source.name, complete=source.complete)
            for source in trial.sources
        ],
        version=version,
        last_updated=last_updated,
    )


def trial_json(trial: Trial, version: int, last_updated: str) -> bytes:
    return orjson.dumps(trial_shape(trial, version, last_updated).model_dump())
