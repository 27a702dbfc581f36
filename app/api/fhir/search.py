"""Search by GET and POST, of a type and of all (https://hl7.org/fhir/R5/http.html#search)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import FHIR_JSON, VARY, with_query
from app.api.fhir.answers import ANYWHERE, fhir_base, part_of, place
from app.api.formats import FHIR_XML, written
from app.api.negotiate import Format, format_of, preferences, require_form
from app.api.repeated import Document, answer_again, outlined
from app.errors import RequestError
from app.fhir.bundle import searchset
from app.fhir.extensions import AGE_NOT_STATED, NEAREST_SITE
from app.fhir.outcome import issue, outcome
from app.parameters.table import FHIR_TYPES
from app.search.cursor import Cursors
from app.search.limits import LONGEST_QUERY
from app.search.parse import parse
from app.search.query import Notice, Pair, Position, Query
from app.search.run import Found, Page, run
from app.search.suggestions import suggest

LOCATION_DISTANCE = "http://hl7.org/fhir/StructureDefinition/location-distance"
_VARY = f"{VARY}, Prefer"


async def search_type(request: Request) -> Response:
    if (again := await answer_again(request)) is not None:
        return again
    release, kind = place(request)
    return await _answer(request, release, (kind,), await _pairs(request), f"{fhir_base(request, release)}/{kind}")


async def search_system(request: Request) -> Response:
    """https://hl7.org/fhir/R5/http.html#search: `_type` says which types; without it all are searched."""
    if (again := await answer_again(request)) is not None:
        return again
    release, _ = place(request)
    pairs = await _pairs(request)
    given = [one for name, value in pairs if name == "_type" for one in value.split(",") if one]
    for one in given:
        if one not in FHIR_TYPES:
            raise RequestError(
                400, "value", f"_type is '{one[:60]}': expected types among {', '.join(FHIR_TYPES)}", "_type"
            )
    types = tuple(dict.fromkeys(given)) or FHIR_TYPES
    left = [pair for pair in pairs if pair[0] != "_type"]
    return await _answer(request, release, types, left, fhir_base(request, release), given)


async def _pairs(request: Request) -> list[Pair]:
    """The parameters of the address and, by POST, of the form."""
    pairs = request.query_params.multi_items()
    if request.method == "POST":
        require_form(request)
        form = parse_qsl((await read_body(request)).decode("utf-8", "replace"), keep_blank_values=True)
        request.state.format = format_of(request, request.path_params["release"], form)
        pairs += form
    return [pair for pair in pairs if pair[0] not in ANYWHERE]


async def read_body(request: Request, most: int = 2 * LONGEST_QUERY) -> bytes:
    """Raises RequestError 413 for a body that is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise RequestError(413, "too-long", f"the body is longer than {most:,} bytes", None)
    return body


async def _answer(
    request: Request,
    release: str,
    types: tuple[str, ...],
    pairs: Sequence[Pair],
    where: str,
    given: Sequence[str] = (),
) -> Response:
    state = request.app.state
    base = fhir_base(request, release)
    lenient = "handling=lenient" in preferences(request)
    query = parse(release, types, pairs, state.cursors, state.settings.page_size, base=base, lenient=lenient)
    page = await run(state.database, state.memory, query)
    notices = [*query.notices, *page.notices]
    if page.total == 0:
        notices += await suggest(state, query)
    asked = next((value for name, value in pairs if name == "_cursor"), None)
    links = [
        (relation, with_query(where, pairs_of(query, given, cursor)))
        for relation, cursor in _places(state.cursors, query, page, asked)
    ]
    total = page.total if query.total != "none" or query.count == 0 else None
    warnings = outcome(*map(_issue, notices)) if notices else None
    format: Format = request.state.format
    bundle = _Bundle(
        release=release,
        base=base,
        links=links,
        total=total,
        warnings=warnings,
        summary=query.summary,
        elements=query.elements,
        format=format,
        matches=len(page.matches),
        search=[_search(one) for one in page.matches] if any(_search(one) for one in page.matches) else (),
    )
    media_type = FHIR_XML if format.name == "xml" else FHIR_JSON
    said = (links, total, warnings, format)
    return outlined(request, page, release, bundle.write, said, media_type, _VARY, not query.perishable)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """The answer without its documents."""

    release: str
    base: str
    links: Sequence[tuple[str, str]]
    total: int | None
    warnings: bytes | None
    summary: str
    elements: tuple[str, ...]
    format: Format
    matches: int
    search: Sequence[bytes]

    def write(self, documents: Sequence[Document]) -> bytes:
        release, summary, elements = self.release, self.summary, self.elements
        if summary != "false" or elements:
            documents = [(type, id, part_of(one, release, summary, elements)) for type, id, one in documents]
        body = searchset(
            self.base, self.links, documents, self.total, self.warnings, matches=self.matches, search=self.search
        )
        return written(body, release, self.format)[0]


def _places(cursors: Cursors, query: Query, page: Page, asked: str | None) -> list[tuple[str, str | None]]:
    """Relation -> cursor, for the links of the page."""
    made: list[tuple[str, str | None]] = [("self", asked)]
    if query.count and query.summary != "count":
        made.append(("first", None))
        for relation, position in (("previous", page.previous), ("next", page.following)):
            if position is not None:
                made.append((relation, _cursor(cursors, position, query)))
    return made


def _cursor(cursors: Cursors, position: Position, query: Query) -> str:
    return cursors.write_position(position, query.scope)


def pairs_of(query: Query, types: Sequence[str] = (), cursor: str | None = None) -> list[Pair]:
    """What was processed, and nothing else (https://hl7.org/fhir/R5/search.html#conformance)."""
    pairs = [("_type", ",".join(types))] if types else []
    pairs += [*query.processed, ("_count", str(query.count))]
    return [*pairs, ("_cursor", cursor)] if cursor else pairs


def _search(one: Found) -> bytes:
    """More of the entry's `search`."""
    search = b""
    if one.score is not None:  # of any size: here between 0 and 1, in the same order
        search += b',"score":%s' % orjson.dumps(round(one.score / (1 + one.score), 6))
    extensions = distance(one) if one.distance is not None else []
    if one.any_age:
        extensions.append({"url": AGE_NOT_STATED, "valueBoolean": True})
    if extensions:
        search = b',"extension":%s' % orjson.dumps(extensions) + search
    return search


def distance(one: Found) -> list[dict[str, object]]:
    kilometres = {
        "value": round((one.distance or 0) / 1000, 3),
        "unit": "km",
        "system": "http://unitsofmeasure.org",
        "code": "km",
    }
    made: list[dict[str, object]] = [{"url": LOCATION_DISTANCE, "valueDistance": kilometres}]
    if one.nearest:
        made.append({"url": NEAREST_SITE, "valueReference": {"reference": f"Location/{one.nearest}"}})
    return made


def _issue(notice: Notice) -> dict[str, object]:
    return issue(notice.severity, notice.code, notice.diagnostics, f"http.{notice.expression}")
