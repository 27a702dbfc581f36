"""How a row of the search index is compared with a value, as SQL: one function for each way
(https://hl7.org/fhir/R5/search.html#prefix, #string, #token, #uri, #number, #quantity). `row` is the row's alias.
"""

import math

from app.parameters.extract import Place
from app.parameters.values import LONGEST, START, digest
from app.record.ids import fold
from app.search.query import Around, Interval, Token, Value
from app.search.sql import Binder, all_of, any_of
from app.store.index import cell, point

EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""
_MOST_CELLS = 1000


def compared(bind: Binder, row: str, kind: str, value: Value) -> str:
    """A token, a date or a number."""
    if isinstance(value, Token):
        return token(bind, row, value)
    assert isinstance(value, Interval)
    if kind not in ("number", "quantity"):
        return ranges(bind, row, value)
    parts = [_numbers(bind, row, value)]
    if value.unit:
        parts.append(f"{row}.unit = {bind.text(value.unit)}")
    if value.system:
        parts.append(f"{row}.system = {bind.text(value.system)}")
    return all_of(parts)


def token(bind: Binder, row: str, value: Token) -> str:
    parts = []
    if value.code:
        parts.append(f"{row}.code = {bind.text(value.code)}")
    if value.system is not None:
        parts.append(f"{row}.system = {bind.text(value.system)}")
    return all_of(parts)


_WITHIN = "({low} >= {a} AND {high} <= {b})"
_RANGES = {
    "eq": _WITHIN,
    "ne": f"NOT {_WITHIN}",
    "gt": "{high} > {b}",
    "lt": "{low} < {a}",
    "ge": f"({{high}} > {{a}} AND ({{high}} > {{b}} OR {_WITHIN}))",
    "le": f"({{low}} < {{b}} AND ({{low}} < {{a}} OR {_WITHIN}))",
    "sa": "{low} >= {b}",
    "eb": "{high} <= {a}",
    "ap": "({high} > {a} AND {low} < {b})",
}
"""Two ranges without their ends; `ge` and `le` also hold where the value's range contains the other; what they
begin with says nothing more, and is one range of an index."""
_AT = "({at} >= {a} AND {at} < {b})"
_INSTANTS = {
    "eq": _AT,
    "ap": _AT,
    "ne": f"NOT {_AT}",
    "gt": "{at} >= {b}",
    "sa": "{at} >= {b}",
    "lt": "{at} < {a}",
    "eb": "{at} < {a}",
    "ge": "{at} >= {a}",
    "le": "{at} < {b}",
}
"""An instant against a range."""


def ranges(bind: Binder, row: str, value: Interval) -> str:
    template = _RANGES[value.prefix]
    ends = {"a": int(value.low), "b": int(value.high)}
    bound = {name: bind.value(end) for name, end in ends.items() if f"{{{name}}}" in template}
    return template.format(low=f"{row}.low", high=f"{row}.high", **bound)


def instants(bind: Binder, column: str, low: str, high: str, prefix: str) -> str:
    """`low` and `high` are instants as text."""
    template = _INSTANTS[prefix]
    bound = {name: bind.text(end) for name, end in {"a": low, "b": high}.items() if f"{{{name}}}" in template}
    return template.format(at=column, **bound)


def _numbers(bind: Binder, row: str, value: Interval) -> str:
    """`eq` and `ne` by the range that the digits imply, the others by the number itself."""
    low, high = f"{row}.low", f"{row}.high"
    if value.prefix in ("eq", "ne"):
        if value.low < value.high:
            within = f"({low} >= {bind.real(value.low)} AND {high} < {bind.real(value.high)})"
        else:
            exact = bind.real(value.exact)
            within = f"({low} = {exact} AND {high} = {exact})"
        return within if value.prefix == "eq" else f"NOT {within}"
    if value.prefix == "ap":
        return f"({high} >= {bind.real(value.low)} AND {low} <= {bind.real(value.high)})"
    column, operator = {
        "gt": (high, ">"),
        "lt": (low, "<"),
        "ge": (high, ">="),
        "le": (low, "<="),
        "sa": (low, ">"),
        "eb": (high, "<"),
    }[value.prefix]
    return f"{column} {operator} {bind.real(value.exact)}"


