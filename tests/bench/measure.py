"""One workload on one server: every answer is checked and recorded, then the bare application and the server are loaded
in turn, round by round. A Result leaves: plain numbers, as JSON has them."""

import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx

from tests.bench import export, processes
from tests.bench.bare import Answers, Recorded
from tests.bench.draws import Ask, Registry
from tests.bench.generator import Timing, load, write_requests
from tests.bench.workloads import EXPORT, Workload
from tests.servers import ROOT

ROUNDS = 5
_OWN = (b"date", b"server")
"""Headers that the bare application's server sends by itself."""
Result = dict[str, Any]


class Setting(NamedTuple):
    """What is measured: the server's address and process, its database, what its results are named by."""

    url: str
    pid: int
    database: str
    folder: Path
    engine: str
    studies: int
    workers: int
    connections: tuple[int, ...]
    seconds: int


def checked(registry: Registry, workload: Workload, asks: Sequence[Ask]) -> tuple[dict[bytes, Recorded], list[float]]:
    """The answers of all, and how many seconds each took that first time. Raises AssertionError for the first that does
    not hold what was asked for."""
    assert asks, f"{workload.name}: the registry has nothing to ask for"
    made, seconds = {}, []
    for ask in asks:
        answer = registry.client.get(ask.path, headers=dict(ask.headers))
        try:
            workload.check(registry, ask, answer)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise AssertionError(f"{workload.name}: {ask.path}: {error!r} in {answer.text[:500]}") from error
        seconds.append(answer.elapsed.total_seconds())
        headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _OWN]
        made[ask.path.encode()] = Recorded(
            answer.status_code, headers, answer.content, ask.row if workload.reads else None
        )
    return made, seconds


@contextmanager
def bare(answers: Answers, folder: Path, workers: int) -> Iterator[str]:
    """The address of a bare application that gives these answers."""
    file = folder / "answers"
    with file.open("wb") as written:
        pickle.dump(answers, written, protocol=5)
    path, one = next(iter(answers.by_path.items()))
    del answers  # they may be gigabytes, which the bare application holds from now on
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare", str(file), "--workers", str(workers)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=url, transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
            answer = client.get(path.decode(), headers={"accept-encoding": "identity"})
        assert answer.status_code == one.status
        assert not isinstance(one.body, bytes) or answer.content == one.body, "the bare application sends other bytes"
        yield url
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
        file.unlink()


def measure(setting: Setting, registry: Registry, workload: Workload, asks: Sequence[Ask]) -> list[Result]:
    """A Result for each number of connections."""
    answers, seconds = checked(registry, workload, asks)
    size = sum(len(one.body) for one in answers.values() if isinstance(one.body, bytes)) / len(answers)
    reads = setting.database if workload.reads and setting.engine == "postgresql" else ""
    requests = setting.folder / "requests"
    write_requests(requests, asks)
    results = []
    with bare(Answers(answers, reads), setting.folder, setting.workers) as other:
        del answers
        for connections in setting.connections:
            pids = processes.workers(setting.pid, setting.workers)
            rounds, taken = _rounds(setting, other, requests, connections, pids)
            ours, pairs = [one for one, _ in rounds], [one.each_second / b.each_second for one, b in rounds]
            results.append(
                {
                    **_named(setting, workload.name, connections),
                    "hot": workload.hot,
                    "asked": len(asks),
                    "bytes": round(size),
                    "each_second": median(one.each_second for one in ours),
                    "bare_each_second": median(b.each_second for _, b in rounds),
                    "ratio": median(pairs),
                    "ratios": pairs,
                    "first": median(seconds) * 1e3,
                    "p50": median(one.p50 for one in ours),
                    "p99": median(one.p99 for one in ours),
                    "requests": sum(one.requests for one in ours),
                    "errors": sum(one.errors + b.errors for one, b in rounds),
                    "processor_ms": taken / max(1, sum(one.requests for one in ours)) * 1e3,
                    "memory": [processes.memory(pid)._asdict() for pid in pids],
                }
            )
    return results


def _rounds(
    setting: Setting, other: str, requests: Path, connections: int, pids: list[int]
) -> tuple[list[tuple[Timing, Timing]], float]:
    """(ours, bare) of each round, and the processor time that ours took. A round draws the same requests for both."""
    number = max(1, min(ROUNDS, setting.seconds))
    each, taken, rounds = max(1, setting.seconds // number), 0.0, []
    for seed in range(number):
        theirs = load(other, requests, seed, connections, each)
        before = processes.processor_seconds(pids)
        ours = load(setting.url, requests, seed, connections, each)
        taken += processes.processor_seconds(pids) - before
        rounds.append((ours, theirs))
    return rounds, taken


def measure_export(setting: Setting, client: httpx.Client, resources: int, exports: Path) -> Result:
    done = export.export(client, resources)
    with (
        bare(export.recorded(done, exports), setting.folder, setting.workers) as other,
        httpx.Client(base_url=other, headers={"accept-encoding": "identity"}, timeout=60) as theirs,
    ):
        lines, _, seconds = export.fetch(theirs, done.files)
    assert lines == resources, f"the bare application sent {lines} lines of {resources}"
    client.delete(done.status)
    took = done.written + done.fetched
    pids = processes.workers(setting.pid, setting.workers)
    return {
        **_named(setting, EXPORT, 1),
        "hot": False,
        "asked": 1,
        "bytes": done.size,
        "each_second": resources / took,
        "bare_each_second": resources / seconds,
        "ratio": seconds / took,
        "errors": 0,
        "written_seconds": done.written,
        "fetched_seconds": done.fetched,
        "memory": [processes.memory(pid)._asdict() for pid in pids],
    }


def _named(setting: Setting, workload: str, connections: int) -> Result:
    return {
        "engine": setting.engine,
        "studies": setting.studies,
        "workers": setting.workers,
        "connections": connections,
        "workload": workload,
    }
