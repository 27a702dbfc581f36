"""Loading over the command line: counts, refusals, versions, interruption."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import CLINCONNECT, ROOT, SEEDS, TRIALX, Server, environment, trials

COUNTS = ("new", "changed", "unchanged", "refused")


def load(url: str, *paths: Path) -> tuple[int, dict[str, object]]:
    result = trials(url, "load", "--json", *paths)
    assert "Traceback" not in result.stderr, result.stderr
    return result.returncode, json.loads(result.stdout)


def counts(answer: dict[str, object]) -> tuple[object, ...]:
    return tuple(answer[name] for name in COUNTS)


def test_load_again_and_changed(url: str, tmp_path: Path) -> None:
    assert counts(load(url, SEEDS)[1]) == (2, 0, 0, 0)
    assert counts(load(url, SEEDS)[1]) == (0, 0, 2, 0)
    page = tmp_path / "page.txt"
    page.write_bytes(TRIALX.read_bytes().replace(b"\nRecruiting\n", b"\nCompleted\n"))
    assert counts(load(url, page)[1]) == (0, 1, 0, 0)
    with Server(url) as client:
        place = "/fhir/r5/ResearchStudy/NCT07153666"
        now = client.get(place)
        assert now.headers["etag"] == 'W/"2"'
        assert now.json()["progressStatus"][0]["state"]["text"] == "Completed"
        old = client.get(f"{place}/_history/1")
        assert old.headers["etag"] == 'W/"1"'
        assert old.json()["progressStatus"][0]["state"]["text"] == "Recruiting"
        history = client.get(f"{place}/_history").json()
        assert [e["resource"]["meta"]["versionId"] for e in history["entry"]] == ["2", "1"]
        assert [e["request"]["method"] for e in history["entry"]] == ["PUT", "POST"]
        assert client.get("/fhir/r5/EvidenceVariable/NCT07153666").headers["etag"] == 'W/"1"'
        trial = client.get("/api/v1/trials/NCT07153666").json()
        assert (trial["version"], trial["overall_status"]) == (2, "completed")
        for query, total in (("recruitment-status=recruiting", 1), ("recruitment-status=completed", 1)):
            assert client.get(f"/fhir/r4/ResearchStudy?{query}").json()["total"] == total
    assert counts(load(url, TRIALX)[1]) == (0, 1, 0, 0)


REFUSALS = {
    "empty.txt": (b"", 1, "empty"),
    "blank.txt": (b"\n \n\n", 1, "empty"),
    "notes.txt": (b"Buy milk.\nCall the plumber.\n", 1, "layout"),
    "latin.txt": (b"Overview\n\nEligibility\nCaf\xe9\n", 4, "UTF-8"),
    "nameless.txt": (b"Overview\nA survey of sleep.\nEligibility\nInclusion Criteria:\n- Adults\n", 1, "identifier"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals_name_file_and_line_and_leave_the_database(url: str, tmp_path: Path, name: str) -> None:
    content, line, word = REFUSALS[name]
    load(url, TRIALX)
    page = tmp_path / name
    page.write_bytes(content)
    code, answer = load(url, page)
    assert code == 1 and counts(answer) == (0, 0, 0, 1)
    [refusal] = answer["refusals"]
    assert refusal["file"] == str(page) and refusal["line"] == line and word in refusal["reason"]
    said = trials(url, "load", page)
    assert f"{page}: line {line}: refused:" in said.stderr and said.returncode == 1
    assert counts(load(url, TRIALX)[1]) == (0, 0, 1, 0)


def test_one_bad_file_does_not_stop_the_others(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"nonsense")
    (tmp_path / "b.txt").write_bytes(CLINCONNECT.read_bytes())
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.txt").write_bytes(TRIALX.read_bytes())
    code, answer = load(url, tmp_path)
    assert code == 1 and counts(answer) == (2, 0, 0, 1)


def test_a_page_that_ends_early(url: str, tmp_path: Path) -> None:
    """It loads with an `incomplete` issue; the whole page then wins; the cut one takes nothing away again."""
    whole = CLINCONNECT.read_bytes()
    cut = tmp_path / "cut.txt"
    cut.write_bytes(whole[: whole.index(b"11. Planned or anticipated")])
    assert counts(load(url, cut)[1]) == (1, 0, 0, 0)
    with Server(url) as client:
        trial = client.get("/api/v1/trials/NCT05398809").json()
        assert "incomplete" in {issue["code"] for issue in trial["issues"]}
        assert [source["complete"] for source in trial["sources"]] == [False]
        assert trial["officials"] == []
    assert counts(load(url, CLINCONNECT)[1]) == (0, 1, 0, 0)
    assert counts(load(url, cut)[1]) == (0, 0, 1, 0)
    with Server(url) as client:
        trial = client.get("/api/v1/trials/NCT05398809").json()
        assert "incomplete" not in {issue["code"] for issue in trial["issues"]}
        assert len(trial["officials"]) == 1 and trial["version"] == 2
        assert client.get("/api/v1/trials/NCT05398809/criteria").json()["total"] == 52


def test_parse_prints_record_issues_and_coverage(tmp_path: Path) -> None:
    for file in (TRIALX, CLINCONNECT):
        result = trials("sqlite:////nowhere.db", "parse", file)
        assert result.returncode == 0, result.stderr
        answer = json.loads(result.stdout)
        assert set(answer) == {"record", "issues", "coverage"}
        assert answer["coverage"]["share"] == 1.0 and answer["coverage"]["unrecognized"] == []
        assert all(issue["line"] for issue in answer["issues"])
    nameless = tmp_path / "n.txt"
    nameless.write_bytes(REFUSALS["nameless.txt"][0])
    answer = json.loads(trials("sqlite:////nowhere.db", "parse", nameless).stdout)
    assert answer["record"]["id"] == "" and "no-identifier" in {i["code"] for i in answer["issues"]}
    empty = tmp_path / "e.txt"
    empty.write_bytes(b"")
    result = trials("sqlite:////nowhere.db", "parse", empty)
    assert result.returncode == 1 and f"{empty}: line 1" in result.stderr


def test_help_is_for_newcomers() -> None:
    top = trials("sqlite:///x.db", "--help").stdout
    for command in ("serve", "migrate", "load", "parse", "render"):
        assert command in top
        assert len(trials("sqlite:///x.db", command, "--help").stdout) > 100


def test_killed_in_the_middle(tmp_path: Path) -> None:
    """`kill -9` at any moment of a load leaves whole trials or none; the next load finishes the work."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(150):
        content = TRIALX.read_bytes().replace(b"NCT07153666", b"NCT%08d" % (90000000 + number))
        (folder / f"{number:03}.txt").write_bytes(content)
    file = tmp_path / "killed.db"
    url = f"sqlite:///{file}"
    for patience in (0.6, 0.8, 1.0):
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "load", str(folder)],
            env=environment(url),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        time.sleep(patience)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        if file.exists():
            with sqlite3.connect(file) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                has_tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'trial'").fetchone()[0]
                if has_tables:
                    trial_count, whole = (
                        connection.execute(query).fetchone()[0]
                        for query in (
                            "SELECT count(*) FROM trial",
                            "SELECT count(*) FROM (SELECT trial_key FROM criterion GROUP BY 1 HAVING count(*) = 13)",
                        )
                    )
                    assert trial_count == whole
    code, answer = load(url, folder)
    assert code == 0 and sum(counts(answer)) == 150 and answer["refused"] == 0
    assert counts(load(url, folder)[1]) == (0, 0, 150, 0)
