"""What only a registry's own record says, in a ResearchStudy: one row for each element and release."""

import pytest

from tests.fhir.test_research_study import XVER, study
from tests.fhir.trials import full

OWN = "https://trial-registry.example/fhir"
MESH = "http://id.nlm.nih.gov/mesh"
PERIOD = {"start": "2024-03", "end": "2026-12-31"}


def own(name, **value):
    return {"url": f"{OWN}/StructureDefinition/{name}", **value}


def local(code):
    return {"system": f"{OWN}/CodeSystem/condition", "code": code}


def mesh(code, display):
    return {"system": MESH, "code": code, "display": display}


def sevco(code, display, text):
    coding = {"system": "http://hl7.org/fhir/study-design", "code": f"SEVCO:{code}", "display": display}
    return {"coding": [coding], "text": text}


DESIGN = [
    {
        "coding": [
            *sevco("01001", "Interventional research", "")["coding"],
            {"system": f"{OWN}/CodeSystem/study-type", "code": "interventional", "display": "Interventional"},
        ],
        "text": "Study type: Interventional",
    },
    {"text": "Allocation: N/A"},
    sevco("01012", "Crossover cohort design", "Intervention model: Crossover"),
    {"text": "Masking: Double"},
    sevco("01060", "Blinding of study participants", "Masked: Participant"),
    {"text": "Masked: Investigator"},
    {"text": "Intervention model description: Light first."},
    {"text": "Target duration: 2 years"},
]
MOONLIGHT = {
    "extension": [
        own(
            "intervention",
            extension=[
                {"url": "type", "valueString": "Dietary supplement"},
                {"url": "description", "valueMarkdown": "Pale."},
                {"url": "other-name", "valueString": "Lune"},
            ],
        )
    ],
    "coding": [mesh("D000003", "Moonlight")],
    "text": "moonlight",
}
RADIANCE = {"coding": [mesh("D000004", "Radiance")], "text": "Radiance"}
FOCUSES = [MOONLIGHT, {"text": "Dew"}, RADIANCE]
CONDITIONS = [
    {"coding": [local("night-blindness"), mesh("D009755", "Night blindness")], "text": "Night Blindness"},
    {"coding": [{"system": "https://example.org/codes", "code": "M1"}], "text": "Moon sickness"},
    {"coding": [mesh("D000001", "Dim Sight")], "text": "Dim Sight"},
]
EXPOSURES = [own("arm-intervention", valueString="Other: Moonlight"), own("arm-intervention", valueString="Drug: Dew")]
DEW = [own("arm-intervention", valueString="Dew")]
CITATION = {
    "type": "citation",
    "display": "Result reference; retracted: PMID 9",
    "citation": "Example A. Light. 2020.",
}
PMID = {"type": "citation", "display": "Cited reference", "citation": "PMID 124"}
LINK = {"type": "documentation", "display": "The study's site"}
NO_ADDRESS = {"type": "documentation", "display": "address: see the moon"}
DOCUMENT = {
    "type": "documentation",
    "display": "Protocol; contents: Protocol, SAP; uploaded: 2024-01-02T10:00; size: 1234 bytes",
    "document": {"url": "https://example.org/p.pdf", "creation": "2024-01-01"},
}
PHONE = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/contactpoint-extension", "valueString": "7"}],
    "system": "phone",
    "value": "555-0102",
}
EMAIL = {"system": "email", "value": "d@example.org"}


def linked(id):
    return {"url": XVER + "comparisonGroup.linkId", "valueId": id}


def arm_type(code, text):
    return {"coding": [{"system": "http://hl7.org/fhir/research-study-arm-type", "code": code}], "text": text}


def pubmed(id):
    return f"https://pubmed.ncbi.nlm.nih.gov/{id}/"


BOTH, R4, R5 = ("r4", "r5"), ("r4",), ("r5",)
ELEMENTS = [
    (
        BOTH,
        "identifier",
        [
            {"use": "official", "system": "https://clinicaltrials.gov", "value": "NCT00000002"},
            {"use": "secondary", "type": {"text": "NIH"}, "value": "R01-XX", "assigner": {"display": "Tidal Fund"}},
            {"use": "secondary", "value": "U1111-0000-0001"},
        ],
    ),
    (BOTH, "condition", CONDITIONS),
    (BOTH, "period", PERIOD),
    (
        BOTH,
        "note",
        [
            {"authorString": "ClinConnect", "text": "What this is, in plain words."},
            {
                "text": "Individual participant data sharing: yes\n\nOn request.\n\nSupporting information: CSR\n\n"
                "Time frame: Soon"
            },
        ],
    ),
    (R4, "status", "temporarily-closed-to-accrual"),
    (R5, "status", "active"),
    (R5, "url", "https://clinicaltrials.gov/study/NCT00000002"),
    (R4, "reasonStopped", {"text": "The moon set."}),
    (R5, "whyStopped", {"text": "The moon set."}),
    (R4, "category", DESIGN),
    (R5, "studyDesign", DESIGN),
    (R4, "focus", FOCUSES),
    (R5, "focus", [{"concept": focus} for focus in FOCUSES]),
    (
        R4,
        "arm",
        [
            {
                "extension": [linked("moonlight"), *EXPOSURES],
                "name": "Moonlight",
                "type": {"text": "Experimental"},
                "description": "Every night.",
            },
            {"extension": [linked("moonlight-2")], "name": "Moonlight", "type": {"text": "Other"}},
            {"extension": [linked("lamp"), *DEW], "name": "Lamp"},
        ],
    ),
    (
        R5,
        "comparisonGroup",
        [
            {
                "extension": EXPOSURES,
                "linkId": "moonlight",
                "name": "Moonlight",
                "type": arm_type("experimental", "Experimental"),
                "description": "Every night.",
            },
            {"linkId": "moonlight-2", "name": "Moonlight", "type": arm_type("other-arm-type", "Other")},
            {"extension": DEW, "linkId": "lamp", "name": "Lamp"},
        ],
    ),
    (
        R4,
        "relatedArtifact",
        [
            {**CITATION, "url": pubmed(123)},
            {**PMID, "url": pubmed(124)},
            {**LINK, "url": "https://example.org/moon"},
            NO_ADDRESS,
            DOCUMENT,
        ],
    ),
    (
        R5,
        "relatedArtifact",
        [
            {**CITATION, "document": {"url": pubmed(123)}},
            {**PMID, "document": {"url": pubmed(124)}},
            {**LINK, "document": {"url": "https://example.org/moon"}},
            NO_ADDRESS,
            DOCUMENT,
        ],
    ),
    (
        R4,
        "contact",
        [
            {
                "extension": [own("contact-role", valueString="contact")],
                "name": "Di Example",
                "telecom": [PHONE, EMAIL],
            },
            {"extension": [own("contact-role", valueString="study-chair")], "name": "Ed Example"},
        ],
    ),
    (
        R5,
        "recruitment",
        {
            "targetNumber": 40,
            "eligibility": {
                "reference": "EvidenceVariable/NCT00000002",
                "display": "Eligibility criteria of NCT00000002",
            },
        },
    ),
]


@pytest.mark.parametrize(
    ("release", "name", "value"), [(release, name, value) for releases, name, value in ELEMENTS for release in releases]
)
def test_element(release, name, value):
    assert study(full(), release)[name] == value
