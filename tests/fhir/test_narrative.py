"""What a person reads of a resource: one row for each type, and that any text is fit for it."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fhir.documents import render
from app.fhir.narrative import LONGEST, narrative
from app.record.parts import Age, Party
from app.record.trial import Cohort, Criterion, SourceDocument, Trial, TrialSite
from tests.fhir.trials import bare, full, rich
from tests.fhir.validation import narrative_errors

XHTML = "{http://www.w3.org/1999/xhtml}"
ONE = "Criteria: 1 of inclusion, 0 of exclusion"
CRITERIA = [Criterion(type="inclusion", position=1, text="Adults.")]


def lines(document):
    """The paragraphs of a narrative, the headline first."""
    assert document["text"]["status"] == "generated"
    root = ElementTree.fromstring(document["text"]["div"])
    assert root.tag == f"{XHTML}div"
    assert [each.tag for each in root] == [f"{XHTML}p"] * len(root)
    return ["".join(each.itertext()) for each in root]


def read(trial, type):
    """The narratives of the trial's resources of that type: the same in both releases."""
    found = []
    for each in render(trial):
        if each.type == type:
            assert each.r4["text"] == each.r5["text"]
            found.append(lines(each.r5))
    return found


def cohort(**fields):
    return Trial(id="NCT00000003", criteria=CRITERIA, cohorts=[Cohort(**fields)])


def age(value, unit="years"):
    return Age(value=value, unit=unit)


READ = [
    (
        rich(),
        "ResearchStudy",
        [
            [
                "Moonlight for Night Blindness",
                "State: Recruiting",
                "Phase: Phase 2/Phase 3",
                "Conditions: Night Blindness, Moon sickness",
                "Sponsor: Lunar Institute",
                "A brief summary.",
            ]
        ],
    ),
    (bare(), "ResearchStudy", [["NCT00000001"]]),
    (rich(), "EvidenceVariable", [["Eligibility criteria of NCT00000002"]]),
    (
        rich(),
        "Group",
        [
            ["Participants", "Age: 12 years to 65 years", "Sex: Female", "Criteria: 2 of inclusion, 2 of exclusion"],
            ["Family members", "Age: 216.5 months or older", "Sex: All", ONE],
        ],
    ),
    (cohort(maximum_age=age(6, "weeks")), "Group", [["People eligible for NCT00000003", "Age: up to 6 weeks", ONE]]),
    (cohort(label=" "), "Group", [["Cohort", ONE]]),
    (
        rich(),
        "Location",
        [["Crater Clinic", "Bethesda, Maryland, United States"], ["Geneva, Switzerland"], ["Atlantis"]],
    ),
    (rich(), "Organization", [["Lunar Institute", "Studies the moon."], ["Tide Society"]]),
    (rich(), "Practitioner", [["Ada Example, M.D."], ["Bo Example"]]),
    (
        rich(),
        "PractitionerRole",
        [["Ada Example, M.D.", "Principal Investigator", "LUNAR institute"], ["Bo Example", "Study Chair"]],
    ),
    (
        full().model_copy(
            update={"sources": [*full().sources, SourceDocument(id="1" * 16, source="trialx", name="page.txt")]}
        ),
        "Provenance",
        [["NCT00000002 was read from", "ClinicalTrials.gov: study.json", "TrialX: page.txt"]],
    ),
]


@pytest.mark.parametrize(("trial", "type", "expected"), READ, ids=[f"{row[1]}-{n}" for n, row in enumerate(READ)])
def test_what_is_read(trial, type, expected):
    assert read(trial, type) == expected


def test_the_status_behind_unknown_is_told():
    assert "State: Unknown status (last known: Suspended)" in read(full(), "ResearchStudy")[0]


@pytest.mark.parametrize("trial", [bare(), rich(), full()], ids=["bare", "rich", "full"])
def test_every_resource_has_one_right_after_meta(trial):
    for each in render(trial):
        for document in (each.r4, each.r5):
            place = 3 if "meta" in document else 2
            assert list(document)[place] == "text"
            assert lines(document)[0]


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("word " * 80, ("word " * 80).strip()),
        ("word " * 81, ("word " * 79).strip() + " word …"),
        ("x" * (LONGEST + 1), "x" * LONGEST + " …"),
    ],
    ids=["whole", "between words", "one word"],
)
def test_a_long_text_is_cut(summary, shown):
    [found] = read(Trial(id="NCT00000003", brief_summary=summary), "ResearchStudy")
    assert found == ["NCT00000003", shown]


@pytest.mark.parametrize("text", ["<b>&amp;</b>", 'a "quoted" one', "it's", "5 < 6 > 4", "]]>", "</div>"])
def test_text_is_text(text):
    party = Party(role="lead-sponsor", name=text, kind="organization", description=text)
    site = TrialSite(facility=text, city=text)
    trial = Trial(id="NCT00000003", title=text, brief_summary=text, parties=[party], sites=[site])
    assert read(trial, "ResearchStudy") == [[text, f"Sponsor: {text}", text]]
    assert read(trial, "Organization") == [[text, text]]
    assert read(trial, "Location") == [[text]]


@given(st.text(min_size=1).map(lambda text: f"a{text}"), st.lists(st.text(), max_size=3))
def test_any_text_is_fit_for_xhtml(headline, below):
    made = narrative(headline, *below)
    assert list(narrative_errors(made["div"])) == []
