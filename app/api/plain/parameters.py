"""The parameters of the plain API for OpenAPI, from the tables that declare them; and which format is asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from app.errors import RequestError
from app.parameters.table import PLAIN_PARAMETERS, parameters_of
from app.search.limits import LARGEST_PAGE
from app.search.listed.params import listed_parameters
from app.search.listed.reads import Chosen, Stated

CSV_TYPE = "text/csv; charset=utf-8"
CSV: dict[str, Any] = {"content": {"text/csv": {"schema": {"type": "string"}}}}
GEOJSON: dict[str, Any] = {"content": {"application/geo+json": {"schema": {"type": "object"}}}}
Json = dict[str, Any]

FACETS = (
    "overall_status",
    "phase",
    "country",
    "condition",
    "sex",
    "study_type",
    "has_results",
    "site_status",
    "source",
)
"""Parameters of trials whose values can be counted."""
_OWN = {one.code for one in PLAIN_PARAMETERS}


def query_parameter(name: str, doc: str, schema: Json | None = None, *, several: bool = False) -> Json:
    made: Json = {"name": name, "in": "query", "required": False, "description": doc}
    made["schema"] = schema or {"type": "string"}
    if several:
        made |= {"schema": {"type": "array", "items": made["schema"]}, "style": "form", "explode": False}
    return made


PAGING = [
    query_parameter("limit", "Items on a page.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}),
    query_parameter("cursor", "Where the page begins: from the `next` of the page before."),
]
FIELDS = query_parameter("fields", "Only these fields of each item, and its id.", several=True)


def format_parameter(*names: str) -> Json:
    return query_parameter("format", "Goes before the Accept header.", {"type": "string", "enum": list(names)})


def listed_extra(collection: str, *more: Json) -> Json:
    """The parameters of criteria, outcomes or sites."""
    made = []
    for one in listed_parameters(collection).values():
        choices = one.reads.allowed if isinstance(one.reads, Chosen | Stated) else ()
        made.append(_filter(one.code, one.doc, choices))
    return {"parameters": [*made, *more, FIELDS, *PAGING]}


def trials_extra() -> Json:
    """The parameters of trials: those with names of their own, then R5's for ResearchStudy."""
    table = parameters_of("v1", "ResearchStudy")
    own = [_filter(one.code, one.doc, one.choices) for one in table.values() if one.code in _OWN]
    fhir = [
        _filter(one.code, one.doc or "As in FHIR R5.", ())
        for one in table.values()
        if one.code not in _OWN and one.reads not in ("has", "type")
    ]
    sortable = sorted(one.code for one in table.values() if one.sortable)
    return {
        "parameters": [
            *own,
            *fhir,
            query_parameter("sort", f"Names to sort by, `-` for descending: {', '.join(sortable)}.", several=True),
            query_parameter("facets", "Values to count.", {"type": "string", "enum": list(FACETS)}, several=True),
            query_parameter("total", "`none` leaves it out.", {"enum": ["none", "estimate", "accurate"]}),
            format_parameter("json", "csv"),
            FIELDS,
            *PAGING,
        ]
    }


def _filter(name: str, doc: str, choices: Iterable[str]) -> Json:
    one: Json = {"type": "string"}
    if choices:
        one["enum"] = list(choices)
    return query_parameter(name, f"{doc} Several values with commas between them: any of them.", one, several=True)


def format_asked(request: Request, served: Mapping[str, str]) -> str:
    """One of the names in `served`, whose values are media types: by `format`, else by Accept; JSON for all else.
    Raises RequestError 400."""
    wanted = request.query_params.get("format")
    if wanted is not None:
        if wanted not in served:
            raise RequestError(400, "value", f"format is '{wanted[:60]}': expected {' or '.join(served)}", "format")
        return wanted
    for one in request.headers.get("accept", "").split(","):
        name = one.partition(";")[0].strip().lower()
        for format, media_type in served.items():
            if name == media_type.partition(";")[0]:
                return format
    return "json"
