"""Bulk export as a client meets it: kick-off, status, files, deletion, refusals, and a server that dies."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from app.generate import write
from app.parameters.table import FHIR_TYPES
from app.store import tables as t
from app.store.engine import engine_for
from tests.fhir.validation import validate
from tests.intake.test_load import load
from tests.servers import ROOT, SEEDS, Databases, Server, environment, trials

ASYNC = {"Prefer": "respond-async"}
LENIENT = {"Prefer": "respond-async, handling=lenient"}


@pytest.fixture(scope="module")
def client(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("exports")
    with Server(databases.new(), TRIALS_EXPORT_FOLDER=str(folder), TRIALS_EXPORT_KEPT="1000") as client:
        yield client
        for place in kept(folder):  # what a test left behind is deleted with its files
            client.delete(f"/fhir/r5/$export-status/{place}")
            client.delete(f"/fhir/r4/$export-status/{place}")
        assert kept(folder) == []


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def begin(client: httpx.Client, place: str, headers: dict[str, str] = ASYNC) -> str:
    for _ in range(200):
        answer = client.get(place, headers=headers)
        if answer.status_code != 429:
            break
        time.sleep(0.05)
    assert answer.status_code == 202, answer.text
    return answer.headers["content-location"]


def finish(client: httpx.Client, status: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (answer := client.get(status)).status_code == 202:
        assert len(answer.headers["x-progress"]) <= 100 and int(answer.headers["retry-after"]) >= 1
        assert time.monotonic() < deadline, answer.headers["x-progress"]
        time.sleep(0.05)
    assert answer.status_code == 200, answer.text
    return answer.json()


def export(client: httpx.Client, place: str, headers: dict[str, str] = ASYNC) -> dict[str, Any]:
    return finish(client, begin(client, place, headers))


def resources(client: httpx.Client, manifest: dict[str, Any], name: str = "output") -> list[dict[str, Any]]:
    found = []
    for file in manifest[name]:
        answer = client.get(file["url"])
        assert answer.headers["content-type"].startswith("application/fhir+ndjson")
        lines = answer.content.splitlines()
        assert answer.content.endswith(b"\n") and len(lines) == file["count"] > 0
        found += [json.loads(line) for line in lines]
        assert {one["resourceType"] for one in found[-len(lines) :]} == {file["type"]}
    return found


def named(found: list[dict[str, Any]]) -> set[str]:
    return {f"{one['resourceType']}/{one['id']}" for one in found}


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_the_whole_registry(client: httpx.Client, release: str) -> None:
    before = client.get(f"/fhir/{release}/ResearchStudy").json()["entry"][0]["resource"]["meta"]["lastUpdated"]
    status = begin(client, f"/fhir/{release}/$export")
    assert re.fullmatch(rf"{re.escape(str(client.base_url).rstrip('/'))}/fhir/{release}/\$export-status/\w+", status)
    manifest = finish(client, status)
    answer = client.get(status)
    assert answer.headers["content-type"] == "application/json" and "GMT" in answer.headers["expires"]
    assert manifest["transactionTime"] > before
    assert manifest["requiresAccessToken"] is False and manifest["deleted"] == manifest["error"] == []
    assert manifest["request"] == f"{str(client.base_url).rstrip('/')}/fhir/{release}/$export"
    assert [file["type"] for file in manifest["output"]] == list(FHIR_TYPES)
    for file in manifest["output"]:
        total = client.get(f"/fhir/{release}/{file['type']}?_count=0").json()["total"]
        lines = client.get(file["url"]).content.splitlines()
        assert len(lines) == file["count"] == total
        for line in lines:
            read = client.get(f"/fhir/{release}/{file['type']}/{json.loads(line)['id']}")
            assert read.content == line
    assert client.get(status.replace(f"/{release}/", "/r4/" if release == "r5" else "/r5/")).status_code == 404


def test_parameters(client: httpx.Client) -> None:
    one = export(client, "/fhir/r5/Location/$export")
    assert {file["type"] for file in one["output"]} == {"Location"}
    for query in ("_type=Group,Location", "_type=Location&_type=Group", "_type=Group,%20Location,Group"):
        two = export(client, f"/fhir/r5/$export?{query}&_outputFormat=application/fhir%2Bndjson&_format=json")
        assert [file["type"] for file in two["output"]] == ["Group", "Location"]
    assert two["request"].endswith(f"$export?{query}&_outputFormat=application/fhir%2Bndjson&_format=json")
    for name in ("ndjson", "application/ndjson", "application/fhir+ndjson"):
        assert export(client, f"/fhir/r4/Group/$export?_type=Group&_outputFormat={name}")["output"]


def test_a_parameters_resource(client: httpx.Client) -> None:
    def post(kind: str, *given: dict[str, str]) -> httpx.Response:
        body = json.dumps({"resourceType": "Parameters", "parameter": list(given)})
        return client.post("/fhir/r5/$export", content=body, headers={**ASYNC, "Content-Type": kind})

    given = (
        {"name": "_type", "valueString": "Group"},
        {"name": "_type", "valueCode": "Location"},
        {"name": "_since", "valueInstant": "2020-01-01T00:00:00+01:00"},
        {"name": "_elements", "valueString": "name,Group.code"},
    )
    answer = post("application/fhir+json; charset=utf-8", *given)
    assert answer.status_code == 202 and validate("r5", answer.json()) == []
    manifest = finish(client, answer.headers["content-location"])
    assert [file["type"] for file in manifest["output"]] == ["Group", "Location"]
    assert all("extension" not in one for one in resources(client, manifest))
    xml = """<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="_type"/><valueString value="Group"/>
        </parameter></Parameters>"""
    answer = client.post("/fhir/r4/$export", content=xml, headers={**ASYNC, "Content-Type": "application/fhir+xml"})
    assert {file["type"] for file in finish(client, answer.headers["content-location"])["output"]} == {"Group"}
    assert post("text/plain", *given).status_code == 415
    for wrong in (
        {"name": "_type"},
        {"valueString": "Group"},
        {"name": "_type", "valueInteger": 7},
        {"name": "_type", "valueString": "Patient"},
        {"name": "_typo", "valueString": "Group"},
        {"name": "patient", "valueReference": {"reference": "Patient/1"}},
    ):
        refused = post("application/json", wrong)  # type: ignore[arg-type]
        assert refused.status_code == 400 and validate("r5", refused.json()) == [], refused.text
    for body in (b"", b"[]", b"{", b'{"resourceType":"Parameters","parameter":{}}', b'{"resourceType":"Group"}'):
        refused = client.post("/fhir/r4/$export", content=body, headers={**ASYNC, "Content-Type": "application/json"})
        assert refused.status_code == 400 and refused.json()["issue"][0]["code"] == "structure"
    large = client.post(
        "/fhir/r4/$export", content=b" " * 100_001, headers={**ASYNC, "Content-Type": "application/json"}
    )
    assert large.status_code == 413 and "100000" in large.text


@pytest.mark.parametrize(
    ("place", "headers", "status", "words"),
    [
        ("/fhir/r5/$export", {}, 400, ("respond-async", "Prefer")),
        ("/fhir/r5/$export", {"Prefer": "return=minimal"}, 400, ("respond-async",)),
        ("/fhir/r3/$export", ASYNC, 404, ("r3", "r4 and r5")),
        ("/fhir/r5/Patient/$export", ASYNC, 404, ("Patient", "ResearchStudy")),
        ("/fhir/r5/$export?_type=Patient", ASYNC, 400, ("_type", "Patient", "ResearchStudy")),
        ("/fhir/r5/$export?_type=Patient", LENIENT, 400, ("_type", "Patient", "ResearchStudy")),
        ("/fhir/r5/$export?_type=", ASYNC, 400, ("_type", "empty")),
        ("/fhir/r5/Group/$export?_type=Location", ASYNC, 400, ("_type", "Location", "only Group")),
        ("/fhir/r5/$export?_since=2026-01-01", ASYNC, 400, ("_since", "2026-01-01", "instant")),
        ("/fhir/r5/$export?_since=2026-02-30T00:00:00Z", ASYNC, 400, ("_since", "2026-02-30", "instant")),
        ("/fhir/r5/$export?_since=2026-02-20T00:00:00", ASYNC, 400, ("_since", "instant")),
        ("/fhir/r5/$export?_since=0001-01-01T00:00:00%2B14:00", ASYNC, 400, ("_since", "instant")),
        ("/fhir/r5/$export?_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z", ASYNC, 400, ("_since", "once")),
        ("/fhir/r5/$export?_outputFormat=csv", ASYNC, 400, ("_outputFormat", "csv", "ndjson")),
        ("/fhir/r5/$export?_outputFormat=csv", LENIENT, 400, ("_outputFormat", "csv", "ndjson")),
        ("/fhir/r5/$export?_elements=", ASYNC, 400, ("_elements", "empty")),
        ("/fhir/r5/$export?_elements=titel", ASYNC, 400, ("_elements", "titel")),
        ("/fhir/r5/$export?_elements=Group.title", ASYNC, 400, ("_elements", "Group.title")),
        ("/fhir/r5/$export?_elements=Group.characteristic.code", ASYNC, 400, ("_elements", "characteristic.code")),
        ("/fhir/r5/$export?_elements=Patient.name", ASYNC, 400, ("_elements", "Patient.name")),
        ("/fhir/r5/$export?_typeFilter=Group%3Fname=x", ASYNC, 400, ("_typeFilter", "not supported")),
        ("/fhir/r5/$export?includeAssociatedData=x", ASYNC, 400, ("includeAssociatedData", "not supported")),
        ("/fhir/r5/$export?_tpye=Group", ASYNC, 400, ("_tpye", "did you mean '_type'")),
        ("/fhir/r5/$export-status/0123", ASYNC, 404, ("0123",)),
        (f"/fhir/r5/$export-status/{'0' * 32}", ASYNC, 404, ("0000",)),
        ("/fhir/r5/$export-status/..%2f..%2fetc", ASYNC, 404, ()),
        (f"/fhir/r5/$export-file/{'0' * 32}/Group-1.ndjson", ASYNC, 404, ("0000",)),
    ],
)
def test_refusals(
    client: httpx.Client, place: str, headers: dict[str, str], status: int, words: tuple[str, ...]
) -> None:
    answer = client.get(place, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json") and validate("r5", answer.json()) == []
    for word in words:
        assert word in answer.text


def test_lenient_handling_says_what_it_ignored(client: httpx.Client) -> None:
    place = "/fhir/r5/$export?_type=Group,Patient&_typeFilter=x&_elements=nothing&sort=name"
    answer = client.get(place, headers=LENIENT)
    assert answer.status_code == 202 and validate("r5", answer.json()) == []
    manifest = finish(client, answer.headers["content-location"])
    assert [file["type"] for file in manifest["output"]] == ["Group"]
    said = [one["issue"][0] for one in resources(client, manifest, "error")]
    assert {one["severity"] for one in said} == {"warning"}
    for word in ("Patient", "_typeFilter", "nothing", "sort"):
        assert any(word in one["diagnostics"] for one in said) and word in answer.text
    assert all("characteristic" in one for one in resources(client, manifest))


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_elements(client: httpx.Client, release: str) -> None:
    whole = resources(client, export(client, f"/fhir/{release}/$export"))
    cut = resources(client, export(client, f"/fhir/{release}/$export?_elements=ResearchStudy.title,name"))
    assert [one["id"] for one in cut] == [one["id"] for one in whole]
    for one, all_of_it in zip(cut, whole, strict=True):
        assert validate(release, one) == []
        tags = [tag["code"] for tag in one["meta"].pop("tag")]
        assert tags[-1] == "SUBSETTED" and one["meta"] == {k: v for k, v in all_of_it["meta"].items() if k != "tag"}
        assert all(one[name] == all_of_it[name] for name in one if name != "meta")
        wanted = "title" if one["resourceType"] == "ResearchStudy" else "name"
        assert one.get(wanted) == all_of_it.get(wanted)
    study, whole_study = (next(r for r in found if r["resourceType"] == "ResearchStudy") for found in (cut, whole))
    assert set(study) - {"_status"} == {"resourceType", "id", "meta", "status", "title"} < set(whole_study)


def test_download_in_pieces(client: httpx.Client) -> None:
    file = export(client, "/fhir/r5/ResearchStudy/$export")["output"][0]
    whole = client.get(file["url"], headers={"Accept": "application/fhir+ndjson"})
    tag, size = whole.headers["etag"], len(whole.content)
    assert whole.headers["accept-ranges"] == "bytes" and not tag.startswith("W/")
    pieces, step = [], size // 3 + 1
    for start in range(0, size, step):
        part = client.get(file["url"], headers={"Range": f"bytes={start}-{start + step - 1}", "If-Range": tag})
        assert part.status_code == 206 and part.headers["etag"] == tag
        assert part.headers["content-range"] == f"bytes {start}-{min(start + step, size) - 1}/{size}"
        pieces.append(part.content)
    assert b"".join(pieces) == whole.content and len(pieces) == 3
    for asked, expected in (
        ("bytes=100-", whole.content[100:]),
        ("bytes=-100", whole.content[-100:]),
        (f"bytes=-{size + 1}", whole.content),
        (f"bytes=5-{size + 100}", whole.content[5:]),
    ):
        part = client.get(file["url"], headers={"Range": asked})
        assert (part.status_code, part.content) == (206, expected)
    for asked in ("bytes=9-5", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes"):
        part = client.get(file["url"], headers={"Range": asked})
        assert (part.status_code, part.content) == (200, whole.content)
    other = client.get(file["url"], headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    for asked in (f"bytes={size}-", "bytes=-0"):
        none = client.get(file["url"], headers={"Range": asked})
        assert none.status_code == 416 and none.headers["content-range"] == f"bytes */{size}"
        assert none.json()["resourceType"] == "OperationOutcome"
    head = client.head(file["url"])
    assert head.status_code == 200 and head.headers["content-length"] == str(size) and head.content == b""


def test_files_are_those_of_the_list(client: httpx.Client) -> None:
    status = begin(client, "/fhir/r5/Group/$export")
    url = finish(client, status)["output"][0]["url"]
    place = url.rsplit("/", 1)[0]
    for name in ("Group-2", "Location-1", "..%2fGroup-1", "%2e%2e%2f%2e%2e%2fpyproject", "Group-1.ndjson%00"):
        assert client.get(f"{place}/{name}.ndjson").status_code == 404
    assert client.delete(status).status_code == 202
    for gone in (client.get(status), client.delete(status), client.get(url)):
        assert gone.status_code == 404 and gone.json()["resourceType"] == "OperationOutcome"


def test_since_and_deleted(databases: Databases, tmp_path: Path) -> None:
    url, studies = databases.new(), tmp_path / "studies.ndjson"
    write(studies, 4)
    load(url, studies)
    with Server(url, TRIALS_EXPORT_FOLDER=str(tmp_path / "exports")) as client:
        first = export(client, "/fhir/r4/$export")
        again = f"/fhir/r4/$export?_since={first['transactionTime']}"
        nothing = export(client, again)
        assert nothing["output"] == nothing["deleted"] == []
        all_of_them = resources(client, first)
        studies.write_bytes(b"".join(studies.read_bytes().splitlines(keepends=True)[:3]))
        assert trials(url, "load", "--complete", "ctgov", studies).returncode == 0
        load(url, SEEDS)
        later = export(client, again)
        added = resources(client, later)
        whole = resources(client, export(client, "/fhir/r4/$export"))
        assert {"ResearchStudy/NCT05398809", "ResearchStudy/NCT07153666"} <= named(added)
        bundles = resources(client, later, "deleted")
        assert [validate("r4", bundle) for bundle in bundles] == [[]] and bundles[0]["type"] == "transaction"
        assert {entry["request"]["method"] for entry in bundles[0]["entry"]} == {"DELETE"}
        deleted = {entry["request"]["url"] for entry in bundles[0]["entry"]}
        assert named(whole) == (named(all_of_them) | named(added)) - deleted
        assert deleted == named(all_of_them) - named(whole) and any("ResearchStudy/" in one for one in deleted)
        assert {one["meta"]["lastUpdated"] > first["transactionTime"] for one in added} == {True}
        places = export(client, f"{again}&_type=Location")
        assert places["deleted"] == [] and {file["type"] for file in places["output"]} == {"Location"}


def test_exports_one_after_the_other_miss_nothing(databases: Databases, tmp_path: Path) -> None:
    """What changed since the last one, again and again beside a load: together they are the whole."""
    url, studies = databases.new(), tmp_path / "studies.ndjson"
    write(studies, 250)
    with Server(url, TRIALS_EXPORT_FOLDER=str(tmp_path / "exports"), TRIALS_EXPORT_KEPT="1000") as client:
        known: dict[str, Any] = {}
        since, during = "2000-01-01T00:00:00Z", 0
        loading = subprocess.Popen(
            [sys.executable, "-m", "app", "load", studies], env=environment(url), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        running = True
        while running:
            running = loading.poll() is None
            manifest = export(client, f"/fhir/r5/$export?_since={since}")
            for one in resources(client, manifest):
                assert since < one["meta"]["lastUpdated"] <= manifest["transactionTime"]
                known[f"{one['resourceType']}/{one['id']}"] = one
                during += running
            since = manifest["transactionTime"]
        assert loading.returncode == 0 and during > 0
        whole = {
            f"{one['resourceType']}/{one['id']}": one for one in resources(client, export(client, "/fhir/r5/$export"))
        }
        assert known == whole and len(whole) > 2000


def test_limits_are_named(databases: Databases, tmp_path: Path) -> None:
    url = databases.new()
    with Server(url, TRIALS_EXPORT_FOLDER=str(tmp_path), TRIALS_EXPORT_KEPT="2") as client:
        first, _ = (begin(client, "/fhir/r5/Group/$export") for _ in range(2))
        finish(client, first)
        full = client.get("/fhir/r5/$export", headers=ASYNC)
        assert full.status_code == 429 and "2" in full.text and "TRIALS_EXPORT_KEPT" in full.text
        assert int(full.headers["retry-after"]) > 80_000
        client.delete(first)
        finish(client, begin(client, "/fhir/r5/$export"))
    engine = engine_for(url)
    with engine.begin() as connection:  # as if two others were at work
        connection.execute(update(t.export_job).values(state="running", heartbeat="9999", attempts=1))
    with Server(url, TRIALS_EXPORT_FOLDER=str(tmp_path)) as client:
        busy = client.get("/fhir/r5/$export", headers=ASYNC)
        assert busy.status_code == 429 and "TRIALS_EXPORT_JOBS" in busy.text and busy.headers["retry-after"] == "10"
    blocked = tmp_path / "file"
    blocked.touch()
    with engine.begin() as connection:
        connection.execute(update(t.export_job).values(state="complete", expires="2020"))
    with Server(url, TRIALS_EXPORT_FOLDER=str(blocked)) as client:
        failed = client.get("/fhir/r5/$export", headers=ASYNC)
        assert failed.status_code == 500 and "TRIALS_EXPORT_FOLDER" in failed.text and str(tmp_path) not in failed.text
    with Server(url, TRIALS_EXPORT_FOLDER=str(tmp_path)) as client:  # a kick-off sweeps what has expired
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2
        finish(client, begin(client, "/fhir/r5/$export"))
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1
    engine.dispose()


@pytest.fixture(scope="module")
def large(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that takes a while to export."""
    url, studies = databases.new(), tmp_path_factory.mktemp("large") / "studies.ndjson"
    write(studies, 300)
    load(url, studies)
    return url


