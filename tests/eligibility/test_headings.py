"""A title above a criterion says what its text is about, and is kept with it."""

import pytest

from app.eligibility.grammar.below import read_criteria
from app.eligibility.grammar.read import read_constraints
from app.eligibility.matching.match import match
from app.record.trial import Criterion
from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility
from tests.eligibility.bounds import bounds
from tests.eligibility.matching import PATIENT, facts, trial

FORM = """DISEASE CHARACTERISTICS:

* Lamp blight

Life expectancy:

* At least 12 weeks

Performance status:

* 0-2

Other:

* No more than 2 lamps

  * None of them lit
"""
BELOW: dict[tuple[str, str], list[tuple[str, str, str]]] = {
    ("Life expectancy:", "At least 12 weeks"): [("life-expectancy", ">= 12 wk", "At least 12 weeks")],
    ("Age", "18 and over"): [("age", ">= 18 a", "18 and over")],
    ("Hemoglobin", "Less than 9 g/dL"): [("measurement", "< 9 g/dL", "Less than 9 g/dL")],
    ("Performance status:", "ECOG 0-1"): [("performance-status", ">= 0 <= 1", "ECOG 0-1")],
    ("Life expectancy:", "More than 3 months, at least 3 weeks since surgery"): [
        ("life-expectancy", "> 3 mo", "More than 3 months"),
        ("duration", ">= 3 wk", "at least 3 weeks"),
    ],
    ("Age:", "Not specified"): [],
    ("Surgery:", "At least 12 weeks"): [],
    ("Age:", "No more than 2 prior regimens"): [],
    ("Age:", "At least 4 weeks since prior surgery"): [("duration", ">= 4 wk", "At least 4 weeks")],
    ("BMI:", "Age > 40"): [("age", "> 40 a", "Age > 40")],
    ("Cholesterol:", "LDL > 130 mg/dL"): [("measurement", "> 130 mg/dL", "LDL > 130 mg/dL")],
    ("Hepatic:", "ALT < 3 x ULN"): [("measurement", "< 3 uln", "ALT < 3 x ULN")],
}


@pytest.mark.parametrize(("heading", "text"), BELOW)
def test_a_text_is_read_below_its_heading(heading: str, text: str) -> None:
    found = read_constraints(text, heading)
    assert [(one.kind, bounds(one), one.text) for one in found] == BELOW[heading, text]
    assert all(text[one.start : one.end] == one.text for one in found)


def test_headings_are_kept() -> None:
    tree = read_eligibility(split_lines(FORM))
    assert [(one.heading, one.text) for one in tree.criteria] == [
        ("DISEASE CHARACTERISTICS:", "Lamp blight"),
        ("Life expectancy:", "At least 12 weeks"),
        ("Performance status:", "0-2"),
        ("Other:", "No more than 2 lamps"),
        (None, "None of them lit"),
    ]
    proved = {fact.path: FORM[fact.spans[0].start : fact.spans[0].end] for fact in tree.facts}
    assert proved["criteria.1.heading"] == "Life expectancy:"


def test_a_heading_ends_with_its_section() -> None:
    text = "Inclusion Criteria:\n\nLamps:\n\n* Lit\n\nExclusion Criteria:\n\n* Broken\n"
    assert [one.heading for one in read_eligibility(split_lines(text)).criteria] == ["Lamps:", None]


def test_what_a_heading_says_is_judged() -> None:
    below = Criterion(type="inclusion", position=1, heading="Age:", text="18 and over")
    [(_, [constraint])] = read_criteria([below])
    assert (constraint.kind, bounds(constraint)) == ("age", ">= 18 a")
    [line] = match(trial(below), facts(PATIENT)).lines
    assert (line.result, line.text) == ("met", "Age: 18 and over")


def test_a_record_without_headings_is_what_it_was() -> None:
    """So that a database of the release before does not take each of its trials for a changed one."""
    below = Criterion(type="inclusion", position=1, heading="Age:", text="18 and over")
    assert "heading" not in Criterion(type="inclusion", position=1, text="Lit").model_dump()
    assert Criterion.model_validate_json(below.model_dump_json()) == below
