"""Fictional resources of every served type, in both releases: `full` and `other` have every element that a search
parameter reads, with other values; `bare` has nothing but what its type requires, and that with no value.

Every value of `full` sorts before that of `other`. `documents(type, role)` gives (r4, r5);
https://hl7.org/fhir/R4/resourcelist.html, https://hl7.org/fhir/R5/resourcelist.html.
"""

from typing import Any

from app.fhir.releases import PARTY_ROLE_SYSTEM
from app.parameters.own import ALTERNATE, STUDY_TYPE, XVER
from app.record.codes import BASE, RECRUITMENT_SYSTEM

Json = dict[str, Any]
FULL, OTHER, BARE = "full", "other", "bare"
CODES, IDS = "https://example.org/codes", "https://example.org/ids"
ID_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
MESH = "http://id.nlm.nih.gov/mesh"
UCUM = "http://unitsofmeasure.org"
SOURCES = f"{BASE}/CodeSystem/source"
ABSENT = [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
NOTHING = {"extension": ABSENT}


class Maker:
    """Elements with the values of `full` or of `other`; a name makes them those of one element."""

    def __init__(self, role: str) -> None:
        self.role, self.first = role, role == FULL
        self.word = self.of("Alpha", "Zeta")

    def of(self, full: Any, other: Any) -> Any:
        return full if self.first else other

    def coding(self, name: str) -> Json:
        return {"system": CODES, "code": f"{self.word.lower()}-{name}", "display": f"{self.word} {name}"}

    def state(self) -> Json:
        """A coding of a value set that the server knows."""
        code = self.of("active-not-recruiting", "terminated")
        return {"system": RECRUITMENT_SYSTEM, "code": code, "display": f"{self.word} state"}

    def codings(self, name: str) -> list[Json]:
        return [self.coding(name), self.state()]

    def concept(self, name: str, *more: Json) -> Json:
        return {"coding": [*self.codings(name), *more], "text": f"{self.word} words of {name}"}

    def text(self, name: str) -> str:
        return f"{self.word} {name} over Übermoon"

    def identifier(self, name: str) -> Json:
        kind = {"coding": [{"system": ID_TYPES, "code": "MR", "display": f"{self.word} number"}]}
        return {"type": kind, "system": IDS, "value": f"{self.word}/{name}"}

    def refer(self, type: str, name: str) -> Json:
        return {
            "reference": f"{type}/{self.role}",
            "identifier": {"system": IDS, "value": f"{self.word}/{name}"},
            "display": f"{self.word} {name}",
        }

    def period(self) -> Json:
        return self.of({"start": "1999-02-01", "end": "1999-11-30"}, {"start": "2024-02-01", "end": "2024-11-30"})

    def day(self) -> str:
        return str(self.of("1999-06-15", "2024-06-15"))

    def address(self) -> Json:
        return {
            "use": self.of("old", "work"),
            "line": [f"{self.word} Street 1"],
            "city": f"{self.word}ville",
            "state": f"{self.word}land",
            "postalCode": self.of("Ab-10", "Zy-90"),
            "country": f"{self.word}nia",
        }

    def telecom(self) -> list[Json]:
        return [
            {"system": "phone", "value": self.of("+1 555 0100", "+1 555 0199")},
            {"system": "email", "value": f"{self.word.lower()}@example.org"},
        ]

    def artifact(self, kind: str) -> Json:
        return {"type": kind, "resource": f"https://example.org/{self.word}/{kind}|1.0"}

    def head(self, type: str) -> Json:
        return {
            "resourceType": type,
            "id": self.role,
            "meta": {
                "source": f"https://example.org/{self.word}/source",
                "profile": [f"https://example.org/{self.word}/profile", f"https://example.org/{self.word}/other|2.0"],
                "security": self.codings("security"),
                "tag": [*self.codings("tag"), {"system": SOURCES, "code": self.of("clinconnect", "ctis")}],
            },
            "language": self.of("de", "fr"),
            "text": narrative(f"{self.word} narrative"),
        }


def narrative(text: str) -> Json:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></div>'}


def research_study(m: Maker) -> tuple[Json, Json]:
    code, display = m.of(("expanded-access", "Expanded access"), ("interventional", "Interventional"))
    kind = {"system": STUDY_TYPE, "code": code, "display": display}
    # what `other` studies stands above what `full` studies
    condition = {"system": MESH, "code": m.of("D900001", "D900002")}
    focus = {"system": MESH, "code": m.of("D900003", "D900004")}
    both = {
        "identifier": [m.identifier("identifier")],
        "title": m.text("title"),
        "protocol": [m.refer("PlanDefinition", "protocol")],
        "partOf": [m.refer("ResearchStudy", "part")],
        "condition": [m.concept("condition", condition)],
        "phase": m.concept("phase"),
        "keyword": [m.concept("keyword")],
        "period": m.period(),
        "site": [m.refer("Location", "site")],
    }
    eligibility = m.refer("EvidenceVariable", "eligibility")
    r4 = {
        "extension": [
            {
                "url": f"{XVER}.progressStatus",
                "extension": [{"url": "state", "valueCodeableConcept": m.concept("state")}],
            }
        ],
        "status": m.of("closed-to-accrual", "withdrawn"),
        "category": [m.concept("design", kind)],
        "focus": [m.concept("focus", focus)],
        "location": [m.concept("region")],
        "enrollment": [{**m.refer("Group", "group"), "extension": [{"url": ALTERNATE, "valueReference": eligibility}]}],
        "sponsor": m.refer("Organization", "sponsor"),
        "principalInvestigator": m.refer("Practitioner", "investigator"),
    }
    role = {"coding": [{"system": PARTY_ROLE_SYSTEM, "code": "lead-sponsor"}]}
    r5 = {
        "name": m.text("name"),
        "comparisonGroup": [{"name": f"{m.word} lamp"}],
        "status": m.of("active", "retired"),
        "focus": [{"concept": m.concept("focus", focus)}, {"reference": m.refer("Medication", "focus")}],
        "region": [m.concept("region")],
        "description": m.text("description"),
        "studyDesign": [m.concept("design", kind)],
        "classifier": [m.concept("classifier")],
        "associatedParty": [
            {"role": role, "party": m.refer("Organization", "sponsor")},
            {"role": {"text": "A helper"}, "party": {"reference": "Organization/bare"}},
        ],
        "progressStatus": [
            {"state": m.concept("state"), "actual": m.of(False, True), "period": m.period()},
            {"state": {"coding": [{"system": CODES, "code": "begun"}]}, "actual": m.of(True, False)},
        ],
        "recruitment": {
            "targetNumber": m.of(10, 90),
            "actualNumber": m.of(11, 91),
            "eligibility": eligibility,
        },
        "objective": [{"type": m.concept("objective"), "description": m.text("objective")}],
    }
    return {**both, **r4}, {**both, **r5}


def group(m: Maker) -> tuple[Json, Json]:
    both = {
        "identifier": [m.identifier("identifier")],
        "type": m.of("device", "person"),
        "name": m.text("name"),
        "managingEntity": m.refer("Organization", "manager"),
        "characteristic": [
            {"code": m.concept("trait"), "valueCodeableConcept": m.concept("value"), "exclude": m.of(False, True)},
            {"code": {"coding": [m.coding("fact")]}, "valueBoolean": m.of(False, True), "exclude": m.of(False, True)},
            {
                "code": {"coding": [m.coding("link")]},
                "valueReference": m.refer("Location", "value"),
                "exclude": m.of(False, True),
            },
        ],
        "member": [{"entity": m.refer("Practitioner", "member")}, {"entity": {"reference": f"Patient/{m.role}"}}],
    }
    return {**both, "actual": True, "code": m.concept("code")}, {
        **both,
        "membership": "enumerated",
        "code": m.concept("code"),
    }


def evidence_variable(m: Maker) -> tuple[Json, Json]:
    amount = {"value": m.of(10, 90), "unit": "mg", "system": UCUM, "code": "mg"}
    ages = {"low": {"value": m.of(20, 70), "unit": "a"}, "high": {"value": m.of(29, 79), "unit": "a"}}
    both = {
        "url": f"https://example.org/{m.word}/variable",
        "identifier": [m.identifier("identifier")],
        "version": m.of("1.0", "2.0"),
        "name": m.text("name"),
        "title": m.text("title"),
        "status": m.of("active", "retired"),
        "date": m.day(),
        "publisher": m.text("publisher"),
        "description": m.text("description"),
        "useContext": [
            {"code": m.coding("use"), "valueCodeableConcept": m.concept("context")},
            {"code": m.state(), "valueQuantity": amount},
            {"code": m.coding("age"), "valueRange": ages},
        ],
        "relatedArtifact": [
            m.artifact(kind) for kind in ("composed-of", "depends-on", "derived-from", "predecessor", "successor")
        ],
    }
    r4 = {
        "jurisdiction": [m.concept("jurisdiction")],
        "effectivePeriod": m.period(),
        "topic": [m.concept("topic")],
        "characteristic": [{"definitionCodeableConcept": {"text": "Anything"}}],
    }
    return {**both, **r4}, both


def location(m: Maker) -> tuple[Json, Json]:
    both = {
        "identifier": [m.identifier("identifier")],
        "status": m.of("active", "suspended"),
        "operationalStatus": m.state(),
        "name": m.text("name"),
        "alias": [m.text("alias")],
        "type": [m.concept("type")],
        "address": m.address(),
        "position": m.of({"latitude": 10.0, "longitude": 20.0}, {"latitude": -30.0, "longitude": 140.0}),
        "managingOrganization": m.refer("Organization", "owner"),
        "partOf": m.refer("Location", "whole"),
        "endpoint": [m.refer("Endpoint", "endpoint")],
    }
    return both, {**both, "characteristic": [m.concept("characteristic")]}


def organization(m: Maker) -> tuple[Json, Json]:
    both = {
        "identifier": [m.identifier("identifier")],
        "active": m.of(False, True),
        "type": [m.concept("type")],
        "name": m.text("name"),
        "alias": [m.text("alias")],
        "partOf": m.refer("Organization", "whole"),
        "endpoint": [m.refer("Endpoint", "endpoint")],
    }
    diploma = {"identifier": [m.identifier("qualification")], "code": {"text": "A diploma"}}
    r5 = {"contact": [{"address": m.address(), "telecom": m.telecom()}], "qualification": [diploma]}
    return {**both, "address": [m.address()], "telecom": m.telecom()}, {**both, **r5}


def practitioner(m: Maker) -> tuple[Json, Json]:
    name = {"family": m.of("Alphason", "Zetason"), "given": [m.of("Anna", "Zora")], "text": f"Prof. {m.word}"}
    diploma = {
        "identifier": [m.identifier("qualification")],
        "code": {"text": "A diploma"},
        "period": m.period(),
    }
    both = {
        "identifier": [m.identifier("identifier")],
        "active": m.of(False, True),
        "name": [name],
        "telecom": m.telecom(),
        "address": [m.address()],
        "gender": m.of("female", "male"),
        "qualification": [diploma],
    }
    r5 = {"deceasedDateTime": m.day(), "communication": [{"language": m.concept("speech")}]}
    return {**both, "communication": [m.concept("speech")]}, {**both, **r5}


def practitioner_role(m: Maker) -> tuple[Json, Json]:
    both = {
        "identifier": [m.identifier("identifier")],
        "active": m.of(False, True),
        "period": m.period(),
        "practitioner": m.refer("Practitioner", "person"),
        "organization": m.refer("Organization", "employer"),
        "code": [m.concept("role")],
        "specialty": [m.concept("specialty")],
        "location": [m.refer("Location", "place")],
        "healthcareService": [m.refer("HealthcareService", "service")],
        "endpoint": [m.refer("Endpoint", "endpoint")],
    }
    r5 = {
        "contact": [{"telecom": m.telecom()}],
        "characteristic": [m.concept("characteristic")],
        "communication": [m.concept("speech")],
    }
    return {**both, "telecom": m.telecom()}, {**both, **r5}


def provenance(m: Maker) -> tuple[Json, Json]:
    agent = {"type": m.concept("agent"), "role": [m.concept("role")], "who": m.refer("Organization", "agent")}
    signature = {"type": m.codings("signature"), "when": "2020-01-01T00:00:00Z", "who": {"display": "Somebody"}}
    both = {
        "target": [m.refer("ResearchStudy", "target"), m.refer("Patient", "patient")],
        "occurredDateTime": m.day(),
        "location": m.refer("Location", "place"),
        "agent": [agent],
        "entity": [{"role": "source", "what": m.refer("Location", "entity")}],
        "signature": [signature],
    }
    r5 = {
        "activity": m.concept("activity"),
        "basedOn": [m.refer("Task", "task")],
        "patient": m.refer("Patient", "patient"),
        "encounter": m.refer("Encounter", "encounter"),
    }
    return both, {**both, **r5}


MAKERS = {
    "ResearchStudy": research_study,
    "Group": group,
    "EvidenceVariable": evidence_variable,
    "Location": location,
    "Organization": organization,
    "Practitioner": practitioner,
    "PractitionerRole": practitioner_role,
    "Provenance": provenance,
}
_CHARACTERISTIC = [{"definitionCodeableConcept": {"text": "Anything"}}]
_REQUIRED: dict[str, tuple[Json, Json]] = {
    "ResearchStudy": ({"_status": NOTHING}, {"_status": NOTHING}),
    "Group": ({"_type": NOTHING, "actual": False}, {"_type": NOTHING, "membership": "definitional"}),
    "Organization": ({"identifier": [NOTHING]},) * 2,
    "EvidenceVariable": ({"_status": NOTHING, "characteristic": _CHARACTERISTIC}, {"_status": NOTHING}),
    "Provenance": ({"target": [NOTHING], "agent": [{"who": NOTHING}]},) * 2,
}


def documents(type: str, role: str) -> tuple[Json, Json]:
    if role == BARE:
        head: Json = {"resourceType": type, "id": role, "text": narrative("Nothing is known")}
        r4, r5 = _REQUIRED.get(type, ({}, {}))
    else:
        m = Maker(role)
        head, (r4, r5) = m.head(type), MAKERS[type](m)
    return {**head, **r4}, {**head, **r5}
