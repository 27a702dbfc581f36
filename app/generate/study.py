"""One fictional study, whole: the modules in the order in which the API gives them."""

from typing import Any

from app.generate import sentences, shares, words
from app.generate.conditions import COMMON, Condition
from app.generate.derived import annotation_section, derived_section, document_section, results_section
from app.generate.design import arms_interventions_module, design_module, outcomes_module
from app.generate.draw import Draw
from app.generate.eligibility import criteria
from app.generate.people import organization, sites
from app.generate.registration import (
    contacts,
    identification_module,
    oversight_module,
    references_module,
    sharing_module,
    sponsor_module,
)
from app.generate.status import Status, status
from app.generate.texts import paragraphs, prose, sentence

IDS = 10_000_000
"""How many ids there are: NCT9 and seven digits. Real ones are given in order and have reached NCT07."""


def nct_id(n: int) -> str:
    """The id of the n-th study: all different, in no order."""
    return f"NCT9{(n * 7_368_787 + 1_234_567) % IDS:07}"


def study(seed: int, n: int) -> dict[str, Any]:
    """The n-th study of a seed. With another seed the same ids have other studies."""
    draw = Draw(f"{seed}:{n}")
    name = nct_id(n)
    study_type = draw.weighted(shares.STUDY_TYPE)
    state = status(draw, name, study_type)
    sponsor = organization(draw)
    industry = sponsor[1] == "INDUSTRY"
    conditions = draw.several(COMMON, draw.amount(shares.CONDITIONS))
    condition = conditions[0].term.name

    arms = arms_interventions_module(draw, study_type, _arm_count(draw, study_type))
    names = [intervention["name"] for intervention in arms["interventions"]]
    thing = names[0]
    protocol: dict[str, Any] = {
        "identificationModule": identification_module(draw, name, sponsor, condition, thing),
        "statusModule": state.module,
        "sponsorCollaboratorsModule": sponsor_module(draw, sponsor),
    }
    oversight = oversight_module(draw, industry)
    if oversight:
        protocol["oversightModule"] = oversight
    protocol["descriptionModule"] = _descriptions(draw, condition, thing)
    protocol["conditionsModule"] = _conditions(draw, conditions)
    protocol["designModule"] = design_module(draw, study_type, state)
    if study_type != "OBSERVATIONAL" or draw.number() < 0.8:
        protocol["armsInterventionsModule"] = arms
    if study_type != "EXPANDED_ACCESS" and draw.number() < 0.975:
        protocol["outcomesModule"] = outcomes_module(draw, condition, thing)
    protocol["eligibilityModule"] = _eligibility(draw, study_type, condition, thing)
    located = _contacts_locations(draw, sponsor, state)
    if located:
        protocol["contactsLocationsModule"] = located
    references = references_module(draw, condition, thing)
    if references:
        protocol["referencesModule"] = references
    if draw.number() < 0.47:
        protocol["ipdSharingStatementModule"] = sharing_module(draw, state)

    found: dict[str, Any] = {"protocolSection": protocol}
    if state.has_results and draw.number() < 0.24:
        found["resultsSection"] = results_section(draw, sponsor[0])
    if draw.number() < 0.006:
        found["annotationSection"] = annotation_section(draw, sponsor[0], state)
    if draw.number() < (0.15 if state.has_results else 0.01):
        found["documentSection"] = document_section(draw, state)
    found["derivedSection"] = derived_section(draw, conditions, names, state)
    found["hasResults"] = state.has_results
    return found


def _arm_count(draw: Draw, study_type: str) -> int:
    if study_type == "EXPANDED_ACCESS" or draw.number() < 0.08:
        return 0
    return draw.amount(shares.ARMS)


def _descriptions(draw: Draw, condition: str, thing: str) -> dict[str, Any]:
    aim = draw.one(sentences.AIMS).format(condition=condition, thing=thing)
    module = {"briefSummary": prose(draw, aim, draw.amount(shares.BRIEF_SUMMARY))}
    if draw.number() < 0.725:
        module["detailedDescription"] = paragraphs(draw, sentence(draw), draw.amount(shares.DETAILS))
    return module


def _conditions(draw: Draw, conditions: list[Condition]) -> dict[str, Any]:
    """Most studies name a condition as the vocabulary does, some in words of their own."""
    named = (one.term.name if draw.number() < 0.7 else draw.one(one.also) for one in conditions)
    module: dict[str, Any] = {"conditions": list(dict.fromkeys(named))}
    if draw.number() < 0.67:
        found = draw.some(words.KEYWORDS, draw.amount(shares.KEYWORDS))
        module["keywords"] = [*found, f"{conditions[0].term.name} treatment"] if draw.number() < 0.5 else found
    return module


def _eligibility(draw: Draw, study_type: str, condition: str, thing: str) -> dict[str, Any]:
    module: dict[str, Any] = {"eligibilityCriteria": criteria(draw, condition, thing)}
    if draw.number() < 0.975:
        module["healthyVolunteers"] = draw.number() < 0.15
    sex = draw.weighted(shares.SEX)
    module["sex"] = sex
    if sex != "ALL" and draw.number() < 0.25:
        module["genderBased"] = True
        module["genderDescription"] = f"Eligibility rests on self-reported {sex.lower()} gender"
    youngest, oldest = draw.weighted(shares.MINIMUM_AGE), draw.weighted(shares.MAXIMUM_AGE)
    low = int(youngest.split()[0]) if youngest.endswith("Years") else 0
    high = int(oldest.split()[0]) if oldest else 200
    if high <= low:
        oldest, high = "", 200
    if youngest:
        module["minimumAge"] = youngest
    if oldest:
        module["maximumAge"] = oldest
    ages = (("CHILD", low < 18), ("ADULT", low < 65 and high >= 18), ("OLDER_ADULT", high >= 65))
    module["stdAges"] = [name for name, included in ages if included]
    if study_type == "OBSERVATIONAL":
        module["studyPopulation"] = f"People with {condition} who are seen at the participating sites"
        module["samplingMethod"] = "NON_PROBABILITY_SAMPLE" if draw.number() < 0.78 else "PROBABILITY_SAMPLE"
    return module


def _contacts_locations(draw: Draw, sponsor: tuple[str, str], state: Status) -> dict[str, Any]:
    module = contacts(draw, sponsor[0])
    count = draw.amount(shares.SITES)
    if count:
        module["locations"] = sites(draw, count, sponsor[1] == "INDUSTRY", state.site_statuses)
    return module
