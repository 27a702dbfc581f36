"""Records as the plain API has them: a trial's document, its sites, its outcomes."""

from typing import Any, NamedTuple

import orjson

from app.intake.read import read_trial
from app.intake.records import Raw
from app.plain.render import trial_json
from app.plain.shapes import TrialShape, TrialSiteShape
from app.record.ids import entity_id
from app.record.trial import Trial


class Documents(NamedTuple):
    trial: dict[str, Any]
    sites: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


def documents(trial: Trial) -> Documents:
    document = orjson.loads(trial_json(trial, 1, "2026-01-01T00:00:00.000Z"))
    TrialShape.model_validate(document)
    sites = [
        TrialSiteShape(
            id=entity_id(site.facility, site.city, site.state, site.postal_code, site.country), **site.model_dump()
        ).model_dump()
        for site in trial.sites
    ]
    return Documents(document, sites, [outcome.model_dump() for outcome in trial.outcomes])


def read(data: bytes, kind: Any = "json", name: str = "record") -> Documents:
    return documents(read_trial(Raw(name, 1, kind, data))[0])
