"""The pytest plugin that comes with the package: fixtures in, real servers with pinned data out.

    def test_the_portal_waits(trial_registry):
        trial_registry.fail_next("/fhir/r5/ResearchStudy", status=429, retry_after=1)
        assert Portal(trial_registry.url).studies() == [...]

- `trial_registry`: both documents that come with the package; as it was at the start, for every test.
- `make_trial_registry(load=[...], clock="2026-01-31T00:00:00Z")`: other data; the server ends with the test.
- `trial_registry_factory`: the same for fixtures of any scope; its servers end with the run.

It stands outside of the package and imports nothing of it: a project under test may have a package of the same name.
https://docs.pytest.org/en/stable/how-to/writing_plugins.html#making-your-plugin-installable-by-others
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

CLOCK = "2026-01-31T00:00:00Z"
_START_SECONDS = 60


class TrialRegistry:
    """A running server. `url` is its address, `client` an `httpx.Client` for it, `log` the file with what it says.

    `load`: files, folders, or studies in ClinicalTrials.gov's format as dicts; None: the two documents of the package.
    `database`: the URL of an empty database; None: a SQLite database of its own. Raises RuntimeError when the server
    does not start, with what it says.
    """

    def __init__(
        self,
        load: Iterable[str | os.PathLike[str] | Mapping[str, Any]] | None = None,
        clock: str = CLOCK,
        database: str | None = None,
    ) -> None:
        if isinstance(load, str | os.PathLike | Mapping):
            raise ValueError(f"load is {str(load)[:80]!r}: expected a list, [{type(load).__name__}]")
        load = None if load is None else list(load)
        if load == []:
            raise ValueError("load is empty: expected files, folders or studies, or None for those of the package")
        self._folder = Path(tempfile.mkdtemp(prefix="trial-registry-"))
        self.log = self._folder / "log.txt"
        self.url = ""
        self._clients: list[httpx.Client] = []
        # isolated (-I): the project's own packages are not the server's
        command = [sys.executable, "-I", "-u", "-m", "app", "serve", "--pinned", "--until-closed", "--port", "0"]
        command += ["--host", "127.0.0.1", "--clock", clock]
        for path in _written(load or (), self._folder):
            command += ["--load", str(path)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TRIALS_")}
        if "TRIALS_PINNED_FOLDER" in os.environ:
            environment["TRIALS_PINNED_FOLDER"] = os.environ["TRIALS_PINNED_FOLDER"]
        environment["TMPDIR"] = str(self._folder)
        if database is not None:
            environment["TRIALS_DATABASE_URL"] = database
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, env=environment, cwd=self._folder, stdin=subprocess.PIPE, stdout=log, stderr=log
            )

    def __enter__(self) -> TrialRegistry:
        return self.started()

    def __exit__(self, *_: object) -> None:
        self.close()

    def started(self) -> TrialRegistry:
        """Itself, when the server answers."""
        import httpx  # here: a run that asks for no server does not pay for it

        deadline = time.monotonic() + _START_SECONDS
        while not self._answers(httpx):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace")
                self.close()
                raise RuntimeError(f"the trial registry did not start:\n{said}")
            time.sleep(0.005)
        return self

    def _answers(self, httpx: Any) -> bool:
        if not self.url:
            found = re.search(r"(http://\S+)/docs", self.log.read_text(errors="replace"))
            if not found:
                return False
            self.url = found[1]
            self.client: httpx.Client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
            self._control = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
            self._clients = [self.client, self._control]
        try:
            return bool(self._control.get("/pinned").status_code == 200)
        except httpx.TransportError:
            return False

    def close(self) -> None:
        """Ends the server."""
        for client in self._clients:
            client.close()
        self._process.kill()  # nothing that it has is to be kept, and all of it is in the folder
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def fail_next(self, route: str, status: int = 503, *, retry_after: int | None = None, **when: Any) -> None:
        """The next request of `route` (a path; `*` stands for anything) is answered with an error.

        `when`: `times=2` for the next two requests, `skip=1` to answer one before, `method="GET"`. `retry_after` in
        seconds. So with the other faults.
        """
        self._ask("POST", "/faults", {"route": route, "status": status, "retry_after": retry_after, **when})

    def slow_next(self, route: str, seconds: float, **when: Any) -> None:
        """The next answer comes so much later."""
        self._ask("POST", "/faults", {"route": route, "wait": seconds, **when})

    def cut_next(self, route: str, **when: Any) -> None:
        """The connection of the next answer is closed in the middle of its body."""
        self._ask("POST", "/faults", {"route": route, "cut": True, **when})

    def delete(self, trial: str, *, before: str | None = None, **when: Any) -> None:
        """Deletes a trial as its registry would: now, or just before the next request of the route `before` is
        answered; `delete("NCT05398809", before="/fhir/r5/ResearchStudy", skip=1)` before the second page."""
        self._edit({"trial": trial, "delete": True}, before, when)

    def change(
        self, trial: str, fields: Mapping[str, Any] | None = None, *, before: str | None = None, **when: Any
    ) -> None:
        """Changes a trial, so that it has another version: `fields` are those of the record that get other values,
        by default another title. When: as with `delete`."""
        self._edit({"trial": trial, "fields": dict(fields or {})}, before, when)

    def clear(self) -> None:
        """Nothing more goes wrong. What was deleted or changed stays so."""
        self._ask("DELETE", "/faults")

    def changed(self) -> bool:
        """Whether the server holds anything else than at its start."""
        return bool(self._ask("GET", "")["changed"])

    def _edit(self, edit: dict[str, Any], before: str | None, when: dict[str, Any]) -> None:
        if before is None:
            if when:
                raise TypeError(f"{', '.join(when)} says when among the requests of a route: expected before= too")
            self._ask("POST", "/edits", edit)
        else:
            self._ask("POST", "/faults", {"route": before, "edit": edit, **when})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._control.request(method, f"/pinned{path}", json=body)
        if answer.is_error:
            raise ValueError(answer.json()["detail"])
        return answer.json() if answer.content else None


def _written(load: Iterable[str | os.PathLike[str] | Mapping[str, Any]], folder: Path) -> Iterator[Path]:
    """The paths; studies become files."""
    for number, one in enumerate(load, 1):
        if isinstance(one, Mapping):
            path = folder / f"study-{number}.json"
            path.write_text(json.dumps(one))
            yield path
        else:
            yield Path(one).absolute()


Make = Callable[..., TrialRegistry]


def _factory() -> Iterator[Make]:
    made: list[TrialRegistry] = []

    def make(
        load: Iterable[str | os.PathLike[str] | Mapping[str, Any]] | None = None,
        clock: str = CLOCK,
        database: str | None = None,
    ) -> TrialRegistry:
        made.append(TrialRegistry(load, clock, database))
        return made[-1].started()

    yield make
    for one in made:
        one.close()


@pytest.fixture
def make_trial_registry() -> Iterator[Make]:
    """Starts a server with other data or another clock; it ends with the test."""
    yield from _factory()


@pytest.fixture(scope="session")
def trial_registry_factory() -> Iterator[Make]:
    """As `make_trial_registry`, for fixtures of any scope; its servers end with the run."""
    yield from _factory()


_shared = pytest.StashKey[TrialRegistry]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """The server of `trial_registry` starts while the first tests run."""
    used = any("trial_registry" in getattr(item, "fixturenames", ()) for item in session.items)
    if used and not session.config.option.collectonly and not _is_controller(session.config):
        session.config.stash[_shared] = TrialRegistry()


def _is_controller(config: pytest.Config) -> bool:
    """With pytest-xdist it is the workers that run tests, each with a server of its own."""
    return bool(getattr(config.option, "dist", "no") != "no") and not hasattr(config, "workerinput")


def pytest_unconfigure(config: pytest.Config) -> None:
    shared = config.stash.get(_shared, None)
    if shared is not None:
        shared.close()


@pytest.fixture
def trial_registry(pytestconfig: pytest.Config) -> Iterator[TrialRegistry]:
    """A real server with the two documents that come with the package. Each test finds it as it was at the start."""
    if _shared not in pytestconfig.stash:
        pytestconfig.stash[_shared] = TrialRegistry()
    shared = pytestconfig.stash[_shared].started()
    yield shared
    shared.clear()
    if shared.changed():
        del pytestconfig.stash[_shared]
        shared.close()
