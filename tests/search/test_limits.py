"""What one request may ask for: each limit answers with its name and its value, quickly, and a server that was asked
for too much again and again is no larger than before."""

import time
from pathlib import Path

import httpx
import pytest

from app.search import limits
from tests.fhir.validation import validate
from tests.servers import Databases, Server

STUDY = "/fhir/r5/ResearchStudy"
LONG_NAME = "x" * 3000


def refused(answer: httpx.Response) -> str:
    """The diagnostics of an OperationOutcome that names what is wrong."""
    assert answer.status_code in (400, 413, 414), answer.text[:300]
    assert answer.elapsed.total_seconds() < 1
    outcome = answer.json()
    assert validate("r5", outcome) == []
    [issue] = outcome["issue"]
    assert issue["severity"] == "error" and issue["diagnostics"]
    return str(issue["diagnostics"])


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("condition", ",".join(["a"] * (limits.MOST_VALUES + 1)), limits.MOST_VALUES),
        ("condition", ",".join(f"c{n}" for n in range(5000)), limits.MOST_VALUES),
        ("title", "a" * (limits.LONGEST_QUERY + 1), limits.LONGEST_QUERY),
        ("part-of." * (limits.DEEPEST + 1) + "title", "x", limits.DEEPEST),
        ("_has:Provenance:target:target." * (limits.DEEPEST // 2 + 1) + "title", "x", limits.DEEPEST),
        ("_filter", " and ".join(['title eq "x"'] * (300)), limits.MOST_FILTER_WORDS),
        ("_filter", "(" * 60 + 'title eq "x"' + ")" * 60, limits.MOST_FILTER_DEPTH),
    ],
    ids=["values", "many values", "length", "chain", "has", "filter", "parentheses"],
)
def test_a_limit_is_named_with_its_value(registry: httpx.Client, name: str, value: str, limit: int) -> None:
    answer = registry.post(f"{STUDY}/_search", data={name: value})
    assert f"{limit:,}" in refused(answer)


def test_many_parameters(registry: httpx.Client) -> None:
    pairs = [("condition", "vitiligo")] * (limits.MOST_PARAMETERS + 1)
    assert str(limits.MOST_PARAMETERS) in refused(registry.get(STUDY, params=pairs))
    assert registry.get(STUDY, params=pairs[:-1]).json()["total"] == 1


def test_the_most_that_is_taken(registry: httpx.Client) -> None:
    """What is just within the limits is answered, within a second."""
    for name, value in (
        ("condition", ",".join(f"c{n}" for n in range(limits.MOST_VALUES))),
        ("condition:text", ",".join(f"word{n}" for n in range(limits.MOST_VALUES))),
        ("title:contains", ",".join(f"w{n}" for n in range(limits.MOST_VALUES))),
        ("_content", ",".join(f"w{n}" for n in range(limits.MOST_VALUES))),
        ("identifier", ",".join(f"s|{n}" for n in range(limits.MOST_VALUES))),
        ("last-update", ",".join(f"ge20{n:02}" for n in range(100))),
        ("near", ",".join(f"{n % 90}|{n}|500|km" for n in range(100))),
        ("site", ",".join(f"Location/{n}" for n in range(limits.MOST_VALUES))),
        ("part-of." * limits.DEEPEST + "title", "x"),
        ("_filter", " or ".join([f'title co "w{n}"' for n in range(100)])),
    ):
        answer = registry.post(f"{STUDY}/_search", data={name: value})
        assert answer.status_code == 200, (name, answer.text[:300])
        assert answer.elapsed.total_seconds() < 1, name


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{STUDY}?{LONG_NAME}=1", None),
        ("GET", f"{STUDY}?title:{LONG_NAME}=1", None),
        ("GET", f"{STUDY}?_sort={LONG_NAME}", None),
        ("GET", f"{STUDY}?_include={LONG_NAME}", None),
        ("GET", f"{STUDY}?_has:{LONG_NAME}:a:b=1", None),
        ("POST", f"{STUDY}/_search", b"a" * 200_000),
        ("GET", f"{STUDY}?_cursor={LONG_NAME}", None),
    ],
    ids=["name", "modifier", "sort", "include", "has", "body", "cursor"],
)
def test_answers_to_long_things_are_short(registry: httpx.Client, method: str, path: str, body: bytes | None) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    answer = registry.request(method, path, content=body, headers=headers)
    refused(answer)
    assert len(answer.content) < 6000


def test_cursors_edited_byte_by_byte(registry: httpx.Client) -> None:
    bundle = registry.get(f"{STUDY}?_count=1&_sort=-last-update,title").json()
    following = httpx.URL(next(link["url"] for link in bundle["link"] if link["relation"] == "next"))
    cursor = following.params["_cursor"]
    assert registry.get(following).status_code == 200
    for place in range(len(cursor)):
        for other in ("A", "b", "-"):
            edited = cursor[:place] + other + cursor[place + 1 :]
            if edited != cursor:
                answer = registry.get(following.copy_set_param("_cursor", edited))
                assert "_cursor" in refused(answer)
    for cut in (1, 5, len(cursor) // 2):
        assert registry.get(following.copy_set_param("_cursor", cursor[:-cut])).status_code == 400


def _private(pid: int) -> int:
    """Kibibytes of memory that only this process has."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_"))


def test_memory_stays_flat(databases: Databases) -> None:
    server = Server(databases.new())
    with server as client:

        def ask(times: int) -> None:
            for n in range(times):
                client.post(f"{STUDY}/_search", data={"condition": ",".join(f"c{n}x{m}" for m in range(400))})
                client.post(f"{STUDY}/_search", data={"title:contains": f"{n}" * 2000, "_sort": "title"})
                client.get(f"{STUDY}?unknown{n}={n}")

        ask(150)
        before, began = _private(server.process.pid), time.monotonic()
        ask(350)
        assert time.monotonic() - began < 60
        assert _private(server.process.pid) - before < 20_000, "what is remembered is bounded"
