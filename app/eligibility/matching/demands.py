"""What a trial demands of people beside its criteria: ages, sex and health, for each cohort, each with its source.

Enters a record, leaves for each cohort its demands as constraints. A cohort that states no age of its own has the
trial's (as the Group of it, `app.fhir.group`, says).
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.matching.cohorts import bounds_of
from app.eligibility.matching.facts import Facts
from app.eligibility.matching.judge import Names, Verdict
from app.record.codes import AGE_UNITS, SEX
from app.record.ids import fold
from app.record.parts import Age
from app.record.spans import Span
from app.record.trial import Cohort, Trial

MESH = "http://id.nlm.nih.gov/mesh"


class Place(NamedTuple):
    """Where a text stands: spans of characters of a document of the record."""

    document: str | None
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, trial: Trial, path: str, spans: Iterable[Span] = ()) -> "Place":
        """Of a field, by the record's facts; a criterion brings its own spans."""
        fact = next((one for one in trial.facts if one.path == path), None)
        document = fact.document if fact else trial.sources[0].id if trial.sources else None
        found = tuple((span.start, span.end) for span in spans or (fact.spans if fact else ()))
        return cls(document if found else None, found)


class Demand(NamedTuple):
    """`field` names it in its cohort; `judge` is there where no constraint says all of it."""

    field: str
    text: str
    constraint: Constraint
    place: Place
    judge: Callable[[Facts], Verdict] | None = None


class Demands(NamedTuple):
    label: str | None
    demands: tuple[Demand, ...]


def demands(trial: Trial) -> list[Demands]:
    """Those of each cohort, of one without a name where the record has none."""
    return [
        Demands(cohort.label, tuple(_of_cohort(trial, number, cohort)))
        for number, cohort in enumerate(trial.cohorts or [Cohort()])
    ]


def _of_cohort(trial: Trial, number: int, cohort: Cohort) -> Iterable[Demand]:
    own = f"cohorts.{number}."
    ages = own if cohort.minimum_age or cohort.maximum_age else ""
    bounds = bounds_of(trial, cohort)
    for name, age in (("minimum_age", bounds.minimum_age), ("maximum_age", bounds.maximum_age)):
        if age is not None:
            field = name.replace("_", "-")
            text = f"{field.replace('-', ' ').capitalize()}: {_written(age)}"
            yield Demand(field, text, _bound(text, age, name), _first(trial, f"{ages}{name}", name))
    if (sex := bounds.sex) is not None:
        text = f"Sex: {SEX[sex].display}"
        place = _first(trial, f"{own}sex" if cohort.sex else "sex", "sex")
        yield Demand("sex", text, Constraint("sex", 0, len(text), text, sex), place)
    accepted = next((flag.value for flag in trial.flags if flag.name == "healthy-volunteers"), None)
    if accepted is not None:
        text = f"Healthy volunteers: {'accepted' if accepted else 'not accepted'}"
        constraint = Constraint("healthy-volunteers", 0, len(text), text, negated=not accepted)
        health = _healthy(trial, accepted)
        yield Demand("healthy-volunteers", text, constraint, _first(trial, "flags.healthy-volunteers"), health)


def _bound(text: str, age: Age, name: str) -> Constraint:
    unit = AGE_UNITS[age.unit]
    if name == "minimum_age":
        return Constraint("age", 0, len(text), text, low=age.value, unit=unit)
    return Constraint("age", 0, len(text), text, high=age.value, unit=unit)


def _written(age: Age) -> str:
    return f"{age.value:g} {age.unit if age.value != 1 else age.unit.removesuffix('s')}"


def _first(trial: Trial, *paths: str) -> Place:
    """The place of the first path that the record's facts know."""
    places = [Place.of(trial, path) for path in paths]
    return next((place for place in places if place.spans), Place(None, ()))


def _healthy(trial: Trial, accepted: bool) -> Callable[[Facts], Verdict]:
    """Where healthy people are not taken, whoever has what is studied is meant; that somebody is healthy, no fact
    tells."""

    def judge(facts: Facts) -> Verdict:
        if accepted:
            return Verdict(True)
        studied = {name: codes for (kind, name), codes in names_of(trial).items() if kind == "condition"}
        names = [*map(fold, studied), *(code for codes in studied.values() for code in codes)]
        ill = [one.fact for one in facts.coded_as(names) if one.kind == "condition" and one.holds]
        return Verdict(True, tuple(ill)) if ill else Verdict(None, (), "no condition that is studied was sent")

    return judge


def names_of(trial: Trial) -> Names:
    """The record's own names of what it studies and gives, with the codes that it has for them."""
    found: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}

    def add(kind: str, name: str, codes: Iterable[tuple[str, str]] = ()) -> None:
        found[kind, name] = found.get((kind, name), frozenset()) | frozenset(codes)

    for condition in trial.conditions:
        add("condition", condition.text, ((one.system, one.code) for one in condition.codings))
    for intervention in trial.interventions:
        for name in (intervention.name, *intervention.other_names):
            add("drug", name)
    for term in trial.mesh:
        if term.kind == "term":
            add("condition" if term.subject == "condition" else "drug", term.term, [(MESH, term.id)])
    return found
