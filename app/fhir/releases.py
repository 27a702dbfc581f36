"""What R4 and R5 say differently about the same thing: code systems and status words."""

from typing import NamedTuple

from app.fhir.datatypes import Json, coding, concept, words
from app.record.codes import OUTCOME_TYPE, PARTY_ROLE, PHASE, RECRUITMENT_SYSTEM, STATUS, STUDY_STATUS_SYSTEM, Code


class Release(NamedTuple):
    name: str
    phase_system: str
    objective_type_system: str
    purpose_system: str

    def code(self, entry: Code) -> str | None:
        return entry.r4 if self is R4 else entry.r5


R4 = Release(
    "r4",
    "http://terminology.hl7.org/CodeSystem/research-study-phase",
    "http://terminology.hl7.org/CodeSystem/research-study-objective-type",
    "http://terminology.hl7.org/CodeSystem/research-study-prim-purp-type",
)
R5 = Release(
    "r5",
    "http://hl7.org/fhir/research-study-phase",
    "http://hl7.org/fhir/research-study-objective-type",
    "http://hl7.org/fhir/research-study-prim-purp-type",
)

PARTY_ROLE_SYSTEM = "http://hl7.org/fhir/research-study-party-role"
PARTY_ROLES = {"sponsor", "sponsor-investigator", "funding-source", "general-contact", "recruitment-contact", "irb"}
"""Codes of that system that are spelled as the record spells them; further ones are in `PARTY_ROLE`."""

# http://hl7.org/fhir/ValueSet/research-study-prim-purp-type, the same codes in both releases
PURPOSES = {
    "treatment",
    "prevention",
    "diagnostic",
    "supportive-care",
    "screening",
    "health-services-research",
    "basic-science",
    "device-feasibility",
}

# The only pairs that either release's value set has a code for
_JOINED_PHASES = {("phase-1", "phase-2"), ("phase-2", "phase-3")}


def status_concept(release: Release, status: str | None, last_known: str | None = None) -> Json:
    """A recruitment status: the release's code where it has one, our own code always, the registry's word as text.

    The text also says what was last known behind `unknown`. Where R5 has no word, R4's is only a stand-in for its
    required `ResearchStudy.status` and is not repeated here.
    """
    if status is None:
        return {}
    entry = STATUS[status]
    standard = release.code(entry) if entry.r5 else None
    return concept(
        coding(STUDY_STATUS_SYSTEM, standard),
        coding(RECRUITMENT_SYSTEM, entry.code, entry.display),
        text=f"{entry.display} (last known: {STATUS[last_known].display})" if last_known else entry.display,
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


def purpose_concept(release: Release, purpose: str | None) -> Json:
    if not purpose:
        return {}
    return concept(coding(release.purpose_system, purpose if purpose in PURPOSES else None), text=words(purpose))


def party_role_words(role: str) -> str:
    return PARTY_ROLE[role].display if role in PARTY_ROLE.codes else words(role)


def party_role_concept(role: str) -> Json:
    """R5's code where it has one; R4 carries the same in the extension."""
    code = PARTY_ROLE[role].r5 if role in PARTY_ROLE.codes else role if role in PARTY_ROLES else None
    return concept(coding(PARTY_ROLE_SYSTEM, code), text=party_role_words(role))
