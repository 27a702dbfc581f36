"""Our own code systems, from the code tables that records are read and rendered with.

Leaves `System`s: what `app.fhir.terminology` makes CodeSystem resources of.
"""

from typing import NamedTuple

from app.fhir.constraints import NAMES
from app.fhir.datatypes import words
from app.fhir.eligibility import criterion_concept
from app.fhir.study.design import SEVCO
from app.record.codes import BASE, REGISTRY_SOURCES, SOURCES, STATUS, TERMS
from app.record.registries import REGISTRIES


class Concept(NamedTuple):
    code: str
    display: str
    definition: str | None = None


class System(NamedTuple):
    """`concepts` is None for an open system, whose codes are made as they are needed."""

    id: str
    title: str
    description: str
    concepts: tuple[Concept, ...] | None

    @property
    def url(self) -> str:
        return f"{BASE}/CodeSystem/{self.id}"


FLAGS = {
    "delayed-posting": "The study is of a device that is not yet approved or cleared, and its posting is delayed.",
    "expanded-access-individual": "Expanded access is for individual patients.",
    "expanded-access-intermediate": "Expanded access is for populations of intermediate size.",
    "expanded-access-treatment": "Expanded access is by a treatment protocol.",
    "fda-regulated-device": "A device product that the U.S. FDA regulates is studied.",
    "fda-regulated-drug": "A drug product that the U.S. FDA regulates is studied.",
    "fdaaa-801-violation": "The U.S. FDA has found a violation of FDAAA, section 801.",
    "gender-based": "Eligibility is based on gender, as people themselves state it.",
    "has-dmc": "The study has a data monitoring committee.",
    "has-expanded-access": "The treatment can be had outside the study, by expanded access.",
    "has-results": "The registry has results of the study.",
    "healthy-volunteers": "Healthy volunteers may take part.",
    "low-intervention": "The trial is a low-intervention clinical trial under Regulation (EU) 536/2014.",
    "no-sap": "The study has no statistical analysis plan.",
    "patient-registry": "The study is a patient registry too.",
    "pediatric-postmarket-surveillance": "The study is a pediatric postmarket surveillance of a device.",
    "retrospective-registration": "The study was registered after it had begun.",
    "unapproved-device": "A device product that is not yet approved or cleared is studied.",
    "us-export": "The product is made in and exported from the United States.",
    "vulnerable-population": "People of a vulnerable population take part.",
}
"""Names of flags that sources give -> what it means when one is set."""

STUDY_TYPES = tuple(dict.fromkeys(value for field, value in SEVCO if field == "study_type"))

RECRUITMENT_STATUS = System(
    "recruitment-status",
    "Recruitment status",
    "The state of a trial, or of a trial at one facility, in the registry's own words.",
    tuple(Concept(entry.code, entry.display) for entry in STATUS),
)
STUDY_TYPE = System(
    "study-type",
    "Study type",
    "What kind of study it is.",
    tuple(Concept(code, words(code)) for code in STUDY_TYPES),
)
SOURCE = System(
    "source",
    "Source",
    "Who published the documents that a record was read from.",
    tuple(
        Concept(
            code,
            name,
            f"{'A source of registry records' if code in REGISTRY_SOURCES else 'A listing of trials'}; "
            f"terms of use: {TERMS[code]}",
        )
        for code, name in SOURCES.items()
    ),
)
REGISTRY = System(
    "registry",
    "Registry",
    "Registries of trials; a trial's identifier stands in the registry's own system.",
    tuple(Concept(each.code, each.name, f"Identifiers: {each.system}") for each in REGISTRIES.values()),
)
FLAG = System(
    "flag",
    "Flag",
    "What a source answers with yes or no.",
    tuple(Concept(name, words(name), meaning) for name, meaning in FLAGS.items()),
)
COORDINATES_FROM = System(
    "coordinates-from",
    "Coordinates from",
    "Where a facility's coordinates come from, when the source does not give them.",
    (Concept("gazetteer-city", "Gazetteer, city", "The centre of the facility's city, from a gazetteer."),),
)
CRITERION = System(
    "criterion",
    "Criterion",
    "What a characteristic of eligible people is.",
    (
        *(Concept(each["code"], each["display"]) for each in criterion_concept()["coding"]),
        *(Concept(code, name) for code, name in NAMES.items()),
    ),
)
CONDITION = System(
    "condition",
    "Condition",
    "Conditions that a source gives only as words. A code is made from them: lower case, words joined with hyphens; "
    "one that could not be told from another, or is long, ends in a digest.",
    None,
)

SYSTEMS = (RECRUITMENT_STATUS, STUDY_TYPE, SOURCE, REGISTRY, FLAG, COORDINATES_FROM, CRITERION, CONDITION)
