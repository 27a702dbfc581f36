"""`ResearchStudy/$match`: trials for a patient, with the reasons, line by line (our own operation, in the shape of
https://build.fhir.org/ig/standardhealth/fsh-pct/OperationDefinition-ClinicalTrialMatchService.html; its
OperationDefinition is served).

What is sent is read, held against the trials and forgotten: no log, table or cache sees any of it, and an error that
nobody foresaw is logged without what it says. Pages are asked for by sending the same body again.
"""

import asyncio
import hashlib
import traceback
from collections.abc import Sequence
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app import clock
from app.api.answers import unstored, with_query
from app.api.errors import ANSWERED, log
from app.api.fhir.answers import fhir_base, place, takes
from app.api.fhir.search import distance
from app.api.fhir.validate import read_resource
from app.api.formats import written
from app.api.routes import Endpoint
from app.eligibility.matching.facts import Facts
from app.eligibility.matching.judge import years
from app.eligibility.matching.match import Match, match
from app.eligibility.matching.patient import canonical, read_patient
from app.errors import RequestError
from app.fhir.bundle import searchset
from app.fhir.guidance_response import guidance_response
from app.fhir.match_request import MatchRequest, read_match_request
from app.fhir.outcome import issue, outcome
from app.record.trial import Trial
from app.search.candidates import MOST_CANDIDATES, MOST_NAMED, Candidates, Filters, candidates
from app.search.documents import documents
from app.search.parse import read_count
from app.search.run import Found
from app.search.zip_codes import place_of

IN_ADDRESS = ("excluded", "date", "_count", "_cursor")
"""Parameters that say nothing of the patient: they may stand in the address, which others may log."""
_TRIES = 3


class Ranked(NamedTuple):
    found: Found
    trial: Trial
    match: Match

    @property
    def place(self) -> tuple[float, str]:
        return -self.match.score, self.found.id


class Matched(NamedTuple):
    """A page of trials, the best first. `documents` are by key; `following` is the place of its last one."""

    ranked: Sequence[Ranked]
    documents: dict[int, bytes]
    total: int
    following: tuple[float, str] | None
    facts: Facts
    patient: str | None
    issues: list[dict[str, object]]


async def _match_trials(request: Request) -> Response:
    release, kind = place(request)
    if kind != "ResearchStudy":
        raise RequestError(404, "not-supported", f"'$match' is an operation of ResearchStudy, not of {kind}")
    takes(request, *IN_ADDRESS)
    body = await read_resource(request, release) or {}
    asked = read_match_request(body, [(name, request.query_params.get(name, "")) for name in IN_ADDRESS])
    count = read_count("_count", str(asked.size.value) if asked.size else str(request.app.state.settings.page_size), 1)
    page = await matched(request, release, asked, count)
    base = fhir_base(request, release)
    pairs = [("excluded", "true")] if asked.excluded else []
    pairs += [("date", page.facts.day.isoformat()), ("_count", str(count))]
    where, cursor = f"{base}/ResearchStudy/$match", str(asked.cursor.value) if asked.cursor else None
    links = [("self", with_query(where, [*pairs, *([("_cursor", cursor)] if cursor else [])]))]
    if page.following is not None:
        after = request.app.state.cursors.write(page.following, scope_of(release, asked, page.facts))
        links.append(("next", with_query(where, [*pairs, ("_cursor", after)])))
    entries = [(one.found.type, one.found.id, page.documents[one.found.key]) for one in page.ranked]
    reasons = await asyncio.to_thread(_reasons, page)  # some milliseconds of each trial
    bundle = searchset(
        base,
        links,
        entries,
        page.total,
        outcome(*page.issues) if page.issues else None,
        search=[search_of(one) for one in page.ranked],
        more=[(f"urn:uuid:{uuid5(NAMESPACE_OID, reason.decode())}", reason) for reason in reasons],
    )
    return unstored(*written(bundle, release, request.state.format))


def _reasons(page: Matched) -> list[bytes]:
    made = (guidance_response(one.match, page.patient, page.facts.day, one.trial.sources) for one in page.ranked)
    return [orjson.dumps(one) for one in made]


def search_of(ranked: Ranked) -> bytes:
    """More of an entry's `search`: how good the match is, and how far the nearest site is where a place was given."""
    score = b',"score":%s' % orjson.dumps(ranked.match.score)
    if ranked.found.distance is None:
        return score
    return b',"extension":%s%s' % (orjson.dumps(distance(ranked.found)), score)


