"""Is a JSON value one of a primitive type's? (https://hl7.org/fhir/R5/datatypes.html#primitive)

Enters a type and a value, leaves what was expected, or None when it is right.
"""

import datetime
import math
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element as Node

from app.fhir.xml_narrative import XHTML, parse_div

MAX_STRING = 1024 * 1024

_DAY = r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
INTEGERS = {"integer": (-(2**31), 2**31 - 1), "unsignedInt": (0, 2**31 - 1), "positiveInt": (1, 2**31 - 1)}
FORMS = {
    "code": (r"[^\s]+( [^\s]+)*", "words with one space between them"),
    "id": (r"[A-Za-z0-9\-.]{1,64}", "1 to 64 letters, digits, hyphens or dots"),
    "uri": (r"\S+", "a URI without white space"),
    "oid": (r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+", "urn:oid: and an OID"),
    "uuid": (
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "urn:uuid: and a lower-case UUID",
    ),
    "date": (rf"[0-9]{{4}}(-(0[1-9]|1[0-2]))?|{_DAY}", "a date: YYYY, YYYY-MM or YYYY-MM-DD"),
    "dateTime": (
        rf"[0-9]{{4}}(-(0[1-9]|1[0-2]))?|{_DAY}(T{_TIME}{_ZONE})?",
        "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone",
    ),
    "instant": (rf"{_DAY}T{_TIME}{_ZONE}", "YYYY-MM-DDThh:mm:ss with a time zone"),
    "time": (_TIME, "hh:mm:ss"),
    "integer64": (r"0|-?[1-9][0-9]{0,18}", "a string of a whole number"),
    "base64Binary": (r"[A-Za-z0-9+/\s]*={0,2}\s*", "base64"),
}
FORMS |= {"canonical": FORMS["uri"], "url": FORMS["uri"]}
_COMPILED = {name: (re.compile(pattern), expected) for name, (pattern, expected) in FORMS.items()}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

# https://hl7.org/fhir/R5/narrative.html#xhtml: HTML 4.0, chapters 7 to 11 (but 9.4) and 15, a and img
# fmt: off
_TAGS = {
    "a", "abbr", "acronym", "address", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
    "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol",
    "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "tt", "ul", "var",
}
_ATTRIBUTES = {
    "abbr", "accesskey", "align", "alt", "axis", "border", "bgcolor", "cellpadding", "cellspacing", "char",
    "charoff", "charset", "cite", "class", "colspan", "compact", "coords", "dir", "frame", "headers", "height",
    "href", "hreflang", "id", "ismap", "lang", "longdesc", "name", "noshade", "nowrap", "rel", "rev", "rowspan",
    "rules", "scope", "shape", "size", "span", "src", "start", "style", "summary", "tabindex", "title", "type",
    "usemap", "valign", "value", "width",
}
# fmt: on


def expected(type_: str, value: Any) -> str | None:
    """What a value of that type looks like, when this is none."""
    if type_ == "boolean":
        return None if isinstance(value, bool) else "true or false, without quotes"
    if type_ in INTEGERS:
        low, high = INTEGERS[type_]
        number = isinstance(value, int) and not isinstance(value, bool)
        return None if number and low <= value <= high else f"a whole number from {low} to {high}, without quotes"
    if type_ == "decimal":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if number and (isinstance(value, int) or math.isfinite(value)) else "a number, without quotes"
    if not isinstance(value, str):
        return "a string"
    if not value.strip():
        return "a string that is not empty"
    if type_ not in _COMPILED:
        return _string(value, type_)
    pattern, form = _COMPILED[type_]
    return None if pattern.fullmatch(value) and _exists(type_, value) else form


def _string(value: str, type_: str) -> str | None:
    if len(value) > MAX_STRING and type_ != "xhtml":
        return f"at most {MAX_STRING} characters"
    return "no control characters" if _CONTROL.search(value) else None


def _exists(type_: str, value: str) -> bool:
    """Are all days there, all bits of base64, and 64 of an integer?"""
    if type_ in ("date", "dateTime", "instant") and len(value) >= 10:
        try:
            datetime.date.fromisoformat(value[:10])
        except ValueError:
            return False
    if type_ == "base64Binary":
        return len("".join(value.split())) % 4 == 0
    return type_ != "integer64" or -(2**63) <= int(value) < 2**63


def narrative(value: str) -> Iterator[tuple[str, str]]:
    """The invariants that a `div` breaks: key and reason. Raises ValueError when it is not well-formed XHTML."""
    root = parse_div(value, "div")
    filled = False
    for node in root.iter():
        filled = filled or _filled(node)
        name = node.tag.removeprefix(f"{{{XHTML}}}")
        if name not in _TAGS:
            yield "txt-1", f"element {name!r:.80}: expected basic HTML"
        for attribute in node.attrib:
            if attribute not in _ATTRIBUTES and not attribute.endswith("}lang"):
                yield "txt-1", f"attribute {attribute!r:.80}: expected basic HTML"
    if not filled:
        yield "txt-2", "no text and no image: expected some content"


def _filled(node: Node) -> bool:
    return node.tag.endswith("}img") or any(text and not text.isspace() for text in (node.text, node.tail))
