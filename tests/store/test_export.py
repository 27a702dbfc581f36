"""The files of an export: one snapshot, split by size, memory that does not grow."""

import json
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.generate import write
from app.intake.load import load
from app.parameters.table import FHIR_TYPES
from app.store import tables as t
from app.store.engine import engine_for, insert_rows, writing
from app.store.export import Export, File, read_since, settled, write_export
from app.store.migrate import migrate
from tests.servers import SEEDS, Databases, trials


def ready(url: str) -> Engine:
    engine = engine_for(url)
    migrate(engine)
    return engine


@pytest.fixture(scope="module")
def engine(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine, studies = ready(databases.new()), tmp_path_factory.mktemp("studies") / "studies.ndjson"
    write(studies, 12)
    load(engine, [studies])
    return engine


def read(folder: Path, files: list[File]) -> list[dict[str, str]]:
    return [json.loads(line) for file in files for line in (folder / f"{file.name}.ndjson").open()]


def test_files_are_split(engine: Engine, tmp_path: Path) -> None:
    made = write_export(engine, Export("r5", ("ResearchStudy", "Group")), tmp_path, settled(engine), a_file=5)
    studies = [file for file in made.output if file.type == "ResearchStudy"]
    assert [(file.name, file.lines) for file in studies] == [
        ("ResearchStudy-1", 5),
        ("ResearchStudy-2", 5),
        ("ResearchStudy-3", 2),
    ]
    ids = [one["id"] for one in read(tmp_path, studies)]
    assert len(set(ids)) == 12 and made.deleted == []
    assert len({file.digest for file in made.output}) == len(made.output)


def test_a_load_beside_it_is_not_in_it(engine: Engine, tmp_path: Path) -> None:
    loads: list[int] = []

    def tell(done: int, total: int, kind: str) -> None:
        assert 0 < done <= total
        if not loads:
            loads.append(load(engine, [SEEDS]).counts["new"])

    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir(), second.mkdir()
    types = (*FHIR_TYPES[1:], "ResearchStudy")
    made = write_export(engine, Export("r4", types), first, settled(engine), tell)
    assert loads == [2]
    studies = [one["id"] for one in read(first, made.output) if one["resourceType"] == "ResearchStudy"]
    assert len(studies) == 12 and not {"NCT05398809", "NCT07153666"} & set(studies)
    after = write_export(engine, Export("r4", types, made.transaction_time), second, settled(engine))
    added = [one["id"] for one in read(second, after.output) if one["resourceType"] == "ResearchStudy"]
    assert sorted(added) == ["NCT05398809", "NCT07153666"] and after.transaction_time > made.transaction_time


def test_memory_does_not_grow_with_the_registry(url: str, tmp_path: Path) -> None:
    engine, peaks, body = ready(url), [], b'{"resourceType":"Location","name":"%s"}' % (b"x" * 2000)
    columns = ("key", "type", "id", "version", "last_updated", "deleted", "rendered", "digest", "r4", "r5")
    for keys in (range(1_000), range(1_000, 10_000)):
        with writing(engine) as connection:
            rows = [(key, "Location", str(key), 1, "2026", False, False, "", body, body) for key in keys]
            insert_rows(connection, t.resource, columns, rows)
        folder = tmp_path / str(keys.stop)
        folder.mkdir()
        tracemalloc.start()
        [file] = write_export(engine, Export("r5", ("Location",)), folder, settled(engine)).output
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert file.lines == keys.stop
    assert peaks[1] < 1.5 * peaks[0] < 3_000_000
    engine.dispose()


def test_the_command(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    load(engine := ready(url), [SEEDS])
    engine.dispose()
    done = trials(url, "export", "--output", folder, "--release", "r4", "--type", "Group", "--type", "ResearchStudy")
    assert done.returncode == 0 and f"{folder}/ResearchStudy-1.ndjson: 2 ResearchStudy" in done.stdout, done.stderr
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert {path.name for path in folder.iterdir()} == {*(f["url"] for f in manifest["output"]), "manifest.json"}
    assert manifest["transactionTime"] in done.stdout
    again = trials(url, "export", "--output", folder)
    assert again.returncode == 1 and "not empty" in again.stderr
    after = trials(url, "export", "--output", tmp_path / "after", "--since", manifest["transactionTime"])
    assert after.returncode == 0
    assert json.loads((tmp_path / "after" / "manifest.json").read_bytes())["output"] == []
    for option, value in (("--release", "r3"), ("--type", "Patient"), ("--since", "yesterday")):
        refused = trials(url, "export", "--output", tmp_path / "never", option, value)
        assert refused.returncode == 1 and option in refused.stderr and value in refused.stderr, refused.stderr
        assert "Traceback" not in refused.stderr and not (tmp_path / "never").exists()


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00.000000Z"),
        ("2026-03-01T09:30:00.1234567+02:00", "2026-03-01T07:30:00.123456Z"),
        ("2026-03-01", None),
        ("2026-03-01T09:30:00", None),
        ("2026-02-30T09:30:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-03-01T09:30:00Z\n", None),
        ("", None),
    ],
)
def test_instants(given: str, stored: str | None) -> None:
    if stored:
        assert read_since(given) == stored
    else:
        with pytest.raises(ValueError, match="expected one such as 2026"):
            read_since(given)
