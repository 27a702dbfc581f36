"""`ResearchStudy/{id}/$everything`: the study and all that belongs to it, page by page (our own operation; its
OperationDefinition is served)."""

import re
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, union
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import with_query
from app.api.fhir.answers import fhir_answer, fhir_base, place, takes
from app.api.fhir.read import live
from app.api.fhir.validate import parameters_of, read_resource
from app.errors import RequestError
from app.fhir.bundle import searchset
from app.parameters.dates import instant, interval
from app.parameters.table import FHIR_TYPES, PARAMETERS
from app.search.parse import read_count
from app.store import tables as t
from app.store.database import Database, Script
from app.store.engine import Row
from app.store.search_tables import search_reference

_TAKEN = ("_type", "_since", "_count", "_cursor")
_TARGET = next(p.number for p in PARAMETERS if (p.resource, p.code) == ("Provenance", "target"))
_FORWARD = [p.number for p in PARAMETERS if p.reads == "reference" and p.resource != "Provenance"]
_MOST_KEYS = 100_000
_NAMED = re.compile(rb'"reference":"([A-Za-z]+)/([A-Za-z0-9.-]{1,64})"')


async def everything(request: Request) -> Response:
    release, kind = place(request)
    if kind != "ResearchStudy":
        raise RequestError(404, "not-supported", f"'$everything' is an operation of ResearchStudy, not of {kind}")
    takes(request, *_TAKEN)
    asked = {name: ",".join(filter(None, request.query_params.getlist(name))) for name in request.query_params}
    if request.method == "POST":
        posted = await _parameters(request, release)
        for name in posted.keys() & {name for name, value in asked.items() if value not in ("", posted.get(name))}:
            shown = f"'{asked[name][:60]}' in the address and '{posted[name][:60]}' in the body"
            raise RequestError(400, "value", f"{name} is {shown}: expected one of them", name)
        asked |= posted
    asked = {name: value for name, value in asked.items() if value}
    types = tuple(one for one in asked.get("_type", "").split(",") if one) or FHIR_TYPES
    for one in types:
        if one not in FHIR_TYPES:
            raise RequestError(400, "value", f"_type is '{one[:60]}': expected one of {', '.join(FHIR_TYPES)}", "_type")
    state, id = request.app.state, request.path_params["id"]
    study = await live(request, kind, id)
    count = read_count("_count", asked.get("_count", str(state.settings.page_size)), 1)
    scope = repr(("everything", release, id, types, asked.get("_since")))
    cursor = asked.get("_cursor")
    after = int((state.cursors.read(cursor, "_cursor", scope) if cursor else (-1,))[0] or 0)
    since = _instant(asked.get("_since"))
    found: list[Any] = await state.database.run(
        lambda: _script(state.database, release, study, id, types, since, after, count)
    )
    rows, total = found
    pairs = [(name, asked[name]) for name in ("_type", "_since") if name in asked] + [("_count", str(count))]
    base = fhir_base(request, release)
    where = f"{base}/ResearchStudy/{id}/$everything"
    links = [("self", with_query(where, [*pairs, *([("_cursor", cursor)] if cursor else [])]))]
    if len(rows) > count:
        rows = rows[:count]
        last = 0 if tuple(rows[-1][1:3]) == (kind, id) else rows[-1][0]
        links.append(("next", with_query(where, [*pairs, ("_cursor", state.cursors.write((last,), scope))])))
    entries = [(row[1], row[2], bytes(row[3])) for row in rows]
    return fhir_answer(request, release, searchset(base, links, entries, total))


def _script(
    database: Database,
    release: str,
    study: Row,
    id: str,
    types: tuple[str, ...],
    since: str | None,
    after: int,
    count: int,
) -> Script[Any]:
    """The keys of all that is reached, then a page of them: the study first, then as it was loaded."""
    r = t.resource.c
    itself = and_(r.type == "ResearchStudy", r.id == id)
    of_it: dict[str, set[str]] = {"ResearchStudy": {id}}
    for kind, named in _NAMED.findall(study[3]):  # no parameter reads some of its references
        if kind != b"ResearchStudy":
            of_it.setdefault(kind.decode(), set()).add(named.decode())
    either = (and_(r.type == kind, r.id.in_(sorted(ids))) for kind, ids in of_it.items())
    rows = yield database.compile(select(r.key).where(or_(*either)).order_by(r.key))
    keys = fresh = [row[0] for row in rows]
    while fresh and len(keys) < _MOST_KEYS:
        rows = yield database.compile(_reached(fresh, keys))
        fresh = [row[0] for row in rows]
        keys = [*keys, *fresh]
    wanted: list[ColumnElement[bool]] = [r.key.in_(keys), r.type.in_(types), r.deleted.is_(False)]
    if since is not None:
        wanted.append(r.last_updated >= since)
    numbers = yield database.compile(select(r.key).where(*wanted))
    page = select(r.key, r.type, r.id, t.resource.c[release]).where(*wanted)
    if after >= 0:
        page = page.where(r.key > after, not_(itself))
    rows = yield database.compile(page.order_by(not_(itself), r.key).limit(count + 1))
    return rows, len(numbers)


def _reached(keys: list[int], known: list[int]) -> Select[Any]:
    """By a reference of either release: that the other has no parameter for it takes nothing away."""
    row, s = t.resource.c, search_reference.c
    forward = select(s.target).where(s.key.in_(keys), s.param.in_(_FORWARD))
    back = select(s.key).where(s.target.in_(keys), s.param == _TARGET)
    # one list of them: for two, PostgreSQL goes through all resources
    return select(row.key).where(row.key.in_(union(forward, back)), row.key.not_in(known)).order_by(row.key)


def _instant(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return instant(interval(text)[0])
    except (ValueError, OverflowError) as error:
        raise RequestError(400, "value", f"_since: {error}", "_since") from error


async def _parameters(request: Request, release: str) -> dict[str, str]:
    """The parameters of a posted Parameters resource; an empty body has none."""
    posted = await read_resource(request, release, empty=True)
    if posted is None:
        return {}
    if posted.get("resourceType") != "Parameters":
        raise RequestError(400, "invalid", "the body is not a Parameters resource", "Parameters")
    found: dict[str, list[str]] = {}
    for part in parameters_of(posted):
        name = part.get("name")
        values = [str(value) for key, value in part.items() if key.startswith("value")]
        if name not in ("_type", "_since", "_count") or len(values) != 1:
            text = orjson.dumps(part).decode()[:100]
            raise RequestError(
                400, "value", f"'{text}' is not a parameter: expected _type, _since or _count", "Parameters.parameter"
            )
        found.setdefault(name, []).append(values[0])
    return {name: ",".join(values) for name, values in found.items()}
