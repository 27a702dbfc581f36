"""Where a trial's fields come from, and which records of other registries are about the same trial."""

import orjson
from fastapi import APIRouter
from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import JSON, answer
from app.api.plain.shared import KEPT, MISSING, PREFIX, find_trial, listing, only, present_trial
from app.plain.shapes import (
    LinkShape,
    Listing,
    OriginShape,
)
from app.record.codes import SOURCES, TERMS
from app.record.trial import Trial
from app.store import lists
from app.store import tables as t

router = APIRouter(prefix=PREFIX, tags=["origins"])


@router.get("/trials/{id}/origins", response_model=Listing[OriginShape], responses=MISSING)
async def list_origins(request: Request, id: str) -> Response:
    """Which source each field of a trial comes from, in which document and where in it, and on what terms."""
    only(request)
    row = await present_trial(request, id)
    trial: Trial = await request.app.state.records(row[0])
    documents = {source.id: source for source in trial.sources}
    facts = [(f.path, f.document, f.conversion, f.spans) for f in trial.facts]
    if not facts and trial.sources:
        stated = [name for name in Trial.model_fields if getattr(trial, name) and name not in ("issues", "sources")]
        facts = [(name, trial.sources[0].id, "source", []) for name in stated]
    items = [
        OriginShape(
            field=path,
            source=documents[document].source,
            source_name=SOURCES[documents[document].source],
            terms=TERMS[documents[document].source],
            document=document,
            conversion=conversion,
            spans=[[span.start, span.end] for span in spans],
        )
        for path, document, conversion, spans in facts
        if document in documents
    ]
    return answer(request, listing([orjson.dumps(i.model_dump()) for i in items], len(items), None), JSON)


_mine, _theirs = lists.identifier.alias("mine"), lists.identifier.alias("theirs")
_other = t.trial.alias("other")
_LINKS = (
    select(_other.c.id, _mine.c.kind, _mine.c.value, _theirs.c.kind, _mine.c.trial_key == bindparam("key"))
    .select_from(_mine.join(_theirs, _theirs.c.link_key == _mine.c.link_key))
    .join(_other, _other.c.key == _theirs.c.trial_key)
    .where(_mine.c.trial_key == bindparam("key"), _theirs.c.trial_key != bindparam("key"))
    .where((_mine.c.kind == "registry") | (_theirs.c.kind == "registry") | (_mine.c.kind == "universal"))
    .order_by(_other.c.id, _mine.c.position, _theirs.c.position)
)
_DENIED = select(t.denied_link.c.first, t.denied_link.c.second).where(
    (t.denied_link.c.first == bindparam("id")) | (t.denied_link.c.second == bindparam("id"))
)


@router.get("/trials/{id}/links", response_model=Listing[LinkShape], responses=KEPT)
async def list_links(request: Request, id: str) -> Response:
    """Other registries' records of what is the same trial, as identifiers say; with the evidence for each."""
    only(request)
    row = await find_trial(request, id)
    database = request.app.state.database
    found, denied = await database.read(database.prepared(_LINKS, key=row[0]), database.prepared(_DENIED, id=row[4]))
    no = {other for pair in denied for other in pair}
    links: dict[str, list[str]] = {}
    for other, mine, value, theirs, _ in found:
        if other in no:
            continue
        said = (
            f"{row[4]} names {value}, the id of {other}, as its {mine} identifier"
            if theirs == "registry"
            else f"{other} names {value}, the id of {row[4]}, as its {theirs} identifier"
            if mine == "registry"
            else f"both name {value}"
        )
        if said not in links.setdefault(other, []):
            links[other].append(said)
    items = [LinkShape(trial_id=other, evidence=evidence) for other, evidence in links.items()]
    return answer(request, listing([orjson.dumps(i.model_dump()) for i in items], len(items), None), JSON)
