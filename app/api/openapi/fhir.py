"""The FHIR operations for OpenAPI, written out for each release and type from the tables that declare them
(https://hl7.org/fhir/R5/http.html)."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from app.api.fhir import ROUTES
from app.api.fhir.read import NAMED_BY_TRIAL
from app.api.openapi.common import (
    MEDIA_TYPES,
    TEXT,
    UNSTORED,
    VALIDATED,
    Json,
    answer,
    fhir_content,
    ref,
    refusals,
    request_headers,
)
from app.api.openapi.parameters import (
    EVERYTHING,
    FORMAT,
    HISTORY,
    MATCH,
    NAMED,
    PARTS,
    choice,
    form,
    in_path,
    of_all_types,
    of_search,
    of_validation,
)
from app.api.openapi.resources import schema_of
from app.fhir.conformance import DEFINITION_TYPES
from app.parameters.table import FHIR_TYPES

_BRACES = re.compile(r"\{(\w+)\}")
_CONDITIONAL = ("If-None-Match", "If-Modified-Since")


class Described(NamedTuple):
    """What a route does, for each type that it is for. `{type}` in texts is that type."""

    name: str
    answers: tuple[str, ...]
    """Types, or names of bundles, of which the answer is one."""
    parameters: Callable[[str, str], Iterable[Json]] = lambda release, kind: ()
    """Those of the address, or of the form: (release, type) -> parameters."""
    more: tuple[str, ...] = ()
    """Statuses beside those that follow from the address and the method."""
    takes: tuple[str, ...] = ()
    """Types of which the body is one, or `FORM`."""
    optional: bool = False
    """The body may be left out."""
    prefer: bool = False
    stored: bool = True
    """Caches may keep the answer."""
    types: tuple[str, ...] = FHIR_TYPES


FORM = ("form",)
_SEARCH_ALL = Described(
    "search all types", ("Bundle-searchset",), lambda release, _: of_all_types(release), prefer=True
)
_BATCH = Described("batch of reads", ("Bundle-batch-response",), takes=("Bundle",))
_EVERYTHING = Described(
    "everything of a study", ("Bundle-searchset",), lambda *_: EVERYTHING, ("410",), types=("ResearchStudy",)
)
_VALIDATE = Described(
    "validate a {type} by id", ("OperationOutcome",), lambda _, kind: of_validation(kind, "delete", "profile"), ("410",)
)
TABLE: dict[tuple[str, str], Described] = {
    ("GET", ""): _SEARCH_ALL,
    ("POST", ""): _BATCH,
    ("GET", "/"): _SEARCH_ALL,
    ("POST", "/"): _BATCH,
    ("POST", "/_search"): _SEARCH_ALL._replace(name="search all types by POST", takes=FORM),
    ("GET", "/metadata"): Described(
        "metadata",
        ("CapabilityStatement", "TerminologyCapabilities"),
        lambda *_: [choice("mode", "Of what.", ["full", "normative", "terminology"])],
    ),
    ("GET", "/_history"): Described("history of all", ("Bundle-history",), lambda *_: HISTORY),
    ("GET", "/{type}"): Described("search {type}", ("Bundle-searchset",), of_search, prefer=True),
    ("POST", "/{type}/_search"): Described(
        "search {type} by POST", ("Bundle-searchset",), of_search, takes=FORM, prefer=True
    ),
    ("GET", "/{type}/_history"): Described("history of all {type}", ("Bundle-history",), lambda *_: HISTORY),
    ("POST", "/{type}/$validate"): Described(
        "validate {type}", ("OperationOutcome",), lambda _, kind: of_validation(kind), takes=("{type}", "Parameters")
    ),
    ("GET", "/{type}/{id}"): Described("read {type}", ("{type}",), lambda *_: PARTS, ("410",)),
    ("GET", "/{type}/{id}/_history"): Described("history of {type}", ("Bundle-history",), lambda *_: HISTORY),
    ("GET", "/{type}/{id}/_history/{version}"): Described("vread {type}", ("{type}",), lambda *_: PARTS, ("410",)),
    ("GET", "/{type}/{id}/$validate"): _VALIDATE._replace(name="validate a stored {type}"),
    ("POST", "/{type}/{id}/$validate"): _VALIDATE._replace(takes=("{type}", "Parameters"), optional=True),
    ("GET", "/{type}/{id}/$everything"): _EVERYTHING,
    ("POST", "/{type}/{id}/$everything"): _EVERYTHING._replace(
        name="everything of a study by POST", takes=("Parameters",), optional=True
    ),
    ("POST", "/{type}/$match"): Described(
        "trials for a patient",
        ("Bundle-match",),
        lambda *_: MATCH,
        takes=("Patient", "Bundle", "Parameters"),
        stored=False,
        types=("ResearchStudy",),
    ),
    **{
        ("GET", f"/{kind}"): Described(f"search {kind}", ("Bundle-definitions",), lambda *_: NAMED)
        for kind in DEFINITION_TYPES
    },
    **{("GET", f"/{kind}/{{id}}"): Described(f"read {kind}", (kind,)) for kind in DEFINITION_TYPES},
}
"""(method, path below the base) -> what is there: one entry for each of the routes in `app.api.fhir`."""


def paths(release: str) -> Json:
    """Raises KeyError for a route that `TABLE` does not describe."""
    made: Json = {}
    for route in ROUTES:
        below = route.path.removeprefix("/fhir/{release}")
        for method in route.methods:
            described = TABLE[method, below]
            for kind in described.types if "{type}" in below else ("",):
                item = made.setdefault(f"/fhir/{release}{below.replace('{type}', kind)}", {})
                item[method.lower()] = _operation(release, kind, method, below, described)
    return made


def _operation(release: str, kind: str, method: str, below: str, described: Described) -> Json:
    in_form = described.takes == FORM
    parameters = list(described.parameters(release, kind))
    named = [in_path(name) for name in _BRACES.findall(below) if name != "type"]
    more = {*described.more, *(("404",) if named else ()), *(("413", "415") if described.takes else ())}
    if named and kind in NAMED_BY_TRIAL:
        more.add("301")
    conditional = _CONDITIONAL if method == "GET" else ()
    sent = request_headers(*conditional, "X-Request-Id", *(("Prefer",) if described.prefer else ()))
    name = described.name.replace("{type}", kind)
    made = operation(release, name, [*named, *([] if in_form else parameters), *sent], more)
    if not below:
        made["operationId"] += "_"  # what is at the base and at the base with a slash is the same
    written = ("Last-Modified",) if described.answers == ("{type}",) else ()
    schema = schema_of(release, *(one.replace("{type}", kind) for one in described.answers))
    told = f"The {kind}." if written else "What was asked for."
    validated = VALIDATED if described.stored else UNSTORED
    made["responses"]["200"] = answer(told, fhir_content(schema), *validated, *written)
    if conditional:
        made["responses"]["304"] = ref("responses", "NotModifiedSince" if written else "NotModified")
    if described.takes:
        types = (one.replace("{type}", kind) for one in described.takes)
        content = form(parameters) if in_form else resource_body(*types)
        made["requestBody"] = {"content": content, "required": not (in_form or described.optional)}
    return made


def operation(release: str, name: str, parameters: Sequence[Json], more: Iterable[str]) -> Json:
    """An operation without its good answers; `more` are statuses beside those that all have."""
    return {
        "tags": [f"FHIR {release.upper()}"],
        "summary": f"{release.upper()}: {name}",
        "operationId": f"{release} {name}".replace(" ", "_"),
        "parameters": [*parameters, *FORMAT],
        "responses": refusals("Fhir", {"400", "406", "500", "503", *more}),
    }


def resource_body(*kinds: str) -> Json:
    """Only of which type: what is wrong in it is told by `$validate`, which takes it for that."""
    schema: Json = {
        "type": "object",
        "properties": {"resourceType": {"enum": list(kinds)}},
        "required": ["resourceType"],
    }
    if kinds == ("Bundle",):
        schema["properties"]["type"] = {"const": "batch"}
        schema["required"].append("type")
    return {MEDIA_TYPES[0]: {"schema": schema}, MEDIA_TYPES[1]: {"schema": TEXT}}
