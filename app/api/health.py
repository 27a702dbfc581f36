"""Whether the process lives (`/healthz`) and whether it can answer (`/readyz`)."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.errors import RequestError
from app.plain.shapes import Problem
from app.store.database import Statement

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str


@router.get("/healthz", summary="The process lives")
async def healthz() -> Health:
    return Health(status="ok")


@router.get("/readyz", summary="The database answers and has tables", responses={503: {"model": Problem}})
async def readyz(request: Request) -> Health:
    try:
        row = await request.app.state.database.point(Statement("SELECT value FROM state WHERE name = 'data_version'"))
    except Exception as error:
        raise RequestError(503, "transient", "the database does not answer") from error
    if row is None:
        raise RequestError(503, "transient", "the database has no state: run 'trials migrate'")
    return Health(status="ok")
