"""What the server says of itself: CapabilityStatement and SearchParameter, and the head of every definition of ours.

Enters what is declared (types, parameters, operations) as plain data, leaves documents:
https://hl7.org/fhir/R5/capabilitystatement.html, https://hl7.org/fhir/R5/searchparameter.html, and the same under R4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.fhir.datatypes import Json, element
from app.record.codes import BASE

RELEASED = "2026-11-23"
"""The day of the release that these resources describe."""
VERSION = "1.0.0"
"""Of our definitions: canonical references may end in `|1.0.0`."""
PUBLISHER = "Clinical-trial registry"
FHIR_VERSIONS = {"r4": "4.0.1", "r5": "5.0.0"}
FORMATS = ("application/fhir+json", "application/fhir+xml", "json", "xml")
BULK_DATA = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data"
"""https://hl7.org/fhir/uv/bulkdata/STU2/CapabilityStatement-bulk-data.html"""
EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"

INTERACTIONS = ("read", "vread", "history-instance", "history-type", "search-type")
SYSTEM_INTERACTIONS = ("batch", "search-system", "history-system")

DEFINITION_TYPES = ("CodeSystem", "OperationDefinition", "SearchParameter", "StructureDefinition", "ValueSet")
"""Types of which our own definitions are served, all found by the parameters below."""
_DEFINITION_PARAMETERS = (
    ("_id", "token", {"r4": "Resource-id", "r5": "Resource-id"}, "The logical id."),
    ("name", "string", {"r4": "conformance-name", "r5": "CanonicalResource-name"}, "The name for programs."),
    ("url", "uri", {"r4": "conformance-url", "r5": "CanonicalResource-url"}, "The canonical URL."),
)

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
_COMPARED = ("number", "date", "quantity")
# http://hl7.org/fhir/ValueSet/search-modifier-code of each release; R4 spells `of-type` otherwise
_IN_BOTH = ("missing", "exact", "contains", "not", "text", "in", "not-in", "below", "above", "type", "identifier")
_MODIFIER_CODES = {
    "r4": {**{code: code for code in _IN_BOTH}, "of-type": "ofType"},
    "r5": {code: code for code in (*_IN_BOTH, "of-type", "code-text", "text-advanced", "iterate")},
}


