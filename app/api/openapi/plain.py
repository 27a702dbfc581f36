"""What FastAPI does not know of the plain routes: errors as problem details, headers, conditional reads, items of which
only some fields are asked for. Works on the document in place."""

from app.api.answers import JSON
from app.api.openapi.common import VALIDATED, Json, headers, ref, refusals, request_headers
from app.api.plain.shared import PREFIX

_PARTS = ("Trial", "Criterion", "Outcome", "Site")
"""Shapes whose lists take `fields`."""
_ERRORS = ("301", "400", "404", "410", "500", "503")


def complete(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # the endpoints check by themselves
        schemas.pop(name, None)
    for path, item in document["paths"].items():
        for operation in item.values():
            _finish(operation, path.startswith(PREFIX))
    of_trial = document["paths"][f"{PREFIX}/trials/{{id}}"]["get"]["responses"]["200"]["content"][JSON]
    of_trial["schema"] = {"anyOf": [ref("schemas", "TrialShape"), ref("schemas", "TrialPart")]}
    for name in _PARTS:
        whole = f"#/components/schemas/{name}Shape"
        schemas[f"{name}Part"] = {
            "type": "object",
            "description": f"The fields of a {name}Shape that `fields` names, and its id.",
            "properties": schemas[f"{name}Shape"]["properties"],
            "required": ["id"],
            "additionalProperties": False,
        }
        for listing in (f"Listing_{name}Shape_", f"FacetedListing_{name}Shape_"):
            if listing in schemas:
                schemas[listing]["properties"]["items"]["items"] = {
                    "anyOf": [{"$ref": whole}, ref("schemas", f"{name}Part")]
                }


def _finish(operation: Json, versioned: bool) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    said = {status for status, given in responses.items() if "$ref" in given}  # of another shape: FHIR's
    statuses = ({status for status in responses if status in _ERRORS} | {"500"}) - said
    if not versioned:
        responses.update(refusals("Plain", statuses))
        responses["200"].setdefault("headers", headers())
        operation.setdefault("parameters", []).extend(request_headers("X-Request-Id"))
        return
    responses.update(refusals("Plain", statuses | {"503"}))
    modified = ("Last-Modified",) if operation["operationId"].startswith("read_trial_") else ()
    responses["304"] = ref("responses", "NotModifiedSince" if modified else "NotModified")
    good = responses["200"]
    linked = ("Link",) if operation["operationId"].startswith("list_trials_") else ()
    good["headers"] = headers(*VALIDATED, *modified, *linked)
    sent = ("If-None-Match", *(("If-Modified-Since",) if modified else ()), "X-Request-Id")
    parameters = operation.setdefault("parameters", [])
    for one in parameters:
        if one["in"] == "path":
            one["schema"].pop("title", None)
            one["schema"]["minLength"] = 1
    parameters.extend(request_headers(*sent))
