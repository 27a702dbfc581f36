"""The rows of the search index for one resource: its documents of both releases in, rows out.

A row that both releases give is one row. `marks` says for which releases it holds (1: R4, 2: R5) and whether it is the
one that the resource is sorted by, ascending (4, 8) and descending (16, 32).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from html import unescape
from typing import Any, NamedTuple

from app.parameters.own import BELOW, stale_since
from app.parameters.paths import Element, compile_path
from app.parameters.table import BELOW_SLOT, BITS, COMMON, PARAMETERS, PLAIN_PARAMETERS, Parameter
from app.parameters.values import READERS, Dates, Numbers, Refers, Row, Token, Words
from app.record.ids import fold
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

Rows = dict[str, list[tuple[Any, ...]]]
"""Table -> rows without the resource's key: the columns of the kind of row, then `marks`."""
Find = Callable[[dict[str, Any]], Iterable[tuple[Element, int]]]


class Place(NamedTuple):
    latitude: float
    longitude: float


class Searched(NamedTuple):
    """What is found of a resource: index rows, its words (title, narrative, all else), where it is."""

    rows: Rows
    words: tuple[str, str, str]
    place: Place | None


class _Reader(NamedTuple):
    """Reads one parameter, or one component of a composite one (then elements are numbered)."""

    number: int
    reads: str
    find: Callable[[dict[str, Any]], Iterable[tuple[Element, int]]]


def search_rows(r4: dict[str, Any], r5: dict[str, Any], trial: Trial | None = None) -> Searched:
    """`trial` is the record, for a ResearchStudy."""
    found = {"r5": set(_rows(r5, "r5"))}
    found["r4"] = found["r5"] if r4 is r5 and _same(r5["resourceType"]) else set(_rows(r4, "r4"))
    if trial is not None:
        both = set(_of_record(trial))
        found = {release: rows | both for release, rows in found.items()}
    return Searched(_marked(found), words_of(r5), _place(r5))


def _marked(found: Mapping[str, set[Row]]) -> Rows:
    same = _written(found.values())
    found = {release: {same.get(row[:4], row) for row in rows} for release, rows in found.items()}
    marks: dict[Row, int] = {}
    for release, rows in found.items():
        bit = BITS[release]
        ends: dict[tuple[type[Row], int], list[Row]] = {}
        for row in rows:
            marks[row] = marks.get(row, 0) | bit
            ends.setdefault((type(row), row.param), []).append(row)
        for (kind, _), ordered in ends.items():
            if kind is not Refers:
                key = _ORDER[kind]
                marks[min(ordered, key=key)] |= bit << LOWEST
                marks[max(ordered, key=key)] |= bit << HIGHEST
    made: Rows = {}
    for row, mark in marks.items():
        made.setdefault(TABLES[type(row)], []).append((*row, mark))
    return made


def _written(rows: Iterable[set[Row]]) -> dict[tuple[Any, ...], Row]:
    """One of each token that is written in several ways and compared as one, by what is compared."""
    codes: dict[tuple[Any, ...], Row] = {}
    for row in (one for each in rows for one in each if isinstance(one, Token)):
        before = codes.get(row[:4])
        if not isinstance(before, Token) or str(row.shown) < str(before.shown):
            codes[row[:4]] = row
    return codes


_ORDER: dict[type[Row], Callable[[Any], tuple[Any, ...]]] = {
    Token: lambda row: (row.code, row.item, row.system),
    Words: lambda row: (row.start, row.exact),
    Dates: lambda row: (row.low, row.high, row.item),
    Numbers: lambda row: (row.low, row.high, row.item),
}


def _rows(document: dict[str, Any], release: str) -> Iterable[Row]:
    for reader in _readers(release, document["resourceType"]):
        read = READERS[reader.reads]
        for element, item in reader.find(document):
            yield from read(reader.number, element, item)


