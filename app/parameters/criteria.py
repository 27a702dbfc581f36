"""What the eligibility parameters find in a record: ages, sexes and constraints as elements, criteria as texts.

https://hl7.org/fhir/R5/search.html#composite. Elements of a composite hold their parts by the names of its components.
"""

from collections.abc import Iterable, Iterator

from app.eligibility.coded import GENDER, UCUM, codings_of, unit_of
from app.eligibility.constraint import Constraint
from app.eligibility.grammar.below import read_criteria
from app.eligibility.matching.cohorts import taken_by, takes_healthy
from app.eligibility.words.conversions import in_usual_units
from app.parameters.paths import Element
from app.record.codes import SEX
from app.record.trial import Trial

STATED, UNSTATED = "stated", "unstated"


def ages(trial: Trial) -> Iterable[Element]:
    """Of each cohort, in days."""
    return [
        Element({"low": one.low, "high": one.high, "unit": STATED if one.states_age else UNSTATED})
        for one in taken_by(trial)
    ]


def sexes(trial: Trial) -> Iterable[Element]:
    taken = {sex for cohort in taken_by(trial) for sex in cohort.sexes}
    return [Element({"system": GENDER, "code": sex, "display": SEX[sex].display}) for sex in sorted(taken)]


def healthy_volunteers(trial: Trial) -> Iterable[Element]:
    taken = takes_healthy(trial)
    return [] if taken is None else [Element(taken)]


def codes(trial: Trial) -> Iterable[Element]:
    """Of all constraints, those with an exception among them: what the criteria are about."""
    found = dict.fromkeys(coding for one in constraints(trial) for coding in codings_of(one))
    return [Element({"system": system, "code": code}) for system, code in found]


def values(trial: Trial) -> Iterable[Element]:
    """The code of each constraint that holds plainly with its bounds, each a quantity."""
    for one in constraints(trial):
        quantities = quantities_of(one) if one.plain else []
        if quantities:
            concept = {"coding": [{"system": system, "code": code} for system, code in codings_of(one)]}
            yield Element({"code": concept, "value": quantities})


def texts(trial: Trial) -> Iterable[Element]:
    for criterion in trial.criteria:
        if criterion.role == "criterion":
            yield Element({"type": criterion.type, "text": criterion.titled_text})


def constraints(trial: Trial) -> Iterator[Constraint]:
    for _, found in read_criteria(trial.criteria):
        yield from found


def quantities_of(constraint: Constraint) -> list[dict[str, object]]:
    """Its bounds, as written and in the other units usual for them."""
    bounds = dict.fromkeys(bound for bound in (constraint.low, constraint.high) if bound is not None)
    unit = unit_of(constraint)
    if unit is None:
        return [{"value": bound} for bound in bounds]
    amounts = [(bound, unit) for bound in bounds]
    if not constraint.limit:
        for bound in bounds:
            amounts += in_usual_units(bound, unit, constraint.kind, constraint.code)
    return [{"value": value, "system": UCUM, "code": code} for value, code in amounts]
