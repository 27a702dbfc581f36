"""GeoJSON: the structure of RFC 7946, over the sites of generated studies."""

from typing import Any

import orjson
import pytest

from app.generate import studies
from app.plain.geojson import feature_collection
from app.plain.shapes import SiteShape
from tests.plain import read
from tests.servers import ROOT

SITE: dict[str, Any] = {
    "id": "fernhill-clinic-0a1b2c3d",
    "facility": "Fernhill Clinic",
    "city": "Bergen",
    "state": None,
    "postal_code": None,
    "country": "Norway",
    "country_code": "NO",
    "latitude": 60.39299,
    "longitude": 5.32415,
    "coordinates_from": "gazetteer-city",
}


def test_one_site() -> None:
    assert feature_collection([SITE]) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "fernhill-clinic-0a1b2c3d",
                "geometry": {"type": "Point", "coordinates": [5.32415, 60.39299]},
                "properties": {
                    "facility": "Fernhill Clinic",
                    "city": "Bergen",
                    "state": None,
                    "postal_code": None,
                    "country": "Norway",
                    "country_code": "NO",
                    "coordinates_from": "gazetteer-city",
                },
            }
        ],
    }


@pytest.mark.parametrize("missing", [("latitude",), ("longitude",), ("latitude", "longitude")])
def test_a_site_without_coordinates_is_an_unlocated_feature(missing: tuple[str, ...]) -> None:
    [feature] = feature_collection([{**SITE, **dict.fromkeys(missing)}])["features"]
    assert feature["geometry"] is None and feature["id"] == SITE["id"]


def test_the_equator_is_a_place() -> None:
    [feature] = feature_collection([{**SITE, "latitude": 0.0, "longitude": 0.0}])["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.0, 0.0]}


def test_links_and_the_trial() -> None:
    link = {"rel": "next", "href": "https://registry.example/api/v1/sites?cursor=x"}
    found = feature_collection([SITE], [link], "NCT99990001")
    assert found["links"] == [link]
    assert found["features"][0]["properties"]["trial_id"] == "NCT99990001"
    assert feature_collection([]) == {"type": "FeatureCollection", "features": []}


def test_sites_of_trials() -> None:
    located = 0
    for study in studies(40, seed=3):
        one = read(orjson.dumps(study))
        found = orjson.loads(orjson.dumps(feature_collection(one.sites, trial_id=one.trial["id"])))
        assert len(found["features"]) == len(one.sites)
        for site, feature in zip(one.sites, found["features"], strict=True):
            assert set(feature) == {"type", "id", "geometry", "properties"}
            point = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
            back = {**feature["properties"], "id": feature["id"], "longitude": point[0], "latitude": point[1]}
            assert back.pop("trial_id") == one.trial["id"]
            assert back == site
            if feature["geometry"]:
                located += 1
                assert -180 <= point[0] <= 180 and -90 <= point[1] <= 90
    assert located > 20


def test_the_golden_sites() -> None:
    sites = orjson.loads((ROOT / "tests/golden/v1/sites.json").read_bytes())["items"]
    for site, feature in zip(sites, feature_collection(sites)["features"], strict=True):
        SiteShape.model_validate(site)
        assert feature["geometry"]["coordinates"] == [site["longitude"], site["latitude"]]
