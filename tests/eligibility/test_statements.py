"""What is stated without numbers, ages and times, and what only looks like them, in invented sentences."""

import pytest

from app.eligibility.read import read_constraints
from tests.eligibility.bounds import bounds

KINDS = {
    "Gender unlimited": ["sex"],
    "(2) Women aged > 19 years": ["sex", "age"],
    "Be a male > 21 years": ["sex", "age"],
    "Healthy": ["healthy-volunteers"],
    "Healthy as judged by a physician": ["healthy-volunteers"],
    "a healthy, non-smoking man": ["healthy-volunteers"],
    "must sign and date the consent form": ["consent"],
    "Healthy liver": [],
    "agree to practise sexual abstinence": ["contraception"],
    "Withdrawal and rhythm are not acceptable methods of contraception": [],
    "Disorders that prevent the person from understanding or signing the consent form": [],
    "Inability to give informed consent, or other disorders that interfere": ["consent"],
    "takes any drug except contraceptives": [],
    "within the required contraception period": [],
    "took part in the nursing training": [],
}
AGES = {
    "≥ 2 years old and < 12 years old": [">= 2 < 12 a"],
    "Children from birth to 4 years of age": [">= 0 <= 4 a"],
    "3 months to 16 years": [">= 3 mo", "<= 16 a"],
    "3 months to 6 years": [],
    "KPS (for > 15 years of age) above 60": [],
    "both younger (age ≤ 45) donors": [],
    "Women > 55 years of age and at least 2 years of amenorrhea": ["> 55 a"],
}
DURATIONS = {
    "cough for less than 4 weeks and at least two attacks": ["< 4 wk"],
    "within 5 half-lives or 21 days": ["<= 5", "<= 21 d"],
    "at least 3 weeks (8 weeks for nitrosoureas)": [">= 3 wk", ">= 8 wk"],
    "stroke up to 3 months before entry": ["<= 3 mo"],
    "up to 3 months of therapy": [],
    "w/in 5 days of surgery": ["<= 5 d"],
    "in the 6 weeks immediately preceding entry": ["<= 6 wk"],
    "within 10 days or 5 x t1/2 of the first dose": ["<= 10 d", "<= 5"],
    "drinks on at least 4 days during the week": [],
    "≤ 4 years: 0.7 mg/dL": [],
    "≥ 4 weeks since surgery": [">= 4 wk"],
    "5 weeks from the last infusion": [">= 5 wk"],
    "a rash 5 weeks from the last infusion": [],
    "steroids that cannot be stopped 2 weeks before entry": [">= 2 wk"],
    "received a vaccine 3 weeks before entry": ["<= 3 wk"],
    "a biopsy must have occurred 3 weeks before entry": [],
    "a rash 3 weeks before entry": [],
    "follow-up for at least 2 years": [],
    "slides must be received within 3 weeks": [],
    "living within a two-hour drive": [],
}


@pytest.mark.parametrize("text", KINDS)
def test_kinds(text: str) -> None:
    assert [one.kind for one in read_constraints(text)] == KINDS[text]


@pytest.mark.parametrize("text", AGES)
def test_ages(text: str) -> None:
    assert [bounds(one) for one in read_constraints(text) if one.kind == "age"] == AGES[text]


@pytest.mark.parametrize("text", DURATIONS)
def test_durations(text: str) -> None:
    assert [bounds(one) for one in read_constraints(text) if one.kind == "duration"] == DURATIONS[text]
