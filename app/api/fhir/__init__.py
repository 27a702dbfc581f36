"""The FHIR endpoints `/fhir/r4` and `/fhir/r5` (https://hl7.org/fhir/R5/http.html): one file for each interaction.

Here is the whole surface; `app.api.openapi` describes it for each release and type.
"""

from app.api.fhir import batch, definitions, everything, history, match, metadata, read, search, validate
from app.api.routes import Route
from app.fhir.conformance import DEFINITION_TYPES

_BASE = "/fhir/{release}"
ROUTES = (
    Route(_BASE, search.search_system, ("GET",)),
    Route(_BASE, batch.batch, ("POST",)),
    Route(f"{_BASE}/", search.search_system, ("GET",)),
    Route(f"{_BASE}/", batch.batch, ("POST",)),
    Route(f"{_BASE}/_search", search.search_system, ("POST",)),
    Route(f"{_BASE}/metadata", metadata.metadata, ("GET",)),
    Route(f"{_BASE}/_history", history.system_history, ("GET",)),
    *(Route(f"{_BASE}/{kind}", definitions.search_definitions, ("GET",)) for kind in DEFINITION_TYPES),
    *(Route(f"{_BASE}/{kind}/{{id}}", definitions.read_definition, ("GET",)) for kind in DEFINITION_TYPES),
    Route(f"{_BASE}/{{type}}", search.search_type, ("GET",)),
    Route(f"{_BASE}/{{type}}/_search", search.search_type, ("POST",)),
    Route(f"{_BASE}/{{type}}/_history", history.type_history, ("GET",)),
    Route(f"{_BASE}/{{type}}/$match", match.match_trials, ("POST",)),
    Route(f"{_BASE}/{{type}}/$validate", validate.validate_type, ("POST",)),
    Route(f"{_BASE}/{{type}}/{{id}}/$validate", validate.validate_instance, ("GET", "POST")),
    Route(f"{_BASE}/{{type}}/{{id}}/$everything", everything.everything, ("GET", "POST")),
    Route(f"{_BASE}/{{type}}/{{id}}", read.read, ("GET",)),
    Route(f"{_BASE}/{{type}}/{{id}}/_history", history.instance_history, ("GET",)),
    Route(f"{_BASE}/{{type}}/{{id}}/_history/{{version}}", read.vread, ("GET",)),
)
