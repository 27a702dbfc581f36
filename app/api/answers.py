"""How an answer leaves: validators, conditional reads, addresses (RFC 9110, https://hl7.org/fhir/R5/http.html#cread)."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

FHIR_JSON = "application/fhir+json; charset=utf-8"
JSON = "application/json"
PROBLEM = "application/problem+json"


def base_url(request: Request) -> str:
    """What links in the answer begin with: the `public_url` setting, or the address that was asked."""
    public: str = request.app.state.settings.public_url
    return (public or str(request.base_url)).rstrip("/")


def with_query(place: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{place}?{urlencode(pairs, safe=':,|/*$')}" if pairs else place


def http_date(instant: str) -> str:
    return format_datetime(datetime.fromisoformat(instant).astimezone(UTC), usegmt=True)


def answer(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    etag: str = "",
    last_modified: str = "",
    vary: str = "Accept, Accept-Encoding",
) -> Response:
    """200 with validators, or 304 when the request shows that it has this answer already.

    Without an `etag` the answer's own digest is its validator. `last_modified` is an instant. A cache may keep the
    answer but must ask each time whether it still holds (`no-cache`); `vary` are the headers that it depends on.
    """
    tag = etag or f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": vary}
    if last_modified:
        headers["Last-Modified"] = http_date(last_modified)
    if _known(request.headers, tag, last_modified):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _known(headers: Mapping[str, str], tag: str, last_modified: str) -> bool:
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
