"""How a FHIR answer leaves: stored JSON as it is, or as XML, indented, in part
(https://hl7.org/fhir/R5/http.html#mime-type, https://hl7.org/fhir/R5/search.html#summary).
"""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import answer, base_url
from app.api.formats import written
from app.api.negotiate import format_of
from app.errors import RequestError
from app.fhir.conformance import FHIR_VERSIONS
from app.fhir.subset import only, summarized
from app.parameters.table import FHIR_TYPES
from app.search.names import unknown

ANYWHERE = ("_format", "_pretty")
"""Parameters that every interaction takes."""
PARTS = ("_summary", "_elements")
"""Parameters that interactions take whose answer is a resource."""


def place(request: Request) -> tuple[str, str]:
    """The release and the type of the path. Raises RequestError 404 for one that is not served, 406."""
    release, kind = request.path_params["release"], request.path_params.get("type", "")
    if release not in FHIR_VERSIONS:
        raise RequestError(404, "not-found", f"'{release}' is not a FHIR release served here: r4 and r5 are")
    if kind and kind not in FHIR_TYPES:
        raise RequestError(
            404, "not-supported", f"'{kind[:60]}' is not a resource type served here: {', '.join(FHIR_TYPES)} are"
        )
    request.state.format = format_of(request, release)
    return release, kind


def fhir_base(request: Request, release: str) -> str:
    return f"{base_url(request)}/fhir/{release}"


def takes(request: Request, *names: str) -> None:
    """Raises RequestError 400 for a parameter that the interaction does not take."""
    if not request.scope["query_string"]:
        return
    for name in request.query_params:
        if name not in (*names, *ANYWHERE):
            raise unknown(name, "this interaction", (*names, *ANYWHERE))


def fhir_answer(
    request: Request, release: str, body: bytes, *, etag: str = "", last_modified: str = "", vary: str = ""
) -> Response:
    """200 or 304; `body` is the JSON of a resource or bundle."""
    made, media_type = written(body, release, request.state.format)
    more = f"Accept, Accept-Encoding{vary}"
    return answer(request, made, media_type, etag=etag, last_modified=last_modified, vary=more)


def part_of(body: bytes, release: str, summary: str, elements: tuple[str, ...]) -> bytes:
    """The resource, or the part of it that `_summary` or `_elements` asks for."""
    if summary in ("true", "text", "data"):
        return orjson.dumps(summarized(orjson.loads(body), release, summary))
    if elements:
        return orjson.dumps(only(orjson.loads(body), release, elements))
    return body
