"""Closed-loop load on a server of this machine from another process: `wrk` where it is installed, else
tests/bench/client.py. A file of requests enters, a Timing leaves."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.bench.draws import Ask
from tests.servers import ROOT

WRK = shutil.which("wrk")
SCRIPT = Path(__file__).parent / "draw.lua"


class Timing(NamedTuple):
    """Milliseconds at the median and at the 99th percentile; `errors` are answers of 400 and above, and none."""

    seconds: float
    requests: int
    errors: int
    p50: float
    p99: float

    @property
    def each_second(self) -> float:
        return self.requests / self.seconds


def write_requests(file: Path, asks: Iterable[Ask]) -> None:
    # as the client that has checked the answers sends it: what was asked then is asked again
    accept = ("Accept", "*/*")
    lines = ("\t".join([ask.path, *(f"{name}: {value}" for name, value in (accept, *ask.headers))]) for ask in asks)
    file.write_text("\n".join(lines) + "\n")


def load(url: str, requests: Path, seed: int, connections: int, seconds: int) -> Timing:
    """`seconds` of load; two runs of one seed draw the same requests."""
    if WRK:
        command = [WRK, "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s"]
        command += ["-s", str(SCRIPT), url, "--", str(requests), str(seed)]
    else:
        command = [sys.executable, "-m", "tests.bench.client", url, str(requests), str(seed)]
        command += ["--connections", str(connections), "--seconds", str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds + 90)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return Timing(**json.loads(done.stdout.strip().splitlines()[-1]))
