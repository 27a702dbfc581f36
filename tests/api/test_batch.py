"""`batch`: each entry is answered as if it had been asked alone (https://hl7.org/fhir/R5/http.html#transaction)."""

from typing import Any

import httpx
import pytest

from app.fhir.xml import from_xml, to_xml
from tests.fhir.validation import validate

RELEASES = ("r4", "r5")
STUDY = "ResearchStudy/NCT05398809"
JSON_BODY = {"Content-Type": "application/fhir+json"}
Json = dict[str, Any]


def bundle(*requests: Any, kind: str = "batch") -> Json:
    """Each request is an address to get, or what stands in `request`."""
    entries = [{"request": {"method": "GET", "url": one} if isinstance(one, str) else one} for one in requests]
    return {"resourceType": "Bundle", "type": kind, "entry": entries} if entries else {
        "resourceType": "Bundle", "type": kind
    }  # fmt: skip


def answers(client: httpx.Client, release: str, *requests: Any) -> list[Json]:
    answer = client.post(f"/fhir/{release}/", json=bundle(*requests), headers=JSON_BODY)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert made["type"] == "batch-response" and validate(release, made) == []
    found: list[Json] = made.get("entry", [])
    assert len(found) == len(requests)
    return found


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("place", ["", "/"])
def test_reads_and_searches_in_order(registry: httpx.Client, release: str, place: str) -> None:
    asked = [
        STUDY,
        "ResearchStudy?_count=1&condition=vitiligo",
        "Group/NCT05398809-cohort-2",
        f"{STUDY}/_history/1",
        f"{STUDY}/_history?_count=1",
        f"{STUDY}/$everything?_type=Location",
        f"{STUDY}/$validate",
        "metadata",
        "SearchParameter?_id=nothing",
        "?_type=Group&_summary=count",
        "_history?_count=2",
        f"{STUDY}?_elements=title",
        f"/{STUDY}",
        f"{str(registry.base_url).rstrip('/')}/fhir/{release}/{STUDY}",
        "ResearchStudy?title:contains=A%20real%2Dworld",
    ]
    sent = registry.post(f"/fhir/{release}{place}", json=bundle(*asked), headers=JSON_BODY)
    found = sent.json()["entry"]
    assert [each["response"]["status"] for each in found] == ["200"] * len(asked)
    for path, each in zip(asked, found, strict=True):
        base = str(registry.base_url).rstrip("/")
        alone = registry.get(path if path.startswith("http") else f"{base}/fhir/{release}/{path.lstrip('/')}")
        assert each["resource"] == alone.json(), path
        assert each["response"]["etag"] == alone.headers["etag"]
        assert ("last-modified" in alone.headers) == ("lastModified" in each["response"])


@pytest.mark.parametrize("release", RELEASES)
def test_conditional_reads(registry: httpx.Client, release: str) -> None:
    updated = registry.get(f"/fhir/{release}/{STUDY}").json()["meta"]["lastUpdated"]
    request = {"method": "GET", "url": STUDY}
    search = registry.get(f"/fhir/{release}/Group?_count=1").headers["etag"]
    found = answers(
        registry,
        release,
        {**request, "ifNoneMatch": 'W/"1"'},
        {**request, "ifNoneMatch": 'W/"2"'},
        {**request, "ifModifiedSince": "2100-01-01T00:00:00Z"},
        {**request, "ifModifiedSince": "2001-01-01T00:00:00Z"},
        {"method": "GET", "url": "Group?_count=1", "ifNoneMatch": search},
        {**request, "ifModifiedSince": updated},
        {**request, "ifModifiedSince": "2026-13-01"},
        {**request, "ifModifiedSince": "9999-12-31T23:59:59-14:00"},
    )
    told = [each["response"]["status"] for each in found]
    assert told == ["304", "200", "304", "200", "304", "304", "400", "400"]
    assert ["resource" in each for each in found] == [status == "200" for status in told]
    assert found[0]["response"]["etag"] == 'W/"1"' and found[1]["response"]["lastModified"] == updated[:19] + "Z"


