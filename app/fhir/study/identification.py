"""ResearchStudy.url, identifier and label: what the trial is called."""

from app.fhir.datatypes import Json, clean, coding, concept, element, words
from app.record.parts import Identifier
from app.record.registries import REGISTRIES
from app.record.trial import Trial

TITLE_TYPE_SYSTEM = "http://hl7.org/fhir/title-type"
TITLE_TYPES = {"official", "acronym", "scientific", "plain-language", "short-title"}
"""Kinds of `Title` that are codes of the title-type system; others are text."""

IDENTIFIER_USE = {
    "registry": "official",
    "organization": "secondary",
    "secondary": "secondary",
    "universal": "secondary",
    "alias": "old",
}

STUDY_PAGES = {"ctgov": "https://clinicaltrials.gov/study/"}
"""Registry -> what stands before a study's id in the address of its page there."""


def url(trial: Trial) -> str | None:
    """The registry's page is the study's canonical URL, where the record was read from that registry."""
    page = STUDY_PAGES.get(trial.registry or "")
    return page + trial.id if page and any(source.source == trial.registry for source in trial.sources) else None


def identifiers(trial: Trial) -> list[Json]:
    registry = REGISTRIES.get(trial.registry or "")
    registry_system = registry.system if registry else None
    own = Identifier(kind="registry", value=trial.id, system=registry_system)
    stated = any(identifier.kind == "registry" for identifier in trial.identifiers)
    return [
        element(
            use=IDENTIFIER_USE.get(identifier.kind),
            type=concept(text=words(identifier.type or "")),
            system=identifier.system or (registry_system if identifier.kind in ("registry", "alias") else None),
            value=identifier.value,
            assigner=element(display=identifier.domain),
        )
        for identifier in (trial.identifiers if stated else [own, *trial.identifiers])
        if clean(identifier.value)
    ]


def registry_identifier(trial: Trial) -> Json:
    """The id of the registry of record: system, where it is known, and value."""
    stated = next((each for each in trial.identifiers if each.kind == "registry" and clean(each.value)), None)
    registry = REGISTRIES.get(trial.registry or "")
    return element(
        system=(stated and stated.system) or (registry.system if registry else None),
        value=stated.value if stated else trial.id,
    )


def labels(trial: Trial) -> list[Json]:
    return [
        element(
            type=concept(coding(TITLE_TYPE_SYSTEM, title.kind if title.kind in TITLE_TYPES else None), text=title.kind),
            value=title.text,
        )
        for title in trial.titles
        if clean(title.text)
    ]
