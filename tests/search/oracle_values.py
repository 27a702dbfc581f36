"""How an element of a served document compares with a value of a search, written from the specification a second time
and as plainly as it can be (https://hl7.org/fhir/R5/search.html#prefix, #string, #token, #uri, #number, #quantity,
#reference). Enter the type of a parameter, a modifier and a value; leaves a test of an element, or Refused.

Nothing of the server's own comparing is used but `fold`.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from jellyfish import metaphone

from app.record.ids import fold

Matches = Callable[[Any], bool]
DISPLAYED = 80
"""Characters of the text of a code or a reference that are compared, and of any text that results are sorted by."""
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
ALWAYS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""Of a period without a beginning or an end."""


class Refused(Exception):
    """The server must answer 400."""


def split(text: str, mark: str) -> list[str]:
    """At the marks that no backslash stands before."""
    parts = [""]
    characters = iter(text)
    for character in characters:
        if character == "\\":
            parts[-1] += character + next(characters, "")
        elif character == mark:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def unescape(text: str) -> str:
    return re.sub(r"\\([\\,$|])", lambda found: found[1], text)


def matcher(kind: str, modifier: str, text: str, base: str, targets: Sequence[str]) -> Matches:
    """`text` is one alternative of a value; `targets` are the types that a reference may lead to."""
    if modifier in ("text", "code-text") and kind in ("token", "reference"):
        if modifier == "code-text":
            return lambda element: any(fold(one).startswith(fold(unescape(text))) for one in codes(element))
        wanted = fold(unescape(text))[:DISPLAYED]
        return lambda element: any(fold(one)[:DISPLAYED].startswith(wanted) for one in displays(element))
    if modifier == "of-type":
        return _of_type(text)
    if kind == "token":
        return _token(text)
    if kind == "reference":
        if modifier == "identifier":
            identifies = _token(text)
            return lambda element: "identifier" in element and identifies(element["identifier"])
        return _reference(unescape(text), modifier, base, targets)
    if kind == "string":
        return _string(modifier, unescape(text))
    if kind == "uri":
        return _uri(modifier, unescape(text))
    if kind == "date":
        return _date(unescape(text))
    if kind in ("number", "quantity"):
        return _number(text, kind == "quantity")
    raise AssertionError(kind)


# token


def codings(element: Any) -> Iterator[tuple[str, str]]:
    """(system, code), the system empty where there is none."""
    if isinstance(element, bool):
        yield "", "true" if element else "false"
    elif not isinstance(element, dict):
        yield "", str(element)
    elif isinstance(element.get("value"), str):  # Identifier
        yield element.get("system", ""), element["value"]
    else:
        for coding in element.get("coding", [element]):  # CodeableConcept, Coding
            if "code" in coding and "value" not in coding:
                yield coding.get("system", ""), coding["code"]


def codes(element: Any) -> list[str]:
    return [code for _, code in codings(element)]


def displays(element: Any) -> list[str]:
    """What `:text` looks at: the words that people read."""
    if not isinstance(element, dict):
        return []
    if "reference" in element or "identifier" in element:  # Reference
        element = {**element.get("identifier", {}), "display": element.get("display")}
    concept = element.get("type", {}) if isinstance(element.get("value"), str) else element
    said = [element.get("display"), concept.get("text"), *(c.get("display") for c in concept.get("coding", ()))]
    return [one for one in said if one]


def _token(text: str) -> Matches:
    first, *rest = split(text, "|")
    if not rest:
        code = fold(unescape(first))
        return lambda element: any(fold(one) == code for one in codes(element))
    system, code = unescape(first), fold(unescape("|".join(rest)))
    if not system and not code:
        raise Refused(text)
    return lambda element: any(s == system and code in ("", fold(c)) for s, c in codings(element))


def _of_type(text: str) -> Matches:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) != 3 or "" in parts:
        raise Refused(text)
    system, code, value = parts

    def matches(element: Any) -> bool:
        kinds = element.get("type", {}).get("coding", ()) if isinstance(element, dict) else ()
        return any(
            (one.get("system"), fold(one.get("code", "")), fold(element["value"])) == (system, fold(code), fold(value))
            for one in kinds
        )

    return matches


# string

PARTS = ("line", "city", "district", "state", "postalCode", "country", "text", "family", "given", "prefix", "suffix")


def parts_of(element: Any) -> list[str]:
    """The text itself, or every part of a name or an address."""
    if not isinstance(element, dict):
        return [element]
    found = []
    for name in PARTS:
        value = element.get(name, [])
        found += value if isinstance(value, list) else [value]
    return found


def beginnings(element: Any) -> list[str]:
    """The parts; and the text of a name from each of its words on, as nobody told which of them is the family's."""
    found = parts_of(element)
    if isinstance(element, dict) and not any(name in element for name in PARTS[:6]):
        words = element.get("text", "").split()
        found += [" ".join(words[n:]) for n in range(1, len(words))]
    return found


def word_list(text: str) -> list[str]:
    """Runs of letters and digits, folded; of the writings without spaces, each character."""
    alone = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    return re.findall(rf"[{alone}]|[^\W_{alone}]+", fold(text))


def _string(modifier: str, text: str) -> Matches:
    if modifier == "exact":
        return lambda element: text in parts_of(element)
    folded = fold(text)
    if modifier == "contains":
        return lambda element: any(folded in fold(part) for part in parts_of(element))
    return lambda element: any(fold(part).startswith(folded) for part in beginnings(element))


