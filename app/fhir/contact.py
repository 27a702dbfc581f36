"""Whom to ask, as ContactPoints and as a ContactDetail (https://hl7.org/fhir/R5/metadatatypes.html#ContactDetail):
the same in both releases.
"""

from app.fhir.datatypes import Json, clean, element, extension
from app.record.codes import BASE
from app.record.parts import Contact

CONTACT_ROLE = f"{BASE}/StructureDefinition/contact-role"
"""On a ContactDetail: the contact's role as a string."""

PHONE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/contactpoint-extension"


def telecom(contact: Contact) -> list[Json]:
    points: list[Json] = []
    if contact.phone and clean(contact.phone):
        dialed = [extension(PHONE_EXTENSION, valueString=contact.phone_extension)]
        points.append(element(extension=dialed, system="phone", value=contact.phone))
    if contact.email and clean(contact.email):
        points.append(element(system="email", value=contact.email))
    return points


def contact_detail(contact: Contact) -> Json:
    """Empty for one without a name or telecom."""
    name, points = clean(contact.name or ""), telecom(contact)
    if not name and not points:
        return {}
    return element(extension=[extension(CONTACT_ROLE, valueString=contact.role)], name=name, telecom=points)
