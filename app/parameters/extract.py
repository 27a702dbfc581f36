"""The rows of the search index for one resource: its documents of both releases in, rows out.

A row that both releases give is one row. `marks` says for which releases it holds (1: R4, 2: R5) and whether it is the
one that the resource is sorted by, ascending (4, 8) and descending (16, 32).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.parameters.own import BELOW, stale_since
from app.parameters.paths import Element
from app.parameters.readers import readers_of
from app.parameters.table import BELOW_SLOT, BITS, PARAMETERS, PLAIN_PARAMETERS, Parameter
from app.parameters.texts import words_of
from app.parameters.values import READERS, Dates, Numbers, Refers, Row, Token, Words
from app.record.trial import Trial

TABLES: dict[type[Row], str] = {
    Token: "search_token",
    Words: "search_string",
    Dates: "search_date",
    Numbers: "search_number",
    Refers: "search_reference",
}
LOWEST, HIGHEST = 2, 4
"""Shifts of a release's bit."""
_BOTH = sum(BITS.values())
_KINDS = {
    "token": Token,
    "uri": Token,
    "canonical": Token,
    "string": Words,
    "phonetic": Words,
    "date": Dates,
    "number": Numbers,
    "quantity": Numbers,
}
_SORTED = {one.number: _KINDS[one.reads] for one in PARAMETERS if one.sortable and one.reads in _KINDS}
_SORTED |= {one.number: _KINDS[one.reads] for one in PLAIN_PARAMETERS if one.find}
"""Number of a parameter that sorts -> the kind of its rows that it sorts by."""

Rows = dict[str, list[tuple[Any, ...]]]
"""Table -> rows without the resource's key: the columns of the kind of row, then `marks`."""


class Place(NamedTuple):
    latitude: float
    longitude: float


class Searched(NamedTuple):
    """What is found of a resource: index rows, its words (title, narrative, all else), where it is."""

    rows: Rows
    words: tuple[str, str, str]
    place: Place | None


def search_rows(r4: dict[str, Any], r5: dict[str, Any], trial: Trial | None = None) -> Searched:
    """`trial` is the record, for a ResearchStudy."""
    marks: dict[Row, int] = {}
    readers = readers_of(r5["resourceType"])
    present = r5.keys() | r4.keys()
    wanted = {reader for root in present & readers.by_root.keys() for reader in readers.by_root[root]}
    for reader in (*wanted, *readers.always):
        read = READERS[reader.reads]
        alike = reader.bits == _BOTH and (r4 is r5 or all(r4.get(root) == r5.get(root) for root in reader.roots))
        for bits, document in ((_BOTH, r5),) if alike else ((BITS["r4"], r4), (BITS["r5"], r5)):
            if reader.bits & bits:
                for element, item in reader.find(document):
                    for row in read(reader.number, element, item):
                        marks[row] = marks.get(row, 0) | bits
    if trial is not None:
        marks.update(dict.fromkeys(_of_record(trial), _BOTH))
    return Searched(_marked(_written(marks)), words_of(r5), _place(r5))


def _written(marks: dict[Row, int]) -> dict[Row, int]:
    """Tokens that are written in several ways and compared as one become one."""
    codes: dict[tuple[Any, ...], Token] = {}
    made: dict[Row, int] = {}
    for row, bits in marks.items():
        if isinstance(row, Token):
            before = codes.get(row[:4])
            if before is not None:
                bits |= made.pop(before)
                row = before if str(before.shown) < str(row.shown) else row
            codes[row[:4]] = row
        made[row] = bits
    return made


def _marked(marks: dict[Row, int]) -> Rows:
    ends: dict[tuple[int, int], list[Row]] = {}
    for row, bits in marks.items():
        # a row that only a name's later words make is nothing that it is sorted by
        if _SORTED.get(row.param) is type(row) and not (type(row) is Words and row.exact == 0):
            for bit in BITS.values():
                if bits & bit:
                    ends.setdefault((row.param, bit), []).append(row)
    for (_, bit), rows in ends.items():
        key = _ORDER[type(rows[0])]
        marks[min(rows, key=key)] |= bit << LOWEST
        marks[max(rows, key=key)] |= bit << HIGHEST
    made: Rows = {}
    for row, mark in marks.items():
        made.setdefault(TABLES[type(row)], []).append((*row, mark))
    return made


_ORDER: dict[type[Row], Any] = {
    Token: lambda row: (row.code, row.item, row.system),
    Words: lambda row: (row.start, row.exact),
    Dates: lambda row: (row.low, row.high, row.item),
    Numbers: lambda row: (row.low, row.high, row.item),
}


def _of_record(trial: Trial) -> Iterable[Row]:
    for parameter in (*PARAMETERS, *PLAIN_PARAMETERS):
        if parameter.find and parameter.kind == "composite":
            yield from _parts(parameter, trial)
        elif parameter.find:
            for element in parameter.find(trial):
                yield from READERS[parameter.reads](parameter.number, element, 0)
    for parameter in PARAMETERS:
        if parameter.below:
            for element in BELOW[("ResearchStudy", parameter.code)](trial):
                yield from READERS["token"](parameter.number + BELOW_SLOT, Element(element.value), 0)
        if parameter.reads == "stale" and (since := stale_since(trial)) is not None:
            yield Dates(parameter.number, since, since + 1, 0)


def _parts(parameter: Parameter, trial: Trial) -> Iterable[Row]:
    """Of a composite: each part of an element has a value or several."""
    assert parameter.find
    for item, element in enumerate(parameter.find(trial)):
        for n, (_, name, kind) in enumerate(parameter.definition("r5").components, 1):
            part = element.value[name]
            for value in part if isinstance(part, list) else [part]:
                yield from READERS["code" if kind == "token" else kind](parameter.number + n, Element(value), item)


def _place(document: dict[str, Any]) -> Place | None:
    position = document.get("position") if document["resourceType"] == "Location" else None
    return Place(float(position["latitude"]), float(position["longitude"])) if position else None
