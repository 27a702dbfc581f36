"""An Observation in, what it measures or states out (https://hl7.org/fhir/R5/observation.html), its components too.

LOINC codes are those of the vocabulary of criteria (`app.eligibility.words.vocabulary`) and those below, which name
the same thing by another method. Answers are LOINC's (https://loinc.org/82810-3, https://loinc.org/63895-7,
https://loinc.org/89247-1, https://loinc.org/89243-0) or SNOMED CT's.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from app.eligibility.matching.elements import Element
from app.eligibility.matching.facts import Born, Days, Fact, Key, Measured, Stated
from app.eligibility.words.tokens import read_tokens
from app.eligibility.words.units import is_ucum, read_unit
from app.eligibility.words.vocabulary import SUBJECTS

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
NOT_RESULTS = frozenset(("registered", "cancelled", "entered-in-error"))
SAME: dict[str, tuple[str, ...]] = {
    "718-7": ("20509-6", "30313-1"),
    "777-3": ("26515-7",),
    "6690-2": ("26464-8",),
    "751-8": ("26499-4",),
    "1742-6": ("1743-4",),
    "1920-8": ("30239-8",),
    "4548-4": ("17856-6",),
    "33914-3": ("48642-3", "62238-1", "98979-8"),
    "59408-5": ("2708-6",),
    "18185-9": ("11884-4",),
    "29463-7": ("3141-9", "3142-7"),
    "8302-2": ("3137-7", "8301-4"),
}
"""The vocabulary's code -> others for the same thing."""
AGES = ("30525-0", "21612-7")
SEX_AT_BIRTH = "76689-9"
ECOG = "LA9622-7 LA9623-5 LA9624-3 LA9625-0 LA9626-8 LA9627-6"
KARNOFSKY = "LA29175-9 LA29176-7 LA29177-5 LA29178-3 LA29179-1 LA29180-9 LA29181-7 LA29182-5 LA29183-3 LA29184-1"
"""The answers' codes: grades 0 to 5, and from 100 down by tens."""
BREASTFEEDING = "63895-7"
PREGNANCY, PREGNANCY_TESTS = "82810-3", ("2106-3", "2118-8")
ANSWERS: dict[tuple[str, str], bool | str | float] = {
    (LOINC, "LA15173-0"): True,
    (LOINC, "LA26683-5"): False,
    (SNOMED, "77386006"): True,
    (SNOMED, "60001007"): False,
    (LOINC, "LA6576-8"): True,
    (LOINC, "LA6577-6"): False,
    (SNOMED, "10828004"): True,
    (SNOMED, "260385009"): False,
    (LOINC, "LA2-8"): "male",
    (LOINC, "LA3-6"): "female",
    (LOINC, "LA29252-6"): True,
    (LOINC, "LA29253-4"): False,
    **{(LOINC, code): float(grade) for grade, code in enumerate(ECOG.split())},
    **{(LOINC, code): 100.0 - 10 * step for step, code in enumerate(KARNOFSKY.split())},
}
"""Pregnant or not, a positive or negative test, sex, breastfeeding or not, ECOG grades and Karnofsky's steps."""
_GRADE = re.compile(
    r"\s*(?:(?:ecog|who|zubrod|kps|karnofsky|lansky|performance|status|ps|grade|score|class)[\s:=,.()-]*){0,6}"
    r"(\d{1,3}(?:\.\d+)?)\s*%?\s*(?:[-\u2013\u2014:,;.(=)][^\d<>\u2264\u2265/+]*)?",
    re.I,
)
"""A whole answer that is one grade, with what it means behind a mark: `1 - restricted in strenuous activity`."""


def _by_loinc() -> dict[str, frozenset[Key]]:
    found: dict[str, set[Key]] = {}
    for subject in SUBJECTS.values():
        if subject.kind and subject.loinc:
            for code in (subject.loinc, *SAME.get(subject.loinc, ())):
                found.setdefault(code, set()).add((subject.kind, subject.key))
    return {code: frozenset(keys) for code, keys in found.items()}


BY_LOINC = _by_loinc()


def read_observation(resource: Element, reference: str | None, day: date) -> Iterator[Measured | Stated | Born]:
    """All that it says of the patient; nothing where it is no result."""
    if resource.text("status") in NOT_RESULTS:
        return
    when = resource.days("effectiveDateTime") or resource.days("effectiveInstant") or resource.period("effectivePeriod")
    for part in (resource, *resource.children("component")):
        code = part.child("code")
        if code is None:
            continue
        names = {one for system, one in code.codes() if system == LOINC}
        fact = _fact(part, code, reference)
        if fact is None or not names:
            continue
        yield from _read(part, names, fact, when, day)


def _fact(part: Element, code: Element, reference: str | None) -> Fact | None:
    values = sorted(name for name in part.value if name.startswith("value") and part.value[name] is not None)
    if len(values) > 1:
        raise part.refuse(values[1], f"one value, not {values[0]} as well")
    if not values:
        return None
    return Fact("Observation", reference, code.title() or "", (values[0], part.value[values[0]]))


