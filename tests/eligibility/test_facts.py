"""What counts as a fact on the day of the question, and what it says then."""

import time
from datetime import date
from typing import Any

import pytest

from app.eligibility.matching.judge import years
from app.eligibility.matching.match import match
from app.eligibility.matching.patient import Sent, read_patient
from app.record.parts import Condition, Intervention
from tests.eligibility.matching import (
    BROAD,
    CONDITION,
    PATIENT,
    RECORD,
    SNOMED,
    TODAY,
    Json,
    answer,
    facts,
    line_of,
    matched,
    normal,
    observation,
    trial,
)

GREY, MOCKUMAB = [Condition(text="Grey fever")], [Intervention(name="Mockumab", type="drug")]
REQUEST: Json = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {"text": "Mockumab"},
}
NOT_CODED = {key: value for key, value in CONDITION.items() if key != "clinicalStatus"}


def pregnancy(answered: bool, on: str) -> Json:
    return observation("x", "82810-3", valueBoolean=answered, effectiveDateTime=on)


def on(day: str, code: str, value: float, unit: str) -> Json:
    return observation(f"{code} {day}", code, value, unit, effectiveDateTime=day)


@pytest.mark.parametrize(
    ("text", "type", "resources", "expected"),
    [
        # of a later day
        ("Grey fever", "inclusion", [{**CONDITION, "onsetDateTime": "2026-03-02"}], "unknown"),
        ("Grey fever", "inclusion", [{**CONDITION, "onsetDateTime": "2026-02-28"}], "met"),
        ("Treatment with mockumab", "exclusion", [{**REQUEST, "authoredOn": "2026-04"}], "unknown"),
        # over, or perhaps
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementDateTime": "2026-02-01"}], "unknown"),
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementPeriod": {"start": "2026-02-01"}}], "unknown"),
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementString": "in spring"}], "unknown"),
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementBoolean": True}], "unknown"),
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementBoolean": False}], "met"),
        ("Grey fever", "inclusion", [{**NOT_CODED, "abatementDateTime": "2026-05-01"}], "met"),
        # what is only proposed
        ("Treatment with mockumab", "exclusion", [REQUEST], "not-met"),
        *(
            ("Treatment with mockumab", "exclusion", [{**REQUEST, "intent": intent}], "unknown")
            for intent in ("proposal", "plan", "option")
        ),
        # states that pass
        ("Pregnant", "exclusion", [pregnancy(True, "2025-12-01")], "not-met"),
        ("Pregnant", "exclusion", [pregnancy(True, "2025-04-01")], "unknown"),
        ("Pregnant", "exclusion", [pregnancy(False, "2024-04-01")], "unknown"),
        ("Breastfeeding", "exclusion", [observation("b", "63895-7", valueBoolean=True)], "not-met"),
        ("Gestational age 24 to 32 weeks", "inclusion", [on("2026-03-01", "18185-9", 22, "wk")], "not-met"),
        ("Gestational age 24 to 32 weeks", "inclusion", [on("2026-02-01", "18185-9", 22, "wk")], "met"),
        ("Gestational age 24 to 32 weeks", "inclusion", [on("2026-02-01", "18185-9", 30, "wk")], "not-met"),
        ("Gestational age 24 to 32 weeks", "inclusion", [on("2026-02", "18185-9", 30, "wk")], "unknown"),
        ("Gestational age 24 to 32 weeks", "inclusion", [on("2026-02-27", "18185-9", 32, "wk")], "unknown"),
        ("Gestational age 24 to 32 weeks", "inclusion",
         [{**PATIENT, "birthDate": "2026-01-20"}, on("2026-01-21", "18185-9", 30, "wk")], "unknown"),
        # time windows: any value of the time holds, none is a proof that there was no other
        ("Hemoglobin < 7 g/dL within the past 6 months", "exclusion",
         [on("2026-01-10", "718-7", 6.5, "g/dL"), on("2026-02-10", "718-7", 9, "g/dL")], "not-met"),
        ("Hemoglobin < 7 g/dL within the past 6 months", "exclusion",
         [on("2026-02-10", "718-7", 9, "g/dL")], "unknown"),
        ("Pregnancy in the last 12 months", "exclusion", [pregnancy(False, "2026-02-20")], "unknown"),
        ("Pregnancy in the last 12 months", "exclusion", [pregnancy(True, "2026-02-20")], "not-met"),
        ("Grey fever within 12 months", "exclusion",
         [{**CONDITION, "onsetDateTime": "2026-01-02", "verificationStatus": answer("refuted")}], "unknown"),
        ("Hemoglobin ≥ 9 g/dL within 3000 years", "inclusion", [on("2026-02-10", "718-7", 9, "g/dL")], "met"),
        # units that are another measure
        ("HbA1c ≤ 8 %", "inclusion", [observation("a", "4548-4", 42, "mmol/mol")], "unknown"),
        ("HbA1c ≤ 8 %", "inclusion", [observation("a", "4548-4", 6, "%")], "met"),
        ("Potassium ≥ 3 mmol/L", "inclusion", [observation("k", "2823-3", 4, "meq/L")], "met"),
        ("Serum calcium ≥ 2 mmol/L", "inclusion", [observation("ca", "17861-6", 4.4, "meq/L")], "unknown"),
        # answers in words
        *(("ECOG 0-1", "inclusion", [observation("e", "89247-1", valueString=said)], "unknown")
          for said in ("0 to 3", "1 or 2", "1.5/2", "1-2", "1.5", "< 2", "not 1", "1 (was 2)", "about 1", "1 maybe")),
        *(("ECOG 0-1", "inclusion", [observation("e", "89247-1", valueString=said)], "met")
          for said in ("1", "ECOG 1", "ECOG performance status: 1", "1 - restricted in strenuous activity", "Grade 1")),
        ("Karnofsky ≥ 70", "inclusion", [observation("e", "89243-0", valueString="80 %")], "met"),
        # a body mass index of what no body has
        *(("BMI ≥ 18 kg/m2", "inclusion",
           [observation("w", "29463-7", 70, "kg"), observation("h", "8302-2", height, "m")], "unknown")
          for height in (1e-200, 1e200, 0, 17, 170)),
        # limits of both sides
        ("Albumin within normal limits", "inclusion",
         [observation("a", "1751-7", 30, "g/L", referenceRange=normal(50, "g/L", 35))], "not-met"),
        ("Albumin within normal limits", "inclusion",
         [observation("a", "1751-7", 40, "g/L", referenceRange=normal(50, "g/L", 35))], "met"),
        ("Albumin within normal limits", "inclusion",
         [observation("a", "1751-7", 40, "g/L", referenceRange=normal(50, "g/L"))], "unknown"),
        ("Albumin within normal limits", "inclusion",
         [observation("a", "1751-7", 60, "g/L", referenceRange=normal(50, "g/L"))], "not-met"),
        ("Albumin within normal limits", "exclusion",
         [observation("a", "1751-7", 30, "g/L", referenceRange=normal(50, "g/L", 35))], "met"),
    ],
)  # fmt: skip
def test_what_facts_say(text: str, type: Any, resources: list[Json], expected: str) -> None:
    line = line_of(text, *resources, type=type, conditions=GREY, interventions=MOCKUMAB)
    assert line.result == expected, line


