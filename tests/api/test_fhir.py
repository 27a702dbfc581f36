"""The FHIR endpoints as a client meets them: interactions, search, paging, conditional reads, errors."""

import base64
from typing import Any

import httpx
import pytest

from app.fhir.conformance import DEFINITION_TYPES
from app.parameters.table import COMMON, FHIR_TYPES, PARAMETERS
from tests.fhir.validation import validate

RELEASES = ("r4", "r5")


def entries(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [e["resource"]["id"] for e in answer.json().get("entry", []) if e["search"]["mode"] == "match"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["NCT05398809", "NCT07153666"]),
        ("_id=NCT05398809", ["NCT05398809"]),
        ("_id=NCT05398809,NCT07153666", ["NCT05398809", "NCT07153666"]),
        ("_id=nct05398809", []),
        ("identifier=NCT07153666", ["NCT07153666"]),
        ("identifier=nct07153666", ["NCT07153666"]),
        ("identifier=https://clinicaltrials.gov|NCT07153666", ["NCT07153666"]),
        ("identifier=https://clinicaltrials.gov|", ["NCT05398809", "NCT07153666"]),
        ("identifier=https://elsewhere.example|NCT07153666", []),
        ("identifier=|NCT07153666", []),
        ("identifier:missing=true", []),
        ("status=active", ["NCT05398809", "NCT07153666"]),
        ("status=completed", []),
        ("status:not=completed", ["NCT05398809", "NCT07153666"]),
        ("title=a real-WORLD", ["NCT07153666"]),
        ("title=vitiligo", []),
        ("title:contains=vitiligo", ["NCT07153666"]),
        ("title:contains=ruxolitinib&title:contains=alopecia", ["NCT05398809"]),
        ("title:exact=A Real-world", []),
        ("title:contains=100%25", []),
        ("title:contains=_", []),
        ("title=A%20Real,Evaluate", ["NCT05398809", "NCT07153666"]),
        ("condition=vitiligo", ["NCT07153666"]),
        ("condition=Vitiligo", ["NCT07153666"]),
        ("condition=https://trial-registry.example/fhir/CodeSystem/condition|vitiligo", ["NCT07153666"]),
        ("condition=eczema,vitiligo", ["NCT07153666"]),
        ("condition=eczema", []),
        ("condition:missing=true", ["NCT05398809"]),
        ("condition:missing=false", ["NCT07153666"]),
        ("condition:not=vitiligo", ["NCT05398809"]),
        ("recruitment-status=recruiting", ["NCT05398809", "NCT07153666"]),
        ("recruitment-status=http://hl7.org/fhir/research-study-status|recruiting", ["NCT05398809", "NCT07153666"]),
        ("recruitment-status=completed", []),
        ("recruitment-status=recruiting&condition=vitiligo", ["NCT07153666"]),
        ("condition=", ["NCT05398809", "NCT07153666"]),
    ],
)
def test_search(registry: httpx.Client, release: str, query: str, expected: list[str]) -> None:
    answer = registry.get(f"/fhir/{release}/ResearchStudy?{query}")
    assert entries(answer) == expected
    assert answer.json()["total"] == len(expected)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", FHIR_TYPES)
def test_every_type_is_found_read_and_valid(registry: httpx.Client, release: str, kind: str) -> None:
    bundle = registry.get(f"/fhir/{release}/{kind}")
    assert bundle.headers["content-type"].startswith("application/fhir+json")
    assert bundle.json()["total"] == len(entries(bundle)) > 0
    assert validate(release, bundle.json()) == []
    for entry in bundle.json()["entry"]:
        resource = entry["resource"]
        assert validate(release, resource) == []
        place = f"/fhir/{release}/{kind}/{resource['id']}"
        assert entry["fullUrl"] == f"{str(registry.base_url).rstrip('/')}{place}"
        read = registry.get(place)
        assert read.json() == resource
        assert registry.get(f"/fhir/{release}/{kind}?_id={resource['id']}").json()["total"] == 1
        history = registry.get(f"{place}/_history")
        assert [e["resource"] for e in history.json()["entry"]] == [resource]
        assert validate(release, history.json()) == []
        assert registry.get(f"{place}/_history/1").json() == resource


