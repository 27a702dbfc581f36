"""One parameter of a search, name and values, as a Test (https://hl7.org/fhir/R5/search.html#escaping, #modifiers).

Raises RequestError 400 naming the parameter, the value and what was expected.
"""

import math
import re
from decimal import Decimal, InvalidOperation

from app.eligibility.matching.cohorts import DAYS, OLDEST, end_of
from app.fhir.datatypes import UCUM
from app.fhir.terminology import members
from app.parameters.dates import PREFIXED, around, interval, microseconds, split_prefix
from app.parameters.table import Parameter
from app.parameters.texts import word_list
from app.parameters.values import CRITERIA, code_of
from app.search.limits import FARTHEST, MOST_VALUES, MOST_WORDS, over
from app.search.query import Around, Interval, Parts, Target, Test, Token, Value, refuse

_PREFIX = re.compile(r"eq|ne|gt|lt|ge|le|sa|eb|ap")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
KILOMETRES = {"": 1.0, "km": 1.0, "m": 0.001, "[mi_us]": 1.609347219, "[mi_i]": 1.609344, "mi": 1.609344}
NEAR_BY = 50.0
"""Kilometres, when `near` states no distance."""


def split(text: str, separator: str) -> list[str]:
    r"""Parts at unescaped separators; `\,` `\|` `\$` `\\` stay escaped.

    >>> split(r"a\,b,c", ",")
    ['a\\,b', 'c']
    """
    parts: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == separator:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def unescape(text: str) -> str:
    return re.sub(r"\\([,|$\\])", r"\1", text)


class Reader:
    """Reads the values of parameters of one release; `base` is the address of its endpoint."""

    def __init__(self, release: str, base: str) -> None:
        self.release, self.base = release, base

    def test(self, parameters: tuple[Parameter, ...], given: str | None, name: str, text: str) -> Test:
        """`given` is the modifier, None without one; `name` the name as it was sent, for messages; `text` the whole
        value."""
        first = parameters[0]
        if given is not None:
            self._check_modifier(first, given, name)
        modifier = given or first.implied
        if "\x00" in text:
            raise refuse("value", f"'{name}' holds a NUL character, which no value can", name)
        if modifier == "missing" or first.reads == "stale":
            if text not in ("true", "false"):
                raise refuse("value", f"{name} is '{text[:100]}': expected true or false", name)
            return Test(parameters, modifier or None, (text,))
        values = [part for part in split(text, ",") if part != ""]
        if len(values) > MOST_VALUES:
            raise over(name, "values", len(values), MOST_VALUES)
        for one in values if first.choices and modifier in ("", "not") else ():
            if one not in first.choices:
                raise refuse("value", f"{name} is '{one[:100]}': expected one of {', '.join(first.choices)}", name)
        return Test(parameters, modifier or None, tuple(self._value(first, modifier, name, one) for one in values))

    def _check_modifier(self, parameter: Parameter, modifier: str, name: str) -> None:
        allowed = parameter.modifiers(self.release)
        if modifier in allowed:
            return
        if parameter.kind == "reference" and modifier in parameter.targets(self.release):
            return
        listed = ", ".join(f":{one}" for one in allowed) or "none"
        more = f", or a type: {', '.join(parameter.targets(self.release))}" if parameter.kind == "reference" else ""
        shown = name[:200]
        raise refuse("not-supported", f"'{shown}': the modifier '{modifier[:60]}' is not one of {listed}{more}", shown)

    def _value(self, parameter: Parameter, modifier: str, name: str, text: str) -> Value:
        reads = parameter.reads
        if reads in ("text", "content") or (modifier == "text" and parameter.kind == "string"):
            words = tuple(dict.fromkeys(word_list(unescape(text))))
            if len(words) > MOST_WORDS:
                raise over(name, "words", len(words), MOST_WORDS)
            return words
        if modifier in ("text", "code-text"):
            return unescape(text)
        if modifier in ("in", "not-in"):
            return self._members(name, unescape(text))
        if modifier == "of-type":
            return _of_type(name, text)
        if parameter.kind == "composite":
            return self._parts(parameter, name, text)
        if reads == "id":
            system, bar, id = text.rpartition("|")
            return Token(unescape(system) if bar else None, unescape(id))
        if parameter.kind == "token" or modifier == "identifier":
            return _token(name, text)
        if reads in ("date", "lastUpdated"):
            return _date(name, text)
        if parameter.kind in ("number", "quantity"):
            return read_number(name, text, parameter.kind == "quantity")
        if reads == "reference":
            return self._target(parameter, modifier, unescape(text))
        if reads == "near":
            return _around(name, text)
        if reads == "eligible-age":
            return _age(name, text)
        if reads == "criterion":
            return _criterion(name, text)
        return unescape(text)

    def _parts(self, parameter: Parameter, name: str, text: str) -> Parts:
        components = parameter.definition(self.release).components
        parts = split(text, "$")
        if len(parts) != len(components) or "" in parts:
            names = "$".join(expression for _, expression, _ in components)
            raise refuse("value", f"{name} is '{text[:100]}': expected {len(components)} parts, {names}", name)
        return Parts(
            tuple(
                _date(name, part)
                if kind == "date"
                else read_number(name, part, True)
                if kind == "quantity"
                else _token(name, part)
                for (_, _, kind), part in zip(components, parts, strict=True)
            )
        )

    def _members(self, name: str, url: str) -> Value:
        found = members("r5" if self.release == "v1" else self.release, url)
        if found is None:
            raise refuse("not-found", f"{name} is '{url[:200]}': no value set of that name is known here", name)
        return Parts(tuple(Token(system, code_of(code)) for system, code in sorted(found)))

    def _target(self, parameter: Parameter, modifier: str, text: str) -> Target:
        """An id, `Type/id` or an address."""
        place = text.removeprefix(f"{self.base}/") if text.startswith(f"{self.base}/") else text
        parts = place.split("/")
        if len(parts) == 4 and parts[2] == "_history":
            parts = parts[:2]
        wanted = modifier if modifier in parameter.targets(self.release) else None
        if len(parts) == 1:
            return Target(wanted, parts[0])
        if len(parts) == 2 and (wanted is None or wanted == parts[0]):
            return Target(parts[0], parts[1])
        return Target("", text)


