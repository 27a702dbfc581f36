"""One constraint and the facts in; whether the constraint holds of the patient out: yes, no, or not known and why.

Three-valued: what no fact tells is None, and so is what facts tell differently. An age is in completed units, as
registries state it: `65 years` is until the 66th birthday; `older than 18 years` leaves the year after the 18th open.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.matching.cohorts import DAYS, OLDEST
from app.eligibility.matching.facts import MOST, Born, Coded, Fact, Facts, Key, Measured, Stated, newest
from app.eligibility.matching.observed import days_before, months_before
from app.eligibility.words.conversions import convert
from app.eligibility.words.units import comparable
from app.eligibility.words.vocabulary import SUBJECTS
from app.record.ids import fold

SAME_SCALE = ("ecog", "who", "zubrod", None)
"""Names of one scale, 0 to 5 (https://ecog-acrin.org/resources/ecog-performance-status/), and a performance status of
one digit whose scale is not named."""
MEASURED = ("measurement", "performance-status", "score", "bmi", "weight", "height", "body-surface-area")
Names = Mapping[tuple[str, str], frozenset[tuple[str, str]]]
"""(`condition` or `drug`, the record's name of it) -> its codes, as (system, code)."""
LONGEST_PREGNANCY = 10
"""Months: what is older says nothing of today, nor that there was none."""
LONGEST_BREASTFEEDING = 24
"""Months (https://www.who.int/health-topics/breastfeeding: to two years and beyond)."""
LONGEST_SCREENING = 31
"""Days of a time window in which a value is to be measured. Of what must not have been in a longer one, no value that
was sent is a proof."""
GROWN = 9
"""Years from which an observation of gestational age is of a pregnancy, not of the patient's own birth."""
PLAUSIBLE = {"kg": (0.2, 700.0), "m": (0.2, 3.0)}
"""Of a body weight and height of which an index is computed."""


class Verdict(NamedTuple):
    """`holds` is None where it is not known; `why` then says why. `facts` are those that were looked at."""

    holds: bool | None
    facts: tuple[Fact, ...] = ()
    why: str = ""


def judge(constraint: Constraint, facts: Facts, names: Names, since: date | None = None) -> Verdict:
    """Whether the constraint holds on the day of the facts; where a time window says since when, only what is known to
    be of it counts. A constraint with an exception is never known to hold, nor not to."""
    found = _judged(constraint, facts, names, since)
    if constraint.exception is not None:
        return Verdict(None, found.facts, "the text makes an exception")
    if constraint.negated and found.holds is not None:
        return found._replace(holds=not found.holds)
    return found


def _judged(constraint: Constraint, facts: Facts, names: Names, since: date | None) -> Verdict:
    kind = constraint.kind
    if kind == "age":
        return _agreed([(_age(constraint, one, facts.day), one.fact) for one in facts.born], "no birth date was sent")
    if kind == "sex":
        return _sex(constraint, facts)
    if kind in ("pregnancy", "breastfeeding"):
        return _state(kind, facts, since)
    if kind in MEASURED:
        return _measured(constraint, facts, since)
    if kind in ("condition", "drug"):
        return _coded(constraint, facts, names, since)
    if kind == "life-expectancy" and facts.died is not None and constraint.low is not None:
        return Verdict(False, (facts.died,))
    return Verdict(None, (), f"no resource tells about {kind.replace('-', ' ')}")


def _agreed(found: Iterable[tuple[bool | None, Fact]], none: str) -> Verdict:
    """What all of the facts say that say something."""
    said = list(found)
    kept = tuple({id(fact): fact for _, fact in said}.values())  # a JSON value has no hash
    truths: set[bool | None] = {holds for holds, _ in said if holds is not None} or {None}
    if not said:
        return Verdict(None, (), none)
    if len(truths) > 1:
        return Verdict(None, kept, "the facts do not agree")
    holds = truths.pop()
    return Verdict(holds, kept, "" if holds is not None else "the fact does not tell")


def _age(constraint: Constraint, born: Born, day: date) -> bool | None:
    """Of all the days on which the patient may have been born: each bound holds on the first and the last of them."""
    bounds = constraint._replace(high=None), constraint._replace(low=None)
    said = [{_age_of(bound, one, day) for one in born.days} for bound in bounds]
    if {False} in said:
        return False
    return True if said == [{True}, {True}] else None


def _age_of(constraint: Constraint, born: date, day: date) -> bool | None:
    unit = constraint.unit or "a"
    if born > day or unit not in ("a", "mo", "wk", "d"):
        return None
    factor, bounds = 1, [bound for bound in (constraint.low, constraint.high) if bound is not None]
    if unit == "a" and not all(bound.is_integer() for bound in bounds):
        unit, factor = "mo", 12
    age = completed(born, day, unit)
    low = None if constraint.low is None else constraint.low * factor
    high = None if constraint.high is None else constraint.high * factor
    if (low is not None and age < low) or (high is not None and (age > high or (constraint.high_open and age >= high))):
        return False
    return None if low is not None and constraint.low_open and age == low else True


def years(facts: Facts) -> tuple[int, ...]:
    """How old the patient is, in whole years: two of them where the birthday is not sent. None without a birth date,
    with some that differ by more, or with one that makes the patient older than anybody."""
    days = [day for one in facts.born for day in one.days]
    if not days or max(days) > facts.day:
        return ()
    youngest, oldest = (completed(day, facts.day, "a") for day in (max(days), min(days)))
    known = oldest - youngest <= 1 and oldest * DAYS["a"] <= OLDEST
    return tuple(dict.fromkeys((youngest, oldest))) if known else ()


def completed(born: date, day: date, unit: str) -> int:
    """Years (`a`), months, weeks or days that have passed."""
    if unit in ("wk", "d"):
        return (day - born).days // (7 if unit == "wk" else 1)
    months = (day.year - born.year) * 12 + day.month - born.month
    while months > 0 and months_before(day, months) < born:
        months -= 1
    return months // 12 if unit == "a" else months


def _sex(constraint: Constraint, facts: Facts) -> Verdict:
    sexes = facts.stated_as("sex")
    if constraint.code == "all":
        return Verdict(True, tuple(one.fact for one in sexes))
    return _agreed([(one.value == constraint.code, one.fact) for one in sexes], "no sex was sent")


def _state(kind: str, facts: Facts, since: date | None) -> Verdict:
    """Pregnancy or breastfeeding, by the newest statement that is not too old. That it is not so today does not say
    that it never was in a time window."""
    said: list[tuple[bool | None, Fact]] = []
    for one in newest(facts.stated_as(kind)):
        months = LONGEST_BREASTFEEDING if kind == "breastfeeding" and one.value else LONGEST_PREGNANCY
        current = one.when is None or one.when[0] >= months_before(facts.day, months)
        said.append((_in_time(bool(one.value), one, since) if current else None, one.fact))
    if since is not None:
        said = [(holds or None, fact) for holds, fact in said]
    return _agreed(said, f"no {kind} status was sent")


def _measured(constraint: Constraint, facts: Facts, since: date | None) -> Verdict:
    keys = _keys(constraint)
    found = facts.newest_as(keys)
    if since is not None:  # each value of the time counts
        found = [one for one in facts.measured_as(keys) if one.when and one.when[0] >= since] or found
    if constraint.kind == "bmi" and not found:
        return _computed(constraint, facts, since)
    if since is None and len(found) > MOST:
        return Verdict(None, (), f"any of {len(found)} values may be the newest")
    what = constraint.code or constraint.kind.replace("-", " ")
    verdict = _agreed(
        _in_window([(_valued(constraint, one, facts), one) for one in found], facts, since), f"no {what} was sent"
    )
    if verdict.facts and verdict.holds is None and constraint.limit and not any(any(one.normal) for one in found):
        return verdict._replace(why="the observation has no reference range")
    return verdict


def _in_window(
    said: list[tuple[bool | None, Measured]], facts: Facts, since: date | None
) -> list[tuple[bool | None, Fact]]:
    """What values say of a time window: it is enough that one of them holds, and not that none does, unless the window
    is one in which they are to be measured."""
    timed = [(_in_time(holds, one, since), one.fact) for holds, one in said]
    if since is None:
        return timed
    holding = [pair for pair in timed if pair[0]]
    if not holding and (facts.day - since).days > LONGEST_SCREENING:
        return [(None, fact) for _, fact in timed]
    return holding or timed


def _valued(constraint: Constraint, one: Measured, facts: Facts) -> bool | None:
    if constraint.code != "gestational age":
        return _within(constraint, one)
    moved = _moved_on(one, facts)
    holds = _within(constraint, moved) if moved else None
    if moved and not holds and constraint.high is not None:  # `32 weeks` may be until the end of that week
        return holds if _within(constraint._replace(high=constraint.high + 1), moved) is False else None
    return holds


def _moved_on(one: Measured, facts: Facts) -> Measured | None:
    """A gestational age on the day of the facts; None where that cannot be told."""
    passed = (facts.day - one.when[0]).days if one.when and one.when[0] == one.when[1] else None
    size = {"wk": 7, "d": 1}.get(one.unit or "")
    if passed == 0:
        return one
    born = any(months_before(facts.day, 12 * GROWN) < last for (_, last), _ in facts.born)
    if passed is None or passed > 300 or size is None or born:
        return None
    low, high = (None if bound is None else bound + passed / size for bound in (one.low, one.high))
    return one._replace(low=low, high=high)


def _computed(constraint: Constraint, facts: Facts, since: date | None) -> Verdict:
    """Of a body mass index that was not sent: weight and height of one day say it, each of them a value, no bound."""
    said: list[tuple[bool | None, Fact]] = []
    heights = facts.newest_as([("height", None)])
    for weight in facts.newest_as([("weight", None)]):
        for height in heights:
            if weight.when != height.when:
                continue
            kilograms, metres = _exactly(weight, "kg"), _exactly(height, "m")
            if kilograms and metres:
                index = round(kilograms / metres**2, 6)
                value = weight._replace(low=index, high=index, unit="kg/m2")
                [(holds, _)] = _in_window([(_within(constraint, value), value)], facts, since)
                said += [(holds, weight.fact), (holds, height.fact)]
    return _agreed(said, "no bmi was sent, nor a weight and a height of one day")


def _exactly(measured: Measured, unit: str) -> float | None:
    if measured.low is None or measured.low != measured.high or measured.unit is None:
        return None
    value = comparable(measured.low, measured.unit, unit)
    low, high = PLAUSIBLE[unit]
    return value if value is not None and low <= value <= high else None


def _keys(constraint: Constraint) -> frozenset[Key]:
    if constraint.kind == "performance-status" and constraint.code in SAME_SCALE:
        return frozenset(("performance-status", code) for code in SAME_SCALE)
    return frozenset([(constraint.kind, constraint.code)])


def _within(constraint: Constraint, measured: Measured) -> bool | None:
    """Whether a value is within bounds; None where it may be and may not be, or cannot be compared."""
    low, high = (_in_unit(constraint, measured, bound) for bound in (measured.low, measured.high))
    if (low is None) != (measured.low is None) or (high is None) != (measured.high is None):
        return None
    if constraint.limit is not None and low is None and high is None:
        return None
    above = _at_least(low, high, measured, constraint.low, constraint.low_open)
    below = _at_most(low, high, measured, constraint.high, constraint.high_open)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def _at_least(
    low: float | None, high: float | None, value: Measured, bound: float | None, is_open: bool
) -> bool | None:
    if bound is None:
        return True
    if low is not None and (low > bound or (low == bound and (not is_open or value.low_open))):
        return True
    if high is not None and (high < bound or (high == bound and (is_open or value.high_open))):
        return False
    return None


def _at_most(low: float | None, high: float | None, value: Measured, bound: float | None, is_open: bool) -> bool | None:
    if bound is None:
        return True
    if high is not None and (high < bound or (high == bound and (not is_open or value.high_open))):
        return True
    if low is not None and (low > bound or (low == bound and (is_open or value.low_open))):
        return False
    return None


def _in_unit(constraint: Constraint, measured: Measured, value: float | None) -> float | None:
    """The value in the constraint's unit, or in multiples of the limit of normal; None where it cannot be."""
    if value is None:
        return None
    if constraint.limit is not None:
        limit = measured.normal[1 if constraint.limit == "uln" else 0]
        return float(f"{value / limit:.12g}") if limit else None
    if constraint.unit is None or measured.unit is None:
        return value if (constraint.unit or "1") == (measured.unit or "1") or _is_count(measured.unit) else None
    subject = SUBJECTS.get(f"{constraint.kind}:{constraint.code}") or SUBJECTS.get(constraint.kind)
    turned = convert(value, measured.unit, constraint.unit, subject)
    if turned is None:  # an enzyme's unit is written either way
        units = measured.unit.replace("[IU]", "U"), constraint.unit.replace("[IU]", "U")
        turned = convert(value, *units, subject) if units != (measured.unit, constraint.unit) else None
    return turned


def _is_count(unit: str | None) -> bool:
    """Whether a unit is no more than a note: `{score}`."""
    return bool(unit) and str(unit).startswith("{") and str(unit).endswith("}")


def _coded(constraint: Constraint, facts: Facts, names: Names, since: date | None) -> Verdict:
    """By a code or by name. That none was sent does not say that there is none, nor does what is ruled out today that
    there was none in a time window."""
    codes, name = names.get((constraint.kind, constraint.code or ""), frozenset()), fold(constraint.code or "")
    kinds = ("condition",) if constraint.kind == "condition" else ("drug", "procedure")
    found = [one for one in facts.coded_as([name, *codes]) if one.kind in kinds]
    said = [(_in_time(one.holds, one, since), one.fact) for one in found]
    if any(holds for holds, _ in said):  # once is enough
        said = [pair for pair in said if pair[0]]
    elif since is not None:
        said = [(None, fact) for _, fact in said]
    return _agreed(said, f"no {constraint.code} was sent")


def _in_time(holds: bool | None, one: Measured | Stated | Coded, since: date | None) -> bool | None:
    return holds if since is None or (one.when is not None and one.when[0] >= since) else None


def start_of(window: Constraint, day: date) -> date | None:
    """The first day of a time window that ends on `day`; None for a unit that is no time."""
    if window.high is None or not 0 <= window.high < 10_000:
        return None
    whole = int(window.high)
    if window.unit in ("a", "mo"):
        return months_before(day, whole * (12 if window.unit == "a" else 1))
    days = {"wk": 7, "d": 1, "h": 1 / 24}.get(window.unit or "")
    return None if days is None else days_before(day, int(window.high * days))
