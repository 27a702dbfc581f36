"""A registry's records over the command line: every container, refusals, versions, removal, links, interruption."""

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.generate import studies
from tests.intake.test_load import counts, load
from tests.servers import CLINCONNECT, ROOT, Server, environment, trials

STUDIES = list(studies(12))
IDS = [study["protocolSection"]["identificationModule"]["nctId"] for study in STUDIES]


def lines(made: list[Any]) -> bytes:
    return b"".join(orjson.dumps(study) + b"\n" for study in made)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, study in zip(IDS, STUDIES, strict=True):
            archive.writestr(f"{name}.json", orjson.dumps(study))


CONTAINERS: dict[str, Callable[[Path], object]] = {
    "lines.ndjson": lambda path: path.write_bytes(lines(STUDIES)),
    "lines.ndjson.gz": lambda path: path.write_bytes(gzip.compress(lines(STUDIES))),
    "array.json": lambda path: path.write_bytes(orjson.dumps(STUDIES)),
    "array.json.gz": lambda path: path.write_bytes(gzip.compress(orjson.dumps(STUDIES))),
    "pretty.json": lambda path: path.write_text(json.dumps(STUDIES, indent=2)),
    "page.json": lambda path: path.write_bytes(orjson.dumps({"studies": STUDIES, "nextPageToken": "x"})),
    "counted.json": lambda path: path.write_bytes(orjson.dumps({"totalCount": 12, "studies": STUDIES})),
    "bulk.zip": zipped,
}


def test_every_container_holds_the_same(url: str, tmp_path: Path) -> None:
    expected = (12, 0, 0, 0)
    for name, write in CONTAINERS.items():
        path = tmp_path / name
        write(path)
        code, answer = load(url, path)
        assert (code, counts(answer)) == (0, expected), name
        expected = (0, 0, 12, 0)
    one = tmp_path / "one.json"
    one.write_text(json.dumps(STUDIES[0], indent=1))
    assert counts(load(url, one)[1]) == (0, 0, 1, 0)


