"""Real servers for the tests: `trials serve` in a process of its own, over a database of its own."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from itertools import count
from pathlib import Path

import httpx
import psycopg

from tests.recording import Recording

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
TRIALX = SEEDS / "NCT07153666-trialx.txt"
CLINCONNECT = SEEDS / "NCT05398809-clinconnect.txt"


def environment(url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIALS_")}
    return {**kept, "TRIALS_DATABASE_URL": url, **more}


def trials(url: str, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line as a user would."""
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env=environment(url, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


class Server:
    """`with Server(url) as client:` gives an httpx client of a server that answers; `.url` is its address."""

    recording: Recording | None = None
    """What every client's answers go to, in a test run."""

    def __init__(self, url: str, module: str = "app", **more: str) -> None:
        self._environment: Mapping[str, str] = environment(url, **more)
        self._module = module

    def __enter__(self) -> httpx.Client:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", self._module, "serve", "--port", "0"],
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            found = re.search(r"(http://\S+)/docs", line)
            if found:
                break
        else:
            raise AssertionError(f"the server did not start:\n{said}")
        self.said, self.url = said, found[1]
        hooks = [self.recording.keep] if self.recording else []
        self.client = httpx.Client(base_url=self.url, timeout=30, event_hooks={"response": hooks})
        deadline = time.monotonic() + 20
        while True:
            try:
                assert self.client.get("/readyz").status_code == 200
                return self.client
            except httpx.TransportError:
                assert time.monotonic() < deadline and self.process.poll() is None, said
                time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(20)


class Databases:
    """Makes empty databases of one engine."""

    _numbers = count(1)

    def __init__(self, engine: str, folder: Path, postgres: str) -> None:
        self.engine, self._folder, self._postgres = engine, folder, postgres

    def blank(self) -> str:
        """The URL of a database with nothing in it, not even tables."""
        return self._create(None)

    def new(self) -> str:
        """The URL of a database without a record: a copy of one that was migrated, which takes a second."""
        return self._create(self._migrated)

    @cached_property
    def _migrated(self) -> str:
        url = self.blank()
        made = trials(url, "migrate")
        assert made.returncode == 0, made.stderr
        return self._name(url)

    def _name(self, url: str) -> str:
        return url.removeprefix("sqlite:///") if self.engine == "sqlite" else url.partition("?")[0].rpartition("/")[2]

    def _create(self, template: str | None) -> str:
        number = next(self._numbers)
        if self.engine == "sqlite":
            path = f"{self._folder}/{number}.db"
            if template:
                shutil.copyfile(template, path)
            return f"sqlite:///{path}"
        name = f"trials_{os.getpid()}_{number}"
        with psycopg.connect(self._postgres, autocommit=True) as connection:  # the names are our own
            connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return self._postgres.replace("/postgres?", f"/{name}?")
