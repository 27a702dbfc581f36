"""Logical ids of the resources made from a trial: readable, and the same whenever the record says the same."""

from functools import lru_cache

from app.record.ids import entity_id
from app.record.trial import Trial, TrialSite

# the same facilities and organizations stand in many trials, and several times in one
_entity_id = lru_cache(maxsize=1 << 14)(entity_id)


def study_id(trial: Trial) -> str:
    return trial.id


def evidence_variable_id(trial: Trial) -> str:
    return trial.id


def provenance_id(trial: Trial) -> str:
    return trial.id


def group_id(trial: Trial, cohort: int) -> str:
    """`cohort` is the index into `trial.cohorts`: `NCT05398809-cohort-1` is the first."""
    return f"{trial.id}-cohort-{cohort + 1}"


def location_id(site: TrialSite) -> str:
    postal_code = [site.postal_code] if site.postal_code else []
    return _entity_id(site.facility, site.city, site.state, site.country, *postal_code)


def organization_id(name: str) -> str:
    return _entity_id(name)


def practitioner_id(name: str, affiliation: str | None) -> str:
    return _entity_id(name, affiliation)


def practitioner_role_id(name: str, affiliation: str | None, role: str) -> str:
    return _entity_id(name, affiliation, role)
