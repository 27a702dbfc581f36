"""Trial in, whom each of its cohorts takes by age and sex out.

What a cohort does not state of itself, the trial as a whole may; a criterion that says nothing but an age or a sex
narrows it further. Ages are days: a year has 365.25 of them, a month a twelfth of that.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.below import restrictions
from app.eligibility.grammar.whole import read_criterion
from app.record.parts import Age
from app.record.trial import Cohort, Trial

DAYS = {"a": 365.25, "mo": 30.4375, "wk": 7.0, "d": 1.0}
"""UCUM unit of an age -> days."""
_UNITS = {"years": "a", "months": "mo", "weeks": "wk", "days": "d"}
OLDEST = 150 * 365.25
"""Days that somebody may be old."""
NEVER = 1e9
"""Days: older than anybody."""
_A_MOMENT = 1e-6
SEXES = ("female", "male")
_MEN = re.compile(r"\b(?:males?|m[ae]n|boys?)\b", re.I)
_WOMEN = re.compile(r"\b(?:females?|wom[ae]n|girls?)\b", re.I)


class Taken(NamedTuple):
    """Ages from `low` to `high` days, both included; `states_age` is False where nothing bounds them. A sex that is
    not stated keeps nobody out."""

    low: float
    high: float
    states_age: bool
    sexes: tuple[str, ...]


class Bounds(NamedTuple):
    """What is stated of a cohort's sex and ages, by itself or by the trial as a whole."""

    sex: str | None
    minimum_age: Age | None
    maximum_age: Age | None


def bounds_of(trial: Trial, cohort: Cohort) -> Bounds:
    # ages are one statement: a cohort of "18 years or older" has no maximum, whatever the trial's is
    ages = cohort if cohort.minimum_age or cohort.maximum_age else trial
    return Bounds(cohort.sex or trial.sex, ages.minimum_age, ages.maximum_age)


def taken_by(trial: Trial) -> list[Taken]:
    """For each cohort; a trial without cohorts is one."""
    return [_taken(trial, number, cohort) for number, cohort in enumerate(trial.cohorts or [Cohort()])]


def takes_healthy(trial: Trial) -> bool | None:
    """Whether healthy volunteers may take part: as the registry says, else as a criterion says that says no more."""
    for flag in trial.flags:
        if flag.name == "healthy-volunteers":
            return flag.value
    said = {
        (one.negated == (excluded is True))
        for number in range(len(trial.cohorts) or 1)
        for excluded, one in _sole(trial, number, "healthy-volunteers")
    }
    return said.pop() if len(said) == 1 else None


def _taken(trial: Trial, number: int, cohort: Cohort) -> Taken:
    bounds = bounds_of(trial, cohort)
    low = _days(bounds.minimum_age.value, _UNITS[bounds.minimum_age.unit]) if bounds.minimum_age else 0.0
    high = end_of(bounds.maximum_age.value, _UNITS[bounds.maximum_age.unit]) if bounds.maximum_age else NEVER
    stated = bounds.minimum_age is not None or bounds.maximum_age is not None
    for narrower in _stated_ages(trial, number):
        if max(low, narrower[0]) <= min(high, narrower[1]):
            low, high, stated = max(low, narrower[0]), min(high, narrower[1]), True
    sexes: tuple[str, ...] = (bounds.sex,) if bounds.sex in SEXES else SEXES
    kept = sexes if takes_both(trial, number) else tuple(sex for sex in sexes if sex in _sexes(trial, number))
    return Taken(low, high, stated, kept or sexes)


def _sole(trial: Trial, number: int, kind: str) -> Iterator[tuple[bool, Constraint]]:
    """Whether it excludes, for the top-level criteria of the cohort that say one constraint of the kind and no more."""
    apart = {criterion.parent for criterion in trial.criteria} | restrictions(trial.criteria).keys()
    for place, criterion in enumerate(trial.criteria):
        if (criterion.cohort, criterion.parent, criterion.role) != (number, None, "criterion") or place in apart:
            continue
        sole = read_criterion(criterion).sole
        if sole is not None and sole.kind == kind:
            yield criterion.type == "exclusion", sole


def takes_both(trial: Trial, number: int) -> bool:
    """Whether a cohort is of both sexes, whatever one of its criteria says: the registry says so, or another criterion
    names the other sex."""
    cohort = trial.cohorts[number] if number < len(trial.cohorts) else Cohort()
    if bounds_of(trial, cohort).sex == "all":
        return True
    texts = [one.text for one in trial.criteria if one.cohort == number and one.role == "criterion"]
    return any(map(_MEN.search, texts)) and any(map(_WOMEN.search, texts))


def _sexes(trial: Trial, number: int) -> set[str]:
    left = set(SEXES)
    for excluded, one in _sole(trial, number, "sex"):
        if one.code in SEXES:
            left &= {one.code} if excluded == one.negated else left - {one.code}
    return left


def _stated_ages(trial: Trial, number: int) -> list[tuple[float, float]]:
    """What criteria leave of all ages. Of several ages that include, each may be of a part of the study that was not
    told apart: then none is taken."""
    ages = [
        (excluded, one)
        for excluded, one in _sole(trial, number, "age")
        if one.unit in DAYS and not one.negated and not (excluded and one.low is not None and one.high is not None)
    ]
    included = [_ages(one) for excluded, one in ages if not excluded]
    return [*(included if len(included) == 1 else ()), *(_others(one) for excluded, one in ages if excluded)]


def _others(constraint: Constraint) -> tuple[float, float]:
    """The ages that an excluded one with one bound leaves."""
    unit = constraint.unit or ""
    if constraint.high is not None:
        low = _days(constraint.high, unit) if constraint.high_open else end_of(constraint.high, unit) + _A_MOMENT
        return low, NEVER
    bound = constraint.low or 0.0
    return 0.0, end_of(bound, unit) if constraint.low_open else _days(bound, unit) - _A_MOMENT


def _ages(constraint: Constraint) -> tuple[float, float]:
    unit = constraint.unit or ""
    low = 0.0 if constraint.low is None else _days(constraint.low, unit) + (_A_MOMENT if constraint.low_open else 0)
    if constraint.high is None:
        return low, NEVER
    return low, _days(constraint.high, unit) - _A_MOMENT if constraint.high_open else end_of(constraint.high, unit)


def _days(value: float, unit: str) -> float:
    return value * DAYS[unit]


def end_of(value: float, unit: str) -> float:
    """The last moment of an age: somebody is 65 years old until the next birthday."""
    return _days(value + 1, unit) - _A_MOMENT if value.is_integer() else _days(value, unit)
