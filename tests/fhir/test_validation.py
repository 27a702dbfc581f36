"""The validator finds what it should: a fault put into a legal document is reported."""

import pytest

from app.fhir.documents import render
from tests.fhir.trials import rich
from tests.fhir.validation import validate

XHTML = "http://www.w3.org/1999/xhtml"
FAULTS = [
    ("r4", "ResearchStudy", ["status"], "recruiting", "status is 'recruiting'"),
    ("r5", "ResearchStudy", ["status"], "completed", "status is 'completed'"),
    ("r5", "ResearchStudy", ["region", 0, "text"], "", "text is empty"),
    ("r5", "ResearchStudy", ["enrollment"], [{"display": "x"}], "Extra inputs"),
    ("r4", "ResearchStudy", ["recruitment"], {"targetNumber": 1}, "Extra inputs"),
    ("r4", "ResearchStudy", ["extension", 0, "url"], "urn:x", "unknown extension urn:x"),
    ("r4", "ResearchStudy", ["extension", 0, "extension", 0, "url"], "kind", "unknown part kind"),
    ("r4", "ResearchStudy", ["extension", 0, "valueString"], "x", "ext-1"),
    ("r5", "Group", ["membership"], "maybe", "membership is 'maybe'"),
    ("r4", "Group", ["actual"], None, "actual"),
    ("r5", "EvidenceVariable", ["characteristic", 0, "definitionId"], "x", "evv-1"),
    (
        "r5",
        "EvidenceVariable",
        ["characteristic", 0, "definitionByCombination", "code"],
        "some-of",
        "code is 'some-of'",
    ),
    ("r4", "EvidenceVariable", ["characteristic", 0, "definitionCodeableConcept"], {}, "empty object"),
    ("r4", "EvidenceVariable", ["characteristic"], [], "at least one"),
    ("r5", "Location", ["text", "status"], "made", "status is 'made'"),
    ("r4", "Location", ["text", "div"], "<div>Crater & Clinic</div>", "div is no XML"),
    ("r5", "Group", ["text", "div"], "<div>Anybody</div>", "div is a div"),
    ("r4", "Group", ["text", "div"], f'<div xmlns="{XHTML}"><script>1</script></div>', "txt-1"),
    ("r4", "ResearchStudy", ["text", "div"], f'<div xmlns="{XHTML}"><p> </p></div>', "txt-2"),
    ("r4", "EvidenceVariable", ["handling"], "dichotomous", "handling: not in R4"),
]


@pytest.mark.parametrize(("release", "resource_type", "path", "value", "message"), FAULTS)
def test_fault_is_found(release, resource_type, path, value, message):
    rendered = next(each for each in render(rich()) if each.type == resource_type)
    document = getattr(rendered, release)
    assert validate(release, document) == []
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(message in error for error in validate(release, document)), validate(release, document)


def test_entries_of_a_bundle_are_validated():
    rendered = next(each for each in render(rich()) if each.type == "EvidenceVariable")
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"fullUrl": "urn:x", "resource": rendered.r4}]}
    assert validate("r4", bundle) == []
    assert validate("r5", bundle)
