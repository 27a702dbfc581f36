"""Invented people, organizations and sites. Addresses and numbers are those set aside for examples: `example.org`
(https://www.rfc-editor.org/rfc/rfc2606) and 555-01xx."""

from functools import cache
from typing import Any

from app.generate import shares, words
from app.generate.draw import Draw, Weighted, zipf
from app.generate.places import COUNTRIES, Country

FACILITIES = 40_000
"""How many facilities there are, spread over the countries by weight; studies share them."""

_COUNTRY = Weighted(*((country, country.weight) for country in COUNTRIES))
_ALL_WEIGHTS = sum(country.weight for country in COUNTRIES)
_COUNTRY_COUNTS = Weighted((2, 0.3), (3, 0.15), (5, 0.15), (8, 0.1), (12, 0.15), (20, 0.1), (35, 0.05))


def surname(draw: Draw) -> str:
    return draw.one(words.SURNAME_HEADS) + draw.one(words.SURNAME_TAILS)


def person(draw: Draw) -> str:
    name = f"{draw.one(words.GIVEN)} {surname(draw)}"
    return f"{name}, {draw.one(words.DEGREES)}" if draw.number() < 0.6 else name


def place(draw: Draw) -> str:
    return draw.one(words.PLACE_HEADS) + draw.one(words.PLACE_TAILS)


@cache
def _sponsors(sector: str) -> Weighted[str]:
    draw = Draw(f"sponsors:{sector}")
    wanted = 600 if sector in ("OTHER", "INDUSTRY") else 24
    patterns = words.SPONSORS[sector]
    names = (draw.one(patterns).format(place=place(draw), person=person(draw)) for _ in range(wanted))
    return zipf(list(dict.fromkeys(names)))


def organization(draw: Draw) -> tuple[str, str]:
    """A name and its class; the same names come again in other studies."""
    sector = draw.weighted(shares.SECTOR)
    return draw.weighted(_sponsors(sector)), sector


def contact(draw: Draw, role: str) -> dict[str, Any]:
    name = draw.one(words.STUDY_DESKS) if draw.number() < 0.08 else person(draw)
    found = {"name": name, "role": role, "phone": f"{200 + draw.below(700)}-555-01{draw.below(90) + 10}"}
    if draw.number() < 0.12:
        found["phoneExt"] = str(100 + draw.below(9000))
    found["email"] = f"{name[0].lower()}.study{draw.below(10_000)}@example.org"
    return found


def _postal_code(draw: Draw, shape: str) -> str:
    letters = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTUVWXY"}
    return "".join(draw.one(letters[mark]) if mark in letters else mark for mark in shape)


@cache
def _facilities(country: Country) -> list[dict[str, Any]]:
    """The facilities of a country, as a study without statuses and contacts has them."""
    draw = Draw(f"facilities:{country.name}")
    found = []
    for _ in range(max(20, FACILITIES * country.weight // _ALL_WEIGHTS)):
        city = country.cities[int(draw.number() * draw.number() * len(country.cities))]
        name = draw.one(words.FACILITIES).format(place=place(draw), city=city.name)
        site: dict[str, Any] = {"facility": name, "city": city.name}
        if city.state:
            site["state"] = city.state
        if country.postal_code:
            site["zip"] = _postal_code(draw, country.postal_code)
        site["country"] = country.name
        site["geoPoint"] = {"lat": city.latitude, "lon": city.longitude}
        found.append(site)
    return found


def sites(draw: Draw, count: int, industry: bool, statuses: Weighted[str] | None) -> list[dict[str, Any]]:
    """Each facility once, with a status and contacts where `statuses` are given.

    Fewer than `count` where a country has no more.
    """
    wanted = 1 if count < 3 else min(count, draw.weighted(_COUNTRY_COUNTS) + count // 60)
    countries = draw.several(_COUNTRY, wanted)
    if draw.number() < 0.25 and COUNTRIES[0] not in countries:
        countries[0] = COUNTRIES[0]
    share = count // len(countries) + 1
    unnamed = industry and draw.number() < 0.3
    with_contacts = statuses is not None and draw.number() < 0.9
    number = draw.number
    found: list[dict[str, Any]] = []
    for country in countries:
        pool = _facilities(country)
        size = len(pool)
        some = min(share, count - len(found))
        for n in dict.fromkeys([int(number() * number() * size) for _ in range(some)]):
            known = pool[n]
            site = known.copy()
            site["geoPoint"] = known["geoPoint"].copy()
            if unnamed:
                site["facility"] = f"Research Site {1000 + draw.below(9000)}"
            if number() < 0.02:
                del site["geoPoint"]
            if statuses:
                site["status"] = draw.weighted(statuses)
            if with_contacts and number() < 0.75:
                contacts = [contact(draw, "CONTACT")]
                if number() < 0.6:
                    role = draw.weighted(shares.SITE_CONTACT_ROLE)
                    contacts.append({"name": person(draw), "role": role})
                site["contacts"] = contacts
            found.append(site)
    return found
