"""How FHIR answers leave: JSON and XML, as they are asked for; compression, CORS, request ids; HEAD."""

import gzip
import json
import re
from collections import defaultdict
from typing import Any
from xml.etree import ElementTree

import brotli
import httpx
import pytest
import zstandard

from app.fhir.conformance import DEFINITION_TYPES
from app.parameters.table import FHIR_TYPES

RELEASES = ("r4", "r5")
STUDY = "ResearchStudy/NCT05398809"
FHIR = "{http://hl7.org/fhir}"
XHTML = "{http://www.w3.org/1999/xhtml}"
JSON_TYPE = "application/fhir+json; charset=utf-8"
XML_TYPE = "application/fhir+xml; charset=utf-8"
EVERY_KIND = (
    "",
    "metadata",
    "metadata?mode=terminology",
    "ResearchStudy",
    "ResearchStudy?_count=0",
    "ResearchStudy?_include=*&_sort=-_id",
    "_history",
    "ResearchStudy/_history",
    STUDY,
    f"{STUDY}/_history",
    f"{STUDY}/_history/1",
    f"{STUDY}/$validate",
    f"{STUDY}/$everything",
    "SearchParameter",
    "CodeSystem/condition",
)
"""An address of each kind."""


# what is said in XML and what is said in JSON, each as path -> its values in order (https://hl7.org/fhir/R5/xml.html)
Said = dict[str, list[str]]