def job(url: str, status: str, **values: object) -> Any:
    """The row of a job, after it was given these values."""
    engine = engine_for(url)
    this = t.export_job.c.id == status.rsplit("/", 1)[1]
    with engine.begin() as connection:
        if values:
            connection.execute(update(t.export_job).where(this).values(values))
        row = connection.execute(select(t.export_job).where(this)).one()
    engine.dispose()
    return row


def interrupted(url: str, folder: Path, *, kill: bool) -> str:
    """The path of a status whose server was ended while it wrote."""
    for _ in range(5):
        server = Server(url, TRIALS_EXPORT_FOLDER=str(folder), TRIALS_EXPORT_JOBS="10", TRIALS_EXPORT_KEPT="1000")
        with server as client:
            for _ in range(6):  # so many at once that the last is not done before the signal
                status = begin(client, "/fhir/r5/$export?_elements=name").removeprefix(server.url)
            deadline = time.monotonic() + 10
            while not list(folder.glob(f"{status.rsplit('/', 1)[1]}/*/*.ndjson")) and time.monotonic() < deadline:
                time.sleep(0.001)
            (server.process.kill if kill else server.process.terminate)()
            server.process.wait(20)
        if job(url, status).state == "running":
            return status
    raise AssertionError("the export was always done before its server was ended")


