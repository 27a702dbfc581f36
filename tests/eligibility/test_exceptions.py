"""What restricts a constraint is kept with it, in invented sentences."""

import pytest

from app.eligibility.grammar.read import read_constraints
from tests.eligibility.bounds import bounds

EXCEPTIONS: dict[str, list[tuple[str, str | None]]] = {
    "Cancer in the past 5 years, except skin cancer": [("<= 5 a", "except skin cancer")],
    "Infection within 3 months unless treated.": [("<= 3 mo", "unless treated")],
    "Any cancer other than of the skin within 5 years": [("<= 5 a", "other than of the skin within 5 years")],
    "unless treatment ended at least 5 years ago": [(">= 5 a", "unless treatment ended at least 5 years")],
    "Cancer within 10 years. Exceptions: skin cancer": [("<= 10 a", "Exceptions: skin cancer")],
    "ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)": [
        ("<= 2.5 uln", "≤ 5 x ULN if liver metastases"),
        ("<= 5 uln", "if liver metastases"),
    ],
    "Hemoglobin > 13.5 g/dL in males": [("> 13.5 g/dL", "in males")],
    "Steroids within 2 weeks (inhaled ones are allowed)": [("<= 2 wk", "inhaled ones are allowed")],
    "Cancer within 5 years. People with cured skin cancer are eligible": [
        ("<= 5 a", "People with cured skin cancer are eligible")
    ],
    "Cancer within 5 years; however, cured skin cancer is permitted": [
        ("<= 5 a", "however, cured skin cancer is permitted")
    ],
    "Any vaccine (except against influenza) within 4 weeks": [("<= 4 wk", "except against influenza) within 4 weeks")],
    "ALT ≤ 2 x ULN and AST ≤ 2 x ULN if no liver metastases": [
        ("<= 2 uln", "if no liver metastases"),
        ("<= 2 uln", "if no liver metastases"),
    ],
    "For all other patients, at least 8 weeks since surgery": [(">= 8 wk", "For all other patients")],
    "Patients on insulin should have had a stable dose for 4 weeks": [(">= 4 wk", "Patients on insulin")],
    "ALT ≤ 3 x ULN*": [("<= 3 uln", "*")],
    "QTc > 450 ms (men)": [("> 450 ms", "men")],
    "At least 3 weeks since radiotherapy (5 weeks for the pelvis)": [
        (">= 3 wk", "5 weeks for the pelvis"),
        (">= 5 wk", "for the pelvis"),
    ],
    "Steroids within 2 weeks are not allowed": [("<= 2 wk", None)],
    "Heart failure, including but not limited to NYHA class III": [(">= 3 <= 3", None)],
    "Negative pregnancy test for women under treatment": [("", "women")],
    "ALT ≤ 3 x ULN. Unless stated otherwise, no fever": [("<= 3 uln", None)],
    "ALT ≤ 3 x ULN": [("<= 3 uln", None)],
}


@pytest.mark.parametrize("text", EXCEPTIONS)
def test_a_constraint_with_an_exception_is_not_plain(text: str) -> None:
    found = read_constraints(text)
    assert [(bounds(c), c.exception) for c in found] == EXCEPTIONS[text]
    assert [c.plain for c in found] == [exception is None for _, exception in EXCEPTIONS[text]]
