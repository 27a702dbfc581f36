"""How a trial reads as a ResearchStudy: one row for each rule."""

import pytest

from app.fhir.documents import render
from app.record.codes import STATUS
from app.record.trial import Cohort, Trial
from tests.fhir.trials import bare, rich

XVER = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ResearchStudy."
STATUS_SYSTEM = "http://hl7.org/fhir/research-study-status"
OWN_STATUS_SYSTEM = "https://trial-registry.example/fhir/CodeSystem/recruitment-status"
REGISTRATION = "http://hl7.org/fhir/StructureDefinition/researchStudy-studyRegistration"


def study(trial, release):
    return getattr(render(trial)[0], release)


def carried(document, name):
    """The cross-version extensions for the R5 element `name`, each as its value or as {part: values}."""
    return [simple(each) for each in document["extension"] if each["url"] == XVER + name]


def simple(extension):
    if "extension" not in extension:
        return next(value for name, value in extension.items() if name.startswith("value"))
    parts = {}
    for part in extension["extension"]:
        parts.setdefault(part["url"], []).append(simple(part))
    return parts


SAME_IN_BOTH = [
    ("id", "NCT00000002"),
    (
        "identifier",
        [
            {"use": "official", "system": "https://clinicaltrials.gov", "value": "NCT00000002"},
            {"use": "secondary", "value": "MOON-7"},
            {"use": "old", "system": "https://clinicaltrials.gov", "value": "NCT00000009"},
        ],
    ),
    ("title", "Moonlight for Night Blindness"),
    ("keyword", [{"text": "moon"}, {"text": "light"}]),
    (
        "condition",
        [
            {
                "coding": [
                    {
                        "system": "https://trial-registry.example/fhir/CodeSystem/condition",
                        "code": "night-blindness",
                    }
                ],
                "text": "Night Blindness",
            },
            {"coding": [{"system": "https://example.org/codes", "code": "M1"}], "text": "Moon sickness"},
        ],
    ),
    ("description", "First paragraph.\n\nSecond paragraph, T-VASI50 [50%] ≥ 2."),
    ("period", {"start": "2024-03", "end": "2026-12-31"}),
    ("note", [{"authorString": "ClinConnect", "text": "What this is, in plain words."}]),
]


@pytest.mark.parametrize("release", ["r4", "r5"])
@pytest.mark.parametrize(("name", "value"), SAME_IN_BOTH, ids=[name for name, _ in SAME_IN_BOTH])
def test_same_in_both_releases(release, name, value):
    assert study(rich(), release)[name] == value


LABELS = [
    ("official", "A Randomized Study of Moonlight"),
    ("acronym", "MOON"),
    ("listing", "Can moonlight help?"),
]


def test_titles_date_and_summary():
    r4, r5 = study(rich(), "r4"), study(rich(), "r5")
    assert [(label["type"]["text"], label["value"]) for label in r5["label"]] == LABELS
    assert [(label["type"][0]["text"], label["value"][0]) for label in carried(r4, "label")] == LABELS
    assert [label["type"].get("coding") for label in r5["label"]] == [
        [{"system": "http://hl7.org/fhir/title-type", "code": "official"}],
        [{"system": "http://hl7.org/fhir/title-type", "code": "acronym"}],
        None,
    ]
    for name, value in [("date", "2026-01-31"), ("descriptionSummary", "A brief summary.")]:
        assert r5[name] == value
        assert carried(r4, name) == [value]


@pytest.mark.parametrize("status", list(STATUS), ids=lambda status: status.code)
def test_status(status):
    """R4 says the trial's state in `status`; R5's `progressStatus` is carried whole, with the registry's word."""
    trial = Trial(id="NCT00000003", registry="ctgov", overall_status=status.code)
    r4, r5 = study(trial, "r4"), study(trial, "r5")
    assert r4["status"] == status.r4
    assert r4["_status"] == {"extension": [{"url": XVER + "status", "valueCode": "active"}]}
    assert r5["status"] == "active"
    own = {"system": OWN_STATUS_SYSTEM, "code": status.code, "display": status.display}
    for state, standard in [
        (r5["progressStatus"][0]["state"], status.r5),
        (carried(r4, "progressStatus")[0]["state"][0], status.r5),
    ]:
        assert state["text"] == status.display
        assert state["coding"] == [*([{"system": STATUS_SYSTEM, "code": standard}] if standard else []), own]
    assert r5["progressStatus"][0]["actual"] is True
    assert carried(r4, "progressStatus")[0]["actual"] == [True]


def test_status_not_stated():
    r4, r5 = study(bare(), "r4"), study(bare(), "r5")
    assert "status" not in r4
    assert [simple(each) for each in r4["_status"]["extension"]] == ["unknown", "active"]
    assert "extension" not in r4
    assert r5["status"] == "active"
    assert "progressStatus" not in r5


PHASES = [
    ([], None, None),
    (["n-a"], "n-a", "N/A"),
    (["phase-4"], "phase-4", "Phase 4"),
    (["phase-1", "phase-2"], "phase-1-phase-2", "Phase 1/Phase 2"),
    (["phase-3", "phase-2"], "phase-2-phase-3", "Phase 2/Phase 3"),
    (["phase-1", "phase-3"], None, "Phase 1/Phase 3"),
]


