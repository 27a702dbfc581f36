"""Our own SearchParameters, OperationDefinitions, CodeSystems, ValueSets and StructureDefinitions: read, and found by
`_id`, `url` and `name` (https://hl7.org/fhir/R5/conformance-module.html). They are made from what is declared.
"""

from functools import cache

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import with_query
from app.api.fhir.answers import fhir_answer, fhir_base, place, takes
from app.errors import RequestError
from app.fhir.bundle import searchset
from app.fhir.conformance import search_parameter
from app.fhir.datatypes import Json
from app.fhir.extensions import structure_definitions
from app.fhir.operations import operation_definitions
from app.fhir.terminology import code_systems, value_sets
from app.parameters.table import PARAMETERS
from app.search.names import unknown
from app.search.values import split, unescape

_SEARCHED = {"_id": "id", "url": "url", "name": "name"}


@cache
def definitions(release: str, kind: str) -> dict[str, Json]:
    """Id -> resource."""
    made = {
        "SearchParameter": _search_parameters,
        "CodeSystem": code_systems,
        "ValueSet": value_sets,
        "OperationDefinition": operation_definitions,
        "StructureDefinition": structure_definitions,
    }[kind]
    return made(release)


def _search_parameters(release: str) -> dict[str, Json]:
    made = {}
    for one in PARAMETERS:
        if release in one.releases and one.is_own(release):
            id = one.url(release).rsplit("/", 1)[1]
            made[id] = search_parameter(release, id, one)
    return made


async def read_definition(request: Request) -> Response:
    release, _ = place(request)
    kind = request.url.path.split("/")[3]
    takes(request)
    found = definitions(release, kind).get(request.path_params["id"])
    if found is None:
        raise RequestError(
            404, "not-found", f"there is no {kind} of our own with the id '{request.path_params['id'][:100]}'"
        )
    return fhir_answer(request, release, orjson.dumps(found))


async def search_definitions(request: Request) -> Response:
    release, _ = place(request)
    kind = request.url.path.split("/")[3]
    found = definitions(release, kind)
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] not in ("_format", "_pretty")]
    for name, value in pairs:
        if name not in _SEARCHED:
            raise unknown(name, kind, _SEARCHED)
        wanted = [unescape(one) for one in split(value, ",")]
        found = {id: one for id, one in found.items() if _matches(name, str(one[_SEARCHED[name]]), wanted)}
    base = fhir_base(request, release)
    links = [("self", with_query(f"{base}/{kind}", pairs))]
    entries = [(kind, id, orjson.dumps(one)) for id, one in found.items()]
    return fhir_answer(request, release, searchset(base, links, entries, len(entries)))


def _matches(name: str, value: str, wanted: list[str]) -> bool:
    if name == "name":  # a string: from its beginning, without regard to case
        return any(value.lower().startswith(one.lower()) for one in wanted)
    return value in wanted
