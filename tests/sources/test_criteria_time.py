"""The time that criteria text takes grows as the text does, whatever stands in it."""

import time

import pytest

from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility
from tests.sources.test_criteria_text import HEAD

HOSTILE = [
    *(
        "No a Must b ",
        "Tint ≥ 1 mm ",
        "PATIENT CHARACTERISTICS: Age: ",
        "DISEASE CHARACTERISTICS: No a OR B c: ",
        "①a ②b ",
    ),
    *(
        "1.1 Aa\n1.2 Bb\n",
        "* Controls:\n  * a\n",
        "TWIN: a\n",
        "Cohort A:\n\n- a\n\nCases and twins:\n\n",
        "a b of c in d ",
    ),
    *("Further criteria ", "Part 1 and 2, 3 and ", "(a) (b) [c] Patients", "x,\ny.\n", "healthy women, and men, "),
    *(
        "1) : ",
        "1) a: ",
        "(",
        "(a",
        "((a) ",
        "Inclusion Criteria: ",
        "a; Exclusion: ",
        "Inclusion Criteria:\n",
        "1. x\n",
    ),
    *(
        "• ",
        "• x\n",
        "* ",
        "x:\n",
        "x:\n- y\n",
        "- X:\n- y\n- z\n",
        "- Blood:\n- x > 5\n",
        "- X Y:\n- y\n",
        "- Surgery:\n- surgery (\n",
        "- They may if:\n- y\n",
        "- Eligibility criteria to participate in x:\n  - y\n",
        "A; B (",
        "DISEASE CHARACTERISTICS: X i.e.: No x AST at least 5 ",
        "1. x\n- y\n",
        "Aa bb cc. ",
        "(a). Bb ",
        " ",
        "\t",
        "\\",
        "*_",
        "a. b. c. ",
        "A. x B. y ",
        "ivx",
        "1.1.",
        "criterios ",
    ),
    *(
        "Arm A and ",
        "Arm A:\n- x\n",
        "for x ",
        "the following ",
        "- x\nand so on\n",
        "a\n\n",
        "除外基準",
        "甲：\n1、乙\n",
    ),
    *("Exclusion Criteria: \n", "patients will be excluded if ", "Note other criteria ", "non-", "Inclusion "),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear(piece):
    """Four times the text takes four times as long; a quadratic part shows as sixteen."""

    def seconds(size: int) -> float:
        text = HEAD + piece * (size // len(piece)) + "x"
        began = time.process_time()
        read_eligibility(split_lines(text), with_facts=False)
        return time.process_time() - began

    short = min(seconds(12_500) for _ in range(2))
    assert min(seconds(50_000) for _ in range(2)) < 9 * short + 0.05


def test_a_megabyte_is_read_in_a_second():
    study = (
        "Inclusion Criteria:\n\n* Adults aged 18 to 75 years with a purple elbow of at least six months' standing\n"
        "* One of the following:\n\n  1. Hemoglobin of 9 g/dL or more in the two weeks before the first visit\n"
        "  2. Platelets of 100,000 per microliter or more, without transfusion in the week before\n\n"
        "Exclusion Criteria:\n\n1. Pregnancy, breastfeeding, or the wish to become pregnant within a year\n"
    )
    text = study * (1_000_000 // len(study))
    began = time.process_time()
    found = read_eligibility(split_lines(text), with_facts=False)
    assert len(found.criteria) == 5 * text.count("purple")
    assert time.process_time() - began < 3  # 0.5 s where nothing else runs
