"""The named conversions: what stands in a fact's spans -> the value.

What enters is one piece of text per span, as `app.record.spans.verbatim` gives it; what leaves is the value,
or None when the pieces are not of the form that the conversion reads. A conversion never guesses.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from app.record.codes import PARTY_ROLE, PHASE, SEX, STATUS, Vocabulary
from app.record.ids import condition_code
from app.record.parts import Age
from app.record.spans import fold_space
from app.sources.ages import in_days, read_ages
from app.sources.countries import country_code
from app.sources.eligibility.languages import read_type

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name: number for number, name in enumerate(_MONTH_NAMES, 1)},
    "sept": 9,
}
_DATES = (
    re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}), (?P<year>\d{4})"),
    re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Za-z]{3,9})\.? (?P<year>\d{4})"),
    re.compile(r"(?P<month>[A-Za-z]{3,9})\.? (?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?"),
)

TIME = re.compile(
    r"\b(?P<unit>Week|Month|Day|Year)(?P<many>s?) ?(?P<numbers>\d{1,4}(?:(?:, ?| and | to |-)\d{1,4}){0,20})\b"
)
"""One point in time of an outcome, such as `Week 24`; a space is sometimes lost: `Week24`."""

TIMELINE = {
    "First submit": "first-submitted",
    "Trial launched": "launched",
    "Trial updated": "last-update",
    "Estimated completion": "completion",
}
"""ClinConnect's labels -> the kind of date."""


def read_date(text: str) -> str | None:
    """`May 31, 2022`, `31 January 2026`, `Jan 2026` or ISO 8601 -> ISO 8601 at the precision given."""
    found = next((match for match in (form.fullmatch(text) for form in _DATES) if match), None)
    if not found:
        return None
    parts = found.groupdict()
    year, month, day = int(parts["year"]), parts["month"], parts.get("day")
    month_number = int(month) if month.isdigit() else _MONTH_NUMBERS.get(month.lower())
    if month_number is None:
        return None
    try:
        whole = date(year, month_number, int(day or 1)).isoformat()
    except ValueError:
        return None
    return whole if day else whole[:7]


def read_phases(text: str) -> list[str] | None:
    """`Phase N/A` -> `["n-a"]`, `Phase 1/2` -> `["phase-1", "phase-2"]`."""
    whole = PHASE.read(text)
    if whole:
        return [whole]
    word, _, rest = text.partition(" ")
    if word.lower() not in ("phase", "phases"):
        return None
    one = PHASE.read(rest)
    if one:
        return [one]
    parts = [part.strip() for part in rest.replace(",", "/").split("/")]
    codes = [PHASE.read(f"Phase {part.lower().removeprefix('phase').strip()}") for part in parts]
    known = [code for code in codes if code]
    return known if len(known) == len(parts) else None


def read_criterion_type(heading: str) -> str | None:
    """A heading that names inclusion or exclusion; `Non-inclusion criteria` are exclusion criteria."""
    return read_type(heading)


def read_outcome_type(label: str) -> str | None:
    word = label.split(" ", 1)[0].casefold()
    return word if word in ("primary", "secondary", "other") else None


def read_time_frame(pieces: list[str]) -> str | None:
    """`["Week 12", "Week24"]` -> `Week 12 and Week 24`."""
    times: list[str] = []
    for piece in pieces:
        for match in TIME.finditer(piece):
            time = f"{match['unit']}{match['many']} {match['numbers']}"
            if time not in times:
                times.append(time)
    if len(times) > 2:
        return f"{', '.join(times[:-1])} and {times[-1]}"
    return " and ".join(times) or None


def respell(pieces: list[str]) -> str | None:
    """A name that the page prints in capitals, as the same page spells it elsewhere (the second piece)."""
    printed, elsewhere = pieces
    return elsewhere if printed.casefold() == elsewhere.casefold() else None


def read_not_reported(pieces: list[str]) -> str | None:
    """A timeline label followed by `Not reported` -> the field that has no value."""
    label, value = pieces
    kind = TIMELINE.get(label)
    return f"dates.{kind}" if kind and value.casefold() == "not reported" else None


def lowest_minimum(pieces: list[str]) -> Age | None:
    """The lowest minimum age over the cohorts (one piece for each); None when a cohort has none."""
    ages = [bounds[0] if bounds else None for bounds in map(read_ages, pieces)]
    known = [age for age in ages if age]
    return min(known, key=in_days) if known and len(known) == len(ages) else None


def highest_maximum(pieces: list[str]) -> Age | None:
    """The highest maximum age over the cohorts (one piece for each); None when a cohort has none."""
    ages = [bounds[1] if bounds else None for bounds in map(read_ages, pieces)]
    known = [age for age in ages if age]
    return max(known, key=in_days) if known and len(known) == len(ages) else None


def _one(read: Callable[[str], Any]) -> Callable[[list[str]], Any]:
    return lambda pieces: read(fold_space(" ".join(pieces)))


def _coded(vocabulary: Vocabulary) -> Callable[[list[str]], Any]:
    return _one(vocabulary.read)


def _bound(index: int) -> Callable[[list[str]], Any]:
    def read(text: str) -> Age | None:
        bounds = read_ages(text)
        return bounds[index] if bounds else None

    return _one(read)


def _phase(index: int) -> Callable[[list[str]], Any]:
    def read(text: str) -> str | None:
        phases = read_phases(text) or []
        return phases[index] if index < len(phases) else None

    return _one(read)


CONVERSIONS: dict[str, Callable[[list[str]], Any]] = {
    "text": _one(str),
    "date": _one(read_date),
    "status": _coded(STATUS),
    "sex": _coded(SEX),
    "phase-1st": _phase(0),
    "phase-2nd": _phase(1),
    "phase-3rd": _phase(2),
    "party-role": _coded(PARTY_ROLE),
    "minimum-age": _bound(0),
    "maximum-age": _bound(1),
    "lowest-minimum-age": lowest_minimum,
    "highest-maximum-age": highest_maximum,
    "criterion-type": _one(read_criterion_type),
    "outcome-type": _one(read_outcome_type),
    "time-frame": read_time_frame,
    "country-code": _one(country_code),
    "condition-code": _one(condition_code),
    "respelled-name": respell,
    "not-reported": read_not_reported,
}
