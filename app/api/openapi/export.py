"""Bulk Data exports for OpenAPI (https://hl7.org/fhir/uv/bulkdata/export.html#endpoints)."""

from app.api.answers import JSON
from app.api.export import NDJSON
from app.api.export_request import FORMATS
from app.api.openapi.common import TEXT, Json, answer, fhir_content, ref, refusals
from app.api.openapi.fhir import operation, resource_body
from app.api.openapi.parameters import in_path, query
from app.parameters.table import FHIR_TYPES

_PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": True,
    "description": "`respond-async`: an export is answered later; with `, handling=lenient` too.",
    "schema": {"type": "string", "enum": ["respond-async", "respond-async, handling=lenient"]},
}
_ASKED = [
    query("_type", "Only these types, with commas between them."),
    query("_since", "Only what changed at this instant or later."),
    query("_elements", "Elements, with commas between them."),
    query("_outputFormat", "The format of the files.", {"type": "string", "enum": list(FORMATS)}),
]
_RANGE = {
    "name": "Range",
    "in": "header",
    "required": False,
    "description": "A piece of the file: `bytes=0-99`.",
    "schema": TEXT,
}
_URL = {"type": "string", "format": "uri"}
_FILE = {
    "type": "object",
    "properties": {"type": {"enum": list(FHIR_TYPES)}, "url": _URL, "count": {"type": "integer", "minimum": 0}},
    "required": ["type", "url"],
    "additionalProperties": False,
}
_MANIFEST = {
    "type": "object",
    "properties": {
        "transactionTime": TEXT,
        "request": _URL,
        "requiresAccessToken": {"const": False},
        "output": {"type": "array", "items": _FILE},
        "deleted": {"type": "array", "items": {"type": "object"}},
        "error": {"type": "array", "items": {"type": "object"}},
    },
    "required": ["transactionTime", "request", "requiresAccessToken", "output", "error"],
    "additionalProperties": False,
}


def paths(release: str) -> Json:
    base = f"/fhir/{release}"
    job, file = in_path("job"), in_path("file")
    made = {f"{base}/$export": _kick_off(release, "export")}
    for kind in FHIR_TYPES:
        made[f"{base}/{kind}/$export"] = _kick_off(release, f"export {kind}")
    outcome = ref("schemas", "OperationOutcome")
    status = _operation(release, "state of an export", [job], {"404", "500"})
    status["responses"] |= {
        "200": answer("The list of files.", {JSON: {"schema": _MANIFEST}}, "Expires", "Cache-Control"),
        "202": answer("It is not done.", None, "X-Progress", "Retry-After"),
    }
    removal = _operation(release, "delete an export", [job], {"404", "500"})
    removal["responses"]["202"] = answer("It is deleted.", {"application/fhir+json": {"schema": outcome}})
    reading = _operation(release, "file of an export", [job, file, _RANGE], {"404", "500"})
    lines = {NDJSON: {"schema": TEXT}}
    sent = ("ETag", "Last-Modified", "Cache-Control", "Expires", "Accept-Ranges")
    reading["responses"] |= {
        "200": answer("The file: a resource on each line.", lines, *sent),
        "206": answer("A piece of it.", lines, *sent, "Content-Range"),
        "416": answer("The file has no such piece.", fhir_content(outcome), "Content-Range"),
    }
    made[f"{base}/$export-status/{{job}}"] = {"get": status, "delete": removal}
    made[f"{base}/$export-file/{{job}}/{{file}}"] = {"get": reading}
    return made


def _operation(release: str, name: str, parameters: list[Json], statuses: set[str]) -> Json:
    """One that does not look at formats."""
    made = operation(release, name, [], ())
    return {**made, "parameters": parameters, "responses": refusals("Fhir", statuses)}


def _kick_off(release: str, name: str) -> Json:
    begun = answer("The export has begun.", fhir_content(ref("schemas", "OperationOutcome")), "Content-Location")
    asked = operation(release, name, [_PREFER, *_ASKED], ("429",))
    asked["responses"]["202"] = begun
    posted = operation(release, f"{name} by POST", [_PREFER, *_ASKED], ("413", "415", "429"))
    posted["responses"]["202"] = begun
    posted["requestBody"] = {"content": resource_body("Parameters"), "required": True}
    return {"get": asked, "post": posted}
