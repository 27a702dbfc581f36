"""A typed constraint as a code and a value: what Group and EvidenceVariable characteristics are made of.

https://hl7.org/fhir/R5/group.html, https://hl7.org/fhir/R5/evidencevariable.html; values are the same in R4. A Range
holds both its ends (https://hl7.org/fhir/R5/datatypes.html#Range): a bound alone, or one that is not itself allowed, is
a Quantity with a comparator, and of two such bounds there are two values that both hold. A multiple of a limit of
normal is in the UCUM annotations {ULN} and {LLN}. What has no value that says it whole (a language that is denied) has
none at all.
"""

from app.eligibility.coded import GENDER, code_names, codings_of, unit_of
from app.eligibility.constraint import Constraint
from app.eligibility.grammar.whole import read_criterion
from app.fhir.datatypes import UCUM, Json, coding, concept
from app.record.codes import BASE, CRITERION_SYSTEM, SEX
from app.record.trial import Criterion

CRITERION_TEXT = f"{BASE}/StructureDefinition/criterion-text"
"""On a Group characteristic with a value of its own: the criterion as written."""
NAMES = code_names()
"""Our code -> how it reads."""
STATED = ("pregnancy", "breastfeeding", "contraception", "consent", "healthy-volunteers")
"""Kinds that hold or do not."""
UNITS = {
    "a": "years",
    "mo": "months",
    "wk": "weeks",
    "d": "days",
    "{ULN}": "ULN",
    "{LLN}": "LLN",
    "{half-lives}": "half-lives",
}
"""How units read that are no symbols."""


def code_of(constraint: Constraint) -> Json:
    """Our code and LOINC's."""
    return concept(
        *(
            coding(system, code, NAMES.get(code) if system == CRITERION_SYSTEM else None)
            for system, code in codings_of(constraint)
        )
    )


def values_of(constraint: Constraint) -> list[Json]:
    """`valueRange`, `valueQuantity`, `valueCodeableConcept` or `valueBoolean`: all hold. None for what holds only with
    an exception, and for what has no value."""
    if not constraint.plain:
        return []
    if constraint.low is not None or constraint.high is not None:
        return [] if constraint.negated else _bounds(constraint)
    if constraint.kind in STATED:
        return [{"valueBoolean": not constraint.negated}]
    if constraint.negated:
        return []
    if constraint.kind == "sex" and constraint.code in ("female", "male"):
        sex = SEX[constraint.code]
        return [{"valueCodeableConcept": concept(coding(GENDER, sex.code, sex.display))}]
    if constraint.kind in ("language", "gender"):
        return [{"valueCodeableConcept": concept(text=constraint.text)}]
    return []


def sole_values(criterion: Criterion) -> list[Json]:
    """`values_of` the one constraint that is all that the criterion says; none where it says more or less."""
    sole = read_criterion(criterion).sole
    # a length of time is one of something that the text does not say
    return values_of(sole) if sole is not None and sole.kind != "duration" else []


def _bounds(one: Constraint) -> list[Json]:
    low = {} if one.low is None else _quantity(one.low, one)
    high = {} if one.high is None else _quantity(one.high, one)
    if low and low == high:
        return [{"valueQuantity": low}]
    if low and high and not one.low_open and not one.high_open:
        return [{"valueRange": {"low": low, "high": high}}]
    made = []
    if low:
        made.append({"valueQuantity": {"value": low["value"], "comparator": ">" if one.low_open else ">=", **low}})
    if high:
        made.append({"valueQuantity": {"value": high["value"], "comparator": "<" if one.high_open else "<=", **high}})
    return made


def _quantity(value: float, one: Constraint) -> Json:
    unit = unit_of(one)
    made: Json = {"value": int(value) if value.is_integer() else value}
    return {**made, "unit": UNITS.get(unit, unit), "system": UCUM, "code": unit} if unit else made
