"""read and vread: stored bytes with their validators (https://hl7.org/fhir/R5/http.html#read, #vread)."""

import zlib

from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.aliases import ALIAS
from app.api.fhir.answers import PARTS, fhir_answer, fhir_base, part_of, place, takes
from app.errors import Moved, RequestError
from app.record.ids import fold
from app.search.parse import SUMMARIES, read_elements
from app.store import tables as t
from app.store.database import Row

NAMED_BY_TRIAL = ("ResearchStudy", "EvidenceVariable", "Provenance")
"""Types whose ids are the trial's, so that an earlier id of the trial leads to them."""

_RESOURCE = select(
    t.resource.c.version, t.resource.c.last_updated, t.resource.c.deleted, t.resource.c.r4, t.resource.c.r5
).where(t.resource.c.type == bindparam("type"), t.resource.c.id == bindparam("id"))
_OLD = (
    select(
        t.resource_version.c.version,
        t.resource_version.c.last_updated,
        t.resource_version.c.deleted,
        t.resource_version.c.r4,
        t.resource_version.c.r5,
    )
    .join(t.resource, t.resource.c.key == t.resource_version.c.resource_key)
    .where(
        t.resource.c.type == bindparam("type"),
        t.resource.c.id == bindparam("id"),
        t.resource_version.c.version == bindparam("version"),
    )
)


def _body(row: Row, release: str) -> bytes:
    body: bytes = row[3] if release == "r4" else row[4]
    return body


def _gone(kind: str, id: str, version: int) -> RequestError:
    return RequestError(410, "deleted", f"{kind}/{id} was deleted (version {version})")


async def current(request: Request, kind: str, id: str) -> Row:
    """(version, last updated, deleted, R4, R5). Raises 404, or 301 for an earlier id of a trial."""
    database = request.app.state.database
    row: Row | None = await database.point(database.prepared(_RESOURCE, type=kind, id=id))
    if (row is None or row[2]) and kind in NAMED_BY_TRIAL:
        present = await database.point(database.prepared(ALIAS, alias=fold(id)))
        if present is not None:
            raise Moved(f"{fhir_base(request, request.path_params['release'])}/{kind}/{present[0]}")
    if row is None:
        raise RequestError(404, "not-found", f"there is no {kind} with the id '{id[:100]}'")
    return row


async def live(request: Request, kind: str, id: str) -> Row:
    """As `current`; raises 410 for one that was deleted."""
    row = await current(request, kind, id)
    if row[2]:
        raise _gone(kind, id, row[0])
    return row


async def read(request: Request) -> Response:
    release, kind = place(request)
    takes(request, *PARTS)
    row = await live(request, kind, request.path_params["id"])
    return _resource(request, release, row, _body(row, release))


async def vread(request: Request) -> Response:
    release, kind = place(request)
    takes(request, *PARTS)
    id, version = request.path_params["id"], request.path_params["version"]
    row = await current(request, kind, id)
    if str(row[0]) == version:
        body = _body(row, release)
    else:
        row, body = await _old(request, release, kind, id, version)
    if row[2]:
        raise _gone(kind, id, row[0])
    return _resource(request, release, row, body)


async def _old(request: Request, release: str, kind: str, id: str, version: str) -> tuple[Row, bytes]:
    database = request.app.state.database
    row: Row | None = None
    if version.isascii() and version.isdigit() and len(version) < 10:
        row = await database.point(database.prepared(_OLD, type=kind, id=id, version=int(version)))
    if row is None:
        raise RequestError(404, "not-found", f"{kind}/{id} has no version '{version[:100]}'")
    return row, zlib.decompress(_body(row, release))


def _resource(request: Request, release: str, row: Row, body: bytes) -> Response:
    asked = request.query_params
    summary, elements = asked.get("_summary", "false"), asked.get("_elements")
    if summary not in SUMMARIES or summary == "count":
        raise RequestError(
            400, "value", f"_summary is '{summary[:60]}': expected true, text, data or false", "_summary"
        )
    for name in PARTS:
        if len(asked.getlist(name)) > 1:
            raise RequestError(400, "value", f"{name} is given twice: expected once", name)
    if summary != "false" and elements:
        raise RequestError(400, "value", "_summary and _elements are both given: expected one of them", "_elements")
    names = read_elements("_elements", elements) if elements else ()
    part = part_of(body, release, summary, names)
    return fhir_answer(request, release, part, etag=f'W/"{row[0]}"', last_modified=row[1])
