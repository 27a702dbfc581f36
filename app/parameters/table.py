"""The one table of search parameters (https://hl7.org/fhir/R5/search.html).

Index rows, parsing, SQL, CapabilityStatement, SearchParameter resources, OpenAPI and the README's table are all made
from `PARAMETERS`: those of the specification (`official.json`: https://hl7.org/fhir/R4/searchparameter-registry.html
and R5's, without those below) and our own (`own.py`). What is not in it is not accepted.

Left out: `_list`, `_in`, `_query` (lists and named queries are not served), EvidenceVariable `topic` of R5 (its
official expression has no path for the type) and Location `contains` of R5 (no source gives a boundary).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.parameters.own import BELOW, DOCS, OWN, Finder
from app.parameters.plain import PLAIN
from app.record.codes import BASE

FHIR_TYPES = (
    "ResearchStudy",
    "Group",
    "EvidenceVariable",
    "Location",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
)
"""The resource types that are served, in both releases."""

BITS = {"r4": 1, "r5": 2}
"""The bit of each release in the `marks` of index rows; the plain API reads R5's."""
SLOTS = 8
"""Numbers that a parameter has: its own, those of its components (1 to 3) or of types of criteria (1, 2), references
that lead to no resource here (5), `:of-type` (6) and `:below` (7)."""
BELOW_SLOT = 7

_STRINGS = ("contains", "exact", "missing")
MODIFIERS: dict[str, dict[str, tuple[str, ...]]] = {
    "string": {"r4": _STRINGS, "r5": (*_STRINGS, "text")},
    "token": {
        "r4": ("in", "missing", "not", "not-in", "of-type", "text"),
        "r5": ("code-text", "in", "missing", "not", "not-in", "of-type", "text"),
    },
    "reference": {"r4": ("identifier", "missing"), "r5": ("identifier", "missing", "text")},
    "uri": {"r4": ("above", "below", "missing"), "r5": ("above", "below", "contains", "missing")},
    "date": dict.fromkeys(BITS, ("missing",)),
    "number": dict.fromkeys(BITS, ("missing",)),
    "quantity": dict.fromkeys(BITS, ("missing",)),
    "composite": dict.fromkeys(BITS, ()),
    "special": dict.fromkeys(BITS, ()),
}
"""https://hl7.org/fhir/R5/search.html#modifiers; on references also `:[type]`. Not those that no value here could tell
apart."""
_PUBLICATION = "http://hl7.org/fhir/publication-status"
SYSTEMS: dict[tuple[str, str], str | dict[str, str]] = {
    ("Resource", "_language"): "urn:ietf:bcp:47",
    ("ResearchStudy", "status"): {"r4": "http://hl7.org/fhir/research-study-status", "r5": _PUBLICATION},
    ("EvidenceVariable", "status"): _PUBLICATION,
    ("Group", "type"): "http://hl7.org/fhir/group-type",
    ("Group", "membership"): "http://hl7.org/fhir/group-membership-basis",
    ("Location", "status"): "http://hl7.org/fhir/location-status",
    ("Practitioner", "gender"): "http://hl7.org/fhir/administrative-gender",
    **{(one, "address-use"): "http://hl7.org/fhir/address-use" for one in ("Location", "Organization", "Practitioner")},
}
"""Of parameters that read a `code`."""
SORTABLE = ("string", "token", "date", "number", "quantity", "uri")


@dataclass(frozen=True)
class Definition:
    """A parameter as one release has it."""

    url: str
    expression: str
    targets: tuple[str, ...] = ()
    components: tuple[tuple[str, str, str], ...] = ()
    """(definition, expression, type)"""


@dataclass(frozen=True, eq=False)
class Parameter:
    number: int
    """Names it in the tables of the index; numbers are given anew when this table changes."""
    resource: str
    """`Resource`: every type has it."""
    code: str
    kind: str
    definitions: Mapping[str, Definition] = field(hash=False, compare=False)
    doc: str = ""
    find: Finder | None = None
    """Finds the elements in the record; none: the expression finds them in the document."""
    reads: str = ""
    """How values are compared: the type, or the name of what is like no other."""
    below: bool = False
    """Whether its codes stand in a hierarchy that records say."""
    choices: tuple[str, ...] = ()
    """The only values that there are, where any other is an error."""
    implied: str = ""
    """The modifier that is meant when none is given."""

    @property
    def releases(self) -> tuple[str, ...]:
        return tuple(self.definitions)

    def definition(self, release: str) -> Definition:
        """The plain API (`v1`) has what R5 has."""
        return self.definitions.get(release) or self.definitions["r5"]

    def url(self, release: str) -> str:
        return self.definition(release).url

    def expression(self, release: str) -> str:
        return self.definition(release).expression

    def targets(self, release: str) -> tuple[str, ...]:
        """The types that a reference may lead to, of those served."""
        targets = self.definition(release).targets
        return FHIR_TYPES if targets == ("*",) else targets

    def components(self, release: str) -> tuple[tuple[str, str], ...]:
        return tuple((definition, expression) for definition, expression, _ in self.definition(release).components)

    def modifiers(self, release: str) -> tuple[str, ...]:
        release = "r5" if release == "v1" else release
        if self.reads in _WITHOUT_MODIFIERS:
            return ()
        if self.reads == "id":
            return ("missing", "not")
        if self.reads == "phonetic":
            return ("missing",)
        extra = ("above", "below") if self.below else ()
        kind = "uri" if self.reads in ("uri", "canonical") else self.kind
        declared = (*MODIFIERS[kind][release], *extra)
        return tuple(sorted(one for one in declared if one != "of-type" or self.code == "identifier"))

    def system(self, release: str) -> str:
        """Of the codes, where the element says none because its value set does
        (https://hl7.org/fhir/R5/search.html#token)."""
        one = SYSTEMS.get((self.resource, self.code), "")
        return one if isinstance(one, str) else one[release]

    def is_own(self, release: str) -> bool:
        return self.url(release).startswith(BASE)

    @property
    def sortable(self) -> bool:
        return self.kind in SORTABLE and self.reads not in ("text", "content", "stale")


