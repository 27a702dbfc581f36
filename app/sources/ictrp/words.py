"""The words of registries' fields -> our codes, dates and ages, only where the meaning is the same.

A reader gives the value, or None and the code of the issue that says why there is none.
WHO's items: https://www.who.int/tools/clinical-trials-registry-platform/network/who-data-set
"""

import re
from datetime import date
from typing import Literal, NamedTuple

from app.record.codes import PHASE, SEX, STATUS
from app.record.parts import Age, AgeUnit
from app.sources.conversions import read_date

Order = Literal["day-first", "month-first"]

STATUS_WORDS = {
    # WHO item 18: "Pending: participants are not yet being recruited or enrolled at any site"
    "pending": "not-yet-recruiting",
    "temporary halt": "suspended",
    "temporarily halted": "suspended",
    "prematurely ended": "terminated",
}
"""Beside the words of ClinicalTrials.gov. Not in it: `Not recruiting` (not yet, or no longer?), `Complete` and
`Completed` (WHO: recruitment is complete; ClinicalTrials.gov: the study is), `Authorised`, `Ongoing`, `Other`."""
_WHO_DIFFERS = ("completed", "unknown", "unknown status")

SEX_WORDS = {
    "both": "all",
    "both males and females": "all",
    "both, male and female": "all",
    "both male and female": "all",
    "male and female": "all",
    "male/female": "all",
    "female, male": "all",
    "male, female": "all",
    "female: yes male: yes": "all",
    "female: yes male: no": "female",
    "female: no male: yes": "male",
    "females": "female",
    "males": "male",
    "f": "female",
    "m": "male",
}
STUDY_TYPES = {
    "interventional": "interventional",
    "interventional study": "interventional",
    "interventional trial": "interventional",
    "interventional clinical trial of medicinal product": "interventional",
    "observational": "observational",
    "observational study": "observational",
    "expanded access": "expanded-access",
}
NOTHING = frozenset(
    ("n/a", "n.a.", "n.a", "na", "none", "nil", "-", "--", "null", "not applicable", "not available", "not specified")
)
"""Words that say that there is no value."""

