"""The recording of a run's answers: what is kept, what of it is validated, and that a wrong answer is found."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.recording import Recording, parts, shapes, told

OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found"}]}
ANSWER = {"headers": {"content-type": "application/fhir+json; charset=utf-8"}}


def answered(path: str, document: dict[str, Any], **more: Any) -> httpx.Response:
    request = httpx.Request("GET", f"http://registry.example{path}")
    return httpx.Response(200, request=request, content=json.dumps(document), **(more or ANSWER))


def recorded(folder: Path, *answers: tuple[str, dict[str, Any]], everything: bool = False) -> Recording:
    recording = Recording(folder, everything)
    for path, document in answers:
        recording.keep(answered(path, document))
    return recording


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"urn:uuid:{n:08}-0000-4000-8000-000000000000", "resource": each, "search": {"mode": "match"}}
        for n, each in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "searchset", "link": [SELF], "entry": entries, **more}


SELF = {"relation": "self", "url": "http://registry.example/fhir/r5/Organization"}
NAMED = {"resourceType": "Organization", "id": "one", "name": "Harbour Clinic"}
NAMELESS = {"resourceType": "Organization", "id": "two"}


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize(
    ("document", "words"),
    [
        (OUTCOME, ""),
        ({**OUTCOME, "issue": []}, "issue"),
        ({**OUTCOME, "note": "x"}, "note"),
        ({"resourceType": "Nothing"}, "Nothing"),
        (bundle(NAMED), ""),
        (bundle({**NAMED, "nmae": "x"}), "nmae"),
        (bundle(NAMED, bundle({**NAMED, "active": "yes"})), "active"),
        (bundle(NAMELESS), "org-1"),
        (bundle(NAMED, type="search"), "type"),
        ({**bundle(NAMED), "entry": [{"resource": NAMED}]}, "bdl-15"),
    ],
    ids=str,
)
def test_a_wrong_answer_is_found(tmp_path: Path, document: dict[str, Any], words: str, everything: bool) -> None:
    errors = recorded(tmp_path, ("/fhir/r5/Organization", document), everything=everything).errors()
    assert bool(errors) == bool(words)
    assert not words or any(words in each for each in errors), errors
    assert not errors or f"{len(errors)} answers" in told(errors)


def test_what_shows_nothing_new_is_kept_and_not_validated(tmp_path: Path) -> None:
    other = {**NAMED, "id": "three", "name": "Moor Hospital"}
    answers = [("/fhir/r5/a", NAMED), ("/fhir/r5/a", NAMED), ("/fhir/r5/b", other), ("/fhir/r4/a", NAMED)]
    recording = recorded(tmp_path, *answers)
    assert recording.errors() == [] and recording.validated == 2 and recording.answers == 4
    assert (tmp_path / "r5.ndjson").read_text().splitlines() == [
        json.dumps(each, separators=(",", ":")) for each in (NAMED, other)
    ]
    assert json.loads((tmp_path / "r4.ndjson").read_text()) == NAMED
    whole = recorded(tmp_path, *answers, everything=True)
    assert whole.errors() == [] and whole.validated == 3


def test_what_is_no_fhir_answer_is_passed_by(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.keep(answered("/api/v1/trials", NAMED))
    recording.keep(answered("/fhir/r5/a", NAMED, headers={"content-type": "application/json"}))
    recording.keep(httpx.Response(304, request=httpx.Request("GET", "http://registry.example/fhir/r5/a"), **ANSWER))
    assert recording.answers == 0 and recording.errors() == []


def test_shapes() -> None:
    extended = {**NAMED, "extension": [{"url": "http://a.example/b", "valueString": "x"}]}
    assert shapes(extended) == {
        ("Organization", frozenset(extended)),
        ("extension http://a.example/b", frozenset({"url", "valueString"})),
    }
    assert shapes(OUTCOME) >= {("OperationOutcome.issue.code", "not-found")}
    assert [each["resourceType"] for each in parts(bundle(NAMED, bundle(NAMED)))] == [
        "Organization",
        "Organization",
        "Bundle",
        "Bundle",
    ]