def _token(name: str, text: str) -> Token:
    """`code`, `system|code`, `|code` or `system|`."""
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 1:
        return Token(None, code_of(parts[0]))
    if not any(parts):
        raise refuse("value", f"{name} is '{text[:100]}': expected code, system|code, |code or system|", name)
    return Token(parts[0], code_of("|".join(parts[1:])))


def _of_type(name: str, text: str) -> Token:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) != 3 or not all(parts):
        raise refuse("value", f"{name} is '{text[:100]}': expected the three parts system|code|value", name)
    return Token(parts[0], code_of(f"{parts[1]}|{parts[2]}"))


def _date(name: str, text: str) -> Interval:
    prefix, date = split_prefix(unescape(text))
    try:
        low, high = interval(date)
        if prefix == "ap":
            low, high = around(low, high)
    except (ValueError, OverflowError) as error:
        raise refuse("value", f"{name}: {error}; {PREFIXED}", name) from error
    return Interval(prefix, microseconds(low), microseconds(high))


def read_number(name: str, text: str, quantity: bool) -> Interval:
    number, *unit = [unescape(part) for part in split(text, "|")] if quantity else [unescape(text)]
    found = _PREFIX.match(number)
    prefix, digits = (found[0], number[2:]) if found else ("eq", number)
    if not _NUMBER.fullmatch(digits) or len(digits) > 60 or len(unit) not in (0, 2):
        shape = (
            "such as 5.4, ge5.4, 5.4|http://unitsofmeasure.org|mg or 5.4||mg" if quantity else "such as 100 or ge100"
        )
        raise refuse("value", f"{name} is '{text[:100]}': expected a number {shape}", name)
    value = Decimal(digits)
    exact = float(value)
    if not math.isfinite(exact):
        raise refuse("value", f"{name} is '{text[:100]}': expected a number below 1e308", name)
    # the range that the digits given imply: 100 is [99.5, 100.5), 1.00 is [0.995, 1.005)
    exponent = value.as_tuple().exponent
    try:
        half = float(Decimal((0, (5,), int(exponent) - 1)))
    except (InvalidOperation, OverflowError):
        half = 0.0
    low, high = (exact - half, exact + half) if prefix != "ap" else (exact - abs(exact) / 10, exact + abs(exact) / 10)
    system, code = unit or (None, "")
    return Interval(prefix, low, high, exact, system or None, code_of(code))


def _age(name: str, text: str) -> Interval:
    """In days: a whole number is that age until the next one."""
    number, *unit = [unescape(part) for part in split(text, "|")]
    system, code = unit if len(unit) == 2 else ("", "" if not unit else "?")
    known = not system or system == UCUM
    if not _NUMBER.fullmatch(number) or len(number) > 20 or not known or (code or "a") not in DAYS:
        expected = f"an age such as 14, 14||mo or 14|{UCUM}|wk, in {', '.join(DAYS)}"
        raise refuse("value", f"{name} is '{text[:100]}': expected {expected}", name)
    age, unit_days = float(number), DAYS[code or "a"]
    if not 0 <= age * unit_days <= OLDEST:
        raise refuse("value", f"{name} is '{text[:100]}': expected an age that somebody can have", name)
    return Interval("eq", age * unit_days, end_of(age, code or "a"))


def _criterion(name: str, text: str) -> Parts:
    """(type or empty, words)"""
    parts = split(text, "$")
    kind = parts[0] if len(parts) == 2 else ""
    words = tuple(dict.fromkeys(word_list(unescape(parts[-1]))))
    if len(parts) > 2 or (len(parts) == 2 and kind not in CRITERIA) or not words:
        expected = f"words, or {'$words or '.join(CRITERIA)}$words"
        raise refuse("value", f"{name} is '{text[:100]}': expected {expected}", name)
    if len(words) > MOST_WORDS:
        raise over(name, "words", len(words), MOST_WORDS)
    return Parts((kind, words))


def _around(name: str, text: str) -> Around:
    parts = [unescape(part) for part in split(text, "|")]
    expected = "expected latitude|longitude|distance|units, such as 48.86|2.35|50|km"
    if not 2 <= len(parts) <= 4:
        raise refuse("value", f"{name} is '{text[:100]}': {expected}", name)
    numbers = []
    for what, part, most in zip(("latitude", "longitude", "distance"), parts, (90, 180, math.inf), strict=False):
        if what == "distance" and part == "":
            continue
        if not _NUMBER.fullmatch(part) or abs(float(part)) > most or (what == "distance" and float(part) < 0):
            raise refuse("value", f"{name}: the {what} is '{part[:40]}'; {expected}", name)
        numbers.append(float(part))
    unit = parts[3] if len(parts) == 4 else ""
    if unit not in KILOMETRES:
        known = ", ".join(one for one in KILOMETRES if one)
        raise refuse("value", f"{name}: the unit is '{unit[:40]}'; expected one of {known}", name)
    distance = numbers[2] * KILOMETRES[unit] if len(numbers) == 3 else NEAR_BY
    return Around(numbers[0], numbers[1], min(distance, FARTHEST) * 1000)
