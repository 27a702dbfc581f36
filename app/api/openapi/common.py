"""What descriptions share: headers, request headers, answers that several operations give. All are components, named by
`$ref` (https://spec.openapis.org/oas/v3.1.1.html#components-object)."""

from collections.abc import Iterable
from typing import Any

from app.api.answers import PROBLEM

Json = dict[str, Any]

MEDIA_TYPES = ("application/fhir+json", "application/fhir+xml")
TEXT: Json = {"type": "string"}
_DATE = {"type": "string", "pattern": r"^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$"}
_ADDRESS = {"type": "string", "format": "uri"}

_HEADERS: dict[str, tuple[str, Json, bool]] = {
    "ETag": ("The validator of this answer.", {"type": "string", "pattern": '^(W/)?"[^"]+"$'}, True),
    "Last-Modified": ("When this version was written.", _DATE, True),
    "Cache-Control": (
        "Caches may keep the answer and ask whether it holds, or (`no-store`) may not.",
        TEXT,
        True,
    ),
    "Vary": ("The request headers that the answer depends on.", TEXT, True),
    "X-Request-Id": ("The request's own, or a new one.", {"type": "string", "minLength": 1, "maxLength": 200}, True),
    "Location": ("The address under the present id.", _ADDRESS, True),
    "Content-Location": ("Where the state of the export is told.", _ADDRESS, True),
    "Retry-After": ("Seconds.", {"type": "string", "pattern": r"^\d+$"}, True),
    "X-Progress": ("How far the export is.", {"type": "string", "maxLength": 100}, True),
    "Expires": ("When the export is deleted.", _DATE, True),
    "Accept-Ranges": ("The file can be had in pieces.", {"const": "bytes"}, True),
    "Content-Range": ("Which bytes these are, and of how many.", {"type": "string", "pattern": "^bytes "}, True),
    "Link": ('Of a page of CSV: the next one, `rel="next"`.', TEXT, False),
    "Deprecation": (
        "Since when what was asked for is deprecated (RFC 9745).",
        {"type": "string", "pattern": r"^@\d+$"},
        False,
    ),
    "Sunset": ("When it will be gone (RFC 8594).", _DATE, False),
}
_REQUEST_HEADERS = {
    "If-None-Match": "Validators that the client has: 304 if one of them holds.",
    "If-Modified-Since": "A date of HTTP: 304 if nothing was written since; not looked at beside If-None-Match.",
    "X-Request-Id": "A name of the request, which its answer gets.",
    "Prefer": "`handling=lenient`: what is not known is ignored and told, not refused.",
}
VALIDATED = ("ETag", "Cache-Control", "Vary")
"""Headers of every answer that can be asked for conditionally."""
UNSTORED = ("Cache-Control", "Vary")
"""Of what is of one person: no cache keeps it."""

_REFUSALS = {
    "301": ("Moved", "The id is an earlier one: `Location` has the present one."),
    "400": ("Refused", "A parameter is unknown, its value is wrong, or it asks for too much."),
    "404": ("Missing", "There is no such thing."),
    "406": ("NotAcceptable", "JSON and XML of this release are served, and nothing else."),
    "410": ("Gone", "It was deleted; its history can be asked for."),
    "413": ("TooLong", "The body is too long."),
    "415": ("OtherType", "The body is of another media type."),
    "429": ("Busy", "There are as many exports as there may be."),
    "500": ("Failed", "The server failed; the error is in its log."),
    "503": ("Slow", "The search took too long, or the database does not answer."),
}
_ALSO = {"301": ("Location",), "429": ("Retry-After",)}


def answer(description: str, content: Json | None, *names: str) -> Json:
    """An answer with these headers, and those of every answer."""
    made: Json = {"description": description, "headers": headers(*names)}
    return {**made, "content": content} if content else made


def headers(*names: str) -> Json:
    return {name: ref("headers", name) for name in (*names, "X-Request-Id")}


def ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def request_headers(*names: str) -> list[Json]:
    return [ref("parameters", name) for name in names]


def refusals(kind: str, statuses: Iterable[str]) -> Json:
    """Answers of these statuses; `kind` is `Fhir` or `Plain`."""
    return {status: ref("responses", f"{kind}{_REFUSALS[status][0]}") for status in sorted(statuses)}


def fhir_content(schema: Json) -> Json:
    return {MEDIA_TYPES[0]: {"schema": schema}, MEDIA_TYPES[1]: {"schema": TEXT}}


def components() -> Json:
    responses: Json = {
        name: {"description": "The client has this version.", "headers": headers(*VALIDATED, *more)}
        for name, more in (("NotModified", ()), ("NotModifiedSince", ("Last-Modified",)))
    }
    problem = {PROBLEM: {"schema": ref("schemas", "Problem")}}
    outcome = fhir_content(ref("schemas", "OperationOutcome"))
    for status, (name, description) in _REFUSALS.items():
        for kind, content in (("Fhir", outcome), ("Plain", problem)):
            responses[f"{kind}{name}"] = answer(description, content, "Vary", *_ALSO.get(status, ()))
    given = {"in": "header", "required": False, "schema": TEXT}
    return {
        "responses": responses,
        "headers": {
            name: {"description": doc, "schema": schema, "required": required}
            for name, (doc, schema, required) in _HEADERS.items()
        },
        "parameters": {name: {"name": name, "description": doc, **given} for name, doc in _REQUEST_HEADERS.items()},
    }