def _of_record(trial: Trial) -> Iterable[Row]:
    for parameter in (*PARAMETERS, *PLAIN_PARAMETERS):
        if parameter.resource == "ResearchStudy":
            if parameter.find:
                for element in parameter.find(trial):
                    yield from READERS[parameter.reads](parameter.number, element, 0)
            if parameter in PLAIN_PARAMETERS:
                continue
            if parameter.below:
                for element in BELOW[("ResearchStudy", parameter.code)](trial):
                    yield from READERS["token"](parameter.number + BELOW_SLOT, element, 0)
            if parameter.reads == "stale" and (since := stale_since(trial)) is not None:
                yield Dates(parameter.number, since, since + 1, 0)


@cache
def _readers(release: str, kind: str) -> tuple[_Reader, ...]:
    made = []
    for parameter in PARAMETERS:
        if parameter.resource not in (kind, COMMON) or release not in parameter.releases or parameter.find:
            continue
        if parameter.kind == "composite":
            made += _components(parameter, release)
        elif parameter.reads in READERS or parameter.reads == "canonical":
            reads = "uri" if parameter.reads == "canonical" else parameter.reads
            expression = parameter.expression(release)
            if expression and parameter.code != "status-changed":
                made.append(_Reader(parameter.number, reads, _each(expression)))
    return tuple(made)


def _each(expression: str) -> Find:
    find = compile_path(expression)
    return lambda document: [(element, 0) for element in find(document)]


def _components(parameter: Parameter, release: str) -> list[_Reader]:
    definition = parameter.definition(release)
    elements = compile_path(definition.expression)

    parts = [compile_path(expression) for _, expression, _ in definition.components]

    def part(find: Callable[[dict[str, Any]], list[Element]]) -> Find:
        """Of elements that have all parts: no other can match."""
        return lambda document: [
            (one, item)
            for item, element in enumerate(elements(document))
            if all(map(_comparable, (other(element.value) for other in parts)))
            for one in find(element.value)
        ]

    return [
        _Reader(parameter.number + n, "code" if kind == "token" else kind, part(find))
        for n, ((_, _, kind), find) in enumerate(zip(definition.components, parts, strict=True), 1)
    ]


def _comparable(found: list[Element]) -> bool:
    """Whether any of the elements is more than a text."""
    return any(not isinstance(one.value, dict) or set(one.value) - {"text"} for one in found)


@cache
def _same(kind: str) -> bool:
    """Whether both releases search this type by the same expressions, so that one document gives the rows of both."""
    return all(
        parameter.releases == ("r4", "r5") and parameter.expression("r4") == parameter.expression("r5")
        for parameter in PARAMETERS
        if parameter.resource == kind
    )


def _place(document: dict[str, Any]) -> Place | None:
    position = document.get("position") if document["resourceType"] == "Location" else None
    return Place(float(position["latitude"]), float(position["longitude"])) if position else None


# A Chinese, Japanese or Korean character is a word: their texts have no spaces between words
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_TAG = re.compile(r"<[^>]*>")
_NO_WORDS = {"resourceType", "id", "meta", "text", "url", "reference", "system", "linkId", "valueUri", "valueCanonical"}


def word_list(text: str) -> list[str]:
    """The words of a text, folded: what full-text search compares."""
    return _WORDS.findall(fold(text))


def words_of(document: dict[str, Any]) -> tuple[str, str, str]:
    """The words of the title or name, of the narrative, and of all else that are in neither: each once."""
    named = document.get("title") or document.get("name") or ""
    title = named if isinstance(named, str) else " ".join(str(part.get("text", "")) for part in named)
    narrative = unescape(_TAG.sub(" ", (document.get("text") or {}).get("div", "")))
    texts: list[str] = []
    _collect({name: value for name, value in document.items() if name not in _NO_WORDS}, texts)
    first, second, rest = (dict.fromkeys(word_list(text)) for text in (title, narrative, " ".join(texts)))
    others = [word for word in rest if word not in first and word not in second]
    return " ".join(first), " ".join(second), " ".join(others)


def _collect(node: Any, texts: list[str]) -> None:
    if isinstance(node, str):
        texts.append(node)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "text" and isinstance(value, str):
                texts.append(value)
            elif name not in _NO_WORDS:
                _collect(value, texts)
    elif isinstance(node, list):
        for each in node:
            _collect(each, texts)
