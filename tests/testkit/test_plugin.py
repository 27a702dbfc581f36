"""The pytest plugin as a project under test uses it: what its servers answer, what goes wrong on request."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers import CLINCONNECT, TRIALX, trials
from tests.sources.ctgov.study import study

STUDIES = "/fhir/r5/ResearchStudy"
BOTH = ["NCT05398809", "NCT07153666"]
Make = Callable[..., Any]


def ids(client: httpx.Client) -> list[str]:
    return [item["id"] for item in client.get("/api/v1/trials?sort=id").json()["items"]]


def test_it_answers_with_both_documents_as_of_the_clock(trial_registry: Any) -> None:
    assert ids(trial_registry.client) == BOTH
    read = httpx.get(f"{trial_registry.url}{STUDIES}/{BOTH[0]}").json()
    assert read["meta"]["lastUpdated"] == "2026-01-31T00:00:00.000000Z"


@pytest.mark.parametrize("spoil", ["delete", "change", "fail_next"])
def test_each_test_finds_it_as_it_was(trial_registry: Any, spoil: str) -> None:
    """Whatever the test before did to it."""
    assert ids(trial_registry.client) == BOTH
    assert trial_registry.client.get(f"/api/v1/trials/{BOTH[0]}").json()["version"] == 1
    assert not trial_registry.changed()
    getattr(trial_registry, spoil)({"fail_next": "/*"}.get(spoil, BOTH[0]))
    assert trial_registry.changed() == (spoil != "fail_next")


def test_other_data_and_another_clock(make_trial_registry: Make) -> None:
    own = study()
    made = make_trial_registry(load=[TRIALX, own], clock="2031-05-01T12:00:00+02:00")
    known = sorted([own["protocolSection"]["identificationModule"]["nctId"], BOTH[1]])
    assert ids(made.client) == known
    [run] = made.client.get("/api/v1/runs").json()["items"]
    assert run["started"] == run["finished"] == "2031-05-01T10:00:00.000000Z"
    assert run["origin"] == f"{TRIALX.name} study-2.json"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"load": ["missing.txt"]}, "missing.txt' to load: expected a file or a folder"),
        ({"load": [{"protocolSection": {}}]}, "study-1.json: line 1: "),
        ({"load": []}, "load is empty"),
        ({"load": "seeds"}, "load is 'seeds': expected a list, [str]"),
        ({"clock": ""}, "the clock is '': expected an instant"),
        ({"clock": "yesterday"}, "the clock is 'yesterday': expected an instant"),
        ({"clock": "2026-01-31T00:00:00"}, "expected an instant"),
        ({"clock": "9999-12-31T23:59:59Z"}, "expected an instant"),
        ({"database": "mysql://x/y"}, "expected sqlite:///FILE or postgresql"),
    ],
    ids=str,
)
def test_what_cannot_be_served_is_told(make_trial_registry: Make, given: dict[str, Any], words: str) -> None:
    with pytest.raises((RuntimeError, ValueError)) as told:
        make_trial_registry(**given)
    assert words in str(told.value)


def test_a_folder_without_documents_is_told(make_trial_registry: Make, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="is empty: expected documents in it"):
        make_trial_registry(load=[tmp_path])


def test_a_database_that_holds_something_is_not_pinned(make_trial_registry: Make, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/own.db"
    assert trials(url, "load", CLINCONNECT).returncode == 0
    with pytest.raises(RuntimeError, match="pinned mode needs an empty one"):
        make_trial_registry(database=url)


@pytest.mark.parametrize(
    "arguments", [("--clock", "2026-01-31T00:00:00Z"), ("--load", str(TRIALX)), ("--until-closed",)], ids=str
)
def test_options_of_pinned_servers_alone(url: str, arguments: tuple[str, ...]) -> None:
    result = trials(url, "serve", *arguments)
    assert result.returncode == 1 and "expected --pinned too" in result.stderr


def test_faults_exist_in_pinned_mode_only(registry: httpx.Client) -> None:
    for path in ("/pinned", "/pinned/faults", "/pinned/edits"):
        assert registry.get(path).status_code == registry.post(path, json={}).status_code == 404


@pytest.mark.parametrize("path", [STUDIES, "/api/v1/trials", "/metadata"])
def test_errors(trial_registry: Any, path: str) -> None:
    client = trial_registry.client
    before = client.get(path)
    trial_registry.fail_next(path, 429, retry_after=2)
    trial_registry.fail_next(path, times=2)
    answers = [client.get(path) for _ in range(4)]
    assert [one.status_code for one in answers] == [429, 503, 503, before.status_code]
    assert answers[0].headers["Retry-After"] == "2" and "Retry-After" not in answers[1].headers
    assert answers[0].headers["X-Request-Id"]
    assert answers[3].content == before.content
    if path.startswith("/fhir"):
        assert [one.json()["issue"][0]["code"] for one in answers[:2]] == ["throttled", "transient"]
    else:
        assert [one.json()["status"] for one in answers[:3]] == [429, 503, 503]


def test_faults_befall_what_they_name(trial_registry: Any) -> None:
    client = trial_registry.client
    trial_registry.fail_next("/fhir/*/ResearchStudy", skip=1)
    trial_registry.fail_next(STUDIES, 500, method="POST")
    asked = [("GET", STUDIES), ("GET", f"{STUDIES}/{BOTH[0]}"), ("GET", "/fhir/r4/ResearchStudy"), ("GET", STUDIES)]
    assert [client.request(*one).status_code for one in asked] == [200, 200, 503, 200]
    assert client.post(STUDIES, json={}).status_code == 500
    trial_registry.fail_next("/*", times=9)
    trial_registry.clear()
    assert client.get(STUDIES).status_code == 200


def test_slow(trial_registry: Any) -> None:
    trial_registry.slow_next(STUDIES, 0.5)
    with pytest.raises(httpx.ReadTimeout):
        trial_registry.client.get(STUDIES, timeout=0.2)
    trial_registry.slow_next(STUDIES, 0.3)
    began = time.monotonic()
    assert trial_registry.client.get(STUDIES).status_code == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
@pytest.mark.parametrize("path", [STUDIES, f"{STUDIES}/{BOTH[0]}", "/api/v1/criteria"])
def test_cut_off(trial_registry: Any, path: str, accepted: str) -> None:
    headers = {"Accept-Encoding": accepted}
    whole = trial_registry.client.get(path, headers=headers).content
    trial_registry.cut_next(path)
    with pytest.raises(httpx.RemoteProtocolError), trial_registry.client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        seen = b""
        for part in answer.iter_raw():
            seen += part
            assert seen
    assert trial_registry.client.get(path, headers=headers).content == whole


def test_what_is_cut_off_has_a_body(trial_registry: Any) -> None:
    """HEAD is passed by, and a conditional request is answered whole."""
    path, client = f"{STUDIES}/{BOTH[0]}", trial_registry.client
    tag = {"If-None-Match": client.get(path).headers["etag"]}
    trial_registry.cut_next(path)
    assert client.head(path).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(path, headers=tag)
    assert client.get(path, headers=tag).status_code == 304


@pytest.mark.parametrize("how", ["delete", "change"])
def test_a_record_that_goes_or_changes_in_the_middle_of_paging(trial_registry: Any, how: str) -> None:
    """Seen by a client that pages by itself: before the second page is answered."""
    getattr(trial_registry, how)(BOTH[1], before=STUDIES, skip=1)
    client, pages = trial_registry.client, []
    following: str | None = f"{STUDIES}?_sort=_id&_count=1"
    while following:
        page = client.get(following).json()
        pages.append([(e["resource"]["id"], e["resource"]["meta"]["versionId"]) for e in page.get("entry", [])])
        following = next((link["url"] for link in page["link"] if link["relation"] == "next"), None)
    assert pages == ([[(BOTH[0], "1")], []] if how == "delete" else [[(BOTH[0], "1")], [(BOTH[1], "2")]])
    status = client.get(f"{STUDIES}/{BOTH[1]}").status_code
    assert status == (410 if how == "delete" else 200)


def test_changes_are_seen_everywhere_a_second_later(trial_registry: Any) -> None:
    client = trial_registry.client
    assert client.get(f"{STUDIES}?title=Moss").json()["total"] == 0
    trial_registry.change(BOTH[0], {"title": "Moss for all"})
    assert client.get(f"{STUDIES}?title=Moss").json()["total"] == 1
    trial_registry.delete(BOTH[1])
    with pytest.raises(ValueError, match=f"the trial '{BOTH[1]}' is deleted already"):
        trial_registry.delete(BOTH[1])
    feed = client.get("/api/v1/changes?since=2026-01-31T00:00:01Z").json()["items"]
    assert [(one["kind"], one["trial_id"], one["at"][17:19]) for one in feed] == [
        ("changed", BOTH[0], "01"),
        ("deleted", BOTH[1], "02"),
    ]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda r: r.fail_next("ResearchStudy"), "route is 'ResearchStudy'"),
        (lambda r: r.fail_next("/x", status=200), "status is '200'"),
        (lambda r: r.fail_next("/x", often=2), "often is '2'"),
        (lambda r: r.fail_next("/x", times=0), "times is '0'"),
        (lambda r: r.slow_next("/x", -1), "wait is '-1'"),
        (lambda r: r.delete("NCT00000000"), "there is no trial 'NCT00000000'"),
        (lambda r: r.delete("NCT00000000", before="/x"), "there is no trial 'NCT00000000'"),
        (lambda r: r.change(BOTH[0], {"titel": "x"}), "'titel' is no field: expected one of"),
        (lambda r: r.change(BOTH[0], {"title": 7}), "title is '7'"),
        (lambda r: r.change(BOTH[0], {"id": "x"}), "'id' is no field"),
        *(
            (lambda r, name=name, value=value: r.change(BOTH[0], {name: value}), "is 'bogus'")
            for name, value in (("overall_status", "bogus"), ("sex", "bogus"), ("phases", ["bogus"]))
        ),
        (lambda r: r.fail_next("/fhir/r5/ResearchStudy?_count=1"), "route is '/fhir/r5/ResearchStudy?_count=1'"),
        (lambda r: r.fail_next("/x", method="BOGUS"), "method is 'BOGUS'"),
        (lambda r: r.cut_next("/x", method="HEAD"), "the answer to HEAD has no body"),
        (lambda r: r.fail_next("/pinned/*"), "/pinned itself has no faults"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_asked_is_told(trial_registry: Any, ask: Callable[[Any], None], words: str) -> None:
    with pytest.raises(ValueError) as told:
        ask(trial_registry)
    assert words in str(told.value)
    assert not trial_registry.changed()


def test_when_without_a_route(trial_registry: Any) -> None:
    with pytest.raises(TypeError, match="expected before= too"):
        trial_registry.delete(BOTH[0], skip=1)
