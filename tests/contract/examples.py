"""The examples of the contract: requests in, what a pinned server answers out. `python -m tests.contract.examples`
writes `app/api/openapi/examples.json` anew.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
from trial_registry_plugin import TrialRegistry

from app.api.fhir.validate import LARGEST
from app.api.openapi.examples import PLACE

TRIAL, OTHER = "NCT05398809", "NCT07153666"
BASE = "http://localhost:8000"
IDS = {
    "trials": TRIAL,
    "criteria": f"{TRIAL}-1-i1",
    "outcomes": f"{OTHER}-primary-1",
    "sites": "bethesda-maryland-united-states-53f8f94e",
    "runs": "1",
    "schemas": "trial",
}
"""Of the plain API; those of FHIR are found."""
DEFINITIONS = ("SearchParameter", "CodeSystem", "ValueSet", "OperationDefinition", "StructureDefinition")
TYPES = (
    "ResearchStudy",
    "Group",
    "EvidenceVariable",
    "Location",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
)
PLAIN = {
    "trials": ("trials?fields=title,overall_status&limit=1&facets=phase", "trials?format=csv&fields=title&limit=2"),
    "criteria": ("criteria?limit=1",),
    "outcomes": ("outcomes?limit=1",),
    "sites": ("sites?limit=1", "sites?limit=1&format=geojson"),
    "changes": ("changes?limit=1",),
    "runs": ("runs?limit=1",),
    "trials/{id}": (f"trials/{TRIAL}", "trials/none"),
    "trials/{id}/criteria": (f"trials/{OTHER}/criteria",),
    "trials/{id}/outcomes": (f"trials/{OTHER}/outcomes",),
    "trials/{id}/sites": (
        f"trials/{TRIAL}/sites",
        f"trials/{TRIAL}/sites?format=csv",
        f"trials/{TRIAL}/sites?format=geojson",
    ),
    "trials/{id}/contacts": (f"trials/{TRIAL}/contacts", f"trials/{TRIAL}/contacts?format=csv"),
    "trials/{id}/versions": (f"trials/{TRIAL}/versions",),
    "trials/{id}/versions/{version}": (f"trials/{OTHER}/versions/1",),
    "trials/{id}/versions/{before}/diff/{after}": (f"trials/{TRIAL}/versions/1/diff/1",),
    "trials/{id}/origins": (f"trials/{TRIAL}/origins",),
    "trials/{id}/links": (f"trials/{TRIAL}/links",),
    "criteria/{id}": (f"criteria/{IDS['criteria']}",),
    "outcomes/{id}": (f"outcomes/{IDS['outcomes']}",),
    "sites/{id}": (f"sites/{IDS['sites']}", "sites?limit=many"),
    "runs/{id}": ("runs/1",),
    "runs/{id}/refusals": ("runs/1/refusals",),
    "schemas": ("schemas",),
    "schemas/{name}": ("schemas/problem",),
}
JSON, XML, FORM = "application/fhir+json", "application/fhir+xml", "application/x-www-form-urlencoded"
PATIENT = {"resourceType": "Patient", "gender": "female", "birthDate": "2011-05-02"}
BATCH = {
    "resourceType": "Bundle",
    "type": "batch",
    "entry": [{"request": {"method": "GET", "url": f"ResearchStudy/{TRIAL}?_elements=status"}}],
}
MATCHED = {
    "resourceType": "Parameters",
    "parameter": [
        {"name": "zipCode", "valueString": "20892"},
        {"name": "travelRadius", "valueString": "50"},
        {"name": "trialMatchClinicalData", "resource": {"resourceType": "Bundle", "entry": [{"resource": PATIENT}]}},
    ],
}
EVERYTHING = {"resourceType": "Parameters", "parameter": [{"name": "_count", "valueInteger": 1}]}
EXPORT = {"resourceType": "Parameters", "parameter": [{"name": "_elements", "valueString": "id"}]}
LONGEST = 60_000
"""Characters of an answer that is shown."""
Json = dict[str, Any]


class Request(NamedTuple):
    """`path` is that of the contract, `address` is asked for."""

    path: str
    address: str
    body: Json | str | None = None
    method: str = "GET"
    headers: Mapping[str, str] = {}


def made(client: httpx.Client) -> Json:
    """What belongs into `examples.json`."""
    ids = dict(IDS)
    for kind in (*TYPES, *DEFINITIONS):
        found = client.get(f"/fhir/r5/{kind}").raise_for_status().json()["entry"]
        ids[kind] = TRIAL if kind == "ResearchStudy" else found[0]["resource"]["id"]
    answers = [_answered(client, one) for one in (*_plain(), *_fhir(ids))]
    for release in ("r5", "r4"):
        answers += _export(client, f"/fhir/{release}")
    answers += _gone(client, ids)
    return {"ids": ids, "answers": [one for one in answers if len(json.dumps(one["answer"])) < LONGEST]}


def _plain() -> Iterator[Request]:
    yield from (Request(path, path) for path in ("/healthz", "/readyz"))
    for path, addresses in PLAIN.items():
        yield from (Request(f"/api/v1/{path}", f"/api/v1/{address}") for address in addresses)
    yield Request("/getClinicalTrial", "/getClinicalTrial", MATCHED, "POST")


def _fhir(ids: Mapping[str, str]) -> Iterator[Request]:
    for release in ("r5", "r4"):
        base = f"/fhir/{release}"
        for slash in ("", "/"):
            yield Request(base + slash, f"{base}{slash}?_type=Group,Location&_summary=count")
            yield Request(base + slash, base + slash, BATCH, "POST")
        yield Request(f"{base}/_search", f"{base}/_search", "_type=Group,Location&_summary=count", "POST")
        yield Request(f"{base}/metadata", f"{base}/metadata?mode=terminology")
        yield Request(f"{base}/_history", f"{base}/_history?_count=1")
        for kind in TYPES:
            yield from _of_type(base, kind, f"{base}/{kind}/{ids[kind]}")
        for kind in DEFINITIONS:
            yield Request(f"{base}/{kind}/{{id}}", f"{base}/{kind}/{ids[kind]}")
            yield Request(f"{base}/{kind}", f"{base}/{kind}?_id={ids[kind]}")
        study, one = f"{base}/ResearchStudy", f"{base}/ResearchStudy/{TRIAL}"
        yield Request(f"{study}/{{id}}/$everything", f"{one}/$everything?_count=1")
        yield Request(f"{study}/{{id}}/$everything", f"{one}/$everything", EVERYTHING, "POST")
        yield Request(f"{study}/$match", f"{study}/$match?_count=1", PATIENT, "POST")
        for accepted in (JSON, XML):  # what is refused alike everywhere is shown once
            wanted = {"Accept": accepted}
            yield Request(f"{study}/{{id}}", f"{study}/none", headers=wanted)
            yield Request(study, f"{study}?status=", headers=wanted)
            yield Request(study, f"{study}?date=yesterday", headers=wanted)
            for body, kind in (("a patient", "text/plain"), (" " * (LARGEST + 1), JSON)):
                sent = {**wanted, "Content-Type": kind}
                yield Request(f"{study}/$match", f"{study}/$match", body, "POST", sent)
        yield Request(study, study, headers={"Accept": "image/png"})


def _of_type(base: str, kind: str, one: str) -> Iterator[Request]:
    listed, named = f"{base}/{kind}", f"{base}/{kind}/{{id}}"
    yield Request(named, one)
    yield Request(named, f"{one}?_elements=id", headers={"Accept": XML})
    yield Request(listed, f"{listed}?_count=1&_elements=id")
    yield Request(listed, f"{listed}?_summary=count", headers={"Accept": XML})
    yield Request(f"{listed}/_search", f"{listed}/_search", "_summary=count", "POST")
    yield Request(f"{listed}/_history", f"{listed}/_history?_count=1")
    yield Request(f"{named}/_history", f"{one}/_history?_count=1")
    yield Request(f"{named}/_history/{{version}}", f"{one}/_history/1")
    yield Request(f"{listed}/$validate", f"{listed}/$validate", {"resourceType": kind}, "POST")
    yield Request(f"{named}/$validate", f"{one}/$validate")
    yield Request(f"{named}/$validate", f"{one}/$validate", method="POST")


def _export(client: httpx.Client, base: str) -> Iterator[Json]:
    """From the order to the file, its removal, and one order too many."""
    later = {"Prefer": "respond-async"}
    for kind in ("", *(f"/{kind}" for kind in TYPES)):
        path = f"{base}{kind}/$export"
        for order in (Request(path, f"{path}?_elements=id"), Request(path, path, EXPORT, "POST")):
            begun = _ask(client, order._replace(headers=later))
            yield _shown(client, order, begun)
            _delete(client, begun)
    path = f"{base}/Location/$export"
    order = Request(path, path, headers=later)
    begun = _ask(client, order)
    status, file = f"{base}/$export-status/", f"{base}/$export-file/"
    state = Request(f"{status}{{job}}", begun.headers["Content-Location"])
    written = _done(client, begun).json()["output"][0]["url"]
    yield _answered(client, state)
    for asked in ({}, {"Range": "bytes=0-99"}, {"Range": "bytes=9999999-"}):
        yield _answered(client, Request(f"{file}{{job}}/{{file}}", written, headers=asked))
    yield _answered(client, state._replace(method="DELETE"))
    many = [_ask(client, order)]
    while many[-1].status_code == 202:
        _done(client, many[-1])  # or it is the limit of those at work that is met
        many.append(_ask(client, order))
    yield _shown(client, order, many.pop())
    for begun in many:
        _delete(client, begun)


def _done(client: httpx.Client, begun: httpx.Response) -> httpx.Response:
    while (state := client.get(begun.headers["Content-Location"])).status_code == 202:
        time.sleep(0.01)
    return state


def _delete(client: httpx.Client, begun: httpx.Response) -> None:
    client.delete(begun.headers["Content-Location"]).raise_for_status()


def _gone(client: httpx.Client, ids: Mapping[str, str]) -> Iterator[Json]:
    client.post("/pinned/edits", json={"trial": TRIAL, "delete": True}).raise_for_status()
    yield _answered(client, Request("/api/v1/trials/{id}", f"/api/v1/trials/{TRIAL}"))
    for accepted in (JSON, XML):
        address = f"/fhir/r5/ResearchStudy/{TRIAL}"
        yield _answered(client, Request("/fhir/r5/ResearchStudy/{id}", address, headers={"Accept": accepted}))


def _answered(client: httpx.Client, one: Request) -> Json:
    return _shown(client, one, _ask(client, one))


def _ask(client: httpx.Client, one: Request) -> httpx.Response:
    sent = None if one.body is None else one.body if isinstance(one.body, str) else json.dumps(one.body)
    kind = {} if sent is None else {"Content-Type": FORM if isinstance(one.body, str) else JSON}
    return client.request(one.method, one.address, content=sent, headers={**kind, **one.headers})


def _shown(client: httpx.Client, one: Request, answer: httpx.Response) -> Json:
    assert answer.status_code < 500, answer.text
    media_type = answer.headers["Content-Type"].partition(";")[0]
    server = str(client.base_url).rstrip("/")
    text = answer.text.replace(server, BASE)
    return {
        "method": one.method,
        "path": one.path,
        "address": one.address.removeprefix(server),
        "body": one.body if isinstance(one.body, dict) else None,
        "status": str(answer.status_code),
        "type": media_type,
        "answer": json.loads(text) if media_type.endswith(("/json", "+json")) else text,
    }


def written(examples: Json) -> str:
    """An answer on each line."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in examples["answers"])
    return f'{{"ids": {json.dumps(examples["ids"])},\n"answers": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    with TrialRegistry() as registry:
        PLACE.write_text(written(made(registry.client)))
