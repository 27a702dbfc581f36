"""`/openapi.json`: FastAPI's own for the plain API; the FHIR routes are written out from the parameter table."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.fhir.conformance import FHIR_VERSIONS
from app.search.params import FHIR_TYPES, parameters_of

_TYPE = "application/fhir+json"


def install(app: FastAPI) -> None:
    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            for release in FHIR_VERSIONS:
                document["paths"].update(_paths(release))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _paths(release: str) -> dict[str, Any]:
    base = f"/fhir/{release}"
    paths = {
        f"{base}/metadata": _get(release, "metadata", "CapabilityStatement", []),
        f"{base}/_history": _get(release, "history of all", "Bundle", _HISTORY, missing=False),
        f"{base}/SearchParameter/{{id}}": _get(release, "SearchParameter", "SearchParameter", [_in_path("id")]),
    }
    for kind in FHIR_TYPES:
        id, version = _in_path("id"), _in_path("version")
        place = f"{base}/{kind}"
        paths[place] = _get(release, f"search {kind}", "Bundle", _search_parameters(release, kind), missing=False)
        paths[f"{place}/{{id}}"] = _get(release, f"read {kind}", kind, [id])
        paths[f"{place}/_history"] = _get(release, f"history of all {kind}", "Bundle", _HISTORY, missing=False)
        paths[f"{place}/{{id}}/_history"] = _get(release, f"history of {kind}", "Bundle", [id, *_HISTORY])
        paths[f"{place}/{{id}}/_history/{{version}}"] = _get(release, f"vread {kind}", kind, [id, version])
    return paths


def _get(
    release: str, name: str, resource: str, parameters: list[dict[str, Any]], *, missing: bool = True
) -> dict[str, Any]:
    def content(kind: str, description: str) -> dict[str, Any]:
        schema = {
            "type": "object",
            "properties": {"resourceType": {"const": kind}},
            "required": ["resourceType"],
        }
        return {"description": description, "content": {_TYPE: {"schema": schema}}}

    responses = {
        "200": content(resource, f"The {resource}."),
        "304": {"description": "The client has this version."},
        "400": content("OperationOutcome", "A parameter is unknown or its value is wrong."),
        "406": content("OperationOutcome", "Only JSON of this release is served."),
    }
    if missing:
        responses["301"] = content("OperationOutcome", "The id is an earlier one: `Location` has the present one.")
        responses["404"] = content("OperationOutcome", "There is no such resource.")
        responses["410"] = content("OperationOutcome", "The resource was deleted.")
    return {
        "get": {
            "tags": [f"FHIR {release.upper()}"],
            "summary": f"{release.upper()}: {name}",
            "operationId": f"{release} {name}".replace(" ", "_"),
            "parameters": [*parameters, _query("_format", "`json`", "string")],
            "responses": responses,
        }
    }


def _search_parameters(release: str, kind: str) -> list[dict[str, Any]]:
    declared = [_query(p.code, p.doc, "string") for p in parameters_of(release, kind).values()]
    return [
        *declared,
        _query("_count", "Matches on a page; 0 gives the total only.", "integer"),
        _query("_cursor", "Where the page begins: from a `next` link.", "string"),
    ]


def _query(name: str, description: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": kind}}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


_HISTORY = [
    _query("_since", "A date or an instant: versions of it or later.", "string"),
    _query("_count", "Versions on a page.", "integer"),
    _query("_cursor", "Where the page begins: from a `next` link.", "string"),
]
