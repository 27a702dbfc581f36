"""Dates as intervals (https://hl7.org/fhir/R5/search.html#date): `2026-03` is the month, and so on.

In tables instants are ISO 8601 text in UTC, of one form, which orders as time does; in the search index they are
microseconds since the year 1, half the size.
"""

import re
from datetime import UTC, datetime, timedelta

from app import clock

_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)
EXPECTED = "a date such as 2026, 2026-03, 2026-03-01 or 2026-03-01T09:30:00Z"
PREFIXED = f"before it may stand one of {', '.join(_PREFIXES)}"


def split_prefix(value: str) -> tuple[str, str]:
    """`ge2026-03` -> (`ge`, `2026-03`); without a prefix it is `eq`."""
    return (value[:2], value[2:]) if value[:2] in _PREFIXES else ("eq", value)


def interval(value: str) -> tuple[datetime, datetime]:
    """The first instant of the date and the first one after it, in UTC; no zone means UTC. Raises ValueError."""
    found = _DATE.fullmatch(value.replace(" ", "+"))
    if not found:
        raise ValueError(f"'{value[:60]}' is not a date: expected {EXPECTED}")
    try:
        return _ends(found)
    except (ValueError, OverflowError) as error:  # such as 2026-13 and 9999
        raise ValueError(f"'{value}' is not a date: {error}; expected {EXPECTED}") from error


def _ends(found: re.Match[str]) -> tuple[datetime, datetime]:
    part = {name: text for name, text in found.groupdict().items() if text}
    numbers = {n: int(part[n]) for n in ("year", "month", "day", "hour", "minute", "second") if n in part}
    start = datetime(**{"month": 1, "day": 1, **numbers}, tzinfo=UTC)
    zone = part.get("zone", "Z")
    if zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        start -= (1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
    if "fraction" in part:
        start += timedelta(microseconds=round(float(part["fraction"]) * 1_000_000))
        return start, start + timedelta(microseconds=10 ** max(0, 7 - len(part["fraction"])))
    if "day" in part:
        unit = "seconds" if "second" in part else "minutes" if "minute" in part else "days"
        return start, start + timedelta(**{unit: 1})
    if "month" in part:
        return start, start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start, start.replace(year=start.year + 1)


def around(low: datetime, high: datetime) -> tuple[datetime, datetime]:
    """`ap`: a tenth of the distance to now more on each side, as far as there are dates."""
    margin = abs(clock.now() - low) / 10
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return max(low, first + margin) - margin, min(high, last - margin) + margin


def instant(moment: datetime) -> str:
    """The form in which instants are stored."""
    return clock.written(moment)


_FIRST = datetime.min.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
EVER = 1 << 60
"""Microseconds: after every date. What has no end ends then; what has no beginning begins at `-EVER`."""


def microseconds(moment: datetime) -> int:
    """Since the beginning of the year 1."""
    return (moment - _FIRST) // _MICROSECOND


def moment(count: int) -> datetime:
    """`microseconds` undone."""
    return _FIRST + count * _MICROSECOND
