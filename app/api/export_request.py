"""What an export asks for (https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters): the query of a GET, or the
Parameters resource of a POST. Leaves an Export and what was ignored; raises RequestError naming the parameter."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

import orjson
from starlette.requests import Request

from app.api.negotiate import body_format, preferences
from app.errors import RequestError
from app.fhir.subset import elements_of
from app.fhir.xml import from_xml
from app.parameters.table import FHIR_TYPES
from app.store.export import Export, read_since

NAMES = ("_type", "_since", "_elements", "_outputFormat")
UNSUPPORTED = ("_typeFilter", "includeAssociatedData", "patient")
"""Parameters of the specification that are not for this registry."""
HINTS = ("_format", "_pretty")
"""They are about the answer, not about the files."""
FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
LARGEST_BODY = 100_000


class Wanted(NamedTuple):
    export: Export
    ignored: tuple[str, ...]
    """What a request that asked for lenient handling names and is not done."""


async def read_request(request: Request, release: str, kind: str = "") -> Wanted:
    """`kind`: the type of the address, all types without one."""
    asked = preferences(request)
    if "respond-async" not in asked:
        raise RequestError(
            400, "required", "an export is answered later: expected the header 'Prefer: respond-async'", "Prefer"
        )
    pairs = request.query_params.multi_items()
    if request.method == "POST":
        pairs = [*pairs, *await _read_body(request, release)]
    return read_pairs(pairs, release, kind, lenient="handling=lenient" in asked)


def read_pairs(pairs: Sequence[tuple[str, str]], release: str, kind: str, *, lenient: bool) -> Wanted:
    refused: list[RequestError] = []
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in NAMES:
            given.setdefault(name, []).append(value)
        elif name not in HINTS:
            refused.append(_unknown(name))
    for name in ("_since", "_outputFormat"):
        if len(given.get(name, [])) > 1:
            raise RequestError(400, "value", f"{name} is given {len(given[name])} times: expected once", name)
    form = given.get("_outputFormat", FORMATS)[0].replace(" ", "+")  # a plus sign that was not escaped
    if form not in FORMATS:
        expected = " or ".join(FORMATS)
        raise RequestError(
            400, "not-supported", f"_outputFormat is '{form[:40]}': expected {expected}", "_outputFormat"
        )
    since = None
    if "_since" in given:
        try:
            since = read_since(given["_since"][0].replace(" ", "+"))
        except ValueError as error:
            raise RequestError(400, "value", f"_since: {error}", "_since") from error
    types = _types(given.get("_type"), kind, refused)
    elements = _elements(given.get("_elements"), release, types, refused)
    if refused and not (lenient and types):  # a lenient request for unknown types only is none for everything
        raise refused[0]
    return Wanted(Export(release, types, since, elements), tuple(error.diagnostics for error in refused))


def _types(given: Iterable[str] | None, kind: str, refused: list[RequestError]) -> tuple[str, ...]:
    """The types to export, in the order of `FHIR_TYPES`."""
    served = (kind,) if kind else FHIR_TYPES
    if given is None:
        return served
    asked = _listed("_type", given)
    for one in asked:
        if one not in served:
            expected = f"only {kind} at this address" if kind else f"some of {', '.join(FHIR_TYPES)}"
            reason = f"_type is '{one[:40]}': expected {expected}"
            refused.append(RequestError(400, "not-supported", reason, "_type"))
    return tuple(one for one in served if one in asked)


def _elements(
    given: Iterable[str] | None, release: str, types: Iterable[str], refused: list[RequestError]
) -> tuple[str, ...]:
    """The elements that can be meant: of the type that is named, or of one of those that are exported."""
    if given is None:
        return ()
    good = []
    for one in _listed("_elements", given):
        of, dot, name = one.rpartition(".")
        among = ((of,) if of in FHIR_TYPES else ()) if of else types
        found = [real for kind in among for real in (name, f"{name}[x]") if real in elements_of(release, kind)]
        if found:
            good.append(f"{of}{dot}{found[0]}")
        else:
            reason = f"_elements is '{one[:80]}': expected a root element of a type served here, such as Group.name"
            refused.append(RequestError(400, "value", reason, "_elements"))
    return tuple(good)


def _listed(name: str, given: Iterable[str]) -> list[str]:
    parts = [part.strip() for value in given for part in value.split(",") if part.strip()]
    if not parts:
        raise RequestError(400, "value", f"{name} is empty: expected names, separated by commas", name)
    return list(dict.fromkeys(parts))


def _unknown(name: str) -> RequestError:
    if name in UNSUPPORTED:
        reason = f"'{name}' is not supported; supported: {', '.join(NAMES)}"
    else:
        near = get_close_matches(name, NAMES, n=1, cutoff=0.6)
        guess = f"; did you mean '{near[0]}'?" if near else ";"
        reason = f"'{name[:80]}' is not a parameter of $export{guess} known: {', '.join(NAMES)}"
    return RequestError(400, "not-supported", reason, name)


async def _read_body(request: Request, release: str) -> list[tuple[str, str]]:
    """The names and values of a Parameters resource (https://hl7.org/fhir/R5/parameters.html)."""
    form = body_format(request, release)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise RequestError(413, "too-long", f"the body has more than {LARGEST_BODY} bytes")
    try:
        document = from_xml(body, release) if form == "xml" else orjson.loads(body)
    except ValueError as error:
        raise RequestError(400, "structure", f"the body cannot be read as {form.upper()}: {error}") from error
    if not isinstance(document, dict) or document.get("resourceType") != "Parameters":
        raise RequestError(400, "structure", "the body is not a Parameters resource: expected one")
    listed = document.get("parameter", [])
    if not isinstance(listed, list):
        raise RequestError(400, "structure", "Parameters.parameter is not a list: expected one")
    return [_parameter(one, f"Parameters.parameter[{place}]") for place, one in enumerate(listed)]


def _parameter(one: Any, where: str) -> tuple[str, str]:
    if not isinstance(one, dict) or not isinstance(one.get("name"), str):
        raise RequestError(400, "structure", f"{where} has no name: expected one")
    values = [value for name, value in one.items() if name.startswith("value")]
    if len(values) != 1 or not isinstance(values[0], str):
        raise RequestError(400, "structure", f"{where} ({one['name'][:40]}): expected one value, a string")
    return one["name"], values[0]
