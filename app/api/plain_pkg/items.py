"""The plain JSON API `/api/v1`: trials, criteria, outcomes and sites, as collections, as items and under a trial."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.aliases import ALIAS
from app.api.answers import JSON, answer, base_url
from app.errors import Moved, RequestError
from app.plain.shapes import (
    ContactShape,
    CriterionShape,
    Listing,
    OutcomeShape,
    Problem,
    SiteShape,
    TrialShape,
    TrialSiteShape,
)
from app.record.ids import fold
from app.search.collections import COLLECTIONS, criterion_shape, outcome_shape, site_shape
from app.search.params import parameters_of
from app.search.parse import LARGEST_PAGE, parse, scope_of, unknown
from app.search.reads import Chosen
from app.search.run import run
from app.store import lists
from app.store import tables as t

PREFIX = "/api/v1"
REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "A parameter is unknown or its value is wrong."},
}
MISSING: dict[int | str, dict[str, Any]] = {
    **REFUSED,
    301: {"model": Problem, "description": "The id is an earlier one: `Location` has the present one."},
    404: {"model": Problem, "description": "There is no such item."},
    410: {"model": Problem, "description": "The registry removed the trial: only its history can be asked for."},
}
router = APIRouter(prefix=PREFIX, tags=["plain"])


def _filters(collection: str) -> dict[str, Any]:
    """The collection's parameters, for OpenAPI."""
    parameters: list[dict[str, Any]] = []
    for parameter in parameters_of("v1", collection).values():
        one: dict[str, Any] = {"type": "string"}
        if isinstance(parameter.reads, Chosen):
            one["enum"] = list(parameter.reads.allowed)
        parameters.append(
            {
                "name": parameter.code,
                "in": "query",
                "required": False,
                "description": f"{parameter.doc} Several values with commas between them: any of them.",
                "schema": {"type": "array", "items": one},
                "style": "form",
                "explode": False,
            }
        )
    paging = [
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": "Items on a page.",
            "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
        },
        {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": "Where the page begins: from the `next` of the page before.",
            "schema": {"type": "string"},
        },
    ]
    return {"parameters": parameters + paging}


def only(request: Request, *names: str) -> None:
    for name in request.query_params:
        if name not in names:
            raise RequestError(400, "not-supported", unknown(name, "v1", "this address", names), name)


def _dump(shape: BaseModel) -> bytes:
    return orjson.dumps(shape.model_dump())


async def _collection(request: Request, name: str, write: Callable[[Any], bytes]) -> Response:
    state = request.app.state
    pairs = request.query_params.multi_items()
    query = parse("v1", name, pairs, state.cursors, state.settings.page_size)
    page = await run(state.database, query)
    following = None
    if page.last is not None:
        kept = [one.pair for one in query.filters]
        kept += [("limit", str(query.count)), ("cursor", state.cursors.write(page.last, scope_of(query)))]
        following = f"{base_url(request)}{PREFIX}/{name}?{urlencode(kept, safe=':,|/')}"
    return answer(request, listing([write(row) for row in page.rows], page.total, following), JSON)


def listing(items: Sequence[bytes], total: int, following: str | None) -> bytes:
    return b'{"items":[%s],"total":%d,"next":%s}' % (b",".join(items), total, orjson.dumps(following))


def _stored(row: Any) -> bytes:
    document: bytes = row[1]
    return document


@router.get("/trials", response_model=Listing[TrialShape], responses=REFUSED, openapi_extra=_filters("trials"))
async def list_trials(request: Request) -> Response:
    """Trials, by id."""
    return await _collection(request, "trials", _stored)


@router.get("/criteria", response_model=Listing[CriterionShape], responses=REFUSED, openapi_extra=_filters("criteria"))
async def list_criteria(request: Request) -> Response:
    """Eligibility criteria, by trial and in the order of the document."""
    return await _collection(request, "criteria", lambda row: _dump(criterion_shape(row)))


@router.get("/outcomes", response_model=Listing[OutcomeShape], responses=REFUSED, openapi_extra=_filters("outcomes"))
async def list_outcomes(request: Request) -> Response:
    """Outcome measures, by trial and in the order of the document."""
    return await _collection(request, "outcomes", lambda row: _dump(outcome_shape(row)))


@router.get("/sites", response_model=Listing[SiteShape], responses=REFUSED, openapi_extra=_filters("sites"))
async def list_sites(request: Request) -> Response:
    """Facilities, by id."""
    return await _collection(request, "sites", lambda row: _dump(site_shape(row)))


_TRIAL = select(
    t.trial.c.key, t.trial.c.version, t.trial.c.last_updated, t.trial.c.plain, t.trial.c.id, t.trial.c.removed
).where(t.trial.c.id == bindparam("id"))