@pytest.mark.parametrize("release", RELEASES)
def test_every_reference_leads_somewhere(registry: httpx.Client, release: str) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            found = [node["reference"]] if isinstance(node.get("reference"), str) else []
            return found + [r for value in node.values() for r in references(value)]
        return [r for value in node for r in references(value)] if isinstance(node, list) else []

    seen = set()
    for kind in FHIR_TYPES:
        for entry in registry.get(f"/fhir/{release}/{kind}").json()["entry"]:
            seen |= set(references(entry["resource"]))
    assert seen
    for reference in seen:
        assert registry.get(f"/fhir/{release}/{reference}").status_code == 200, reference


@pytest.mark.parametrize("release", RELEASES)
def test_metadata(registry: httpx.Client, release: str) -> None:
    statement = registry.get(f"/fhir/{release}/metadata").json()
    assert validate(release, statement) == []
    assert statement["fhirVersion"] == {"r4": "4.0.1", "r5": "5.0.0"}[release]
    listed = {r["type"]: r for r in statement["rest"][0]["resource"] if r["type"] not in DEFINITION_TYPES}
    declared = {(p.resource, p.code): p.url(release) for p in PARAMETERS if release in p.releases}
    said = {(kind, p["name"]): p["definition"] for kind, r in listed.items() for p in r.get("searchParam", [])}
    said |= {(COMMON, p["name"]): p["definition"] for p in statement["rest"][0]["searchParam"]}
    assert said == declared
    for definition in said.values():
        if "hl7.org" not in definition:
            made = registry.get(f"/fhir/{release}/SearchParameter/{definition.rsplit('/', 1)[1]}").json()
            assert made["url"] == definition
            assert validate(release, made) == []


@pytest.mark.parametrize("release", RELEASES)
def test_paging(registry: httpx.Client, release: str) -> None:
    place = f"/fhir/{release}/ResearchStudy?recruitment-status=recruiting&_count=1"
    found, pages = [], 0
    while place:
        bundle = registry.get(place)
        found += entries(bundle)
        pages += 1
        assert bundle.json()["total"] == 2
        links = {link["relation"]: link["url"] for link in bundle.json()["link"]}
        assert registry.get(links["self"]).json() == bundle.json()
        place = links.get("next", "")
    assert found == ["NCT05398809", "NCT07153666"] and pages == 2


def test_count_zero_counts(registry: httpx.Client) -> None:
    bundle = registry.get("/fhir/r5/ResearchStudy?_count=0").json()
    assert bundle["total"] == 2 and "entry" not in bundle


