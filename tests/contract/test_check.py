"""`trials check`: our own server holds everything; what a fork breaks is told by the check that it belongs to."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from app.cli.check import Asking
from app.contract.checks.check import Check, Ended, Failure, Result
from app.contract.checks.server import Server
from app.contract.checks.table import CHECKS, run
from app.contract.report import Report, junit, text
from tests.contract.altering import Alter, Passing, altering
from tests.contract.faults import FAULTS, HTML, without
from tests.contract.stored import STORED
from tests.servers import trials

CONTRACT = json.loads(STORED.read_text())
APART = ("parameters", "undeclared", "contract", "plain.reading")
"""Checks that are left out beside a fault that is not theirs: they take half of the time, or see most faults too."""
SURFACES = ("r4", "r5", "plain")
"""What is broken in one of them, the checks of the others do not look at."""


def checked(url: str, seconds: float = 120, checks: Iterable[Check] = CHECKS) -> list[Result]:
    with Asking(url, seconds, {}) as asking:
        return list(run(Server(asking, CONTRACT), checks))


def failing(results: list[Result]) -> dict[str, tuple[Failure, ...]]:
    return {one.check.name: one.failures for one in results if one.kind != "holds"}


def test_everything_holds_at_our_own(registry: httpx.Client) -> None:
    result = trials("", "check", str(registry.base_url), "--format", "json")
    found = json.loads(result.stdout)
    assert [one for one in found["checks"] if one["result"] != "holds"] == [] and found["holds"]
    assert (result.returncode, result.stderr, len(found["checks"])) == (0, "", len(CHECKS))
    assert 500 < found["requests"] < 3000


def test_nothing_is_left_or_written(registry: httpx.Client) -> None:
    sent: list[tuple[str, str]] = []

    def keep(passing: Passing) -> None:
        if passing.method not in ("GET", "HEAD", "OPTIONS"):
            sent.append((passing.method, passing.path.partition("?")[0]))

    with altering(str(registry.base_url).rstrip("/"), keep) as url:
        assert failing(checked(url)) == {}
    posted = [path for method, path in sent if method == "POST"]
    assert {path.rpartition("/")[2] for path in posted} == {"healthz", "metadata", "_search", "$match"}
    deleted = [path for method, path in sent if method == "DELETE"]
    assert len(deleted) == 2 and len(sent) == len(posted) + 2
    for path in deleted:
        assert registry.get(path).status_code == 404


@pytest.mark.parametrize(("name", "alter"), [(name, alter) for _, name, alter in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_is_broken_is_told(trial_registry: Any, name: str, alter: Alter) -> None:
    own = name.partition(".")[0]
    others = tuple(f"{one}." for one in SURFACES if one != own) if own in SURFACES else ()
    chosen = [
        one for one in CHECKS if one.name == name or (not one.name.endswith(APART) and not one.name.startswith(others))
    ]
    with altering(trial_registry.url, alter) as url:
        found = failing(checked(url, checks=chosen))
    assert list(found) == [name], found
    assert found[name] and all(all(failure) for failure in found[name])


def test_each_check_is_broken_once() -> None:
    """In one of the releases."""
    told = {name.removeprefix("r4.").removeprefix("r5.") for _, name, _ in FAULTS}
    assert told == {one.name.removeprefix("r4.").removeprefix("r5.") for one in CHECKS}
    assert len({one.name for one in CHECKS}) == len(CHECKS)


def test_what_is_added_is_no_fault(trial_registry: Any) -> None:
    def add(passing: Passing) -> None:
        passing.headers["x-more"] = "more"
        if passing.at("/api/v1/trials/NCT") and passing.path.count("/") == 4:
            passing.edit(lambda document: document.update(more=1))
        if passing.path == "/openapi.json":
            passing.edit(lambda d: d["components"]["schemas"]["TrialShape"]["properties"].update(more={}))

    with altering(trial_registry.url, add) as url:
        assert failing(checked(url)) == {}


def test_what_there_is_nothing_of_is_skipped(trial_registry: Any) -> None:
    """A registry without a study: its lists are empty."""

    def empty(passing: Passing) -> None:
        if passing.at("/fhir/r5/ResearchStudy?") and passing.method == "GET":
            passing.edit(lambda d: d.update(total=0, entry=[]))

    names = ("r5.paging", "r5.history", "r5.etag", "r5.head", "r5.include")
    with altering(trial_registry.url, empty) as url:
        results = checked(url, checks=[one for one in CHECKS if one.name in names])
    assert {(one.kind, one.note) for one in results} == {("skipped", "there is no ResearchStudy")}
    assert len(results) == len(names) and Report("", results, 1, 1.0).holds


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b"<html>", b'{"resourceType": "Bundle", "type": "searchset", "entry": [1]}']
)
def test_any_answer_is_gone_through(trial_registry: Any, body: bytes) -> None:
    """A server of another kind: to the last check, each failure with what came."""

    def other(passing: Passing) -> None:
        passing.status, passing.body, passing.headers = 200, body, {"content-type": HTML}

    with altering(trial_registry.url, other) as url:
        results = checked(url)
    assert [one.check for one in results] == list(CHECKS)
    assert {one.kind for one in results} == {"holds", "fails"}
    assert [one.check.name for one in results if one.kind == "holds"] == ["reachable", "nothing-internal"]
    report = Report(url, results, 1, 1.0)
    assert ElementTree.fromstring(junit(report).encode()).get("failures") == str(len(CHECKS) - 2)
    assert not report.holds


def test_formats_and_exit_code(trial_registry: Any) -> None:
    with altering(trial_registry.url, without("etag", "/fhir/r5/ResearchStudy/NCT")) as url:
        told = trials("", "check", url, "--only", "r5.etag", "--only", "plain")
        as_json = trials("", "check", url, "--only", "r5.etag", "--format", "json")
        as_xml = trials("", "check", url, "--only", "r5", "--only", "ready", "--format", "junit")
    assert (told.returncode, as_json.returncode, as_xml.returncode) == (1, 1, 1)
    assert "holds   plain.schemas\n" in told.stdout
    assert "fails   r5.etag: ETag is the version; who has it is answered with 304. (https://hl7.org/" in told.stdout
    request = "GET /fhir/r5/ResearchStudy/NCT05398809"
    assert f"{request}\n          came     status 200, ETag None\n          expected status 200 and an" in told.stdout
    assert "12 hold, 1 fail, 0 skipped, 0 unasked; " in told.stdout
    [check] = json.loads(as_json.stdout)["checks"]
    assert (check["name"], check["result"], check["failures"][0]["request"]) == ("r5.etag", "fails", request)
    root = ElementTree.fromstring(as_xml.stdout.encode())
    assert (root.tag, root.get("failures"), root.get("errors")) == ("testsuites", "1", "0")
    cases = root.findall("testsuite/testcase")
    assert root.get("tests") == str(len(cases)) and {one.get("classname") for one in cases} == {
        "contract",
        "contract.r5",
    }
    [failed] = [one for one in cases if one.find("failure") is not None]
    assert (failed.get("classname"), failed.get("name")) == ("contract.r5", "etag")
    assert request in failed.findtext("failure", "")


def test_time_and_silence_are_bounded(trial_registry: Any) -> None:
    results = checked(trial_registry.url, seconds=0.3)
    assert results[0].kind == "holds" and results[-1].kind == "unasked"
    assert results[-1].note == "the time is up (--timeout)"
    assert not Report("", results, 1, 1.0).holds
    trial_registry.slow_next("/healthz", 5)
    slow = trials("", "check", trial_registry.url, "--timeout", "0.5")
    assert (
        slow.returncode == 1
        and "ReadTimeout" in slow.stdout
        and f"1 fail, 0 skipped, {len(CHECKS) - 1} unasked" in slow.stdout
    )
    gone = trials("", "check", "http://127.0.0.1:9")
    assert gone.returncode == 1 and "ConnectError" in gone.stdout and "the server cannot be reached" in gone.stdout
    assert len(gone.stdout.splitlines()) == 6 and f"unasked ready and {len(CHECKS) - 2} more: " in gone.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ftp://a"], "expected an address that begins with http://"),
        (["http://127.0.0.1:9", "--only", "r6"], "--only is 'r6': expected some of reachable"),
        (["http://127.0.0.1:9", "--header", "x"], "--header is 'x': expected 'Name: value'"),
        (["http://127.0.0.1:9", "--contract", "none.json"], "none.json cannot be read as JSON"),
        (["http://127.0.0.1:9", "--format", "yaml"], "yaml"),
    ],
)
def test_wrong_commands(arguments: list[str], words: str) -> None:
    result = trials("", "check", *arguments)
    assert result.returncode == 2 and words in result.stderr and not result.stdout


def test_what_cannot_be_in_xml_or_moves_a_cursor() -> None:
    failure = Failure("GET /", "200 text/plain: \x00\x1b[2J\ud800 <&", "a <b>")

    def never(server: Server) -> Iterator[Failure]:
        raise Ended("x")
        yield failure

    check = Check("a.b", never, "It holds.", "https://a.example")
    report = Report("http://a", [Result(check, "fails", (failure,), "", 0.1), *run(Server(None, {}), [check])], 1, 1.0)  # type: ignore[arg-type]
    root = ElementTree.fromstring(junit(report).encode())
    assert "<&" in root.findtext(".//failure", "") and root.get("errors") == "1"
    assert "\x1b" not in text(report) and "\x00" not in text(report)
