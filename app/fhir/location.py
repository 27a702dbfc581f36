"""Location: a facility, shared by trials; and what holds of it in one trial, on the study's reference to it.

https://hl7.org/fhir/R5/location.html, https://hl7.org/fhir/R4/location.html: the same in both for what is said here.
"""

from app.fhir import narrative
from app.fhir.contact import contact_detail
from app.fhir.datatypes import Json, clean, coding, concept, element, extension, reference, resource
from app.fhir.ids import location_id
from app.fhir.releases import Release, status_concept
from app.record.codes import BASE
from app.record.parts import Contact
from app.record.trial import Trial, TrialSite

COUNTRY_SYSTEM = "urn:iso:std:iso:3166"

TRIAL_SITE = f"{BASE}/StructureDefinition/trial-site"
"""On `ResearchStudy.site`: `status` (CodeableConcept) and `contact` (ContactDetail, repeats), in this trial only."""

COORDINATES_FROM = f"{BASE}/StructureDefinition/coordinates-from"
"""On `Location.position`: where coordinates come from (code) that the source did not give."""


def location(site: TrialSite) -> Json:
    where = place(site)
    called = clean(site.facility or "") or where
    return resource(
        "Location",
        location_id(site),
        text=narrative.of_location(called, where),
        name=called,
        mode="instance",
        address=element(
            text=where, city=site.city, state=site.state, postalCode=site.postal_code, country=site.country
        ),
        position=_position(site),
    )


def located(trial: Trial) -> list[TrialSite]:
    """The trial's sites that say where they are: no facility can be made of the others."""
    return [site for site in trial.sites if name(site)]


def name(site: TrialSite) -> str:
    return clean(site.facility or "") or place(site)


def place(site: TrialSite) -> str:
    return ", ".join(part for part in (clean(part or "") for part in (site.city, site.state, site.country)) if part)


def site_references(sites: list[TrialSite], *releases: Release) -> dict[Release, list[Json]]:
    """A reference to each site, for each release: only the status reads differently."""
    made: dict[Release, list[Json]] = {}
    in_both = [
        (site.status, location_id(site), name(site), [_contact(contact) for contact in site.contacts]) for site in sites
    ]
    for release in releases:
        # a trial's sites have few different statuses
        statuses = {status: _status(release, status) for status in {status for status, *_ in in_both}}
        made[release] = [
            reference("Location", id, display, [extension(TRIAL_SITE, statuses[status], *contacts)])
            for status, id, display, contacts in in_both
        ]
    return made


def _status(release: Release, status: str | None) -> Json:
    return extension("status", valueCodeableConcept=status_concept(release, status))


def _contact(contact: Contact) -> Json:
    return extension("contact", valueContactDetail=contact_detail(contact))


def regions(trial: Trial) -> list[Json]:
    """The countries of the sites, each once, in the order met; a country without a code as text."""
    countries = dict.fromkeys((site.country_code, site.country) for site in trial.sites)
    named: dict[str, Json] = {}
    for code, country in countries:
        named.setdefault(code or country or "", concept(coding(COUNTRY_SYSTEM, code), text=country))
    return list(named.values())


def _position(site: TrialSite) -> Json:
    if site.latitude is None or site.longitude is None:
        return {}
    derived = site.coordinates_from if site.coordinates_from != "source" else None
    return element(
        extension=[extension(COORDINATES_FROM, valueCode=derived)],
        longitude=site.longitude,
        latitude=site.latitude,
    )
