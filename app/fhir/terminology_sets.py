"""Value sets: our own, and those of HL7 as far as documents here can have their codes.

Enters the release (`r4`, `r5`); leaves sets of (system, code), from the tables that the renderers use:
https://hl7.org/fhir/R5/valueset.html, https://hl7.org/fhir/R5/search.html#modifierin.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import NamedTuple

from app.eligibility.coded import GENDER
from app.fhir.conformance import FHIR_VERSIONS
from app.fhir.datatypes import UCUM
from app.fhir.releases import (
    PARTY_ROLE_SYSTEM,
    PARTY_ROLES,
    PURPOSES,
    R4,
    R5,
    Release,
    phase_concept,
)
from app.fhir.study.design import ARM_TYPE_SYSTEM, ARM_TYPES, CLASSIFIER_SYSTEM, CLASSIFIERS, DESIGN_SYSTEM, SEVCO
from app.fhir.study.identification import TITLE_TYPE_SYSTEM, TITLE_TYPES
from app.fhir.study.parties import SECTOR_SYSTEM, SECTORS
from app.fhir.study.progress import ACTIVITIES, ACTIVITY_SYSTEM
from app.fhir.terminology_systems import (
    COORDINATES_FROM,
    FLAG,
    RECRUITMENT_STATUS,
    REGISTRY,
    SOURCE,
    STUDY_TYPE,
    STUDY_TYPES,
    System,
)
from app.record.codes import AGE_UNITS, OUTCOME_TYPE, PARTY_ROLE, PHASE, SEX, STATUS, STUDY_STATUS_SYSTEM, UNFINISHED

Codings = list[tuple[str, str]]
"""(system, code), each once, in the order of the tables."""

RECRUITING = ("not-yet-recruiting", "recruiting")
NOT_SAID = ("unknown", "withheld")
"""States that do not say whether the trial goes on."""
FINISHED = tuple(entry.code for entry in STATUS if entry.code not in (*UNFINISHED, *NOT_SAID))

RELEASES: dict[str, Release] = {"r4": R4, "r5": R5}


class OwnSet(NamedTuple):
    id: str
    title: str
    description: str
    codings: Callable[[Release], Codings]


class StandardSet(NamedTuple):
    """`releases` are those whose specification has it; its codes are known in both."""

    name: str
    releases: tuple[str, ...]
    codings: Callable[[Release], Codings]

    @property
    def url(self) -> str:
        return f"http://hl7.org/fhir/ValueSet/{self.name}"

    def versions(self, release: str) -> tuple[str, ...]:
        """That a canonical may name in this release."""
        return tuple(FHIR_VERSIONS[each] for each in self.releases if each == release or release not in self.releases)


def _of(system: str, codes: Iterable[str | None]) -> Codings:
    return [(system, code) for code in dict.fromkeys(codes) if code]


def _whole(system: System) -> Callable[[Release], Codings]:
    return lambda _: _of(system.url, (concept.code for concept in system.concepts or ()))


def _states(*states: str) -> Callable[[Release], Codings]:
    """Our own codes and the release's, which R4 has several states share: one is in only if all of its states are."""

    def codings(release: Release) -> Codings:
        other = {release.code(entry) for entry in STATUS if entry.code not in states}
        standard = [code for code in (release.code(STATUS[state]) for state in states) if code not in other]
        return _of(RECRUITMENT_STATUS.url, states) + _of(STUDY_STATUS_SYSTEM, standard)

    return codings


def _phases(release: Release) -> Codings:
    """Of single phases and of the combinations that have a code."""
    codes = [entry.code for entry in PHASE]
    chosen = [[code] for code in codes] + [list(pair) for pair in combinations(codes, 2)]
    made = [coding for phases in chosen for coding in phase_concept(release, phases).get("coding", [])]
    return _of(release.phase_system, (coding["code"] for coding in made))


def _study_types(release: Release) -> Codings:
    standard = (code for (field, _), (code, _) in SEVCO.items() if field == "study_type")
    return _of(STUDY_TYPE.url, STUDY_TYPES) + _of(DESIGN_SYSTEM, standard)


