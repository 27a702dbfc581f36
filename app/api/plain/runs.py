"""Loads and syncs: what each came to, and what it refused."""

from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer, base_url, with_query
from app.api.plain.parameters import PAGING
from app.api.plain.shared import PREFIX, REFUSED, UNKNOWN, listing, only
from app.errors import RequestError
from app.plain.shapes import (
    Listing,
    RefusalShape,
    RunShape,
)
from app.search.parse import read_count
from app.store import tables as t

router = APIRouter(prefix=PREFIX, tags=["runs"])
_r = t.run.c
_RUN = select(*(_r[name] for name in RunShape.model_fields))


@router.get("/runs", response_model=Listing[RunShape], responses=REFUSED, openapi_extra={"parameters": PAGING})
async def list_runs(request: Request) -> Response:
    """Loads and syncs, newest first."""
    only(request, "limit", "cursor")
    state, asked = request.app.state, request.query_params
    limit = read_count("limit", asked.get("limit", str(state.settings.page_size)), 1)
    cursor = asked.get("cursor")
    after = state.cursors.read(cursor, "cursor", "runs") if cursor is not None else None
    statement = _RUN.order_by(_r.id.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(_r.id < after[0])
    rows, [(total,)] = await state.database.read(
        state.database.compile(statement), state.database.compile(select(func.count()).select_from(t.run))
    )
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        pairs = [("limit", str(limit)), ("cursor", state.cursors.write((rows[-1][0],), "runs"))]
        following = with_query(f"{base_url(request)}{PREFIX}/runs", pairs)
    items = [orjson.dumps(_run(row).model_dump()) for row in rows]
    return answer(request, listing(items, total, following), JSON)


def _run(row: Any) -> RunShape:
    return RunShape(**dict(zip(RunShape.model_fields, row, strict=True)))


@router.get("/runs/{id}", response_model=RunShape, responses=UNKNOWN)
async def read_run(request: Request, id: str) -> Response:
    """One load or sync."""
    only(request)
    return answer(request, orjson.dumps(_run(await _find_run(request, id)).model_dump()), JSON)


async def _find_run(request: Request, id: str) -> Any:
    database = request.app.state.database
    row = None
    if id.isdecimal() and len(id) < 10:
        row = await database.point(database.compile(_RUN.where(_r.id == int(id))))
    if row is None:
        raise RequestError(404, "not-found", f"there is no run '{id}'")
    return row


@router.get("/runs/{id}/refusals", response_model=Listing[RefusalShape], responses=UNKNOWN)
async def list_refusals(request: Request, id: str) -> Response:
    """The records that a run refused, and why."""
    only(request)
    row = await _find_run(request, id)
    database, f = request.app.state.database, t.run_refusal.c
    statement = select(f.file, f.line, f.trial_id, f.reason).where(f.run_id == row[0]).order_by(f.position)
    [rows] = await database.read(database.compile(statement))
    items = [RefusalShape(**dict(zip(RefusalShape.model_fields, one, strict=True))) for one in rows]
    return answer(request, listing([orjson.dumps(i.model_dump()) for i in items], len(items), None), JSON)
