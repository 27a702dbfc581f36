"""What the routes of the plain API share: refusals, lists as JSON, fields, how a trial is found."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy import bindparam, select
from starlette.requests import Request

from app.api.aliases import ALIAS
from app.api.answers import base_url
from app.errors import Moved, RequestError
from app.plain.shapes import Problem
from app.record.ids import fold
from app.search.names import unknown
from app.store import tables as t

PREFIX = "/api/v1"
REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "A parameter is unknown or its value is wrong."},
}
UNKNOWN: dict[int | str, dict[str, Any]] = {
    **REFUSED,
    404: {"model": Problem, "description": "There is no such item."},
}
KEPT: dict[int | str, dict[str, Any]] = {
    **UNKNOWN,
    301: {"model": Problem, "description": "The id is an earlier one: `Location` has the present one."},
}
MISSING: dict[int | str, dict[str, Any]] = {
    **KEPT,
    410: {"model": Problem, "description": "The registry removed the trial: only its history can be asked for."},
}


def only(request: Request, *names: str) -> None:
    for name in request.query_params:
        if name not in names:
            raise unknown(name, "this address", names)


def listing(items: Sequence[bytes], total: int | None, following: str | None, facets: bytes = b"") -> bytes:
    more = b',"facets":%s' % facets if facets else b""
    return b'{"items":[%s],"total":%s,"next":%s%s}' % (
        b",".join(items),
        orjson.dumps(total),
        orjson.dumps(following),
        more,
    )


def dump(shape: BaseModel) -> bytes:
    return orjson.dumps(shape.model_dump())


def fields_asked(request: Request, shape: type[BaseModel]) -> tuple[str, ...]:
    """The fields of `fields=`, with the id; none: all. Raises RequestError 400 for one that the shape does not have."""
    asked = [one for one in request.query_params.get("fields", "").split(",") if one]
    for one in asked:
        if one not in shape.model_fields:
            known = ", ".join(shape.model_fields)
            raise RequestError(400, "value", f"fields is '{one[:60]}': expected some of {known}", "fields")
    return tuple(dict.fromkeys(("id", *asked))) if asked else ()


def picked(document: Mapping[str, Any], fields: Sequence[str]) -> bytes:
    """The document as JSON, or these fields of it."""
    return orjson.dumps({name: document[name] for name in fields} if fields else dict(document))


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
