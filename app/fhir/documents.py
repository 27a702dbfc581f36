"""A trial -> all its resources in both releases -> the bytes that are served.

Enters a Trial that has an id; leaves `Rendered` documents. Of their `meta` (https://hl7.org/fhir/R5/resource.html#Meta)
only the store knows the version and its instant, which `serialize` puts in.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

import orjson

from app.fhir import evidence_variable, group, location, organization, provenance, research_study
from app.fhir.datatypes import Json
from app.fhir.eligibility import cohort_trees
from app.fhir.practitioner import people, practitioner, practitioner_role
from app.record.trial import Trial

T = TypeVar("T")


class Rendered(NamedTuple):
    """One resource in both releases: `resourceType` and `id` stand first, then `meta` (a trial's own resources have
    one) and `text`."""

    type: str
    id: str
    r4: Json
    r5: Json


def render(trial: Trial, descriptions: Mapping[str, str] | None = None) -> list[Rendered]:
    """The trial's resources, each once: its own (ResearchStudy, EvidenceVariable, Groups, Provenance), then the shared
    ones.

    `descriptions` (by organization id) are those that other trials gave; the trial's own go before them.
    """
    cohorts = cohort_trees(trial)
    study = research_study.study(trial, cohorts)
    documents = [(research_study.r4(study), research_study.r5(study))]
    if cohorts:
        documents.append(evidence_variable.both(trial, cohorts))
    documents += [group.both(trial, cohort) for cohort in cohorts]
    if trial.sources:
        made_from = provenance.provenance(trial, cohorts)
        documents.append((made_from, made_from))
    documents += _same_in_both(location.location, study.located)
    documents += [
        (organization.r4(name, description), organization.r5(name, description))
        for name, description in organization.named(trial, descriptions or {}).items()
    ]
    documents += _same_in_both(practitioner, people(trial))
    documents += _same_in_both(practitioner_role, people(trial))
    once: dict[tuple[str, str], Rendered] = {}
    for r4, r5 in documents:
        rendered = Rendered(r4["resourceType"], r4["id"], r4, r5)
        once.setdefault(rendered[:2], rendered)
    return list(once.values())


def _same_in_both(make: Callable[[T], Json], parts: list[T]) -> list[tuple[Json, Json]]:
    return [(document, document) for document in map(make, parts)]


def serialize(document: Json, version: int, last_updated: str) -> bytes:
    """The JSON of a document as it is served; `last_updated` is a FHIR instant.

    `meta` stands right after `id` and begins with the version; a Provenance was recorded when its version was made.
    """
    head: Json = {"resourceType": document["resourceType"], "id": document["id"]}
    head["meta"] = {"versionId": str(version), "lastUpdated": last_updated, **document.get("meta", {})}
    if document["resourceType"] == "Provenance":
        head["recorded"] = last_updated
    return orjson.dumps({**head, **{name: document[name] for name in document if name not in head}})
