"""Constraints with what restricts them in the criteria around."""

from app.eligibility.grammar.below import read_criteria
from app.record.trial import Criterion


def criteria(*texts: tuple[str, int | None]) -> list[Criterion]:
    return [Criterion(type="exclusion", text=text, parent=parent, position=1) for text, parent in texts]


def exceptions(*texts: tuple[str, int | None]) -> list[str | None]:
    return [one.exception for _, found in read_criteria(criteria(*texts)) for one in found]


def test_an_exception_below_restricts_the_criterion_above() -> None:
    assert exceptions(("Cancer within 5 years", None), ("Exception: skin cancer", 0)) == ["Exception: skin cancer"]
    assert exceptions(("Steroids within 2 weeks", None), ("Creams are allowed", 0)) == ["Creams are allowed"]
    assert exceptions(("Steroids within 2 weeks", None), ("By mouth or vein", 0)) == [None]


def test_what_stands_below_an_exception_or_a_condition_is_not_plain() -> None:
    above = "Any cancer, except for the following:"
    assert exceptions((above, None), ("Skin cancer treated at least 2 years ago", 0)) == [above]
    assert exceptions(("For patients with liver metastases:", None), ("ALT ≤ 5 x ULN", 0)) == [
        "For patients with liver metastases:"
    ]
    assert exceptions(("Under age 16:", None), ("WBC > 4000/mm3", 0)) == ["Under age 16:"] * 2
    assert exceptions(("A scan is mandatory for the following:", None), ("Age < 5 years", 0)) == [
        "A scan is mandatory for the following:"
    ]
    assert exceptions(("Liver function:", None), ("ALT ≤ 3 x ULN", 0)) == [None]


def test_what_stands_below_some_people_or_behind_what_applies_to_some_is_not_plain() -> None:
    above = "Requirements for lung recipients:"
    assert exceptions((above, None), ("Heart rate > 50/min", 0)) == [above]
    above = "Organ function limits apply only to patients who are treated"
    assert exceptions((above, None), ("Hemoglobin ≥ 9 g/dL", None)) == [above]
    assert exceptions(("Requirements for all patients:", None), ("Hemoglobin ≥ 9 g/dL", 0)) == [None]


def test_an_or_between_two_criteria_restricts_both_and_no_other_or_does() -> None:
    assert exceptions(("Hemoglobin < 9 g/dL; or", None), ("ALT > 3 x ULN", None)) == [
        "ALT > 3 x ULN",
        "Hemoglobin < 9 g/dL; or",
    ]
    assert exceptions(("Hemoglobin < 9 g/dL", None), ("or ALT > 3 x ULN", None)) == [
        "or ALT > 3 x ULN",
        "Hemoglobin < 9 g/dL",
    ]
    assert exceptions(("Age 18 years or older", None), ("ALT > 3 x ULN", None)) == [None, None]
