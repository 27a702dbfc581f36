"""Which format and FHIR version answers may have (https://hl7.org/fhir/R5/http.html#mime-type, #version-parameter)."""

from collections.abc import Iterable

from starlette.requests import Request

from app.errors import RequestError
from app.fhir.conformance import FHIR_VERSIONS

_JSON = {"application/fhir+json", "application/json", "text/json", "*/*", "application/*", "text/*"}
_FORMATS = {"json", *_JSON} - {"*/*", "application/*", "text/*"}


def require_json(request: Request, release: str) -> None:
    """Raises RequestError 406 when the request wants a format or FHIR version that is not served here."""
    wanted = request.query_params.get("_format")
    if wanted is not None:
        name, *parameters = (part.strip().lower() for part in wanted.replace(" ", "+", 1).split(";"))
        if name not in _FORMATS:
            raise RequestError(406, "not-supported", f"_format is '{wanted}': expected json", "_format")
        _require_version(parameters, release, "_format")
        return
    accept = request.headers.get("accept", "*/*")
    for one in accept.split(","):
        name, *parameters = (part.strip().lower() for part in one.split(";"))
        if name in _JSON and not any(p.replace(" ", "") in ("q=0", "q=0.0") for p in parameters):
            _require_version(parameters, release, "Accept")
            return
    raise RequestError(406, "not-supported", f"Accept is '{accept}': expected application/fhir+json", "Accept")


def _require_version(parameters: Iterable[str], release: str, where: str) -> None:
    served = FHIR_VERSIONS[release]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        value = value.strip().strip('"')
        if name.strip() == "fhirversion" and value not in (served, served.rsplit(".", 1)[0]):
            raise RequestError(
                406, "not-supported", f"{where} asks for FHIR version '{value}': this endpoint serves {served}", where
            )
