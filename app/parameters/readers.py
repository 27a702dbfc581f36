"""What reads the parameters of a type: the compiled table, by the elements that each expression begins with.

A document has few of the elements that parameters ask for: only readers of those that are there run, and once for both
releases where both read the same elements of equal value.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from app.parameters.paths import CHOICES, Element, Elements, compile_path
from app.parameters.table import BITS, COMMON, PARAMETERS, Definition, Parameter
from app.parameters.values import READERS

Find = Callable[[dict[str, Any]], Iterable[tuple[Element, int]]]


class Reader(NamedTuple):
    """Reads one parameter, or one component of a composite one (then elements are numbered), in the releases of
    `bits`. `roots` are the elements that it begins with; none: it must run in any case."""

    number: int
    reads: str
    roots: frozenset[str]
    bits: int
    find: Find


class Readers(NamedTuple):
    by_root: dict[str, tuple[Reader, ...]]
    always: tuple[Reader, ...]


@cache
def readers_of(kind: str) -> Readers:
    """Those of a resource type."""
    by_root: dict[str, list[Reader]] = {}
    always = []
    for parameter in PARAMETERS:
        if parameter.resource not in (kind, COMMON) or parameter.find:
            continue
        for reader in _readers(parameter):
            if not reader.roots:
                always.append(reader)
            for root in reader.roots:
                by_root.setdefault(root, []).append(reader)
    return Readers({root: tuple(found) for root, found in by_root.items()}, tuple(always))


def _readers(parameter: Parameter) -> list[Reader]:
    present = [
        (bit, parameter.definition(release), parameter.system(release))
        for release, bit in BITS.items()
        if release in parameter.releases
    ]
    same = len(present) == 2 and _asked(present[0]) == _asked(present[1])
    if same:
        present = [(sum(BITS.values()), *present[0][1:])]
    made = []
    for bits, definition, system in present:
        if parameter.kind == "composite":
            made += _components(parameter, definition, bits)
        elif definition.expression and (reads := _READS.get(parameter.reads, parameter.reads)) in READERS:
            roots = _roots(definition.expression)
            made.append(Reader(parameter.number, reads, roots, bits, _each(definition.expression, system)))
    return made


_READS = {"canonical": "uri"}


def _asked(present: tuple[int, Definition, str]) -> tuple[str, list[str], str]:
    """What is read, whatever the release calls it."""
    _, definition, system = present
    return definition.expression, [expression for _, expression, _ in definition.components], system


def _roots(expression: str) -> frozenset[str]:
    """The elements that the parts of an expression begin with; none for one that says something of any document."""
    roots = frozenset(re.findall(r"(?:^|[|(]\s*)\(?[A-Z]\w+\.(\w+)", expression))
    return frozenset() if "exists() and" in expression or roots & set(CHOICES) else roots


def _each(expression: str, system: str) -> Find:
    find = compile_path(expression)
    if system:
        return lambda document: [(Element({"system": system, "code": one.value}), 0) for one in find(document)]
    return lambda document: [(element, 0) for element in find(document)]


def _components(parameter: Parameter, definition: Definition, bits: int) -> list[Reader]:
    elements = compile_path(definition.expression)
    parts = [compile_path(expression) for _, expression, _ in definition.components]

    def part(find: Callable[[dict[str, Any]], Elements]) -> Find:
        """Of elements that have all parts: no other can match."""
        return lambda document: [
            (one, item)
            for item, element in enumerate(elements(document))
            if all(map(_comparable, (other(element.value) for other in parts)))
            for one in find(element.value)
        ]

    roots = _roots(definition.expression)
    return [
        Reader(parameter.number + n, "code" if kind == "token" else kind, roots, bits, part(find))
        for n, ((_, _, kind), find) in enumerate(zip(definition.components, parts, strict=True), 1)
    ]


def _comparable(found: Elements) -> bool:
    """Whether any of the elements is more than a text."""
    return any(not isinstance(one.value, dict) or set(one.value) - {"text"} for one in found)
