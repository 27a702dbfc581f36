"""Country names -> ISO 3166-1 alpha-2 (https://www.iso.org/iso-3166-country-codes.html), and place lines."""

from functools import cache

import pycountry

from app.record.spans import Span

# Names that registries use and ISO 3166 does not list
_ALSO = {
    "aland islands": "AX",
    "brunei": "BN",
    "burma": "MM",
    "cape verde": "CV",
    "congo, republic of the": "CG",
    "cote d'ivoire": "CI",
    "curacao": "CW",
    "democratic republic of the congo": "CD",
    "east timor": "TL",
    "former serbia and montenegro": None,
    "iran": "IR",
    "ivory coast": "CI",
    "laos": "LA",
    "libyan arab jamahiriya": "LY",
    "macau": "MO",
    "macedonia": "MK",
    "macedonia, the former yugoslav republic of": "MK",
    "north korea": "KP",
    "palestine": "PS",
    "palestinian territories": "PS",
    "palestinian territories, occupied": "PS",
    "palestinian territory, occupied": "PS",
    "reunion": "RE",
    "russia": "RU",
    "south korea": "KR",
    "swaziland": "SZ",
    "syria": "SY",
    "the bahamas": "BS",
    "the gambia": "GM",
    "the netherlands": "NL",
    "turkey": "TR",
    "turkey (türkiye)": "TR",
    "u.s. virgin islands": "VI",
    "uk": "GB",
    "usa": "US",
    "vietnam": "VN",
    "virgin islands (u.s.)": "VI",
}
_FACILITY_WORDS = (
    *("hospital", "clinic", "klinik", "clinique", "hopital", "hôpital", "univers", "center", "centre", "centro"),
    *("institut", "medical", "research", "college", "school", "foundation", "practice", "group", "associates"),
)


@cache
def _names() -> dict[str, str | None]:
    names: dict[str, str | None] = dict(_ALSO)
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            name = getattr(country, field, None)
            if name:
                names[name.casefold()] = country.alpha_2
    return names


def country_code(name: str) -> str | None:
    """The code of a country's English name, or None when the name is not known: never a guess."""
    return _names().get(name.casefold())


def _parts(text: str, start: int) -> list[Span]:
    """The spans of the comma-separated parts of `text`, which begins at `start`."""
    spans = []
    for part in text.split(","):
        lead = len(part) - len(part.lstrip())
        spans.append(Span(start + lead, start + max(lead, len(part.rstrip()))))
        start += len(part) + 1
    return spans


def split_place(text: str, start: int) -> dict[str, Span]:
    """The spans of `facility`, `city`, `state` and `country` in `Facility, City, State, Country`.

    Facility and state may be missing, and a country's name may hold a comma. Empty when `text` is no place.
    """
    spans = _parts(text, start)
    words = [text[span.start - start : span.end - start] for span in spans]
    if not all(words):
        return {}
    long_name = len(words) > 2 and country_code(", ".join(words[-2:])) is not None
    country = Span(spans[-2].start, spans[-1].end) if long_name else spans[-1]
    rest, names = spans[: -2 if long_name else -1], words[: -2 if long_name else -1]
    if not rest:
        return {"country": country} if country_code(text) else {}
    facility = any(word in names[0].casefold() for word in _FACILITY_WORDS)
    place = {"country": country}
    if len(rest) == 1:
        place["city"] = rest[0]
    elif len(rest) == 2 and facility:
        place |= {"facility": rest[0], "city": rest[1]}
    else:
        place |= {"city": rest[-2], "state": rest[-1]}
        if len(rest) > 2:
            place["facility"] = Span(rest[0].start, rest[-3].end)
    return place
