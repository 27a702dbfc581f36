"""Sites as GeoJSON: SiteShapes or TrialSiteShapes (`app.plain.shapes`) in, a FeatureCollection out
(RFC 7946, https://www.rfc-editor.org/rfc/rfc7946)."""

from collections.abc import Iterable, Mapping
from typing import Any

MEDIA_TYPE = "application/geo+json"

_ELSEWHERE = ("id", "latitude", "longitude")


def feature_collection(
    sites: Iterable[Mapping[str, Any]], links: Iterable[Mapping[str, str]] = (), trial_id: str | None = None
) -> dict[str, Any]:
    """One Feature for each site, in their order.

    `links` are `{"rel": ..., "href": ...}`, such as the next page's: a foreign member (section 6.1), left out when
    there are none. `trial_id` is given where the sites are those of one trial; every feature then names it.
    """
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": [_feature(site, trial_id) for site in sites]}
    linked = [dict(link) for link in links]
    return {**collection, "links": linked} if linked else collection


def _feature(site: Mapping[str, Any], trial_id: str | None) -> dict[str, Any]:
    """Section 3.2: the geometry of an unlocated feature is null."""
    latitude, longitude = site["latitude"], site["longitude"]
    located = latitude is not None and longitude is not None
    properties = {name: value for name, value in site.items() if name not in _ELSEWHERE}
    return {
        "type": "Feature",
        "id": site["id"],
        # section 3.1.1: longitude comes first
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]} if located else None,
        "properties": {"trial_id": trial_id, **properties} if trial_id is not None else properties,
    }
