"""ResearchStudy.studyDesign (R4: category), classifier, recruitment numbers and arms: how the trial is made.

Every statement of the design is a concept in words that name the item (`Allocation: Randomized`), with a code of
http://hl7.org/fhir/study-design (SEVCO) where that system has the same meaning. The study type has a code of ours too,
as has a flag that is set: SEVCO has not every type, and the classifier system few flags.
"""

from functools import lru_cache
from typing import Any

from app.fhir import xver
from app.fhir.datatypes import Json, clean, coding, concept, element, extension, words
from app.record.codes import BASE
from app.record.ids import slug
from app.record.parts import Arm
from app.record.trial import Trial

DESIGN_SYSTEM = "http://hl7.org/fhir/study-design"
STUDY_TYPE_SYSTEM = f"{BASE}/CodeSystem/study-type"
FLAG_SYSTEM = f"{BASE}/CodeSystem/flag"
CLASSIFIER_SYSTEM = "http://hl7.org/fhir/research-study-classifiers"
ARM_TYPE_SYSTEM = "http://hl7.org/fhir/research-study-arm-type"

ARM_INTERVENTION = f"{BASE}/StructureDefinition/arm-intervention"
"""On R5 `ResearchStudy.comparisonGroup` and R4 `ResearchStudy.arm`: the name of an intervention that its participants
get (string, repeats), as the source links it."""

CODED_ITEMS = {
    "study_type": "Study type",
    "allocation": "Allocation",
    "intervention_model": "Intervention model",
    "observational_model": "Observational model",
    "time_perspective": "Time perspective",
    "masking": "Masking",
    "who_masked": "Masked",
    "biospecimen_retention": "Biospecimen retention",
}
"""Field of `Design` with codes of ours -> the item's name."""

TEXT_ITEMS = {
    "intervention_model_description": "Intervention model description",
    "masking_description": "Masking description",
    "biospecimen_description": "Biospecimen description",
    "target_duration": "Target duration",
}

SEVCO = {
    ("study_type", "interventional"): ("SEVCO:01001", "Interventional research"),
    ("study_type", "observational"): ("SEVCO:01002", "Observational research"),
    ("study_type", "expanded-access"): ("SEVCO:01038", "Expanded Access study"),
    ("allocation", "randomized"): ("SEVCO:01003", "randomized assignment"),
    ("allocation", "non-randomized"): ("SEVCO:01005", "Non-randomized assignment"),
    ("intervention_model", "parallel"): ("SEVCO:01011", "Parallel cohort design"),
    ("intervention_model", "crossover"): ("SEVCO:01012", "Crossover cohort design"),
    ("intervention_model", "single-group"): ("SEVCO:01023", "Non-comparative study design"),
    ("observational_model", "case-control"): ("SEVCO:01013", "Case control design"),
    ("observational_model", "ecologic-or-community"): ("SEVCO:01044", "Ecological design"),
    ("time_perspective", "cross-sectional"): ("SEVCO:01027", "Cross sectional data collection"),
    ("who_masked", "participant"): ("SEVCO:01060", "Blinding of study participants"),
    ("who_masked", "care-provider"): ("SEVCO:01061", "Blinding of intervention providers"),
    ("who_masked", "outcomes-assessor"): ("SEVCO:01062", "Blinding of outcome assessors"),
}

CLASSIFIERS = {"fda-regulated-drug", "fda-regulated-device"}
"""Flags that are codes of the classifier system when they are set."""

ARM_TYPES = {
    "experimental": "experimental",
    "active-comparator": "active-comparator",
    "placebo-comparator": "placebo-comparator",
    "sham-comparator": "sham-comparator",
    "no-intervention": "no-intervention",
    "other": "other-arm-type",
}

MOST_PARTICIPANTS = 2**31 - 1
"""FHIR's unsignedInt."""


