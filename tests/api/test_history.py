"""History of a resource, a type and all, over a registry with a past: `_since`, `_at`, pages, deletions
(https://hl7.org/fhir/R5/http.html#history).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
import orjson
import pytest

from app.generate import studies
from app.parameters.table import FHIR_TYPES
from tests.fhir.validation import validate
from tests.servers import Databases, Server, trials

RELEASES = ("r4", "r5")
Json = dict[str, Any]


class Past(NamedTuple):
    """A registry that was loaded three times: studies, the same changed, and all but the last of them."""

    client: httpx.Client
    instants: list[str]
    """When, the first load first."""
    kept: str
    gone: str


def state(count: int, seed: int) -> list[Json]:
    """Studies whose places never change, and of which all have those of the first."""
    made, before = list(studies(count, seed)), list(studies(count, 1))
    places = [one["protocolSection"].get("contactsLocationsModule", {}).get("locations", [])[:4] for one in before]
    shared = next(some for some in places if some)
    for one, own in zip(made, places, strict=True):
        one["protocolSection"].setdefault("contactsLocationsModule", {})["locations"] = [*shared, *own]
    return made


@pytest.fixture(scope="module")
def past(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    url, file = databases.new(), tmp_path_factory.mktemp("past") / "studies.ndjson"
    for count, seed, more in ((4, 1, ()), (4, 2, ()), (3, 2, ("--complete", "ctgov"))):
        file.write_bytes(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in state(count, seed)))
        done = trials(url, "load", *more, file)
        assert done.returncode == 0, done.stdout + done.stderr
    ids = re.findall(r"(NCT\d{8}): (?:unchanged|removed)", done.stdout)
    with Server(url) as client:
        versions = client.get("/fhir/r5/ResearchStudy/_history?_count=100").json()["entry"]
        instants = sorted({entry["response"]["lastModified"] for entry in versions})
        deleted = [entry["fullUrl"].rsplit("/", 1)[1] for entry in versions if "resource" not in entry]
        assert len(instants) == 3 and len(deleted) == 1 and len(versions) == 9, ids
        kept = next(e["resource"]["id"] for e in versions if "resource" in e and e["resource"]["id"] not in deleted)
        yield Past(client, instants, kept, deleted[0])


def history(past: Past, path: str, **asked: str) -> list[Json]:
    answer = past.client.get(path, params={"_count": "1000", **asked})
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    assert bundle["type"] == "history" and not any(link["relation"] == "next" for link in bundle["link"])
    found: list[Json] = bundle.get("entry", [])
    return found


def told(entries: list[Json]) -> list[tuple[str, str]]:
    """Method and version of each."""
    return [(entry["request"]["method"], entry["response"]["etag"]) for entry in entries]


def moved(instant: str, **by: int) -> str:
    made = datetime.fromisoformat(instant) + timedelta(**by)
    return made.isoformat(timespec="microseconds").replace("+00:00", "Z")


@pytest.mark.parametrize("release", RELEASES)
class TestHistory:
    def test_of_a_resource(self, past: Past, release: str) -> None:
        place = f"/fhir/{release}/ResearchStudy"
        assert told(history(past, f"{place}/{past.kept}/_history")) == [("PUT", 'W/"2"'), ("POST", 'W/"1"')]
        entries = history(past, f"{place}/{past.gone}/_history")
        assert told(entries) == [("DELETE", 'W/"3"'), ("PUT", 'W/"2"'), ("POST", 'W/"1"')]
        assert [entry["response"]["status"] for entry in entries] == ["204", "200", "201"]
        assert [entry["response"]["lastModified"] for entry in entries] == past.instants[::-1]
        for entry in entries[1:]:
            version = entry["resource"]["meta"]["versionId"]
            assert past.client.get(f"{place}/{past.gone}/_history/{version}").json() == entry["resource"]
            assert entry["resource"]["meta"]["lastUpdated"] == entry["response"]["lastModified"]
        assert "resource" not in entries[0] and entries[0]["request"]["url"] == f"ResearchStudy/{past.gone}"
        for path in (past.gone, f"{past.gone}/_history/3", f"{past.gone}/$everything", f"{past.gone}/$validate"):
            answer = past.client.get(f"{place}/{path}")
            assert answer.status_code == 410 and answer.json()["issue"][0]["code"] == "deleted", path

    @pytest.mark.parametrize("path", ["_history", "ResearchStudy/_history", "Group/_history", "Location/_history"])
    def test_of_many(self, past: Past, release: str, path: str) -> None:
        """Newest first, and every version there is."""
        answer = past.client.get(f"/fhir/{release}/{path}?_count=1000").json()
        assert validate(release, answer) == []
        when = [entry["response"]["lastModified"] for entry in answer["entry"]]
        assert when == sorted(when, reverse=True)
        kinds = {entry["fullUrl"].split("/")[-2] for entry in answer["entry"]}
        assert kinds == (set(FHIR_TYPES) if path == "_history" else {path.split("/")[0]})
        one_by_one = [
            (entry["fullUrl"], entry["response"]["etag"])
            for kind in kinds
            for entry in history(past, f"/fhir/{release}/{kind}/_history")
        ]
        assert sorted(one_by_one) == sorted((e["fullUrl"], e["response"]["etag"]) for e in answer["entry"])

    @pytest.mark.parametrize("path", ["_history", "ResearchStudy/_history", "ResearchStudy/{gone}/_history"])
    @pytest.mark.parametrize("size", [1, 2, 7, 100])
    def test_pages(self, past: Past, release: str, path: str, size: int) -> None:
        place = f"/fhir/{release}/{path.format(gone=past.gone)}"
        # all of a whole registry, one by one, is long: the versions of the last two loads will do
        asked = {"_since": past.instants[1]} if path == "_history" and size < 7 else {}
        whole = history(past, place, **asked)
        page = past.client.get(place, params={**asked, "_count": str(size)}).json()
        found: list[Json] = []
        while True:
            assert len(page["entry"]) <= size
            found += page["entry"]
            links = {link["relation"]: link["url"] for link in page["link"]}
            assert past.client.get(links["self"]).json() == page
            assert past.client.get(links["first"]).json()["entry"] == whole[:size]
            if "next" not in links or (len(found) >= 60 and size < 100):
                break
            page = past.client.get(links["next"]).json()
        assert found == whole[: len(found)] and (len(found) == len(whole) or len(found) >= 60)

    def test_since(self, past: Past, release: str) -> None:
        place = f"/fhir/{release}/ResearchStudy/{past.gone}/_history"
        first, second, third = past.instants
        for since, expected in (
            (first, 3),
            (moved(first, microseconds=1), 2),
            (second, 2),
            (third, 1),
            (moved(third, microseconds=1), 0),
            ("2020", 3),
            ("2100-01", 0),
            (second.replace("Z", "%2B00:00"), 2),
        ):
            assert len(past.client.get(f"{place}?_since={since}").json().get("entry", [])) == expected, since
        assert len(history(past, f"/fhir/{release}/ResearchStudy/_history", _since=second)) == 5
        everything = history(past, f"/fhir/{release}/_history", _since=third)
        assert {entry["request"]["method"] for entry in everything} == {"DELETE"}

    def test_at(self, past: Past, release: str) -> None:
        """The versions that were current at some time in the period."""
        place = f"/fhir/{release}/ResearchStudy/{past.gone}/_history"
        first, second, third = past.instants
        for at, expected in (
            (moved(first, seconds=-1), []),
            (first, ['W/"1"']),
            (moved(second, microseconds=-1), ['W/"1"']),
            (second, ['W/"2"']),
            (moved(third, microseconds=-1), ['W/"2"']),
            (third, ['W/"3"']),
            ("2100", ['W/"3"']),
            ("2020", []),
            (first[:4], ['W/"3"', 'W/"2"', 'W/"1"']),
        ):
            assert [etag for _, etag in told(history(past, place, _at=at))] == expected, at
        then = history(past, f"/fhir/{release}/ResearchStudy/_history", _at=first)
        assert told(then) == [("POST", 'W/"1"')] * 4
        now = history(past, f"/fhir/{release}/_history", _at="2100")
        assert len({entry["fullUrl"] for entry in now}) == len(now)
        both = history(past, place, _at=first[:4], _since=second)
        assert [etag for _, etag in told(both)] == ['W/"3"', 'W/"2"']

    @pytest.mark.parametrize("path", ["_history", "ResearchStudy/_history", "ResearchStudy/{kept}/_history"])
    @pytest.mark.parametrize(
        ("query", "name", "words"),
        [
            ("_since=yesterday", "_since", "yesterday"),
            ("_since=", "_since", ""),
            ("_at=2026-13", "_at", "2026-13"),
            ("_count=-1", "_count", "-1"),
            ("_count=x", "_count", "'x'"),
            ("_cursor=abc", "_cursor", "abc"),
            ("_sort=title", "_sort", "title"),
            ("_list=x", "_list", "_list"),
            ("title=x", "title", "title"),
        ],
    )
    def test_what_is_refused(self, past: Past, release: str, path: str, query: str, name: str, words: str) -> None:
        answer = past.client.get(f"/fhir/{release}/{path.format(kept=past.kept)}?{query}")
        assert answer.status_code == 400
        [issue] = answer.json()["issue"]
        assert issue["expression"] == [f"http.{name}"] and words in issue["diagnostics"]

    def test_a_cursor_is_of_one_question(self, past: Past, release: str) -> None:
        page = past.client.get(f"/fhir/{release}/ResearchStudy/_history?_count=2").json()
        place = httpx.URL(next(link["url"] for link in page["link"] if link["relation"] == "next"))
        for change in ({"_since": "2020"}, {"_at": "2026"}):
            assert past.client.get(place.copy_merge_params(change)).status_code == 400
        for other in ("Group/_history", "_history", f"ResearchStudy/{past.kept}/_history"):
            asked = past.client.get(f"/fhir/{release}/{other}", params=place.params)
            assert asked.status_code == 400 and "_cursor" in asked.text

    def test_of_what_there_is_not(self, past: Past, release: str) -> None:
        for path in ("ResearchStudy/NCT00000000/_history", "Patient/_history", "Patient/1/_history"):
            assert past.client.get(f"/fhir/{release}/{path}").status_code == 404


@pytest.mark.parametrize("release", RELEASES)
def test_everything_of_studies_that_share(past: Past, release: str) -> None:
    """Facilities that an earlier study brought do not come before the study, and pages show each once."""
    studies = past.client.get(f"/fhir/{release}/ResearchStudy").json()["entry"]
    assert len(studies) == 3
    changes = []
    for entry in studies:
        place = f"/fhir/{release}/ResearchStudy/{entry['resource']['id']}/$everything"
        whole = past.client.get(f"{place}?_count=1000").json()
        assert whole["entry"][0]["resource"] == entry["resource"] and len(whole["entry"]) == whole["total"]
        assert len({each["fullUrl"] for each in whole["entry"]}) == whole["total"]
        urls = [each["fullUrl"] for each in whole["entry"]]
        for size in (1, 50):
            page, found = past.client.get(f"{place}?_count={size}").json(), []
            while True:
                found += [each["fullUrl"] for each in page["entry"]]
                following = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
                if not following or (size == 1 and len(found) > 5):
                    break
                page = past.client.get(following).json()
            assert found == (urls if size == 50 else urls[: len(found)])
        changed = past.client.get(f"{place}?_count=1000&_since={past.instants[1]}").json()
        changes.append((changed["total"], whole["total"]))
        assert changed["entry"][0]["resource"] == entry["resource"]
    assert all(0 < few <= all_ for few, all_ in changes) and any(few < all_ for few, all_ in changes)
