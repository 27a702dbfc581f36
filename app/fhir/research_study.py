"""ResearchStudy: the trial itself.

https://hl7.org/fhir/R5/researchstudy.html, https://hl7.org/fhir/R4/researchstudy.html, with the mapping
`clinicaltrials-gov` of both and, for R5-only elements in R4, `app.fhir.xver`.

- R5 `status` is the state of the record (always `active`), `progressStatus` that of the trial. R4 `status` is that of
  the trial; where a source states none it has no value, only a data-absent-reason: any code would claim something.
- A trial's launch date is no `period.start`: the source does not say what was launched. It is a registration date.
- Not carried: `statements`, `issues`, `not_reported`, `sources` and `facts` (the plain API shows them).
"""

from app.fhir import xver
from app.fhir.datatypes import Json, absent, annotation, clean, coding, concept, element, extension, reference, resource
from app.fhir.eligibility import CohortTree
from app.fhir.group import group_reference
from app.fhir.ids import evidence_variable_id, study_id
from app.fhir.location import located, regions, site_reference
from app.fhir.organization import organization_reference
from app.fhir.practitioner import practitioner_role_reference
from app.fhir.releases import R4, R5, Release, outcome_type_concept, phase_concept, status_concept
from app.record.codes import CONDITION_SYSTEM, PARTY_ROLE, SOURCES, STATUS
from app.record.ids import condition_code
from app.record.registries import REGISTRIES
from app.record.trial import Condition, Identifier, Outcome, Party, Trial, TrialDate

ALTERNATE_REFERENCE = "http://hl7.org/fhir/StructureDefinition/alternate-reference"
STUDY_REGISTRATION = "http://hl7.org/fhir/StructureDefinition/researchStudy-studyRegistration"
PARTY_ROLE_SYSTEM = "http://hl7.org/fhir/research-study-party-role"
TITLE_TYPE_SYSTEM = "http://hl7.org/fhir/title-type"

IDENTIFIER_USE = {"registry": "official", "organization": "secondary", "secondary": "secondary", "alias": "old"}
TITLE_TYPES = {"official", "acronym"}
"""Kinds of `Title` that are codes of the title-type system; others are text."""
ACTIVITIES = {"launched": "Launched", "as-of": "Current as of"}
"""Kind of date -> wording of its registration activity; any other kind is worded as it is spelled."""
ELSEWHERE = {"start", "completion", "last-update"}
"""Kinds of date that have an element of their own."""


def r5(trial: Trial, cohorts: list[CohortTree]) -> Json:
    return resource(
        "ResearchStudy",
        study_id(trial),
        extension=_registrations(trial),
        identifier=_identifiers(trial),
        title=trial.title,
        label=_labels(trial),
        date=trial.date("last-update"),
        status="active",
        phase=phase_concept(R5, trial.phases),
        condition=[_condition(condition) for condition in trial.conditions],
        keyword=_keywords(trial),
        region=regions(trial),
        descriptionSummary=trial.brief_summary,
        description=trial.detailed_description,
        period=_period(trial),
        site=_sites(trial, R5),
        note=_notes(trial),
        associatedParty=_associated_parties(trial),
        progressStatus=_progress(trial),
        recruitment=element(eligibility=_eligibility(trial)) if cohorts else None,
        outcomeMeasure=_outcomes(trial, R5),
    )


def r4(trial: Trial, cohorts: list[CohortTree]) -> Json:
    only_in_r5 = element(
        label=_labels(trial),
        date=trial.date("last-update"),
        descriptionSummary=trial.brief_summary,
        associatedParty=_associated_parties(trial),
        progressStatus=_progress(trial),
        outcomeMeasure=_outcomes(trial, R4),
    )
    carried = [part for name, value in only_in_r5.items() for part in xver.carry(f"ResearchStudy.{name}", value)]
    status = R4.code(STATUS[trial.overall_status]) if trial.overall_status else None
    publication = xver.carry("ResearchStudy.status", "active")
    sponsors = [party for party in trial.parties_with("lead-sponsor") if party.kind == "organization"]
    investigators = [party for party in trial.parties_with("principal-investigator") if party.kind == "person"]
    return resource(
        "ResearchStudy",
        study_id(trial),
        extension=[*carried, *_registrations(trial)],
        identifier=_identifiers(trial),
        title=trial.title,
        status=status,
        _status={"extension": publication if status else [absent(), *publication]},
        phase=phase_concept(R4, trial.phases),
        condition=[_condition(condition) for condition in trial.conditions],
        keyword=_keywords(trial),
        location=regions(trial),
        description=trial.detailed_description,
        enrollment=_enrollment(trial, cohorts),
        period=_period(trial),
        sponsor=next((_party(party) for party in sponsors), None),
        principalInvestigator=next((_party(party) for party in investigators), None),
        site=_sites(trial, R4),
        note=_notes(trial),
    )


