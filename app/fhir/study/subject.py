"""ResearchStudy.condition, focus and keyword: what the trial is about.

A MeSH term that the registry derived is a coding of the condition or intervention of the same name, folded; any other
term is a concept of its own. Ancestors, leaves and branches of the MeSH tree are not what the trial is about: they
are not carried (search reads them from the tables).
"""

from functools import lru_cache

from app.fhir.datatypes import Json, clean, coding, concept, element, extension, words
from app.record.codes import BASE, CONDITION_SYSTEM
from app.record.ids import condition_code, fold
from app.record.parts import Condition, Intervention, MeshTerm
from app.record.trial import Trial

MESH_SYSTEM = "http://id.nlm.nih.gov/mesh"

INTERVENTION = f"{BASE}/StructureDefinition/intervention"
"""On a `ResearchStudy.focus` concept: `type` (string), `description` (markdown), `other-name` (string, repeats)."""

_condition_code = lru_cache(maxsize=1 << 12)(condition_code)


def conditions(trial: Trial) -> list[Json]:
    terms = _terms(trial, "condition")
    for condition in trial.conditions:
        for each in condition.codings:
            if each.system == MESH_SYSTEM:
                terms = {name: term for name, term in terms.items() if term.id != each.code}
    stated = [_condition(condition, _take(terms, condition.text)) for condition in trial.conditions]
    return [*stated, *map(_derived, terms.values())]


def focuses(trial: Trial) -> list[Json]:
    """A concept for each intervention, with what FHIR has no element for."""
    terms = _terms(trial, "intervention")
    stated = [_intervention(each, _take(terms, each.name)) for each in trial.interventions]
    return [*stated, *map(_derived, terms.values())]


def keywords(trial: Trial) -> list[Json]:
    return [concept(text=keyword) for keyword in trial.keywords]


def _terms(trial: Trial, subject: str) -> dict[str, MeshTerm]:
    """The trial's own MeSH terms by folded name."""
    return {fold(term.term): term for term in trial.mesh if term.subject == subject and term.kind == "term"}


def _take(terms: dict[str, MeshTerm], name: str) -> Json:
    """The coding of the term of that name, which leaves `terms`."""
    term = terms.pop(fold(name), None) if terms else None
    return coding(MESH_SYSTEM, term.id, term.term) if term else {}


def _derived(term: MeshTerm) -> Json:
    return concept(coding(MESH_SYSTEM, term.id, term.term), text=term.term)


def _condition(condition: Condition, mesh: Json) -> Json:
    """A condition that the source gives only as words gets the local code made from them."""
    if not condition.codings and not clean(condition.text):
        return {}
    codings = [coding(each.system, each.code, each.display) for each in condition.codings]
    return concept(*(codings or [coding(CONDITION_SYSTEM, _condition_code(condition.text))]), mesh, text=condition.text)


def _intervention(intervention: Intervention, mesh: Json) -> Json:
    details = extension(
        INTERVENTION,
        extension("type", valueString=words(intervention.type or "")),
        extension("description", valueMarkdown=intervention.description),
        *(extension("other-name", valueString=name) for name in intervention.other_names),
    )
    return element(extension=[details], coding=[mesh], text=intervention.name)
