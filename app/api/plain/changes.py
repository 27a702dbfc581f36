"""The feed of changes that coordinators poll."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer, base_url, with_query
from app.api.plain.parameters import PAGING
from app.api.plain.shared import PREFIX, REFUSED, listing, only
from app.errors import RequestError
from app.parameters.dates import instant, interval
from app.plain.shapes import (
    ChangeShape,
    Listing,
    TransitionShape,
)
from app.search.parse import read_count
from app.search.totals import remembered
from app.store import tables as t
from app.store.database import Script

router = APIRouter(prefix=PREFIX, tags=["history"])
_SINCE = {
    "name": "since",
    "in": "query",
    "description": "A date or an instant: what was written at it or later.",
    "schema": {"type": "string"},
}


def change_shape(row: Any) -> ChangeShape:
    number, trial_id, kind, version, at, run, fields, before, after = row
    moved = before is not None and after is not None and before != after
    return ChangeShape(
        number=number,
        trial_id=trial_id,
        kind=kind,
        version=version,
        at=at,
        run=run,
        fields=json.loads(fields),
        status=TransitionShape(before=before, after=after, since=at) if moved else None,
    )


_c = t.change.c
CHANGES = select(
    _c.number, t.trial.c.id, _c.kind, _c.version, _c.at, _c.run_id, _c.fields, _c.status_before, _c.status_after
).join(t.trial, t.trial.c.key == _c.trial_key)


@router.get(
    "/changes", response_model=Listing[ChangeShape], responses=REFUSED, openapi_extra={"parameters": [_SINCE, *PAGING]}
)
async def list_changes(request: Request) -> Response:
    """The feed of changes, oldest first. To go on later, ask with the number of the last change as `cursor`: the
    `next` of the last page is the address to poll."""
    only(request, "since", "limit", "cursor")
    state, asked = request.app.state, request.query_params
    limit = read_count("limit", asked.get("limit", str(state.settings.page_size)), 1)
    statement, total = CHANGES, select(func.count()).select_from(t.change)
    since, cursor = asked.get("since"), asked.get("cursor")
    if since is not None:
        try:
            late = _c.at >= instant(interval(since)[0])
            statement, total = statement.where(late), total.where(late)
        except (ValueError, OverflowError) as error:
            raise RequestError(400, "value", f"since: {error}", "since") from error
    if cursor is not None:
        if not cursor.isdecimal() or len(cursor) > 18:
            raise RequestError(400, "value", f"cursor is '{cursor[:40]}': expected the number of a change", "cursor")
        statement = statement.where(_c.number > int(cursor))
    page = state.database.compile(statement.order_by(_c.number).limit(limit))

    def read() -> Script[tuple[Sequence[Any], int]]:
        found = yield page
        return found, (yield from remembered(state.database, state.memory, ("changes", since), total))

    rows, count = await state.database.run(read)
    last = rows[-1][0] if rows else cursor
    pairs = [("limit", str(limit)), *([("since", since)] if since else [])]
    following = with_query(f"{base_url(request)}{PREFIX}/changes", [*pairs, ("cursor", str(last))]) if last else None
    items = [orjson.dumps(change_shape(row).model_dump()) for row in rows]
    return answer(request, listing(items, count, following), JSON)
