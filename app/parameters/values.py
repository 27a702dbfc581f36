"""What is compared of an element, for each type of parameter (https://hl7.org/fhir/R5/search.html#table): rows of the
search index, without the resource's key. Nothing raises: an element that says nothing comparable gives no rows.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from jellyfish import metaphone

from app.parameters.dates import EVER, interval, microseconds
from app.parameters.paths import Element
from app.parameters.table import FHIR_TYPES
from app.parameters.texts import word_list
from app.record.ids import fold

LONGEST = 500
"""Characters of a code or an address that are compared: an index of PostgreSQL takes 2,700 bytes."""
START = 80
"""Characters of a text that are indexed and that it is sorted by."""
LITERAL = 5
"""The slot of a parameter whose rows are references that lead to no resource here, as they are written."""
OF_TYPE = 6
"""The slot of a parameter whose rows say `type|value` of identifiers, for `:of-type`."""
WITHOUT_END = 1e300
CRITERIA = {"inclusion": 1, "exclusion": 2}
"""The slots of a parameter whose rows are criteria, by their type."""
_WORD = re.compile(r"\S+")


class Token(NamedTuple):
    """`shown` is the code as it is written, where that differs."""

    param: int
    code: str
    item: int
    system: str
    shown: str | None = None


class Words(NamedTuple):
    """`whole` is the folded text when it is longer than `start`; `exact` is `digest` of the text as it is, 0 for what
    is no value by itself."""

    param: int
    start: str
    whole: str | None
    exact: int


class Dates(NamedTuple):
    """Microseconds from `low` (included) to `high` (excluded)."""

    param: int
    low: int
    high: int
    item: int


class Numbers(NamedTuple):
    """From `low` to `high`, both included; a single number is both."""

    param: int
    low: float
    high: float
    item: int
    system: str
    unit: str


class Refers(NamedTuple):
    param: int
    target: str
    """`Location/abc`, or empty where it is no resource of this server."""


Row = Token | Words | Dates | Numbers | Refers


def digest(text: str) -> int:
    """64 bits of a text: equal texts have equal ones."""
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "big", signed=True)


def _token(param: int, code: str, item: int, system: str = "") -> Token:
    compared = code_of(code)
    return Token(param, compared, item, system, None if compared == code else code[:LONGEST])


def code_of(text: str) -> str:
    """A code as it is compared: without regard to case, as most systems' codes are meant."""
    return fold(text)[:LONGEST]


def words(param: int, text: Any, *, only_start: bool = False) -> Iterator[Row]:
    """`only_start`: of the text of a code or a reference, which is compared from its beginning and no further."""
    if isinstance(text, str):
        start, whole, exact = _compared(text)
        if start:
            yield Words(param, start, None, 0) if only_start else Words(param, start, whole, exact)


@lru_cache(maxsize=1 << 14)  # names of facilities, roles, designs: the same texts come again and again
def _compared(text: str) -> tuple[str, str | None, int]:
    folded = fold(text)
    return folded[:START], folded if len(folded) > START else None, digest(text)


def tokens(param: int, element: Element, item: int) -> Iterator[Row]:
    value = element.value
    if isinstance(value, bool):
        yield Token(param, str(value).lower(), item, "")
    elif isinstance(value, str | int | float):
        yield _token(param, str(value), item)
    elif not isinstance(value, dict) or element.type in ("Quantity", "Range", "Reference"):
        return
    elif "value" in value:  # Identifier or ContactPoint: the latter's system is no system of codes
        system = str(value.get("system") or "")
        yield _token(param, str(value["value"]), item, system if ":" in system else "")
        concept = value.get("type")
        if isinstance(concept, dict):
            yield from words(param, concept.get("text"), only_start=True)
            for coding in concept.get("coding", ()):
                yield from words(param, coding.get("display"), only_start=True)
                code = f"{coding.get('code', '')}|{value['value']}"
                yield Token(param + OF_TYPE, code_of(code), item, coding.get("system") or "")
    else:
        yield from words(param, value.get("text"), only_start=True)
        for coding in value.get("coding", (value,)):
            if "code" in coding:
                yield _token(param, str(coding["code"]), item, coding.get("system") or "")
            yield from words(param, coding.get("display"), only_start=True)


def codes(param: int, element: Element, item: int) -> Iterator[Row]:
    """The tokens of a component, whose texts nobody asks for."""
    return (row for row in tokens(param, element, item) if isinstance(row, Token))


