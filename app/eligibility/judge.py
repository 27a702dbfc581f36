"""One constraint and the facts in; whether the constraint holds of the patient out: yes, no, or not known and why.

Three-valued: what no fact tells is None, and so is what facts tell differently. An age is in completed units, as
registries state it: `65 years` is until the 66th birthday; `older than 18 years` leaves the year after the 18th open.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from app.eligibility.constraint import Constraint
from app.eligibility.facts import Born, Coded, Fact, Facts, Key, Measured, Stated
from app.eligibility.observed import months_before
from app.eligibility.units import comparable
from app.eligibility.vocabulary import molar_mass_of
from app.record.ids import fold

SAME_SCALE = ("ecog", "who", "zubrod")
"""Names of one scale, 0 to 5 (https://ecog-acrin.org/resources/ecog-performance-status/)."""
MEASURED = ("measurement", "performance-status", "score", "bmi", "weight", "height", "body-surface-area")
Names = Mapping[tuple[str, str], frozenset[tuple[str, str]]]
"""(`condition` or `drug`, the record's name of it) -> its codes, as (system, code)."""
Timed = TypeVar("Timed", Measured, Stated, Coded)


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
        stated = _latest([one for one in facts.stated if one.kind == kind], facts.day)
        return _agreed(
            [(_in_time(bool(one.value), one, since), one.fact) for one in stated], f"no {kind} status was sent"
        )
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
    kept = tuple({repr(fact): fact for _, fact in said}.values())  # a JSON value has no hash
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


def completed(born: date, day: date, unit: str) -> int:
    """Years (`a`), months, weeks or days that have passed."""
    if unit in ("wk", "d"):
        return (day - born).days // (7 if unit == "wk" else 1)
    months = (day.year - born.year) * 12 + day.month - born.month
    while months > 0 and months_before(day, months) < born:
        months -= 1
    return months // 12 if unit == "a" else months


def _sex(constraint: Constraint, facts: Facts) -> Verdict:
    sexes = [one for one in facts.stated if one.kind == "sex"]
    if constraint.code == "all":
        return Verdict(True, tuple(one.fact for one in sexes))
    return _agreed([(one.value == constraint.code, one.fact) for one in sexes], "no sex was sent")


def _measured(constraint: Constraint, facts: Facts, since: date | None) -> Verdict:
    wanted = _keys(constraint)
    found = [one for one in facts.measured if not wanted.isdisjoint(one.keys)]
    latest = _latest(found, facts.day)
    what = constraint.code or constraint.kind.replace("-", " ")
    verdict = _agreed(
        [(_in_time(_within(constraint, one), one, since), one.fact) for one in latest], f"no {what} was sent"
    )
    if verdict.facts and verdict.holds is None and constraint.limit and not any(any(one.normal) for one in latest):
        return verdict._replace(why="the observation has no reference range")
    return verdict


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
    mass = molar_mass_of(constraint.code) if constraint.code else None
    turned = comparable(value, measured.unit, constraint.unit, mass)
    if turned is None:  # an enzyme's unit is written either way
        units = measured.unit.replace("[IU]", "U"), constraint.unit.replace("[IU]", "U")
        turned = comparable(value, *units, mass) if units != (measured.unit, constraint.unit) else None
    return turned


def _is_count(unit: str | None) -> bool:
    """Whether a unit is no more than a note: `{score}`."""
    return bool(unit) and str(unit).startswith("{") and str(unit).endswith("}")


def _coded(constraint: Constraint, facts: Facts, names: Names, since: date | None) -> Verdict:
    """By a code or by name. That none was sent does not say that there is none."""
    codes, name = names.get((constraint.kind, constraint.code or ""), frozenset()), fold(constraint.code or "")
    kinds = ("condition",) if constraint.kind == "condition" else ("drug", "procedure")
    found = [one for one in facts.coded if one.kind in kinds and (name in one.names or not codes.isdisjoint(one.codes))]
    said = [(_in_time(one.holds, one, since), one.fact) for one in found]
    if any(holds for holds, _ in said):  # once is enough
        said = [pair for pair in said if pair[0]]
    return _agreed(said, f"no {constraint.code} was sent")


def _latest(found: Sequence[Timed], day: date) -> list[Timed]:
    """Those that may be the newest: undated ones may; what is of a later day than `day` is not yet so."""
    past = [one for one in found if one.when is None or one.when[0] <= day]
    newest = max((one.when[0] for one in past if one.when is not None), default=None)
    return [one for one in past if one.when is None or newest is None or one.when[1] >= newest]


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
    return None if days is None else day - timedelta(days=int(window.high * days))
