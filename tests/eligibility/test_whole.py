"""What of a text its constraints make up, and whom cohorts take by what criteria say and nothing else."""

import pytest

from app.eligibility.coded import code_names, own_code
from app.eligibility.grammar.whole import read_whole
from app.eligibility.matching.cohorts import DAYS, taken_by, takes_healthy
from app.eligibility.words.vocabulary import SUBJECTS
from app.record.parts import Age, Flag
from app.record.trial import Cohort, Criterion, Trial

WHOLE = [
    # text, whether it says its constraints and nothing else, how they are joined
    ("Age >= 18 years", True, None),
    ("The patients must be at least 18 years of age at the time of screening.", True, None),
    ("Serum creatinine < 2 mg/dL;", True, None),
    ("Pregnant women", True, None),
    ("Women aged 18 years or older who carry lamps", False, None),
    ("Hemoglobin >= 9 g/dL without transfusion", False, None),
    ("Hemoglobin >= 9 g/dL unless transfused", False, None),
    ("Hemoglobin >= 9 g/dL or", False, None),
    ("Pregnant or breastfeeding", True, "any-of"),
    ("Hemoglobin >= 9 g/dL and platelets >= 100 x 10^9/L", True, "all-of"),
    ("WBC >= 3 x 10^9/L, hemoglobin >= 9 g/dL and platelets >= 100 x 10^9/L", True, "all-of"),
    ("Hemoglobin >= 9 g/dL, platelets >= 100 x 10^9/L", True, None),
    ("Hemoglobin >= 9 g/dL and WBC >= 3 x 10^9/L or platelets >= 100 x 10^9/L", True, None),
    # run together, in brackets, denied: only a reader can tell what belongs to what
    ("Hemoglobin < 9 g/dL or WBC < 3 x 10^9/L Platelets < 100 x 10^9/L", True, None),
    ("Karnofsky >= 60 (age >= 16 years) or Lansky >= 60 (age < 16 years)", False, None),
    ("Not pregnant or breastfeeding", True, None),
    ("Likes lamps", False, None),
]


@pytest.mark.parametrize(("text", "whole", "combination"), WHOLE, ids=[row[0] for row in WHOLE])
def test_whole(text: str, whole: bool, combination: str | None) -> None:
    reading = read_whole(text)
    assert (reading.whole, reading.combination) == (whole, combination)
    assert (reading.sole is not None) == (whole and len(reading.constraints) == 1)


def years(value: float) -> Age:
    return Age(value=value, unit="years")


def trial(*texts: str, cohorts: list[Cohort] | None = None, **fields: object) -> Trial:
    """`-` before a text: it excludes."""
    criteria = [
        Criterion(type="exclusion" if text[0] == "-" else "inclusion", position=n, text=text.removeprefix("-"))
        for n, text in enumerate(texts, 1)
    ]
    return Trial(id="NCT00000003", criteria=criteria, cohorts=cohorts or [], **fields)  # type: ignore[arg-type]


AGES = [
    # what is stated, ages in years that are taken, ages that are not
    (trial(), [0, 50, 120], []),
    (trial(minimum_age=years(18), maximum_age=years(65)), [18, 65, 65.9], [17.9, 66]),
    (trial("Age >= 18 years"), [18, 120], [17.9]),
    (trial("Age > 18 years"), [18.1], [18, 17]),
    (trial("Age < 65 years"), [0, 64.9], [65]),
    (trial("-Age < 18 years"), [18], [17.9]),
    (trial("-Age <= 18 years"), [19], [18, 18.9]),
    (trial("-Age > 65 years"), [65, 65.9], [66]),
    (trial("-Age >= 65 years", "-Age < 18 years"), [18, 64.9], [65, 17]),
    (trial("Aged 18 to 65 years", minimum_age=years(12)), [18, 65], [12, 17, 66]),
    # more than the age is said, or two ages are, or one that fits no other: the registry's ages hold
    (trial("Age >= 18 years in the first part", minimum_age=years(12)), [12], [11]),
    (trial("Age >= 18 years", "Age >= 60 years", minimum_age=years(12)), [12, 18], [11]),
    (trial("Age >= 60 years", maximum_age=years(12)), [12], [13, 60]),
    (trial("-Aged 18 to 65 years"), [20, 70], []),
    (trial(minimum_age=Age(value=6, unit="weeks")), [0.2], [0.1]),
]


@pytest.mark.parametrize(("of", "taken", "refused"), AGES)
def test_ages(of: Trial, taken: list[float], refused: list[float]) -> None:
    [cohort] = taken_by(of)
    assert [age for age in (*taken, *refused) if cohort.low <= age * DAYS["a"] <= cohort.high] == taken
    assert cohort.states_age == bool(refused)


def test_each_cohort_takes_its_own() -> None:
    cohorts = [Cohort(label="Girls", minimum_age=years(12), sex="female"), Cohort(label="All", sex="all")]
    made = trial(cohorts=cohorts, sex="male", maximum_age=years(17))
    girls, everybody = taken_by(made)
    assert (girls.low, girls.sexes) == (12 * DAYS["a"], ("female",))
    # ages are one statement: the first cohort has no maximum
    assert girls.high > 100 * DAYS["a"] > everybody.high
    assert everybody.sexes == ("female", "male")


@pytest.mark.parametrize(
    ("of", "sexes"),
    [
        (trial(), ("female", "male")),
        (trial(sex="female"), ("female",)),
        (trial("Female"), ("female",)),
        (trial("-Males"), ("female",)),
        (trial("Male or female", sex="male"), ("male",)),
        (trial("Female", sex="male"), ("male",)),
    ],
)
def test_sexes(of: Trial, sexes: tuple[str, ...]) -> None:
    [cohort] = taken_by(of)
    assert cohort.sexes == sexes


@pytest.mark.parametrize(
    ("of", "taken"),
    [
        (trial(), None),
        (trial(flags=[Flag(name="healthy-volunteers", value=False)]), False),
        (trial("Healthy volunteers"), True),
        (trial("-Healthy volunteers"), False),
        (trial("Healthy volunteers", flags=[Flag(name="healthy-volunteers", value=False)]), False),
        (trial("Healthy volunteers", "-Healthy volunteers"), None),
    ],
)
def test_healthy_volunteers(of: Trial, taken: bool | None) -> None:
    assert takes_healthy(of) is taken


def test_every_code_of_the_grammar_has_a_name() -> None:
    """Of each kind, and of what its constraints name."""
    names = code_names()
    for subject in SUBJECTS.values():
        if subject.kind is not None:
            assert own_code(subject.kind, subject.key) in names
    for text in (
        "Within 3 months",
        "For at least 6 months",
        "Within 5 half-lives",
        "Pregnant",
        "Likes to speak English",
    ):
        for one in read_whole(text).constraints:
            assert own_code(one.kind, one.code) in names, one
