"""`$everything`, `$validate`, `batch`, definitions and the modes of metadata, as a client meets them."""

import json
from typing import Any

import httpx
import pytest

from app.fhir.conformance import DEFINITION_TYPES
from app.fhir.xml import to_xml
from app.parameters.table import FHIR_TYPES
from tests.fhir.validation import validate

RELEASES = ("r4", "r5")
STUDY = "ResearchStudy/NCT05398809"
JSON_BODY = {"Content-Type": "application/fhir+json"}
XML_BODY = {"Content-Type": "application/fhir+xml"}
Json = dict[str, Any]


def parameters(**given: Any) -> Json:
    """A Parameters resource: `_type=["Group"]` is a code, `_since` an instant, `_count` a number."""
    kinds = {"_type": "valueCode", "_since": "valueInstant", "_count": "valueInteger", "mode": "valueCode"}
    kinds["profile"] = "valueUri"
    parts: list[Json] = []
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        parts += [{"name": name, kinds.get(name, "resource"): one} for one in values]
    return {"resourceType": "Parameters", "parameter": parts}


def post(client: httpx.Client, path: str, document: Any, release: str = "r5", xml: bool = False) -> httpx.Response:
    content = to_xml(document, release) if xml else json.dumps(document).encode()
    return client.post(f"/fhir/{release}/{path}", content=content, headers=XML_BODY if xml else JSON_BODY)


