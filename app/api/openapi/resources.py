"""What FHIR answers hold, as schemas by name: resources and their data types element by element for each release
(`R5.Location`), bundles of each kind, OperationOutcome as it is written here.

Of our definitions and capability statements only the head is told: their bodies are data about FHIR itself, which
would make the document a half longer, and a client that reads them knows them from FHIR. XML is a text to OpenAPI.
"""

from collections.abc import Iterable

from app.api.openapi.common import TEXT, Json, ref
from app.fhir.conformance import DEFINITION_TYPES, FHIR_VERSIONS
from app.fhir.json_schema import schema_name, schemas
from app.fhir.xml_elements import definitions
from app.parameters.table import FHIR_TYPES

_URL: Json = {"type": "string", "format": "uri"}
_OUTCOME = "OperationOutcome"
BUNDLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Bundle-searchset": ("searchset", (*FHIR_TYPES, _OUTCOME)),
    "Bundle-match": ("searchset", ("ResearchStudy", "GuidanceResponse", _OUTCOME)),
    "Bundle-definitions": ("searchset", DEFINITION_TYPES),
    "Bundle-history": ("history", FHIR_TYPES),
    "Bundle-batch-response": ("batch-response", ("Resource",)),
}
"""Name -> the bundle's type, and the types of the resources in it."""


def schema_of(release: str, *names: str) -> Json:
    """A resource of these types, or a bundle of these names."""
    found = [ref("schemas", _OUTCOME if name == _OUTCOME else schema_name(release, name)) for name in names]
    if len(found) == 1:
        return found[0]
    mapping = {name: one["$ref"] for name, one in zip(names, found, strict=True)}
    return {"anyOf": found, "discriminator": {"propertyName": "resourceType", "mapping": mapping}}


def components() -> Json:
    issue = _object(
        ["severity", "code", "diagnostics"],
        severity=_one_of(["fatal", "error", "warning", "information"]),
        code=_one_of(sorted(definitions("r4").types["OperationOutcome.issue"]["code"].codes or ())),
        diagnostics=TEXT,
        expression=_listed(TEXT),
    )
    made = {_OUTCOME: _object(["resourceType", "issue"], resourceType=_constant(_OUTCOME), issue=_listed(issue))}
    bundled = dict.fromkeys(one for _, within in BUNDLES.values() for one in within if one != "Resource")
    for release, version in FHIR_VERSIONS.items():
        made |= schemas(release, (one for one in bundled if one not in (*DEFINITION_TYPES, _OUTCOME)))
        for kind in DEFINITION_TYPES:
            made[schema_name(release, kind)] = _head(release, kind, ("id", "url", "version", "name", "status"))
        statement = _head(release, "CapabilityStatement", ("status", "date", "kind", "fhirVersion", "format"))
        statement["properties"]["fhirVersion"] = _constant(version)
        made[schema_name(release, "CapabilityStatement")] = statement
        made[schema_name(release, "TerminologyCapabilities")] = _head(
            release, "TerminologyCapabilities", ("status", "date", "kind")
        )
        for name, (kind, within) in BUNDLES.items():
            made[schema_name(release, name)] = bundle(kind, schema_of(release, *within))
    return made


def _object(required: Iterable[str], **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _constant(value: str) -> Json:
    return {"type": "string", "const": value}


def _one_of(values: Iterable[str]) -> Json:
    return {"type": "string", "enum": list(values)}


def _listed(schema: Json, least: int = 1) -> Json:
    return {"type": "array", "items": schema, "minItems": least}


def _head(release: str, kind: str, names: Iterable[str]) -> Json:
    elements = definitions(release).types[kind]
    properties: Json = {"resourceType": _constant(kind)}
    for name in names:
        codes = elements[name].codes
        one: Json = {"type": "string", "enum": sorted(codes)} if codes else dict(TEXT)
        properties[name] = {"type": "array", "items": one} if elements[name].many else one
    return {"type": "object", "properties": properties, "required": list(properties)}


def bundle(kind: str, resource: Json, least: int = 1) -> Json:
    """Of this kind, with these resources; `least`: of entries, if there are any."""
    said = _object(
        ["status"],
        status={"type": "string", "pattern": r"^\d{3}"},
        location=TEXT,
        etag=TEXT,
        lastModified=TEXT,
        outcome=ref("schemas", _OUTCOME),
    )
    found = _object(
        ["mode"],
        extension={"type": "array", "items": {"type": "object"}, "minItems": 1},
        mode=_one_of(["match", "include", "outcome"]),
        score={"type": "number", "minimum": 0, "maximum": 1},
    )
    asked = _object(["method", "url"], method=_one_of(["POST", "PUT", "DELETE"]), url=TEXT)
    entry = {
        "searchset": _object(["fullUrl", "resource"], fullUrl=_URL, resource=resource, search=found),
        "history": _object(
            ["fullUrl", "request", "response"], fullUrl=_URL, resource=resource, request=asked, response=said
        ),
        "batch-response": _object(["response"], resource=resource, response=said),
    }[kind]
    link = _object(["relation", "url"], relation=_one_of(["self", "first", "next"]), url=TEXT)
    linked: Json = {} if kind == "batch-response" else {"link": _listed(link)}
    return _object(
        ["resourceType", "type", *linked],
        resourceType=_constant("Bundle"),
        type=_constant(kind),
        total={"type": "integer", "minimum": 0},
        entry=_listed(entry, least),
        **linked,
    )
