"""`batch` of reads and searches (https://hl7.org/fhir/R5/http.html#transaction): each entry is answered as if it had
been asked alone, in order. Nothing is written here, so a transaction and any other method are refused.
"""

from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import http_date
from app.api.errors import log, outcome_of
from app.api.fhir.answers import fhir_answer, fhir_base, place, takes
from app.api.fhir.validate import read_resource
from app.errors import Moved, RequestError
from app.fhir.bundle import Answered, batch_response
from app.search.limits import over
from app.store.database import StatementTimeout

MOST_ENTRIES = 100


async def batch(request: Request) -> Response:
    release, _ = place(request)
    takes(request)
    bundle = await read_resource(request, release) or {}
    if bundle.get("resourceType") != "Bundle":
        kind = str(bundle.get("resourceType"))[:60]
        raise RequestError(400, "invalid", f"the body is a {kind}: expected a Bundle of type batch", "Bundle")
    if bundle.get("type") != "batch":
        kind = str(bundle.get("type"))[:60]
        raise RequestError(
            400,
            "not-supported",
            f"the Bundle is a '{kind}': the registry is read-only and takes a batch",
            "Bundle.type",
        )
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise RequestError(400, "structure", "Bundle.entry is no list", "Bundle.entry")
    if len(entries) > MOST_ENTRIES:
        raise over("Bundle.entry", "entries", len(entries), MOST_ENTRIES)
    answers = [await _answer(request, release, entry, n) for n, entry in enumerate(entries)]
    return fhir_answer(request, release, batch_response(answers))


async def _answer(request: Request, release: str, entry: Any, n: int) -> Answered:
    where = f"Bundle.entry[{n}].request"
    asked = entry.get("request") if isinstance(entry, dict) else None
    try:
        if not isinstance(asked, dict) or not isinstance(asked.get("url"), str):
            raise RequestError(400, "required", f"{where} lacks a method or a url", where)
        if asked.get("method") not in ("GET", "HEAD"):
            method = str(asked.get("method"))[:20]
            raise RequestError(405, "not-supported", f"{where}.method is '{method}': the registry is read-only", where)
        return await _ask(request, release, asked)
    except Moved as error:
        return Answered(301, location=error.location)
    except RequestError as error:
        return Answered(error.status, outcome=outcome_of(error))
    except StatementTimeout:
        timeout = RequestError(503, "timeout", "the search took too long: narrow it", where)
        return Answered(503, outcome=outcome_of(timeout))
    except Exception:  # of one entry: the others are answered (https://hl7.org/fhir/R5/http.html#brules)
        log.exception("entry %d of a batch failed", n)
        failed = RequestError(500, "exception", "the server failed; the error is in its log", where)
        return Answered(500, outcome=outcome_of(failed))


async def _ask(request: Request, release: str, asked: dict[str, Any]) -> Answered:
    base = fhir_base(request, release)
    try:
        address = urlsplit(str(asked["url"]).removeprefix(base).lstrip("/"))
    except ValueError as error:
        raise RequestError(400, "value", f"'{str(asked['url'])[:200]}' is not an address: {error}", "url") from error
    if address.scheme or address.netloc:
        raise RequestError(400, "value", f"'{str(asked['url'])[:200]}' is not an address of this endpoint", "url")
    headers = [(b"accept", b"application/fhir+json"), (b"host", request.headers.get("host", "").encode())]
    if isinstance(asked.get("ifNoneMatch"), str):
        headers.append((b"if-none-match", asked["ifNoneMatch"].encode("latin-1", "replace")))
    if "ifModifiedSince" in asked:  # an instant here, a date of HTTP there
        headers.append((b"if-modified-since", _date(asked["ifModifiedSince"])))
    path = f"/fhir/{release}/{unquote(address.path)}".rstrip("/")
    if "\x00" in path:  # as for a request of its own (app.api.errors)
        raise RequestError(404, "not-found", "an address cannot have a NUL character", "url")
    scope = {
        **{name: request.scope[name] for name in ("type", "app", "scheme", "server", "client", "http_version")},
        "root_path": request.scope.get("root_path", ""),
        "method": "GET",
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        # the last of a name counts: what goes into the Bundle is JSON, whatever the entry asks for
        "query_string": f"{address.query}&_format=json".lstrip("&").encode("utf-8", "replace"),
        "headers": headers,
        "state": dict(request.scope.get("state") or {}),
    }
    if "/$export" in path:
        raise RequestError(404, "not-supported", "an export is asked for by a request of its own", "url")
    found = request.app.state.fhir_routes.find("GET", path)
    if found is None or found.endpoint is None:
        code, status = ("not-found", 404) if found is None else ("not-supported", 405)
        raise RequestError(status, code, f"nothing is served by GET at {path[:200]}", "url")
    scope["path_params"] = found.parameters
    answer = await found.endpoint(Request(scope))
    body = bytes(answer.body)
    if asked["method"] == "HEAD":
        body = b""
    modified = answer.headers.get("last-modified", "")
    instant = parsedate_to_datetime(modified).isoformat().replace("+00:00", "Z") if modified else ""
    return Answered(answer.status_code, body, etag=answer.headers.get("etag", ""), last_modified=instant)


def _date(given: object) -> bytes:
    try:
        return http_date(str(given)).encode()
    except (ValueError, OverflowError) as error:
        text = f"ifModifiedSince is '{str(given)[:60]}': expected an instant such as 2026-03-01T09:30:00Z"
        raise RequestError(400, "value", text, "ifModifiedSince") from error
