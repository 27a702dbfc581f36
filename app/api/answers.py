"""How an answer leaves: validators, conditional reads, addresses (RFC 9110, https://hl7.org/fhir/R5/http.html#cread)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

FHIR_JSON = "application/fhir+json; charset=utf-8"
JSON = "application/json"
PROBLEM = "application/problem+json"
VARY = "Accept, Accept-Encoding"


class Answer(Response):
    """Bytes with their headers as they are: nothing is encoded or looked up."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code, self.body, self.raw_headers = status, body, headers
        self.background = None


def base_url(request: Request) -> str:
    """What links in the answer begin with: the `public_url` setting, or the address that was asked."""
    public: str = request.app.state.settings.public_url
    if public:
        return public.rstrip("/")
    scope = request.scope
    # without the header: where the server listens, which has no port on a Unix socket
    host = request.headers.get("host") or ":".join(str(part) for part in scope["server"] or () if part is not None)
    return f"{scope['scheme']}://{host}{scope.get('root_path', '')}".rstrip("/")


def without_address(request: Request, text: bytes) -> bytes:
    """What a validator is made from: it is the same at every address of the server."""
    return text.replace(base_url(request).encode(), b"")


def with_query(place: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{place}?{urlencode(pairs, safe=':,|/*$')}" if pairs else place


@lru_cache(maxsize=1 << 12)  # what was loaded together was updated at one instant
def http_date(instant: str) -> str:
    return format_datetime(datetime.fromisoformat(instant).astimezone(UTC), usegmt=True)


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    etag: str = "",
    last_modified: str = "",
    vary: str = VARY,
) -> Response:
    """200 with validators, or 304 when the request shows that it has this answer already.

    Without an `etag` the answer's own digest is its validator. `last_modified` is an instant. A cache may keep the
    answer but must ask each time whether it still holds (`no-cache`); `vary` are the headers that it depends on. 304
    is of GET and HEAD alone (RFC 9110, 13.2.2).
    """
    tag = etag or f'W/"{hashlib.sha256(without_address(request, body)).hexdigest()[:20]}"'
    headers = [(b"etag", tag.encode()), (b"cache-control", b"no-cache"), (b"vary", vary.encode())]
    if last_modified:
        headers.append((b"last-modified", http_date(last_modified).encode()))
    if request.method in ("GET", "HEAD") and known(request.headers, tag, last_modified):
        return Answer(304, b"", headers)
    headers += ((b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body)))
    return Answer(200, body, headers)


def unstored(body: bytes, media_type: str) -> Response:
    """200 with what is of one person: no cache may keep it (RFC 9111, 5.2.2.5)."""
    headers = [(b"cache-control", b"no-store"), (b"vary", VARY.encode())]
    return Answer(200, body, [*headers, (b"content-type", media_type.encode()), (b"content-length", b"%d" % len(body))])


def known(headers: Mapping[str, str], tag: str, last_modified: str = "") -> bool:
    """If-None-Match wins over If-Modified-Since; comparison is weak; a date that is none is ignored (RFC 9110, 13)."""
    asked = headers.get("if-none-match")
    if asked is not None:
        tags = [one.strip().removeprefix("W/") for one in asked.split(",")]
        return "*" in tags or tag.removeprefix("W/") in tags
    since = headers.get("if-modified-since")
    if since is None or not last_modified:
        return False
    try:
        return datetime.fromisoformat(last_modified).replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