_READS = {
    "_id": "id",
    "_lastUpdated": "lastUpdated",
    "_profile": "canonical",
    "_text": "text",
    "_content": "content",
    "_filter": "filter",
    "_has": "has",
    "_type": "type",
    "near": "near",
    "stale": "stale",
    "eligible-age": "eligible-age",
    "criterion": "criterion",
    "phonetic": "phonetic",
    "recorded": "lastUpdated",  # the instant of the version, which only the writing transaction knows
}
_WITHOUT_MODIFIERS = ("text", "content", "filter", "has", "type", "near", "stale", "eligible-age", "criterion")


def _official() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((Path(__file__).parent / "official.json").read_text())
    return rows


def _definitions(row: dict[str, Any]) -> dict[str, Definition]:
    made = {}
    for names in ("r4 r5", "r4", "r5"):
        if names in row:
            one = row[names]
            definition = Definition(
                one["url"],
                one["expression"],
                tuple(one.get("target", ())),
                tuple((url, expression, kind) for url, expression, kind in one.get("component", ())),
            )
            made.update(dict.fromkeys(names.split(), definition))
    return made


def _table() -> tuple[Parameter, ...]:
    found: dict[tuple[str, str, str], tuple[dict[str, Definition], str, Finder | None]] = {}
    for row in _official():
        expression = next(row[names]["expression"] for names in ("r5", "r4 r5", "r4") if names in row)
        doc = DOCS.get((row["resource"], row["code"]), f"`{expression}`" if expression else "")
        found[(row["resource"], row["code"], row["type"])] = (_definitions(row), doc, None)
    for own in OWN:
        definitions, _, _ = found.get((own.resource, own.code, own.kind), ({}, "", None))
        for release, expression in own.expressions.items():
            assert release not in definitions, f"{release} has {own.code}"
            name = f"{BASE}/SearchParameter/{own.resource}-{own.code.lstrip('_')}"
            definitions[release] = Definition(name, expression, own.targets, own.components)
        found[(own.resource, own.code, own.kind)] = (definitions, own.doc, own.find)
    order = sorted(found, key=lambda name: ((COMMON, *FHIR_TYPES).index(name[0]), name[1], name[2]))
    made = []
    for n, (resource, code, kind) in enumerate(order, 1):
        below = (resource, code) in BELOW
        reads = _READS.get(code, kind)
        made.append(Parameter(n * SLOTS, resource, code, kind, *found[(resource, code, kind)], reads, below))
    return tuple(made)


def _plain(fhir: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters of trials in the plain API: those with names of their own."""
    by_code = {one.code: one for one in fhir if "r5" in one.releases and one.resource in (COMMON, "ResearchStudy")}
    nothing = {"v1": Definition("", "")}
    made = []
    for n, plain in enumerate(PLAIN, len(fhir) + 1):
        if plain.find:
            made.append(
                Parameter(
                    n * SLOTS,
                    "ResearchStudy",
                    plain.name,
                    plain.kind,
                    nothing,
                    plain.doc,
                    plain.find,
                    plain.kind,
                    choices=plain.choices,
                )
            )
            continue
        code, _, modifier = plain.means.partition(":")
        same = replace(by_code[code], code=plain.name, doc=plain.doc, choices=plain.choices, implied=modifier)
        made.append(replace(same, definitions={"v1": by_code[code].definitions["r5"]}))
    return tuple(made)


COMMON = "Resource"
"""The type of the parameters that every type has."""
PARAMETERS = _table()
"""Of FHIR."""
PLAIN_PARAMETERS = _plain(PARAMETERS)
"""Of trials in the plain API, which takes R5's too, by their own names."""

_INDEX: dict[tuple[str, str], dict[str, Parameter]] = {}
for _parameter in PARAMETERS:
    for _release in (*_parameter.releases, *(("v1",) if "r5" in _parameter.releases else ())):
        for _type in FHIR_TYPES if _parameter.resource == COMMON else (_parameter.resource,):
            _INDEX.setdefault((_release, _type), {})[_parameter.code] = _parameter
_INDEX[("v1", "ResearchStudy")] |= {one.code: one for one in PLAIN_PARAMETERS}


def parameters_of(release: str, resource: str) -> dict[str, Parameter]:
    """The parameters of a resource type in a release, by name, the common ones among them."""
    return _INDEX.get((release, resource), {})


def bit_of(release: str) -> int:
    """Of `marks`."""
    return BITS.get(release, BITS["r5"])
