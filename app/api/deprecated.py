"""What is deprecated, as a table: its entries are announced in the answers that they concern and in `/openapi.json`.

`Deprecation` is RFC 9745, `Sunset` RFC 8594. What goes must stand here, released, until the day of its sunset.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

_BRACES = re.compile(r"\\?\{[^}]*\}")


class Deprecated(NamedTuple):
    """A route, or one parameter in its query. `path` is written as in OpenAPI (`/api/v1/sites/{id}`), `instead` says
    what to use."""

    path: str
    since: date
    sunset: date
    instead: str
    method: str = "GET"
    parameter: str = ""


LEAST_DAYS = 365
"""From the announcement to the end."""
DEPRECATED: tuple[Deprecated, ...] = ()


def headers_for(table: Sequence[Deprecated], method: str, path: str, query: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer: of all that it was asked with, the earliest dates."""
    asked = "GET" if method == "HEAD" else method
    found = [one for one in table if one.method == asked and _pattern(one.path).fullmatch(path)]
    if any(one.parameter for one in found):
        names = {name.partition(":")[0] for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
        found = [one for one in found if not one.parameter or one.parameter in names]
    if not found:
        return []
    since = _midnight(min(one.since for one in found))
    sunset = _midnight(min(one.sunset for one in found))
    return [
        (b"deprecation", b"@%d" % since.timestamp()),
        (b"sunset", format_datetime(sunset, usegmt=True).encode()),
    ]


def announce(table: Iterable[Deprecated], document: dict[str, Any]) -> None:
    """Marks operations and parameters in the document. Raises ValueError for an entry that names none of them, or
    that ends too soon."""
    for one in table:
        if (one.sunset - one.since).days < LEAST_DAYS:
            raise ValueError(
                f"DEPRECATED: the sunset of {one.path} is {one.sunset}: expected {LEAST_DAYS} days or more"
            )
        operation = document["paths"].get(one.path, {}).get(one.method.lower())
        marked = operation
        if operation and one.parameter:
            named = (given for given in operation["parameters"] if given.get("name") == one.parameter)
            marked = next(named, None)
        if marked is None:
            what = f"{one.method} {one.path} {one.parameter}".strip()
            raise ValueError(f"DEPRECATED: '{what}' is not in the contract: expected an operation or its parameter")
        note = f"Deprecated since {one.since}, gone on {one.sunset}: {one.instead}"
        marked["deprecated"] = True
        marked["description"] = f"{marked.get('description', '')}\n\n{note}".strip()
        for name, answer in operation["responses"].items():
            if name == "200":
                for header in ("Deprecation", "Sunset"):
                    answer["headers"][header] = {"$ref": f"#/components/headers/{header}"}


@lru_cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_BRACES.sub("[^/]+", re.escape(path)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