def _read(
    part: Element, names: set[str], fact: Fact, when: Days | None, day: date
) -> Iterator[Measured | Stated | Born]:
    answer = _answer(part)
    if names & {PREGNANCY, *PREGNANCY_TESTS} and isinstance(answer, bool):
        yield Stated("pregnancy", answer, when, fact)
    if BREASTFEEDING in names and isinstance(answer, bool):
        yield Stated("breastfeeding", answer, when, fact)
    if SEX_AT_BIRTH in names and isinstance(answer, str):
        yield Stated("sex", answer, when, fact)
    if names & set(AGES):
        yield from _age(part, fact, when, day)
    keys = frozenset(key for name in names for key in BY_LOINC.get(name, ()))
    if keys:
        yield from _measured(part, keys, fact, when)


def _answer(part: Element) -> bool | str | float | None:
    """The value of a coded or simple answer, None where it is none that is known here."""
    concept = part.child("valueCodeableConcept")
    if concept is not None:
        known = {ANSWERS[code] for code in concept.codes() if code in ANSWERS}
        return known.pop() if len(known) == 1 else _grade(concept.title() or "")
    if part.value.get("valueBoolean") is not None:
        return part.flag("valueBoolean")
    if part.value.get("valueInteger") is not None:
        return part.number("valueInteger")
    return _grade(part.text("valueString") or "")


def _grade(text: str) -> float | None:
    """`1`, `ECOG 1`, `1 - restricted in strenuous activity`; None for `1 or 2`, `0 to 3`, `1.5/2`."""
    found = _GRADE.fullmatch(text)
    return float(found[1]) if found else None


def _measured(part: Element, keys: frozenset[Key], fact: Fact, when: Days | None) -> Iterator[Measured]:
    quantity = part.child("valueQuantity")
    if quantity is None:
        answer = _answer(part)
        graded = any(kind == "performance-status" for kind, _ in keys)
        if isinstance(answer, float) and (answer.is_integer() or not graded):
            yield Measured(keys, answer, answer, False, False, None, (None, None), when, fact)
        return
    value, comparator = quantity.number("value"), quantity.text("comparator")
    if value is None:
        return
    if comparator not in (None, "<", "<=", ">", ">=", "ad"):
        raise quantity.refuse("comparator", "one of <, <=, >=, >, ad")
    low = None if comparator in ("<", "<=") else value
    high = None if comparator in (">", ">=", "ad") else value
    unit = unit_of(quantity)
    yield Measured(keys, low, high, comparator == ">", comparator == "<", unit, _normal(part, unit), when, fact)


def unit_of(quantity: Element) -> str | None:
    """The UCUM code: as it is coded, or as its unit is spelt; None where there is no unit."""
    code, unit = quantity.text("code"), quantity.text("unit")
    if code and quantity.text("system") in (None, UCUM):
        return code
    if not unit or is_ucum(unit):
        return unit
    tokens = read_tokens(unit)
    spelt, next = read_unit(tokens, 0)
    return spelt if spelt and next == len(tokens) else unit


def _normal(part: Element, unit: str | None) -> tuple[float | None, float | None]:
    """The limits of normal in the value's own unit, where just one range states them."""
    ranges = [one for one in part.children("referenceRange") if _is_normal(one)]
    if len(ranges) != 1:
        return None, None
    limits: list[float | None] = []
    for name in ("low", "high"):
        limit = ranges[0].child(name)
        same = limit is not None and (unit_of(limit) or unit) == unit
        limits.append(limit.number("value") if limit is not None and same else None)
    return limits[0], limits[1]


def _is_normal(one: Element) -> bool:
    kind = one.child("type")
    return kind is None or any(code == "normal" for _, code in kind.codes())


def _age(part: Element, fact: Fact, when: Days | None, day: date) -> Iterator[Born]:
    """An age as the days on which somebody of that age was born: on the day that it was stated, or today."""
    quantity = part.child("valueQuantity")
    if quantity is None or quantity.text("comparator") or (value := quantity.number("value")) is None:
        return
    unit = unit_of(quantity) or "a"
    if value < 0 or value > 50_000:
        raise quantity.refuse("value", "an age")
    first, last = when or (day, day)
    if unit == "a" and not value.is_integer():
        unit, value = "mo", float(int(value * 12))
    whole = int(value)
    if unit in ("a", "mo"):
        months = 12 if unit == "a" else 1
        earliest = months_before(first, (whole + 1) * months) + timedelta(days=1)
        yield Born((earliest, months_before(last, whole * months)), fact)
    elif unit in ("wk", "d"):
        days = 7 if unit == "wk" else 1
        yield Born((days_before(first, (whole + 1) * days - 1), days_before(last, whole * days)), fact)


def days_before(day: date, days: int) -> date:
    """So many days earlier; not before the year 1."""
    return date.fromordinal(max(1, day.toordinal() - days))


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months ago, or the last one of that month; not before the year 1."""
    count = max(12, day.year * 12 + day.month - 1 - months)
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    return date(year, month + 1, 28)
