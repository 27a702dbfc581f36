"""What only a registry's own record says, in a ResearchStudy: what R4 carries in extensions, and each rule's edges."""

import pytest

from app.fhir.documents import render
from app.record.parts import Arm, Condition, Design, MeshTerm, Population, TrialDate
from app.record.trial import SourceDocument, Trial
from tests.fhir.test_research_study import carried, simple, study
from tests.fhir.test_study_elements import EMAIL, MESH, OWN, PERIOD, PHONE, own
from tests.fhir.trials import bare, full

ACTIVITY = "http://hl7.org/fhir/research-study-registration-activity"


def trial(**fields):
    return Trial(id="NCT00000003", registry="ctgov", **fields)


def flag(code, display):
    return {"system": f"{OWN}/CodeSystem/flag", "code": code, "display": display}


CLASSIFIERS = [
    {"coding": [flag("has-dmc", "Has DMC")], "text": "Has DMC: yes"},
    {
        "coding": [
            {"system": "http://hl7.org/fhir/research-study-classifiers", "code": "fda-regulated-drug"},
            flag("fda-regulated-drug", "FDA regulated drug"),
        ],
        "text": "FDA regulated drug: yes",
    },
    {"text": "FDA regulated device: no"},
    {"coding": [flag("healthy-volunteers", "Healthy volunteers")], "text": "Healthy volunteers: yes"},
]
OVERALL = {
    "coding": [{"system": "http://hl7.org/fhir/research-study-status", "code": "overall-study"}],
    "text": "Overall study",
}
UNKNOWN = {
    "coding": [{"system": f"{OWN}/CodeSystem/recruitment-status", "code": "unknown", "display": "Unknown status"}],
    "text": "Unknown status (last known: Suspended)",
}


def test_what_r4_carries_in_extensions():
    r4, r5 = study(full(), "r4"), study(full(), "r5")
    assert carried(r4, "url") == [r5["url"]]
    assert carried(r4, "classifier") == r5["classifier"] == CLASSIFIERS
    assert carried(r4, "recruitment.targetNumber") == [40]
    assert carried(r4, "recruitment.actualNumber") == []
    assert r5["progressStatus"] == [
        {"state": UNKNOWN, "actual": True},
        {"state": OVERALL, "actual": False, "period": PERIOD},
    ]
    assert carried(r4, "progressStatus") == [
        {"state": [UNKNOWN], "actual": [True]},
        {"state": [OVERALL], "actual": [False], "period": [PERIOD]},
    ]


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_registration_dates(release):
    """Those of another element are repeated only with the type that it cannot say."""
    found = []
    for each in study(full(), release)["extension"]:
        if each["url"].endswith("researchStudy-studyRegistration"):
            parts = simple(each)
            [activity], [period] = parts["activity"], parts["period"]
            assert period["start"] == period["end"]
            [coding] = activity.get("coding", [{"system": ACTIVITY, "code": None}])
            assert coding["system"] == ACTIVITY
            found.append((coding["code"], activity["text"], period["start"], parts.get("actual", [None])[0]))
    assert found == [
        (None, "Start", "2024-03", True),
        ("primary-outcome-data-collection", "Primary completion", "2026-06", False),
        ("registration-submission", "First submitted", "2023-12-01", None),
        ("disposition-posting", "Disposition first posted", "2025-01-01", True),
        (None, "Ethics approval", "2023-10-01", None),
        ("update-posting", "Last update posted", "2026-01-31", True),
    ]


@pytest.mark.parametrize(
    ("start", "end", "period", "registered"),
    [
        ("2024-05-02", "2024-05-01", {"start": "2024-05-02"}, ["Completion"]),
        ("2025", "2024-12", {"start": "2025"}, ["Completion"]),
        ("2024-05-02", "2024-05", {"start": "2024-05-02", "end": "2024-05"}, []),
        ("spring 2024", "2024-05", {"end": "2024-05"}, ["Start: spring 2024"]),
    ],
)
def test_dates_that_a_period_cannot_say(start, end, period, registered):
    dates = [TrialDate(kind="start", value=start), TrialDate(kind="completion", value=end)]
    document = study(trial(dates=dates), "r5")
    assert document["period"] == document["progressStatus"][0]["period"] == period
    assert [simple(each)["activity"][0]["text"] for each in document.get("extension", [])] == registered


