"""Age bounds in the few forms that leave no doubt: a listing's age line, and the beginning of a criterion.

Anything else (an open bound such as `less than 22 years`, ages that differ by sex) is left unread.
"""

import re
from typing import cast

from app.record.parts import Age, AgeUnit

_DAYS = {"years": 365.25, "months": 30.4375, "weeks": 7.0, "days": 1.0}
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?"
_UNIT = r"(?:year|month|week|day)s?"
_WHO = r"(?:(?:any )?(?:adult )?(?:participant|patient|subject|person|people|individual)s? (?:of )?)?aged?:? ?"
_AT_LEAST = r"(?:>=|≥) ?"
_AT_MOST = r"(?:<=|≤) ?"

_RANGE = (
    rf"(?P<low>{_NUMBER})(?: ?(?P<low_unit>{_UNIT}))? ?(?:-|–|to|and) ?"
    rf"(?P<high>{_NUMBER}) ?(?P<unit>{_UNIT})(?: of age| old)?"
)
_OLDER = rf"(?P<low>{_NUMBER}) ?(?P<unit>{_UNIT})(?: of age| old)? (?:and|or) (?:older|over|above)"
_YOUNGER = rf"(?P<high>{_NUMBER}) ?(?P<unit>{_UNIT})(?: of age| old)? (?:and|or) (?:younger|under|below)"
_FROM_TO = (
    rf"{_AT_LEAST}(?P<low>{_NUMBER})(?: ?(?P<low_unit>{_UNIT}))? (?:to|and) "
    rf"{_AT_MOST}(?P<high>{_NUMBER}) ?(?P<unit>{_UNIT})(?: of age| old)?"
)
_FROM = rf"{_AT_LEAST}(?P<low>{_NUMBER}) ?(?P<unit>{_UNIT})(?: of age| old)?"

_LINES = tuple(re.compile(form, re.IGNORECASE) for form in (_RANGE, _OLDER, _YOUNGER))
_CRITERIA = tuple(
    re.compile(rf"{_WHO}{form}(?P<rest>$|[.;,]| (?:at|on|when)\b)", re.IGNORECASE)
    for form in (_FROM_TO, _FROM, _RANGE, _OLDER, _YOUNGER)
)


def _unit(word: str) -> AgeUnit:
    return cast(AgeUnit, word.lower().removesuffix("s") + "s")


def _bounds(match: re.Match[str]) -> tuple[Age | None, Age | None]:
    parts = match.groupdict()
    unit = _unit(parts["unit"])
    low, high = parts.get("low"), parts.get("high")
    low_unit = _unit(parts["low_unit"]) if parts.get("low_unit") else unit
    return (
        Age(value=float(low), unit=low_unit) if low else None,
        Age(value=float(high), unit=unit) if high else None,
    )


def read_age_line(text: str) -> tuple[Age | None, Age | None] | None:
    """`12 years and older` -> (12 years, None); None when the whole line is not an age range."""
    match = next((match for match in (form.fullmatch(text) for form in _LINES) if match), None)
    return _bounds(match) if match else None


def read_age_criterion(text: str) -> tuple[Age | None, Age | None] | None:
    """`Aged >=12 to <=65 years.` -> (12 years, 65 years); None when the criterion says anything more about numbers."""
    for form in _CRITERIA:
        match = form.match(text)
        if match and not any(c.isdigit() for c in text[match.start("rest") :]):
            return _bounds(match)
    return None


def read_ages(text: str) -> tuple[Age | None, Age | None] | None:
    return read_age_line(text) or read_age_criterion(text)


def in_days(age: Age) -> float:
    """For comparing ages only: a year counts 365.25 days, a month a twelfth of that."""
    return age.value * _DAYS[age.unit]
