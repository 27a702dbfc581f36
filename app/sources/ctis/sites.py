"""CTIS, part II of each member state, and the countries outside the EEA -> sites.

A member state's status is not the status of each of its sites: it stands on the country where no site is listed.
The registry's number is in the statements in any case.
"""

from app.record.parts import Contact
from app.record.trial import Trial, TrialSite
from app.sources.countries import country_code
from app.sources.ctis.parts import add_contact
from app.sources.ctis.words import read_public_status
from app.sources.exports.leaves import Node
from app.sources.ictrp.words import NOTHING


def take_sites(trial: Trial, part_one: Node, parts_two: Node, application: Node, root: Node) -> None:
    for part in parts_two.items():
        for site in part.at("trialSites").items():
            _take_site(trial, site)
    for state in application.at("memberStatesConcerned").items() or root.at("memberStatesConcerned").items():
        name, status = state.at("mscName"), state.at("mscPublicStatusCode")
        _take_country(trial, name, None, status)
    for country in part_one.at("rowCountriesInfo").items():
        _take_country(trial, country.at("name"), country.at("isoAlpha2Code"), None)


def _take_site(trial: Trial, site: Node) -> None:
    """The site's own phone and address are a contact of their own where they are not the person's."""
    place = site.at("organisationAddressInfo")
    facility = place.at("organisation", "name")
    address = place.at("address")
    keys = {"city": "city", "postal_code": "postcode", "country": "countryName"}
    if not any(node.words() for node in (facility, address.at("city"), address.at("countryName"))):
        return
    values = {field: address.at(key).take() or None for field, key in keys.items()}
    name = facility.take() or None
    contacts: list[Contact] = []
    person = site.at("personInfo")
    first, last = person.at("firstName"), person.at("lastName")
    phone, email = person.at("telephone").take(), person.at("email").take()
    full_name = f"{first.take()} {last.take()}".strip()
    if full_name or phone or email:
        contacts.append(Contact(name=full_name or None, role="contact", phone=phone or None, email=email or None))
    own_phone, own_email = place.at("phone"), place.at("email")
    if own_phone.words() not in ("", phone) or own_email.words() not in ("", email):
        add_contact(contacts, Node(site.record, (), None), own_phone, own_email)
    for node in (own_phone, own_email):
        node.tick()
    trial.sites.append(
        TrialSite(facility=name, country_code=country_code(values["country"] or ""), contacts=contacts, **values)
    )


def _take_country(trial: Trial, name: Node, code: Node | None, status: Node | None) -> None:
    """A country without a site of its own; its name is ticked off where a site names it too."""
    country = name.text().strip()
    if not country or country.lower() in NOTHING:
        return
    name.tick()
    if any(site.country == country for site in trial.sites):
        return
    known = country_code(country) or (code.words() if code and len(code.words()) == 2 else None)
    if code and code.words() == known:
        code.tick()
    public = read_public_status(status.words()) if status else None
    trial.sites.append(TrialSite(country=country, country_code=known, status=public))
