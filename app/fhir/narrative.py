"""Narratives: what a resource says, as a few lines for a person (https://hl7.org/fhir/R5/narrative.html).

Enters what the resource was made from; leaves its `text`, the same in both releases: a headline, then a paragraph a
line, in the XHTML that a narrative may hold. What is not stated has no line.
"""

from collections.abc import Sequence
from html import escape

from app.fhir.datatypes import Json, clean
from app.fhir.eligibility import CohortTree
from app.fhir.releases import party_role_words
from app.record.codes import PHASE, SEX, SOURCES, STATUS
from app.record.parts import Age, Party
from app.record.trial import SourceDocument, Trial

LONGEST = 400
"""Characters of a text that are shown: it stands whole in its own element."""


def narrative(headline: str, *lines: str) -> Json:
    """`headline` is not empty (txt-2 of Narrative.div: some content); empty lines are left out."""
    return _text(escape(clean(headline)), [escape(line) for line in map(clean, lines) if line])


def of_study(trial: Trial) -> Json:
    title = clean(trial.title or "")
    return narrative(
        title or trial.id,
        _said("State", _state(trial)),
        _said("Phase", "/".join([entry.display for entry in PHASE if entry.code in trial.phases])),
        _said("Conditions", _listed([condition.text for condition in trial.conditions])),
        _said("Sponsor", _listed([party.name for party in trial.parties if party.role == "lead-sponsor"])),
        _shortened(trial.brief_summary),
    )


def of_group(name: str, cohort: CohortTree) -> Json:
    types = [node.criterion.type for node in cohort.children]
    return narrative(
        clean(name) or "Cohort",
        _said("Age", _ages(cohort.minimum_age, cohort.maximum_age)),
        _said("Sex", SEX[cohort.sex].display if cohort.sex else ""),
        _said("Criteria", f"{types.count('inclusion')} of inclusion, {types.count('exclusion')} of exclusion"),
    )


def of_location(name: str, address: str) -> Json:
    """`name` and `address` are clean already."""
    return _text(escape(name), [escape(address)] if address and address != name else [])


def of_organization(name: str, description: str | None) -> Json:
    return narrative(name, _shortened(description))


def of_role(party: Party) -> Json:
    return narrative(party.name, party_role_words(party.role), party.affiliation or "")


def of_provenance(trial: Trial) -> Json:
    return narrative(f"{trial.id} was read from", *map(source_document, trial.sources))


def source_document(source: SourceDocument) -> str:
    """`ClinicalTrials.gov: NCT00000002`."""
    return _said(SOURCES.get(source.source, source.source), source.name) or source.source


def _text(headline: str, lines: list[str]) -> Json:
    below = f"<p>{'</p><p>'.join(lines)}</p>" if lines else ""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>{headline}</b></p>{below}</div>'
    return {"status": "generated", "div": div}


def _said(item: str, text: str) -> str:
    return f"{item}: {text}" if text else ""


def _listed(texts: Sequence[str]) -> str:
    return _shortened(", ".join(filter(None, map(clean, texts))))


def _state(trial: Trial) -> str:
    if not trial.overall_status:
        return ""
    state = STATUS[trial.overall_status].display
    behind = trial.last_known_status if trial.overall_status == "unknown" else None
    return f"{state} (last known: {STATUS[behind].display})" if behind else state


def _ages(minimum: Age | None, maximum: Age | None) -> str:
    if minimum and maximum:
        return f"{_age(minimum)} to {_age(maximum)}"
    return f"{_age(minimum)} or older" if minimum else f"up to {_age(maximum)}" if maximum else ""


def _age(age: Age) -> str:
    return f"{age.value:g} {age.unit}"


def _shortened(text: str | None) -> str:
    """Cut between words."""
    if not text or len(text) <= LONGEST:
        return text or ""
    shown = text[:LONGEST]
    return f"{shown.rpartition(' ')[0] or shown} …"
