"""Location: a facility, shared by trials; and what holds of it in one trial, on the study's reference to it.

https://hl7.org/fhir/R5/location.html, https://hl7.org/fhir/R4/location.html: the same in both for what is said here.
"""

from app.fhir.datatypes import Json, clean, coding, concept, element, extension, reference, resource
from app.fhir.ids import location_id
from app.fhir.releases import Release, status_concept
from app.record.codes import BASE
from app.record.trial import Contact, Trial, TrialSite

COUNTRY_SYSTEM = "urn:iso:std:iso:3166"

TRIAL_SITE = f"{BASE}/StructureDefinition/trial-site"
"""On `ResearchStudy.site`: `status` (CodeableConcept) and `contact` (ContactDetail, repeats), in this trial only."""

CONTACT_ROLE = f"{BASE}/StructureDefinition/contact-role"
"""On that ContactDetail: the contact's role as a string."""

COORDINATES_FROM = f"{BASE}/StructureDefinition/coordinates-from"
"""On `Location.position`: where coordinates come from (code) that the source did not give."""


def r5(site: TrialSite) -> Json:
    return resource(
        "Location",
        location_id(site),
        name=name(site),
        mode="instance",
        address=element(text=place(site), city=site.city, state=site.state, country=site.country),
        position=_position(site),
    )


r4 = r5


def located(trial: Trial) -> list[TrialSite]:
    """The trial's sites that say where they are: no facility can be made of the others."""
    return [site for site in trial.sites if name(site)]


def name(site: TrialSite) -> str:
    return clean(site.facility or "") or place(site)


def place(site: TrialSite) -> str:
    return ", ".join(part for part in (clean(part or "") for part in (site.city, site.state, site.country)) if part)


def site_reference(release: Release, site: TrialSite) -> Json:
    in_trial = extension(
        TRIAL_SITE,
        extension("status", valueCodeableConcept=status_concept(release, site.status)),
        *(extension("contact", valueContactDetail=_contact(contact)) for contact in site.contacts),
    )
    return reference("Location", location_id(site), name(site), [in_trial])


def regions(trial: Trial) -> list[Json]:
    """The countries of the sites, each once, in the order met; a country without a code as text."""
    countries = dict.fromkeys((site.country_code, site.country) for site in trial.sites)
    named: dict[str, Json] = {}
    for code, country in countries:
        named.setdefault(code or country or "", concept(coding(COUNTRY_SYSTEM, code), text=country))
    return list(named.values())


def _contact(contact: Contact) -> Json:
    telecom = [("phone", contact.phone), ("email", contact.email)]
    return element(
        extension=[extension(CONTACT_ROLE, valueString=contact.role)],
        name=contact.name,
        telecom=[{"system": system, "value": clean(value)} for system, value in telecom if value and clean(value)],
    )


def _position(site: TrialSite) -> Json:
    if site.latitude is None or site.longitude is None:
        return {}
    derived = site.coordinates_from if site.coordinates_from != "source" else None
    return element(
        extension=[extension(COORDINATES_FROM, valueCode=derived)],
        longitude=site.longitude,
        latitude=site.latitude,
    )
