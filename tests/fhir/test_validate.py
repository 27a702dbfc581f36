"""What `$validate` finds: nothing in what is served, each fault where it is, and an answer for any JSON value."""

import copy
import json
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir.documents import render, serialize
from app.fhir.validate import MAX_ISSUES, Issue, validate
from app.fhir.xml_elements import MAX_DEPTH, definitions
from tests.fhir.trials import bare, full, rich

GOLDEN = Path(__file__).parents[1] / "golden"
SERVED = [
    pytest.param(release, orjson.loads(path.read_bytes()), id=f"{release}-{path.stem[:40]}")
    for release in ("r4", "r5")
    for path in sorted((GOLDEN / release).iterdir())
]


def served(rendered, release):
    return orjson.loads(serialize(getattr(rendered, release), 1, "2026-01-31T12:00:00Z"))


FICTIONAL = [
    pytest.param(release, served(each, release), id=f"{release}-{trial.__name__}-{each.type}-{each.id[:30]}")
    for release in ("r4", "r5")
    for trial in (bare, rich, full)
    for each in render(trial())
]
SEVERITIES = definitions("r5").types["OperationOutcome.issue"]["severity"].codes
CODES = definitions("r5").types["OperationOutcome.issue"]["code"].codes


@pytest.mark.parametrize(("release", "document"), SERVED + FICTIONAL)
def test_what_is_served_has_no_errors(release, document):
    before = copy.deepcopy(document)
    assert [issue for issue in validate(release, document) if issue.severity != "warning"] == []
    assert document == before


def study(**changes):
    made = {"resourceType": "ResearchStudy", "id": "s", "status": "active", "text": TEXT, **changes}
    return {name: value for name, value in made.items() if value is not ...}


def group(**changes):
    made = {"resourceType": "Group", "type": "person", "membership": "definitional", "text": TEXT, **changes}
    return {name: value for name, value in made.items() if value is not ...}


TEXT = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">A study.</div>'}
VALUE = {"url": "urn:x", "valueString": "x"}


def div(inner, namespace="http://www.w3.org/1999/xhtml"):
    return {"status": "generated", "div": f'<div xmlns="{namespace}">{inner}</div>'}


def nested(levels):
    extension = VALUE
    for _ in range(levels):
        extension = {"url": "urn:x", "extension": [extension]}
    return extension