def said_in_json(body: bytes) -> Said:
    found: Said = defaultdict(list)

    def walk(value: Any, path: str) -> None:
        if isinstance(value, list):
            for one in value:
                walk(one, path)
        elif isinstance(value, dict):
            where = f"{path}/{value['resourceType']}" if "resourceType" in value else path
            for name, one in value.items():
                if name == "div":
                    found[f"{where}/div"].append(plain(ElementTree.fromstring(one)))
                elif name != "resourceType":
                    walk(one, f"{where}/{name.removeprefix('_')}")
        elif value is not None:
            found[path].append({True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value)

    walk(json.loads(body, parse_float=str, parse_int=str), "")
    return found


def said_in_xml(body: bytes) -> Said:
    found: Said = defaultdict(list)

    def walk(node: ElementTree.Element, path: str) -> None:
        for name, value in node.attrib.items():
            found[path if name == "value" else f"{path}/{name}"].append(value)
        for child in node:
            if child.tag.startswith(XHTML):
                found[f"{path}/div"].append(plain(child))
            else:
                assert child.tag.startswith(FHIR), child.tag
                walk(child, f"{path}/{child.tag.removeprefix(FHIR)}")

    root = ElementTree.fromstring(body)
    walk(root, f"/{root.tag.removeprefix(FHIR)}")
    return found


def plain(div: ElementTree.Element) -> str:
    return ElementTree.tostring(div, encoding="unicode").strip()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", [*EVERY_KIND, *FHIR_TYPES, *DEFINITION_TYPES])
def test_xml_says_what_json_says(registry: httpx.Client, release: str, path: str) -> None:
    in_json = registry.get(f"/fhir/{release}/{path}")
    in_xml = registry.get(f"/fhir/{release}/{path}", headers={"Accept": "application/fhir+xml"})
    assert (in_json.status_code, in_json.headers["content-type"]) == (200, JSON_TYPE)
    assert (in_xml.status_code, in_xml.headers["content-type"]) == (200, XML_TYPE)
    assert in_xml.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert said_in_xml(in_xml.content) == said_in_json(in_json.content)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", FHIR_TYPES)
def test_xml_is_read_as_it_is_written(registry: httpx.Client, release: str, kind: str) -> None:
    """Each resource, sent back in XML, is what it is in JSON: `$validate` compares nothing but finds no fault."""
    for entry in registry.get(f"/fhir/{release}/{kind}").json()["entry"]:
        place = f"/fhir/{release}/{kind}/{entry['resource']['id']}"
        xml = registry.get(place, params={"_format": "xml"}).content
        checked = registry.post(f"{place}/$validate", content=xml, headers={"Content-Type": "application/fhir+xml"})
        assert [each["severity"] for each in checked.json()["issue"] if each["severity"] != "warning"] in (
            [],
            ["information"],
        ), checked.text


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("", None, JSON_TYPE),
        ("", "", JSON_TYPE),
        ("", "*/*", JSON_TYPE),
        ("", "application/json", JSON_TYPE),
        ("", "text/json", JSON_TYPE),
        ("", "application/fhir+xml", XML_TYPE),
        ("", "application/xml", XML_TYPE),
        ("", "text/xml", XML_TYPE),
        ("", "APPLICATION/FHIR+XML", XML_TYPE),
        ("", "application/fhir+xml;q=0.5, application/fhir+json;q=0.4", XML_TYPE),
        ("", "application/fhir+xml;q=0.4, application/fhir+json;q=0.5", JSON_TYPE),
        ("", "application/fhir+xml, application/fhir+json", XML_TYPE),
        ("", "text/turtle, application/fhir+xml;q=0.1", XML_TYPE),
        ("", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XML_TYPE),
        ("", "application/fhir+json;q=0, */*;q=0.1", XML_TYPE),
        ("", "application/fhir+xml;q=0, */*", JSON_TYPE),
        ("", "application/fhir+xml; fhirVersion=5.0", XML_TYPE),
        ("", 'application/fhir+xml; fhirVersion="5.0"', XML_TYPE),
        ("", "application/fhir+xml; fhirVersion=4.0, application/fhir+json; q=0.1", JSON_TYPE),
        ("_format=json", "application/fhir+xml", JSON_TYPE),
        ("_format=xml", None, XML_TYPE),
        ("_format=xml", "text/turtle", XML_TYPE),
        ("_format=application/fhir%2Bxml", None, XML_TYPE),
        ("_format=application/fhir+xml", None, XML_TYPE),
        ("_format=text/xml", None, XML_TYPE),
        ("_format=application/json;fhirVersion=5.0", "application/fhir+xml", JSON_TYPE),
    ],
)
def test_the_format_asked_for(registry: httpx.Client, query: str, accept: str | None, expected: str) -> None:
    for path in (STUDY, "ResearchStudy", "metadata", "ResearchStudy/nothing", "Nothing", f"{STUDY}/no/such/place"):
        request = registry.build_request("GET", f"/fhir/r5/{path}?{query}")
        del request.headers["accept"]
        if accept is not None:
            request.headers["accept"] = accept
        answer = registry.send(request)
        assert answer.headers["content-type"] == expected, path
        if expected == XML_TYPE:
            name = "OperationOutcome" if answer.is_error else "\\w+"
            assert re.fullmatch(rf"{{http://hl7.org/fhir}}{name}", ElementTree.fromstring(answer.content).tag)
        else:
            assert answer.json()["resourceType"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("query", "accept", "words"),
    [
        ("", "text/turtle", "text/turtle"),
        ("", "application/fhir+json;q=0", "q=0"),
        ("", "application/fhir+json;q=0, application/fhir+xml;q=0, */*", "q=0"),
        ("", "application/fhir+json;q=2", "q=2"),
        ("", "application/fhir+json; fhirVersion=3.0", "'3.0'"),
        ("", "application/fhir+xml; fhirVersion=3.0, application/json; fhirVersion=1.0", "'3.0'"),
        ("_format=turtle", "*/*", "turtle"),
        ("_format=", "*/*", "_format"),
        ("_format=*/*", "*/*", "*/*"),
        ("_format=json;fhirVersion=3.0", "*/*", "'3.0'"),
    ],
)
def test_not_acceptable(registry: httpx.Client, release: str, query: str, accept: str, words: str) -> None:
    for path in (STUDY, "ResearchStudy", "metadata", "_history", "CodeSystem"):
        answer = registry.get(f"/fhir/{release}/{path}?{query}", headers={"Accept": accept})
        assert answer.status_code == 406 and answer.headers["content-type"] == JSON_TYPE
        [issue] = answer.json()["issue"]
        assert issue["code"] == "not-supported" and words in issue["diagnostics"]
        assert issue["expression"] == ["http._format" if query else "http.Accept"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/fhir+json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/fhir+json; fhirVersion=5.0", 200),
        ("application/fhir+json; fhirVersion=4.0", 415),
        ("text/turtle", 415),
        ("application/x-www-form-urlencoded", 415),
        ("json", 415),
        ("*/*", 415),
    ],
)
def test_the_body_s_type(registry: httpx.Client, kind: str, status: int) -> None:
    batch = b'{"resourceType":"Bundle","type":"batch"}'
    study = registry.get(f"/fhir/r5/{STUDY}").content
    for path, body in (("", batch), ("ResearchStudy/$validate", study), (f"{STUDY}/$validate", study)):
        answer = registry.post(f"/fhir/r5/{path}", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, path
        if status == 415:
            assert answer.json()["issue"][0]["expression"] == ["http.Content-Type"]
    searched = registry.post("/fhir/r5/Group/_search", content=b"_count=1", headers={"Content-Type": kind})
    assert searched.status_code == (200 if "form" in kind else 415)


def test_the_format_of_a_posted_search(registry: httpx.Client) -> None:
    for place, data in (("?_format=xml", {}), ("", {"_format": "xml"}), ("?_format=json", {"_format": "xml"})):
        answer = registry.post(f"/fhir/r4/Group/_search{place}", data={"_count": "1", **data})
        assert answer.headers["content-type"] == XML_TYPE, (place, data)
    refused = registry.post("/fhir/r4/Group/_search", data={"_format": "turtle"})
    assert refused.status_code == 406 and "turtle" in refused.text


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", EVERY_KIND)
def test_pretty(registry: httpx.Client, release: str, path: str) -> None:
    joined = "&" if "?" in path else "?"
    plain, pretty = (registry.get(f"/fhir/{release}/{path}{joined}_pretty={value}") for value in ("false", "true"))
    assert plain.json() == pretty.json() and b"\n" not in plain.content
    assert pretty.content.startswith(b'{\n  "resourceType"')
    xml = registry.get(f"/fhir/{release}/{path}{joined}_pretty=true&_format=xml")
    assert said_in_xml(xml.content) == said_in_json(plain.content)
    assert registry.get(f"/fhir/{release}/{path}{joined}_pretty=yes").status_code == 400


DECODERS = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def raw(client: httpx.Client, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """The answer and its body as it came."""
    with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.fixture(scope="module")
def bare(registry: httpx.Client) -> Any:
    """A client that looks into no answer, so that its raw bytes are there to be read."""
    with httpx.Client(base_url=registry.base_url, timeout=30) as client:
        yield client


@pytest.mark.parametrize("coding", DECODERS)
@pytest.mark.parametrize("path", ["ResearchStudy", STUDY, "metadata", f"{STUDY}?_format=xml", "SearchParameter"])
def test_compression(bare: httpx.Client, path: str, coding: str) -> None:
    plain, body = raw(bare, f"/fhir/r5/{path}", **{"Accept-Encoding": "identity"})
    packed, small = raw(bare, f"/fhir/r5/{path}", **{"Accept-Encoding": coding})
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == coding
    assert len(small) < len(body) / 2 and DECODERS[coding](small) == body
    assert packed.headers["content-length"] == str(len(small))
    # weak, so it may name both (RFC 9110, 8.8.1)
    assert packed.headers["etag"] == plain.headers["etag"] and plain.headers["etag"].startswith('W/"')
    for answer in (plain, packed):
        assert {"accept", "accept-encoding"} <= {each.strip().lower() for each in answer.headers["vary"].split(",")}


def test_what_is_not_compressed(bare: httpx.Client) -> None:
    for path, coding in (
        ("/fhir/r5/ResearchStudy/nothing", "gzip"),
        ("/fhir/r5/ResearchStudy?_count=0", "br"),
        (f"/fhir/r5/{STUDY}", "identity"),
        (f"/fhir/r5/{STUDY}", "compress"),
        (f"/fhir/r5/{STUDY}", "gzip;q=0"),
    ):
        answer, body = raw(bare, path, **{"Accept-Encoding": coding})
        assert "content-encoding" not in answer.headers, (path, coding)
        assert json.loads(body)["resourceType"]


@pytest.mark.parametrize("path", [*EVERY_KIND])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_not_modified(bare: httpx.Client, path: str, coding: str) -> None:
    first, _ = raw(bare, f"/fhir/r4/{path}", **{"Accept-Encoding": coding})
    again, body = raw(bare, f"/fhir/r4/{path}", **{"Accept-Encoding": coding, "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and body == b""
    assert "content-encoding" not in again.headers and "content-type" not in again.headers
    for name in ("etag", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert "accept-encoding" in again.headers["vary"].lower()


def test_an_etag_is_of_one_format(registry: httpx.Client) -> None:
    """A search's validator, which is its own digest; a resource's is its version, whatever the format."""
    made = [registry.get("/fhir/r5/Group", params={"_format": name}).headers["etag"] for name in ("json", "xml")]
    assert made[0] != made[1]


@pytest.mark.parametrize("path", ["/fhir/r5/Group", "/fhir/r5/metadata", "/fhir/r5/", "/fhir/r5/Group/_search"])
def test_cors(registry: httpx.Client, path: str) -> None:
    origin = {"Origin": "https://portal.example"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "prefer,if-none-match"}
    preflight = registry.options(path, headers=origin | asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert {"GET", "HEAD", "POST"} <= set(preflight.headers["access-control-allow-methods"].split(", "))
    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert "prefer" in allowed and "if-none-match" in allowed
    assert int(preflight.headers["access-control-max-age"]) > 0
    for answer in (registry.get(path, headers=origin), registry.get("/fhir/r5/Nothing", headers=origin)):
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"ETag", "Last-Modified", "Location", "Content-Location", "X-Request-Id"} <= exposed
    assert "access-control-allow-origin" not in registry.get(path).headers
    assert registry.options(path, headers=origin | {"Access-Control-Request-Method": "PUT"}).status_code == 400


def test_request_ids(registry: httpx.Client) -> None:
    for path in ("/fhir/r5/Group", "/fhir/r5/Nothing", "/fhir/r5/ResearchStudy/nothing", "/api/v1/trials", "/healthz"):
        assert registry.get(path, headers={"X-Request-Id": "a.b:c-1_2"}).headers["x-request-id"] == "a.b:c-1_2"
        made = {registry.get(path, headers={"X-Request-Id": id}).headers["x-request-id"] for id in ("a b", "<x>", "")}
        assert len(made) == 3 and all(re.fullmatch(r"[0-9a-f]{16}", id) for id in made)
    assert registry.get("/fhir/r5/Group").headers["x-request-id"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "path", [*EVERY_KIND, "Nothing", "ResearchStudy/nothing", "ResearchStudy?conditon=x", "a/b/c/d"]
)
def test_head(registry: httpx.Client, release: str, path: str) -> None:
    get = registry.get(f"/fhir/{release}/{path}")
    head = registry.head(f"/fhir/{release}/{path}")
    assert head.status_code == get.status_code and head.content == b""
    changing = ("date", "x-request-id")
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in get.headers.items() if k not in changing
    }


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    "path", ["ResearchStudy/a%01b", "ResearchStudy?a%1Bb=1", "Not%7Fhing", "ResearchStudy?_sort=%02"]
)
def test_errors_show_no_control_characters(registry: httpx.Client, release: str, path: str) -> None:
    """An error quotes what was sent, and neither a FHIR string nor XML may have them."""
    joined = "&" if "?" in path else "?"
    told = registry.get(f"/fhir/{release}/{path}")
    assert told.status_code in (400, 404) and "\ufffd" in told.json()["issue"][0]["diagnostics"]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", told.json()["issue"][0]["diagnostics"])
    xml = registry.get(f"/fhir/{release}/{path}{joined}_format=xml")
    assert said_in_xml(xml.content) == said_in_json(told.content)