def sounding(text: str) -> Matches:
    """A word that sounds like one of the words."""
    wanted = sounds_of(unescape(text))
    return lambda element: any(wanted & sounds_of(part) for part in parts_of(element))


def sounds_of(text: str) -> set[str]:
    return {metaphone(word).lower() for word in re.findall("[a-z]+", fold(text))} - {""}


# uri and reference


def _uri(modifier: str, text: str) -> Matches:
    if modifier == "contains":
        return lambda element: text in element
    if modifier == "below":
        return lambda element: element == text or element.startswith(text.rstrip("/") + "/")
    if modifier == "above":
        return lambda element: element == text or text.startswith(element.rstrip("/") + "/")
    return lambda element: element == text


def _reference(text: str, modifier: str, base: str, targets: Sequence[str]) -> Matches:
    place = re.sub(r"/_history/[^/]+$", "", text.removeprefix(f"{base}/"))
    wanted = [place] if "/" in place else [f"{type}/{place}" for type in targets]
    if modifier:
        wanted = [one for one in wanted if one.startswith(f"{modifier}/")]
    return lambda element: isinstance(element, dict) and element.get("reference") in wanted


# date


def interval(text: str) -> tuple[datetime, datetime]:
    """The first instant, and the first after it. Raises ValueError."""
    found = re.fullmatch(
        r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?", text
    )
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    start = datetime(*(int(one or least) for one, least in ((year, 1), (month, 1), (day, 1))), tzinfo=UTC)
    if hour is None:
        if day:
            return start, start + timedelta(days=1)
        months = start.year * 12 + start.month - 1 + (1 if month else 12)
        return start, datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
    start = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone or 'Z'}")
    if fraction:
        start += timedelta(seconds=float(fraction))
        return start, start + max(timedelta(microseconds=1), timedelta(seconds=10.0 ** (1 - len(fraction))))
    return start, start + (timedelta(seconds=1) if second else timedelta(minutes=1))


def span(element: Any) -> tuple[datetime, datetime]:
    """Of a dateTime, an instant or a Period."""
    if isinstance(element, str):
        return interval(element)
    start, end = element.get("start"), element.get("end")
    return interval(start)[0] if start else ALWAYS[0], interval(end)[1] if end else ALWAYS[1]


def _date(text: str) -> Matches:
    prefix, date = (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)
    try:
        first, after = interval(date)
    except (ValueError, OverflowError) as error:
        raise Refused(text) from error
    tenth = abs(datetime.now(UTC) - first) / 10

    def matches(element: Any) -> bool:
        low, high = span(element)
        contained = first <= low and high <= after
        if prefix == "ap":
            return low < after + tenth and high > first - tenth
        return {
            "eq": contained,
            "ne": not contained,
            "gt": high > after,
            "lt": low < first,
            "ge": high > after or contained,
            "le": low < first or contained,
            "sa": low >= after,
            "eb": high <= first,
        }[prefix]

    return matches


# number and quantity


def _number(text: str, quantity: bool) -> Matches:
    number, *unit = [unescape(part) for part in split(text, "|")] if quantity else [unescape(text)]
    prefix, digits = (number[:2], number[2:]) if number[:2] in PREFIXES else ("eq", number)
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", digits, re.ASCII) or len(unit) not in (0, 2):
        raise Refused(text)
    exact = Decimal(digits)
    half = Decimal(5).scaleb(exact.as_tuple().exponent - 1)  # type: ignore[operator]

    def matches(element: Any) -> bool:
        quantities = isinstance(element, dict)
        value = Decimal(str(element["value"] if quantities else element))
        if quantities and unit and unit[0] and element.get("system") != unit[0]:
            return False
        if quantities and unit and unit[1] and unit[1] not in (element.get("code"), element.get("unit")):
            return False
        equal = exact - half <= value < exact + half
        return {
            "eq": equal,
            "ne": not equal,
            "gt": value > exact,
            "sa": value > exact,
            "lt": value < exact,
            "eb": value < exact,
            "ge": value >= exact,
            "le": value <= exact,
            "ap": abs(value - exact) <= abs(exact) / 10,
        }[prefix]

    return matches


# near


def place_within(text: str) -> Matches:
    """Of a Location.position: the distance on the sphere."""
    parts = [unescape(part) for part in split(text, "|")]
    kilometres = {"": 1.0, "km": 1.0, "m": 0.001, "mi": 1.609344, "[mi_i]": 1.609344, "[mi_us]": 1.609347219}
    unit = parts[3] if len(parts) > 3 else ""
    if not 2 <= len(parts) <= 4 or unit not in kilometres:
        raise Refused(text)
    try:
        latitude, longitude = float(parts[0]), float(parts[1])
        distance = float(parts[2]) * kilometres[unit] if len(parts) > 2 and parts[2] else 50.0
    except ValueError as error:
        raise Refused(text) from error
    if abs(latitude) > 90 or abs(longitude) > 180 or distance < 0:
        raise Refused(text)

    def matches(element: Any) -> bool:
        a, b = math.radians(latitude), math.radians(float(element["latitude"]))
        across = math.radians(float(element["longitude"]) - longitude)
        half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
        return 2 * 6371.0088 * math.asin(min(1, math.sqrt(half))) <= distance

    return matches
