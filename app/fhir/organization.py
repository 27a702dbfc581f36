"""Organization: sponsors, collaborators and people's affiliations, shared by trials.

https://hl7.org/fhir/R5/organization.html, https://hl7.org/fhir/R4/organization.html (no `description`).
"""

from collections.abc import Mapping

from app.fhir import narrative, xver
from app.fhir.datatypes import Json, clean, reference, resource
from app.fhir.ids import organization_id
from app.record.trial import Trial


def r5(name: str, description: str | None) -> Json:
    text = narrative.of_organization(name, description)
    return resource("Organization", organization_id(name), text=text, name=name, description=description)


def r4(name: str, description: str | None) -> Json:
    described = xver.carry("Organization.description", clean(description or "") or None)
    text = narrative.of_organization(name, description)
    return resource("Organization", organization_id(name), text=text, extension=described, name=name)


def organization_reference(name: str) -> Json:
    return reference("Organization", organization_id(name), name)


def named(trial: Trial, known: Mapping[str, str]) -> dict[str, str | None]:
    """Name -> description of every organization of the trial, each once (the first spelling, the first description).

    `known` (by id) says what other trials say of those that this one does not describe.
    """
    names: dict[str, str] = {}
    descriptions: dict[str, str] = {}
    for party in trial.parties:
        name = party.name if party.kind == "organization" else party.affiliation
        if not name or not clean(name):
            continue
        key = organization_id(name)
        names.setdefault(key, name)
        if party.kind == "organization" and party.description:
            descriptions.setdefault(key, party.description)
    return {name: descriptions.get(key, known.get(key)) for key, name in names.items()}
