"""Every document rendered is legal FHIR, whatever the record's texts hold."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.fhir.documents import render, serialize
from app.record.codes import PARTY_ROLE, STATUS
from app.record.parts import (
    DATE_KINDS,
    Arm,
    Condition,
    Contact,
    DataSharing,
    Design,
    Flag,
    Identifier,
    Intervention,
    MeshTerm,
    Party,
    Population,
    Reference,
    Resource,
    SourcedText,
    Title,
    TrialDate,
)
from app.record.trial import Cohort, Criterion, Outcome, SourceDocument, Trial, TrialSite
from app.store.prepare import with_meta
from tests.fhir.trials import bare, full, rich
from tests.fhir.validation import validate

TRIALS = [rich(), full(), bare(), *(Trial(id=f"NCT1-{status.code}", overall_status=status.code) for status in STATUS)]


@pytest.mark.parametrize("release", ["r4", "r5"])
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: f"{trial.id}-{len(trial.arms)}")
def test_documents_are_valid(trial, release):
    assert [error for each in render(trial) for error in validate(release, served(getattr(each, release)))] == []


def served(document):
    return json.loads(serialize(document, 1, "2026-01-31T12:00:00Z"))


def test_order_and_identity():
    rendered = render(rich())
    assert [each.type for each in rendered] == [
        "ResearchStudy",
        "EvidenceVariable",
        *["Group"] * 2,
        *["Location"] * 3,
        *["Organization"] * 2,
        *["Practitioner"] * 2,
        *["PractitionerRole"] * 2,
    ]
    assert [each.type for each in render(full())][:5] == [
        "ResearchStudy",
        "EvidenceVariable",
        *["Group"] * 2,
        "Provenance",
    ]
    assert len({(each.type, each.id) for each in rendered}) == len(rendered)
    for each in rendered:
        for document in (each.r4, each.r5):
            assert list(document)[:2] == ["resourceType", "id"]
            assert (document["resourceType"], document["id"]) == (each.type, each.id)


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("release", ["r4", "r5"])
@pytest.mark.parametrize("trial", [rich(), full()], ids=["rich", "full"])
def test_references_resolve(trial, release):
    rendered = render(trial)
    known = {f"{each.type}/{each.id}" for each in rendered}
    found = {reference for each in rendered for reference in references(getattr(each, release))}
    assert found <= known
    # everything can be reached, from the study or from what it refers to; the Provenance refers to the study
    first = "Provenance" if trial.sources else "ResearchStudy"
    assert known - found == {f"{first}/NCT00000002"}


def test_serialize_puts_meta_after_id():
    document = render(rich())[0].r5
    body = json.loads(serialize(document, 3, "2026-01-31T12:00:00Z"))
    assert list(body)[:3] == ["resourceType", "id", "meta"]
    assert body.pop("meta") == {"versionId": "3", "lastUpdated": "2026-01-31T12:00:00Z"}
    assert body == document
    assert list(body) == list(document)


@pytest.mark.parametrize("trial", [rich(), full()], ids=["rich", "full"])
def test_what_is_stored_is_what_is_serialized(trial):
    """The store writes `meta` into the bytes; it says the same as the dictionaries do."""
    for each in render(trial):
        stored = with_meta(orjson.dumps(each.r4), each.type, each.id, 7, "2026-01-31T12:00:00Z")
        assert stored == serialize(each.r4, 7, "2026-01-31T12:00:00Z")
        body = json.loads(stored)
        assert list(body["meta"].items())[:2] == [("versionId", "7"), ("lastUpdated", "2026-01-31T12:00:00Z")]
        assert {name: body["meta"][name] for name in list(body["meta"])[2:]} == each.r4.get("meta", {})
        assert ("recorded" in body) is (each.type == "Provenance")


def test_same_record_same_bytes():
    first, second = ([serialize(each.r4, 1, "x") for each in render(rich())] for _ in range(2))
    assert first == second


texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", "\u00a0", "\x00", "\ud800", "a\u2028b", "a\x0bb\n", "\uffff", "</p>&<", '","text":{']),
)
maybe = st.none() | texts


@st.composite
def criteria(draw):
    nodes = []
    for index in range(draw(st.integers(0, 6))):
        parent = draw(st.none() | st.integers(0, index - 1)) if index else None
        nodes.append(
            Criterion(
                cohort=nodes[parent].cohort if parent is not None else draw(st.integers(0, 1)),
                type=draw(st.sampled_from(["inclusion", "exclusion"])),
                role=draw(st.sampled_from(["criterion", "note"])),
                parent=parent,
                position=index + 1,
                depth=nodes[parent].depth + 1 if parent is not None else 0,
                text=draw(texts),
                combination=draw(st.sampled_from([None, "any-of", "all-of"])),
            )
        )
    return nodes


contacts = st.lists(st.builds(Contact, name=maybe, role=maybe, phone=maybe, phone_extension=maybe), max_size=1)
some = st.lists(texts, max_size=2)
dates = st.sampled_from(["2024", "2024-02", "2024-02-29", "2023-12-31", "2024-13", "soon", ""])

trials = st.builds(
    Trial,
    id=st.just("NCT00000003"),
    registry=st.sampled_from([None, "ctgov"]),
    identifiers=st.lists(
        st.builds(Identifier, kind=texts, value=texts, system=st.none(), type=maybe, domain=maybe), max_size=2
    ),
    title=maybe,
    titles=st.lists(st.builds(Title, kind=texts, text=texts), max_size=2),
    overall_status=st.sampled_from([None, *STATUS.codes]),
    conditions=st.lists(st.builds(Condition, text=texts), max_size=2),
    keywords=st.lists(texts, max_size=2),
    brief_summary=maybe,
    detailed_description=maybe,
    plain_language_summary=st.none() | st.builds(SourcedText, text=texts, source=texts),
    parties=st.lists(
        st.builds(
            Party,
            role=st.sampled_from([*PARTY_ROLE.codes, "responsible-party", "funding-source"]),
            name=texts.filter(lambda text: text.strip() and text.isprintable()),
            kind=st.sampled_from(["organization", "person"]),
            affiliation=maybe,
            description=maybe,
            sector=maybe,
            title=maybe,
        ),
        max_size=3,
    ),
    outcomes=st.lists(
        st.builds(Outcome, type=st.just("primary"), measure=texts, description=maybe, time_frame=maybe), max_size=2
    ),
    cohorts=st.lists(st.builds(Cohort, label=maybe), min_size=2, max_size=2),
    criteria=criteria(),
    sites=st.lists(
        st.builds(
            TrialSite,
            facility=maybe,
            city=texts.filter(lambda text: text.strip() and text.isprintable()),
            country=maybe,
            contacts=contacts,
        ),
        max_size=2,
    ),
)


registry_records = st.builds(
    Trial,
    id=st.just("NCT00000003"),
    overall_status=st.sampled_from([None, "unknown"]),
    criteria=st.just([Criterion(type="inclusion", position=1, text="Sleeps by day.")]),
    last_known_status=st.sampled_from([None, *STATUS.codes]),
    why_stopped=maybe,
    design=st.none()
    | st.builds(
        Design,
        study_type=maybe,
        primary_purpose=maybe,
        masking_description=maybe,
        who_masked=some,
        enrollment=st.none() | st.integers(-1, 2**32),
        enrollment_type=st.sampled_from([None, "actual", "estimated"]),
    ),
    population=st.none() | st.builds(Population, gender_description=maybe, standard_ages=some, sampling_method=maybe),
    mesh=st.lists(
        st.builds(MeshTerm, subject=st.sampled_from(["condition", "intervention"]), kind=st.just("term"), term=texts),
        max_size=2,
    ),
    dates=st.lists(
        st.builds(
            TrialDate,
            kind=st.sampled_from(DATE_KINDS),
            value=dates,
            type=st.sampled_from([None, "actual", "estimated"]),
        ),
        max_size=4,
    ),
    contacts=contacts,
    flags=st.lists(st.builds(Flag, name=texts), max_size=2),
    arms=st.lists(st.builds(Arm, label=texts, type=maybe, description=maybe, interventions=some), max_size=2),
    interventions=st.lists(st.builds(Intervention, name=texts, type=maybe, other_names=some), max_size=2),
    references=st.lists(st.builds(Reference, type=maybe, pmid=maybe, citation=maybe), max_size=2),
    sources=st.lists(st.builds(SourceDocument, id=texts, source=st.just("ctgov") | texts, name=texts), max_size=2),
    resources=st.lists(
        st.builds(Resource, label=maybe, url=maybe, identifier=maybe, date=st.none() | dates, contents=some), max_size=2
    ),
    data_sharing=st.none() | st.builds(DataSharing, sharing=maybe, description=maybe, information=some),
)
"""What only a registry's own record says."""


@settings(max_examples=150, deadline=None)
@given(st.one_of(trials, registry_records))
def test_any_text_renders_as_legal_fhir(trial):
    for each in render(trial):
        for release in ("r4", "r5"):
            document = getattr(each, release)
            assert validate(release, served(document)) == []
