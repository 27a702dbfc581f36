"""The FHIR endpoints `/fhir/r4` and `/fhir/r5` (https://hl7.org/fhir/R5/http.html): read-only, stored bytes.

The routes are generic and plain Starlette ones; `openapi.py` describes them for each release and type.
"""

import zlib
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.aliases import ALIAS
from app.api.answers import FHIR_JSON, answer, base_url, with_query
from app.api.fhir_history import answer_history
from app.api.negotiate import require_json
from app.errors import Moved, RequestError
from app.fhir.bundle import searchset
from app.fhir.conformance import FHIR_VERSIONS, capability_statement, search_parameter
from app.fhir.outcome import issue, outcome
from app.record.ids import fold
from app.search.params import FHIR_TYPES, PARAMETERS, parameters_of
from app.search.parse import CONTROLS, parse, scope_of, unknown
from app.search.query import Query
from app.search.run import run
from app.store import tables as t
from app.store.database import Row

router = APIRouter()
NAMED_BY_TRIAL = ("ResearchStudy", "EvidenceVariable")
"""Types whose ids are the trial's, so that an earlier id of the trial leads to them."""
HISTORY = ("_since", "_count", "_cursor")
ANYWHERE = ("_format",)
"""Parameters that every interaction takes."""


def _place(request: Request) -> tuple[str, str]:
    """The release and the type of the path. Raises RequestError 404 for one that is not served."""
    release, kind = request.path_params["release"], request.path_params.get("type", "")
    if release not in FHIR_VERSIONS:
        raise RequestError(404, "not-found", f"'{release}' is not a FHIR release served here: r4 and r5 are")
    if kind and kind not in FHIR_TYPES:
        raise RequestError(
            404, "not-supported", f"'{kind}' is not a resource type served here: {', '.join(FHIR_TYPES)} are"
        )
    require_json(request, release)
    return release, kind


def _only(request: Request, *names: str) -> None:
    for name in request.query_params:
        if name not in names:
            raise RequestError(400, "not-supported", unknown(name, "", "this interaction", names), name)


def _fhir_base(request: Request, release: str) -> str:
    return f"{base_url(request)}/fhir/{release}"


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
    .where(t.resource.c.type == bindparam("type"), t.resource.c.id == bindparam("id"))
    .order_by(t.resource_version.c.version.desc())
)


def _body(row: Row, release: str) -> bytes:
    body: bytes = row[3] if release == "r4" else row[4]
    return body


def _gone(kind: str, id: str, version: int) -> RequestError:
    return RequestError(410, "deleted", f"{kind}/{id} was deleted (version {version})")


def _resource(request: Request, row: Row, body: bytes) -> Response:
    return answer(request, body, FHIR_JSON, etag=f'W/"{row[0]}"', last_modified=row[1])


async def _current(request: Request, kind: str, id: str) -> Row:
    database = request.app.state.database
    row: Row | None = await database.point(database.prepared(_RESOURCE, type=kind, id=id))
    if (row is None or row[2]) and kind in NAMED_BY_TRIAL:
        present = await database.point(database.prepared(ALIAS, alias=fold(id)))
        if present is not None:
            raise Moved(f"{_fhir_base(request, request.path_params['release'])}/{kind}/{present[0]}")
    if row is None:
        raise RequestError(404, "not-found", f"there is no {kind} with the id '{id}'")
    return row


