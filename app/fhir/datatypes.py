"""Small builders of FHIR data types (https://hl7.org/fhir/R5/datatypes.html): legal by construction.

A builder that has nothing to say returns an empty dict, and `element` leaves out whatever is empty: FHIR
JSON knows no empty string, array or object (https://hl7.org/fhir/R5/json.html).
"""

import re
from functools import lru_cache
from typing import Any

from app.record.codes import AGE_UNITS
from app.record.parts import Age

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
DATA_ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# What a FHIR string cannot hold: control characters (https://hl7.org/fhir/R5/datatypes.html#string), lone surrogates,
# which no UTF-8 can say, white space beyond R4's pattern `[ \r\n\t\S]+` as a JavaScript client reads it, and the two
# that no XML can say (https://www.w3.org/TR/xml/#charsets)
_ILLEGAL = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\ufeff\ufffe\uffff\ud800-\udfff]")
_SPACE = re.compile(r"\s")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_CODE = re.compile(r"[a-z0-9-]+")
_ACRONYMS = {"csr", "dmc", "dna", "fda", "fdaaa", "icf", "ipd", "irb", "nih", "qc", "sap", "us"}
_WORDINGS = {"na": "N/A", "ect": "Educational/Counseling/Training"}


def clean(text: str) -> str:
    """`text` as a legal FHIR string: an illegal character becomes a space; no white space at the ends."""
    # a printable text holds none of them: measured ten times faster than the pattern
    if text.isprintable() or text.replace("\n", "").isprintable():
        return text.strip()
    return _ILLEGAL.sub(" ", text).strip()


@lru_cache(maxsize=1 << 10)
def words(code: str) -> str:
    """How a code of ours reads: `older-adult` -> `Older adult`, `has-dmc` -> `Has DMC`; other text stays as it is."""
    if not _CODE.fullmatch(code):
        return code
    if code in _WORDINGS:
        return _WORDINGS[code]
    text = " ".join(part.upper() if part in _ACRONYMS else part for part in code.split("-"))
    return text[:1].upper() + text[1:]


def web_address(text: str | None) -> str | None:
    """`text` if it can be a FHIR url (`\\S+`), else None."""
    address = clean(text or "")
    return address if address and not _SPACE.search(address) else None


def date_time(text: str | None) -> str | None:
    """`text` if it is a FHIR date of any precision, else None."""
    return text if text and _DATE.fullmatch(text) else None


_NUMBERS = (bool, int, float)
"""Of which False and 0 are values."""


def element(**fields: Any) -> Json:
    """The fields that hold something, in the order given: strings cleaned, lists of objects without the empty ones."""
    present: Json = {}
    # most of the time of rendering is spent in this loop: hence `type`, and `clean` with its usual case here
    for name, value in fields.items():
        kind = type(value)
        if kind is str:
            value = value.strip() if value.isprintable() else clean(value)
        elif kind is list:
            value = [item for item in value if item]
        if value or kind in _NUMBERS:
            present[name] = value
    return present


def resource(resource_type: str, resource_id: str, **fields: Any) -> Json:
    return element(resourceType=resource_type, id=resource_id, **fields)


def coding(system: str, code: str | None, display: str | None = None) -> Json:
    if not code:
        return {}
    if " " in code or not code.isprintable():  # printable text has no other white space
        code = " ".join(clean(code).split())
        if not code:
            return {}
    made = {"system": system, "code": code}
    if display and (display := clean(display)):
        made["display"] = display
    return made


def concept(*codings: Json, text: str | None = None) -> Json:
    made: Json = {}
    if kept := [coding for coding in codings if coding]:
        made["coding"] = kept
    if text and (text := clean(text)):
        made["text"] = text
    return made


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
    if parts and (kept := [part for part in parts if part]):
        return {"url": url, "extension": kept}
    content = element(**value)
    return {"url": url, **content} if content else {}


def absent(reason: str = "unknown") -> Json:
    """Stands where a required value is not known (https://hl7.org/fhir/extensions/StructureDefinition-data-absent-reason.html)."""
    return extension(DATA_ABSENT_REASON, valueCode=reason)