@pytest.mark.parametrize(
    ("day", "resources"),
    [
        (date(1, 1, 1), RECORD),
        (TODAY, [observation("a", "30525-0", 30, "wk", effectiveDateTime="0001-01-01")]),
        (TODAY, [observation("a", "30525-0", 50_000, "wk", effectiveDateTime="0900-01-01")]),
        (TODAY, [observation("a", "30525-0", 4_000, "a", effectiveDateTime="0900-01-01")]),
        (date(9999, 12, 31), RECORD),
    ],
)
def test_the_ends_of_the_calendar(day: date, resources: list[Json]) -> None:
    windows = [f"Hemoglobin ≥ 9 g/dL within {window}" for window in ("14 days", "2 weeks", "3 months", "9000 years")]
    match(trial(*windows, "Age ≥ 18 years"), facts(*resources, day=day))
    matched(resources, BROAD, day)


@pytest.mark.parametrize("spread", [True, False])
def test_many_facts_cost_little(spread: bool) -> None:
    """Of one thing each day, and of as many things."""
    codes = ["718-7", "777-3", "1742-6"]
    many = [on(f"2020-01-{n % 28 + 1:02}", codes[n % 3 if spread else 0], n, "g/dL") for n in range(3000)]
    ill = [{**CONDITION, "id": f"c{n}", "code": answer(str(n), SNOMED)} for n in range(3000)]
    known = facts(*many, *ill)
    match(BROAD, known)
    start = time.process_time()
    for _ in range(50):
        match(BROAD, known)
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("2011-05-02", (15,)),
        ("2011-12-02", (14,)),
        ("2011", (14, 15)),
        ("1876-11-26", (150,)),
        ("1875-11-26", ()),
        ("1800", ()),
        ("2099", ()),
    ],
)
def test_age_in_years(born: str, expected: tuple[int, ...]) -> None:
    """Of somebody older than anybody, or not yet born, none."""
    sent = [Sent({"resourceType": "Patient", "birthDate": born}, "Patient")]
    assert years(read_patient(sent, date(2026, 11, 26))) == expected
