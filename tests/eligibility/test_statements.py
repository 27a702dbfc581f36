"""What is stated without numbers, ages and times, and what only looks like them, in invented sentences."""

import pytest

from app.eligibility.grammar.read import read_constraints
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
    "an understanding of the consent form; able to give informed consent": ["consent"],
    "A rash when the patient signed the informed consent document": [],
    "Age of majority (to give informed consent) where they live": [],
    "A negative urine hCG test": ["pregnancy"],
    "The urine hCG test will be repeated": [],
    "Healthy, non-smoking people, at least 18 years of age": ["age"],
    "M/F from 21 to 50 years of age": ["sex", "age"],
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
    "ECOG 0-1 for patients 16 years of age and older": [],
    "If < 12 years of age at onset, a biopsy": [],
    "Open for children aged 6 to 12 years": [">= 6 <= 12 a"],
    "ECOG 0 or 1 (age ≥ 16 years) or Lansky (age < 16 years) ≥ 50": [],
    "Performance status: ECOG 0-1. Age: 18 to 75 years": [">= 18 <= 75 a"],
    "Male or female subjects aged 18 to 65 years must weigh at least 50 kg": [">= 18 <= 65 a"],
    "Excluded if age < 18 years": ["< 18 a"],
    "Indicated for adults 18 years of age and older": [">= 18 a"],
    "An MRI less than 6 months old": [],
    "Lives in a household with a child of ≤ 17 years of age": [],
    "both younger (age ≤ 45) donors": [],
    "Women > 55 years of age and at least 2 years of amenorrhea": ["> 55 a"],
}
DURATIONS = {
    "an infection 4 weeks before entry": ["<= 4 wk"],
    "a stable dose 4 weeks before entry": [],
    "Discontinuation of aspirin 2 weeks prior to surgery": [],
    "Abstinence from alcohol 48 hours prior to dosing": [],
    "Disease-free 5 years before entry": [],
    "Stable for 3 months and under treatment": [">= 3 mo"],
    "Willing to use contraception for 6 months after the last dose": [">= 6 mo"],
    "use of pills starting 1 month before entry": [],
    "failed 3 months of therapy": [">= 3 mo"],
    "3 months of therapy": [],
    "a surgery 8 to 12 weeks before entry": [],
    "gave birth within the last 4-8 weeks": [">= 4 <= 8 wk"],
    "21 days or 5 times the half-life": ["<= 5"],
    "pain for at least the past 6 months": [">= 6 mo"],
    "a rash in the 10 years up to the first visit": ["<= 10 a"],
    "treated in the 2-year period leading up to entry": ["<= 2 a"],
    "steroids within 4 weeks (oral) or 8 weeks (injected)": ["<= 4 wk", "<= 8 wk"],
    "out of work for at least a year": [">= 1 a"],
    "a shortening fraction of 30% (25% for children < 3 years)": [],
    "able to lie on the back for 1.5 hours": [],
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
    "a biopsy must have occurred 3 weeks before entry": ["<= 3 wk"],
    "a rash 3 weeks before entry": ["<= 3 wk"],
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