def test_a_malformed_record_is_refused_and_the_others_load(url: str, tmp_path: Path) -> None:
    bad = deepcopy(STUDIES[:4])
    bad[1]["protocolSection"]["statusModule"]["overallStatus"] = ["RECRUITING"]
    del bad[2]["protocolSection"]["identificationModule"]["nctId"]
    path = tmp_path / "some.ndjson"
    path.write_bytes(lines(bad) + b'{"protocolSection": \n' + b'{"hello": "world"}\n')
    code, answer = load(url, path)
    assert code == 1 and counts(answer) == (2, 0, 0, 4)
    refused = {r["line"]: r for r in answer["refusals"]}
    assert refused[2]["trial_id"] == IDS[1] and "overallStatus" in refused[2]["reason"]
    assert "nctId" in refused[3]["reason"]
    assert set(refused) == {2, 3, 5, 6}
    with Server(url) as client:
        run = client.get("/api/v1/runs").json()["items"][0]
        assert (run["new"], run["refused"], run["kind"]) == (2, 4, "load") and run["finished"]
        kept = client.get(f"/api/v1/runs/{run['id']}/refusals").json()
        assert kept["total"] == 4 and {r["line"] for r in kept["items"]} == set(refused)
        assert client.get("/api/v1/runs/99").status_code == 404
    said = trials(url, "runs").stdout
    assert "2 new" in said and IDS[1] in said


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("cut.json.gz", gzip.compress(lines(STUDIES))[:-500], "gzip"),
        ("cut.json", orjson.dumps(STUDIES)[:-500], "record 12"),
        ("not.zip", b"PK\x03\x04 nothing", "zip"),
        ("other.json", b'{"some": "thing"}', "no record"),
        ("broken.xml", b"<Trials_downloaded_from_ICTRP><Trial>", "XML"),
        ("other.xml", b"<html><body/></html>", "ICTRP"),
        ("bomb.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><Trials_downloaded_from_ICTRP/>', "entities"),
    ],
)
def test_damaged_files_are_named(url: str, tmp_path: Path, name: str, content: bytes, word: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    code, answer = load(url, path)
    assert code == 1 and answer["refused"] == 1
    [refusal] = answer["refusals"]
    assert word in refusal["reason"] and refusal["file"].startswith(str(path))


def changed(study: dict[str, Any], status: str) -> dict[str, Any]:
    other = deepcopy(study)
    other["protocolSection"]["statusModule"]["overallStatus"] = status
    other["protocolSection"]["statusModule"]["lastKnownStatus"] = "RECRUITING"
    other["protocolSection"]["statusModule"]["whyStopped"] = "The money was spent."
    other["protocolSection"]["contactsLocationsModule"] = {
        "locations": [{"facility": "Harbour Clinic", "city": "Oslo", "country": "Norway", "status": "RECRUITING"}]
    }
    return other


def test_history_changes_and_removal(url: str, tmp_path: Path) -> None:
    """A trial's whole life: new, changed, removed, restored; every step is in the history, the feed and the run."""
    path = tmp_path / "registry.ndjson"
    first, *rest = STUDIES[:5]
    first = changed(first, "RECRUITING")
    first["protocolSection"]["contactsLocationsModule"] = {}
    id = IDS[0]
    for made, complete, expected in (
        ([first, *rest], "ctgov", (5, 0, 0, 0, 0)),
        ([changed(first, "TERMINATED"), *rest], "ctgov", (0, 1, 4, 0, 0)),
        (rest, "ctgov", (0, 0, 4, 0, 1)),
        (rest, None, (0, 0, 4, 0, 0)),
        ([changed(first, "TERMINATED")], None, (0, 1, 0, 0, 0)),
    ):
        path.write_bytes(lines(made))
        arguments = ["load", "--json", path, *(["--complete", complete] if complete else [])]
        answer = json.loads(trials(url, *arguments).stdout)
        assert (*counts(answer), answer["removed"]) == expected
        if made == rest and complete:
            check_removed(url, id)
    with Server(url) as client:
        check_history(client, id)


def check_removed(url: str, id: str) -> None:
    with Server(url) as client:
        for place in (f"/fhir/r5/ResearchStudy/{id}", f"/fhir/r4/EvidenceVariable/{id}", f"/api/v1/trials/{id}"):
            answer = client.get(place)
            assert answer.status_code == 410, place
        assert client.get(f"/api/v1/trials/{id}/criteria").status_code == 410
        assert client.get("/api/v1/trials").json()["total"] == 4
        assert client.get("/fhir/r5/ResearchStudy").json()["total"] == 4
        history = client.get(f"/fhir/r5/ResearchStudy/{id}/_history").json()["entry"]
        assert [e["request"]["method"] for e in history] == ["DELETE", "PUT", "POST"]
        assert "resource" not in history[0]
        assert client.get(f"/api/v1/trials/{id}/versions").json()["items"][-1]["kind"] == "deleted"


def check_history(client: httpx.Client, id: str) -> None:
    feed = [c for c in client.get("/api/v1/changes?limit=1000").json()["items"] if c["trial_id"] == id]
    assert [c["kind"] for c in feed] == ["new", "changed", "deleted", "restored"]
    assert feed[1]["status"] == {"before": "recruiting", "after": "terminated", "since": feed[1]["at"]}
    assert {"overall_status", "sites"} <= set(feed[1]["fields"])
    assert feed[0]["status"] is None
    since = client.get("/api/v1/changes", params={"since": feed[2]["at"]}).json()
    assert [c["number"] for c in since["items"]] == [feed[2]["number"], feed[3]["number"]]
    assert since["total"] == 2
    again = client.get(since["next"]).json()
    assert again["items"] == [] and again["next"], "the next of the last page is the address to poll"
    versions = client.get(f"/api/v1/trials/{id}/versions").json()["items"]
    assert [(v["version"], v["kind"]) for v in versions] == [
        (1, "new"),
        (2, "changed"),
        (2, "deleted"),
        (3, "restored"),
    ]
    diff = client.get(f"/api/v1/trials/{id}/versions/1/diff/2").json()["items"]
    assert {"path": "overall_status", "before": "recruiting", "after": "terminated"} in diff
    [site] = [d for d in diff if d["path"].startswith("sites[Harbour Clinic|Oslo|Norway]")]
    assert site["before"] is None and site["after"]["status"] == "recruiting"
    assert client.get(f"/api/v1/trials/{id}/versions/2/diff/3").json()["items"] == []
    assert client.get(f"/api/v1/trials/{id}/versions/1").json()["overall_status"] == "recruiting"
    for wrong in ("0", "9", "x"):
        assert client.get(f"/api/v1/trials/{id}/versions/{wrong}").status_code == 404
    for query, total in (("ge2026-01-01", 1), ("lt2026-01-01", 0), (f"eq{feed[1]['at'][:10]}", 1)):
        for place in ("/fhir/r5/ResearchStudy?status-changed=", "/api/v1/trials?status_changed="):
            assert client.get(place + query).json()["total"] == total, place + query
    assert client.get("/fhir/r5/ResearchStudy?status-changed=soon").status_code == 400
    check_type_history(client)


def check_type_history(client: httpx.Client) -> None:
    for place in ("/fhir/r5/ResearchStudy/_history", "/fhir/r4/_history"):
        following, seen, pages = f"{place}?_count=7", [], 0
        while following:
            bundle = client.get(following).json()
            assert bundle["type"] == "history" and len(bundle.get("entry", [])) <= 7
            seen += [(e["fullUrl"], e["response"]["etag"], e["response"]["lastModified"]) for e in bundle["entry"]]
            following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")
            pages += 1
        assert len(seen) == len(set(seen)) and pages > 1
        assert [s[2] for s in seen] == sorted((s[2] for s in seen), reverse=True)
        newest = seen[0][2]
        since = client.get(place, params={"_since": newest}).json()["entry"]
        assert {e["response"]["lastModified"] for e in since} == {newest}
        whole = client.get(place, params={"_since": "2000-01-01", "_count": "1000"}).json()["entry"]
        assert len(whole) == len(seen)
        assert client.get(place, params={"_since": "then"}).status_code == 400
        assert client.get(place, params={"_sort": "x"}).status_code == 400


def test_stale(url: str, tmp_path: Path) -> None:
    made = deepcopy(STUDIES[:4])
    for study, (status, verified) in zip(
        made,
        (("RECRUITING", "2020-01"), ("RECRUITING", "2099-01"), ("COMPLETED", "2010-01"), ("UNKNOWN", "2099-01")),
        strict=True,
    ):
        module = study["protocolSection"]["statusModule"]
        module.clear()
        module.update(overallStatus=status, statusVerifiedDate=verified)
    path = tmp_path / "s.ndjson"
    path.write_bytes(lines(made))
    load(url, path)
    with Server(url) as client:
        for place, get in (
            ("/fhir/r5/ResearchStudy", lambda b: sorted(e["resource"]["id"] for e in b.get("entry", []))),
            ("/api/v1/trials", lambda b: sorted(i["id"] for i in b["items"])),
        ):
            assert get(client.get(f"{place}?stale=true").json()) == sorted([IDS[0], IDS[3]])
            assert get(client.get(f"{place}?stale=false").json()) == sorted([IDS[1], IDS[2]])
            assert client.get(f"{place}?stale=perhaps").status_code == 400


def test_an_alias_leads_to_its_record(url: str, tmp_path: Path) -> None:
    study = deepcopy(STUDIES[0])
    study["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT81234567"]
    path = tmp_path / "s.json"
    path.write_bytes(orjson.dumps(study))
    load(url, path)
    with Server(url) as client:
        for place in (
            "/fhir/r5/ResearchStudy/NCT81234567",
            "/api/v1/trials/nct81234567",
            "/api/v1/trials/NCT81234567/criteria",
        ):
            answer = client.get(place)
            assert answer.status_code == 301, place
            assert client.get(answer.headers["location"]).status_code == 200
            assert IDS[0] in answer.headers["location"]
        assert client.get("/api/v1/trials?identifier=NCT81234567").json()["total"] == 1


ICTRP = """<Trials_downloaded_from_ICTRP><Trial><TrialID>{id}</TrialID><Public_title>{title}</Public_title>
<Source_Register>Register</Source_Register><SecondaryIDs>{other}</SecondaryIDs>
<Recruitment_Status>Recruiting</Recruitment_Status></Trial></Trials_downloaded_from_ICTRP>"""


def test_links_between_registries(url: str, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(orjson.dumps(STUDIES[0]))
    export = tmp_path / "e.xml"
    export.write_text(ICTRP.format(id="CTRI/2031/04/024512", title="Sleep of sailors", other=IDS[0]))
    load(url, path, export)
    with Server(url) as client:
        for one, other in ((IDS[0], "CTRI.2031.04.024512"), ("CTRI.2031.04.024512", IDS[0])):
            [link] = client.get(f"/api/v1/trials/{one}/links").json()["items"]
            assert link["trial_id"] == other and "CTRI.2031.04.024512 names" in link["evidence"][0]
        study = client.get("/fhir/r5/ResearchStudy/CTRI.2031.04.024512").json()
        assert study["identifier"][0]["value"] == "CTRI/2031/04/024512"
        assert client.get("/api/v1/trials").json()["total"] == 2, "records are linked, never merged by title"
        assert trials(url, "link", "deny", IDS[0], "CTRI.2031.04.024512").returncode == 0
        assert client.get(f"/api/v1/trials/{IDS[0]}/links").json()["items"] == []
    load(url, path, export)
    assert trials(url, "link", "deny", "CTRI.2031.04.024512", IDS[0]).returncode == 0
    for wrong in ((IDS[0], "NCT00000000"), (IDS[0], IDS[0])):
        result = trials(url, "link", "deny", *wrong)
        assert result.returncode == 1 and "Traceback" not in result.stderr


def _source(kind: str, id: str) -> bytes:
    """One of the three sources' words about a trial."""
    if kind == "txt":
        return CLINCONNECT.read_bytes().replace(b"NCT05398809", id.encode())
    if kind == "xml":
        return ICTRP.format(id=id, title="WHO's title", other="").encode()
    study = deepcopy(STUDIES[0])
    module = study["protocolSection"]["identificationModule"]
    module |= {"nctId": id, "briefTitle": "The registry's own title", "orgStudyIdInfo": {"id": f"{id}-A"}}
    return orjson.dumps(study)


def test_several_sources_in_any_order(url: str, tmp_path: Path) -> None:
    """A listing page, the registry's own record and WHO's copy of it: one trial, the same whatever came first."""
    orders = {f"NCT0539880{n}": order for n, order in enumerate(permutations(("json", "txt", "xml")))}
    for turn in range(3):
        folder = tmp_path / str(turn)
        folder.mkdir()
        for id, order in orders.items():
            (folder / f"{id}.{order[turn]}").write_bytes(_source(order[turn], id))
        assert load(url, folder)[0] == 0
    answers = []
    with Server(url) as client:
        for id in orders:
            trial = client.get(f"/api/v1/trials/{id}").json()
            assert trial.pop("version") <= 3 and trial.pop("last_updated")
            origins = client.get(f"/api/v1/trials/{id}/origins").json()["items"]
            r5 = client.get(f"/fhir/r5/ResearchStudy/{id}").json()
            del r5["meta"]
            answer = json.dumps([trial, origins, r5]).replace(id, "NCT05398809")
            for source in trial["sources"]:
                answer = answer.replace(source["document"], source["source"])
            answers.append(json.loads(answer))
    assert all(answer == answers[0] for answer in answers)
    trial, origins, _ = answers[0]
    assert trial["title"] == "The registry's own title"
    assert trial["plain_language_summary"]["source"] == "clinconnect"
    assert trial["sources"][0]["source"] == "ctgov"
    source = {o["field"]: o["source"] for o in origins}
    assert source["title"] == "ctgov" and source["plain_language_summary.text"] == "clinconnect"
    assert all(o["terms"] for o in origins)


def _stored(file: Path) -> int:
    """How many trials the database holds; none before it has tables."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM trial").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def _wait_for_trials(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not _stored(file) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_killed_and_resumed(tmp_path: Path) -> None:
    """`kill -9` in the middle of a large load: whole batches stay, and the next load does not do them again."""
    path = tmp_path / "many.ndjson"
    assert trials("sqlite:////nowhere.db", "bench", "make", "--studies", "600", "--output", path).returncode == 0
    url = f"sqlite:///{tmp_path}/killed.db"
    process = subprocess.Popen([sys.executable, "-m", "app", "load", path], env=environment(url), cwd=ROOT)
    _wait_for_trials(tmp_path / "killed.db")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    code, answer = load(url, path)
    assert code == 0 and sum(counts(answer)) == 600 and answer["refused"] == 0
    assert answer["unchanged"] % 100 == 0 and answer["unchanged"] > 0
    said = trials(url, "runs").stdout
    assert "not finished" in said
    assert counts(load(url, path)[1]) == (0, 0, 600, 0)


def test_ctrl_c(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    trials("sqlite:////nowhere.db", "bench", "make", "--studies", "1000", "--output", path)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "load", path],
        env=environment(f"sqlite:///{tmp_path}/stopped.db"),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_for_trials(tmp_path / "stopped.db")
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1 and "the same command goes on" in said
    assert "Traceback" not in said.replace("Process SpawnProcess", ""), said
