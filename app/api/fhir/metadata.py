"""CapabilityStatement, and with `mode=terminology` TerminologyCapabilities
(https://hl7.org/fhir/R5/http.html#capabilities)."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.fhir.answers import fhir_answer, fhir_base, place, takes
from app.errors import RequestError
from app.fhir.conformance import ServedType, capability_statement
from app.fhir.operations import OPERATIONS
from app.fhir.terminology import terminology_capabilities
from app.parameters.table import COMMON, FHIR_TYPES, PARAMETERS, parameters_of
from app.search.parse import references_of

_MODES = ("full", "normative", "terminology")


async def metadata(request: Request) -> Response:
    release, _ = place(request)
    takes(request, "mode")
    mode = request.query_params.get("mode", "full")
    if mode not in _MODES:
        raise RequestError(400, "value", f"mode is '{mode[:60]}': expected one of {', '.join(_MODES)}", "mode")
    base, version = fhir_base(request, release), request.app.version
    if mode == "terminology":
        statement = terminology_capabilities(release, base, version)
    else:
        common = [one for one in PARAMETERS if one.resource == COMMON and release in one.releases]
        statement = capability_statement(
            release,
            base,
            version,
            [served_type(release, kind) for kind in FHIR_TYPES],
            common=common,
            operations=OPERATIONS,
        )
    return fhir_answer(request, release, orjson.dumps(statement))


def served_type(release: str, kind: str) -> ServedType:
    own = [one for one in parameters_of(release, kind).values() if one.resource == kind]
    include = [f"{kind}:{one.code}" for one in references_of(release, kind)]
    reverse = [
        f"{source}:{one.code}"
        for source in FHIR_TYPES
        for one in references_of(release, source)
        if kind in one.targets(release)
    ]
    return ServedType(kind, own, ["*", *include], ["*", *reverse])