def _identifiers(trial: Trial) -> list[Json]:
    registry = REGISTRIES.get(trial.registry or "")
    registry_system = registry.system if registry else None
    own = Identifier(kind="registry", value=trial.id, system=registry_system)
    stated = any(identifier.kind == "registry" for identifier in trial.identifiers)
    return [
        element(
            use=IDENTIFIER_USE.get(identifier.kind),
            system=identifier.system or (registry_system if identifier.kind in ("registry", "alias") else None),
            value=identifier.value,
        )
        for identifier in (trial.identifiers if stated else [own, *trial.identifiers])
        if clean(identifier.value)
    ]


def _labels(trial: Trial) -> list[Json]:
    return [
        element(
            type=concept(coding(TITLE_TYPE_SYSTEM, title.kind if title.kind in TITLE_TYPES else None), text=title.kind),
            value=title.text,
        )
        for title in trial.titles
        if clean(title.text)
    ]


def _condition(condition: Condition) -> Json:
    """A condition that the source gives only as words gets the local code made from them."""
    if not condition.codings and not clean(condition.text):
        return {}
    codings = [coding(each.system, each.code, each.display) for each in condition.codings]
    return concept(*(codings or [coding(CONDITION_SYSTEM, condition_code(condition.text))]), text=condition.text)


def _keywords(trial: Trial) -> list[Json]:
    return [concept(text=keyword) for keyword in trial.keywords]


def _period(trial: Trial) -> Json:
    return element(start=trial.date("start"), end=trial.date("completion"))


def _registrations(trial: Trial) -> list[Json]:
    return [_registration(date) for date in trial.dates if date.kind not in ELSEWHERE]


def _registration(date: TrialDate) -> Json:
    wording = ACTIVITIES.get(date.kind) or date.kind.replace("-", " ").capitalize()
    return extension(
        STUDY_REGISTRATION,
        extension("activity", valueCodeableConcept=concept(text=wording)),
        extension("actual", valueBoolean=date.type == "actual" if date.type else None),
        extension("period", valuePeriod=element(start=date.value, end=date.value)),
    )


def _sites(trial: Trial, release: Release) -> list[Json]:
    return [site_reference(release, site) for site in located(trial)]


def _notes(trial: Trial) -> list[Json]:
    """The plain-language summary is the listing site's, not the registry's: its author says so."""
    summary = trial.plain_language_summary
    return [annotation(summary.text, SOURCES.get(summary.source, summary.source))] if summary else []


def _party(party: Party) -> Json:
    return practitioner_role_reference(party) if party.kind == "person" else organization_reference(party.name)


def _associated_parties(trial: Trial) -> list[Json]:
    return [_associated_party(party) for party in trial.parties if clean(party.name)]


def _associated_party(party: Party) -> Json:
    role = PARTY_ROLE[party.role]
    return element(
        name=party.name,
        role=concept(coding(PARTY_ROLE_SYSTEM, R5.code(role)), text=role.display),
        party=_party(party),
    )


def _progress(trial: Trial) -> list[Json]:
    """R5's words in both releases: what R4 carries in the extension is the R5 element."""
    state = status_concept(R5, trial.overall_status)
    return [element(state=state, actual=True)] if state else []


def _outcomes(trial: Trial, release: Release) -> list[Json]:
    return [
        element(
            name=outcome.measure,
            type=[outcome_type_concept(release, outcome.type)],
            description=_outcome_description(outcome),
        )
        for outcome in trial.outcomes
    ]


def _outcome_description(outcome: Outcome) -> str:
    """FHIR has no element for a time frame: it is the last paragraph."""
    time_frame = clean(outcome.time_frame or "")
    return "\n\n".join(part for part in (outcome.description, time_frame and f"Time frame: {time_frame}") if part)


def _eligibility(trial: Trial) -> Json:
    return reference("EvidenceVariable", evidence_variable_id(trial), f"Eligibility criteria of {trial.id}")


def _enrollment(trial: Trial, cohorts: list[CohortTree]) -> list[Json]:
    """The cohorts' Groups; R4 allows no EvidenceVariable here, so the first Group's reference points on to it."""
    tree = extension(ALTERNATE_REFERENCE, valueReference=_eligibility(trial))
    return [group_reference(trial, cohort, *([tree] if cohort.index == 0 else [])) for cohort in cohorts]
