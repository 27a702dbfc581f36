"""FHIR: `$match`, trials for a patient (its OperationDefinition says what is sent and answered)."""

import json
from collections.abc import Iterator

from app.contract.checks.check import Failure, Nothing, ReleaseCheck
from app.contract.checks.server import STUDY, Server, refused

_JSON = {"Content-Type": "application/fhir+json"}
_PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1980-05-17"}


def match(server: Server, release: str) -> Iterator[Failure]:
    """Of somebody of whom age and sex are known."""
    [study] = [one for one in server.capabilities(release)["resource"] if one["type"] == STUDY]
    if "match" not in {one["name"] for one in study.get("operation", ())}:
        raise Nothing("$match is not declared")
    path = f"/fhir/{release}/{STUDY}/$match?excluded=true&date=2026-01-31&_count=20"
    answer = server.ask("POST", path, _JSON, json.dumps(_PATIENT).encode())
    entries = answer.object().get("entry", [])
    if answer.status != 200 or answer.object().get("type") != "searchset":
        yield answer.failure("status 200 and a searchset")
        return
    if "no-store" not in answer.headers.get("cache-control", ""):
        yield answer.failure("Cache-Control: no-store, since it is of one person")
    scores = [one["search"].get("score", -1) for one in entries if one["search"]["mode"] == "match"]
    if not all(0 <= score <= 1 for score in scores) or scores != sorted(scores, reverse=True):
        yield answer.failure("scores from 1 to 0, the best first", str(scores[:10]))
    reasons = [one for one in entries if one["resource"]["resourceType"] == "GuidanceResponse"]
    if len(reasons) != len(scores):
        yield answer.failure("the reasons of each trial", f"{len(reasons)} of {len(scores)}")
    if server.ask("POST", path, _JSON, json.dumps(_PATIENT).encode()).body != answer.body:
        yield answer.failure("the same bytes for the same patient", "others")
    yield from refused(server.ask("POST", path, _JSON, b'{"resourceType":"Group"}'), 400, naming="resourceType")


CHECKS = (
    ReleaseCheck(
        "match",
        match,
        "$match ranks trials for a patient with the reasons of each, and no cache may keep them.",
        "https://build.fhir.org/ig/standardhealth/fsh-pct/OperationDefinition-ClinicalTrialMatchService.html",
    ),
)
