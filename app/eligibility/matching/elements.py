"""Elements of a FHIR resource from a stranger, read with their types: what is wrong is refused by its FHIRPath.

https://hl7.org/fhir/R5/datatypes.html. Raises RequestError 400 naming the element, its value and what was expected.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from app.eligibility.matching.facts import Days
from app.errors import RequestError
from app.record.ids import fold

Json = dict[str, Any]
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)?)?")
_SEMANTIC_TAG = re.compile(r" \([a-z /+-]+\)$")
"""`Vitiligo (disorder)`: SNOMED CT's fully specified names end so."""


class Element(NamedTuple):
    """A JSON object and its FHIRPath."""

    value: Json
    path: str

    def refuse(self, name: str, expected: str) -> RequestError:
        path = f"{self.path}.{name}"
        return RequestError(400, "value", f"{path} is {shown(self.value.get(name))}: expected {expected}", path)

    def text(self, name: str) -> str | None:
        value = self.value.get(name)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise self.refuse(name, "a string")
        return value

    def flag(self, name: str) -> bool | None:
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.refuse(name, "true or false")
        return value

    def number(self, name: str) -> float | None:
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.refuse(name, "a number")
        return float(value)

    def child(self, name: str) -> "Element | None":
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refuse(name, "an object")
        return Element(value, f"{self.path}.{name}")

    def children(self, name: str) -> Iterator["Element"]:
        value = self.value.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.refuse(name, "an array")
        for number, one in enumerate(value):
            if not isinstance(one, dict):
                path = f"{self.path}.{name}[{number}]"
                raise RequestError(400, "structure", f"{path} is {shown(one)}: expected an object", path)
            yield Element(one, f"{self.path}.{name}[{number}]")

    def days(self, name: str) -> Days | None:
        """The days of a date, dateTime or instant."""
        text = self.text(name)
        if text is None:
            return None
        found = _DATE.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(part) if part else None for part in found.groups())
            last = day or monthrange(year or 0, month or 12)[1]
            return date(year or 0, month or 1, day or 1), date(year or 0, month or 12, last)
        except ValueError:
            raise self.refuse(name, "a date such as 1980, 1980-05 or 1980-05-17") from None

    def period(self, name: str) -> Days | None:
        """From the first day of its start to the last one of its end; None where it states neither."""
        period = self.child(name)
        if period is None:
            return None
        start, end = period.days("start"), period.days("end")
        if start is None or end is None:
            return start or end
        if start[0] > end[1]:
            raise period.refuse("end", "a day that is not before the start")
        return start[0], end[1]

    def codes(self) -> frozenset[tuple[str, str]]:
        """(system, code) of a CodeableConcept."""
        found = [(coding.text("system") or "", coding.text("code")) for coding in self.children("coding")]
        return frozenset((system, code) for system, code in found if code)

    def names(self) -> frozenset[str]:
        """The folded text and displays of a CodeableConcept."""
        said = [self.text("text"), *(coding.text("display") for coding in self.children("coding"))]
        return frozenset(fold(_SEMANTIC_TAG.sub("", one)) for one in said if one)

    def title(self) -> str | None:
        """How a CodeableConcept reads: its text, or its first display or code."""
        codings = list(self.children("coding"))
        displays = sorted(filter(None, (coding.text("display") for coding in codings)))
        codes = sorted(filter(None, (coding.text("code") for coding in codings)))
        return next(iter([*filter(None, [self.text("text")]), *displays, *codes]), None)


def shown(value: Any) -> str:
    """A value for a message, cut short."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
