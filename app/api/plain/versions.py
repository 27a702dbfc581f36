"""A trial's versions, what it was at each, and the difference of two."""

import zlib
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer
from app.api.plain.changes import CHANGES, change_shape
from app.api.plain.shared import KEPT, PREFIX, find_trial, listing, only
from app.errors import RequestError
from app.plain.render import trial_shape
from app.plain.shapes import (
    DiffShape,
    Listing,
    TrialShape,
    VersionShape,
)
from app.record.diff import differences
from app.record.trial import Trial
from app.store import tables as t

router = APIRouter(prefix=PREFIX, tags=["history"])
_c = t.change.c


async def _versions(request: Request, id: str) -> tuple[Any, list[Any]]:
    row = await find_trial(request, id)
    [changes] = await request.app.state.database.read(
        request.app.state.database.compile(CHANGES.where(_c.trial_key == row[0]).order_by(_c.number))
    )
    return row, list(changes)


@router.get("/trials/{id}/versions", response_model=Listing[VersionShape], responses=KEPT)
async def list_versions(request: Request, id: str) -> Response:
    """The versions of a trial's record, oldest first: when, what kind of change, which fields, which transition."""
    only(request)
    _, changes = await _versions(request, id)
    shapes = [change_shape(row) for row in changes]
    items = [VersionShape(**one.model_dump(exclude={"number", "trial_id"})) for one in shapes]
    return answer(request, listing([orjson.dumps(item.model_dump()) for item in items], len(items), None), JSON)


async def _record(request: Request, row: Any, id: str, version: str) -> tuple[Trial, str]:
    """The record of a version, with the instant from which it held."""
    database = request.app.state.database
    old = t.trial_version.c
    if version.isdecimal() and len(version) < 10:
        statement = select(old.record, old.last_updated).where(old.trial_key == row[0], old.version == int(version))
        [found] = await database.read(database.compile(statement))
        if found:
            return Trial.model_validate_json(zlib.decompress(found[0][0])), found[0][1]
        if int(version) == row[1]:
            return await request.app.state.records(row[0]), row[2]
    raise RequestError(404, "not-found", f"the trial '{id}' has no version '{version}'")


@router.get("/trials/{id}/versions/{version}", response_model=TrialShape, responses=KEPT)
async def read_version(request: Request, id: str, version: str) -> Response:
    """A trial as it was at a version."""
    only(request)
    row = await find_trial(request, id)
    record, updated = await _record(request, row, id, version)
    return answer(request, orjson.dumps(trial_shape(record, int(version), updated).model_dump()), JSON)


@router.get("/trials/{id}/versions/{before}/diff/{after}", response_model=Listing[DiffShape], responses=KEPT)
async def diff_versions(request: Request, id: str, before: str, after: str) -> Response:
    """What differs between two versions, field by field; items of lists are matched by identity, not by place."""
    only(request)
    row = await find_trial(request, id)
    old, _ = await _record(request, row, id, before)
    new, _ = await _record(request, row, id, after)
    items = [orjson.dumps(one.model_dump()) for one in differences(old, new)]
    return answer(request, listing(items, len(items), None), JSON)
