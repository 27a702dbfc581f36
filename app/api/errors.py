"""One error shape: OperationOutcome under `/fhir`, problem details (RFC 9457) elsewhere. Nothing internal leaves."""

import logging
import re
from http import HTTPStatus

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.answers import PROBLEM
from app.api.formats import written
from app.api.negotiate import Format, format_of
from app.errors import Moved, RequestError
from app.fhir.outcome import issue, outcome
from app.store.database import StatementTimeout

log = logging.getLogger("trials")
_IN_BODY = re.compile(r"(Bundle|Parameters)\b|[A-Z][A-Za-z]+\.resourceType$")
"""A FHIRPath in the resource that was sent; all else names a parameter or header."""


def outcome_of(error: RequestError) -> bytes:
    """The OperationOutcome that says it."""
    expression = error.expression
    if expression and not _IN_BODY.match(expression):
        expression = f"http.{expression}"
    severity = "error" if error.status >= 400 else "information"
    return outcome(issue(severity, error.code, error.diagnostics, expression))


def refusal(request: Request, error: RequestError, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith("/fhir/") or request.url.path == "/fhir":
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


def install(app: FastAPI) -> None:
    @app.exception_handler(RequestError)
    async def refused(request: Request, error: RequestError) -> Response:
        return refusal(request, error)

    @app.exception_handler(HTTPException)
    async def routed(request: Request, error: HTTPException) -> Response:
        path = request.url.path
        if error.status_code == 404:
            made = RequestError(404, "not-found", f"nothing is served at {path}")
        elif error.status_code == 405:
            made = RequestError(405, "not-supported", f"{request.method} is not supported at {path}")
        else:
            made = RequestError(error.status_code, "processing", str(error.detail))
        return refusal(request, made, dict(error.headers or {}))

    @app.exception_handler(Moved)
    async def moved(request: Request, error: Moved) -> Response:
        made = RequestError(301, "informational", f"the record has another id now: {error.location}")
        return refusal(request, made, {"Location": error.location})

    @app.exception_handler(StatementTimeout)
    async def timed_out(request: Request, error: StatementTimeout) -> Response:
        seconds = request.app.state.settings.statement_timeout
        return refusal(
            request,
            RequestError(
                503, "timeout", f"the search took longer than {seconds:g} s (TRIALS_STATEMENT_TIMEOUT): narrow it"
            ),
        )

    app.add_middleware(Failures)


class Failures:
    """Answers 500 to whatever nobody foresaw. A handler for Exception would do so too, but the framework then raises
    the error again, and the server drops the connection that the client is about to use."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        if scope["type"] == "http":
            if "\x00" in scope["path"]:  # PostgreSQL takes no NUL in text, so nothing can have it in its address
                error = RequestError(404, "not-found", "an address cannot have a NUL character")
                await refusal(Request(scope), error)(scope, receive, send)
                return
            if scope["method"] == "HEAD":  # RFC 9110, 9.3.2: as GET; the server leaves out the body
                scope = {**scope, "method": "GET"}

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            request = Request(scope)
            log.exception("%s %s failed", request.method, request.url.path)
            failure = RequestError(500, "exception", "the server failed; the error is in its log")
            await refusal(request, failure)(scope, receive, send)
