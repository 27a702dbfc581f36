"""Single items of the plain API, and what stands under a trial."""

from collections.abc import Callable
from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer
from app.api.plain.parameters import CSV, CSV_TYPE, FIELDS, GEOJSON, format_asked, format_parameter
from app.api.plain.shared import MISSING, PREFIX, UNKNOWN, dump, fields_asked, listing, only, picked, present_trial
from app.errors import RequestError
from app.plain import csv, geojson
from app.plain.criteria import CriterionShape
from app.plain.shapes import (
    Listing,
    OutcomeShape,
    SiteShape,
    TrialContactShape,
    TrialShape,
    TrialSiteShape,
)
from app.search.listed.collections import criterion_shape, outcome_shape, site_shape
from app.search.listed.run import rows_of_trial
from app.search.trial_sites import sites_of

router = APIRouter(prefix=PREFIX, tags=["plain"])


@router.get("/trials/{id}", response_model=TrialShape, responses=MISSING, openapi_extra={"parameters": [FIELDS]})
async def read_trial(request: Request, id: str) -> Response:
    """One trial. Its `ETag` and `Last-Modified` answer conditional requests with 304."""
    only(request, "fields")
    fields = fields_asked(request, TrialShape)
    row = await present_trial(request, id)
    body = picked(orjson.loads(row[3]), fields) if fields else row[3]
    return answer(request, body, JSON, last_modified=row[2])


async def _of_trial(request: Request, id: str, name: str, shape: Callable[[Any], BaseModel]) -> Response:
    only(request)
    await present_trial(request, id)
    rows = await rows_of_trial(request.app.state.database, name, id)
    return answer(request, listing([dump(shape(row)) for row in rows], len(rows), None), JSON)


@router.get("/trials/{id}/criteria", response_model=Listing[CriterionShape], responses=MISSING)
async def list_trial_criteria(request: Request, id: str) -> Response:
    """All criteria of the trial: parents before their children."""
    return await _of_trial(request, id, "criteria", criterion_shape)


@router.get("/trials/{id}/outcomes", response_model=Listing[OutcomeShape], responses=MISSING)
async def list_trial_outcomes(request: Request, id: str) -> Response:
    """All outcome measures of the trial."""
    return await _of_trial(request, id, "outcomes", outcome_shape)


@router.get(
    "/trials/{id}/sites",
    response_model=Listing[TrialSiteShape],
    responses={**MISSING, 200: {**GEOJSON, "content": {**GEOJSON["content"], **CSV["content"]}}},
    openapi_extra={"parameters": [format_parameter("json", "csv", "geojson")]},
)
async def list_trial_sites(request: Request, id: str) -> Response:
    """All sites of the trial, with what is true of them in this trial only; as CSV and as GeoJSON too."""
    only(request, "format")
    wanted = format_asked(request, {"json": JSON, "csv": CSV_TYPE, "geojson": geojson.MEDIA_TYPE})
    row = await present_trial(request, id)
    sites = (await sites_of(request.app.state.database, [row[0]])).get(row[0], [])
    if wanted == "csv":
        return answer(request, csv.write(csv.SITE_COLUMNS, csv.site_rows({"id": row[4]}, sites)), CSV_TYPE)
    if wanted == "geojson":
        return answer(request, orjson.dumps(geojson.feature_collection(sites, [], row[4])), geojson.MEDIA_TYPE)
    return answer(request, listing([orjson.dumps(site) for site in sites], len(sites), None), JSON)


@router.get(
    "/trials/{id}/contacts",
    response_model=Listing[TrialContactShape],
    responses={**MISSING, 200: CSV},
    openapi_extra={"parameters": [format_parameter("json", "csv")]},
)
async def list_trial_contacts(request: Request, id: str) -> Response:
    """Whom to ask: the contacts of the trial as a whole, then those of its sites; as CSV too."""
    only(request, "format")
    wanted = format_asked(request, {"json": JSON, "csv": CSV_TYPE})
    row = await present_trial(request, id)
    document = orjson.loads(row[3])
    sites = (await sites_of(request.app.state.database, [row[0]])).get(row[0], [])
    if wanted == "csv":
        return answer(request, csv.write(csv.CONTACT_COLUMNS, csv.contact_rows(document, sites)), CSV_TYPE)
    items = [TrialContactShape(**contact, site_id=None, facility=None) for contact in document["contacts"]]
    items += [
        TrialContactShape(**contact, site_id=site["id"], facility=site["facility"])
        for site in sites
        for contact in site["contacts"]
    ]
    return answer(request, listing([dump(item) for item in items], len(items), None), JSON)


async def _item(request: Request, name: str, trial_id: str, id: str, shape: Callable[[Any], Any]) -> Response:
    only(request)
    if trial_id:
        for row in await rows_of_trial(request.app.state.database, name, trial_id):
            made = shape(row)
            if made.id == id:
                return answer(request, dump(made), JSON)
    raise RequestError(404, "not-found", f"nothing in {name} has the id '{id}'")


@router.get("/criteria/{id}", response_model=CriterionShape, responses=UNKNOWN)
async def read_criterion(request: Request, id: str) -> Response:
    """One criterion; its id is the trial's, the cohort's number, the type's first letter and its place in the tree."""
    return await _item(request, "criteria", id.rsplit("-", 2)[0], id, criterion_shape)


@router.get("/outcomes/{id}", response_model=OutcomeShape, responses=UNKNOWN)
async def read_outcome(request: Request, id: str) -> Response:
    """One outcome measure; its id is the trial's, the type and the position."""
    return await _item(request, "outcomes", id.rsplit("-", 2)[0], id, outcome_shape)


@router.get("/sites/{id}", response_model=SiteShape, responses=UNKNOWN)
async def read_site(request: Request, id: str) -> Response:
    """One facility."""
    return await _item(request, "sites", id, id, site_shape)
