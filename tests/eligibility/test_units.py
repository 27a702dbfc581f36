"""UCUM units of the vocabulary, comparison of values in them, and mentions of a record's own names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eligibility.grammar.read import read_mentions
from app.eligibility.words.units import SPELLINGS, comparable, is_ucum
from app.eligibility.words.vocabulary import NAMES, SUBJECTS, loinc_of, molar_mass_of
from app.eligibility.words.vocabulary import SPELLINGS as NAMED


@pytest.mark.parametrize("unit", sorted({unit for s in SUBJECTS.values() for unit in s.units if unit}))
def test_usual_units_are_ucum(unit: str) -> None:
    assert is_ucum(unit)


@pytest.mark.parametrize("code", sorted(code for table in SPELLINGS.values() for code in table))
def test_spelt_units_are_ucum(code: str) -> None:
    assert is_ucum(code)


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [
        (9.0, "g/dL", "g/L", 90.0),
        (1000.0, "/uL", "10*9/L", 1.0),
        (100.0, "10*9/L", "/mm3", 100_000.0),
        (1.5, "10*3/uL", "10*9/L", 1.5),
        (24.0, "mo", "a", 2.0),
        (14.0, "d", "wk", 2.0),
        (60.0, "kg", "g", 60_000.0),
        (20.0, "kPa", "mm[Hg]", 150.012336560),
        (40.0, "m[IU]/mL", "[IU]/L", 40.0),
        (60.0, "mL/min/{1.73_m2}", "mL/min", 60.0),
        (3.0, "g/dL", "g/dL", 3.0),
        (9.0, "g/dL", "mmol/L", None),
        (3.0, "mo", "kg", None),
        (3.0, "furlong", "mo", None),
        (37.0, "Cel", "K", 310.15),
    ],
)
def test_comparable(value: float, unit: str, other: str, expected: float | None) -> None:
    assert comparable(value, unit, other) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("code", "value", "unit", "other", "expected"),
    [
        ("creatinine", 1.5, "mg/dL", "umol/L", 132.6),
        ("creatinine", 132.6, "umol/L", "mg/dL", 1.5),
        ("bilirubin", 1.0, "mg/dL", "umol/L", 17.1),
        ("fasting glucose", 126.0, "mg/dL", "mmol/L", 7.0),
        ("hemoglobin", 9.0, "g/dL", "mmol/L", None),
    ],
)
def test_mass_and_amount_need_the_molar_mass(
    code: str, value: float, unit: str, other: str, expected: float | None
) -> None:
    found = comparable(value, unit, other, molar_mass_of(code))
    assert found == (None if expected is None else pytest.approx(expected, rel=0.002))


@given(st.floats(0.001, 1e6), st.sampled_from([("g/dL", "g/L"), ("mo", "a"), ("/uL", "10*9/L"), ("mm[Hg]", "kPa")]))
def test_there_and_back(value: float, units: tuple[str, str]) -> None:
    there = comparable(value, *units)
    assert there is not None
    assert comparable(there, *units[::-1]) == pytest.approx(value, rel=1e-9)


def test_the_vocabulary_means_one_thing_by_a_word() -> None:
    meant: dict[str, str] = {}
    for key, word in NAMED:
        assert meant.setdefault(word, key) == key, f"{word} is {meant[word]} and {key}"
    for subject in SUBJECTS.values():
        assert all(f"measurement:{key}" in SUBJECTS for key in subject.means)
    assert NAMES.root.key is None
    assert (loinc_of("measurement", "hemoglobin"), loinc_of("bmi", None)) == ("718-7", "39156-5")
    assert (loinc_of("performance-status", "ecog"), loinc_of("measurement", "nothing")) == ("89247-1", None)


NAMED_BY_THE_RECORD = (
    ("condition", "Hidradenitis Suppurativa"),
    ("condition", "Non-Small Cell Lung Cancer (NSCLC)"),
    ("condition", "Leukemia, Lymphoid"),
    ("condition", "stage II Marrow Sarcoma"),
    ("condition", "Brain Metastases"),
    ("drug", "Examplumab 200 mg injection"),
    ("drug", "fictinib + placebozole"),
    ("condition", "fictinib"),
    ("condition", "Healthy Volunteers"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Moderate hidradenitis  suppurativa",
            [("condition", "hidradenitis  suppurativa", "Hidradenitis Suppurativa")],
        ),
        ("HS lesions", [("condition", "HS", "Hidradenitis Suppurativa")]),
        ("hs lesions", []),
        ("NSCLC", [("condition", "NSCLC", "Non-Small Cell Lung Cancer (NSCLC)")]),
        ("non small-cell lung cancers", [("condition", "non small-cell lung cancers", NAMED_BY_THE_RECORD[1][1])]),
        ("lymphoid leukemia", [("condition", "lymphoid leukemia", "Leukemia, Lymphoid")]),
        ("marrow sarcoma", [("condition", "marrow sarcoma", "stage II Marrow Sarcoma")]),
        ("a brain metastasis", [("condition", "brain metastasis", "Brain Metastases")]),
        ("allergy to Examplumab, examplumab", [("drug", "Examplumab", "Examplumab 200 mg injection")]),
        ("prior fictinib", [("drug", "fictinib", "fictinib + placebozole")]),
        ("healthy volunteers", []),
        ("another disease", []),
    ],
)
def test_mentions(text: str, expected: list[tuple[str, str, str]]) -> None:
    found = read_mentions(text, NAMED_BY_THE_RECORD)
    assert [(c.kind, c.text, c.code) for c in found] == expected


@given(st.text(), st.lists(st.tuples(st.sampled_from(["condition", "drug"]), st.text())))
def test_any_names_are_looked_for_in_any_text(text: str, names: list[tuple[str, str]]) -> None:
    for constraint in read_mentions(text, names):  # type: ignore[arg-type]
        assert constraint.text == text[constraint.start : constraint.end] != ""
        assert (constraint.kind, constraint.code) in names
