"""The door: every request comes in here, and every answer goes out.

FHIR goes straight to its endpoint, all else to the framework. What a request does not ask for costs nothing: CORS only
where it names an origin, compression only where it accepts one. Every answer has an `X-Request-Id`, the client's own or
a new one (https://hl7.org/fhir/R5/http.html#custom).

- CORS: the registry is public and read-only, so pages of any origin may read it unless the setting says otherwise.
- Compression: zstd, br, gzip (starlette-compress, one pure ASGI middleware for all three; small answers and ranges are
  left alone), at low levels, as an answer is compressed anew for each request.
- HEAD is GET whose body the server leaves out (RFC 9110, 9.3.2).
- Whatever nobody foresaw is 500 here: the framework's own handler raises the error again, and the server then drops the
  connection that the client is about to use.
"""

import itertools
import re
import secrets

from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.api import errors
from app.api.deprecated import headers_for
from app.api.routes import Routes
from app.errors import RequestError
from app.settings import Settings

READABLE = (
    "Accept-Ranges",
    "Content-Location",
    "Content-Range",
    "Deprecation",
    "ETag",
    "Expires",
    "Last-Modified",
    "Link",
    "Location",
    "Retry-After",
    "Sunset",
    "X-Progress",
    "X-Request-Id",
)
"""Headers that a script in a browser may read."""
_ID = re.compile(rb"[A-Za-z0-9._:\-]{1,200}")
_BROUGHT_BY_PAGES = (
    "application/fhir+json",
    "application/fhir+xml",
    "application/problem+json",
    "application/geo+json",
)
for _kind in _BROUGHT_BY_PAGES:
    add_compress_type(_kind)


class Door:
    """`app` answers what is not among `routes`."""

    def __init__(self, app: ASGIApp, routes: Routes, settings: Settings) -> None:
        self._app, self._routes = app, routes
        # one call for random bytes for each request was a thirtieth of a read
        self._process, self._numbers = secrets.token_hex(5).encode(), itertools.count()
        self._compressing = CompressMiddleware(
            self._inside, minimum_size=1000, zstd_level=1, brotli_quality=2, gzip_level=2
        )
        self._crossing = CORSMiddleware(
            self._compressing,
            allow_origins=settings.cors_origins.split(",") if settings.cors_origins else [],
            allow_methods=["GET", "HEAD", "POST", "DELETE", "OPTIONS"],
            allow_headers=["*"],
            expose_headers=list(READABLE),
            max_age=86400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = dict(scope["headers"])
        given = asked.get(b"x-request-id", b"")
        id = given if given and _ID.fullmatch(given) else b"%s%06x" % (self._process, next(self._numbers))
        table = scope["app"].state.deprecated
        more = headers_for(table, scope["method"], scope["path"], scope["query_string"]) if table else []
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if not started:
                started = True
                message["headers"] = [*message["headers"], *more, (b"x-request-id", id)]
            await send(message)

        app: ASGIApp = self._inside
        if b"origin" in asked:
            app = self._crossing
        elif b"accept-encoding" in asked:
            app = self._compressing
        try:
            await app(scope, receive, sending)
        except Exception:
            if started:
                raise
            await errors.failure(Request(scope))(scope, receive, sending)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        path: str = scope["path"]
        if "\x00" in path:  # PostgreSQL takes no NUL in text, so nothing can have it in its address
            error = RequestError(404, "not-found", "an address cannot have a NUL character")
            await errors.refusal(Request(scope), error)(scope, receive, send)
            return
        found = self._routes.find(scope["method"], path) if path.startswith("/fhir/") else None
        if found is None:
            await self._app(scope, receive, send)
            return
        scope["path_params"] = found.parameters
        request = Request(scope, receive)
        try:
            if found.endpoint is None:
                raise HTTPException(405, headers={"Allow": ", ".join(found.allowed)})
            response = await found.endpoint(request)
        except errors.ANSWERED as error:
            response = errors.answer_to(request, error)
        await response(scope, receive, send)