def addresses(param: int, element: Element, item: int) -> Iterator[Row]:
    """uri, url and canonical: compared as they are."""
    if isinstance(element.value, str):
        yield Token(param, element.value[:LONGEST], item, "")


_PARTS = ("line", "city", "district", "state", "postalCode", "country", "text", "family", "given", "prefix", "suffix")


def strings(param: int, element: Element, item: int) -> Iterator[Row]:
    """Every part of a name or an address; the text of a name from each of its words on, as it is not told which of
    them is the family's."""
    value = element.value
    if not isinstance(value, dict):
        yield from words(param, value)
        return
    for name in _PARTS:
        for part in value[name] if isinstance(value.get(name), list) else (value.get(name),):
            yield from words(param, part)
    text = value.get("text")
    if isinstance(text, str) and not any(part in value for part in _PARTS[:6]):
        for found in list(_WORD.finditer(text))[1:]:  # no value by itself: nothing is equal to it or sorted by it
            rest = words(param, text[found.start() :])
            yield from (one._replace(exact=0) for one in rest if isinstance(one, Words))


def sounds(param: int, element: Element, item: int) -> Iterator[Row]:
    """The words of a name as they sound (https://en.wikipedia.org/wiki/Metaphone)."""
    value = element.value
    text = (
        " ".join([value.get("text", ""), *value.get("given", ()), value.get("family", "")])
        if isinstance(value, dict)
        else value
    )
    for sound in sounds_of(str(text)):
        yield Words(param, sound, None, digest(sound))  # a value by itself: names are sorted by it


def sounds_of(text: str) -> list[str]:
    return [sound for word in re.findall(r"[a-z]+", fold(text)) if (sound := metaphone(word).lower())]


def dates(param: int, element: Element, item: int) -> Iterator[Row]:
    """dateTime, instant, Period, and Timing by its bounds."""
    value = element.value
    if isinstance(value, str):
        bounds = _bounds(value)
        if bounds:
            yield Dates(param, *bounds, item)
    elif isinstance(value, dict) and (value.get("start") or value.get("end")):
        start, end = _bounds(value.get("start")), _bounds(value.get("end"))
        yield Dates(param, start[0] if start else -EVER, end[1] if end else EVER, item)


def _bounds(text: Any) -> tuple[int, int] | None:
    try:
        low, high = interval(text)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return microseconds(low), microseconds(high)


def numbers(param: int, element: Element, item: int) -> Iterator[Row]:
    """integer, decimal, Quantity and Range."""
    value = element.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield Numbers(param, float(value), float(value), item, "", "")
    elif isinstance(value, dict):
        low, high = (value, value) if "value" in value else (value.get("low"), value.get("high"))
        if low or high:
            unit = low or high or {}
            yield Numbers(
                param,
                float(low["value"]) if low else -WITHOUT_END,
                float(high["value"]) if high else WITHOUT_END,
                item,
                unit.get("system") or "",
                fold(unit.get("code") or unit.get("unit") or ""),
            )


def references(param: int, element: Element, item: int) -> Iterator[Row]:
    value = element.value
    if isinstance(value, str):  # canonical
        yield Refers(param, value)
        yield from addresses(param + LITERAL, element, item)
    elif isinstance(value, dict):
        if target := value.get("reference"):
            yield Refers(param, target)
            if target.partition("/")[0] not in FHIR_TYPES:
                yield from addresses(param + LITERAL, Element(target), item)
        yield from words(param, value.get("display"), only_start=True)
        if isinstance(value.get("identifier"), dict):
            yield from tokens(param, Element(value["identifier"]), item)


def ages(param: int, element: Element, item: int) -> Iterator[Row]:
    """In days; `unit` says whether the ages are stated."""
    value = element.value
    yield Numbers(param, value["low"], value["high"], item, "", value["unit"])


def criteria(param: int, element: Element, item: int) -> Iterator[Row]:
    """The words of a criterion with a space before and after each, so that whole words can be sought."""
    words = " ".join(word_list(element.value["text"]))
    if words:
        yield Words(param + CRITERIA[element.value["type"]], words[:START], f" {words} ", 0)


READERS: dict[str, Callable[[int, Element, int], Iterator[Row]]] = {
    "token": tokens,
    "code": codes,
    "string": strings,
    "phonetic": sounds,
    "uri": addresses,
    "date": dates,
    "number": numbers,
    "quantity": numbers,
    "reference": references,
    "eligible-age": ages,
    "criterion": criteria,
}
