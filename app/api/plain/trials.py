"""`/api/v1/trials`: search with the parameters of FHIR under plain names; facets, fields, CSV."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer, base_url, with_query
from app.api.plain.parameters import CSV, CSV_TYPE, FACETS, format_asked, trials_extra
from app.api.plain.shared import PREFIX, REFUSED, fields_asked, listing, picked
from app.api.repeated import Document, answer_again, outlined
from app.errors import RequestError
from app.parameters.table import Parameter, parameters_of
from app.plain import csv
from app.plain.shapes import FacetedListing, TrialShape
from app.search.facets import count_facets
from app.search.parse import parse
from app.search.query import Query
from app.search.run import Page, run
from app.search.trial_sites import outcomes_of, sites_of

router = APIRouter(prefix=PREFIX, tags=["plain"])
_ALSO = ("fields", "facets", "format")


@router.get(
    "/trials",
    response_model=FacetedListing[TrialShape],
    responses={**REFUSED, 200: CSV},
    openapi_extra=trials_extra(),
)
async def list_trials(request: Request) -> Response:
    """Trials, in the order in which they were first loaded unless `sort` says otherwise."""
    if (again := await answer_again(request)) is not None:
        return again
    state = request.app.state
    wanted = format_asked(request, {"json": JSON, "csv": CSV_TYPE})
    fields = fields_asked(request, TrialShape)
    facets = _facets(request)
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in _ALSO]
    query = parse("v1", ("ResearchStudy",), pairs, state.cursors, state.settings.page_size, also=_ALSO)
    page = await run(state.database, state.memory, query, "plain")
    following = _following(request, query, page)
    if wanted == "csv":
        body = await _csv(state.database, page)
        made = answer(request, body, CSV_TYPE)
        if following:
            made.headers["Link"] = f'<{following}>; rel="next"'
        return made
    counts = await count_facets(state.database, state.memory, query, facets) if facets else None
    counted = orjson.dumps(counts) if counts else b""
    write = partial(_listing, fields=fields, total=page.total, following=following, facets=counted)
    said = (fields, page.total, following, counted)
    return outlined(request, page, "plain", write, said, JSON, lasting=not query.perishable)


def _listing(
    documents: Sequence[Document], fields: tuple[str, ...], total: int | None, following: str | None, facets: bytes
) -> bytes:
    items = [picked(orjson.loads(one), fields) if fields else one for _, _, one in documents]
    return listing(items, total, following, facets)


def _facets(request: Request) -> list[Parameter]:
    asked = [one for one in request.query_params.get("facets", "").split(",") if one]
    table = parameters_of("v1", "ResearchStudy")
    for one in asked:
        if one not in FACETS:
            raise RequestError(400, "value", f"facets is '{one[:60]}': expected some of {', '.join(FACETS)}", "facets")
    return [table[one] for one in dict.fromkeys(asked)]


def _following(request: Request, query: Query, page: Page) -> str | None:
    if page.following is None:
        return None
    pairs = [*query.processed, *(pair for pair in request.query_params.multi_items() if pair[0] in _ALSO)]
    cursor = request.app.state.cursors.write_position(page.following, query.scope)
    pairs += [("limit", str(query.count)), ("cursor", cursor)]
    return with_query(f"{base_url(request)}{PREFIX}/trials", pairs)


async def _csv(database: Any, page: Page) -> bytes:
    """A row for each trial of the page, with the columns of the registry's own export."""
    keys: Sequence[int] = [one.key for one in page.matches]
    sites = await sites_of(database, keys) if keys else {}
    outcomes = await outcomes_of(database, [one.id for one in page.matches]) if keys else {}
    rows = [
        csv.trial_row(orjson.loads(one.document), sites.get(one.key, []), outcomes.get(one.id, []))
        for one in page.matches
    ]
    return csv.write(csv.TRIAL_COLUMNS, rows)
