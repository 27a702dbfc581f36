"""Parts of resources: `_summary` and `_elements`, on search and read (https://hl7.org/fhir/R5/search.html#summary)."""

from typing import Any

import httpx
import pytest

from app.parameters.table import FHIR_TYPES
from tests.fhir.validation import validate

RELEASES = ("r4", "r5")
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
ALWAYS = {"resourceType", "id", "meta"}
# fmt: off
SUMMARY = {
    "r4": {
        "ResearchStudy": {"condition", "enrollment", "identifier", "keyword", "location", "phase",
                          "principalInvestigator", "site", "sponsor", "status", "title"},
        "Group": {"actual", "name", "type"},
        "EvidenceVariable": {"characteristic", "status", "title"},
        "Location": {"mode", "name"},
        "Organization": {"name"},
        "Practitioner": {"name"},
        "PractitionerRole": {"code", "organization", "practitioner"},
        "Provenance": {"recorded", "target"},
    },
    "r5": {
        "ResearchStudy": {"condition", "identifier", "keyword", "phase", "region", "site", "status", "title"},
        "Group": {"characteristic", "membership", "name", "type"},
        "EvidenceVariable": {"status", "title"},
        "Location": {"mode", "name"},
        "Organization": {"description", "name"},
        "Practitioner": {"name"},
        "PractitionerRole": {"code", "organization", "practitioner"},
        "Provenance": {"agent", "entity", "recorded", "target"},
    },
}
"""The elements marked as summary (isSummary), of those that the documents have. R5's `ResearchStudy.recruitment` and
`EvidenceVariable.characteristic` are marked, but of what the documents hold in them nothing is."""
MANDATORY = {
    "r4": {"ResearchStudy": {"status"}, "Organization": {"name"}, "Group": {"actual", "type"}, "EvidenceVariable":
           {"characteristic", "status"}, "Provenance": {"agent", "recorded", "target"}},
    "r5": {"ResearchStudy": {"status"}, "Organization": {"name"}, "Group": {"membership", "type"}, "EvidenceVariable":
           {"status"}, "Provenance": {"agent", "target"}},
}
"""An Organization needs a name or an identifier (org-1)."""
# fmt: on


def bundle_of(client: httpx.Client, path: str, **asked: str) -> dict[str, Any]:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def documents(client: httpx.Client, release: str, kind: str, **asked: str) -> dict[str, dict[str, Any]]:
    """Id -> what a search answers with; a read is asked the same and must answer the same."""
    found = {}
    for entry in bundle_of(client, f"/fhir/{release}/{kind}", **asked)["entry"]:
        one = found[entry["resource"]["id"]] = entry["resource"]
        assert bundle_of(client, f"/fhir/{release}/{kind}/{one['id']}", **asked) == one
        assert bundle_of(client, f"/fhir/{release}/{kind}/{one['id']}/_history/1", **asked) == one
    return found


def names(document: dict[str, Any]) -> set[str]:
    return {name.removeprefix("_") for name in document} - ALWAYS


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", FHIR_TYPES)
@pytest.mark.parametrize("mode", ["true", "text", "data", "false"])
def test_summary(registry: httpx.Client, release: str, kind: str, mode: str) -> None:
    whole = documents(registry, release, kind)
    mandatory = MANDATORY[release].get(kind, set())
    for id, part in documents(registry, release, kind, _summary=mode).items():
        expected = {
            "true": names(whole[id]) & (SUMMARY[release][kind] | mandatory),
            "text": names(whole[id]) & ({"text"} | mandatory),
            "data": names(whole[id]) - {"text"},
            "false": names(whole[id]),
        }[mode]
        assert names(part) == expected
        tags = whole[id]["meta"].get("tag", [])
        assert part["meta"].get("tag", []) == (tags if mode == "false" else [*tags, SUBSETTED])
        assert within(part, {**whole[id], "meta": {**whole[id]["meta"], "tag": [*tags, SUBSETTED]}})
        assert validate(release, part) == []