def study_design(trial: Trial) -> list[Json]:
    if trial.design is None:
        return []
    made: list[Json] = []
    for field, item in CODED_ITEMS.items():
        stated = getattr(trial.design, field)
        for value in stated if isinstance(stated, list) else [stated]:
            if value:
                made.append(_coded(field, item, value))
    for field, item in TEXT_ITEMS.items():
        if text := clean(getattr(trial.design, field) or ""):
            made.append({"text": f"{item}: {text}"})
    return made


def recruitment_numbers(trial: Trial) -> Json:
    """R5 `ResearchStudy.recruitment`'s numbers; R4 carries them one by one."""
    number, type_ = _enrollment(trial)
    return element(
        targetNumber=number if type_ == "estimated" else None, actualNumber=number if type_ == "actual" else None
    )


def classifiers(trial: Trial) -> list[Json]:
    """The source's flags, and an enrollment of which it does not say whether it is actual."""
    made = [_flag(flag.name, flag.value) for flag in trial.flags]
    if trial.design and trial.design.enrollment is not None and not recruitment_numbers(trial):
        made.append(concept(text=f"Enrollment: {trial.design.enrollment}"))
    return made


def comparison_groups(trial: Trial) -> list[Json]:
    """R5."""
    return [
        element(
            extension=_exposures(trial, arm),
            linkId=link_id,
            name=clean(arm.label) or link_id,
            type=concept(coding(ARM_TYPE_SYSTEM, ARM_TYPES.get(arm.type)), text=words(arm.type)) if arm.type else None,
            description=arm.description,
        )
        for link_id, arm in _linked(trial)
    ]


def arms(groups: list[Json]) -> list[Json]:
    """R4, from the R5 comparison groups: R4 has no value set for the type, which is in words."""
    return [
        element(
            extension=[
                *xver.carry("ResearchStudy.comparisonGroup.linkId", group["linkId"]),
                *group.get("extension", []),
            ],
            name=group["name"],
            type=concept(text=group["type"]["text"]) if "type" in group else None,
            description=group.get("description"),
        )
        for group in groups
    ]


# the flags and items of a design are few: they are made once
@lru_cache(maxsize=1 << 8)
def _flag(name: str, value: bool) -> Json:
    if not value:
        return concept(text=f"{words(name)}: no")
    standard = coding(CLASSIFIER_SYSTEM, name if name in CLASSIFIERS else None)
    return concept(standard, coding(FLAG_SYSTEM, name, words(name)), text=f"{words(name)}: yes")


@lru_cache(maxsize=1 << 8)
def _coded(field: str, item: str, value: str) -> Json:
    code, display = SEVCO.get((field, value), (None, None))
    own = coding(STUDY_TYPE_SYSTEM, value, words(value)) if field == "study_type" else {}
    return concept(coding(DESIGN_SYSTEM, code, display), own, text=f"{item}: {words(value)}")


def _enrollment(trial: Trial) -> tuple[int | None, str | None]:
    design: Any = trial.design
    if design is None or design.enrollment is None or not 0 <= design.enrollment <= MOST_PARTICIPANTS:
        return None, None
    return design.enrollment, design.enrollment_type


def _linked(trial: Trial) -> list[tuple[str, Arm]]:
    """The arms with an id (https://hl7.org/fhir/R5/datatypes.html#id) made from the label, unique in the trial."""
    linked: dict[str, Arm] = {}
    for number, arm in enumerate(trial.arms, start=1):
        link_id = slug(arm.label, 55)
        if not link_id or link_id in linked:
            link_id = f"{link_id or 'arm'}-{number}"
        linked[link_id] = arm
    return list(linked.items())


def _exposures(trial: Trial, arm: Arm) -> list[Json]:
    """The arm's own links; where it has none, those of the interventions that name it."""
    names = arm.interventions or [each.name for each in trial.interventions if arm.label in each.arms]
    return [extension(ARM_INTERVENTION, valueString=name) for name in names]
