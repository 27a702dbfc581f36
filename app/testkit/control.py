"""`/pinned`: what a test asks of a pinned server. JSON in, JSON or problem details (RFC 9457) out."""

import asyncio
from dataclasses import dataclass, field
from typing import TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine

from app import clock
from app.errors import RequestError
from app.testkit.edits import check_edit, make_edit
from app.testkit.faults import Edit, Fault, Faults

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass
class Pinned:
    """The state of a pinned server; `started` is the clock's instant at its start."""

    engine: Engine
    started: str
    faults: Faults = field(default_factory=Faults)


class Told(BaseModel):
    """The clock's instant, whether anything is stored that was not there at the start, and the faults to come."""

    clock: str
    changed: bool
    faults: list[Fault]


router = APIRouter(prefix="/pinned", include_in_schema=False)


@router.get("")
async def tell(request: Request) -> Told:
    pinned = _pinned(request)
    changed = clock.instant() != pinned.started or clock.names_given() > 0
    return Told(clock=clock.instant(), changed=changed, faults=pinned.faults.waiting)


@router.post("/faults", status_code=201)
async def add_fault(request: Request) -> Fault:
    """The next requests of an address meet it."""
    fault = await _read(request, Fault)
    if fault.edit is not None:
        await asyncio.to_thread(check_edit, _pinned(request).engine, fault.edit)
    _pinned(request).faults.waiting.append(fault)
    return fault


@router.delete("/faults", status_code=204)
async def clear_faults(request: Request) -> None:
    _pinned(request).faults.waiting.clear()


@router.post("/edits", status_code=204)
async def edit(request: Request) -> None:
    """A record is deleted or changed now."""
    await asyncio.to_thread(make_edit, _pinned(request).engine, await _read(request, Edit))


async def _read(request: Request, shape: type[Asked]) -> Asked:
    try:
        return shape.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        given = f" is {str(first['input'])[:80]!r}" if at else ""
        raise RequestError(400, "value", f"{at or 'the body'}{given}: {first['msg']}", at or None) from error


def _pinned(request: Request) -> Pinned:
    pinned: Pinned = request.app.state.pinned
    return pinned