def within(part: Any, whole: Any) -> bool:
    """All of the part is in the whole: nothing is altered or made up."""
    if isinstance(part, dict):
        return all(name in whole and within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list):
        rest = iter(whole)
        return all(any(within(one, other) for other in rest) for one in part)
    return bool(part == whole)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", FHIR_TYPES)
def test_summary_count(registry: httpx.Client, release: str, kind: str) -> None:
    counted = bundle_of(registry, f"/fhir/{release}/{kind}", _summary="count")
    assert "entry" not in counted and [link["relation"] for link in counted["link"]] == ["self"]
    assert counted["total"] == bundle_of(registry, f"/fhir/{release}/{kind}")["total"] > 0
    assert "_summary=count" in counted["link"][0]["url"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("kind", FHIR_TYPES)
@pytest.mark.parametrize("elements", ["title,name", "description", "text,id", "meta", "nothing"])
def test_elements(registry: httpx.Client, release: str, kind: str, elements: str) -> None:
    whole = documents(registry, release, kind)
    asked = set(elements.split(",")) | MANDATORY[release].get(kind, set())
    for id, part in documents(registry, release, kind, _elements=elements).items():
        assert names(part) == names(whole[id]) & asked
        assert part["meta"]["tag"][-1] == SUBSETTED
        assert all(part[name] == whole[id][name] for name in part.keys() - {"meta"})
        assert validate(release, part) == []


def test_elements_of_a_named_type(registry: httpx.Client) -> None:
    for name in ("title", "ResearchStudy.title"):
        part = documents(registry, "r5", "ResearchStudy", _elements=name)["NCT05398809"]
        assert names(part) == {"title", "status"}


@pytest.mark.parametrize("release", RELEASES)
def test_included_resources_are_parts_too(registry: httpx.Client, release: str) -> None:
    bundle = bundle_of(registry, f"/fhir/{release}/ResearchStudy", _include="*", _revinclude="*", _summary="true")
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"] if entry["search"]["mode"] == "include"}
    assert kinds >= {"Location", "Provenance", "Organization"}
    assert all(entry["resource"]["meta"]["tag"][-1] == SUBSETTED for entry in bundle["entry"])
    assert not any("text" in entry["resource"] for entry in bundle["entry"])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("path", "parameter", "words"),
    [
        ("ResearchStudy?_summary=text&_include=ResearchStudy:site", "_summary", "_include"),
        ("ResearchStudy?_summary=text&_revinclude=Provenance:target", "_summary", "_revinclude"),
        ("ResearchStudy?_summary=brief", "_summary", "brief"),
        ("ResearchStudy?_summary=true&_summary=text", "_summary", "twice"),
        ("ResearchStudy?_summary=true&_elements=title", "_elements", "_summary"),
        ("ResearchStudy/NCT05398809?_summary=count", "_summary", "count"),
        ("ResearchStudy/NCT05398809?_summary=brief", "_summary", "brief"),
        ("ResearchStudy/NCT05398809?_summary=true&_summary=text", "_summary", "twice"),
        ("ResearchStudy/NCT05398809?_summary=true&_elements=title", "_elements", "_summary"),
        ("ResearchStudy/NCT05398809/_history/1?_elements=a$b", "_elements", "a$b"),
        ("ResearchStudy?_elements=a$b", "_elements", "a$b"),
    ],
)
def test_what_is_refused(registry: httpx.Client, release: str, path: str, parameter: str, words: str) -> None:
    answer = registry.get(f"/fhir/{release}/{path}")
    assert answer.status_code == 400, answer.text
    [issue] = answer.json()["issue"]
    assert issue["expression"] == [f"http.{parameter}"] and words in issue["diagnostics"]


def test_an_etag_tells_a_part_from_the_whole(registry: httpx.Client) -> None:
    """A cache may not answer for one with the other: their addresses differ, and the version is the same."""
    place = "/fhir/r5/ResearchStudy/NCT05398809"
    whole, part = registry.get(place), registry.get(f"{place}?_summary=true")
    assert whole.headers["etag"] == part.headers["etag"] == 'W/"1"'
    assert len(part.content) < len(whole.content)
