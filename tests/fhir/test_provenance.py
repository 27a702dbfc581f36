"""Where a trial's resources come from: its Provenance, and the `meta` of what is its own."""

import json

import pytest

from app.fhir.documents import render, serialize
from app.record.parts import Identifier
from app.record.trial import SourceDocument, Trial
from tests.fhir.trials import full, rich
from tests.fhir.validation import validate

BASE = "https://trial-registry.example/fhir"
LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
OWN = {"ResearchStudy", "EvidenceVariable", "Group", "Provenance"}
REGISTRY = SourceDocument(id="0123456789abcdef", source="ctgov", name="study.json")
PAGE = SourceDocument(id="fedcba9876543210", source="clinconnect", name="page.txt")
CUT_PAGE = SourceDocument(id="1111111111111111", source="clinconnect", name="cut.txt", complete=False)


def from_documents(*sources, **fields):
    return rich().model_copy(update={"sources": list(sources), **fields})


def provenance(trial):
    """As R4 and as R5."""
    [made] = [each for each in render(trial) if each.type == "Provenance"]
    assert made.id == trial.id
    return made.r4, made.r5


def tag(code, display):
    return {"system": f"{BASE}/CodeSystem/source", "code": code, "display": display}


def agent(role, **who):
    system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    return {"type": {"coding": [{"system": system, "code": role, "display": role.capitalize()}]}, "who": who}


def author(code, display):
    return agent("author", identifier={"system": f"{BASE}/CodeSystem/source", "value": code}, display=display)


def entity(id, name):
    return {
        "role": "source",
        "what": {"identifier": {"system": f"{BASE}/source-document", "value": id}, "display": name},
    }


def test_a_trial_without_sources_has_none():
    assert {each.type for each in render(rich())}.isdisjoint({"Provenance"})
    assert all("meta" not in document for each in render(rich()) for document in (each.r4, each.r5))


ELEMENTS = [
    (
        "target",
        [
            {
                "reference": "ResearchStudy/NCT00000002",
                "identifier": {"system": "https://clinicaltrials.gov", "value": "NCT00000002"},
                "display": "Moonlight for Night Blindness",
            },
            {"reference": "EvidenceVariable/NCT00000002", "display": "Eligibility criteria of NCT00000002"},
            {"reference": "Group/NCT00000002-cohort-1", "display": "Participants"},
            {"reference": "Group/NCT00000002-cohort-2", "display": "Family members"},
        ],
    ),
    (
        "activity",
        {"coding": [{"system": LIFECYCLE, "code": "merge"}], "text": "Read and merged from 3 source documents"},
    ),
    (
        "agent",
        [
            agent("assembler", display="Clinical-trial registry"),
            author("ctgov", "ClinicalTrials.gov"),
            author("clinconnect", "ClinConnect"),
        ],
    ),
    (
        "entity",
        [
            entity("0123456789abcdef", "study.json"),
            entity("fedcba9876543210", "page.txt"),
            entity("1111111111111111", "cut.txt"),
        ],
    ),
]


@pytest.mark.parametrize(("name", "value"), ELEMENTS, ids=[name for name, _ in ELEMENTS])
def test_elements(name, value):
    r4, r5 = provenance(from_documents(REGISTRY, PAGE, CUT_PAGE))
    assert r4[name] == r5[name] == value


def test_one_document_is_not_merged():
    r4, _ = provenance(full())
    assert r4["activity"]["coding"] == [{"system": LIFECYCLE, "code": "transform"}]


@pytest.mark.parametrize(
    ("fields", "identifier"),
    [
        ({"registry": "isrctn", "identifiers": []}, {"system": "https://www.isrctn.com", "value": "NCT00000002"}),
        ({"registry": None, "identifiers": []}, {"value": "NCT00000002"}),
        (
            {"registry": "ctri", "identifiers": [Identifier(kind="registry", value="CTRI/2020/04/024512")]},
            {"system": "https://ctri.nic.in", "value": "CTRI/2020/04/024512"},
        ),
    ],
)
def test_the_study_is_named_by_its_identifier_too(fields, identifier):
    """The one that the study has itself."""
    trial = from_documents(REGISTRY, **fields)
    r4, _ = provenance(trial)
    assert r4["target"][0]["identifier"] == identifier
    own = render(trial)[0].r4["identifier"][0]
    assert {name: own[name] for name in identifier} == identifier


def test_without_criteria_the_study_is_all():
    trial = Trial(id="NCT00000003", sources=[REGISTRY])
    assert [target["reference"] for target in provenance(trial)[0]["target"]] == ["ResearchStudy/NCT00000003"]


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_it_is_valid_with_the_instant_of_its_version(release):
    document = dict(zip(("r4", "r5"), provenance(from_documents(REGISTRY, PAGE)), strict=True))[release]
    body = json.loads(serialize(document, 2, "2026-01-31T12:00:00Z"))
    assert list(body)[:5] == ["resourceType", "id", "meta", "recorded", "text"]
    assert body["recorded"] == body["meta"]["lastUpdated"] == "2026-01-31T12:00:00Z"
    assert validate(release, body) == []


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_meta_of_a_trials_own_resources(release):
    """Shared ones have none: they are made from what many trials say."""
    for each in render(from_documents(PAGE, REGISTRY, CUT_PAGE)):
        document = getattr(each, release)
        if each.type not in OWN:
            assert "meta" not in document
            continue
        assert list(document)[2:4] == ["meta", "text"]
        assert document["meta"]["tag"] == [tag("clinconnect", "ClinConnect"), tag("ctgov", "ClinicalTrials.gov")]
        document_of = "#fedcba9876543210" if each.type == "Provenance" else ""
        assert document["meta"]["source"] == f"{BASE}/source/clinconnect{document_of}"


def test_another_document_that_says_the_same_changes_the_provenance_only():
    """A version rises only when the resource's own part of the record changes."""
    before, after = (render(from_documents(REGISTRY.model_copy(update={"id": id}))) for id in ("a" * 16, "b" * 16))
    changed = {old.type for old, new in zip(before, after, strict=True) if (old.r4, old.r5) != (new.r4, new.r5)}
    assert changed == {"Provenance"}