async def matched(request: Request, release: str, asked: MatchRequest, count: int | None) -> Matched:
    """The trials that the request's patient may take part in; those that are excluded as well where it asks for them.
    Without a `count` all of them."""
    state = request.app.state
    day = asked.day or clock.now().date()
    facts = await asyncio.to_thread(read_patient, asked.sent, day)
    filters = filters_of(asked, facts)
    after = None
    if asked.cursor is not None:
        score, id = state.cursors.read(str(asked.cursor.value), "_cursor", scope_of(release, asked, facts))
        after = (float(score or 0), str(id))
    for attempt in range(_TRIES):
        found = await candidates(state.database, release, filters)
        keys = [one.key for one in found.found]
        trials: dict[int, Trial] = await state.eligibility(keys) if keys else {}
        ranked = await asyncio.to_thread(_ranked, found.found, trials, facts, asked.excluded)
        rest = [one for one in ranked if after is None or one.place > after]
        shown = rest if count is None else rest[:count]
        version, bodies = await _documents(request, release, [one.found.key for one in shown])
        if version in (None, found.version) or attempt == _TRIES - 1:
            break
    shown = [one for one in shown if one.found.key in bodies]
    following = shown[-1].place if shown and len(rest) > len(shown) else None
    patient = next((one.address for one in asked.sent if one.value["resourceType"] == "Patient"), None)
    return Matched(shown, bodies, len(ranked), following, facts, patient, issues_of(found, facts, asked))


def _ranked(found: Sequence[Found], trials: dict[int, Trial], facts: Facts, excluded: bool) -> list[Ranked]:
    made = [Ranked(one, trials[one.key], match(trials[one.key], facts)) for one in found if one.key in trials]
    return sorted((one for one in made if excluded or not one.match.excluded), key=lambda one: one.place)


async def _documents(request: Request, release: str, keys: Sequence[int]) -> tuple[int | None, dict[int, bytes]]:
    """The data version that they are of, and the documents by key."""
    if not keys:
        return None, {}
    database = request.app.state.database
    [rows] = await database.read(documents(database.name, release, keys))
    return int(rows[0][0]) if rows else None, {row[1]: bytes(row[4]) for row in rows}


def filters_of(asked: MatchRequest, facts: Facts) -> Filters:
    around = None
    if asked.zip_code is not None:
        latitude, longitude = place_of(asked.zip_code.value, asked.zip_code.path)
        around = (latitude, longitude, asked.radius) if asked.radius is not None else None
    conditions = [one for one in facts.coded if one.kind == "condition" and one.holds is not False]
    return Filters(
        asked.statuses,
        asked.phases,
        around,
        frozenset().union(*(one.codes for one in conditions)),
        frozenset().union(*(one.names for one in conditions)),
        *(((), ()) if asked.excluded else (years(facts), facts.sexes)),
    )


def issues_of(found: Candidates, facts: Facts, asked: MatchRequest) -> list[dict[str, object]]:
    """What the reader should know of how the answer was made."""
    said: list[tuple[str, str, str]] = []
    if found.more:
        text = f"more than {MOST_CANDIDATES} trials are to be considered: the others were left out; narrow the request"
        said.append(("warning", "too-costly", text))
    if not found.by_condition and any(one.kind == "condition" for one in facts.coded):
        text = "no trial found names a condition that was sent: trials of all conditions were considered"
        said.append(("information", "informational", text))
    if found.cut:
        text = f"trials were looked for by the first {MOST_NAMED:,} codes and names of conditions only"
        said.append(("warning", "too-costly", text))
    if asked.zip_code is not None and asked.radius is None:
        said.append(("information", "informational", "zipCode came without a travelRadius: sites may be anywhere"))
    if any(one.days[0] > facts.day for one in facts.born):
        said.append(("warning", "business-rule", f"the Patient is born after {facts.day}: no age is known"))
    if facts.died is not None:
        said.append(("warning", "business-rule", "the Patient is deceased"))
    if facts.ignored:
        said.append(("information", "informational", f"nothing was read from: {', '.join(facts.ignored)}"))
    return [issue(severity, code, text) for severity, code, text in said]


def scope_of(release: str, asked: MatchRequest, facts: Facts) -> str:
    """What a cursor is bound to. It is signed with the server's key, and cannot be read from the cursor."""
    zip_code = asked.zip_code.value if asked.zip_code else None
    filters = (zip_code, asked.radius, asked.phases, asked.statuses, asked.excluded)
    known = canonical((facts.day, facts.born, facts.stated, facts.measured, facts.coded, facts.died))
    return hashlib.sha256(repr((release, filters, known)).encode()).hexdigest()


def discreet(endpoint: Endpoint) -> Endpoint:
    """The endpoint, but that the log gets of an error that nobody foresaw its type and its place and nothing else: what
    it says may hold clinical data."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ANSWERED:
            raise
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            log.error("matching failed: %s in %s, line %s", type(error).__name__, last.name, last.lineno)
        raise RequestError(500, "exception", "the server failed; the error is in its log")

    return answered


match_trials = discreet(_match_trials)
