"""How a row of the search index is compared with a value: one function for each way
(https://hl7.org/fhir/R5/search.html#prefix, #string, #token, #uri, #number, #quantity).
"""

import math
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, true

from app.parameters.extract import Place
from app.parameters.values import START, digest
from app.record.ids import fold
from app.search.query import Around, Interval, Token, Value
from app.store.index import cell, point

Condition = ColumnElement[bool]
Row = Any
"""A table of the index, or an alias of one."""
EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""
_MOST_CELLS = 1000


def compared(row: Row, value: Value) -> Condition:
    """A token, a date or a number."""
    if isinstance(value, Token):
        parts = []
        if value.code:
            parts.append(row.c.code == value.code)
        if value.system is not None:
            parts.append(row.c.system == value.system)
        return and_(*parts)
    assert isinstance(value, Interval)
    if "unit" not in row.c:
        return ranges(row.c.low, row.c.high, value)
    numbers = _numbers(row.c.low, row.c.high, value)
    if value.unit:
        numbers = and_(numbers, row.c.unit == value.unit)
    return and_(numbers, row.c.system == value.system) if value.system else numbers


def ranges(low: ColumnElement[Any], high: ColumnElement[Any], value: Interval) -> Condition:
    """Two ranges without their ends; `ge` and `le` also hold where the value's range contains the other."""
    a, b = value.low, value.high
    within = and_(low >= a, high <= b)
    return {
        "eq": within,
        "ne": not_(within),
        "gt": high > b,
        "lt": low < a,
        "ge": or_(high > b, within),
        "le": or_(low < a, within),
        "sa": low >= b,
        "eb": high <= a,
        "ap": and_(high > a, low < b),
    }[value.prefix]


def instants(column: ColumnElement[str], low: str, high: str, prefix: str) -> Condition:
    """An instant, as text, against a range."""
    within = and_(column >= low, column < high)
    return {
        "eq": within,
        "ap": within,
        "ne": not_(within),
        "gt": column >= high,
        "sa": column >= high,
        "lt": column < low,
        "eb": column < low,
        "ge": column >= low,
        "le": column < high,
    }[prefix]


def _numbers(low: ColumnElement[float], high: ColumnElement[float], value: Interval) -> Condition:
    """`eq` and `ne` by the range that the digits imply, the others by the number itself."""
    within = (
        and_(low >= value.low, high < value.high)
        if value.low < value.high
        else and_(low == value.exact, high == value.exact)
    )
    return {
        "eq": within,
        "ne": not_(within),
        "gt": high > value.exact,
        "lt": low < value.exact,
        "ge": high >= value.exact,
        "le": low <= value.exact,
        "sa": low > value.exact,
        "eb": high < value.exact,
        "ap": and_(high >= value.low, low <= value.high),
    }[value.prefix]


def string(row: Row, modifier: str | None, text: str) -> Condition:
    if modifier == "exact":
        return and_(row.c.start == fold(text)[:START], row.c.exact == digest(text))
    wanted = fold(text)
    whole = func.coalesce(row.c.whole, row.c.start)
    if modifier == "contains":
        return whole.contains(wanted, autoescape=True)
    if modifier == "ends":
        return whole.endswith(wanted, autoescape=True)
    return begins(row, wanted)


def begins(row: Row, wanted: str) -> Condition:
    if len(wanted) <= START:
        return starts(row.c.start, wanted)
    return and_(row.c.start == wanted[:START], row.c.whole.startswith(wanted, autoescape=True))


def starts(column: ColumnElement[str], prefix: str) -> Condition:
    """A range, which an index answers; LIKE would not be one on either engine."""
    last = prefix[-1:]
    if last in ("", "\U0010ffff"):
        return column.startswith(prefix, autoescape=True) if prefix else true()
    following = "\ue000" if last == "\ud7ff" else chr(ord(last) + 1)
    return and_(column >= prefix, column < prefix[:-1] + following)


def address(row: Row, modifier: str | None, text: str) -> Condition:
    """`:below` and `:above` go by the parts of the path."""
    if modifier == "below":
        return or_(row.c.code == text, starts(row.c.code, f"{text.rstrip('/')}/"))
    if modifier == "above":
        cuts = [n for n, character in enumerate(text) if character == "/"]
        return row.c.code.in_([text, *(text[:n] for n in cuts), *(text[: n + 1] for n in cuts)])  # type: ignore[no-any-return]
    if modifier == "contains":
        return row.c.code.contains(text, autoescape=True)  # type: ignore[no-any-return]
    return row.c.code == text  # type: ignore[no-any-return]


def canonical(row: Row, text: str) -> Condition:
    """Without a version it is any version of it."""
    return row.c.code == text if "|" in text else or_(row.c.code == text, starts(row.c.code, f"{text}|"))


def within(place: Row, around: Around) -> Condition:
    """The true distance, from the straight one between points on a sphere of radius 1."""
    half = min(around.metres / (2 * EARTH), math.pi / 2)
    near = chord(place, around) <= (2 * math.sin(half)) ** 2 + 1e-15
    cells = _cells(around)
    return near if cells is None else and_(place.c.cell.in_(cells), near)


def chord(place: Row, around: Around) -> ColumnElement[float]:
    """The square of the straight distance."""
    x, y, z = point(Place(around.latitude, around.longitude))
    return (  # type: ignore[no-any-return]
        (place.c.x - x) * (place.c.x - x) + (place.c.y - y) * (place.c.y - y) + (place.c.z - z) * (place.c.z - z)
    )


def metres(squared: float) -> float:
    """The distance on the surface for a `chord`."""
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(max(0.0, squared)) / 2))


def _cells(around: Around) -> list[int] | None:
    """The squares of one degree that the circle touches; None when they are so many that they are no help."""
    degrees = math.degrees(around.metres / EARTH)
    south, north = around.latitude - degrees, around.latitude + degrees
    if south <= -89 or north >= 89:
        return None
    # the meridians draw together: the circle's widest place is nearer to the pole than its centre
    ratio = math.sin(math.radians(degrees)) / math.cos(math.radians(around.latitude))
    if degrees >= 90 or ratio >= 1:
        return None
    aside = math.degrees(math.asin(ratio)) + 1e-9
    rows = range(math.floor(south), math.floor(north) + 1)
    columns = range(math.floor(around.longitude - aside), math.floor(around.longitude + aside) + 1)
    if len(rows) * len(columns) > _MOST_CELLS:
        return None
    return sorted({cell(Place(row + 0.5, (column + 0.5 + 180) % 360 - 180)) for row in rows for column in columns})
