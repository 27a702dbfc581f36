"""What a line comes to, and what must not change it: metamorphic tests of matching."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eligibility.matching.match import match
from app.eligibility.matching.score import score
from app.fhir.guidance_response import guidance_response
from app.record.parts import Age
from app.record.trial import Cohort
from tests.eligibility.matching import (
    BROAD,
    CONDITION,
    PATIENT,
    RECORD,
    TODAY,
    Json,
    answer,
    criterion,
    facts,
    line_of,
    matched,
    normal,
    observation,
    results,
    trial,
)

FITS = results(matched(RECORD))


def test_somebody_who_fits() -> None:
    inclusion, exclusion = (f"1-i{n}" for n in range(1, 8)), (f"1-e{n}" for n in range(8, 13))
    stated = (f"1-{name}" for name in ("minimum-age", "maximum-age", "sex", "healthy-volunteers"))
    assert dict.fromkeys((*stated, *inclusion, *exclusion), "met") | {"1-e13": "unknown"} == FITS
    found = matched(RECORD)
    assert not found.excluded and found.score == pytest.approx((16 + 0.5) / 17, abs=1e-6)


def test_nobody_is_all_unknown() -> None:
    assert set(results(matched(())).values()) == {"unknown"}
    assert matched(()).score == 0.5 and not matched(()).excluded


def born(days: int) -> Json:
    return {**PATIENT, "birthDate": (TODAY - timedelta(days=days)).isoformat()}


@given(st.integers(0, 40_000))
def test_raising_the_age_past_the_maximum_flips_exactly_that_line(days: int) -> None:
    """The structured maximum; beside it only the criterion that states the same."""
    years = matched(
        [born(days)], trial(minimum_age=Age(value=12, unit="years"), maximum_age=Age(value=65, unit="years"))
    )
    at_65 = date(TODAY.year - 66, TODAY.month, TODAY.day)
    over = TODAY - timedelta(days=days) <= at_65
    assert results(years)["1-maximum-age"] == ("not-met" if over else "met")
    if days >= 13 * 365:
        young, old = results(matched([born(13 * 366), *RECORD[1:]])), results(matched([born(days), *RECORD[1:]]))
        assert {path for path in young if young[path] != old[path]} == ({"1-maximum-age", "1-i1"} if over else set())


@given(st.decimals("0.1", "30", places=1))
def test_another_unit_changes_nothing(value: Any) -> None:
    grams = observation("hb", "718-7", float(value), "g/dL")
    per_litre = observation("hb", "718-7", float(value * 10), "g/L")
    for text in ("Hemoglobin ≥ 9.0 g/dL.", "Hemoglobin ≥ 90 g/L.", "Haemoglobin > 9 g/dL.", "Hb < 90 g/L"):
        one, other = line_of(text, grams), line_of(text, per_litre)
        assert one.result == other.result != "unknown"


@pytest.mark.parametrize(
    ("text", "code", "same"),
    [
        ("Platelets ≥ 100 x 10^9/L.", "777-3", [(99, "10*9/L"), (99, "10*3/uL"), (99_000, "/uL")]),
        ("Platelets ≥ 100,000/mm3.", "777-3", [(100, "10*9/L"), (100, "10*3/uL"), (100_000, "/uL")]),
        ("Creatinine ≤ 1.5 mg/dL.", "2160-0", [(1.6, "mg/dL"), (141.44, "umol/L")]),
        ("ALT ≤ 120 U/L.", "1742-6", [(130, "U/L"), (130, "[IU]/L")]),
        ("Body weight ≥ 50 kg.", "29463-7", [(49.9, "kg"), (49_900, "g")]),
        ("Height ≥ 150 cm.", "8302-2", [(151, "cm"), (1.51, "m")]),
        ("Body temperature > 38 °C.", "8310-5", [(38.5, "Cel"), (101.3, "[degF]")]),
    ],
)
def test_units_of_measures(text: str, code: str, same: list[tuple[float, str]]) -> None:
    said = {line_of(text, observation("x", code, value, unit)).result for value, unit in same}
    assert len(said) == 1 and said != {"unknown"}


@given(st.integers(0, 1200))
def test_years_and_months_change_nothing(months: int) -> None:
    age = observation("a", "30525-0", months, "mo", effectiveDateTime=TODAY.isoformat())
    years = observation("a", "30525-0", months / 12, "a", effectiveDateTime=TODAY.isoformat())
    for bounds in (("12 years", "144 months"), ("2 years", "24 months"), ("18 years", "216 months")):
        said = {line_of(f"Age ≥ {bound}.", one).result for bound, one in product(bounds, (age, years))}
        assert len(said) == 1 and said != {"unknown"}, (bounds, said)


@given(st.sets(st.sampled_from(range(len(RECORD)))))
def test_removing_facts_turns_lines_into_unknown_and_nothing_else(removed: set[int]) -> None:
    found = matched([one for n, one in enumerate(RECORD) if n not in removed])
    changed = {result for path, result in results(found).items() if result != FITS[path]}
    assert changed <= {"unknown"}
    assert not found.excluded


@pytest.mark.parametrize(
    ("removed", "lines"),
    [
        ("p1", {"1-minimum-age", "1-maximum-age", "1-sex", "1-i1"}),
        ("c1", {"1-healthy-volunteers", "1-i7"}),
        ("hb", {"1-i2"}),
        ("plt", {"1-i3"}),
        ("crea", {"1-i4"}),
        ("ecog", {"1-i5"}),
        ("bmi", {"1-i6"}),
        ("preg", {"1-e8"}),
        ("bf", {"1-e8"}),
        ("alt", {"1-e9"}),
        ("bp", {"1-e10"}),
        ("wt", {"1-e11"}),
        ("m1", {"1-e12"}),
    ],
)
def test_each_fact_decides_its_lines(removed: str, lines: set[str]) -> None:
    found = results(matched([one for one in RECORD if one["id"] != removed]))
    assert {path for path, result in found.items() if result != FITS[path]} == lines


@given(st.permutations(RECORD))
def test_the_order_of_what_is_sent_changes_nothing(order: list[Json]) -> None:
    assert matched(order) == matched(RECORD)
    assert guidance_response(matched(order), None, TODAY, []) == guidance_response(matched(RECORD), None, TODAY, [])


RESULTS = st.lists(st.sampled_from(["met", "unknown", "not-met"]), max_size=30)


@given(RESULTS, st.booleans(), st.integers(0, 30))
def test_the_score_is_monotone(lines: list[Any], failed: bool, at: int) -> None:
    plain = score(lines, failed)
    assert 0 <= plain <= 1
    assert score([*lines, "met"], failed) >= plain >= score([*lines, "not-met"], failed)
    assert score([*lines, "not-met"], True) <= plain
    if lines:
        before, after = lines[: at % len(lines)], lines[at % len(lines) + 1 :]
        low, middle, high = (score([*before, one, *after], failed) for one in ("not-met", "unknown", "met"))
        assert low <= middle <= high


@pytest.mark.parametrize(("type", "met", "failed"), [("inclusion", "met", "not-met"), ("exclusion", "not-met", "met")])
def test_an_exclusion_criterion_that_is_fulfilled_is_not_met(type: Any, met: str, failed: str) -> None:
    for value, expected in ((8.9, failed), (9.0, met), (15, met)):
        line = line_of("Hemoglobin ≥ 9.0 g/dL.", observation("hb", "718-7", value, "g/dL"), type=type)
        assert line.result == expected
        [check] = line.checks
        assert check.verdict.holds is (value >= 9) and check.verdict.facts[0].reference == "Observation/hb"
    assert line_of("Hemoglobin ≥ 9.0 g/dL.", type=type).result == "unknown"


HB = observation("hb", "718-7", 8, "g/dL")
WEIGHT, HEIGHT = observation("w", "29463-7", 61000, "g"), observation("h", "8302-2", 170, "cm")
AGED_40 = {**PATIENT, "birthDate": "1986-01-01"}


@pytest.mark.parametrize(
    ("text", "type", "resources", "expected"),
    [
        # an exception is never plain
        ("Hemoglobin ≥ 9.0 g/dL unless due to the disease.", "inclusion", [HB], "unknown"),
        ("Hemoglobin < 9.0 g/dL, except after transfusion.", "exclusion", [HB], "unknown"),
        ("Age ≥ 18 years (except siblings).", "inclusion", [AGED_40], "unknown"),
        # what the text says beside the constraint
        ("Patients under 18 years must have parental consent.", "inclusion", [AGED_40], "unknown"),
        ("For patients over 60 years, a normal ECG.", "inclusion", [AGED_40], "unknown"),
        ("Age 50 to 60 years with grey fever.", "inclusion", [AGED_40], "not-met"),
        ("Age 18 to 60 years with grey fever.", "inclusion", [AGED_40], "unknown"),
        ("Age 50 years or older, or grey fever.", "inclusion", [AGED_40], "unknown"),
        ("Pregnant women with grey fever.", "exclusion", [observation("x", "82810-3", valueBoolean=False)], "met"),
        ("Pregnant women with grey fever.", "exclusion", [observation("x", "82810-3", valueBoolean=True)], "unknown"),
        ("Good general condition.", "inclusion", RECORD, "unknown"),
        ("Able to give informed consent.", "inclusion", RECORD, "unknown"),
        # several in one
        ("Age ≥ 18 years and hemoglobin ≥ 9 g/dL.", "inclusion", [AGED_40], "unknown"),
        ("Age ≥ 18 years and hemoglobin ≥ 9 g/dL.", "inclusion", [AGED_40, HB], "not-met"),
        ("Age ≥ 50 years and hemoglobin ≥ 9 g/dL.", "inclusion", [AGED_40], "not-met"),
        ("Pregnant or breastfeeding.", "exclusion", [observation("x", "82810-3", valueBoolean=True)], "not-met"),
        ("Pregnant or breastfeeding.", "exclusion", [observation("x", "82810-3", valueBoolean=False)], "unknown"),
        ("ECOG < 2 / Karnofsky ≥ 70.", "inclusion", [observation("e", "89247-1", valueInteger=3)], "unknown"),
        ("Weight ≥ 40 kg / BMI ≥ 18 kg/m2.", "inclusion", [observation("w", "29463-7", 30, "kg")], "unknown"),
        ("Weight ≥ 40 kg, BMI ≥ 18 kg/m2.", "inclusion", [observation("w", "29463-7", 30, "kg")], "not-met"),
        # time windows, as of the day of the question
        ("Hemoglobin ≥ 9.0 g/dL within 14 days prior to screening.", "inclusion", [HB], "not-met"),
        ("Hemoglobin ≥ 9.0 g/dL within 7 days prior to screening.", "inclusion", [HB], "unknown"),
        # ages in completed years
        ("Age ≤ 40 years.", "inclusion", [{**PATIENT, "birthDate": "1985-03-02"}], "met"),
        ("Age ≤ 40 years.", "inclusion", [{**PATIENT, "birthDate": "1985-03-01"}], "not-met"),
        ("Age < 40 years.", "inclusion", [{**PATIENT, "birthDate": "1986-03-01"}], "not-met"),
        ("Age > 40 years.", "inclusion", [{**PATIENT, "birthDate": "1985-09-01"}], "unknown"),
        ("Age ≥ 40 years.", "inclusion", [{**PATIENT, "birthDate": "1986"}], "unknown"),
        ("Age ≥ 39 years.", "inclusion", [{**PATIENT, "birthDate": "1986"}], "met"),
        ("Age ≥ 18 years.", "inclusion", [{**PATIENT, "birthDate": "2030-01-01"}], "unknown"),
        # facts that cannot be used
        ("ALT ≤ 3 x ULN.", "inclusion", [observation("alt", "1742-6", 30, "U/L")], "unknown"),
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion", [observation("hb", "718-7", 8, "%")], "unknown"),
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion", [{**HB, "status": "entered-in-error"}], "unknown"),
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion", [{**HB, "effectiveDateTime": "2026-03-02"}], "unknown"),
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion", [{**HB, "effectiveDateTime": "2026-02"}, {**HB, "id": "b",
         "valueQuantity": {"value": 10, "unit": "g/dL"}}], "unknown"),
        ("Diagnosis of grey fever.", "inclusion", [{**CONDITION, "verificationStatus": answer("provisional")}],
         "unknown"),
        ("Diagnosis of grey fever.", "inclusion", [{**CONDITION, "verificationStatus": answer("refuted")}],
         "not-met"),
        ("Life expectancy of at least 3 months.", "inclusion", [{**PATIENT, "deceasedBoolean": True}], "not-met"),
        # the newest fact counts
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion",
         [HB, {**observation("b", "718-7", 10, "g/dL"), "effectiveDateTime": "2026-02-21"}], "met"),
        # a value is not always a number
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion",
         [{**HB, "valueQuantity": {"value": 9, "comparator": "<", "unit": "g/dL"}}], "not-met"),
        ("Hemoglobin ≥ 9.0 g/dL.", "inclusion",
         [{**HB, "valueQuantity": {"value": 10, "comparator": "<", "unit": "g/dL"}}], "unknown"),
        ("ECOG 0-1.", "inclusion", [observation("e", "89247-1", valueCodeableConcept=answer("LA9624-3"))], "not-met"),
        ("WHO performance status 0-2.", "inclusion", [observation("e", "89247-1", valueString="1")], "met"),
        ("Karnofsky ≥ 70.", "inclusion", [observation("e", "89243-0", valueInteger=60)], "not-met"),
        # computed of two facts of one day
        ("BMI ≥ 18 kg/m2.", "inclusion", [WEIGHT, HEIGHT], "met"),
        ("BMI ≥ 25 kg/m2.", "inclusion", [WEIGHT, HEIGHT], "not-met"),
        ("BMI ≥ 18 kg/m2.", "inclusion", [WEIGHT], "unknown"),
        ("BMI ≥ 18 kg/m2.", "inclusion", [WEIGHT, {**HEIGHT, "effectiveDateTime": "2019-02-20"}], "unknown"),
        ("BMI ≥ 18 kg/m2.", "inclusion", [WEIGHT, HEIGHT, observation("b", "39156-5", 17, "kg/m2")], "not-met"),
    ],
)  # fmt: skip
def test_what_a_line_comes_to(text: str, type: Any, resources: list[Json], expected: str) -> None:
    more = {"conditions": BROAD.conditions}
    line = line_of(text, *resources, type=type, **more)
    assert line.result == expected, line
    assert bool(line.why) is (expected == "unknown")


MEDICATION = {"resourceType": "Medication", "id": "med", "code": {"text": "Mockumab"}}
STATEMENT = {"resourceType": "MedicationStatement", "id": "m", "status": "active"}


@pytest.mark.parametrize(
    "resources",
    [
        [{**STATEMENT, "medicationReference": {"reference": "Medication/med"}}, MEDICATION],
        [{**STATEMENT, "medicationReference": {"reference": "#med"}, "contained": [MEDICATION]}],
        [{**STATEMENT, "medication": {"reference": {"reference": "Medication/med"}}}, MEDICATION],
    ],
)
def test_a_medication_that_is_referred_to(resources: list[Json]) -> None:
    more = {"interventions": BROAD.interventions}
    assert line_of("Treatment with Mockumab.", *resources, type="exclusion", **more).result == "not-met"
    assert line_of("Treatment with Mockumab.", STATEMENT, MEDICATION, type="exclusion", **more).result == "unknown"


@given(st.floats(0, 30, allow_nan=False), st.sampled_from(["inclusion", "exclusion"]))
def test_an_exception_is_never_decided(value: float, type: Any) -> None:
    text = "Hemoglobin ≥ 9.0 g/dL unless caused by the disease."
    assert line_of(text, observation("hb", "718-7", value, "g/dL"), type=type).result == "unknown"


@pytest.mark.parametrize(
    ("above", "below", "decided"),
    [
        ("Hemoglobin ≥ 9.0 g/dL.", "Exception: siblings of participants", 0),
        ("For patients with liver metastases:", "Hemoglobin ≥ 9.0 g/dL.", 1),
    ],
)
def test_an_exception_in_the_criteria_around_is_one(above: str, below: str, decided: int) -> None:
    what = trial(above, criterion(below, parent=0, depth=1))
    for value in (8, 10):
        assert match(what, facts(observation("hb", "718-7", value, "g/dL"))).lines[decided].result == "unknown"


LIST = {
    "inclusion": "Meets {} of the following:",
    "exclusion": "Presence of {} of the following laboratory abnormalities:",
}


@pytest.mark.parametrize(
    ("type", "combination", "low", "expected", "excluded"),
    [
        # the first holds, the second does not; `low`: neither does
        ("inclusion", "any-of", False, "met", False),
        ("inclusion", "any-of", True, "not-met", True),
        ("inclusion", "all-of", False, "not-met", True),
        ("inclusion", None, False, "unknown", False),
        ("inclusion", None, True, "not-met", True),
        ("exclusion", "any-of", False, "not-met", True),
        ("exclusion", "any-of", True, "met", False),
        ("exclusion", "all-of", False, "met", False),
        ("exclusion", None, False, "unknown", False),
        ("exclusion", None, True, "met", False),
    ],
)
def test_lists(type: Any, combination: Any, low: bool, expected: str, excluded: bool) -> None:
    text = LIST[type].format("any" if combination == "any-of" else "all")
    head = criterion(text, type, combination=combination)
    parts = ("Hemoglobin ≥ 9.0 g/dL.", "Hemoglobin ≥ 12.0 g/dL.")
    below = [criterion(part, type, parent=0, depth=1) for part in parts]
    found = match(trial(head, *below), facts(observation("hb", "718-7", 8 if low else 10, "g/dL")))
    assert (found.lines[0].result, found.excluded) == (expected, excluded)
    assert [line.parent for line in found.lines] == [None, found.lines[0].path, found.lines[0].path]


def test_a_condition_around_a_list_leaves_it_open() -> None:
    head = criterion("Patients on dialysis with any of the following:", "exclusion", combination="any-of")
    what = trial(head, criterion("Hemoglobin < 9 g/dL.", "exclusion", parent=0, depth=1))
    assert [line.result for line in match(what, facts(HB)).lines] == ["unknown", "not-met"]
    healthy = observation("hb", "718-7", 14, "g/dL")
    assert [line.result for line in match(what, facts(healthy)).lines] == ["met", "met"]


def test_a_trial_takes_who_fits_one_of_its_cohorts() -> None:
    cohorts = [
        Cohort(label="children", minimum_age=Age(value=2, unit="years"), maximum_age=Age(value=11, unit="years")),
        Cohort(label="adults", minimum_age=Age(value=18, unit="years")),
    ]
    what = trial(criterion("Hemoglobin ≥ 9 g/dL."), criterion("Any.", cohort=1), cohorts=cohorts)
    adult = match(what, facts(AGED_40))
    assert [(one.label, one.excluded) for one in adult.cohorts] == [("children", True), ("adults", False)]
    assert not adult.excluded and adult.score == max(one.score for one in adult.cohorts) > 0
    teenager = match(what, facts({**PATIENT, "birthDate": "2012-01-01"}))
    assert teenager.excluded and teenager.score == 0


def test_a_cohort_without_an_age_has_the_trials() -> None:
    what = trial(
        cohorts=[Cohort(), Cohort(minimum_age=Age(value=6, unit="months"))], maximum_age=Age(value=9, unit="years")
    )
    assert results(match(what, facts(AGED_40))) == {"1-maximum-age": "not-met", "2-minimum-age": "met"}


def test_a_limit_of_normal_is_the_observations_own() -> None:
    for value, expected in ((119, "met"), (121, "not-met")):
        alt = observation("alt", "1742-6", value, "U/L", referenceRange=normal(40, "U/L"))
        assert line_of("ALT ≤ 3 x ULN.", alt).result == expected
