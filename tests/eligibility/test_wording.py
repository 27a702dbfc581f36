"""Texts that say less than their constraints seem to, and lists around them: their lines stay unknown."""

from typing import Any

import pytest

from app.eligibility.grammar.whole import read_criterion, read_whole
from app.eligibility.matching.cohorts import taken_by
from app.eligibility.matching.match import match
from app.record.parts import Condition, Intervention
from app.record.trial import Cohort
from tests.eligibility.matching import (
    CONDITION,
    PATIENT,
    Json,
    criterion,
    facts,
    line_of,
    normal,
    observation,
    trial,
)

AGED_40, MAN = {**PATIENT, "birthDate": "1986-01-01"}, {**PATIENT, "gender": "male"}
PREGNANT = observation("x", "82810-3", valueBoolean=True)
NOT_PREGNANT = observation("x", "82810-3", valueBoolean=False)
NURSING = observation("y", "63895-7", valueBoolean=True)
BMI, HB = observation("b", "39156-5", 24, "kg/m2"), observation("hb", "718-7", 8, "g/dL")
LEAN = observation("b", "39156-5", 17, "kg/m2")
ECOG = observation("e", "89247-1", valueInteger=1)
ALT_UP = observation("alt", "1742-6", 60, "U/L", referenceRange=normal(40, "U/L", 5))


@pytest.mark.parametrize(
    ("text", "type", "resources", "expected"),
    [
        # a demand or a denial among what excludes: which is meant?
        ("Volunteers must not be pregnant and/or nursing", "exclusion", [PREGNANT], "unknown"),
        ("No pregnancy", "exclusion", [PREGNANT], "unknown"),
        ("Are neither pregnant nor nursing", "exclusion", [PREGNANT, NURSING], "unknown"),
        ("Must be ≥ 18 years", "exclusion", [AGED_40], "unknown"),
        ("Hemoglobin should be at least 9 g/dL", "exclusion", [HB], "unknown"),
        ("Hemoglobin not lower than 9 g/dL", "exclusion", [HB], "unknown"),
        ("Non-pregnant", "exclusion", [PREGNANT], "unknown"),
        ("Pregnant", "exclusion", [PREGNANT], "not-met"),
        ("Must not be pregnant", "inclusion", [PREGNANT], "not-met"),
        ("Must be ≥ 18 years", "inclusion", [AGED_40], "met"),
        # words within the phrase from which nothing was read
        ("Hemoglobin after the second infusion < 9 g/dL", "inclusion", [HB], "unknown"),
        ("Hemoglobin level must be < 9 g/dL", "inclusion", [HB], "met"),
        ("Age not under 17", "inclusion", [AGED_40], "met"),
        ("BMI outside 19-31", "inclusion", [BMI], "unknown"),
        # `and` may begin a further thing that excludes
        ("Pregnancy and grey cough", "exclusion", [NOT_PREGNANT], "unknown"),
        ("BMI > 41 and any grey cough", "exclusion", [BMI], "unknown"),
        ("Pregnancy with grey cough, green cough", "exclusion", [NOT_PREGNANT], "unknown"),
        ("Pregnancy with grey cough and green cough", "exclusion", [NOT_PREGNANT], "unknown"),
        ("Pregnancy with grey cough", "exclusion", [NOT_PREGNANT], "met"),
        ("BMI > 41 and any grey cough", "inclusion", [BMI], "not-met"),
        # for whom, not what
        ("for grey fever", "exclusion", [CONDITION], "unknown"),
        ("In grey fever", "inclusion", [CONDITION], "unknown"),
        ("with grey fever only", "exclusion", [CONDITION], "unknown"),
        ("For pregnant women", "exclusion", [PREGNANT], "unknown"),
        ("With grey fever", "inclusion", [CONDITION], "met"),
        # another time than now
        ("Age ≤ 24 years at the time of diagnosis", "inclusion", [AGED_40], "unknown"),
        ("Age ≤ 24 years with grey cough at diagnosis", "inclusion", [AGED_40], "unknown"),
        ("Age ≤ 24 years with a confirmed diagnosis of grey cough", "inclusion", [AGED_40], "not-met"),
        ("History of BMI > 41", "exclusion", [BMI], "unknown"),
        ("History of ECOG > 3", "exclusion", [ECOG], "unknown"),
        ("Known history of breastfeeding", "exclusion", [NURSING], "unknown"),
        ("Pre-pregnancy BMI ≥ 41", "exclusion", [BMI], "unknown"),
        ("Previous BMI ≥ 41 kg/m2", "exclusion", [BMI], "unknown"),
        ("BMI was > 41", "exclusion", [BMI], "unknown"),
        ("History of grey fever", "inclusion", [CONDITION], "met"),
        ("Known pregnancy", "exclusion", [PREGNANT], "not-met"),
        ("Hemoglobin < 9 g/dL within 14 days prior to the first dose", "inclusion", [HB], "met"),
        # both limits of normal
        ("ALT or AST within normal limits", "exclusion", [ALT_UP], "unknown"),
        ("ALT and AST within normal limits", "inclusion", [ALT_UP], "not-met"),
    ],
)  # fmt: skip
def test_what_a_wording_leaves_open(text: str, type: Any, resources: list[Json], expected: str) -> None:
    line = line_of(text, *resources, type=type, conditions=[Condition(text="Grey fever")])
    assert line.result == expected, line
    assert bool(line.why) is (expected == "unknown")


