"""A ResearchStudy of R4 as matching apps read it that do not follow references.

They take the sites from `contained` and show `enrollment.display` as the eligibility criteria
(https://github.com/mcode/clinical-trial-matching-service, https://github.com/mcode/clinical-trial-matching-app).
"""

from collections.abc import Mapping
from typing import Any

from app.fhir.datatypes import Json, clean
from app.record.trial import Trial

_NOT_CONTAINED = ("meta", "text")
"""A contained resource has no version or narrative of its own (dom-4)."""


def sites_of(study: Json) -> list[str]:
    """The references to its Locations."""
    return [one["reference"] for one in study.get("site", []) if "reference" in one]


def for_matching_app(study: Json, trial: Trial, locations: Mapping[str, Json]) -> Json:
    """The study with its sites in it. `locations` are Locations by their references."""
    contained, sites = [], []
    for site in study.get("site", []):
        location = locations.get(site.get("reference", ""))
        if location is None:
            sites.append(site)
            continue
        contained.append({name: value for name, value in location.items() if name not in _NOT_CONTAINED})
        sites.append({**site, "reference": f"#{location['id']}"})
    made: dict[str, Any] = {}
    for name, value in study.items():
        made[name] = value
        if name == "text" and contained:
            made["contained"] = contained
    if sites:
        made["site"] = sites
    criteria = clean(eligibility(trial))
    if made.get("enrollment") and criteria:
        first, *others = made["enrollment"]
        made["enrollment"] = [{**first, "display": criteria}, *others]
    return made


def eligibility(trial: Trial) -> str:
    """The criteria as one text: the heading of each kind once for each cohort, a line for each criterion."""
    lines, said = [], None
    for criterion in trial.criteria:
        if (criterion.cohort, criterion.type) != said:
            said = (criterion.cohort, criterion.type)
            label = trial.cohorts[criterion.cohort].label if criterion.cohort < len(trial.cohorts) else None
            lines.append(f"{criterion.type.capitalize()} criteria{f' ({label})' if label else ''}:")
        lines.append(f"{'  ' * criterion.depth}- {criterion.titled_text}")
    return "\n".join(lines)
