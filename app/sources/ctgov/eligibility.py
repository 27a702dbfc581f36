"""Whom a ClinicalTrials.gov study takes, and what it is about: eligibility, conditions, MeSH terms
(`eligibilityModule`, `conditionsModule`, `conditionBrowseModule`, `interventionBrowseModule`)."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from app.record.codes import CONDITION_SYSTEM
from app.record.ids import condition_code, fold
from app.record.parts import Age, AgeUnit, Coding, Condition, MeshTerm, Population
from app.record.trial import Cohort, Criterion
from app.sources.ages import read_age_criterion
from app.sources.ctgov import words
from app.sources.ctgov.node import Node
from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility

MESH_SYSTEM = "http://id.nlm.nih.gov/mesh"
_AGE = re.compile(r"(?P<number>[0-9]{1,6}) (?P<unit>Year|Month|Week|Day|Hour|Minute)s?")
_UNITS: dict[str, AgeUnit] = {"Year": "years", "Month": "months", "Week": "weeks", "Day": "days"}
_IN_AN_EIGHTH = {"Hour": 3, "Minute": 180}
"""A record's smallest unit is the day; eighths of it are exact in binary."""
_NOBODY = Population()


class Eligibility(NamedTuple):
    sex: str | None
    minimum_age: Age | None
    maximum_age: Age | None
    population: Population | None
    cohorts: list[Cohort]
    criteria: list[Criterion]


def read_age(text: str) -> Age | None:
    """`18 Years`; hours and minutes where they are an exact fraction of a day: `36 Hours` -> 1.5 days."""
    match = _AGE.fullmatch(text)
    if not match:
        return None
    number, word = int(match["number"]), match["unit"]
    if word in _UNITS:
        return Age(value=number, unit=_UNITS[word])
    eighths, rest = divmod(number, _IN_AN_EIGHTH[word])
    return None if rest else Age(value=eighths / 8, unit="days")


def _take_age(module: Node, key: str) -> Age | None:
    text = module.text(key)
    if text is None:
        return None
    age = read_age(text)
    if age is None:
        what = "is no age that can be held exactly in years, months, weeks or days"
        module.put_back(key, text, "unread-age", what)
    return age


def read_population(module: Node) -> Eligibility:
    sex = module.code("sex", words.SEX)
    minimum, maximum = _take_age(module, "minimumAge"), _take_age(module, "maximumAge")
    criteria_path = module.path_of("eligibilityCriteria")
    population = Population(
        gender_description=module.text("genderDescription"),
        standard_ages=module.codes("stdAges", words.STANDARD_AGE),
        study_population=module.text("studyPopulation"),
        sampling_method=module.code("samplingMethod", words.SAMPLING_METHOD),
        criteria_text=module.verbatim("eligibilityCriteria"),
    )
    if population.criteria_text is None:
        return Eligibility(sex, minimum, maximum, population if population != _NOBODY else None, [], [])
    found = read_eligibility(split_lines(population.criteria_text), with_facts=False)
    for issue in found.issues:
        module.account.issue(issue.code, f"{criteria_path}: line {issue.line}: {issue.message}", issue.severity)
    own = _own_ages(found.criteria) if len(found.cohorts) > 1 else {}
    for i, cohort in enumerate(found.cohorts):
        cohort.sex = sex
        cohort.minimum_age, cohort.maximum_age = own.get(i, (minimum, maximum))
    return Eligibility(sex, minimum, maximum, population, found.cohorts, found.criteria)


def _own_ages(criteria: list[Criterion]) -> dict[int, tuple[Age | None, Age | None]]:
    """For each cohort, the one inclusion criterion that says its ages; a cohort with none, or several, is left out."""
    found: dict[int, list[tuple[Age | None, Age | None]]] = {}
    for criterion in criteria:
        if criterion.type == "inclusion" and criterion.role == "criterion" and criterion.depth == 0:
            ages = read_age_criterion(criterion.text)
            if ages:
                found.setdefault(criterion.cohort, []).append(ages)
    return {cohort: ages[0] for cohort, ages in found.items() if len(ages) == 1}


@lru_cache(maxsize=16384)
def _words_of(condition: str) -> tuple[str, str]:
    return fold(condition), condition_code(condition)


def read_conditions(texts: list[str], mesh: list[MeshTerm]) -> list[Condition]:
    """With a code of our own for the words, and MeSH's where the registry derived the same words."""
    terms = {
        fold(term.term): term for term in mesh if term.subject == "condition" and term.kind in ("ancestor", "term")
    }
    conditions = []
    for text in texts:
        folded, code = _words_of(text)
        codings = [Coding(system=CONDITION_SYSTEM, code=code, display=text)]
        term = terms.get(folded)
        if term:
            codings.append(Coding(system=MESH_SYSTEM, code=term.id, display=term.term))
        conditions.append(Condition(text=text, codings=codings))
    return conditions


_KINDS: tuple[tuple[str, Literal["term", "ancestor", "leaf", "branch"], str, str], ...] = (
    ("meshes", "term", "id", "term"),
    ("ancestors", "ancestor", "id", "term"),
    ("browseLeaves", "leaf", "id", "name"),
    ("browseBranches", "branch", "abbrev", "name"),
)


def read_mesh(module: Node, subject: Literal["condition", "intervention"]) -> list[MeshTerm]:
    """Those that have both an id and a name."""
    found = []
    for key, kind, id_key, name_key in _KINDS:
        for node in module.nodes(key):
            id, term = node.text(id_key), node.text(name_key)
            if id and term:
                as_found, relevance = node.text("asFound"), node.code("relevance", words.RELEVANCE)
                found.append(
                    MeshTerm(subject=subject, kind=kind, id=id, term=term, as_found=as_found, relevance=relevance)
                )
            else:
                node.rest |= {key: text for key, text in ((id_key, id), (name_key, term)) if text}
    return found
