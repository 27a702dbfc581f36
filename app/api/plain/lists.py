"""Collections of the plain API that are no FHIR resources: criteria, outcomes, sites."""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer, base_url, with_query
from app.api.plain.parameters import GEOJSON, format_asked, format_parameter, listed_extra
from app.api.plain.shared import PREFIX, REFUSED, fields_asked, listing, picked
from app.plain import geojson
from app.plain.criteria import CriterionShape
from app.plain.shapes import Listing, OutcomeShape, SiteShape
from app.search.listed.collections import criterion_shape, outcome_shape, site_shape
from app.search.listed.parse import parse_list
from app.search.listed.query import ListQuery
from app.search.listed.run import ListPage, run_list

router = APIRouter(prefix=PREFIX, tags=["plain"])


async def _page(request: Request, name: str) -> tuple[ListPage, ListQuery, str | None]:
    """The page and the address of the next one."""
    state = request.app.state
    pairs = request.query_params.multi_items()
    query = parse_list(name, pairs, state.cursors, state.settings.page_size, ("fields", "format"))
    page = await run_list(state.database, state.memory, query)
    if page.last is None:
        return page, query, None
    kept = [one.pair for one in query.filters] + [pair for pair in pairs if pair[0] in ("fields", "format")]
    kept += [("limit", str(query.count)), ("cursor", state.cursors.write((page.total, *page.last), query.scope))]
    return page, query, with_query(f"{base_url(request)}{PREFIX}/{name}", kept)


def _listed(
    request: Request, page: ListPage, shape: type[BaseModel], make: Callable[[Any], BaseModel], following: str | None
) -> Response:
    fields = fields_asked(request, shape)
    items = [picked(make(row).model_dump(), fields) for row in page.rows]
    return answer(request, listing(items, page.total, following), JSON)


async def _collection(
    request: Request, name: str, shape: type[BaseModel], make: Callable[[Any], BaseModel]
) -> Response:
    format_asked(request, {"json": JSON})
    fields_asked(request, shape)
    page, _, following = await _page(request, name)
    return _listed(request, page, shape, make, following)


@router.get(
    "/criteria",
    response_model=Listing[CriterionShape],
    responses=REFUSED,
    openapi_extra=listed_extra("criteria", format_parameter("json")),
)
async def list_criteria(request: Request) -> Response:
    """Eligibility criteria, by trial and in the order of the document."""
    return await _collection(request, "criteria", CriterionShape, criterion_shape)


@router.get(
    "/outcomes",
    response_model=Listing[OutcomeShape],
    responses=REFUSED,
    openapi_extra=listed_extra("outcomes", format_parameter("json")),
)
async def list_outcomes(request: Request) -> Response:
    """Outcome measures, by trial and in the order of the document."""
    return await _collection(request, "outcomes", OutcomeShape, outcome_shape)


@router.get(
    "/sites",
    response_model=Listing[SiteShape],
    responses={**REFUSED, 200: GEOJSON},
    openapi_extra=listed_extra("sites", format_parameter("json", "geojson")),
)
async def list_sites(request: Request) -> Response:
    """Facilities, by id; as GeoJSON too."""
    wanted = format_asked(request, {"json": JSON, "geojson": geojson.MEDIA_TYPE})
    page, _, following = await _page(request, "sites")
    if wanted == "json":
        return _listed(request, page, SiteShape, site_shape, following)
    links = [{"rel": "next", "href": following}] if following else []
    found = geojson.feature_collection([site_shape(row).model_dump() for row in page.rows], links)
    return answer(request, orjson.dumps(found), geojson.MEDIA_TYPE)
