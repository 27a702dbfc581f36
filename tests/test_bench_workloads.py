"""The workloads of `python -m tests.bench.serve` ask for what they say: the checks that are made before anything is
timed pass on a small registry of each engine. Nothing is timed here."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import pytest

from app.generate import write
from app.intake.load import load
from app.store.engine import engine_for
from app.store.migrate import migrate
from tests.bench import bare, export, generator, report
from tests.bench.checks import is_resource
from tests.bench.draws import STUDY, Ask, Registry
from tests.bench.measure import bare as bare_server
from tests.bench.measure import checked
from tests.bench.workloads import NAMES, WORKLOADS, Workload, named
from tests.servers import Databases, Server

STUDIES = 40
ASKED = 3


@pytest.fixture(scope="module")
def registry(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """With a client of its own: hundreds of whole pages are no answers to validate once more."""
    folder = tmp_path_factory.mktemp("bench")
    url = databases.new()
    engine = engine_for(url)
    migrate(engine)
    for seed, count in ((1, STUDIES), (2, STUDIES // 10)):
        file = folder / f"{seed}.ndjson"
        write(file, count, seed)
        assert load(engine, [file]).counts["refused"] == 0
    server = Server(url, TRIALS_EXPORT_FOLDER=str(folder))
    with server, httpx.Client(base_url=server.url, headers={"accept-encoding": "identity"}, timeout=30) as client:
        yield Registry(engine, client, ASKED)
    engine.dispose()


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_answers_are_what_was_asked_for(registry: Registry, workload: Workload) -> None:
    asks = workload.draw(registry)
    answers, _ = checked(registry, workload, asks)
    assert len(answers) == len({ask.path for ask in asks}) == len(asks)
    assert len(asks) == 1 if workload.hot else len(asks) > 1
    assert all(ask.row for ask in asks) or not workload.reads, "the bare application has nothing to read"


def test_a_wrong_answer_is_told(registry: Registry) -> None:
    wrong = Workload("read", lambda r: [Ask(f"{STUDY}/{r.studies[0][1]}", "another")], is_resource)
    with pytest.raises(AssertionError, match=r"it is NCT\d+ \(expected 'another'\)"):
        checked(registry, wrong, wrong.draw(registry))


def test_the_bare_application_sends_the_same(registry: Registry, tmp_path: Path) -> None:
    """Status, body and headers, whether or not it reads the resource first."""
    reads = next(one for one in WORKLOADS if one.name == "read")
    asks = reads.draw(registry)
    answers, _ = checked(registry, reads, asks)
    database = str(registry.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    postgres = registry.engine.dialect.name == "postgresql"
    with (
        bare_server(bare.Answers(answers, database if postgres else ""), tmp_path, 1) as url,
        httpx.Client(base_url=url) as client,
    ):
        for ask in asks:
            ours, theirs = registry.client.get(ask.path), client.get(ask.path)
            assert theirs.content == ours.content
            assert set(theirs.headers) == set(ours.headers)


def test_load_is_counted(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With wrk, where it is installed, and with the client of our own: answers come, and none is an error."""
    reads = next(one for one in WORKLOADS if one.name == "conditional-read")
    requests = tmp_path / "requests"
    generator.write_requests(requests, reads.draw(registry))
    for program in {generator.WRK, None}:
        monkeypatch.setattr(generator, "WRK", program)
        timing = generator.load(str(registry.client.base_url), requests, 1, 2, 1)
        assert timing.requests > 0 and timing.errors == 0 and 0 < timing.p50 <= timing.p99


def test_everything_is_exported(registry: Registry, tmp_path: Path) -> None:
    count = registry.rows("SELECT count(*) FROM resource WHERE NOT deleted")[0][0]
    done = export.export(registry.client, count)
    assert done.resources == count and done.size > 0


def test_workloads_are_named() -> None:
    assert named(["page-1*", "read"]) == tuple(one for one in NAMES if one == "read" or one.startswith("page-1-"))
    with pytest.raises(ValueError, match="'reed': expected some of read,"):
        named(["reed"])


def test_results_are_told() -> None:
    one = orjson.loads(
        '{"engine":"sqlite","studies":10000,"workers":1,"connections":16,"workload":"read","hot":false,"asked":1000,'
        '"bytes":20000,"each_second":900,"bare_each_second":1000,"ratio":0.9,"first":9,"p50":1,"p99":2,"requests":900,"errors":0,'
        '"processor_ms":1,"memory":[{"anonymous":90,"unique":100,"proportional":100,"peak":110}]}'
    )
    large = {**one, "studies": 100_000, "ratio": 0.3, "p50": 3}
    said = report.told([one, large, {**one, "workload": "facets", "ratio": 0.01}])
    assert "0.40 pass" in said and "0.05 MISS" in said and "p50 x3.00 p99 x1.00 MISS" in said
