"""The FHIR endpoints `/fhir/r4` and `/fhir/r5` (https://hl7.org/fhir/R5/http.html): one file for each interaction.

Here is the whole surface. The routes are generic and plain Starlette ones; `app.api.openapi` describes them for each
release and type.
"""

from fastapi import APIRouter

from app.api.fhir import batch, definitions, everything, history, metadata, read, search, validate

router = APIRouter()
_ROUTES = (
    ("", search.search_system, ["GET"]),
    ("", batch.batch, ["POST"]),
    ("/", search.search_system, ["GET"]),
    ("/", batch.batch, ["POST"]),
    ("/_search", search.search_system, ["POST"]),
    ("/metadata", metadata.metadata, ["GET"]),
    ("/_history", history.system_history, ["GET"]),
    ("/{type:definition}", definitions.search_definitions, ["GET"]),
    ("/{type:definition}/{id}", definitions.read_definition, ["GET"]),
    ("/{type}", search.search_type, ["GET"]),
    ("/{type}/_search", search.search_type, ["POST"]),
    ("/{type}/_history", history.type_history, ["GET"]),
    ("/{type}/$validate", validate.validate_type, ["POST"]),
    ("/{type}/{id}/$validate", validate.validate_instance, ["GET", "POST"]),
    ("/{type}/{id}/$everything", everything.everything, ["GET", "POST"]),
    ("/{type}/{id}", read.read, ["GET"]),
    ("/{type}/{id}/_history", history.instance_history, ["GET"]),
    ("/{type}/{id}/_history/{version}", read.vread, ["GET"]),
)
for _path, _endpoint, _methods in _ROUTES:
    router.add_route(f"/fhir/{{release}}{_path}", _endpoint, _methods)