def test_a_killed_server_leaves_nothing_undone(large: str, tmp_path: Path) -> None:
    status = interrupted(large, tmp_path, kill=True)
    with Server(large, TRIALS_EXPORT_FOLDER=str(tmp_path), TRIALS_EXPORT_JOBS="10") as client:
        assert client.get(status).status_code == 202  # it may live yet
        job(large, status, heartbeat="2020-01-01T00:00:00.000000Z")  # time passes
        taken_up = resources(client, finish(client, status))
        assert taken_up == resources(client, export(client, "/fhir/r5/$export?_elements=name"))
        assert len(list((tmp_path / status.rsplit("/", 1)[1]).iterdir())) == 1
        assert job(large, status).attempts == 2
        job(large, status, state="running", heartbeat="2020", attempts=3)
        failed = client.get(status)
        assert failed.status_code == 500 and "3 times" in failed.text and validate("r5", failed.json()) == []
        assert client.delete(status).status_code == 202 and client.get(status).status_code == 404


def test_a_server_that_ends_in_order_hands_its_exports_on_at_once(large: str, tmp_path: Path) -> None:
    status = interrupted(large, tmp_path, kill=False)
    assert not list(tmp_path.glob(f"{status.rsplit('/', 1)[1]}/*/*"))
    with Server(large, TRIALS_EXPORT_FOLDER=str(tmp_path), TRIALS_WORKERS="2", TRIALS_EXPORT_JOBS="10") as client:
        assert resources(client, finish(client, status))
    assert job(large, status).attempts == 1


def test_deleting_a_running_export_ends_it(large: str, tmp_path: Path) -> None:
    with Server(large, TRIALS_EXPORT_FOLDER=str(tmp_path), TRIALS_EXPORT_KEPT="1000") as client:
        status = begin(client, "/fhir/r5/$export?_elements=name")
        assert client.delete(status).status_code == 202 and client.get(status).status_code == 404
        assert export(client, "/fhir/r5/Group/$export")["output"]
        assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1