class Declared(Protocol):
    """A search parameter as it is declared (`app.parameters`)."""

    @property
    def resource(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def doc(self) -> str: ...
    def url(self, release: str, /) -> str: ...
    def expression(self, release: str, /) -> str: ...
    def targets(self, release: str, /) -> tuple[str, ...]: ...
    def modifiers(self, release: str, /) -> tuple[str, ...]: ...
    def components(self, release: str, /) -> tuple[tuple[str, str], ...]: ...


class DeclaredOperation(Protocol):
    """An operation as it is declared (`app.fhir.operations.OPERATIONS`)."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def levels(self) -> tuple[str, ...]: ...
    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def doc(self) -> str: ...


@dataclass(frozen=True)
class ServedType:
    """A resource type and what can be done with it; `include` and `reverse_include` are values of `_include` and
    `_revinclude` (`ResearchStudy:site`)."""

    type: str
    parameters: Sequence[Declared]
    include: Sequence[str] = ()
    reverse_include: Sequence[str] = ()
    interactions: Sequence[str] = INTERACTIONS


def definition(
    kind: str, id: str, description: str, /, *, title: str | None = None, url: str = "", **content: Any
) -> Json:
    """A definition of ours: what all of them have, then `content`. The name for programs is made from `id`:
    `recruiting-now` -> `RecruitingNow`."""
    name = "".join(word[:1].upper() + word[1:] for word in id.replace("_", "-").split("-"))
    return element(
        resourceType=kind,
        id=id,
        url=url or f"{BASE}/{kind}/{id}",
        version=VERSION,
        name=name,
        title=title,
        status="active",
        experimental=False,
        date=RELEASED,
        publisher=PUBLISHER,
        description=description,
        **content,
    )


def instance(release: str, base: str, software_version: str) -> Json:
    """The elements that say which server speaks, of CapabilityStatement and TerminologyCapabilities alike."""
    return {
        "kind": "instance",
        "software": {"name": PUBLISHER, "version": software_version},
        "implementation": {"description": f"{PUBLISHER}, FHIR {release.upper()}", "url": base},
    }


def capability_statement(
    release: str,
    base: str,
    software_version: str,
    served: Sequence[ServedType],
    *,
    common: Sequence[Declared] = (),
    operations: Sequence[DeclaredOperation] = (),
    interactions: Sequence[str] = SYSTEM_INTERACTIONS,
    definitions: Sequence[str] = ("read", "search-type"),
) -> Json:
    """`base` is the address of the FHIR endpoint; `common` are the parameters of every type. `interactions` are those
    of the whole system, `definitions` those of `DEFINITION_TYPES` (none: these types are left out)."""
    exports = any(each.url == EXPORT for each in operations)
    return definition(
        "CapabilityStatement",
        f"registry-{release}",
        f"What this server answers under FHIR {release.upper()}.",
        title=f"{PUBLISHER}, FHIR {release.upper()}",
        **instance(release, base, software_version),
        instantiates=[BULK_DATA] if exports else None,
        fhirVersion=FHIR_VERSIONS[release],
        format=list(FORMATS),
        rest=[
            element(
                mode="server",
                documentation="Read-only. An unknown search parameter is refused with 400 unless the request says "
                "'Prefer: handling=lenient'.",
                security={"cors": True},
                resource=[
                    *(_served(release, each, operations) for each in served),
                    *(_defined(release, kind, definitions) for kind in DEFINITION_TYPES if definitions),
                ],
                interaction=_codes(interactions),
                searchParam=[_parameter(release, each) for each in common],
                operation=_operations(each for each in operations if "system" in each.levels),
            )
        ],
    )


def _served(release: str, served: ServedType, operations: Sequence[DeclaredOperation]) -> Json:
    here = [
        each
        for each in operations
        if {"type", "instance"} & set(each.levels) and (not each.types or served.type in each.types)
    ]
    return element(
        type=served.type,
        profile=f"http://hl7.org/fhir/StructureDefinition/{served.type}",
        interaction=_codes(served.interactions),
        versioning="versioned",
        readHistory="vread" in served.interactions,
        **_read_only(release),
        referencePolicy=["literal", "local"],
        searchInclude=list(served.include),
        searchRevInclude=list(served.reverse_include),
        searchParam=[_parameter(release, each) for each in served.parameters],
        operation=_operations(here),
    )


def _defined(release: str, kind: str, interactions: Sequence[str]) -> Json:
    found = "search-type" in interactions
    return element(
        type=kind,
        profile=f"http://hl7.org/fhir/StructureDefinition/{kind}",
        interaction=_codes(interactions),
        versioning="no-version",
        readHistory=False,
        **_read_only(release),
        searchParam=[
            {"name": name, "definition": _official(ids[release]), "type": type, "documentation": doc}
            for name, type, ids, doc in _DEFINITION_PARAMETERS
            if found
        ],
    )


def _read_only(release: str) -> Json:
    return {
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "full-support",
        "conditionalUpdate": False,
        **({"conditionalPatch": False} if release == "r5" else {}),
        "conditionalDelete": "not-supported",
    }


def _codes(interactions: Sequence[str]) -> list[Json]:
    return [{"code": code} for code in interactions]


def _official(id: str) -> str:
    return f"http://hl7.org/fhir/SearchParameter/{id}"


def _parameter(release: str, declared: Declared) -> Json:
    return {
        "name": declared.code,
        "definition": declared.url(release),
        "type": declared.kind,
        "documentation": declared.doc,
    }


def _operations(operations: Iterable[DeclaredOperation]) -> list[Json]:
    return [{"name": each.name, "definition": each.url, "documentation": each.doc} for each in operations]


def search_parameter(release: str, id: str, declared: Declared, chain: Sequence[str] = ()) -> Json:
    """One of our own parameters (those of the specification are served by HL7); `chain` are the names that may
    follow a reference."""
    expression = declared.expression(release)
    codes = _MODIFIER_CODES[release]
    # a reference's `:[type]` is always there
    names = [*(name.strip("[]") for name in declared.modifiers(release)), *["type"] * (declared.kind == "reference")]
    return definition(
        "SearchParameter",
        id,
        declared.doc,
        url=declared.url(release),
        code=declared.code,
        base=[declared.resource],
        type=declared.kind,
        expression=expression,
        processingMode="normal" if expression and release == "r5" else None,
        target=list(declared.targets(release)) if declared.kind == "reference" else None,
        multipleOr=True,
        multipleAnd=True,
        comparator=list(PREFIXES) if declared.kind in _COMPARED else None,
        modifier=[codes[name] for name in dict.fromkeys(names) if name in codes],
        chain=list(chain) if declared.kind == "reference" else None,
        component=[{"definition": url, "expression": part} for url, part in declared.components(release)],
    )
