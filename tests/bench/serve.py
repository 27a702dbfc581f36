"""How fast answers are, as ratios to a bare ASGI application that sends the same bytes in the same run; with what a
worker takes of memory, and the time from the start to the first answer.

    python -m tests.bench.serve --studies 1000,10000 --engines sqlite,postgresql --workers 1 --connections 16 \\
        --seconds 10 --workload 'read,page-*' --json results.json

Everything stays on 127.0.0.1. The databases are loaded once and kept in the folder of `--cache`; `--database URL`
measures on a loaded database instead. On two cores the load generator takes a part of one: `processor_ms` of the JSON
is what a request takes of a worker's core, whatever else runs.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import httpx

from app.store.engine import engine_for, parse_url
from tests.bench import databases, report
from tests.bench.draws import STUDY, Ask, Registry
from tests.bench.generator import WRK
from tests.bench.measure import Result, Setting, checked, measure, measure_export
from tests.bench.workloads import EXPORT, WORKLOADS, named
from tests.servers import Server

STARTS = 3
CACHE = Path(tempfile.gettempdir()) / "trials-bench"


def numbers(value: str) -> list[int]:
    return [int(one.replace("_", "")) for one in value.split(",")]


def words(value: str) -> list[str]:
    return value.split(",")


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=numbers, default=[10_000], help="sizes of the registry (10000)")
    parser.add_argument("--engines", type=words, default=["sqlite", "postgresql"], help="sqlite,postgresql (both)")
    parser.add_argument("--workers", type=numbers, default=[1], help="processes of the server (1)")
    parser.add_argument("--connections", type=numbers, default=[16], help="of the load generator (16)")
    parser.add_argument("--seconds", type=int, default=10, help="of load on the server and on the bare one (10)")
    parser.add_argument("--requests", type=int, default=1000, help="different ones that a workload draws (1000)")
    parser.add_argument("--workload", type=words, default=["*"], help="names or patterns (all)")
    parser.add_argument("--json", type=Path, help="a file for the results, written after each workload")
    parser.add_argument("--database", default="", help="the URL of a loaded database")
    parser.add_argument("--cache", type=Path, default=CACHE, help=f"folder of the loaded databases ({CACHE})")
    parser.add_argument("--check", action="store_true", help="only check the answers, time nothing")
    made = parser.parse_args(given)
    for one in made.engines:
        if one not in ("sqlite", "postgresql"):
            parser.error(f"--engines is '{one}': expected sqlite or postgresql")
    try:
        made.names = named(made.workload)
    except ValueError as error:
        parser.error(str(error))
    return made


def drawn(registry: Registry, names: Sequence[str]) -> dict[str, Sequence[Ask]]:
    made = {}
    for workload in WORKLOADS:
        if workload.name in names:
            tell(f"drawing {workload.name}")
            made[workload.name] = workload.draw(registry)
    return made


def tell(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


def started(database: str, id: str, **more: str) -> float:
    """Seconds from the start of a server on this database to its first answer."""
    begun = time.perf_counter()
    with Server(database, **more) as client:
        assert client.get(f"{STUDY}/{id}").status_code == 200
        return time.perf_counter() - begun


def run(given: argparse.Namespace, database: str, engine: str, studies: int, keep: Callable[[Result], None]) -> None:
    """All that was asked of one database."""
    written = engine_for(database)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exports = folder / "exports"
        exports.mkdir()
        more = {"TRIALS_EXPORT_FOLDER": str(exports), "TRIALS_EXPORT_KEPT": "1000"}
        server = Server(database, **more)
        with server as client:
            client.headers["accept-encoding"] = "identity"
            registry = Registry(written, client, given.requests)
            asks = drawn(registry, given.names)
            if given.check:
                for workload in WORKLOADS:
                    if workload.name in asks:
                        checked(registry, workload, asks[workload.name])
                        print(f"{engine} {studies} {workload.name}: {len(asks[workload.name])} answers are right")
                return
            resources = registry.rows("SELECT count(*) FROM resource WHERE NOT deleted")[0][0]
            id = registry.studies[0][1]
        for workers in given.workers:
            count = {**more, "TRIALS_WORKERS": str(workers)}
            start = {"engine": engine, "studies": studies, "workers": workers, "workload": "start"}
            keep({**start, "seconds": median(started(database, id, **count) for _ in range(STARTS))})
            server = Server(database, **count)
            with server as client:
                client.headers["accept-encoding"] = "identity"
                registry.client = client
                setting = Setting(
                    server.url,
                    server.process.pid,
                    database,
                    folder,
                    engine,
                    studies,
                    workers,
                    tuple(given.connections),
                    given.seconds,
                )
                for workload in WORKLOADS:
                    if workload.name in asks:
                        tell(f"{engine}, {studies} studies, {workers} workers: {workload.name}")
                        for result in measure(setting, registry, workload, asks[workload.name]):
                            keep(result)
                if EXPORT in given.names:
                    tell(f"{engine}, {studies} studies, {workers} workers: {EXPORT}")
                    client.timeout = httpx.Timeout(600)
                    keep(measure_export(setting, client, resources, exports))
    written.dispose()


def main() -> None:
    given = arguments()
    results: list[Result] = []

    def keep(result: Result) -> None:
        results.append(result)
        if given.json:
            given.json.write_text(json.dumps(results, indent=1))

    print(f"{os.cpu_count()} cores, load by {'wrk' if WRK else 'tests/bench/client.py'}")
    if given.database:
        studies = databases.number_of_studies(given.database)
        databases.trials(given.database, "migrate")
        run(given, given.database, parse_url(given.database).get_backend_name(), studies, keep)
    else:
        with databases.servers(given.cache, given.engines) as postgres:
            for engine in given.engines:
                for studies in given.studies:
                    tell(f"{engine}: a database with {studies} studies")
                    run(given, databases.loaded(given.cache, engine, studies, postgres), engine, studies, keep)
    print(report.told(results))


if __name__ == "__main__":
    main()