def refusal(answer: httpx.Response, status: int, code: str, words: str) -> None:
    assert answer.status_code == status, answer.text
    [issue] = answer.json()["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code) and words in issue["diagnostics"], issue


def kinds_of(bundle: Json) -> list[str]:
    return [entry["resource"]["resourceType"] for entry in bundle.get("entry", [])]


def following(client: httpx.Client, bundle: Json) -> Json | None:
    place = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    return client.get(place).json() if place else None


@pytest.mark.parametrize("release", RELEASES)
class TestEverything:
    def test_a_study_and_all_that_belongs_to_it(self, registry: httpx.Client, release: str) -> None:
        bundle = registry.get(f"/fhir/{release}/{STUDY}/$everything").json()
        assert (bundle["type"], bundle["total"]) == ("searchset", 9) and validate(release, bundle) == []
        assert kinds_of(bundle)[0] == "ResearchStudy"
        counts = {kind: kinds_of(bundle).count(kind) for kind in FHIR_TYPES}
        assert counts == {kind: 2 if kind == "Group" else 1 for kind in FHIR_TYPES}
        inside = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in bundle["entry"]}
        assert references(bundle) <= inside

    @pytest.mark.parametrize("size", [1, 2, 4, 9])
    def test_pages(self, registry: httpx.Client, release: str, size: int) -> None:
        whole = registry.get(f"/fhir/{release}/{STUDY}/$everything").json()
        page: Json | None = registry.get(f"/fhir/{release}/{STUDY}/$everything?_count={size}").json()
        found = []
        while page:
            assert page["total"] == 9 and len(page["entry"]) <= size
            found += page["entry"]
            [self_link] = [link["url"] for link in page["link"] if link["relation"] == "self"]
            assert registry.get(self_link).json() == page
            page = following(registry, page)
        assert found == whole["entry"]

    @pytest.mark.parametrize("xml", [False, True])
    @pytest.mark.parametrize(
        ("query", "posted", "expected"),
        [
            ("_type=Group", {"_type": "Group"}, ["Group", "Group"]),
            ("_type=Location,Group", {"_type": "Location,Group"}, ["Group", "Group", "Location"]),
            ("_type=Location&_type=Group", {"_type": ["Location", "Group"]}, ["Group", "Group", "Location"]),
            ("_type=Group&_count=1", {"_type": ["Group"], "_count": 1}, ["Group"]),
            ("_type=&_since=&_count=1", {"_count": 1}, ["ResearchStudy"]),
            ("_since=2100-01-01T00:00:00Z", {"_since": "2100-01-01T00:00:00Z"}, []),
            ("_since=2020-01-01T00:00:00Z&_type=Location", {"_since": "2020-01-01T00:00:00Z", "_type": "Location"},
             ["Location"]),
        ],
    )  # fmt: skip
    def test_parts_by_get_and_by_post(
        self, registry: httpx.Client, release: str, query: str, posted: Json, expected: list[str], xml: bool
    ) -> None:
        got = registry.get(f"/fhir/{release}/{STUDY}/$everything?{query}")
        assert got.status_code == 200 and kinds_of(got.json()) == expected
        sent = post(registry, f"{STUDY}/$everything", parameters(**posted), release, xml)
        assert sent.json() == got.json()
        again = following(registry, sent.json())
        assert again == following(registry, got.json())

    def test_the_address_and_the_body_say_the_same(self, registry: httpx.Client, release: str) -> None:
        def asked(query: str) -> httpx.Response:
            return post(registry, f"{STUDY}/$everything?{query}", parameters(_count=2, _type=["Group"]), release)

        assert asked("_count=2&_type=").content == asked("_type=Group").content
        refusal(asked("_count=-1"), 400, "value", "_count is '-1' in the address and '2' in the body")
        refusal(asked("_type=Location"), 400, "value", "_type is 'Location' in the address")

    def test_an_empty_body(self, registry: httpx.Client, release: str) -> None:
        assert registry.post(f"/fhir/{release}/{STUDY}/$everything").json()["total"] == 9

    @pytest.mark.parametrize(
        ("path", "status", "code", "words"),
        [
            ("?_type=Nothing", 400, "value", "Nothing"),
            ("?_type=Group,Patient", 400, "value", "Patient"),
            ("?_since=yesterday", 400, "value", "yesterday"),
            ("?_since=2020&_since=2021", 400, "value", "2020,2021"),
            ("?_count=0", 400, "value", "'0'"),
            ("?_count=some", 400, "value", "some"),
            ("?_cursor=abc", 400, "value", "abc"),
            ("?start=2020", 400, "not-supported", "start"),
        ],
    )
    def test_what_is_refused(
        self, registry: httpx.Client, release: str, path: str, status: int, code: str, words: str
    ) -> None:
        refusal(registry.get(f"/fhir/{release}/{STUDY}/$everything{path}"), status, code, words)

    def test_a_cursor_is_of_one_question(self, registry: httpx.Client, release: str) -> None:
        page = registry.get(f"/fhir/{release}/{STUDY}/$everything?_count=2").json()
        place = httpx.URL(page["link"][-1]["url"])
        for change in ({"_type": "Group"}, {"_since": "2020"}):
            refusal(registry.get(place.copy_merge_params(change)), 400, "value", "_cursor")
        other = str(place).replace("NCT05398809", "NCT07153666")
        refusal(registry.get(other), 400, "value", "_cursor")

    def test_of_what_there_is_not(self, registry: httpx.Client, release: str) -> None:
        refusal(registry.get(f"/fhir/{release}/ResearchStudy/NCT00000000/$everything"), 404, "not-found", "NCT00000000")
        group = registry.get(f"/fhir/{release}/Group/NCT05398809-cohort-1/$everything")
        refusal(group, 404, "not-supported", "ResearchStudy")
        refusal(registry.get(f"/fhir/{release}/Patient/1/$everything"), 404, "not-supported", "Patient")

    @pytest.mark.parametrize(
        ("body", "code", "words"),
        [
            ([1], "structure", "JSON object"),
            ({"resourceType": "Group"}, "invalid", "Parameters"),
            ({"resourceType": "Parameters", "parameter": ["x"]}, "structure", "Parameters.parameter"),
            ({"resourceType": "Parameters", "parameter": {"name": "_type"}}, "structure", "Parameters.parameter"),
            ({"resourceType": "Parameters", "parameter": [{"name": "start", "valueDate": "2020"}]}, "value", "start"),
            ({"resourceType": "Parameters", "parameter": [{"name": "_type"}]}, "value", "_type"),
            (parameters(_type="Nothing"), "value", "Nothing"),
        ],
        ids=str,
    )
    def test_bodies_that_are_refused(
        self, registry: httpx.Client, release: str, body: Any, code: str, words: str
    ) -> None:
        refusal(post(registry, f"{STUDY}/$everything", body, release), 400, code, words)


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {node["reference"]} if isinstance(node.get("reference"), str) else set()
        return found.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("release", RELEASES)
