"""`$validate` (https://hl7.org/fhir/R5/resource-operation-validate.html): a posted resource, or one that is stored.

The answer is 200 with an OperationOutcome, also when the resource is not valid; 4xx only where nothing can be
validated.
"""

import asyncio
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.fhir.answers import fhir_answer, place, takes
from app.api.fhir.read import live
from app.api.fhir.search import read_body
from app.api.negotiate import body_format
from app.errors import RequestError
from app.fhir.outcome import issue, outcome
from app.fhir.validate import validate
from app.fhir.xml import from_xml

LARGEST = 10_000_000
"""Bytes of a resource to validate."""
DEEPEST = 100
"""Objects in one another."""
_MODES = ("create", "update", "delete", "profile")
Json = dict[str, Any]


async def validate_type(request: Request) -> Response:
    release, kind = place(request)
    takes(request, "mode", "profile")
    posted = await read_resource(request, release)
    return await _answer(request, release, kind, None, posted or {})


async def validate_instance(request: Request) -> Response:
    """By GET, or by POST without a resource, the stored one."""
    release, kind = place(request)
    takes(request, "mode", "profile")
    id = request.path_params["id"]
    row = await live(request, kind, id)
    stored = orjson.loads(row[3])
    posted = await read_resource(request, release, empty=True) if request.method == "POST" else None
    return await _answer(request, release, kind, id, stored if posted is None else posted, stored)


async def _answer(
    request: Request, release: str, kind: str, id: str | None, posted: Json, stored: Json | None = None
) -> Response:
    mode, profile = request.query_params.get("mode"), request.query_params.get("profile")
    document = posted
    if posted.get("resourceType") == "Parameters":
        resource, given = _arguments(posted)
        mode, profile = given.get("mode", mode), given.get("profile", profile)
        document = resource or stored or {}
    if mode is not None and mode not in _MODES:
        raise RequestError(400, "value", f"mode is '{mode[:60]}': expected one of {', '.join(_MODES)}", "mode")
    if mode in ("delete", "profile") and id is None:
        raise RequestError(400, "invalid", f"mode is '{mode}', which is for a resource with an id", "mode")
    base = f"http://hl7.org/fhir/StructureDefinition/{kind}"
    if profile is not None and profile.partition("|")[0] != base:
        raise RequestError(
            400, "not-supported", f"profile is '{profile[:200]}': no profile but {base} is known here", "profile"
        )
    if document.get("resourceType") != kind:
        raise RequestError(
            400,
            "invalid",
            f"the resource is a {str(document.get('resourceType'))[:60]}, posted to {kind}",
            f"{kind}.resourceType",
        )
    issues = []
    if mode == "delete":
        issues.append(issue("error", "not-supported", "the registry is read-only: nothing can be deleted"))
    else:
        if id is not None and document.get("id") != id:
            issues.append(issue("error", "value", f"the id is not '{id}', as in the address", f"{kind}.id"))
        found = await asyncio.to_thread(validate, release, document)
        issues += [issue(one.severity, one.code, one.diagnostics, one.expression) for one in found]
    if not issues:
        issues.append(issue("information", "informational", f"no errors were found in the {kind}"))
    return fhir_answer(request, release, outcome(*issues))


def _arguments(posted: Json) -> tuple[Json | None, dict[str, str]]:
    """The resource and the other arguments of a Parameters resource."""
    resource: Json | None = None
    given: dict[str, str] = {}
    for part in parameters_of(posted):
        name = part.get("name")
        if name == "resource" and isinstance(part.get("resource"), dict):
            resource = part["resource"]
        elif name in ("mode", "profile"):
            given[name] = next((str(value) for key, value in part.items() if key.startswith("value")), "")
        elif name != "usageContext":
            raise RequestError(
                400,
                "not-supported",
                f"'{str(name)[:60]}' is no parameter of $validate: expected resource, mode, profile",
                "Parameters.parameter",
            )
    return resource, given


def parameters_of(posted: Json) -> list[Json]:
    """The parts of a Parameters resource. Raises 400 where they are no list of objects."""
    parts = posted.get("parameter", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise RequestError(400, "structure", "Parameters.parameter is no list of objects", "Parameters.parameter")
    return parts


async def read_resource(request: Request, release: str, empty: bool = False) -> Json | None:
    """The resource in the body, JSON or XML; None for an empty body where that is allowed. Raises 400, 413, 415."""
    body = await read_body(request, LARGEST)
    if not body.strip() and empty:
        return None
    name = body_format(request, release)
    try:
        document = orjson.loads(body) if name == "json" else from_xml(body, release)
    except ValueError as error:
        raise RequestError(400, "structure", f"the body is not a FHIR resource in {name.upper()}: {error}") from error
    if not isinstance(document, dict):
        raise RequestError(400, "structure", "the body is not a FHIR resource: expected a JSON object")
    refuse_deep(document)
    return document


def refuse_deep(document: Json) -> None:
    """Raises 400 for objects and arrays in one another beyond what a resource needs: what reads them is recursive."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, dict) else one)
            if isinstance(below, dict | list)
        ]
        if not level:
            return
    raise RequestError(400, "structure", f"the body has objects in one another more than {DEEPEST} deep")