def bundle(*resources):
    entries = [{"fullUrl": f"urn:x:{number}", "resource": each} for number, each in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def ranged(low, high):
    return group(characteristic=[{"code": {"text": "x"}, "exclude": False, "valueRange": {"low": low, "high": high}}])


def variable(**characteristic):
    return {"resourceType": "EvidenceVariable", "status": "draft", "text": TEXT, "characteristic": [characteristic]}


TWO_DEFINITIONS = variable(definitionId="x", definitionCodeableConcept={"text": "x"})
VALUE_AND_PART = {"name": "x", "valueString": "x", "part": [{"name": "y", "valueString": "y"}]}
LOCATION = {"resourceType": "Location", "id": "l", "name": "x"}
INNER = group(id="g", text=..., managingEntity={"reference": "#"})
NULLS = {"given": ["Ada", None], "_given": [None, {"extension": [VALUE]}]}
ELSEWHERE = ["https://example.org/fhir/Location/l", "urn:uuid:1", "Location/l/_history/2"]

# fmt: off
FAULTS = [
    # structure
    ("r5", study(fase="x"), "structure", "ResearchStudy.fase", "did you mean phase?"),
    ("r4", study(label=[{"value": "x"}]), "structure", "ResearchStudy.label", "of FHIR 4.0.1 has no such element"),
    ("r5", study(_code={"id": "x"}), "structure", "ResearchStudy._code", "no such element"),
    ("r5", study(**{"a b": 1}), "structure", "ResearchStudy", "'a b': ResearchStudy"),
    ("r5", study(label=[{"value": "x", "valu": 1}]), "structure", "ResearchStudy.label[0].valu", "did you mean value?"),
    ("r5", study(phase="phase-1"),
     "structure", "ResearchStudy.phase", "'phase-1': expected an object (CodeableConcept)"),
    ("r5", study(phase=[{"text": "x"}]), "structure", "ResearchStudy.phase", "an array of 1: expected one value"),
    ("r5", study(label={"value": "x"}), "structure", "ResearchStudy.label", "an object of 1: expected an array"),
    ("r5", study(label=[]), "structure", "ResearchStudy.label", "an array of 0: expected an array with at least one"),
    ("r5", study(phase={}), "structure", "ResearchStudy.phase", "an object of 0: expected at least one element"),
    ("r5", study(title=None), "structure", "ResearchStudy.title", "null: expected no null"),
    ("r5", study(label=[None]), "structure", "ResearchStudy.label[0]", "null: expected no null"),
    ("r5", study(title=7), "structure", "ResearchStudy.title", "7: expected a string"),
    ("r5", study(recruitment={"targetNumber": "7"}),
     "value", "ResearchStudy.recruitment.targetNumber", "without quotes"),
    ("r5", study(recruitment={"targetNumber": True}),
     "structure", "ResearchStudy.recruitment.targetNumber", "true: expected a whole"),
    ("r5", study(recruitment={"targetNumber": 1.0}),
     "structure", "ResearchStudy.recruitment.targetNumber", "1.0: expected a whole"),
    ("r5", study(recruitment={"targetNumber": -1}), "structure", "ResearchStudy.recruitment.targetNumber", "from 0"),
    ("r5", group(extension=[{"url": "u", "valueString": "a", "valueCode": "b"}]),
     "structure", "Group.extension[0].value", "expected one value[x]"),
    # values
    ("r5", study(title=""), "value", "ResearchStudy.title", "'': expected a string that is not empty"),
    ("r5", study(title=" \t"), "value", "ResearchStudy.title", "not empty"),
    ("r5", study(title="\x01"), "value", "ResearchStudy.title", "no control characters"),
    ("r5", study(id="a b"), "value", "ResearchStudy.id", "1 to 64 letters"),
    ("r5", study(url="a b"), "value", "ResearchStudy.url", "without white space"),
    ("r5", study(date="01/02/2024"), "value", "ResearchStudy.date", "YYYY-MM-DD"),
    ("r5", study(date="2023-02-29"), "value", "ResearchStudy.date", "YYYY-MM-DD"),
    ("r5", study(date="2024-02-29T10:00:00"), "value", "ResearchStudy.date", "with a time zone"),
    ("r5", study(period={"start": "2024-2"}), "value", "ResearchStudy.period.start", "YYYY-MM"),
    ("r5", study(meta={"lastUpdated": "2024-02-01"}), "value", "ResearchStudy.meta.lastUpdated", "hh:mm:ss"),
    ("r5", group(extension=[{"url": "u", "valueBase64Binary": "abc"}]), "value", "Group.extension[0].value", "base64"),
    ("r5", group(extension=[{"url": "u", "valueUuid": "x"}]), "value", "Group.extension[0].value", "urn:uuid:"),
    ("r5", group(extension=[{"url": "u", "valueInteger64": "9223372036854775808"}]),
     "value", "Group.extension[0].value", "whole number"),
    ("r5", group(extension=[{"url": "u", "valueTime": "24:00:00"}]), "value", "Group.extension[0].value", "hh:mm:ss"),
    # cardinality
    ("r5", study(status=...), "required", "ResearchStudy.status", "no status: expected one in every ResearchStudy"),
    ("r4", study(status=...), "required", "ResearchStudy.status", "no status"),
    ("r5", group(type=..., membership=...), "required", "Group.membership", "no membership"),
    ("r4", group(membership=...), "required", "Group.actual", "no actual"),
    ("r5", group(extension=[{"valueString": "x"}]), "required", "Group.extension[0].url", "no url"),
    ("r5", group(characteristic=[{"code": {"text": "x"}, "exclude": False}]),
     "required", "Group.characteristic[0].value", "no value[x]"),
    ("r4", {"resourceType": "EvidenceVariable", "status": "draft"},
     "required", "EvidenceVariable.characteristic", "no characteristic"),
    # codes
    ("r5", study(status="completed"), "code-invalid", "ResearchStudy.status", "active, draft, retired, unknown"),
    ("r4", study(status="recruiting"), "code-invalid", "ResearchStudy.status", "of research-study-status"),
    ("r5", study(identifier=[{"use": "new", "value": "x"}]),
     "code-invalid", "ResearchStudy.identifier[0].use", "'new'"),
    ("r5", study(associatedParty=[{"role": {"text": "x"}, "party": {"type": "Group"}}]),
     "value", "ResearchStudy.associatedParty[0].party", "'Group': expected a reference to Organization"),
    # references
    ("r5", study(site=["Location/x"]), "structure", "ResearchStudy.site[0]", "expected an object (Reference)"),
    ("r5", study(site=[{"reference": {"id": "x"}}]),
     "structure", "ResearchStudy.site[0].reference", "expected a string"),
    ("r5", study(site=[{"reference": "x"}]), "value", "ResearchStudy.site[0].reference", "expected Type/id"),
    ("r5", study(site=[{"reference": "Lokation/x"}]), "value", "ResearchStudy.site[0].reference", "expected Type/id"),
    ("r5", study(site=[{"reference": "Group/x"}]), "value", "ResearchStudy.site[0]", "Location"),
    ("r5", study(site=[{"reference": "#x"}]), "invariant", "ResearchStudy.site[0].reference", "ref-1"),
    ("r5", study(contained=[LOCATION]),
     "invariant", "ResearchStudy.contained[0]", "dom-3"),
    # resources
    ("r5", {"resourceType": "Studdy"}, "value", "Resource", "'Studdy': expected a resource type of FHIR 5.0.0"),
    ("r5", {"resourceType": "ResearchStudie"}, "value", "Resource", "did you mean ResearchStudy?"),
    ("r5", {"resourceType": ["Group"]}, "value", "Resource", "an array of 1: expected a resource type"),
    ("r5", {"resourceType": "Encounter"}, "not-supported", "Resource", "Encounter is not checked here"),
    ("r5", {"id": "x"}, "required", "Resource", "no resourceType"),
    ("r5", [1], "structure", "Resource", "an array of 1: expected a resource"),
    ("r5", None, "structure", "Resource", "null: expected a resource"),
    ("r5", study(contained=[{"id": "x"}]), "required", "ResearchStudy.contained[0]", "no resourceType"),
    ("r5", bundle(group(), group(name=1)), "structure", "Bundle.entry[1].resource.name", "1: expected a string"),
    # invariants
    ("r5", group(extension=[{"url": "u"}]), "invariant", "Group.extension[0]", "ext-1: neither"),
    ("r5", group(extension=[{**VALUE, "extension": [VALUE]}]), "invariant", "Group.extension[0]", "ext-1: both"),
    ("r5", study(period={"start": "2024-02", "end": "2024-01"}), "invariant", "ResearchStudy.period", "per-1"),
    ("r4", study(period={"start": "2024-02", "end": "2024-01"}), "invariant", "ResearchStudy.period", "per-1"),
    ("r5", study(site=[{"type": "Location"}]), "invariant", "ResearchStudy.site[0]", "ref-2"),
    ("r4", {"resourceType": "Organization", "id": "x"}, "invariant", "Organization", "org-1"),
    ("r4", {"resourceType": "Organization", "name": "x", "telecom": [{"value": "1"}]},
     "invariant", "Organization.telecom[0]", "cpt-2"),
    ("r4", {"resourceType": "Organization", "name": "x", "address": [{"use": "home", "text": "x"}]},
     "invariant", "Organization", "org-2"),
    ("r5", TWO_DEFINITIONS, "invariant", "EvidenceVariable.characteristic[0]", "evv-1"),
    ("r4", {"resourceType": "Bundle", "type": "collection", "total": 1}, "invariant", "Bundle", "bdl-1"),
    ("r4", {"resourceType": "Parameters", "parameter": [VALUE_AND_PART]},
     "invariant", "Parameters.parameter[0]", "inv-1"),
    ("r5", ranged({"value": 3}, {"value": 1}), "invariant", "Group.characteristic[0].value", "rng-2"),
    ("r5", group(extension=[{"url": "u", "valueQuantity": {"value": 1, "code": "a"}}]),
     "invariant", "Group.extension[0].value", "qty-3"),
    # narrative
    ("r5", group(text=div("<script>x</script>")), "invariant", "Group.text.div", "txt-1: element 'script'"),
    ("r5", group(text=div("<p onclick='x'>y</p>")), "invariant", "Group.text.div", "txt-1: attribute 'onclick'"),
    ("r5", group(text=div(" <p> </p> ")), "invariant", "Group.text.div", "txt-2"),
    ("r5", group(text=div("<p>")), "structure", "Group.text.div", "not well-formed"),
    ("r5", group(text=div("x", "urn:x")), "structure", "Group.text.div", "expected a div in the namespace"),
    # limits
    ("r5", group(extension=[nested(MAX_DEPTH)]),
     "too-costly", "Group" + ".extension[0]" * (MAX_DEPTH + 1), "nested too deeply"),
]
# fmt: on


@pytest.mark.parametrize(("release", "document", "code", "expression", "text"), FAULTS)
def test_a_fault_is_found_where_it_is(release, document, code, expression, text):
    issues = validate(release, document)
    assert all(issue.severity in SEVERITIES and issue.code in CODES and issue.diagnostics for issue in issues)
    found = [issue for issue in issues if (issue.severity, issue.code, issue.expression) == ("error", code, expression)]
    assert any(text in issue.diagnostics for issue in found), issues


# fmt: off
RIGHT = [
    ("r4", study(status=..., _status={"extension": [VALUE]})),
    ("r5", study(title="A", _title={"id": "t"})),
    ("r5", {"resourceType": "Practitioner", "text": TEXT, "name": [NULLS]}),
    ("r5", study(contained=[LOCATION], site=[{"reference": "#l"}])),
    ("r5", study(contained=[INNER])),
    ("r5", study(site=[{"reference": each} for each in ELSEWHERE])),
    ("r5", study(period={"start": "2024", "end": "2024-01-01"})),
    ("r5", group(extension=[nested(30)])),
    ("r5", ranged({"value": 12, "unit": "months"}, {"value": 2, "unit": "years"})),
]
# fmt: on


@pytest.mark.parametrize(("release", "document"), RIGHT)
def test_what_the_specification_allows_is_no_fault(release, document):
    assert [issue for issue in validate(release, document) if issue.severity == "error"] == []


def test_warnings_are_told_from_errors():
    found = validate("r5", group(text=..., identifier=[{"system": "urn:x:y"}]))
    assert [(issue.severity, issue.code, issue.expression, issue.diagnostics[:7]) for issue in found] == [
        ("warning", "invariant", "Group", "dom-6 d"),
        ("warning", "invariant", "Group.identifier[0]", "ident-1"),
    ]


def test_another_type_of_fhir_in_a_bundle_is_only_named():
    entry = {"fullUrl": "urn:x:y", "resource": {"resourceType": "Encounter", "foo": 1}}
    found = validate("r5", {"resourceType": "Bundle", "type": "collection", "entry": [entry]})
    assert [(issue.severity, issue.code, issue.expression) for issue in found] == [
        ("warning", "not-supported", "Bundle.entry[0].resource")
    ]


def test_findings_are_cut_short():
    found = validate("r5", {"resourceType": "Group", **{f"x{number}": 1 for number in range(1000)}})
    assert len(found) == MAX_ISSUES + 1
    assert found[-1] == Issue("information", "too-costly", f"only the first {MAX_ISSUES} findings are listed", "Group")


LARGE = {
    "concepts": {
        "resourceType": "CodeSystem",
        "status": "draft",
        "content": "complete",
        "concept": [{"code": f"x{number}", "display": "a code"} for number in range(25_000)],
    },
    "contained": group(
        contained=[{"resourceType": "Location", "id": f"x{number}", "name": "a place"} for number in range(12_000)],
        extension=[{"url": "urn:x", "valueReference": {"reference": f"#x{number}"}} for number in range(5_000)],
    ),
    "entries": {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:x:{number}", "resource": group(id=f"x{number}")} for number in range(5_000)],
    },
    "unknown": {"resourceType": "Group", **{f"{'extensio' * 10}{number}": number for number in range(10_000)}},
    "narrative": group(text=div("<b>" * 100_000 + "x" + "</b>" * 100_000)),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_document_takes_bounded_time(name):
    assert len(json.dumps(LARGE[name])) > 500_000
    start = time.monotonic()
    validate("r5", LARGE[name], seconds=0.5)
    assert time.monotonic() - start < 5


def test_what_was_not_evaluated_is_said():
    found = validate("r5", LARGE["entries"], seconds=0.0)
    text = "not every invariant was evaluated within 0 seconds"
    assert found == [Issue("information", "too-costly", text, "Bundle")]


def test_the_library_is_not_loaded_before_it_is_needed():
    code = "import sys, app.fhir.validate; sys.exit('fhirpathpy' in sys.modules or 'antlr4' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=GOLDEN.parents[1]).returncode == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None)
@given(st.sampled_from(["r4", "r5"]), JSON)
def test_any_json_gives_a_list_with_an_error(release, value):
    found = validate(release, value)
    assert found
    assert found[0].severity == "error"
    orjson.dumps([issue._asdict() for issue in found])


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_any_json_in_the_place_of_any_element_gives_a_list(data):
    """Names are the specification's, values are not: what gets to the invariants is of the wrong shape."""
    release, document = data.draw(st.sampled_from(SERVED)).values
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        place = document
        while True:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and data.draw(st.booleans()):
                place = place[key]
                continue
            place[key] = data.draw(JSON | st.sampled_from([place[key], [place[key]], {"value": place[key]}]))
            break
    for issue in validate(release, document):
        assert issue.severity in SEVERITIES
        assert issue.code in CODES
        orjson.dumps(issue._asdict())
