"""A Bulk Data export of everything, as a workload: kicked off, waited for, all files fetched
(https://hl7.org/fhir/uv/bulkdata/export.html). Resources a second, against the bare application that sends the same
files."""

import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from tests.bench.bare import Answers, Recorded

LONGEST = 3600
LOOK = 0.05


class Exported(NamedTuple):
    """`written` and `fetched` are seconds; `status` is the job's address."""

    files: list[str]
    resources: int
    size: int
    written: float
    fetched: float
    status: str


def export(client: httpx.Client, resources: int) -> Exported:
    """Raises AssertionError when the files have not so many lines."""
    begun = time.perf_counter()
    answer = client.get("/fhir/r5/$export", headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    status = answer.headers["content-location"]
    while (answer := client.get(status)).status_code == 202:
        assert time.perf_counter() - begun < LONGEST, f"the export is not done after {LONGEST} s"
        time.sleep(LOOK)
    assert answer.status_code == 200, answer.text
    written = time.perf_counter() - begun
    files = [urlsplit(one["url"]).path for one in answer.json()["output"]]
    lines, size, fetched = fetch(client, files)
    assert lines == resources, f"the export has {lines} resources, the registry {resources}"
    return Exported(files, lines, size, written, fetched, status)


def fetch(client: httpx.Client, files: list[str]) -> tuple[int, int, float]:
    """(lines, bytes, seconds)"""
    begun, lines, size = time.perf_counter(), 0, 0
    for path in files:
        with client.stream("GET", path) as answer:
            assert answer.status_code == 200, path
            for part in answer.iter_raw():
                lines += part.count(b"\n")
                size += len(part)
    return lines, size, time.perf_counter() - begun


def recorded(exported: Exported, folder: Path) -> Answers:
    """What the bare application sends: the files as they stand in the server's folder for exports."""
    by_name = {file.name: file for file in folder.rglob("*.ndjson")}
    made: dict[bytes, Any] = {}
    for path in exported.files:
        file = by_name[path.rpartition("/")[2]]
        headers = [(b"content-type", b"application/fhir+ndjson"), (b"content-length", b"%d" % file.stat().st_size)]
        made[path.encode()] = Recorded(200, headers, file)
    return Answers(made)
