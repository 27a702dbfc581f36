"""CapabilityStatement and SearchParameter resources, made from what is declared
(https://hl7.org/fhir/R5/capabilitystatement.html, https://hl7.org/fhir/R5/searchparameter.html)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

RELEASED = "2026-11-23"
"""The day of the release that these resources describe."""
FHIR_VERSIONS = {"r4": "4.0.1", "r5": "5.0.0"}


class Declared(Protocol):
    """A search parameter as it is declared (`app.search.params.Parameter`)."""

    @property
    def resource(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def urls(self) -> Mapping[str, str]: ...
    @property
    def expression(self) -> str: ...
    @property
    def modifiers(self) -> tuple[str, ...]: ...


def capability_statement(
    release: str, base: str, software_version: str, parameters: Mapping[str, Sequence[Declared]]
) -> dict[str, Any]:
    """`base` is the address of the FHIR endpoint, `parameters` are those of each resource type served."""
    return {
        "resourceType": "CapabilityStatement",
        "id": f"registry-{release}",
        "status": "active",
        "date": RELEASED,
        "kind": "instance",
        "software": {"name": "Clinical-trial registry", "version": software_version},
        "implementation": {"description": f"Clinical-trial registry, FHIR {release.upper()}", "url": base},
        "fhirVersion": FHIR_VERSIONS[release],
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Read-only. An unknown search parameter is refused with 400 unless the request says "
                "'Prefer: handling=lenient'.",
                "resource": [
                    *(_served(kind, declared, release) for kind, declared in parameters.items()),
                    {"type": "SearchParameter", "interaction": [{"code": "read"}]},
                ],
                "interaction": [{"code": "history-system"}],
            }
        ],
    }


def _served(kind: str, declared: Sequence[Declared], release: str) -> dict[str, Any]:
    return {
        "type": kind,
        "interaction": [
            {"code": code} for code in ("read", "vread", "history-instance", "history-type", "search-type")
        ],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": False,
        "conditionalCreate": False,
        "conditionalRead": "full-support",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
        "searchParam": [
            {"name": p.code, "definition": p.urls[release], "type": p.kind, "documentation": p.doc} for p in declared
        ],
    }


def search_parameter(release: str, id: str, declared: Declared) -> dict[str, Any]:
    """One of our own parameters; those of the specification are served by HL7."""
    return {
        "resourceType": "SearchParameter",
        "id": id,
        "url": declared.urls[release],
        "name": "".join(word.capitalize() for word in (declared.resource, *declared.code.split("-"))),
        "status": "active",
        "date": RELEASED,
        "description": declared.doc,
        "code": declared.code,
        "base": [declared.resource],
        "type": declared.kind,
        **({"expression": declared.expression} if declared.expression else {}),
        **({"modifier": list(declared.modifiers)} if declared.modifiers else {}),
    }
