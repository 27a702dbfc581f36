"""Practitioner and PractitionerRole: a person, and the person in a role of the trial for an organization.

https://hl7.org/fhir/R5/practitioner.html, https://hl7.org/fhir/R5/practitionerrole.html; R4 is the same for what is
said here. A name is kept as one text: which word is the family name is not ours to guess.
"""

from app.fhir import narrative
from app.fhir.datatypes import Json, clean, concept, element, reference, resource
from app.fhir.ids import practitioner_id, practitioner_role_id
from app.fhir.organization import organization_reference
from app.fhir.releases import party_role_words
from app.record.parts import Party
from app.record.trial import Trial


def practitioner(party: Party) -> Json:
    return resource(
        "Practitioner",
        practitioner_id(party.name, party.affiliation),
        text=narrative.narrative(party.name),
        name=[element(text=party.name)],
    )


def practitioner_role(party: Party) -> Json:
    employed = party.affiliation and clean(party.affiliation)
    return resource(
        "PractitionerRole",
        practitioner_role_id(party.name, party.affiliation, party.role),
        text=narrative.of_role(party),
        practitioner=reference("Practitioner", practitioner_id(party.name, party.affiliation), party.name),
        organization=organization_reference(employed) if employed else None,
        code=[concept(text=party_role_words(party.role))],
    )


def practitioner_role_reference(party: Party) -> Json:
    return reference("PractitionerRole", practitioner_role_id(party.name, party.affiliation, party.role), party.name)


def people(trial: Trial) -> list[Party]:
    return [party for party in trial.parties if party.kind == "person" and clean(party.name)]