@pytest.mark.parametrize(
    ("text", "excludes", "whole"),
    [
        ("Pregnant", True, True),
        ("Not pregnant", False, True),
        ("Not pregnant", True, False),
        ("Must be ≥ 18 years old", True, False),
        ("Must be ≥ 18 years old", False, True),
        ("For pregnant women", False, False),
        ("Pre-pregnancy BMI ≥ 41", False, False),
        ("Hemoglobin after the second infusion < 9 g/dL", False, False),
    ],
)
def test_whole(text: str, excludes: bool, whole: bool) -> None:
    assert read_criterion(criterion(text, "exclusion" if excludes else "inclusion")).whole is whole


def test_within_normal_limits_is_both() -> None:
    assert read_whole("Albumin within normal limits").combination == "all-of"
    assert read_whole("Albumin and calcium within normal limits").combination == "all-of"
    assert read_whole("Albumin or calcium within normal limits").combination is None


LISTS = [
    # texts of one level (a dash: an exclusion), and what the last comes to
    (["One or more criteria for a heavy course:", "Hemoglobin ≥ 9 g/dL"], "unknown"),
    (["Any of the following", "Hemoglobin ≥ 9 g/dL"], "unknown"),
    (["PART TWO:", "Hemoglobin ≥ 9 g/dL"], "unknown"),
    (["Adequate bone marrow function:", "Hemoglobin ≥ 9 g/dL"], "not-met"),
    (["Any of the following:", "Likes lamps", "All of the following:", "Hemoglobin ≥ 9 g/dL"], "unknown-then-not-met"),
    (["-Any of the following:", "-Hemoglobin < 9 g/dL"], "not-met"),
    (["-Two of the following:", "-Hemoglobin < 9 g/dL"], "unknown"),
    (["-All of the following:", "-Hemoglobin < 9 g/dL"], "unknown"),
    (["-Any of the following:", "Hemoglobin ≥ 9 g/dL"], "not-met"),
    (["Likes lamps, or", "Hemoglobin ≥ 9 g/dL"], "unknown"),
    (["Likes lamps", "or hemoglobin ≥ 9 g/dL"], "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), LISTS)
def test_a_list_made_flat(texts: list[str], expected: str) -> None:
    made = [criterion(text.removeprefix("-"), "exclusion" if text[0] == "-" else "inclusion") for text in texts]
    found = match(trial(*made), facts(HB))
    assert found.lines[-1].result == expected.rpartition("-then-")[2]
    assert found.excluded is (found.lines[-1].result == "not-met")


@pytest.mark.parametrize(
    ("head", "text", "expected"),
    [
        ("Participants must have:", "Hemoglobin ≥ 9 g/dL", "unknown"),
        ("Participants must not have any of the following:", "Hemoglobin < 9 g/dL", "not-met"),
        ("Lack of any of the following:", "Hemoglobin ≥ 9 g/dL", "unknown"),
        ("for grey fever:", "Hemoglobin < 9 g/dL", "unknown"),
    ],
)
def test_what_stands_below_a_heading_that_excludes(head: str, text: str, expected: str) -> None:
    what = trial(criterion(head, "exclusion"), criterion(text, "exclusion", parent=0, depth=1))
    assert match(what, facts(HB)).lines[1].result == expected


def test_examples_are_not_all_that_excludes() -> None:
    well = facts(observation("hb", "718-7", 14, "g/dL"))
    for head, expected in (("Blood of a bad colour:", "met"), ("Bad blood, including but not limited to:", "unknown")):
        what = trial(criterion(head, "exclusion"), criterion("Hemoglobin < 9 g/dL", "exclusion", parent=0, depth=1))
        assert [line.result for line in match(what, well).lines] == [expected, "met"]


@pytest.mark.parametrize(
    ("texts", "sex", "result", "taken"),
    [
        (["Male", "Not pregnant female"], "all", "unknown", ("female", "male")),
        (["Male", "Not pregnant female"], None, "unknown", ("female", "male")),
        (["Male"], "all", "unknown", ("female", "male")),
        (["Male"], None, "not-met", ("male",)),
        (["Male"], "male", "not-met", ("male",)),
    ],
)
def test_a_sex_is_not_taken_where_both_are_named(
    texts: list[str], sex: Any, result: str, taken: tuple[str, ...]
) -> None:
    what = trial(*texts, cohorts=[Cohort(sex=sex)])
    line = next(line for line in match(what, facts(PATIENT)).lines if line.path == "1-i1")
    assert line.result == result
    assert taken_by(what)[0].sexes == taken


def test_what_a_drug_is_given_for_is_no_drug() -> None:
    more: dict[str, Any] = {"interventions": [Intervention(name="Mockumab with cancer", type="drug")]}
    taken: Json = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": "Mockumab"},
    }
    assert line_of("Cancer", taken, type="exclusion", **more).checks == ()
    assert [check.constraint.kind for check in line_of("Mockumab", type="exclusion", **more).checks] == ["drug"]


def test_leanness_in_a_window_is_an_event() -> None:
    assert line_of("BMI < 18 kg/m2 within the last year", LEAN, type="exclusion").result == "not-met"
    assert line_of("BMI < 18 kg/m2 within the last year", BMI, type="exclusion").result == "unknown"
    assert line_of("Age ≥ 17", MAN).result == "met"
