"""One error shape: OperationOutcome under `/fhir`, problem details (RFC 9457) elsewhere. Nothing internal leaves."""

import logging
import re
from http import HTTPStatus

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import PROBLEM, VARY
from app.api.formats import written
from app.api.negotiate import Format, format_of
from app.errors import Moved, RequestError
from app.fhir.outcome import issue, outcome
from app.store.database import StatementTimeout

log = logging.getLogger("trials")
_FHIR = re.compile(r"/fhir(/|$)|/getClinicalTrial$")
"""Addresses whose errors are OperationOutcomes."""
_IN_BODY = re.compile(r"(Bundle|Parameters|Patient)\b|[A-Z][A-Za-z]+\.resourceType$")
"""A FHIRPath in the resource that was sent; all else names a parameter or header."""


def outcome_of(error: RequestError) -> bytes:
    """The OperationOutcome that says it."""
    expression = error.expression
    if expression and not _IN_BODY.match(expression):
        expression = f"http.{expression}"
    severity = "error" if error.status >= 400 else "information"
    return outcome(issue(severity, error.code, error.diagnostics, expression))


def refusal(request: Request, error: RequestError, headers: dict[str, str] | None = None) -> Response:
    headers = {"Vary": VARY, **(headers or {})}
    if _FHIR.match(request.url.path):
        body, media_type = written(outcome_of(error), "r5", _format(request))  # an outcome is the same in R4
        return Response(body, error.status, headers, media_type)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.diagnostics,
        "parameter": error.expression,
    }
    return Response(orjson.dumps(problem), error.status, headers, PROBLEM)


def _format(request: Request) -> Format:
    """What the request asks for, also where no route was found; JSON where it asks for what is not served."""
    release = "r4" if request.url.path.startswith("/fhir/r4/") else "r5"
    try:
        return getattr(request.state, "format", None) or format_of(request, release)
    except RequestError:
        return Format()


ANSWERED = (RequestError, HTTPException, Moved, StatementTimeout)
"""Errors that say what the answer is."""


def answer_to(request: Request, error: Exception) -> Response:
    """The answer that one of `ANSWERED` means."""
    if isinstance(error, HTTPException):
        path = request.url.path
        if error.status_code == 404:
            made = RequestError(404, "not-found", f"nothing is served at {path}")
        elif error.status_code == 405:
            made = RequestError(405, "not-supported", f"{request.method} is not supported at {path}")
        else:
            made = RequestError(error.status_code, "processing", str(error.detail))
        return refusal(request, made, dict(error.headers or {}))
    if isinstance(error, Moved):
        made = RequestError(301, "informational", f"the record has another id now: {error.location}")
        return refusal(request, made, {"Location": error.location})
    if isinstance(error, StatementTimeout):
        seconds = request.app.state.settings.statement_timeout
        said = f"the search took longer than {seconds:g} s (TRIALS_STATEMENT_TIMEOUT): narrow it"
        return refusal(request, RequestError(503, "timeout", said))
    assert isinstance(error, RequestError)
    return refusal(request, error)


def failure(request: Request) -> Response:
    """Of what nobody foresaw: the log has it, the answer says nothing of it."""
    log.exception("%s %s failed", request.method, request.url.path)
    return refusal(request, RequestError(500, "exception", "the server failed; the error is in its log"))


def install(app: FastAPI) -> None:
    async def handle(request: Request, error: Exception) -> Response:
        return answer_to(request, error)

    for kind in ANSWERED:
        app.add_exception_handler(kind, handle)
