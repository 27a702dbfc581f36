"""History of a type and of the whole registry (https://hl7.org/fhir/R5/http.html#history)."""

import zlib

from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import FHIR_JSON, answer, base_url, with_query
from app.errors import RequestError
from app.fhir.bundle import history as history_bundle
from app.search.dates import instant, interval
from app.search.history import compile_history
from app.search.parse import read_count


async def answer_history(request: Request, release: str, kind: str | None = None, id: str | None = None) -> Response:
    """`_since` (an instant or a date, at or after it), `_count`; pages follow their `next` link."""
    state, parameters = request.app.state, request.query_params
    since = parameters.get("_since")
    count = read_count("_count", parameters.get("_count", str(state.settings.page_size))) or state.settings.page_size
    scope = repr(("history", release, kind, id, since))
    cursor = parameters.get("_cursor")
    after = state.cursors.read(cursor, "_cursor", scope) if cursor is not None else None
    statement = compile_history(release, kind, id, _instant(since), after, count)
    [rows] = await state.database.read(state.database.compile(statement))
    place = "/".join([f"{base_url(request)}/fhir/{release}", *(part for part in (kind, id) if part), "_history"])
    asked = [("_count", str(count)), *([("_since", since)] if since else [])]
    links = [("self", with_query(place, [*asked, *([("_cursor", cursor)] if cursor else [])]))]
    if len(rows) > count:
        rows = rows[:count]
        last = (rows[-1][2], rows[-1][7], rows[-1][1])
        links.append(("next", with_query(place, [*asked, ("_cursor", state.cursors.write(last, scope))])))
    body = history_bundle(
        f"{base_url(request)}/fhir/{release}",
        links,
        [
            (row[6], row[0], row[1], row[2], bool(row[3]), zlib.decompress(row[5]) if row[4] and row[5] else row[5])
            for row in rows
        ],
    )
    return answer(request, body, FHIR_JSON)


def _instant(since: str | None) -> str | None:
    if since is None:
        return None
    try:
        return instant(interval(since)[0])
    except (ValueError, OverflowError) as error:
        raise RequestError(400, "value", f"_since: {error}", "_since") from error
