"""What a registry's record says stands in the tables: the record comes back whole, its resources are legal FHIR."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.fhir.documents import render, serialize
from app.generate import studies
from app.record.trial import Trial
from app.sources import ctgov, ctis
from tests.fhir.trials import full
from tests.fhir.validation import validate
from tests.store.test_put import put, stored

HERE = Path(__file__).parent.parent / "sources"
EVERY_FIELD = json.loads((HERE / "ctgov" / "study.json").read_text())
RECORDS = {
    "a study that uses every field of the format": ctgov.parse_json(EVERY_FIELD, "0" * 16),
    "a CTIS record": ctis.parse_json(json.loads((HERE / "ctis-trial.json").read_text()), "1" * 16),
    "a record with every part": full(),
    **{f"study {n}": ctgov.parse_json(study, f"{n:016}") for n, study in enumerate(studies(25))},
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_comes_back_whole(engine: Engine, name: str) -> None:
    trial: Trial = RECORDS[name].model_copy(update={"sources": []})
    put(engine, trial, 1)
    assert stored(engine, trial.id) == trial


@pytest.mark.parametrize("name", RECORDS)
def test_its_resources_are_legal(name: str) -> None:
    for rendered in render(RECORDS[name]):
        for release, document in (("r4", rendered.r4), ("r5", rendered.r5)):
            served = json.loads(serialize(document, 1, "2026-01-31T12:00:00Z"))
            assert validate(release, served) == [], rendered.id
