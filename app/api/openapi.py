"""`/openapi.json`: FastAPI's own for the plain API; the FHIR routes are written out from the parameter table."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.fhir.conformance import DEFINITION_TYPES, FHIR_VERSIONS
from app.parameters.table import COMMON, FHIR_TYPES, PARAMETERS, parameters_of
from app.search.limits import LARGEST_PAGE

_TYPES = ("application/fhir+json", "application/fhir+xml")
Json = dict[str, Any]


def install(app: FastAPI) -> None:
    def describe() -> Json:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            for release in FHIR_VERSIONS:
                document["paths"].update(_paths(release))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _paths(release: str) -> Json:
    base = f"/fhir/{release}"
    common = [one for one in PARAMETERS if one.resource == COMMON and release in one.releases]
    all_types = [_query("_type", "Which types, with commas between them."), *_declared(common), *_RESULTS]
    system = _get(release, "search all types", "Bundle", all_types, missing=False)
    system |= _post(release, "batch of reads", "Bundle", _resource_body("Bundle"))
    paths: Json = {
        f"{base}/": system,
        f"{base}/_search": _post(release, "search all types by POST", "Bundle", _form([])),
        f"{base}/metadata": _get(
            release, "metadata", "CapabilityStatement", [_query("mode", "`full`, `normative` or `terminology`")]
        ),
        f"{base}/_history": _get(release, "history of all", "Bundle", _HISTORY, missing=False),
    }
    for kind in DEFINITION_TYPES:
        found = [_query(name, f"Its `{name}`.") for name in ("_id", "url", "name")]
        paths[f"{base}/{kind}"] = _get(release, f"search {kind}", "Bundle", found, missing=False)
        paths[f"{base}/{kind}/{{id}}"] = _get(release, f"read {kind}", kind, [_in_path("id")])
    for kind in FHIR_TYPES:
        id, version = _in_path("id"), _in_path("version")
        place = f"{base}/{kind}"
        searched = [*_declared(parameters_of(release, kind).values()), *_RESULTS]
        paths[place] = _get(release, f"search {kind}", "Bundle", searched, missing=False)
        paths[f"{place}/_search"] = _post(release, f"search {kind} by POST", "Bundle", _form(searched))
        paths[f"{place}/{{id}}"] = _get(release, f"read {kind}", kind, [id, *_PARTS])
        paths[f"{place}/_history"] = _get(release, f"history of all {kind}", "Bundle", _HISTORY, missing=False)
        paths[f"{place}/{{id}}/_history"] = _get(release, f"history of {kind}", "Bundle", [id, *_HISTORY])
        paths[f"{place}/{{id}}/_history/{{version}}"] = _get(release, f"vread {kind}", kind, [id, version, *_PARTS])
        paths[f"{place}/$validate"] = _post(
            release, f"validate {kind}", "OperationOutcome", _resource_body(kind), [_query("mode", "create or update")]
        )
    matched = [_query(name, doc) for name, doc in _MATCH.items()]
    body = _resource_body("Patient, a Bundle of a patient's resources, or Parameters")
    paths[f"{base}/ResearchStudy/$match"] = _post(release, "trials for a patient", "Bundle", body, matched)
    everything = [_in_path("id"), *(_query(name, doc) for name, doc in _EVERYTHING.items())]
    paths[f"{base}/ResearchStudy/{{id}}/$everything"] = _get(release, "everything of a study", "Bundle", everything)
    return paths


def _get(release: str, name: str, resource: str, parameters: list[Json], *, missing: bool = True) -> Json:
    return {"get": _operation(release, name, resource, [*parameters, *_FORMAT], missing)}


def _post(release: str, name: str, resource: str, body: Json, parameters: list[Json] | None = None) -> Json:
    made = _operation(release, name, resource, [*(parameters or []), *_FORMAT], False)
    made["requestBody"] = {"content": body}
    made["responses"]["415"] = _content("OperationOutcome", "The body is of another media type.")
    made["responses"]["413"] = _content("OperationOutcome", "The body is too long.")
    return {"post": made}


def _operation(release: str, name: str, resource: str, parameters: list[Json], missing: bool) -> Json:
    responses = {
        "200": _content(resource, f"The {resource}."),
        "304": {"description": "The client has this version."},
        "400": _content("OperationOutcome", "A parameter is unknown, its value is wrong, or it asks for too much."),
        "406": _content("OperationOutcome", "JSON and XML of this release are served, and nothing else."),
        "503": _content("OperationOutcome", "The search took too long."),
    }
    if missing:
        responses["301"] = _content("OperationOutcome", "The id is an earlier one: `Location` has the present one.")
        responses["404"] = _content("OperationOutcome", "There is no such resource.")
        responses["410"] = _content("OperationOutcome", "The resource was deleted.")
    return {
        "tags": [f"FHIR {release.upper()}"],
        "summary": f"{release.upper()}: {name}",
        "operationId": f"{release} {name}".replace(" ", "_"),
        "parameters": parameters,
        "responses": responses,
    }


def _content(kind: str, description: str) -> Json:
    schema = {"type": "object", "properties": {"resourceType": {"const": kind}}, "required": ["resourceType"]}
    xml = {"type": "string"}
    return {"description": description, "content": {_TYPES[0]: {"schema": schema}, _TYPES[1]: {"schema": xml}}}


def _resource_body(kind: str) -> Json:
    return {media_type: {"schema": {"type": "object", "description": f"A {kind}."}} for media_type in _TYPES}


def _form(parameters: list[Json]) -> Json:
    properties = {one["name"]: {"type": "string", "description": one["description"]} for one in parameters}
    schema = {"type": "object", "properties": properties}
    return {"application/x-www-form-urlencoded": {"schema": schema}}


def _declared(parameters: Any) -> list[Json]:
    return [_query(p.code, p.doc) for p in parameters if p.reads not in ("has", "type")]


def _query(name: str, description: str, kind: str = "string") -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": kind}}


def _in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


_FORMAT = [
    _query("_format", "`json` or `xml`, before what Accept says."),
    _query("_pretty", "Whether it is indented.", "boolean"),
]
_PARTS = [
    _query("_summary", "`true`, `text`, `data` or `false`."),
    _query("_elements", "Elements, with commas between them."),
]
_RESULTS = [
    _query("_count", f"Matches on a page, at most {LARGEST_PAGE}; 0 gives the total only.", "integer"),
    _query("_sort", "Parameters to sort by, `-` for descending; `_score` where words are searched."),
    _query("_include", "What matches refer to: `ResearchStudy:site`, `ResearchStudy:*`, `*`."),
    _query("_revinclude", "What refers to matches: `Provenance:target`."),
    _query("_total", "`none`, `estimate` or `accurate`."),
    _query("_contained", "`false`, `true` or `both`; nothing here contains resources."),
    _query("_cursor", "Where the page begins: from a link."),
    _query("_summary", "`true`, `text`, `data`, `count` or `false`."),
    _query("_elements", "Elements, with commas between them."),
]
_HISTORY = [
    _query("_since", "A date or an instant: versions of it or later."),
    _query("_at", "A date or an instant: versions that were current at some time in it."),
    _query("_count", "Versions on a page.", "integer"),
    _query("_sort", "`-_lastUpdated` or `none`: newest first."),
    _query("_cursor", "Where the page begins: from a `next` link."),
]
_EVERYTHING = {
    "_type": "Only these types.",
    "_since": "Only what changed at this instant or later.",
    "_count": "Resources on a page.",
    "_cursor": "Where the page begins: from a `next` link.",
}
_MATCH = {
    "excluded": "`true`: also the trials that a definite failure excludes.",
    "date": "The day for which it is asked; by default today.",
    "_count": "Trials on a page.",
    "_cursor": "Where the page begins: from a `next` link, with the same body.",
}
