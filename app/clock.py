"""The one clock, and the one source of names that are drawn by lot. `pin` fixes both for this process: the time then
stands still until it is moved, and names are counted instead of drawn, so that every run is the same.
"""

import secrets
from datetime import UTC, datetime, timedelta

_pinned: datetime | None = None
_names = 0


def now() -> datetime:
    """This instant, in UTC."""
    return _pinned or datetime.now(UTC)


def instant() -> str:
    """This instant in the form in which instants are stored and served: ISO 8601 in UTC with microseconds."""
    return written(now())


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def unguessable_name(size: int) -> str:
    """`size` bytes in hexadecimal that nobody can guess; in a pinned process the next number."""
    global _names
    if _pinned is None:
        return secrets.token_hex(size)
    _names += 1
    return f"{_names:0{2 * size}x}"


def pin(moment: datetime) -> None:
    """Stops the clock at this instant. `moment` has a zone."""
    global _pinned, _names
    _pinned, _names = moment.astimezone(UTC), 0


def move(seconds: float) -> None:
    """Sets a stopped clock forward."""
    global _pinned
    assert _pinned is not None, "the clock is not pinned"
    _pinned += timedelta(seconds=seconds)


def names_given() -> int:
    """How many names a pinned process has given out."""
    return _names
