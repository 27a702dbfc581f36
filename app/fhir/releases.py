"""What R4 and R5 say differently about the same thing: code systems and status words."""

from typing import NamedTuple

from app.fhir.datatypes import Json, coding, concept
from app.record.codes import OUTCOME_TYPE, PHASE, RECRUITMENT_SYSTEM, STATUS, STUDY_STATUS_SYSTEM, Code


class Release(NamedTuple):
    name: str
    phase_system: str
    objective_type_system: str

    def code(self, entry: Code) -> str | None:
        return entry.r4 if self is R4 else entry.r5


R4 = Release(
    "r4",
    "http://terminology.hl7.org/CodeSystem/research-study-phase",
    "http://terminology.hl7.org/CodeSystem/research-study-objective-type",
)
R5 = Release("r5", "http://hl7.org/fhir/research-study-phase", "http://hl7.org/fhir/research-study-objective-type")

# The only pairs that either release's value set has a code for
_JOINED_PHASES = {("phase-1", "phase-2"), ("phase-2", "phase-3")}


def status_concept(release: Release, status: str | None) -> Json:
    """A recruitment status: the release's code where it has one, our own code always, the registry's word as text.

    Where R5 has no word, R4's is only a stand-in for its required `ResearchStudy.status` and is not repeated here.
    """
    if status is None:
        return {}
    entry = STATUS[status]
    standard = release.code(entry) if entry.r5 else None
    return concept(
        coding(STUDY_STATUS_SYSTEM, standard),
        coding(RECRUITMENT_SYSTEM, entry.code, entry.display),
        text=entry.display,
    )


def phase_concept(release: Release, phases: list[str]) -> Json:
    """One concept for all phases: none stated, none given; a combination without a code is text only."""
    ordered = tuple(entry for entry in PHASE if entry.code in phases)
    standard = None
    if len(ordered) == 1:
        standard = release.code(ordered[0])
    elif tuple(entry.code for entry in ordered) in _JOINED_PHASES:
        standard = "-".join(entry.code for entry in ordered)
    return concept(coding(release.phase_system, standard), text="/".join(entry.display for entry in ordered))


def outcome_type_concept(release: Release, outcome_type: str) -> Json:
    entry = OUTCOME_TYPE[outcome_type]
    return concept(coding(release.objective_type_system, release.code(entry), entry.display))