async def find_trial(request: Request, id: str) -> Any:
    """(key, version, last updated, document, id, removed). Raises 404, or 301 when the id is an earlier one."""
    database = request.app.state.database
    row = await database.point(database.prepared(_TRIAL, id=id))
    if row is None or row[5] is not None:
        present = await database.point(database.prepared(ALIAS, alias=fold(id)))
        if present is None:
            if row is not None:
                return row
            raise RequestError(404, "not-found", f"there is no trial with the id '{id}'")
        moved = request.url.path.replace(f"/trials/{id}", f"/trials/{present[0]}", 1)
        raise Moved(f"{base_url(request)}{moved}")
    return row


async def present_trial(request: Request, id: str) -> Any:
    """As `find_trial`, but a trial that its registry removed is 410: only its history can be asked for."""
    row = await find_trial(request, id)
    if row[5] is not None:
        raise RequestError(410, "deleted", f"the registry removed the trial '{row[4]}'; it was noticed on {row[5]}")
    return row


@router.get("/trials/{id}", response_model=TrialShape, responses=MISSING)
async def read_trial(request: Request, id: str) -> Response:
    """One trial. Its `ETag` and `Last-Modified` answer conditional requests with 304."""
    only(request)
    row = await present_trial(request, id)
    return answer(request, row[3], JSON, last_modified=row[2])


async def _of_trial(request: Request, id: str, name: str, shape: Callable[[Any], BaseModel]) -> Response:
    only(request)
    await present_trial(request, id)
    rows = await _rows_of(request, name, id)
    return answer(request, listing([_dump(shape(row)) for row in rows], len(rows), None), JSON)


async def _rows_of(request: Request, name: str, trial_id: str) -> list[Any]:
    database = request.app.state.database
    collection = COLLECTIONS[("v1", name)]
    statement = select(*collection.columns).select_from(collection.source)
    statement = statement.where(collection.order[0] == trial_id, collection.where).order_by(*collection.order)
    [rows] = await database.read(database.compile(statement))
    return list(rows)


@router.get("/trials/{id}/criteria", response_model=Listing[CriterionShape], responses=MISSING)
async def list_trial_criteria(request: Request, id: str) -> Response:
    """All criteria of the trial: parents before their children."""
    return await _of_trial(request, id, "criteria", criterion_shape)


@router.get("/trials/{id}/outcomes", response_model=Listing[OutcomeShape], responses=MISSING)
async def list_trial_outcomes(request: Request, id: str) -> Response:
    """All outcome measures of the trial."""
    return await _of_trial(request, id, "outcomes", outcome_shape)


@router.get("/trials/{id}/sites", response_model=Listing[TrialSiteShape], responses=MISSING)
async def list_trial_sites(request: Request, id: str) -> Response:
    """All sites of the trial, with what is true of them in this trial only."""
    only(request)
    key = (await present_trial(request, id))[0]
    database = request.app.state.database
    site, place, person = t.site, lists.trial_site, lists.site_contact
    facility = [site.c.id, *(place.c[name] for name in SiteShape.model_fields if name != "id")]
    rows, people = await database.read(
        database.compile(
            select(*facility, place.c.position, place.c.status)
            .select_from(place.join(site, place.c.site_key == site.c.key))
            .where(place.c.trial_key == key)
            .order_by(place.c.position)
        ),
        database.compile(
            select(person.c.item, *(person.c[name] for name in ContactShape.model_fields))
            .where(person.c.trial_key == key)
            .order_by(person.c.item, person.c.position)
        ),
    )
    items = [
        TrialSiteShape(
            **site_shape(row[:-2]).model_dump(),
            status=row[-1],
            contacts=[
                ContactShape(**dict(zip(ContactShape.model_fields, one[1:], strict=True)))
                for one in people
                if one[0] == row[-2]
            ],
        )
        for row in rows
    ]
    return answer(request, listing([_dump(item) for item in items], len(items), None), JSON)


async def _item(request: Request, name: str, trial_id: str, id: str, shape: Callable[[Any], Any]) -> Response:
    only(request)
    if trial_id:
        for row in await _rows_of(request, name, trial_id):
            made = shape(row)
            if made.id == id:
                return answer(request, _dump(made), JSON)
    raise RequestError(404, "not-found", f"nothing in {name} has the id '{id}'")


@router.get("/criteria/{id}", response_model=CriterionShape, responses=MISSING)
async def read_criterion(request: Request, id: str) -> Response:
    """One criterion; its id is the trial's, the cohort's number, the type's first letter and its place in the tree."""
    return await _item(request, "criteria", id.rsplit("-", 2)[0], id, criterion_shape)


@router.get("/outcomes/{id}", response_model=OutcomeShape, responses=MISSING)
async def read_outcome(request: Request, id: str) -> Response:
    """One outcome measure; its id is the trial's, the type and the position."""
    return await _item(request, "outcomes", id.rsplit("-", 2)[0], id, outcome_shape)


@router.get("/sites/{id}", response_model=SiteShape, responses=MISSING)
async def read_site(request: Request, id: str) -> Response:
    """One facility."""
    return await _item(request, "sites", id, id, site_shape)