@pytest.mark.parametrize("release", RELEASES)
def test_errors_stop_nothing(registry: httpx.Client, release: str) -> None:
    found = answers(
        registry,
        release,
        "ResearchStudy/NCT00000000",
        STUDY,
        "ResearchStudy?conditon=x",
        "Nothing/1",
        "no/such/place/here/at/all",
        "ResearchStudy?_format=turtle",
        {"method": "POST", "url": "ResearchStudy"},
        {"method": "PUT", "url": STUDY},
        {"method": "DELETE", "url": STUDY},
        {"method": "PATCH", "url": STUDY},
        {"method": "HEAD", "url": STUDY},
        {"method": "GET"},
        {"url": STUDY},
        {"method": "GET", "url": 7},
        "http://elsewhere.example/fhir/ResearchStudy/1",
        "//elsewhere.example/ResearchStudy/1",
        "http://[",
        "",
        f"{STUDY}%00",
        "ResearchStudy/\u2603",
        "$export",
        "../../api/v1/trials",
        STUDY,
    )
    told = [(each["response"]["status"], outcome(each)) for each in found]
    assert told == [
        ("404", "not-found"),
        ("200", None),
        ("400", "not-supported"),
        ("404", "not-supported"),
        ("404", "not-found"),
        ("200", None),
        ("405", "not-supported"),
        ("405", "not-supported"),
        ("405", "not-supported"),
        ("405", "not-supported"),
        ("200", None),
        ("400", "required"),
        ("405", "not-supported"),
        ("400", "required"),
        ("400", "value"),
        ("404", "not-found"),
        ("400", "value"),
        ("200", None),
        ("404", "not-found"),
        ("404", "not-found"),
        ("404", "not-supported"),
        ("404", "not-found"),
        ("200", None),
    ]
    assert found[1]["resource"] == found[-1]["resource"]
    assert "did you mean 'condition'?" in found[2]["response"]["outcome"]["issue"][0]["diagnostics"]
    [issue] = found[6]["response"]["outcome"]["issue"]
    assert issue["expression"] == ["Bundle.entry[6].request"] and "'POST'" in issue["diagnostics"]
    assert "resource" not in found[10]


def outcome(entry: Json) -> str | None:
    """The code of the OperationOutcome."""
    issues: list[Json] = entry["response"].get("outcome", {}).get("issue", [])
    return issues[0]["code"] if issues else None


@pytest.mark.parametrize("release", RELEASES)
def test_in_xml(registry: httpx.Client, release: str) -> None:
    """What is asked and answered in XML is the same; entries are JSON or XML as the whole is."""
    asked = bundle(STUDY, "Group?_format=xml&_count=1", "Nothing")
    in_json = registry.post(f"/fhir/{release}", json=asked, headers=JSON_BODY)
    headers = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}
    in_xml = registry.post(f"/fhir/{release}", content=to_xml(asked, release), headers=headers)
    assert in_xml.headers["content-type"].startswith("application/fhir+xml")
    assert from_xml(in_xml.content, release) == in_json.json()
    assert in_json.json()["entry"][1]["resource"]["type"] == "searchset"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (bundle(STUDY, kind="transaction"), 400, "not-supported", "'transaction'"),
        (bundle(STUDY, kind="collection"), 400, "not-supported", "'collection'"),
        ({"resourceType": "Bundle"}, 400, "not-supported", "None"),
        ({"resourceType": "Group"}, 400, "invalid", "Group"),
        ({}, 400, "invalid", "None"),
        ([], 400, "structure", "JSON object"),
        ({**bundle(), "entry": {}}, 400, "structure", "Bundle.entry"),
        (bundle(*[STUDY] * 101), 400, "too-costly", "100"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_refused(registry: httpx.Client, release: str, body: Any, status: int, code: str, words: str) -> None:
    answer = registry.post(f"/fhir/{release}", json=body, headers=JSON_BODY)
    assert answer.status_code == status, answer.text
    [issue] = answer.json()["issue"]
    assert issue["code"] == code and words in issue["diagnostics"]


def test_entries_that_are_none(registry: httpx.Client) -> None:
    body = {"resourceType": "Bundle", "type": "batch", "entry": [7, {}, {"request": []}, {"request": {"url": STUDY}}]}
    found = registry.post("/fhir/r5", json=body, headers=JSON_BODY).json()["entry"]
    assert [each["response"]["status"] for each in found] == ["400", "400", "400", "405"]


@pytest.mark.parametrize("release", RELEASES)
def test_as_many_as_may_be(registry: httpx.Client, release: str) -> None:
    assert answers(registry, release) == []
    found = answers(registry, release, *[STUDY, "Nothing/1"] * 50)
    assert [each["response"]["status"] for each in found] == ["200", "404"] * 50