def test_conditional_reads(registry: httpx.Client) -> None:
    place = "/fhir/r5/ResearchStudy/NCT05398809"
    read = registry.get(place)
    assert read.headers["etag"] == 'W/"1"' == f'W/"{read.json()["meta"]["versionId"]}"'
    for headers, status in (
        ({"If-None-Match": 'W/"1"'}, 304),
        ({"If-None-Match": '"1"'}, 304),
        ({"If-None-Match": '"7", W/"1"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": 'W/"2"'}, 200),
        ({"If-Modified-Since": read.headers["last-modified"]}, 304),
        ({"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-None-Match": 'W/"2"', "If-Modified-Since": read.headers["last-modified"]}, 200),
    ):
        answer = registry.get(place, headers=headers)
        assert answer.status_code == status, headers
        assert answer.headers["etag"] == read.headers["etag"]
        assert bool(answer.content) == (status == 200)
    search = registry.get("/fhir/r5/ResearchStudy?condition=vitiligo")
    again = registry.get(search.url, headers={"If-None-Match": search.headers["etag"]})
    assert again.status_code == 304 and not again.content


def test_head(registry: httpx.Client) -> None:
    place = "/fhir/r5/ResearchStudy/NCT05398809"
    head, read = registry.head(place), registry.get(place)
    assert head.status_code == 200 and not head.content
    assert head.headers["etag"] == read.headers["etag"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("ResearchStudy/NCT00000000", 404, "not-found", "NCT00000000"),
        ("ResearchStudy/NCT05398809/_history/2", 404, "not-found", "2"),
        ("ResearchStudy/NCT05398809/_history/x", 404, "not-found", "x"),
        ("ResearchStudy/NCT00000000/_history", 404, "not-found", "NCT00000000"),
        ("Patient", 404, "not-supported", "Patient"),
        ("Patient/1", 404, "not-supported", "Patient"),
        ("ResearchStudy/NCT05398809/nothing/here", 404, "not-found", "/nothing/here"),
        ("SearchParameter/nothing", 404, "not-found", "nothing"),
        ("ResearchStudy?conditon=vitiligo", 400, "not-supported", "did you mean 'condition'?"),
        ("ResearchStudy?Condition=vitiligo", 400, "not-supported", "did you mean 'condition'?"),
        ("ResearchStudy?title:fuzzy=a", 400, "not-supported", ":contains"),
        ("ResearchStudy?title:=a", 400, "not-supported", ":contains"),
        ("ResearchStudy?condition:missing=maybe", 400, "value", "maybe"),
        ("ResearchStudy?_count=-1", 400, "value", "-1"),
        ("ResearchStudy?_count=many", 400, "value", "many"),
        ("ResearchStudy?_cursor=abc", 400, "value", "abc"),
        ("ResearchStudy?title=%00", 400, "value", "NUL"),
        ("ResearchStudy?condition=" + ",".join(["a"] * 501), 400, "too-costly", "500"),
        ("ResearchStudy/NCT05398809?verbose=1", 400, "not-supported", "verbose"),
        ("ResearchStudy?_format=turtle", 406, "not-supported", "turtle"),
    ],
)
def test_errors(registry: httpx.Client, release: str, path: str, status: int, code: str, words: str) -> None:
    answer = registry.get(f"/fhir/{release}/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/fhir+json")
    [issue] = answer.json()["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert words in issue["diagnostics"]
    assert validate(release, answer.json()) == []
    if status == 400:
        assert issue["expression"][0].startswith("http.")


def test_errors_that_routes_make(registry: httpx.Client) -> None:
    for method, path, status in (
        ("POST", "/fhir/r5/ResearchStudy/NCT05398809", 405),
        ("DELETE", "/fhir/r5/ResearchStudy/NCT05398809", 405),
        ("GET", "/fhir/r3/ResearchStudy", 404),
        ("GET", "/fhir/", 404),
        ("GET", "/fhir", 404),
    ):
        answer = registry.request(method, path)
        assert answer.status_code == status, path
        assert answer.json()["resourceType"] == "OperationOutcome", path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "application/fhir+json"}, 200),
        ({"Accept": "application/json"}, 200),
        ({"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, 200),
        ({"Accept": "application/fhir+json; fhirVersion=5.0"}, 200),
        ({"Accept": "application/fhir+json; fhirVersion=4.0"}, 406),
        ({"Accept": "application/fhir+xml"}, 200),
        ({"Accept": "text/turtle"}, 406),
        ({"Accept": "application/json;q=0, text/csv"}, 406),
    ],
)
def test_accept(registry: httpx.Client, headers: dict[str, str], status: int) -> None:
    answer = registry.get("/fhir/r5/ResearchStudy/NCT05398809", headers=headers)
    assert answer.status_code == status


def test_lenient(registry: httpx.Client) -> None:
    answer = registry.get(
        "/fhir/r5/ResearchStudy?conditon=x&condition=vitiligo", headers={"Prefer": "handling=lenient"}
    )
    assert entries(answer) == ["NCT07153666"]
    bundle = answer.json()
    [outcome] = [e["resource"] for e in bundle["entry"] if e["search"]["mode"] == "outcome"]
    assert outcome["issue"][0]["severity"] == "warning" and "conditon" in outcome["issue"][0]["diagnostics"]
    assert "conditon" not in bundle["link"][0]["url"]
    assert bundle["total"] == 1
    assert validate("r5", bundle) == []
    strict = registry.get("/fhir/r5/ResearchStudy?title:fuzzy=x", headers={"Prefer": "handling=lenient"})
    assert strict.status_code == 400


def test_cursors_are_bound(registry: httpx.Client) -> None:
    """A cursor continues the search it came from and no other; every altered one is refused."""
    bundle = registry.get("/fhir/r5/ResearchStudy?status=active&_count=1").json()
    following = httpx.URL(next(link["url"] for link in bundle["link"] if link["relation"] == "next"))
    cursor = following.params["_cursor"]
    assert registry.get(f"/fhir/r5/ResearchStudy?_count=1&_cursor={cursor}").status_code == 400
    assert registry.get(f"/fhir/r4/ResearchStudy?status=active&_count=1&_cursor={cursor}").status_code == 400
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for place in range(len(raw)):
        altered = bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        text = base64.urlsafe_b64encode(altered).decode().rstrip("=")
        assert registry.get(f"/fhir/r5/ResearchStudy?status=active&_count=1&_cursor={text}").status_code == 400
