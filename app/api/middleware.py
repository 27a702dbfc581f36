"""What every answer gets, whatever the route: a request id, CORS, compression.

- `X-Request-Id`: the client's own, or a new one (https://hl7.org/fhir/R5/http.html#custom).
- CORS: the registry is public and read-only, so browsers of any origin may read it unless the setting says otherwise.
- Compression by `Accept-Encoding`: zstd, br, gzip (starlette-compress: one pure ASGI middleware for all three, which
  leaves small answers and ranges alone).
"""

import re
import secrets

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app.settings import Settings

READABLE = (
    "ETag",
    "Last-Modified",
    "Location",
    "Content-Location",
    "X-Request-Id",
    "X-Progress",
    "Retry-After",
    "Accept-Ranges",
    "Content-Range",
    "Expires",
    "Link",
)
"""Headers that a script in a browser may read."""
_ID = re.compile(r"[A-Za-z0-9._:\-]{1,200}")


def install(app: FastAPI, settings: Settings) -> None:
    for kind in ("application/fhir+json", "application/fhir+xml", "application/problem+json", "application/geo+json"):
        add_compress_type(kind)
    # low levels: an answer is compressed anew for each request
    app.add_middleware(CompressMiddleware, minimum_size=1000, zstd_level=1, brotli_quality=2, gzip_level=2)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins.split(",") if settings.cors_origins else [],
        allow_methods=["GET", "HEAD", "POST", "DELETE", "OPTIONS"],
        allow_headers=["*"],
        expose_headers=list(READABLE),
        max_age=86400,
    )
    app.add_middleware(RequestIds)


class RequestIds:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
        id = given if _ID.fullmatch(given) else secrets.token_hex(8)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = id
            await send(message)

        await self.app(scope, receive, sending)
