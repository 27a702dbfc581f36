"""Who and where, of a ClinicalTrials.gov study: sponsors, officials, contacts, sites
(`sponsorCollaboratorsModule`, `contactsLocationsModule`)."""

from app.record.parts import Contact, Party
from app.record.trial import TrialSite
from app.sources.countries import country_code
from app.sources.ctgov import words
from app.sources.ctgov.node import Node


def read_parties(sponsors: Node, organization: Node, officials: list[Node]) -> list[Party]:
    """Lead sponsor, collaborators, responsible party, officials.

    The organization that registered the study is taken where it is the lead sponsor, and else remains.
    """
    parties = []
    lead = _read_organization(sponsors.node("leadSponsor"), "lead-sponsor")
    if lead:
        parties.append(lead)
        _take_same(organization, lead)
    for collaborator in sponsors.nodes("collaborators"):
        party = _read_organization(collaborator, "collaborator")
        if party:
            parties.append(party)
    responsible = _read_responsible(sponsors.node("responsibleParty"), lead)
    if responsible:
        parties.append(responsible)
    for official in officials:
        name = official.text("name")
        if name:
            role = official.code("role", words.OFFICIAL_ROLE) or "official"
            parties.append(Party(role=role, name=name, kind="person", affiliation=official.text("affiliation")))
    return parties


def _read_organization(node: Node, role: str) -> Party | None:
    name = node.text("name")
    if not name:
        return None
    return Party(role=role, name=name, kind="organization", sector=node.code("class", words.AGENCY))


def _take_same(organization: Node, lead: Party) -> None:
    rest = organization.rest
    if rest.get("fullName") == lead.name:
        del rest["fullName"]
        if lead.sector and words.AGENCY.get(str(rest.get("class"))) == lead.sector:
            del rest["class"]


def _read_responsible(node: Node, lead: Party | None) -> Party | None:
    """`sector` is what the responsible party is to the study: `sponsor`, `principal-investigator` or
    `sponsor-investigator`. Before 2011 one text gave the person's name and title, another the organization."""
    name = node.text("investigatorFullName")
    if name:
        return Party(
            role="responsible-party",
            name=name,
            kind="person",
            title=node.text("investigatorTitle"),
            affiliation=node.text("investigatorAffiliation"),
            sector=node.code("type", words.RESPONSIBLE_PARTY_TYPE),
        )
    name, organization = node.text("oldNameTitle"), node.text("oldOrganization")
    if name:
        sector = node.code("type", words.RESPONSIBLE_PARTY_TYPE)
        return Party(role="responsible-party", name=name, kind="person", affiliation=organization, sector=sector)
    if not organization and lead and node.rest.get("type") == "SPONSOR":
        organization = lead.name
    if organization:
        sector = node.code("type", words.RESPONSIBLE_PARTY_TYPE)
        return Party(role="responsible-party", name=organization, kind="organization", sector=sector)
    return None


def read_contacts(nodes: list[Node]) -> list[Contact]:
    """Those that say whom to ask: a role alone remains."""
    contacts = []
    for node in nodes:
        name, phone, email = node.text("name"), node.text("phone"), node.text("email")
        if name or phone or email:
            role, extension = node.code("role", words.CONTACT_ROLE), node.text("phoneExt")
            contacts.append(Contact(name=name, role=role, phone=phone, phone_extension=extension, email=email))
    return contacts


def read_sites(nodes: list[Node]) -> list[TrialSite]:
    """Those that say where they are; of any other everything remains."""
    sites = []
    unknown = set()
    for node in nodes:
        facility, city, state = node.text("facility"), node.text("city"), node.text("state")
        country = node.text("country")
        if not (facility or city or state or country):
            continue
        code = country_code(country) if country else None
        if country and not code and country not in unknown:
            unknown.add(country)
            message = f"{node.path_of('country')}: {country!r} is no country name that is known here"
            node.account.issue("unknown-country", message)
        point = node.node("geoPoint").numbers(("lat", 90), ("lon", 180))
        sites.append(
            TrialSite(
                facility=facility,
                city=city,
                state=state,
                postal_code=node.text("zip"),
                country=country,
                country_code=code,
                latitude=point[0] if point else None,
                longitude=point[1] if point else None,
                coordinates_from="source" if point else None,
                status=node.code("status", words.SITE_STATUS),
                contacts=read_contacts(node.nodes("contacts")),
            )
        )
    return sites
