"""`trials serve --pinned`, as it is started outside of Python: how soon it is up, how it ends, what it leaves."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.servers import ROOT, TRIALX, environment

COMMAND = (sys.executable, "-u", "-m", "app", "serve", "--pinned", "--port", "0")


def clean(folder: Path, **more: str) -> dict[str, str]:
    """The environment, with every file that a server makes in the folder."""
    kept = environment("", TMPDIR=str(folder), XDG_CACHE_HOME=str(folder / "cache"), **more)
    del kept["TRIALS_DATABASE_URL"]
    return kept


@contextmanager
def served(folder: Path, *options: str, **more: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    process = subprocess.Popen(
        [*COMMAND, *options],
        cwd=ROOT,
        env=clean(folder, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        found = None
        while found is None:
            line = process.stdout.readline()
            assert line, "the server did not start"
            found = re.search(r"(http://\S+)/docs", line)
        with httpx.Client(base_url=found[1]) as client:
            deadline = time.monotonic() + 20
            while True:
                try:
                    assert client.get("/readyz").status_code == 200
                    break
                except httpx.TransportError:
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
            yield process, client
    finally:
        process.kill()
        process.wait()


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name != "cache"]


def test_options(tmp_path: Path) -> None:
    with served(tmp_path, "--clock", "2030-06-01T00:00:00Z", "--load", str(TRIALX)) as (process, client):
        assert client.get("/pinned").json() == {"clock": "2030-06-01T00:00:00.000000Z", "changed": False, "faults": []}
        assert client.get("/api/v1/trials").json()["total"] == 1
        assert client.post("/pinned/faults", json={"route": "/healthz", "status": 418}).status_code == 201
        assert client.get("/healthz").status_code == 418
        assert client.get("/healthz").status_code == 200
        process.terminate()
        assert process.wait(20) == 0
    assert left(tmp_path) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, "input"], ids=str)
def test_nothing_is_left_but_the_cache(tmp_path: Path, how: signal.Signals | str) -> None:
    with served(tmp_path, "--until-closed") as (process, _):
        assert left(tmp_path) != []
        if isinstance(how, signal.Signals):
            process.send_signal(how)
        else:
            assert process.stdin is not None
            process.stdin.close()
        process.wait(20)
    assert left(tmp_path) == []
    assert len(list(tmp_path.glob("cache/*/*/*.db"))) == 1


def test_it_is_made_ready_and_ends(tmp_path: Path) -> None:
    """So an image has the database in it."""
    command = [*COMMAND, "--until-closed"]
    subprocess.run(command, cwd=ROOT, env=clean(tmp_path), stdin=subprocess.DEVNULL, check=True, timeout=60)
    assert len(list(tmp_path.glob("cache/*/*/*.db"))) == 1


UNNEEDED = (
    "alembic",
    "asyncpg",
    "ijson",
    "jsonschema",
    "lark",
    "lxml",
    "pint",
    "psycopg",
    "typer",
    "ucumvert",
    "xmlschema",
)
ROOMS_UNNEEDED = ("app.cli", "app.contract", "app.generate", "app.intake", "app.sources", "app.fhir.documents")


def test_what_only_a_load_needs_is_not_imported_to_serve() -> None:
    """Or the start would take longer than the second that it has; `python -m tests.bench.serve` measures it."""
    command = [sys.executable, "-c", "import app.main, sys; print(*sys.modules)"]
    imported = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    heavy = {name for name in imported if name.partition(".")[0] in UNNEEDED or name.startswith(ROOMS_UNNEEDED)}
    assert "app.api.door" in imported and not heavy


@pytest.mark.parametrize("folder", ["/proc/nowhere", ""], ids=["cannot be made", "the user's"])
def test_a_cache_that_cannot_be_written_to(tmp_path: Path, folder: str) -> None:
    with served(tmp_path, TRIALS_PINNED_FOLDER=folder) as (_, client):
        assert client.get("/api/v1/trials").json()["total"] == 2
    assert len(list(tmp_path.glob("cache/*/*/*.db"))) == (0 if folder else 1)


def test_it_is_one_process(tmp_path: Path) -> None:
    result = subprocess.run(COMMAND, cwd=ROOT, env=clean(tmp_path, TRIALS_WORKERS="2"), capture_output=True, text=True)
    assert result.returncode == 1 and "TRIALS_WORKERS is 2: a pinned server is one process" in result.stderr


def test_a_server_of_the_plugin_ends_with_its_run(tmp_path: Path) -> None:
    """However the run ends: here it is killed."""
    code = "import trial_registry_plugin as p, time; print(p.TrialRegistry().started().url, flush=True); time.sleep(60)"
    run = subprocess.Popen([sys.executable, "-c", code], env=clean(tmp_path), stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    url = run.stdout.readline().strip()
    assert httpx.get(f"{url}/healthz").status_code == 200
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    deadline = time.monotonic() + 10
    with pytest.raises(httpx.TransportError):
        while time.monotonic() < deadline:
            httpx.get(f"{url}/healthz")
            time.sleep(0.02)
