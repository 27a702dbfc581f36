"""Provenance: which source documents a trial's own resources were made from, and who wrote them.

https://hl7.org/fhir/R5/provenance.html, https://hl7.org/fhir/R4/provenance.html: the same in both for what is said
here. `recorded`, which R4 requires, is the instant of the version: like `meta.lastUpdated`, only the store knows it.

A reference to the study has its identifier too, so that `target:identifier` finds what is said of a trial by the id
that people know. The activity is of ISO 21089's lifecycle: R4's own codes (create, revise) are of one version, not of
what is told here.
"""

from functools import lru_cache

from app.fhir import narrative, sourced
from app.fhir.datatypes import Json, coding, concept, element, resource
from app.fhir.eligibility import CohortTree
from app.fhir.evidence_variable import evidence_variable_reference
from app.fhir.group import group_reference
from app.fhir.ids import provenance_id, study_id
from app.fhir.study.identification import registry_identifier
from app.record.codes import SOURCES
from app.record.trial import SourceDocument, Trial

REGISTRY = "Clinical-trial registry"
"""This server, which makes the resources."""

PARTICIPANT_SYSTEM = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
LIFECYCLE_SYSTEM = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"


def _agent(role: str, who: Json) -> Json:
    return {"type": concept(coding(PARTICIPANT_SYSTEM, role, role.capitalize())), "who": who}


ASSEMBLER = _agent("assembler", {"display": REGISTRY})


def provenance(trial: Trial, cohorts: list[CohortTree]) -> Json:
    """Of a trial that has sources: without them there is nobody to name."""
    return resource(
        "Provenance",
        provenance_id(trial),
        meta=sourced.meta(trial) | {"source": sourced.document_uri(trial.sources[0])},
        text=narrative.of_provenance(trial),
        target=_targets(trial, cohorts),
        activity=_activity(len(trial.sources)),
        agent=[ASSEMBLER, *map(_author, sourced.sources(trial))],
        entity=[{"role": "source", "what": _document(source)} for source in trial.sources],
    )


def _targets(trial: Trial, cohorts: list[CohortTree]) -> list[Json]:
    study = element(
        reference=f"ResearchStudy/{study_id(trial)}", identifier=registry_identifier(trial), display=trial.title
    )
    if not cohorts:
        return [study]
    return [study, evidence_variable_reference(trial), *(group_reference(trial, cohort) for cohort in cohorts)]


@lru_cache(maxsize=1 << 6)
def _activity(documents: int) -> Json:
    if documents == 1:
        return concept(coding(LIFECYCLE_SYSTEM, "transform"), text="Read from one source document")
    return concept(coding(LIFECYCLE_SYSTEM, "merge"), text=f"Read and merged from {documents} source documents")


@lru_cache(maxsize=1 << 6)
def _author(source: str) -> Json:
    identifier = element(system=sourced.SOURCE_SYSTEM, value=source)
    return _agent("author", element(identifier=identifier, display=SOURCES.get(source, source)))


def _document(source: SourceDocument) -> Json:
    """No resource: the identifier and the name are all that is served of it."""
    return element(identifier=element(system=sourced.DOCUMENT_SYSTEM, value=source.id), display=source.name)
