"""Invented trials and patients for the tests of matching."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from app.eligibility.matching.facts import Facts
from app.eligibility.matching.match import Line, Match, match
from app.eligibility.matching.patient import Sent, read_patient
from app.record.parts import Age, Condition, Flag, Intervention
from app.record.trial import Cohort, Criterion, Trial

Json = dict[str, Any]
TODAY = date(2026, 3, 1)
LOINC, UCUM, SNOMED = "http://loinc.org", "http://unitsofmeasure.org", "http://snomed.info/sct"


def criterion(text: str, type: Literal["inclusion", "exclusion"] = "inclusion", **more: Any) -> Criterion:
    return Criterion(type=type, text=text, **{"position": 1, **more})


def trial(*criteria: Criterion | str, **more: Any) -> Trial:
    """Texts are inclusion criteria."""
    made = [criterion(one) if isinstance(one, str) else one for one in criteria]
    numbered = [one.model_copy(update={"position": n}) for n, one in enumerate(made, 1)]
    fields: dict[str, Any] = {"cohorts": [Cohort()], **more}
    return Trial(id="T-1", criteria=numbered, **fields)


BROAD = trial(
    "Age 12 to 65 years.",
    "Hemoglobin ≥ 9.0 g/dL.",
    "Platelets ≥ 100 x 10^9/L at screening.",
    "Serum creatinine ≤ 1.5 x ULN.",
    "ECOG performance status 0-1.",
    "BMI between 18 and 35 kg/m2.",
    "Diagnosis of grey fever.",
    criterion("Pregnant or breastfeeding women.", "exclusion"),
    criterion("ALT or AST > 3 x ULN.", "exclusion"),
    criterion("Systolic blood pressure > 160 mmHg.", "exclusion"),
    criterion("Body weight < 40 kg.", "exclusion"),
    criterion("Prior treatment with mockumab.", "exclusion"),
    criterion("Any condition that the investigator deems unsuitable.", "exclusion"),
    minimum_age=Age(value=12, unit="years"),
    maximum_age=Age(value=65, unit="years"),
    sex="female",
    conditions=[Condition(text="Grey fever")],
    interventions=[Intervention(name="Mockumab", type="drug")],
    flags=[Flag(name="healthy-volunteers", value=False)],
)
"""A line of each kind."""


def observation(id: str, code: str, value: float | None = None, unit: str = "1", **more: Any) -> Json:
    made: Json = {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": "2026-02-20",
    }
    if value is not None:
        made["valueQuantity"] = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return {**made, **more}


def normal(high: float, unit: str, low: float | None = None) -> list[Json]:
    """A reference range."""
    lower = {} if low is None else {"low": {"value": low, "system": UCUM, "code": unit}}
    return [{**lower, "high": {"value": high, "system": UCUM, "code": unit}}]


def answer(code: str, system: str = LOINC) -> Json:
    return {"coding": [{"system": system, "code": code}]}


PATIENT: Json = {"resourceType": "Patient", "id": "p1", "birthDate": "1990-06-15", "gender": "female"}
CONDITION: Json = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": answer("active", "http://terminology.hl7.org/CodeSystem/condition-clinical"),
    "code": {"coding": [{"system": SNOMED, "code": "1", "display": "Grey fever (disorder)"}]},
    "subject": {"reference": "Patient/p1"},
}
RECORD: tuple[Json, ...] = (
    PATIENT,
    CONDITION,
    observation("hb", "718-7", 11.2, "g/dL"),
    observation("plt", "777-3", 180, "10*9/L"),
    observation("crea", "2160-0", 80, "umol/L", referenceRange=normal(90, "umol/L")),
    observation("ecog", "89247-1", valueInteger=1),
    observation("bmi", "39156-5", 24, "kg/m2"),
    observation("preg", "82810-3", valueCodeableConcept=answer("LA26683-5")),
    observation("bf", "63895-7", valueCodeableConcept=answer("LA29253-4")),
    observation("alt", "1742-6", 30, "U/L", referenceRange=normal(40, "U/L")),
    observation("ast", "1920-8", 28, "U/L", referenceRange=normal(40, "U/L")),
    observation(
        "bp",
        "85354-9",
        component=[
            {
                "code": answer("8480-6"),
                "valueQuantity": {"value": 120, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
            }
        ],
    ),
    observation("wt", "29463-7", 61, "kg"),
    {
        "resourceType": "MedicationStatement",
        "id": "m1",
        "status": "not-taken",
        "medicationCodeableConcept": {"text": "Mockumab"},
        "subject": {"reference": "Patient/p1"},
    },
)
"""Somebody who fits `BROAD` in all that can be known."""


def facts(*resources: Json, day: date = TODAY) -> Facts:
    return read_patient([Sent(one, f"Bundle.entry[{n}].resource") for n, one in enumerate(resources)], day)


def results(found: Match) -> dict[str, str]:
    """Path -> result."""
    return {line.path: line.result for line in found.lines}


def line_of(text: str, *resources: Json, type: Literal["inclusion", "exclusion"] = "inclusion", **more: Any) -> Line:
    """The line of a trial's one criterion."""
    [line] = match(trial(criterion(text, type), **more), facts(*resources)).lines
    return line


def matched(resources: Sequence[Json], what: Trial = BROAD, day: date = TODAY) -> Match:
    return match(what, facts(*resources, day=day))