def string(bind: Binder, row: str, modifier: str | None, text: str) -> str:
    wanted = fold(text)
    if modifier == "exact":
        return f"{row}.start = {bind.text(wanted[:START])} AND {row}.exact = {bind.value(digest(text))}"
    if modifier == "contains":
        return like(bind, f"coalesce({row}.whole, {row}.start)", f"%{escaped(wanted)}%")
    if modifier == "ends":
        return like(bind, f"coalesce({row}.whole, {row}.start)", f"%{escaped(wanted)}")
    return begins(bind, row, wanted)


def begins(bind: Binder, row: str, wanted: str) -> str:
    if len(wanted) <= START:
        return starts(bind, f"{row}.start", wanted)
    whole = like(bind, f"{row}.whole", f"{escaped(wanted)}%")
    return f"{row}.start = {bind.text(wanted[:START])} AND {whole}"


def starts(bind: Binder, column: str, prefix: str) -> str:
    """A range, which an index answers; LIKE would not be one on either engine."""
    last = prefix[-1:]
    if last in ("", "\U0010ffff"):
        return like(bind, column, f"{escaped(prefix)}%") if prefix else "TRUE"
    following = "\ue000" if last == "\ud7ff" else chr(ord(last) + 1)
    return f"({column} >= {bind.text(prefix)} AND {column} < {bind.text(prefix[:-1] + following)})"


def like(bind: Binder, column: str, pattern: str) -> str:
    return f"{column} LIKE {bind.text(pattern)} ESCAPE '/'"


def escaped(text: str) -> str:
    """For LIKE with `/` as its escape character."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def address(bind: Binder, row: str, modifier: str | None, text: str) -> str:
    """`:below` and `:above` go by the parts of the path."""
    text = text[:LONGEST]
    if modifier == "below":
        below = starts(bind, f"{row}.code", f"{text.rstrip('/')}/")
        return any_of([f"{row}.code = {bind.text(text)}", below])
    if modifier == "above":
        cuts = [n for n, character in enumerate(text) if character == "/"]
        return f"{row}.code {bind.among([text, *(text[:n] for n in cuts), *(text[: n + 1] for n in cuts)])}"
    if modifier == "contains":
        place = "instr" if bind.dialect == "sqlite" else "strpos"  # SQLite's LIKE is blind to case
        return f"{place}({row}.code, {bind.text(text)}) > 0"
    return f"{row}.code = {bind.text(text)}"


def canonical(bind: Binder, row: str, text: str) -> str:
    """Without a version it is any version of it."""
    text = text[:LONGEST]
    exact = f"{row}.code = {bind.text(text)}"
    return exact if "|" in text else any_of([exact, starts(bind, f"{row}.code", f"{text}|")])


def within(bind: Binder, place: str, around: Around) -> str:
    """The true distance, from the straight one between points on a sphere of radius 1."""
    half = min(around.metres / (2 * EARTH), math.pi / 2)
    near = f"{chord(bind, place, around)} <= {bind.real((2 * math.sin(half)) ** 2 + 1e-15)}"
    cells = _cells(around)
    return near if cells is None else f"{place}.cell {bind.among(cells, 'int')} AND {near}"


def chord(bind: Binder, place: str, around: Around) -> str:
    """The square of the straight distance."""
    axes = zip("xyz", point(Place(around.latitude, around.longitude)), strict=True)
    parts = [(f"{place}.{axis}", bind.real(value)) for axis, value in axes]
    return f"({' + '.join(f'({column} - {value}) * ({column} - {value})' for column, value in parts)})"


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