class TestValidate:
    @pytest.mark.parametrize("kind", FHIR_TYPES)
    @pytest.mark.parametrize("xml", [False, True])
    def test_what_is_served_is_valid(self, registry: httpx.Client, release: str, kind: str, xml: bool) -> None:
        for entry in registry.get(f"/fhir/{release}/{kind}").json()["entry"]:
            document, place = entry["resource"], f"{kind}/{entry['resource']['id']}/$validate"
            for answer in (
                registry.get(f"/fhir/{release}/{place}"),
                registry.post(f"/fhir/{release}/{place}"),
                post(registry, place, document, release, xml),
                post(registry, f"{kind}/$validate", document, release, xml),
                post(registry, f"{kind}/$validate", parameters(resource=document, mode="create"), release, xml),
                post(registry, place, parameters(resource=document, mode="update"), release, xml),
                post(registry, place, parameters(mode="profile"), release, xml),
            ):
                assert answer.status_code == 200
                assert {issue["severity"] for issue in answer.json()["issue"]} <= {"information", "warning"}

    @pytest.mark.parametrize(
        ("change", "code", "words", "expression"),
        [
            ({"status": "running"}, "code-invalid", "running", "ResearchStudy.status"),
            ({"status": None}, "structure", "null", "ResearchStudy.status"),
            ({"titel": "x"}, "structure", "title", "ResearchStudy.titel"),
            ({"title": 7}, "structure", "7", "ResearchStudy.title"),
            ({"title": ""}, "value", "''", "ResearchStudy.title"),
            ({"identifier": {"value": "x"}}, "structure", "array", "ResearchStudy.identifier"),
            ({"site": [{"reference": "Group/1"}]}, "value", "Location", "ResearchStudy.site[0]"),
            ({"status": ..., "_status": ...}, "required", "status", "ResearchStudy.status"),
        ],
        ids=str,
    )
    def test_faults(
        self, registry: httpx.Client, release: str, change: Json, code: str, words: str, expression: str
    ) -> None:
        """They are told with status 200: the question was answered (and the answer is that it is not valid)."""
        document = registry.get(f"/fhir/{release}/{STUDY}").json() | change
        document = {name: value for name, value in document.items() if value is not ...}
        for path in ("ResearchStudy/$validate", f"{STUDY}/$validate"):
            for body in (document, parameters(resource=document)):
                answer = post(registry, path, body, release)
                assert answer.status_code == 200
                errors = [issue for issue in answer.json()["issue"] if issue["severity"] == "error"]
                assert [issue["code"] for issue in errors] == [code], errors
                assert words in errors[0]["diagnostics"] and errors[0]["expression"] == [expression]

    def test_another_id_is_a_fault(self, registry: httpx.Client, release: str) -> None:
        other = registry.get(f"/fhir/{release}/ResearchStudy/NCT07153666").json()
        [issue] = post(registry, f"{STUDY}/$validate", other, release).json()["issue"]
        assert issue["severity"] == "error" and issue["expression"] == ["ResearchStudy.id"]

    def test_nothing_can_be_deleted(self, registry: httpx.Client, release: str) -> None:
        answer = registry.get(f"/fhir/{release}/{STUDY}/$validate?mode=delete")
        assert answer.status_code == 200
        [issue] = answer.json()["issue"]
        assert (issue["severity"], issue["code"]) == ("error", "not-supported")

    @pytest.mark.parametrize("base", ["http://hl7.org/fhir/StructureDefinition/ResearchStudy"])
    def test_the_profile(self, registry: httpx.Client, release: str, base: str) -> None:
        for known in (base, f"{base}|5.0.0"):
            assert registry.get(f"/fhir/{release}/{STUDY}/$validate", params={"profile": known}).status_code == 200
        answer = registry.get(f"/fhir/{release}/{STUDY}/$validate?profile=http://elsewhere.example/x")
        refusal(answer, 400, "not-supported", "http://elsewhere.example/x")

    @pytest.mark.parametrize(
        ("path", "body", "status", "code", "words"),
        [
            ("ResearchStudy/$validate", b"", 400, "structure", "JSON"),
            ("ResearchStudy/$validate", b"{", 400, "structure", "JSON"),
            ("ResearchStudy/$validate", b"[]", 400, "structure", "JSON object"),
            ("ResearchStudy/$validate", b"{}", 400, "invalid", "posted to ResearchStudy"),
            ("ResearchStudy/$validate", b'{"resourceType":"Group"}', 400, "invalid", "Group"),
            ("ResearchStudy/$validate", b'{"resourceType":"Parameters"}', 400, "invalid", "ResearchStudy"),
            ("ResearchStudy/$validate", b'{"resourceType":"Parameters","parameter":7}', 400, "structure", "parameter"),
            ("ResearchStudy/$validate", b'{"resourceType":"Parameters","parameter":[{"name":"x"}]}', 400,
             "not-supported", "'x'"),
            ("ResearchStudy/$validate?mode=delete", b'{"resourceType":"ResearchStudy"}', 400, "invalid", "delete"),
            ("ResearchStudy/$validate?mode=guess", b'{"resourceType":"ResearchStudy"}', 400, "value", "guess"),
            ("ResearchStudy/$validate?strict=1", b'{"resourceType":"ResearchStudy"}', 400, "not-supported", "strict"),
            ("ResearchStudy/NCT00000000/$validate", b"", 404, "not-found", "NCT00000000"),
            ("Patient/$validate", b'{"resourceType":"Patient"}', 404, "not-supported", "Patient"),
            ("$validate", b'{"resourceType":"Group"}', 405, "not-supported", "POST"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_validated(
        self, registry: httpx.Client, release: str, path: str, body: bytes, status: int, code: str, words: str
    ) -> None:
        answer = registry.post(f"/fhir/{release}/{path}", content=body, headers=JSON_BODY)
        refusal(answer, status, code, words)

    def test_xml_that_is_none(self, registry: httpx.Client, release: str) -> None:
        for body in (b"<Group", b"<Group/>", b'<Group xmlns="http://hl7.org/fhir"><nme value="x"/></Group>'):
            answer = registry.post(f"/fhir/{release}/Group/$validate", content=body, headers=XML_BODY)
            refusal(answer, 400, "structure", "XML")


def test_too_long_a_body(registry: httpx.Client) -> None:
    body = b'{"resourceType":"Group","name":"%s"}' % (b"x" * 10_000_000)
    answer = registry.post("/fhir/r5/Group/$validate", content=body, headers=JSON_BODY)
    refusal(answer, 413, "too-long", "10,000,000")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", DEFINITION_TYPES)
def test_definitions(registry: httpx.Client, release: str, kind: str) -> None:
    place = f"/fhir/{release}/{kind}"
    bundle = registry.get(place).json()
    assert bundle["total"] == len(bundle["entry"]) > 0 and validate(release, bundle) == []
    for entry in bundle["entry"]:
        one = entry["resource"]
        assert validate(release, one) == [] and one["resourceType"] == kind
        read = registry.get(f"{place}/{one['id']}")
        assert read.json() == one and entry["fullUrl"].endswith(f"{place}/{one['id']}")
        for asked in (
            {"_id": one["id"]},
            {"url": one["url"]},
            {"name": one["name"]},
            {"name": one["name"].lower(), "url": f"http://elsewhere.example,{one['url']}"},
        ):
            found = registry.get(place, params=asked).json()
            assert one in [each["resource"] for each in found["entry"]]
            assert found["total"] == len(found["entry"]) == 1 or set(asked) == {"name"}
    for nothing in ({"_id": "nothing"}, {"url": "x"}, {"name": "\u2603"}, {"_id": one["id"], "url": "x"}):
        assert registry.get(place, params=nothing).json()["total"] == 0
    refusal(registry.get(f"{place}/nothing"), 404, "not-found", "nothing")
    refusal(registry.get(place, params={"title": "x"}), 400, "not-supported", "title")


@pytest.mark.parametrize("release", RELEASES)
def test_metadata_modes(registry: httpx.Client, release: str) -> None:
    full, normative, terminology = (
        registry.get(f"/fhir/{release}/metadata?mode={mode}").json() for mode in ("full", "normative", "terminology")
    )
    assert registry.get(f"/fhir/{release}/metadata").json() == full == normative
    assert (full["resourceType"], terminology["resourceType"]) == ("CapabilityStatement", "TerminologyCapabilities")
    assert validate(release, full) == validate(release, terminology) == []
    systems = {each["resource"]["url"] for each in registry.get(f"/fhir/{release}/CodeSystem").json()["entry"]}
    assert systems <= {each["uri"] for each in terminology["codeSystem"]}
    for each in full["rest"][0]["resource"]:
        assert registry.get(f"/fhir/{release}/{each['type']}").status_code == 200
        for operation in each.get("operation", []):
            if operation["definition"].startswith("https://trial-registry.example"):
                id = operation["definition"].rsplit("/", 1)[1]
                assert registry.get(f"/fhir/{release}/OperationDefinition/{id}").status_code == 200
    refusal(registry.get(f"/fhir/{release}/metadata?mode=some"), 400, "value", "some")
    refusal(registry.get(f"/fhir/{release}/metadata?modes=full"), 400, "not-supported", "modes")