_IN_R4 = "A code of R4's that stands for other states too is not in it."

OWN_SETS = (
    OwnSet(
        "recruitment-status",
        "Recruitment status",
        "Every state of a trial, in the registry's words and in the release's codes.",
        _states(*STATUS.codes),
    ),
    OwnSet(
        "recruiting-now",
        "Recruiting now or soon",
        f"States in which anybody eligible can join, now or soon: not by invitation, nor by expanded access. {_IN_R4}",
        _states(*RECRUITING),
    ),
    OwnSet(
        "unfinished",
        "Unfinished",
        f"States that will change: the trial, or its expanded access, goes on or is to begin. {_IN_R4}",
        _states(*UNFINISHED),
    ),
    OwnSet("finished", "Finished", f"States that are final. {_IN_R4}", _states(*FINISHED)),
    OwnSet("phases", "Phases", "Phases of a trial, and the combinations that have a code.", _phases),
    OwnSet("study-types", "Study types", "Kinds of study, in our codes and SEVCO's.", _study_types),
    OwnSet("sources", "Sources", SOURCE.description, _whole(SOURCE)),
    OwnSet("registries", "Registries", REGISTRY.description, _whole(REGISTRY)),
    OwnSet("flags", "Flags", FLAG.description, _whole(FLAG)),
    OwnSet("coordinates-from", COORDINATES_FROM.title, COORDINATES_FROM.description, _whole(COORDINATES_FROM)),
)


def _study_statuses(release: Release) -> Codings:
    """R5's further one is that of the entry that `progressStatus` has for the whole study."""
    overall = ["overall-study"] if release is R5 else []
    return _of(STUDY_STATUS_SYSTEM, [*(release.code(entry) for entry in STATUS), *overall])


def _party_roles(release: Release) -> Codings:
    return _of(PARTY_ROLE_SYSTEM, [*(entry.r5 for entry in PARTY_ROLE), *sorted(PARTY_ROLES)])


def _fixed(system: str, codes: Iterable[str | None]) -> Callable[[Release], Codings]:
    codings = _of(system, codes)
    return lambda _: codings


_BOTH, _ONLY_R5 = ("r4", "r5"), ("r5",)
STANDARD_SETS = (
    StandardSet("research-study-status", _BOTH, _study_statuses),
    StandardSet("research-study-phase", _BOTH, _phases),
    StandardSet("research-study-prim-purp-type", _BOTH, lambda r: _of(r.purpose_system, sorted(PURPOSES))),
    StandardSet(
        "research-study-objective-type",
        _BOTH,
        lambda release: _of(release.objective_type_system, map(release.code, OUTCOME_TYPE)),
    ),
    StandardSet("administrative-gender", _BOTH, lambda release: _of(GENDER, map(release.code, SEX))),
    StandardSet("publication-status", _BOTH, _fixed("http://hl7.org/fhir/publication-status", ["active"])),
    StandardSet("age-units", _BOTH, _fixed(UCUM, AGE_UNITS.values())),
    StandardSet("research-study-party-role", _ONLY_R5, _party_roles),
    StandardSet("research-study-party-organization-type", _ONLY_R5, _fixed(SECTOR_SYSTEM, SECTORS.values())),
    StandardSet("research-study-arm-type", _ONLY_R5, _fixed(ARM_TYPE_SYSTEM, ARM_TYPES.values())),
    StandardSet("research-study-classifiers", _ONLY_R5, _fixed(CLASSIFIER_SYSTEM, sorted(CLASSIFIERS))),
    StandardSet("study-design", _ONLY_R5, _fixed(DESIGN_SYSTEM, (code for code, _ in SEVCO.values()))),
    StandardSet("title-type", _ONLY_R5, _fixed(TITLE_TYPE_SYSTEM, sorted(TITLE_TYPES))),
    # of the extensions package: neither release has it
    StandardSet("research-study-registration-activity", (), _fixed(ACTIVITY_SYSTEM, ACTIVITIES.values())),
)
