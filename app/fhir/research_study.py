"""ResearchStudy: the trial itself.

https://hl7.org/fhir/R5/researchstudy.html, https://hl7.org/fhir/R4/researchstudy.html, with the mapping
`clinicaltrials-gov` of both and, for R5-only elements in R4, `app.fhir.xver`. The parts are in `app.fhir.study`.

- R5 `status` is the state of the record (always `active`), `progressStatus` that of the trial. R4 `status` is that of
  the trial; where a source states none it has no value, only a data-absent-reason: any code would claim something.
- Not carried (the plain API shows it): `statements`, `issues`, `not_reported`, `sources` and `facts`; of an identifier
  its `link`, of MeSH what is no term of the trial itself (ancestors, leaves, branches), the `criteria_text` beside the
  tree made from it; and the `population` of a trial without criteria, which has no Group.
"""

from dataclasses import dataclass

from app.fhir import narrative, sourced, xver
from app.fhir.datatypes import Json, absent, clean, element, extension, resource
from app.fhir.eligibility import CohortTree
from app.fhir.evidence_variable import evidence_variable_reference
from app.fhir.group import group_reference
from app.fhir.ids import study_id
from app.fhir.location import located, regions, site_references
from app.fhir.releases import R4, R5, Release, outcome_type_concept, phase_concept, purpose_concept
from app.fhir.study import artifacts, design, identification, parties, progress, subject
from app.record.trial import Outcome, Trial, TrialSite

ALTERNATE_REFERENCE = "http://hl7.org/fhir/StructureDefinition/alternate-reference"


@dataclass(slots=True)
class Study:
    """A trial with what both releases say alike, made once."""

    trial: Trial
    cohorts: list[CohortTree]
    alike: Json
    """Elements with the same name and value."""
    only_in_r5: Json
    """Elements that R4 carries in extensions."""
    registrations: list[Json]
    located: list[TrialSite]
    sites: dict[Release, list[Json]]
    design: list[Json]
    focuses: list[Json]
    countries: list[Json]
    artifacts: list[Json]
    """As R5 has them, as are `arms`."""
    arms: list[Json]
    enrollment: Json
    why_stopped: Json


def study(trial: Trial, cohorts: list[CohortTree]) -> Study:
    period = progress.period(trial)
    sites = located(trial)
    return Study(
        trial=trial,
        cohorts=cohorts,
        alike=element(
            meta=sourced.meta(trial),
            text=narrative.of_study(trial),
            identifier=identification.identifiers(trial),
            title=trial.title,
            condition=subject.conditions(trial),
            keyword=subject.keywords(trial),
            description=trial.detailed_description,
            period=period,
            note=artifacts.notes(trial),
        ),
        only_in_r5=element(
            url=identification.url(trial),
            label=identification.labels(trial),
            date=progress.last_update(trial),
            descriptionSummary=trial.brief_summary,
            classifier=design.classifiers(trial),
            associatedParty=parties.associated_parties(trial),
            progressStatus=progress.progress(trial, period),
        ),
        registrations=progress.registrations(trial, period),
        located=sites,
        sites=site_references(sites, R4, R5),
        design=design.study_design(trial),
        focuses=[focus for focus in subject.focuses(trial) if focus],
        countries=regions(trial),
        artifacts=artifacts.r5_artifacts(trial),
        arms=design.comparison_groups(trial),
        enrollment=design.recruitment_numbers(trial),
        why_stopped=progress.why_stopped(trial),
    )


def r5(study: Study) -> Json:
    trial, alike, only = study.trial, study.alike, study.only_in_r5
    return resource(
        "ResearchStudy",
        study_id(trial),
        meta=alike.get("meta"),
        text=alike["text"],
        extension=study.registrations,
        url=only.get("url"),
        identifier=alike.get("identifier"),
        title=alike.get("title"),
        label=only.get("label"),
        relatedArtifact=study.artifacts,
        date=only.get("date"),
        status="active",
        primaryPurposeType=_purpose(trial, R5),
        phase=phase_concept(R5, trial.phases),
        studyDesign=study.design,
        focus=[{"concept": focus} for focus in study.focuses],
        condition=alike.get("condition"),
        keyword=alike.get("keyword"),
        region=study.countries,
        descriptionSummary=only.get("descriptionSummary"),
        description=alike.get("description"),
        period=alike.get("period"),
        site=study.sites[R5],
        note=alike.get("note"),
        classifier=only.get("classifier"),
        associatedParty=[*only.get("associatedParty", []), *parties.contact_parties(trial)],
        progressStatus=only.get("progressStatus"),
        whyStopped=study.why_stopped,
        recruitment=element(
            **study.enrollment, eligibility=evidence_variable_reference(trial) if study.cohorts else None
        ),
        comparisonGroup=study.arms,
        outcomeMeasure=_outcomes(trial, R5),
    )


def r4(study: Study) -> Json:
    trial, alike = study.trial, study.alike
    only_in_r5 = {**study.only_in_r5, "outcomeMeasure": _outcomes(trial, R4) or None}
    only_in_r5 |= {f"recruitment.{name}": value for name, value in study.enrollment.items()}
    carried = [part for name, value in only_in_r5.items() for part in xver.carry(f"ResearchStudy.{name}", value)]
    status = progress.r4_status(trial)
    publication = xver.carry("ResearchStudy.status", "active")
    return resource(
        "ResearchStudy",
        study_id(trial),
        meta=alike.get("meta"),
        text=alike["text"],
        extension=[*carried, *study.registrations],
        identifier=alike.get("identifier"),
        title=alike.get("title"),
        status=status,
        _status={"extension": publication if status else [absent(), *publication]},
        primaryPurposeType=_purpose(trial, R4),
        phase=phase_concept(R4, trial.phases),
        category=study.design,
        focus=study.focuses,
        condition=alike.get("condition"),
        contact=parties.contacts(trial),
        relatedArtifact=artifacts.r4_artifacts(study.artifacts),
        keyword=alike.get("keyword"),
        location=study.countries,
        description=alike.get("description"),
        enrollment=_enrollment(trial, study.cohorts),
        period=alike.get("period"),
        sponsor=parties.sponsor(trial),
        principalInvestigator=parties.principal_investigator(trial),
        site=study.sites[R4],
        reasonStopped=study.why_stopped,
        note=alike.get("note"),
        arm=design.arms(study.arms),
    )


def _purpose(trial: Trial, release: Release) -> Json:
    return purpose_concept(release, trial.design.primary_purpose) if trial.design else {}


def _outcomes(trial: Trial, release: Release) -> list[Json]:
    types = {type: outcome_type_concept(release, type) for type in {outcome.type for outcome in trial.outcomes}}
    return [
        element(name=outcome.measure, type=[types[outcome.type]], description=_outcome_description(outcome))
        for outcome in trial.outcomes
    ]


def _outcome_description(outcome: Outcome) -> str:
    """FHIR has no element for a time frame: it is the last paragraph."""
    time_frame = clean(outcome.time_frame or "")
    return "\n\n".join(part for part in (outcome.description, time_frame and f"Time frame: {time_frame}") if part)


def _enrollment(trial: Trial, cohorts: list[CohortTree]) -> list[Json]:
    """The cohorts' Groups; R4 allows no EvidenceVariable here, so the first Group's reference points on to it."""
    tree = extension(ALTERNATE_REFERENCE, valueReference=evidence_variable_reference(trial))
    return [group_reference(trial, cohort, *([tree] if cohort.index == 0 else [])) for cohort in cohorts]