PARTIES = [
    ("Lunar Institute", "lead-sponsor", [("government", "Fed")]),
    ("Tide Society", "collaborator", [(None, "Network")]),
    ("Ada Example", None, [(None, "Professor of Tides")]),
]
CONTACTS = [
    ("Di Example", "recruitment-contact", []),
    ("Ed Example", "recruitment-contact", [(None, "Study Chair")]),
]


def party(name, role, classifiers):
    found = [(each.get("coding", [{"code": None}])[0]["code"], each["text"]) for each in classifiers]
    return (name, role.get("coding", [{"code": None}])[0]["code"], found)


def test_parties_and_contacts():
    """R4 has an element for contacts, R5 has them among the parties with their telecom in an extension of our own."""
    r4, r5 = study(full(), "r4"), study(full(), "r5")
    parties = r5["associatedParty"]
    assert [party(each["name"], each["role"], each.get("classifier", [])) for each in parties] == PARTIES + CONTACTS
    assert parties[2]["role"] == {"text": "Responsible party"}
    assert parties[3]["extension"] == [
        own("contact-telecom", valueContactPoint=PHONE),
        own("contact-telecom", valueContactPoint=EMAIL),
    ]
    assert [
        party(each["name"][0], each["role"][0], each.get("classifier", [])) for each in carried(r4, "associatedParty")
    ] == PARTIES


PURPOSES = [("treatment", "treatment", "Treatment"), ("ect", None, "Educational/Counseling/Training")]


@pytest.mark.parametrize(
    ("release", "system"),
    [
        ("r4", "http://terminology.hl7.org/CodeSystem/research-study-prim-purp-type"),
        ("r5", "http://hl7.org/fhir/research-study-prim-purp-type"),
    ],
)
@pytest.mark.parametrize(("purpose", "code", "text"), PURPOSES)
def test_primary_purpose(release, system, purpose, code, text):
    found = study(trial(design=Design(primary_purpose=purpose)), release)["primaryPurposeType"]
    assert found == {**({"coding": [{"system": system, "code": code}]} if code else {}), "text": text}


@pytest.mark.parametrize(
    ("number", "type", "recruitment", "classifiers"),
    [
        (0, "actual", {"actualNumber": 0}, None),
        (40, "estimated", {"targetNumber": 40}, None),
        (40, None, None, [{"text": "Enrollment: 40"}]),
        (2**31, "actual", None, [{"text": f"Enrollment: {2**31}"}]),
    ],
)
def test_enrollment(number, type, recruitment, classifiers):
    document = study(trial(design=Design(enrollment=number, enrollment_type=type)), "r5")
    assert (document.get("recruitment"), document.get("classifier")) == (recruitment, classifiers)


def test_mesh_that_a_condition_already_carries_is_not_repeated():
    coding = {"system": MESH, "code": "D1"}
    term = MeshTerm(subject="condition", kind="term", id="D1", term="Moon Illness")
    [condition] = study(trial(conditions=[Condition(text="Moonitis", codings=[coding])], mesh=[term]), "r5")[
        "condition"
    ]
    assert condition == {"coding": [coding], "text": "Moonitis"}


def test_arm_without_a_latin_label():
    [group] = study(trial(arms=[Arm(label="月光")]), "r5")["comparisonGroup"]
    assert group == {"linkId": "arm-1", "name": "月光"}


def test_url_is_the_registrys_page_only_for_the_registrys_record():
    assert "url" not in study(bare(), "r5")
    listed = bare().model_copy(update={"sources": [SourceDocument(id="0" * 16, source="trialx", name="page.txt")]})
    assert "url" not in study(listed, "r5")


POPULATION = (
    "Healthy volunteers: accepted\n\nGender: As people say.\n\nStandard ages: Adult, Older adult\n\n"
    "Study population: Night people.\n\nSampling method: Probability sample"
)


def test_population_is_in_the_groups_description():
    groups = [each for each in render(full()) if each.type == "Group"]
    notes = "No exclusions for family."
    assert [group.r5["description"] for group in groups] == [POPULATION, f"{notes}\n\n{POPULATION}"]
    assert [simple(group.r4["extension"][1]) for group in groups] == [POPULATION, f"{notes}\n\n{POPULATION}"]
    assert "description" not in render(unpopulated())[2].r5


def unpopulated():
    return full().model_copy(update={"population": Population(), "flags": []})


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_site_details(release):
    location = next(getattr(each, release) for each in render(full()) if each.type == "Location")
    assert location["address"]["postalCode"] == "20814"
    [reference] = study(full(), release)["site"]
    [contact] = simple(reference["extension"][0])["contact"]
    assert contact["telecom"][0]["extension"][0]["valueString"] == "8"
