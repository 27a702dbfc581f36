"""read and vread: stored bytes with their validators (https://hl7.org/fhir/R5/http.html#read, #vread)."""

import zlib

from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.aliases import ALIAS
from app.api.fhir.answers import PARTS, fhir_answer, fhir_base, part_of, place, takes
from app.errors import Moved, RequestError
from app.parameters.table import BITS
from app.record.ids import fold
from app.search.parse import SUMMARIES, read_elements
from app.store import tables as t
from app.store.engine import Row

NAMED_BY_TRIAL = ("ResearchStudy", "EvidenceVariable", "Provenance")
"""Types whose ids are the trial's, so that an earlier id of the trial leads to them."""

_NAMED = (t.resource.c.type == bindparam("type"), t.resource.c.id == bindparam("id"))
_HEAD = (t.resource.c.version, t.resource.c.last_updated, t.resource.c.deleted)
_CURRENT = {release: select(*_HEAD, t.resource.c[release]).where(*_NAMED) for release in BITS}
_WITHOUT_BODY = select(*_HEAD).where(*_NAMED)
_OLD = {
    release: select(
        t.resource_version.c.version,
        t.resource_version.c.last_updated,
        t.resource_version.c.deleted,
        t.resource_version.c[release],
    )
    .join(t.resource, t.resource.c.key == t.resource_version.c.resource_key)
    .where(*_NAMED, t.resource_version.c.version == bindparam("version"))
    for release in BITS
}


def _gone(kind: str, id: str, version: int) -> RequestError:
    return RequestError(410, "deleted", f"{kind}/{id} was deleted (version {version})")


async def current(request: Request, kind: str, id: str) -> Row:
    """(version, last updated, deleted, document). Raises 404, or 301 for an earlier id of a trial."""
    database = request.app.state.database
    statement = _CURRENT[request.path_params["release"]]
    row: Row | None = await database.point(database.prepared(statement, type=kind, id=id))
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
    if "if-none-match" in request.headers and not request.scope["query_string"]:
        unchanged = await _unchanged(request, kind, request.path_params["id"])
        if unchanged is not None:
            return unchanged
    row = await live(request, kind, request.path_params["id"])
    return _resource(request, release, row, row[3])


async def _unchanged(request: Request, kind: str, id: str) -> Response | None:
    """304 where the client has the version; its document need not be read then."""
    database = request.app.state.database
    row = await database.point(database.prepared(_WITHOUT_BODY, type=kind, id=id))
    if row is None or row[2]:
        return None
    made = fhir_answer(request, request.path_params["release"], b"{}", etag=f'W/"{row[0]}"', last_modified=row[1])
    return made if made.status_code == 304 else None


async def vread(request: Request) -> Response:
    release, kind = place(request)
    takes(request, *PARTS)
    id, version = request.path_params["id"], request.path_params["version"]
    row = await current(request, kind, id)
    body: bytes = row[3]
    if str(row[0]) != version:
        row = await _old(request, release, kind, id, version)
        body = zlib.decompress(row[3])
    if row[2]:
        raise _gone(kind, id, row[0])
    return _resource(request, release, row, body)


async def _old(request: Request, release: str, kind: str, id: str, version: str) -> Row:
    database = request.app.state.database
    row: Row | None = None
    if version.isascii() and version.isdigit() and len(version) < 10:
        row = await database.point(database.prepared(_OLD[release], type=kind, id=id, version=int(version)))
    if row is None:
        raise RequestError(404, "not-found", f"{kind}/{id} has no version '{version[:100]}'")
    return row


def _resource(request: Request, release: str, row: Row, body: bytes) -> Response:
    tag = f'W/"{row[0]}"'
    if not request.scope["query_string"]:
        return fhir_answer(request, release, body, etag=tag, last_modified=row[1])
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
    return fhir_answer(request, release, part, etag=tag, last_modified=row[1])
