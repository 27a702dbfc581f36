"""The FHIR operations for OpenAPI, written out for each release and type from the tables that declare them
(https://hl7.org/fhir/R5/http.html)."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.api.fhir.read import NAMED_BY_TRIAL
from app.api.negotiate import JSON_TYPES, XML_TYPES
from app.api.openapi.common import (
    FHIR_TYPES as MEDIA_TYPES,
)
from app.api.openapi.common import (
    TEXT,
    VALIDATED,
    Json,
    answer,
    fhir_content,
    ref,
    refusals,
    request_headers,
)
from app.fhir.conformance import DEFINITION_TYPES
from app.parameters.table import COMMON, FHIR_TYPES, PARAMETERS, parameters_of
from app.search.limits import LARGEST_PAGE

_CONDITIONAL = ("If-None-Match", "If-Modified-Since", "X-Request-Id")


def paths(release: str) -> Json:
    base = f"/fhir/{release}"
    common = [one for one in PARAMETERS if one.resource == COMMON and release in one.releases]
    all_types = [query("_type", "Which types, with commas between them."), *_declared(common), *_RESULTS]
    searchset, history = _bundle("searchset"), _bundle("history")
    batch = {"post": _post(release, "batch of reads", _bundle("batch-response"), resource_body("Bundle"))}
    system = {"get": _get(release, "search all types", searchset, all_types, (), prefer=True), **batch}
    modes = ["full", "normative", "terminology"]
    statement = _resource("CapabilityStatement", "TerminologyCapabilities")
    made: Json = {
        f"{base}": {method: {**one, "operationId": f"{one['operationId']}_"} for method, one in system.items()},
        f"{base}/": system,
        f"{base}/_search": {"post": _post(release, "search all types by POST", searchset, _form(all_types))},
        f"{base}/metadata": {"get": _get(release, "metadata", statement, [_choice("mode", "Of what.", modes)], ())},
        f"{base}/_history": {"get": _get(release, "history of all", history, _HISTORY, ())},
    }
    for kind in DEFINITION_TYPES:
        named = [query(name, f"Its `{name}`.") for name in ("_id", "url", "name")]
        place = f"{base}/{kind}"
        made[place] = {"get": _get(release, f"search {kind}", searchset, named, ())}
        made[f"{place}/{{id}}"] = {"get": _get(release, f"read {kind}", _resource(kind), [in_path("id")], ("404",))}
    for kind in FHIR_TYPES:
        made.update(_of_type(release, kind, f"{base}/{kind}"))
    return made


def _of_type(release: str, kind: str, place: str) -> Json:
    searchset, history, outcome = _bundle("searchset"), _bundle("history"), ref("schemas", "OperationOutcome")
    id, version = in_path("id"), in_path("version")
    moved = ("301",) if kind in NAMED_BY_TRIAL else ()
    missing, gone = ("404", *moved), ("404", "410", *moved)
    searched = [*_declared(parameters_of(release, kind).values()), *_RESULTS]
    base = f"http://hl7.org/fhir/StructureDefinition/{kind}"
    profile = _choice("profile", "Valid against what.", [base])
    to_validate = [_choice("mode", "For what.", ["create", "update"]), profile]
    of_stored = [_choice("mode", "For what.", ["create", "update", "delete", "profile"]), profile]
    body = resource_body(kind, "Parameters")

    made: Json = {
        place: {"get": _get(release, f"search {kind}", searchset, searched, (), prefer=True)},
        f"{place}/_search": {"post": _post(release, f"search {kind} by POST", searchset, _form(searched))},
        f"{place}/_history": {"get": _get(release, f"history of all {kind}", history, _HISTORY, ())},
        f"{place}/$validate": {"post": _post(release, f"validate {kind}", outcome, body, to_validate)},
        f"{place}/{{id}}": {"get": _read(release, f"read {kind}", kind, [id, *_PARTS], gone)},
        f"{place}/{{id}}/_history": {
            "get": _get(release, f"history of {kind}", history, [id, *_HISTORY], missing),
        },
        f"{place}/{{id}}/_history/{{version}}": {
            "get": _read(release, f"vread {kind}", kind, [id, version, *_PARTS], gone)
        },
        f"{place}/{{id}}/$validate": {
            "get": _get(release, f"validate a stored {kind}", outcome, [id, *of_stored], gone),
            "post": _post(release, f"validate a {kind} by id", outcome, body, [id, *of_stored], gone, needed=False),
        },
    }
    if kind == "ResearchStudy":
        asked = [id, *_EVERYTHING]
        made[f"{place}/{{id}}/$everything"] = {
            "get": _get(release, "everything of a study", searchset, asked, gone),
            "post": _post(
                release,
                "everything of a study by POST",
                searchset,
                resource_body("Parameters"),
                asked,
                gone,
                needed=False,
            ),
        }
    return made


def _read(release: str, name: str, kind: str, parameters: list[Json], more: Iterable[str]) -> Json:
    made = _get(release, name, _resource(kind), parameters, more)
    made["responses"]["200"] = answer(f"The {kind}.", fhir_content(_resource(kind)), *VALIDATED, "Last-Modified")
    return made


def _get(
    release: str, name: str, schema: Json, parameters: Sequence[Json], more: Iterable[str], *, prefer: bool = False
) -> Json:
    sent = (*_CONDITIONAL, "Prefer") if prefer else _CONDITIONAL
    made = operation(release, name, [*parameters, *request_headers(*sent)], more)
    made["responses"]["200"] = answer("What was asked for.", fhir_content(schema), *VALIDATED)
    made["responses"]["304"] = ref("responses", "NotModified")
    return made


def _post(
    release: str,
    name: str,
    schema: Json,
    body: Json,
    parameters: Sequence[Json] = (),
    more: Iterable[str] = (),
    *,
    needed: bool = True,
) -> Json:
    searches = "application/x-www-form-urlencoded" in body
    sent = (*_CONDITIONAL, "Prefer") if searches else _CONDITIONAL
    made = operation(release, name, [*parameters, *request_headers(*sent)], ("413", "415", *more))
    made["responses"]["200"] = answer("What was asked for.", fhir_content(schema), *VALIDATED)
    made["responses"]["304"] = ref("responses", "NotModified")
    made["requestBody"] = {"content": body, "required": needed and not searches}
    return made


def operation(release: str, name: str, parameters: Sequence[Json], more: Iterable[str]) -> Json:
    """An operation without its good answers; `more` are statuses beside those that all have."""
    return {
        "tags": [f"FHIR {release.upper()}"],
        "summary": f"{release.upper()}: {name}",
        "operationId": f"{release} {name}".replace(" ", "_"),
        "parameters": [*parameters, *_FORMAT],
        "responses": refusals("Fhir", {"400", "406", "500", "503", *more}),
    }


def _bundle(kind: str) -> Json:
    return ref("schemas", f"Bundle-{kind}")


def _resource(*kinds: str) -> Json:
    return {
        "type": "object",
        "properties": {"resourceType": {"enum": list(kinds)}},
        "required": ["resourceType"],
    }


def resource_body(*kinds: str) -> Json:
    schema = _resource(*kinds)
    if kinds == ("Bundle",):
        schema["properties"]["type"] = {"const": "batch"}
        schema["required"].append("type")
    return {MEDIA_TYPES[0]: {"schema": schema}, MEDIA_TYPES[1]: {"schema": TEXT}}


def _form(parameters: Sequence[Json]) -> Json:
    properties = {one["name"]: {**one["schema"], "description": one["description"]} for one in parameters}
    schema = {"type": "object", "properties": properties}
    return {"application/x-www-form-urlencoded": {"schema": schema}}


def _declared(parameters: Any) -> list[Json]:
    return [query(p.code, p.doc) for p in parameters if p.reads not in ("has", "type")]


def query(name: str, description: str, schema: Json | None = None) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def _choice(name: str, description: str, choices: Iterable[str]) -> Json:
    return query(name, description, {"type": "string", "enum": list(choices)})


def in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


_COUNT = {"type": "integer", "minimum": 0}
_FORMAT = [
    _choice("_format", "Before what Accept says.", ["json", "xml", *JSON_TYPES, *XML_TYPES]),
    query("_pretty", "Whether it is indented.", {"type": "boolean"}),
]
_ELEMENTS = query("_elements", "Elements, with commas between them.")
_PARTS = [_choice("_summary", "Which part.", ["true", "text", "data", "false"]), _ELEMENTS]
# the empty text: a parameter without a value is as if it were not there (https://hl7.org/fhir/R5/search.html#escaping)
_RESULTS = [
    query("_count", f"Matches on a page, at most {LARGEST_PAGE}; 0 gives the total only.", _COUNT),
    query("_sort", "Parameters to sort by, `-` for descending; `_score` where words are searched."),
    query("_include", "What matches refer to: `ResearchStudy:site`, `ResearchStudy:*`, `*`."),
    query("_revinclude", "What refers to matches: `Provenance:target`."),
    _choice("_total", "Whether matches are counted.", ["none", "estimate", "accurate", ""]),
    _choice("_contained", "Nothing here contains resources.", ["false", "true", "both", ""]),
    query("_cursor", "Where the page begins: from a link."),
    _choice("_summary", "Which part.", ["true", "text", "data", "count", "false", ""]),
    _ELEMENTS,
]
_HISTORY = [
    query("_since", "A date or an instant: versions of it or later."),
    query("_at", "A date or an instant: versions that were current at some time in it."),
    query("_count", f"Versions on a page, at most {LARGEST_PAGE}; 0: as many as without it.", _COUNT),
    _choice("_sort", "Newest first, however it is asked for.", ["-_lastUpdated", "none"]),
    query("_cursor", "Where the page begins: from a `next` link."),
]
_EVERYTHING = [
    query("_type", "Only these types."),
    query("_since", "Only what changed at this instant or later."),
    query("_count", f"Resources on a page, at most {LARGEST_PAGE}.", _COUNT),
    query("_cursor", "Where the page begins: from a `next` link."),
]
