"""Usual units: the factors in the repository are those of the UCUM library."""

import json
from importlib.resources import files

import pytest

from app.eligibility.words.conversions import FILE, in_usual_units, make_factors


def test_factors_are_those_of_the_library() -> None:
    assert json.loads(files("app.eligibility.words").joinpath(FILE).read_text()) == make_factors()


@pytest.mark.parametrize(
    ("value", "unit", "kind", "code", "other"),
    [
        (9.0, "g/dL", "measurement", "hemoglobin", (90.0, "g/L")),
        (100000.0, "/uL", "measurement", "platelets", (100.0, "10*9/L")),
        (1.2, "mg/dL", "measurement", "bilirubin", (20.524749427, "umol/L")),
        (1.8, "m", "height", None, (180.0, "cm")),
    ],
)
def test_in_usual_units(value: float, unit: str, kind: str, code: str | None, other: tuple[float, str]) -> None:
    assert other in [(pytest.approx(number), found) for number, found in in_usual_units(value, unit, kind, code)]


def test_what_measures_something_else_is_not_converted() -> None:
    assert in_usual_units(9.0, "{ULN}", "measurement", "alt") == []
    assert in_usual_units(37.0, "Cel", "measurement", "temperature") == []
    assert in_usual_units(1.0, "d", "duration", "within") == []
