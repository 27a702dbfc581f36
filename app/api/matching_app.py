"""`POST /getClinicalTrial`: the trial-matching service that existing apps talk to
(https://github.com/mcode/clinical-trial-matching-service), answered by the same matching as `$match`.

The body is a Bundle of the patient's resources with Parameters, or an object with one in `patientData`, as JSON in a
string even. The answer is R4: a searchset with ResearchStudies only, since these apps take every entry for one, with
their sites contained. `entry` is there even when it is empty: the apps count on it.
"""

from typing import Any

import orjson
from fastapi import APIRouter
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import FHIR_JSON, base_url, unstored
from app.api.fhir.answers import fhir_base
from app.api.fhir.match import Matched, discreet, matched, search_of
from app.api.fhir.search import read_body
from app.api.fhir.validate import LARGEST, refuse_deep
from app.api.openapi.common import MEDIA_TYPES, UNSTORED, answer, refusals
from app.api.openapi.resources import bundle, schema_of
from app.errors import RequestError
from app.fhir.bundle import searchset
from app.fhir.match_request import read_match_request
from app.fhir.matching_app import for_matching_app, sites_of
from app.search.candidates import MOST_CANDIDATES
from app.search.parse import read_count
from app.store import tables as t

router = APIRouter(tags=["matching"])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "description": "A Bundle of R4."}}},
    }
}
_TRIALS = answer(
    "The trials.", {MEDIA_TYPES[0]: {"schema": bundle("searchset", schema_of("r4", "ResearchStudy"), 0)}}, *UNSTORED
)
_ANSWERS: dict[int | str, dict[str, Any]] = dict(
    [("200", _TRIALS), *refusals("Fhir", ("400", "413", "500", "503")).items()]
)
MOST = 100
"""Trials in an answer, unless `_count` says otherwise: these apps ask for no second page."""


@router.post(
    "/getClinicalTrial",
    summary="Trials for a patient, for apps of the trial-matching service",
    openapi_extra=_BODY,
    response_class=Response,
    responses=_ANSWERS,
)
async def get_clinical_trial(request: Request) -> Response:
    return await discreet(_answer)(request)


async def _answer(request: Request) -> Response:
    asked = read_match_request(_bundle(await read_body(request, LARGEST)))
    count = min(read_count("_count", str(asked.size.value), 1), MOST_CANDIDATES) if asked.size else MOST
    page = await matched(request, "r4", asked, count)
    base = fhir_base(request, "r4")
    links = [("self", f"{base_url(request)}/getClinicalTrial")]
    entries = [(one.found.type, one.found.id, document) for one, document in await _studies(request, page)]
    body = searchset(base, links, entries, page.total, search=[search_of(one) for one in page.ranked])
    if not entries:
        body = b'%s,"entry":[]}' % body[:-1]
    return unstored(body, FHIR_JSON)


def _bundle(body: bytes) -> dict[str, Any]:
    """Raises RequestError 400 for a body that holds none."""
    try:
        document = orjson.loads(body)
        if isinstance(document, dict) and "patientData" in document:
            document = document["patientData"]
            document = orjson.loads(document) if isinstance(document, str) else document
    except orjson.JSONDecodeError:
        raise RequestError(400, "structure", "the body is not JSON: expected a Bundle") from None
    if not isinstance(document, dict):
        raise RequestError(400, "structure", "the body is no JSON object: expected a Bundle, or one in patientData")
    refuse_deep(document)
    return document


async def _studies(request: Request, page: Matched) -> list[tuple[Any, bytes]]:
    """The trials of the page with their documents, sites and all."""
    studies = [orjson.loads(page.documents[one.found.key]) for one in page.ranked]
    ids = sorted({reference.rpartition("/")[2] for study in studies for reference in sites_of(study)})
    database, r = request.app.state.database, t.resource.c
    locations: dict[str, Any] = {}
    for start in range(0, len(ids), 500):
        among = r.id.in_(ids[start : start + 500])
        statement = select(r.id, r.r4).where(r.type == "Location", r.deleted.is_(False), among)
        [rows] = await database.read(database.compile(statement))
        locations.update((f"Location/{row[0]}", orjson.loads(row[1])) for row in rows)
    return [
        (one, orjson.dumps(for_matching_app(study, one.trial, locations)))
        for one, study in zip(page.ranked, studies, strict=True)
    ]
