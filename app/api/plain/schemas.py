"""JSON Schemas of the plain resources (https://json-schema.org/draft/2020-12/json-schema-core): a name in, the schema
of that resource out, at an address that stays."""

from typing import Any

import orjson
from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer, base_url
from app.api.plain.shared import PREFIX, REFUSED, UNKNOWN, dump, listing, only
from app.errors import RequestError
from app.plain import shapes
from app.plain.criteria import CriterionShape
from app.plain.shapes import Listing, SchemaShape

SCHEMA = "application/schema+json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHAPES: dict[str, type[BaseModel]] = {
    "trial": shapes.TrialShape,
    "criterion": CriterionShape,
    "outcome": shapes.OutcomeShape,
    "site": shapes.SiteShape,
    "trial-site": shapes.TrialSiteShape,
    "trial-contact": shapes.TrialContactShape,
    "version": shapes.VersionShape,
    "change": shapes.ChangeShape,
    "diff": shapes.DiffShape,
    "origin": shapes.OriginShape,
    "link": shapes.LinkShape,
    "run": shapes.RunShape,
    "refusal": shapes.RefusalShape,
    "problem": shapes.Problem,
}
"""Name in the address -> what is described."""
router = APIRouter(prefix=PREFIX, tags=["schemas"])


@router.get("/schemas", response_model=Listing[SchemaShape], responses=REFUSED)
async def list_schemas(request: Request) -> Response:
    """The resources of this API, with the addresses of their schemas."""
    only(request)
    items = [SchemaShape(name=name, url=_address(request, name)) for name in SHAPES]
    return answer(request, listing([dump(item) for item in items], len(items), None), JSON)


@router.get(
    "/schemas/{name}",
    responses={**UNKNOWN, 200: {"content": {SCHEMA: {"schema": {"type": "object"}}}, "description": "The schema."}},
    response_class=Response,
)
async def read_schema(request: Request, name: str) -> Response:
    """The JSON Schema of a resource, as it stands alone or as an item of a list without `fields`."""
    only(request)
    if name not in SHAPES:
        raise RequestError(404, "not-found", f"there is no schema '{name[:60]}': expected one of {', '.join(SHAPES)}")
    return answer(request, orjson.dumps(schema_of(name, _address(request, name))), SCHEMA)


def schema_of(name: str, address: str) -> dict[str, Any]:
    """`address` becomes its `$id`."""
    made = SHAPES[name].model_json_schema(mode="serialization")
    return {"$schema": DIALECT, "$id": address, **made}


def _address(request: Request, name: str) -> str:
    return f"{base_url(request)}{PREFIX}/schemas/{name}"
