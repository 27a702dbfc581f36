"""EvidenceVariable: the whole eligibility tree of a trial.

https://hl7.org/fhir/R5/evidencevariable.html, https://hl7.org/fhir/R4/evidencevariable.html. The root is any of the
cohorts; a cohort is all of its Group and its criteria. R5 allows one `definition*` for each characteristic
(evv-1), so a cohort's Group is its first child, and a criterion with children has its text as `description` only.
A criterion without children whose text states constraints without an exception holds them as types and values: one by
itself where the text says nothing else, several where it says no more than how they are joined, and else in a
combination of which the rest is free text, in its `description`.
How children combine is said where the text says so; elsewhere the required code has no value, only a
data-absent-reason: the tree is whole and neither all-of nor any-of is guessed.

In R4, where a characteristic cannot hold others, one characteristic carries the R5 tree in extensions.
"""

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.whole import read_criterion
from app.fhir import narrative, sourced, xver
from app.fhir.constraints import code_of, sole_values, values_of
from app.fhir.datatypes import Json, absent, annotation, concept, element, reference, resource
from app.fhir.eligibility import Branch, CohortTree, Node, criterion_concept
from app.fhir.group import group_reference
from app.fhir.ids import evidence_variable_id
from app.record.trial import CriterionType, Trial


def both(trial: Trial, cohorts: list[CohortTree]) -> tuple[Json, Json]:
    """R4 and R5, from one tree."""
    root = _root(trial, cohorts)
    path = "EvidenceVariable.characteristic.definitionByCombination"
    in_r4 = element(
        extension=xver.carry(path, root["definitionByCombination"]),
        definitionCodeableConcept=concept(text=f"Eligible for {trial.id}: meets the criteria of any cohort"),
    )
    meta, text = sourced.meta(trial), narrative.narrative(title(trial))
    r4, r5 = (
        resource(
            "EvidenceVariable",
            evidence_variable_id(trial),
            meta=meta,
            text=text,
            title=title(trial),
            status="active",
            characteristic=[characteristic],
        )
        for characteristic in (in_r4, root)
    )
    return r4, r5


def title(trial: Trial) -> str:
    return f"Eligibility criteria of {trial.id}"


def evidence_variable_reference(trial: Trial) -> Json:
    return reference("EvidenceVariable", evidence_variable_id(trial), title(trial))


def _root(trial: Trial, cohorts: list[CohortTree]) -> Json:
    return {"definitionByCombination": _combination("any-of", [_cohort(trial, cohort) for cohort in cohorts])}


def _cohort(trial: Trial, cohort: CohortTree) -> Json:
    group = {"definitionReference": group_reference(trial, cohort)}
    # cohort and criteria say what makes a person eligible, unless they say otherwise: hence "inclusion" around them
    criteria = [_criterion(node, "inclusion", exclude=False) for node in cohort.children]
    return element(
        linkId=f"cohort-{cohort.index + 1}",
        description=cohort.label,
        note=_notes(cohort),
        definitionByCombination=_combination("all-of", [group, *criteria]),
    )


def _criterion(node: Node, around: CriterionType, exclude: bool | None = None) -> Json:
    """`around` is the type of the node above: below an excluded one, `exclude` again would say the opposite."""
    criterion = node.criterion
    if criterion.type != around:
        exclude = True
    children = [_criterion(child, criterion.type) for child in node.children]
    defined = (
        {"definitionByCombination": _combination(criterion.combination, children)} if children else _definition(node)
    )
    return element(
        linkId=node.path, description=node.criterion.titled_text, note=_notes(node), exclude=exclude, **defined
    )


def _definition(node: Node) -> Json:
    """What a criterion's own text says; a note below it may restrict that, then it is not alone."""
    criterion, text = node.criterion, node.criterion.titled_text
    if node.restricted:
        return {"definitionCodeableConcept": criterion_concept(text)}
    alone = not node.below
    values = sole_values(criterion) if alone else []
    reading = read_criterion(criterion)
    if values:
        return _typed(reading.constraints[0], values)
    stated = [(one, values) for one in reading.constraints if (values := values_of(one))]
    if not stated:
        return {"definitionCodeableConcept": criterion_concept(text)}
    members = [element(description=one.text, **_typed(one, values)) for one, values in stated]
    # `less than 10 and more than 33 years old` excludes either: `and` tells nothing there
    joined = reading.combination == "any-of" or criterion.type == "inclusion"
    if alone and joined and reading.combination and len(stated) == len(reading.constraints):
        return {"definitionByCombination": _combination(reading.combination, members)}
    rest = {"definitionCodeableConcept": criterion_concept()}
    return {"definitionByCombination": _combination(None, [rest, *members])}


def _typed(constraint: Constraint, values: list[Json]) -> Json:
    code = code_of(constraint)
    each: list[Json] = [{"definitionByTypeAndValue": {"type": code, **one}} for one in values]
    return each[0] if len(each) == 1 else {"definitionByCombination": _combination("all-of", each)}


def _combination(code: str | None, characteristics: list[Json]) -> Json:
    unknown = None if code else {"extension": [absent()]}
    return element(code=code, _code=unknown, characteristic=characteristics)


def _notes(branch: Branch) -> list[Json]:
    return [annotation(text) for text in branch.notes]