async def read(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#read"""
    release, kind = _place(request)
    _only(request, *ANYWHERE)
    id = request.path_params["id"]
    row = await _current(request, kind, id)
    if row[2]:
        raise _gone(kind, id, row[0])
    return _resource(request, row, _body(row, release))


async def vread(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#vread"""
    release, kind = _place(request)
    _only(request, *ANYWHERE)
    id, version = request.path_params["id"], request.path_params["version"]
    for row, body in await _versions(request, release, kind, id):
        if str(row[0]) == version:
            if row[2]:
                raise _gone(kind, id, row[0])
            return _resource(request, row, body)
    raise RequestError(404, "not-found", f"{kind}/{id} has no version '{version}'")


async def history(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#history"""
    release, kind = _place(request)
    _only(request, *HISTORY, *ANYWHERE)
    await _current(request, kind, request.path_params["id"])
    return await answer_history(request, release, kind, request.path_params["id"])


async def _versions(request: Request, release: str, kind: str, id: str) -> list[tuple[Row, bytes]]:
    """All versions of a resource with their documents, newest first."""
    database = request.app.state.database
    now, old = await database.read(
        database.prepared(_RESOURCE, type=kind, id=id), database.prepared(_OLD, type=kind, id=id)
    )
    if not now:
        raise RequestError(404, "not-found", f"there is no {kind} with the id '{id}'")
    return [(row, _body(row, release)) for row in now] + [(row, zlib.decompress(_body(row, release))) for row in old]


async def type_history(request: Request) -> Response:
    release, kind = _place(request)
    _only(request, *HISTORY, *ANYWHERE)
    return await answer_history(request, release, kind)


async def system_history(request: Request) -> Response:
    release, _ = _place(request)
    _only(request, *HISTORY, *ANYWHERE)
    return await answer_history(request, release)


async def search(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#search"""
    release, kind = _place(request)
    state = request.app.state
    lenient = _lenient(request)
    query = parse(
        release,
        kind,
        request.query_params.multi_items(),
        state.cursors,
        state.settings.page_size,
        lenient=lenient,
        also=ANYWHERE,
    )
    page = await run(state.database, query)
    base = _fhir_base(request, release)
    place = f"{base}/{kind}"
    links = [("self", _link(place, query, request.query_params.get(CONTROLS[release][1])))]
    if query.count:
        links.append(("first", _link(place, query)))
    if page.last is not None:
        links.append(("next", _link(place, query, state.cursors.write(page.last, scope_of(query)))))
    warnings = [issue("warning", "not-supported", one.reason, f"http.{one.name}") for one in query.ignored]
    body = searchset(
        base, kind, links, [(row[0], row[1]) for row in page.rows], page.total, outcome(*warnings) if warnings else None
    )
    return answer(request, body, FHIR_JSON)


def _lenient(request: Request) -> bool:
    """`Prefer: handling=lenient` (https://hl7.org/fhir/R5/search.html#errors); the default is strict."""
    preferences = [
        p.strip().lower() for value in request.headers.getlist("prefer") for p in value.replace(";", ",").split(",")
    ]
    return "handling=lenient" in preferences


def _link(place: str, query: Query, cursor: str | None = None) -> str:
    """The address of a page of this search, with what was processed and nothing else."""
    pairs = [one.pair for one in query.filters]
    count_name, cursor_name = CONTROLS[query.release]
    pairs.append((count_name, str(query.count)))
    if cursor:
        pairs.append((cursor_name, cursor))
    return with_query(place, pairs)


async def metadata(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#capabilities"""
    release, _ = _place(request)
    _only(request, "mode", *ANYWHERE)
    statement = capability_statement(
        release,
        _fhir_base(request, release),
        request.app.version,
        {kind: list(parameters_of(release, kind).values()) for kind in FHIR_TYPES},
    )
    return _document(request, statement)


async def read_search_parameter(request: Request) -> Response:
    release, _ = _place(request)
    _only(request, *ANYWHERE)
    id = request.path_params["id"]
    for parameter in PARAMETERS:
        if parameter.own.get(release, "").endswith(f"/{id}"):
            return _document(request, search_parameter(release, id, parameter))
    raise RequestError(404, "not-found", f"there is no SearchParameter of our own with the id '{id}'")


def _document(request: Request, document: dict[str, Any]) -> Response:
    return answer(request, orjson.dumps(document), FHIR_JSON)


router.add_route("/fhir/{release}/metadata", metadata, ["GET"])
router.add_route("/fhir/{release}/_history", system_history, ["GET"])
router.add_route("/fhir/{release}/{type}/_history", type_history, ["GET"])
router.add_route("/fhir/{release}/SearchParameter/{id}", read_search_parameter, ["GET"])
router.add_route("/fhir/{release}/{type}/{id}", read, ["GET"])
router.add_route("/fhir/{release}/{type}/{id}/_history/{version}", vread, ["GET"])
router.add_route("/fhir/{release}/{type}/{id}/_history", history, ["GET"])
router.add_route("/fhir/{release}/{type}", search, ["GET"])
