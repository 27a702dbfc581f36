"""ResearchStudy.associatedParty and R4's sponsor, principalInvestigator and contact: who has a part in the trial.

R5 has no contact with telecom: a contact of the trial is an associatedParty with the role `recruitment-contact`, its
telecom in an extension of our own. What R5 has no code for (a sector, a person's position, a contact's role) is a
classifier in words.
"""

from app.fhir.contact import contact_detail, telecom
from app.fhir.datatypes import Json, clean, coding, concept, element, extension, words
from app.fhir.organization import organization_reference
from app.fhir.practitioner import practitioner_role_reference
from app.fhir.releases import party_role_concept, party_role_words
from app.record.codes import BASE
from app.record.parts import Contact, Party
from app.record.trial import Trial

SECTOR_SYSTEM = "http://hl7.org/fhir/research-study-party-organization-type"
SECTORS = {"nih": "nih", "fed": "government", "other-gov": "government", "industry": "industry"}
"""Sectors that the system has a code for."""

CONTACT_TELECOM = f"{BASE}/StructureDefinition/contact-telecom"
"""On R5 `ResearchStudy.associatedParty`: a ContactPoint (repeats)."""


def associated_parties(trial: Trial) -> list[Json]:
    return [_associated_party(party) for party in trial.parties if clean(party.name)]


def contact_parties(trial: Trial) -> list[Json]:
    return [_contact_party(contact) for contact in trial.contacts]


def contacts(trial: Trial) -> list[Json]:
    return [contact_detail(contact) for contact in trial.contacts]


def sponsor(trial: Trial) -> Json | None:
    """R4: the first lead sponsor."""
    sponsors = trial.parties_with("lead-sponsor")
    return next((organization_reference(party.name) for party in sponsors if party.kind == "organization"), None)


def principal_investigator(trial: Trial) -> Json | None:
    """R4: the first principal investigator."""
    investigators = trial.parties_with("principal-investigator")
    return next((practitioner_role_reference(party) for party in investigators if party.kind == "person"), None)


def _associated_party(party: Party) -> Json:
    return element(
        name=party.name,
        role=party_role_concept(party.role),
        classifier=[_sector(party.sector), concept(text=party.title)],
        party=practitioner_role_reference(party) if party.kind == "person" else organization_reference(party.name),
    )


def _sector(sector: str | None) -> Json:
    return concept(coding(SECTOR_SYSTEM, SECTORS.get(sector)), text=words(sector)) if sector else {}


def _contact_party(contact: Contact) -> Json:
    name, points = clean(contact.name or ""), telecom(contact)
    if not name and not points:
        return {}
    role = contact.role if contact.role != "contact" else None
    return element(
        extension=[extension(CONTACT_TELECOM, valueContactPoint=point) for point in points],
        name=name,
        role=party_role_concept("recruitment-contact"),
        classifier=[concept(text=party_role_words(role))] if role else None,
    )
