"""Criteria as codes and values: what a Group and an EvidenceVariable say of a text, and what they must not say."""

import pytest

from app.fhir.documents import render
from app.record.trial import Criterion, Trial
from tests.fhir.test_eligibility import lines, of, said
from tests.fhir.validation import validate

CASES = [
    # a text that says one constraint and nothing else is a code and a value, in both
    ("Hemoglobin >= 9 g/dL.", "hemoglobin >= 9 g/dL", ["is hemoglobin >= 9 g/dL"]),
    ("Serum ALT > 3 x ULN at screening", "alt > 3 {ULN}", ["is alt > 3 {ULN}"]),
    ("Patients must be aged 18 to 65 years", "age 18 to 65 a", ["is age 18 to 65 a"]),
    ("Body mass index less than 30 kg/m2;", "bmi < 30 kg/m2", ["is bmi < 30 kg/m2"]),
    ("ECOG performance status 0-1", "ecog 0 to 1", ["is ecog 0 to 1"]),
    ("Not pregnant", "pregnancy False", ["is pregnancy False"]),
    ("Pregnant women", "pregnancy True", ["is pregnancy True"]),
    # a Range holds both its ends: a bound that is not allowed makes two values, which a Group leaves as text
    ("Age > 18 and < 65 years", None, ["is all-of", "age > 18 a", "age < 65 a"]),
    # with an exception it is text, in both
    (
        "Hemoglobin >= 9 g/dL unless transfused",
        None,
        ["is Hemoglobin >= 9 g/dL unless transfused"],
    ),
    # of several constraints the tree says how they are joined, where the text does
    ("Pregnant or breastfeeding", None, ["is any-of", "pregnancy True", "breastfeeding True"]),
    (
        "Hemoglobin >= 9 g/dL and platelets >= 100 x 10^9/L",
        None,
        ["is all-of", "hemoglobin >= 9 g/dL", "platelets >= 100 10*9/L"],
    ),
    (
        "Hemoglobin >= 9 g/dL, platelets >= 100 x 10^9/L",
        None,
        ["is ?", "...", "hemoglobin >= 9 g/dL", "platelets >= 100 10*9/L"],
    ),
    # and where the text says more, the rest is free text beside them
    ("Major surgery within 3 months before the first dose", None, ["is ?", "...", "duration-within <= 3 mo"]),
    (
        "Any lamp within 5 half-lives before the first dose",
        None,
        ["is ?", "...", "duration-half-lives <= 5 {half-lives}"],
    ),
    ("Hemoglobin >= 9 g/dL without transfusion", None, ["is Hemoglobin >= 9 g/dL without transfusion"]),
    ("Likes lamps", None, ["is Likes lamps"]),
]


def made_of(text, type="inclusion", release="r5"):
    trial = Trial(id="NCT00000003", criteria=[Criterion(type=type, position=1, text=text)])
    documents = {one.type: getattr(one, release) for one in render(trial)}
    for document in documents.values():
        assert validate(release, document) == []
    return documents["Group"]["characteristic"], documents["EvidenceVariable"]["characteristic"][0]


@pytest.mark.parametrize(("text", "group", "tree"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("release", ["r4", "r5"])
def test_a_group_says_one_constraint_or_the_text(text, group, tree, release):
    [only], _ = made_of(text, release=release)
    assert only["exclude"] is False
    if group is None:
        assert only["code"]["coding"][0]["code"] == "free-text"
        assert only["valueCodeableConcept"] == {"text": text}
        return
    value = {name: only[name] for name in only if name.startswith("value")}
    assert said({"type": only["code"], **value}) == group
    assert [each["valueString"] for each in only["extension"]] == [text]


@pytest.mark.parametrize(("text", "group", "tree"), CASES, ids=[case[0] for case in CASES])
def test_a_tree_says_all_constraints(text, group, tree):
    _, root = made_of(text)
    found = [line.strip().split(" ", 1)[1] for line in lines(root)]
    assert found[3:] == tree
    criterion = root["definitionByCombination"]["characteristic"][0]["definitionByCombination"]["characteristic"][1]
    assert (criterion["linkId"], criterion["description"]) == ("1-i1", text)


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_what_excludes(release):
    """The constraint says what the phrase says; that it keeps out is said beside it, once."""
    [only], _ = made_of("ANC <= 1000 cells/microliter", "exclusion", release)
    assert only["exclude"] is True
    assert only["valueQuantity"] == {
        "value": 1000,
        "comparator": "<=",
        "unit": "/uL",
        "system": "http://unitsofmeasure.org",
        "code": "/uL",
    }
    assert only["code"]["coding"][1] == {"system": "http://loinc.org", "code": "751-8"}
    _, root = made_of("Pregnant or breastfeeding", "exclusion", "r5")
    assert [line.strip() for line in lines(root)][3:] == [
        "1-e1 not any-of",
        "- pregnancy True",
        "- breastfeeding True",
    ]


def test_and_does_not_say_what_excludes():
    """`Under 10 and over 33` excludes either."""
    _, root = made_of("Age under 10 years and over 33 years", "exclusion")
    assert [line.strip() for line in lines(root)][3] == "1-e1 not ?"
    _, root = made_of("Age under 10 years or over 33 years", "exclusion")
    assert [line.strip() for line in lines(root)][3:] == ["1-e1 not any-of", "- age < 10 a", "- age > 33 a"]


def test_what_stands_above_others_is_text():
    """A criterion with children or notes says more than its own text."""
    criteria = [
        Criterion(type="exclusion", position=1, text="Hemoglobin < 9 g/dL", combination="any-of"),
        Criterion(type="exclusion", parent=0, position=1, depth=1, text="ALT > 3 x ULN"),
        Criterion(type="inclusion", position=1, text="Hemoglobin > 8 g/dL"),
        Criterion(type="inclusion", role="note", parent=2, position=1, depth=1, text="For lamps only."),
    ]
    documents = {one.type: one.r5 for one in render(Trial(id="NCT00000003", criteria=criteria))}
    assert [each["valueCodeableConcept"]["text"] for each in of(documents["Group"]["characteristic"], "free-text")] == [
        "Hemoglobin < 9 g/dL\n- ALT > 3 x ULN",
        "Hemoglobin > 8 g/dL\nFor lamps only.",
    ]
    assert [line.strip() for line in lines(documents["EvidenceVariable"]["characteristic"][0])][3:] == [
        "1-e1 not any-of",
        "1-e1.1 alt > 3 {ULN}",
        "1-i1 is ? (For lamps only.)",
        "- ...",
        "- hemoglobin > 8 g/dL",
    ]


@pytest.mark.parametrize("release", ["r4", "r5"])
@pytest.mark.parametrize(
    "texts",
    [
        ("Hemoglobin >= 9 g/dL", "Exception: siblings of participants"),
        ("For patients with liver metastases:", "Hemoglobin >= 9 g/dL"),
    ],
)
def test_what_a_criterion_around_restricts_is_text(texts, release):
    criteria = [
        Criterion(type="inclusion", position=1, text=texts[0]),
        Criterion(type="inclusion", position=2, text=texts[1], parent=0, depth=1),
    ]
    documents = [getattr(one, release) for one in render(Trial(id="NCT00000003", criteria=criteria))]
    assert "definitionByTypeAndValue" not in str(documents) and "valueQuantity" not in str(documents)
