"""FHIR's types as JSON Schemas: the golden documents are valid, and what FHIR does not have is not."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from app.fhir.json_schema import schemas
from app.fhir.xml_elements import definitions
from app.parameters.table import FHIR_TYPES
from tests.servers import ROOT

GOLDEN = sorted((ROOT / "tests" / "golden").glob("r[45]/*.json"))
RELEASES = ("r4", "r5")


@cache
def validator(release: str, type: str) -> jsonschema_rs.Draft202012Validator:
    named = schemas(release, FHIR_TYPES)
    schema = {"$ref": f"#/components/schemas/{release.upper()}.{type}", "components": {"schemas": named}}
    jsonschema_rs.meta.validate(schema)
    return jsonschema_rs.Draft202012Validator(schema)


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: f"{file.parent.name}-{file.stem[:40]}")
def test_documents_are_valid(file: Path) -> None:
    document = json.loads(file.read_text())
    one = validator(file.parent.name, document["resourceType"])
    one.validate(document)
    for change in ({"resourceType": "Patient"}, {"colour": "red"}, {"id": 7}, {"meta": []}, {"text": {"status": "x"}}):
        assert not one.is_valid({**copy.deepcopy(document), **change}), change


@pytest.mark.parametrize("release", RELEASES)
def test_every_element_and_code_is_there(release: str) -> None:
    named: dict[str, Any] = schemas(release, FHIR_TYPES)
    for type, elements in definitions(release).types.items():
        shape = named.get(f"{release.upper()}.{type}")
        if shape is None or type == "Extension":
            continue
        assert shape["properties"].keys() - {"resourceType"} == elements.keys(), type
        for name, element in elements.items():
            one = shape["properties"][name]
            assert (one.get("type") == "array") == element.many, f"{type}.{name}"
            one = one.get("items", one)
            if element.codes is not None and element.primitive:
                assert set(one["enum"]) == element.codes, f"{type}.{name}"
            else:
                assert one["$ref"].removeprefix("#/components/schemas/") in named, f"{type}.{name}"


def test_what_must_be_there_may_have_a_reason_for_its_absence() -> None:
    unknown = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]}
    study = validator("r4", "ResearchStudy")
    assert study.is_valid({"resourceType": "ResearchStudy", "status": "active"})
    assert study.is_valid({"resourceType": "ResearchStudy", "_status": unknown})
    assert not study.is_valid({"resourceType": "ResearchStudy"})
