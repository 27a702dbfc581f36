"""Small builders of FHIR data types (https://hl7.org/fhir/R5/datatypes.html): legal by construction.

A builder that has nothing to say returns an empty dict, and `element` leaves out whatever is empty: FHIR
JSON knows no empty string, array or object (https://hl7.org/fhir/R5/json.html).
"""

import re
from typing import Any

from app.record.codes import AGE_UNITS
from app.record.trial import Age

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# What a FHIR string cannot hold: control characters (https://hl7.org/fhir/R5/datatypes.html#string), lone surrogates,
# which no UTF-8 can say, and white space beyond R4's pattern `[ \r\n\t\S]+` as a JavaScript client reads it
_ILLEGAL = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\ufeff\ud800-\udfff]")


def clean(text: str) -> str:
    """`text` as a legal FHIR string: an illegal character becomes a space; no white space at the ends."""
    # a printable text holds none of them: measured ten times faster than the pattern
    return text.strip() if text.isprintable() else _ILLEGAL.sub(" ", text).strip()


def element(**fields: Any) -> Json:
    """The fields that hold something, in the order given: strings cleaned, lists of objects without the empty ones."""
    present: Json = {}
    for name, value in fields.items():
        if isinstance(value, str):
            value = clean(value)
        elif isinstance(value, list):
            value = [item for item in value if item]
        # False and 0 are values
        if value or isinstance(value, int | float):
            present[name] = value
    return present


def resource(resource_type: str, resource_id: str, **fields: Any) -> Json:
    return element(resourceType=resource_type, id=resource_id, **fields)


def coding(system: str, code: str | None, display: str | None = None) -> Json:
    return element(system=system, code=code, display=display) if code else {}


def concept(*codings: Json, text: str | None = None) -> Json:
    return element(coding=list(codings), text=text)


def reference(
    resource_type: str, resource_id: str, display: str | None = None, extension: list[Json] | None = None
) -> Json:
    return element(extension=extension, reference=f"{resource_type}/{resource_id}", display=display)


def annotation(text: str, author: str | None = None) -> Json:
    return element(authorString=author, text=text) if clean(text) else {}


def quantity(age: Age | None) -> Json:
    """An age with its UCUM unit; a whole number is written as one."""
    if age is None:
        return {}
    value = int(age.value) if age.value.is_integer() else age.value
    return element(value=value, unit=age.unit, system=UCUM, code=AGE_UNITS[age.unit])


def extension(url: str, *parts: Json, **value: Any) -> Json:
    """A simple extension (`valueString="x"`) or a complex one (its parts); empty when there is neither."""
    content = element(extension=list(parts), **value)
    return {"url": url, **content} if content else {}


def absent(reason: str = "unknown") -> Json:
    """Stands where a required value is not known (https://hl7.org/fhir/extensions/StructureDefinition-data-absent-reason.html)."""
    return extension(DATA_ABSENT_REASON, valueCode=reason)
