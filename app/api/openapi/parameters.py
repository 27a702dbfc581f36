"""Parameters of FHIR's operations for OpenAPI: those that are declared, and those of each interaction
(https://hl7.org/fhir/R5/http.html, https://hl7.org/fhir/R5/search.html)."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.api.negotiate import JSON_TYPES, XML_TYPES
from app.api.openapi.common import Json
from app.parameters.table import COMMON, PARAMETERS, parameters_of
from app.search.limits import LARGEST_PAGE


def form(parameters: Sequence[Json]) -> Json:
    properties = {one["name"]: {**one["schema"], "description": one["description"]} for one in parameters}
    schema = {"type": "object", "properties": properties}
    return {"application/x-www-form-urlencoded": {"schema": schema}}


def _declared(parameters: Any) -> list[Json]:
    return [query(p.code, p.doc) for p in parameters if p.reads not in ("has", "type")]


def of_all_types(release: str) -> list[Json]:
    common = [one for one in PARAMETERS if one.resource == COMMON and release in one.releases]
    return [query("_type", "Which types, with commas between them."), *_declared(common), *_RESULTS]


def of_search(release: str, kind: str) -> list[Json]:
    return [*_declared(parameters_of(release, kind).values()), *_RESULTS]


def of_validation(kind: str, *modes: str) -> list[Json]:
    base = f"http://hl7.org/fhir/StructureDefinition/{kind}"
    return [
        choice("mode", "For what.", ["create", "update", *modes]),
        choice("profile", "Valid against what.", [base]),
    ]


def query(name: str, description: str, schema: Json | None = None) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def choice(name: str, description: str, choices: Iterable[str]) -> Json:
    return query(name, description, {"type": "string", "enum": list(choices)})


def in_path(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


_COUNT = {"type": "integer", "minimum": 0}
FORMAT = [
    choice("_format", "Before what Accept says.", ["json", "xml", *JSON_TYPES, *XML_TYPES]),
    query("_pretty", "Whether it is indented.", {"type": "boolean"}),
]
_ELEMENTS = query("_elements", "Elements, with commas between them.")
PARTS = [choice("_summary", "Which part.", ["true", "text", "data", "false"]), _ELEMENTS]
# the empty text: a parameter without a value is as if it were not there (https://hl7.org/fhir/R5/search.html#escaping)
_RESULTS = [
    query("_count", f"Matches on a page, at most {LARGEST_PAGE}; 0 gives the total only.", _COUNT),
    query("_sort", "Parameters to sort by, `-` for descending; `_score` where words are searched."),
    query("_include", "What matches refer to: `ResearchStudy:site`, `ResearchStudy:*`, `*`."),
    query("_revinclude", "What refers to matches: `Provenance:target`."),
    choice("_total", "Whether matches are counted.", ["none", "estimate", "accurate", ""]),
    choice("_contained", "Nothing here contains resources.", ["false", "true", "both", ""]),
    choice("_containedType", "Nothing here is contained.", ["container", "contained", ""]),
    choice("_score", "Scores are always told where words are searched.", ["true", "false", ""]),
    query("_cursor", "Where the page begins: from a link."),
    choice("_summary", "Which part.", ["true", "text", "data", "count", "false", ""]),
    _ELEMENTS,
]
HISTORY = [
    query("_since", "A date or an instant: versions of it or later."),
    query("_at", "A date or an instant: versions that were current at some time in it."),
    query("_count", f"Versions on a page, at most {LARGEST_PAGE}; 0: as many as without it.", _COUNT),
    choice("_sort", "Newest first, however it is asked for.", ["-_lastUpdated", "none"]),
    query("_cursor", "Where the page begins: from a `next` link."),
]
NAMED = [query(name, f"Its `{name}`.") for name in ("_id", "url", "name")]
EVERYTHING = [
    query("_type", "Only these types."),
    query("_since", "Only what changed at this instant or later."),
    query("_count", f"Resources on a page, at most {LARGEST_PAGE}.", _COUNT),
    query("_cursor", "Where the page begins: from a `next` link."),
]
MATCH = [
    choice("excluded", "Also the trials that a definite failure excludes.", ["true", "false"]),
    query("date", "The day for which it is asked; by default today."),
    query("_count", f"Trials on a page, at most {LARGEST_PAGE}.", _COUNT),
    query("_cursor", "Where the page begins: from a `next` link, with the same body."),
]
