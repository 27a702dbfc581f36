"""History of a resource, a type and the whole registry (https://hl7.org/fhir/R5/http.html#history).

`_since` (an instant or a date: versions of it or later), `_at` (versions that were current at some time in it),
`_count`; newest first, pages follow their `next` link. `_sort` is taken as far as it asks for that order.
"""

import zlib

from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import with_query
from app.api.fhir.answers import fhir_answer, fhir_base, place, takes
from app.api.fhir.read import current
from app.errors import RequestError
from app.fhir.bundle import history as history_bundle
from app.parameters.dates import instant, interval
from app.search.history import Period, compile_history
from app.search.parse import read_count

_TAKEN = ("_since", "_at", "_count", "_cursor", "_sort")


async def instance_history(request: Request) -> Response:
    release, kind = place(request)
    await current(request, kind, request.path_params["id"])
    return await _answer(request, release, kind, request.path_params["id"])


async def type_history(request: Request) -> Response:
    release, kind = place(request)
    return await _answer(request, release, kind)


async def system_history(request: Request) -> Response:
    release, _ = place(request)
    return await _answer(request, release)


async def _answer(request: Request, release: str, kind: str | None = None, id: str | None = None) -> Response:
    takes(request, *_TAKEN)
    state, parameters = request.app.state, request.query_params
    since, at, sort = (parameters.get(name) for name in ("_since", "_at", "_sort"))
    if sort not in (None, "-_lastUpdated", "none"):
        raise RequestError(400, "value", f"_sort is '{sort[:60]}': expected -_lastUpdated or none", "_sort")
    count = read_count("_count", parameters.get("_count", str(state.settings.page_size))) or state.settings.page_size
    scope = repr(("history", release, kind, id, since, at))
    cursor = parameters.get("_cursor")
    after = state.cursors.read(cursor, "_cursor", scope) if cursor is not None else None
    within = _period("_since", since)
    statement = compile_history(release, kind, id, within and within[0], _period("_at", at), after, count)
    [rows] = await state.database.read(state.database.compile(statement))
    where = "/".join([fhir_base(request, release), *(part for part in (kind, id) if part), "_history"])
    asked = [("_count", str(count))]
    asked += [(name, value) for name, value in (("_since", since), ("_at", at), ("_sort", sort)) if value]
    links = [("self", with_query(where, [*asked, *([("_cursor", cursor)] if cursor else [])]))]
    links.append(("first", with_query(where, asked)))
    if len(rows) > count:
        rows = rows[:count]
        last = (rows[-1][2], rows[-1][7], rows[-1][1])
        links.append(("next", with_query(where, [*asked, ("_cursor", state.cursors.write(last, scope))])))
    body = history_bundle(
        fhir_base(request, release),
        links,
        [
            (row[6], row[0], row[1], row[2], bool(row[3]), zlib.decompress(row[5]) if row[4] and row[5] else row[5])
            for row in rows
        ],
    )
    return fhir_answer(request, release, body)


def _period(name: str, text: str | None) -> Period | None:
    """The first instant of a date and the first after it."""
    if text is None:
        return None
    try:
        low, high = interval(text)
    except (ValueError, OverflowError) as error:
        raise RequestError(400, "value", f"{name}: {error}", name) from error
    return instant(low), instant(high)