_TIME = re.compile(r"[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d{1,12})?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_PLACEHOLDER = "1900-01-01"

_AGE = re.compile(r"(?P<sign>>=|≥|<=|≤)?(?P<value>\d{1,3}(?:\.\d{1,2})?)(?P<unit>[a-z()-]{0,12})", re.ASCII)
_NO_BOUND = frozenset(("no limit", "no limits", "no maximum age", "no minimum age", "no maximum", "no minimum"))
_AGE_UNITS: dict[str, AgeUnit] = {
    **dict.fromkeys(("y", "yr", "yrs", "year", "years", "year(s)", "yearsold", "years-old", "ageold"), "years"),
    **dict.fromkeys(("month", "months", "month(s)", "monthsold"), "months"),
    **dict.fromkeys(("w", "week", "weeks", "week(s)"), "weeks"),
    **dict.fromkeys(("d", "day", "days", "day(s)"), "days"),
}
"""No `m`: months or minutes."""

_ROMAN = {"0": "0", "i": "1", "ii": "2", "iii": "3", "iv": "4", "1": "1", "2": "2", "3": "3", "4": "4"}
_PHASE_PARTS = re.compile(r"\s*(?:/|,|-|&|\band\b)\s*(?:phase\s*)?", re.IGNORECASE)
_PHASE_ANSWER = re.compile(r"\(Phase (?P<phase>I{1,3}|IV)\)\s{0,9}:\s{0,9}(?P<answer>yes|no)\b", re.IGNORECASE)
_PHASE_NAMED = re.compile(r"\bPhase (?P<phase>IV|I{1,3})\b", re.IGNORECASE)


class DateRead(NamedTuple):
    value: str | None
    problem: str | None = None
    """`ambiguous-date`, `placeholder-date` or `unreadable-date`."""


class AgeRead(NamedTuple):
    value: Age | None
    problem: str | None = None
    """`age-without-unit` or `unreadable-age`; none where the source says that there is no bound."""


def read_source_date(text: str, order: Order | None = None) -> DateRead:
    """ISO 8601 of a date in any form that registries use; a time of day is left off.

    `order` is the rule of the field for `3/8/2020`. Without a rule, such a date is read only when one order makes
    a date or both make the same.
    """
    day = _TIME.sub("", text.strip(), count=1).strip()
    if match := _COMPACT.fullmatch(day) or _YEAR_FIRST.fullmatch(day):
        value = _make_date(match[1], match[2], match[3])
    elif match := _SLASHED.fullmatch(day):
        day_first = _make_date(match[4], match[3], match[1])
        month_first = _make_date(match[4], match[1], match[3])
        if order is None and day_first and month_first and day_first != month_first:
            return DateRead(None, "ambiguous-date")
        value = (month_first or day_first) if order == "month-first" else (day_first or month_first)
    else:
        value = day if _YEAR.fullmatch(day) else read_date(day)
    if value == _PLACEHOLDER:
        return DateRead(None, "placeholder-date")
    return DateRead(value, None if value else "unreadable-date")


def read_source_age(text: str, bound: Literal["minimum", "maximum"]) -> AgeRead:
    """`18Y`, `18 Years`, `>= 20age old` -> the age; `0` and a number without unit are not read."""
    words = " ".join(text.lower().split())
    if words in _NO_BOUND or words in NOTHING:
        return AgeRead(None)
    match = _AGE.fullmatch(words.replace(" ", ""))
    if not match or (match["sign"] and (match["sign"] in (">=", "≥")) != (bound == "minimum")):
        return AgeRead(None, "unreadable-age")
    unit = _AGE_UNITS.get(match["unit"])
    if unit is None:
        return AgeRead(None, "unreadable-age" if match["unit"] else "age-without-unit")
    return AgeRead(Age(value=float(match["value"]), unit=unit))


def read_status(text: str) -> str | None:
    """The code of a status of recruitment whose meaning is ours."""
    word = " ".join(text.lower().split())
    return STATUS_WORDS.get(word) or (None if word in _WHO_DIFFERS else STATUS.read(word))


def read_sex(text: str) -> str | None:
    word = " ".join(text.lower().split())
    return SEX_WORDS.get(word) or SEX.read(word)


def read_source_phases(text: str) -> list[str] | None:
    """`2-3`, `Phase II/III`, `Not Applicable`, or the yes and no of each phase; None for anything more.

    ClinicalTrials.gov's early phase 1 was called phase 0.
    """
    words = " ".join(text.split())
    answers = _PHASE_ANSWER.findall(words)
    if answers:
        yes = {_ROMAN[phase.lower()] for phase, answer in answers if answer.lower() == "yes"}
        return [f"phase-{number}" for number in sorted(yes)] or None
    whole = PHASE.read(words)
    if whole:
        return [whole]
    bare = re.sub(r"^phases?\s*:?\s*", "", words, flags=re.IGNORECASE)
    numbers = [_ROMAN.get(part.lower()) for part in _PHASE_PARTS.split(bare)]
    known = [number for number in numbers if number]
    if len(known) != len(numbers) or len(known) > 2 or known != sorted(set(known)):
        return None
    if len(known) == 2 and int(known[1]) - int(known[0]) != 1:
        return None
    return ["early-phase-1" if number == "0" else f"phase-{number}" for number in known]


def read_named_phases(text: str) -> list[str]:
    """The phases named in a sentence: `Phase II and Phase III (Integrated)`."""
    return [f"phase-{number}" for number in sorted({_ROMAN[name.lower()] for name in _PHASE_NAMED.findall(text)})]


def read_count(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,7}", text.strip(), re.ASCII) else None


def _make_date(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
