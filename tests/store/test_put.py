"""Records into tables and back; versions that tell the truth; bytes that can be rebuilt."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from app.intake.gazetteer import with_coordinates
from app.intake.load import Loaded, load_records
from app.intake.records import Raw
from app.record.trial import Trial, TrialSite
from app.sources import parse
from app.store import tables as t
from app.store.engine import writing
from app.store.fingerprints import renderer_fingerprint
from app.store.get import get_trial, get_version
from app.store.put import put_trial
from app.store.rerender import rerender
from tests.fhir.trials import bare, rich
from tests.servers import CLINCONNECT, TRIALX


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in t.trial.metadata.tables.items()
        }


def load_document(engine: Engine, name: str, data: bytes, instant: str) -> Loaded:
    told: list[Loaded] = []
    load_records(engine, [Raw(name, 1, "text", data)], "load", name, told.append, clock=lambda: instant)
    return told[0]


def put(engine: Engine, trial: Trial, day: int) -> str:
    with writing(engine) as connection:
        return put_trial(connection, trial, f"2026-01-{day:02}T00:00:00.000Z")


def stored(engine: Engine, trial_id: str) -> Trial:
    with engine.connect() as connection:
        key = connection.execute(select(t.trial.c.key).where(t.trial.c.id == trial_id)).scalar_one()
        return get_trial(connection, key)


def versions(engine: Engine) -> dict[tuple[str, str], int]:
    with engine.connect() as connection:
        rows = connection.execute(select(t.resource.c.type, t.resource.c.id, t.resource.c.version))
        return {(row.type, row.id): row.version for row in rows}


@pytest.mark.parametrize("file", [TRIALX, CLINCONNECT], ids=lambda file: file.stem)
def test_a_loaded_document_comes_back_whole(engine: Engine, file: Path) -> None:
    load_document(engine, "a.txt", file.read_bytes(), "2026-01-01T00:00:00.000Z")
    expected = with_coordinates(parse("a.txt", file.read_bytes()).trial)
    assert stored(engine, expected.id) == expected


@pytest.mark.parametrize("make", [rich, bare])
def test_a_record_comes_back_whole(engine: Engine, make) -> None:
    trial = make().model_copy(update={"registry": "ctgov", "sources": []})
    assert put(engine, trial, 1) == "new"
    assert stored(engine, trial.id) == trial


def test_unchanged_writes_nothing(engine: Engine) -> None:
    for file in (TRIALX, CLINCONNECT):
        load_document(engine, "a.txt", file.read_bytes(), "2026-01-01T00:00:00.000Z")
    before = everything(engine)
    for file in (TRIALX, CLINCONNECT):
        again = load_document(engine, "under-another-name", file.read_bytes(), "2026-01-02T00:00:00.000Z")
        assert again.change == "unchanged"
    after = everything(engine)
    ours = {"run", "state"}  # each load is a run, and takes its number
    assert {name: rows for name, rows in after.items() if name not in ours} == {
        name: rows for name, rows in before.items() if name not in ours
    }


def test_only_what_changed_gets_a_version(engine: Engine) -> None:
    """A new site raises the study and adds a Location; nothing else of the trial moves."""
    trial = rich().model_copy(update={"registry": "ctgov", "sources": []})
    put(engine, trial, 1)
    before = versions(engine)
    site = TrialSite(facility="Harbour Clinic", city="Nowhere", country="Freedonia")
    changed = trial.model_copy(update={"sites": [*trial.sites, site]})
    assert put(engine, changed, 2) == "changed"
    after = versions(engine)
    raised = {name for name in before if after[name] != before[name]}
    assert raised == {("ResearchStudy", trial.id)}
    assert {kind for kind, _ in set(after) - set(before)} == {"Location"}
    with engine.connect() as connection:
        key = connection.execute(select(t.trial.c.key)).scalar_one()
        assert get_version(connection, key, 1) == trial
        assert get_version(connection, key, 2) is None
        assert connection.execute(select(t.trial.c.version)).scalar_one() == 2


def test_a_cohort_that_goes_is_deleted_and_may_return(engine: Engine) -> None:
    trial = rich().model_copy(update={"registry": "ctgov", "sources": []})
    put(engine, trial, 1)
    one = trial.model_copy(
        update={"cohorts": trial.cohorts[:1], "criteria": [c for c in trial.criteria if c.cohort == 0]}
    )
    put(engine, one, 2)
    row = t.resource.c.id == f"{trial.id}-cohort-2"
    with engine.connect() as connection:
        gone = connection.execute(select(t.resource).where(row)).one()
        assert gone.deleted and gone.version == 2
    put(engine, trial, 3)
    with engine.connect() as connection:
        back = connection.execute(select(t.resource).where(row)).one()
        assert not back.deleted and back.version == 3
        old = connection.execute(select(func.count()).select_from(t.resource_version)).scalar_one()
        assert old >= 2
    assert stored(engine, trial.id) == trial


def test_another_trial_takes_nothing_from_a_shared_organization(engine: Engine) -> None:
    """A page that does not describe the sponsor leaves the description that another page gave."""
    load_document(engine, "a", CLINCONNECT.read_bytes(), "2026-01-01T00:00:00.000Z")
    before = versions(engine)
    trial = parse("a", CLINCONNECT.read_bytes()).trial
    silent = [party.model_copy(update={"description": None}) for party in trial.parties]
    other = trial.model_copy(update={"id": "NCT09999999", "parties": silent, "sources": [], "facts": []})
    put(engine, other, 2)
    after = versions(engine)
    assert {name: after[name] for name in before} == before
    with engine.connect() as connection:
        assert connection.execute(select(t.organization.c.description)).scalars().first()
    assert stored(engine, "NCT09999999").parties == silent


def test_rendering_again_changes_nothing(engine: Engine) -> None:
    for file in (TRIALX, CLINCONNECT):
        load_document(engine, "a.txt", file.read_bytes(), "2026-01-01T00:00:00.000Z")
    rerender(engine, lambda: "2026-01-02T00:00:00.000Z")
    before = everything(engine)
    assert rerender(engine, lambda: "2026-01-03T00:00:00.000Z") == 0, "the renderers did not change"
    assert rerender(engine, lambda: "2026-01-03T00:00:00.000Z", always=True) == 2
    after = everything(engine)
    assert {name: rows for name, rows in after.items() if name != "state"} == {
        name: rows for name, rows in before.items() if name != "state"
    }


def test_a_changed_renderer_makes_marked_versions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.fhir import documents
    from app.store import prepare as prepare_module
    from app.store import rerender as rerender_module

    load_document(engine, "a.txt", TRIALX.read_bytes(), "2026-01-01T00:00:00.000Z")
    rerender(engine, lambda: "2026-01-02T00:00:00.000Z")

    def render_with_language(trial):
        return [
            rendered._replace(r5={**rendered.r5, "language": "en"})
            for rendered in documents.render(trial)
            if rendered.type == "ResearchStudy"
        ]

    monkeypatch.setattr(prepare_module, "render", render_with_language)
    monkeypatch.setattr(rerender_module, "renderer_fingerprint", lambda: "another")
    assert renderer_fingerprint() != "another"
    assert rerender(engine, lambda: "2026-01-03T00:00:00.000Z") == 1
    with engine.connect() as connection:
        [row] = connection.execute(select(t.resource).where(t.resource.c.type == "ResearchStudy")).all()
        assert row.rendered and row.version == 2
        assert connection.execute(select(t.trial.c.version)).scalar_one() == 1, "the record is the same"


def test_ids_order_alike_on_both_engines(engine: Engine) -> None:
    ids = ["NCT1", "NCT-1", "nct1", "NCT10", "NCT.1", "Nct1"]
    for number, one in enumerate(ids, 1):
        put(engine, Trial(id=one, registry="ctgov", title="ä" * number), number)
    with engine.connect() as connection:
        assert list(connection.scalars(select(t.trial.c.id).order_by(t.trial.c.id))) == sorted(ids)
