"""Logical ids of the resources made from a trial: readable, and the same whenever the record says the same."""

from app.record.ids import entity_id
from app.record.trial import Trial, TrialSite


def study_id(trial: Trial) -> str:
    return trial.id


def evidence_variable_id(trial: Trial) -> str:
    return trial.id


def group_id(trial: Trial, cohort: int) -> str:
    """`cohort` is the index into `trial.cohorts`: `NCT05398809-cohort-1` is the first."""
    return f"{trial.id}-cohort-{cohort + 1}"


def location_id(site: TrialSite) -> str:
    postal_code = [site.postal_code] if site.postal_code else []
    return entity_id(site.facility, site.city, site.state, site.country, *postal_code)


def organization_id(name: str) -> str:
    return entity_id(name)


def practitioner_id(name: str, affiliation: str | None) -> str:
    return entity_id(name, affiliation)


def practitioner_role_id(name: str, affiliation: str | None, role: str) -> str:
    return entity_id(name, affiliation, role)