@pytest.mark.parametrize(
    ("release", "system"),
    [
        ("r4", "http://terminology.hl7.org/CodeSystem/research-study-phase"),
        ("r5", "http://hl7.org/fhir/research-study-phase"),
    ],
)
@pytest.mark.parametrize(("phases", "code", "text"), PHASES)
def test_phase(release, system, phases, code, text):
    phase = study(Trial(id="NCT00000003", phases=phases), release).get("phase")
    coded = {"coding": [{"system": system, "code": code}]} if code else {}
    assert phase == ({**coded, "text": text} if text else None)


@pytest.mark.parametrize(("release", "name"), [("r4", "location"), ("r5", "region")])
def test_countries_once_each(release, name):
    assert study(rich(), release)[name] == [
        {"coding": [{"system": "urn:iso:std:iso:3166", "code": "US"}], "text": "United States"},
        {"coding": [{"system": "urn:iso:std:iso:3166", "code": "CH"}], "text": "Switzerland"},
        {"text": "Atlantis"},
    ]


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_launch_and_currency_are_registration_dates(release):
    registrations = [simple(each) for each in study(rich(), release)["extension"] if each["url"] == REGISTRATION]
    assert registrations == [
        {"activity": [{"text": "Launched"}], "period": [{"start": "2022-05-31", "end": "2022-05-31"}]},
        {"activity": [{"text": "Current as of"}], "period": [{"start": "2025-06-26", "end": "2025-06-26"}]},
    ]


OUTCOMES = [
    ("Lux seen", "primary", "In lux.\n\nTime frame: Week 24"),
    ("Steps taken", "secondary", "Time frame: Week 12"),
    ("Mood", "exploratory", None),
]


def test_outcomes():
    r5 = study(rich(), "r5")["outcomeMeasure"]
    r4 = carried(study(rich(), "r4"), "outcomeMeasure")
    assert [(each["name"], each["type"][0]["coding"][0]["code"], each.get("description")) for each in r5] == OUTCOMES
    assert [
        (each["name"][0], each["type"][0]["coding"][0]["code"], each.get("description", [None])[0]) for each in r4
    ] == OUTCOMES
    assert r5[0]["type"][0]["coding"][0]["system"] == "http://hl7.org/fhir/research-study-objective-type"
    assert (
        r4[0]["type"][0]["coding"][0]["system"] == "http://terminology.hl7.org/CodeSystem/research-study-objective-type"
    )


PARTIES = [
    ("Lunar Institute", "lead-sponsor", "Organization"),
    ("Tide Society", "collaborator", "Organization"),
    ("Ada Example, M.D.", "primary-investigator", "PractitionerRole"),
    ("Bo Example", "study-chair", "PractitionerRole"),
]


def test_parties():
    r4, r5 = study(rich(), "r4"), study(rich(), "r5")
    assert [
        (each["name"], each["role"]["coding"][0]["code"], each["party"]["reference"].split("/")[0])
        for each in r5["associatedParty"]
    ] == PARTIES
    assert [
        (each["name"][0], each["role"][0]["coding"][0]["code"], each["party"][0]["reference"].split("/")[0])
        for each in carried(r4, "associatedParty")
    ] == PARTIES
    assert r4["sponsor"] == r5["associatedParty"][0]["party"]
    assert r4["principalInvestigator"] == r5["associatedParty"][2]["party"]


def test_eligibility_is_reached():
    """R5 points at the tree; R4 at the Groups, and from the first of them on to the tree."""
    r4, r5 = study(rich(), "r4"), study(rich(), "r5")
    tree = {"reference": "EvidenceVariable/NCT00000002", "display": "Eligibility criteria of NCT00000002"}
    assert r5["recruitment"] == {"eligibility": tree}
    assert [each["reference"] for each in r4["enrollment"]] == [
        "Group/NCT00000002-cohort-1",
        "Group/NCT00000002-cohort-2",
    ]
    assert r4["enrollment"][0]["extension"] == [
        {"url": "http://hl7.org/fhir/StructureDefinition/alternate-reference", "valueReference": tree}
    ]
    assert "extension" not in r4["enrollment"][1]


def test_trial_without_criteria_has_no_eligibility():
    trial = bare().model_copy(update={"cohorts": [Cohort()], "sex": "female"})
    assert [each.type for each in render(trial)] == ["ResearchStudy"]
    assert "enrollment" not in study(trial, "r4")
    assert "recruitment" not in study(trial, "r5")


@pytest.mark.parametrize(("release", "code"), [("r4", "closed-to-accrual"), ("r5", "active-but-not-recruiting")])
def test_what_holds_of_a_site_in_this_trial(release, code):
    clinic, plain, recruiting, _ = study(rich(), release)["site"]
    assert clinic["display"] == "Crater Clinic"
    in_trial = simple(clinic["extension"][0])
    assert in_trial["status"][0]["coding"][0] == {"system": STATUS_SYSTEM, "code": code}
    coordinator, unnamed = in_trial["contact"]
    assert (coordinator["name"], coordinator["extension"][0]["valueString"]) == ("Cy Example", "Coordinator")
    assert coordinator["telecom"][1] == {"system": "email", "value": "cy@example.org"}
    assert unnamed == {"telecom": [{"system": "phone", "value": "+1 555 0101"}]}
    assert "extension" not in plain
    assert recruiting["reference"] == plain["reference"]
