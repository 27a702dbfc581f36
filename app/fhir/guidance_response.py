"""GuidanceResponse: why a trial is one for the patient, or not, line by line.

https://hl7.org/fhir/R5/guidanceresponse.html, https://hl7.org/fhir/R4/guidanceresponse.html. Why this type: it is what
FHIR has for the answer of a service that evaluated a patient's data against knowledge and that keeps neither. It has a
subject, the day, a status that says whether more data would tell more (`data-requested`), the data that would
(`dataRequirement`), and output parameters, which are contained; all of it under the same names in R4 and R5. A
Parameters nests lines, facts and spans with their own types, where an Observation's components or a MeasureReport's
counts would need an extension for each; a DetectedIssue or a Basic would say less of what it is.

In `Parameters`: the `study`, its `score` and whether it is `excluded`, the same for each `cohort`, then each `line`:
`path`, `cohort`, `part-of`, `type`, `text`, `result` (`met`, `not-met`, `unknown`), `why` it is unknown, each
`constraint` (what it says, and whether that holds of the patient), each `fact` that was looked at and the `source`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.eligibility.coded import LOINC, UCUM, loinc_code, unit_of
from app.eligibility.constraint import Constraint
from app.eligibility.matching.facts import Fact
from app.eligibility.matching.match import Check, Line, Match, facts_of
from app.eligibility.matching.observed import BREASTFEEDING, PREGNANCY
from app.fhir.datatypes import Json, coding, element
from app.fhir.narrative import narrative
from app.fhir.sourced import document_uri
from app.record.codes import BASE
from app.record.trial import SourceDocument

MODULE = f"{BASE}/OperationDefinition/ResearchStudy-match"
LINES = "lines"
_HOLDS = {True: "holds", False: "fails", None: "unknown"}
_QUANTITY = ("value", "comparator", "unit", "system", "code")
_CODING = ("system", "version", "code", "display")
_STATUS_CODES = {"pregnancy": PREGNANCY, "breastfeeding": BREASTFEEDING}


def guidance_response(match: Match, patient: str | None, day: date, sources: Sequence[SourceDocument]) -> Json:
    """The same in R4 and R5; `patient` is the address of the Patient as it was sent."""
    wanted = _requirements(match.lines)
    return element(
        resourceType="GuidanceResponse",
        text=narrative(_headline(match), *(f"Not met: {one.text}" for one in match.lines if one.result == "not-met")),
        contained=[element(resourceType="Parameters", id=LINES, parameter=_parameters(match, sources))],
        moduleUri=MODULE,
        status="data-requested" if wanted else "success",
        subject=element(reference=patient),
        occurrenceDateTime=day.isoformat(),
        outputParameters={"reference": f"#{LINES}"},
        dataRequirement=wanted,
    )


def _headline(match: Match) -> str:
    counts = {result: sum(line.result == result for line in match.lines) for result in ("met", "not-met", "unknown")}
    said = f"{counts['met']} lines met, {counts['not-met']} not met, {counts['unknown']} unknown"
    return f"{match.trial_id}: {'excluded, ' if match.excluded else ''}score {match.score:g}, {said}"


def _part(name: str, *parts: Json, **value: Any) -> Json:
    content = element(part=[part for part in parts if part], **value)
    return {"name": name, **content} if content else {}


def _parameters(match: Match, sources: Sequence[SourceDocument]) -> list[Json]:
    documents = {source.id: document_uri(source) for source in sources}
    return [
        _part("study", valueReference={"reference": f"ResearchStudy/{match.trial_id}"}),
        _part("score", valueDecimal=match.score),
        _part("excluded", valueBoolean=match.excluded),
        *(
            _part(
                "cohort",
                _part("number", valueInteger=number),
                _part("label", valueString=cohort.label),
                _part("score", valueDecimal=cohort.score),
                _part("excluded", valueBoolean=cohort.excluded),
            )
            for number, cohort in enumerate(match.cohorts, 1)
        ),
        *(_line(line, documents) for line in match.lines),
    ]


def _line(line: Line, documents: dict[str, str]) -> Json:
    return _part(
        "line",
        _part("path", valueString=line.path),
        _part("cohort", valueInteger=line.cohort + 1),
        _part("part-of", valueString=line.parent),
        _part("type", valueCode=line.type),
        _part("text", valueString=line.text),
        _part("combination", valueCode=line.combination),
        _part("result", valueCode=line.result),
        _part("why", valueString=line.why),
        *map(_constraint, line.checks),
        *map(_fact, facts_of(line)),
        *(
            _part(
                "source",
                _part("document", valueUri=documents.get(line.source.document or "")),
                _part("start", valueInteger=start),
                _part("end", valueInteger=end),
            )
            for start, end in line.source.spans
        ),
    )


def _constraint(check: Check) -> Json:
    one = check.constraint
    return _part(
        "constraint",
        _part("kind", valueCode=one.kind),
        _part("code", valueString=one.code),
        _part("loinc", valueCoding=coding(LOINC, loinc_code(one.kind, one.code))),
        _part("low", **_bound(one, one.low, ">" if one.low_open else ">=")),
        _part("high", **_bound(one, one.high, "<" if one.high_open else "<=")),
        _part("negated", valueBoolean=True) if one.negated else {},
        _part("exception", valueString=one.exception),
        _part("text", valueString=one.text),
        _part("start", valueInteger=one.start),
        _part("end", valueInteger=one.end),
        _part("result", valueCode=_HOLDS[check.verdict.holds]),
    )


def _bound(one: Constraint, value: float | None, comparator: str) -> dict[str, Json]:
    """A bound in its unit, `{ULN}` for multiples of a limit of normal."""
    if value is None:
        return {}
    number, unit = int(value) if value.is_integer() else value, unit_of(one)
    coded = {"unit": unit, "system": UCUM, "code": unit} if unit else {}
    return {"valueQuantity": {"value": number, "comparator": comparator, **coded}}


def _fact(fact: Fact) -> Json:
    refers = element(reference=fact.reference, type=None if fact.reference else fact.type, display=fact.name)
    return _part("fact", _part("resource", valueReference=refers), _part("value", **_value(*fact.value)))


def _value(name: str, value: Any) -> Json:
    """A value as it was sent, without what its type has not: a stranger's JSON is not passed on unread."""
    if name == "valueQuantity":
        kept = {part: value[part] for part in _QUANTITY if isinstance(value.get(part), str | int | float)}
        return {name: element(**{part: one for part, one in kept.items() if one != "ad"})}
    if name == "valueCodeableConcept":
        codings = [
            element(**{part: one[part] for part in _CODING if isinstance(one.get(part), str)})
            for one in value.get("coding") or ()
        ]
        return {name: element(coding=codings, text=value.get("text"))}
    return {name: value} if isinstance(value, str | int | bool) else {}


def _requirements(lines: Iterable[Line]) -> list[Json]:
    """What was not sent and would tell more, each once."""
    found: dict[tuple[str, str], Json] = {}
    for line in lines:
        for check in line.checks if line.result == "unknown" else ():
            if check.verdict.holds is None and not check.verdict.facts:
                found.update(_requirement(check.constraint))
    return [found[name] for name in sorted(found)]


def _requirement(one: Constraint) -> dict[tuple[str, str], Json]:
    if one.kind in ("age", "sex"):
        name = "birthDate" if one.kind == "age" else "gender"
        return {("Patient", name): {"type": "Patient", "mustSupport": [name]}}
    code = _STATUS_CODES.get(one.kind) or loinc_code(one.kind, one.code)
    if code is None:
        return {}
    filter = {"path": "code", "code": [coding(LOINC, code)]}
    return {("Observation", code): {"type": "Observation", "codeFilter": [filter]}}
