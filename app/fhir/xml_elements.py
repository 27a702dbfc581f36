"""The elements of FHIR's types in both releases, by their names in JSON.

Enters the name of a release; leaves, for each resource type that this server serves or accepts and each data type that
these reach, its elements in the order of the specification, with types, cardinalities, targets and required codes.
The facts are in `xml_elements.r4.json` and `xml_elements.r5.json`, drawn from the specification's StructureDefinitions
and value set expansions (https://hl7.org/fhir/R4/downloads.html, https://hl7.org/fhir/R5/downloads.html). There a row
reads `name types codes`, its name marked `?` (0..1), `*` (0..*), `+` (1..*) or not (1..1), and `@` for an attribute in
XML; a first word alone is the type whose elements come before.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# fmt: off
PRIMITIVES = frozenset((
    "base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer",
    "integer64", "markdown", "oid", "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml",
))
# fmt: on
RESOURCES = ("Resource", "DomainResource")
MAX_DEPTH = 100
"""Objects within objects: more than any real document has, less than what exhausts the interpreter's stack."""


class Element(NamedTuple):
    """`name` is the name in JSON (`valueString`), `path` that in FHIRPath (`value`), `choice` what the specification
    calls it (`value[x]`); `codes` are those of a required binding (None: unbound, or a set too large to list),
    `targets` the types that a reference may point at (empty: any)."""

    name: str
    path: str
    choice: str
    order: int
    type: str
    required: bool
    many: bool
    attribute: bool
    codes: frozenset[str] | None
    code_set: str
    targets: frozenset[str]

    @property
    def primitive(self) -> bool:
        return self.type in PRIMITIVES


class Definitions(NamedTuple):
    """`types` holds backbone elements too, by path (`Group.characteristic`); `known` is FHIR's every resource type."""

    version: str
    types: dict[str, dict[str, Element]]
    resources: frozenset[str]
    known: frozenset[str]


@cache
def definitions(release: str) -> Definitions:
    """Those of `r4` or `r5`. Raises ValueError for another release."""
    if release not in ("r4", "r5"):
        raise ValueError(f"release {release!r}: expected r4 or r5")
    table = json.loads(Path(__file__).with_name(f"xml_elements.{release}.json").read_text("utf-8"))
    codes = {name: frozenset(words.split()) for name, words in table["codes"].items()}
    rows: dict[str, list[str]] = table["types"]
    types = {name: _elements(name, rows, codes, table["open"].split()) for name in rows}
    resources = frozenset(name for name in rows if rows[name] and rows[name][0] in RESOURCES) - {"DomainResource"}
    return Definitions(table["fhirVersion"], types, resources, codes["resource-types"] | resources)


def _elements(
    name: str, rows: dict[str, list[str]], codes: dict[str, frozenset[str]], open_types: list[str]
) -> dict[str, Element]:
    made: dict[str, Element] = {}
    for order, row in enumerate(_flat(name, rows)):
        words = row.split(" ")
        mark = words[0][-1] if words[0][-1] in "?*+" else ""
        label = words[0].rstrip("?*+").removeprefix("@")
        shared: dict[str, Any] = {
            "choice": label,
            "path": label.removesuffix("[x]"),
            "order": order,
            "required": mark in ("", "+"),
            "many": mark in ("*", "+"),
            "attribute": row.startswith("@"),
            "codes": codes[words[2]] if len(words) > 2 else None,
            "code_set": words[2] if len(words) > 2 else "",
        }
        for type_ in open_types if words[1] == "*" else words[1].split("|"):
            bare, _, targets = type_.rstrip(")").partition("(")
            key = shared["path"] + bare[0].upper() + bare[1:] if label.endswith("[x]") else label
            made[key] = Element(name=key, type=bare, targets=frozenset(targets.split(",")) - {""}, **shared)
    return made


def _flat(name: str, rows: dict[str, list[str]]) -> Iterator[str]:
    for row in rows[name]:
        if " " in row:
            yield row
        else:
            yield from _flat(row, rows)
