"""R5-only elements in R4: the official cross-version extensions.

An R5 element goes in as R5 JSON, the R4 extensions that carry it come out. Rules:
https://hl7.org/fhir/R4/versions.html#extensions; layouts: https://github.com/HL7/fhir-xver-r5-r4 (0.1.1).
A complex extension's parts have bare names as their URLs, except a nested characteristic, which has the whole one.
"""

from typing import Any, NamedTuple

from app.fhir.datatypes import Json

ROOT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"

# A layout is the suffix of `value[x]` ("String"), a tuple of suffixes (an R5 choice element, `name[x]`), or the parts
_COMBINATION: Json = {"code": "Code", "threshold": "PositiveInt"}
_CHARACTERISTIC: Json = {
    "linkId": "Id",
    "description": "Markdown",
    "note": "Annotation",
    "exclude": "Boolean",
    "definitionReference": "Reference",
    "definitionCanonical": "Canonical",
    "definitionCodeableConcept": "CodeableConcept",
    "definitionExpression": "Expression",
    "definitionId": "Id",
    "definitionByTypeAndValue": {
        "type": "CodeableConcept",
        "method": "CodeableConcept",
        "device": "Reference",
        "value": ("CodeableConcept", "Boolean", "Quantity", "Range", "Reference", "Id"),
        "offset": "CodeableConcept",
    },
    "definitionByCombination": _COMBINATION,
    "instances": ("Quantity", "Range"),
    "duration": ("Quantity", "Range"),
    "timeFromEvent": {
        "description": "Markdown",
        "note": "Annotation",
        "event": ("CodeableConcept", "Reference", "DateTime", "Id"),
        "quantity": "Quantity",
        "range": "Range",
    },
}
_COMBINATION["characteristic"] = _CHARACTERISTIC

LAYOUTS: Json = {
    "EvidenceVariable.characteristic": _CHARACTERISTIC,
    "EvidenceVariable.characteristic.definitionByCombination": _COMBINATION,
    "Group.membership": "Code",
    "Organization.description": "Markdown",
    "ResearchStudy.associatedParty": {
        "name": "String",
        "role": "CodeableConcept",
        "classifier": "CodeableConcept",
        "party": "Reference",
    },
    "ResearchStudy.classifier": "CodeableConcept",
    "ResearchStudy.comparisonGroup.linkId": "Id",
    "ResearchStudy.date": "DateTime",
    "ResearchStudy.descriptionSummary": "Markdown",
    "ResearchStudy.label": {"type": "CodeableConcept", "value": "String"},
    "ResearchStudy.outcomeMeasure": {"name": "String", "type": "CodeableConcept", "description": "Markdown"},
    "ResearchStudy.progressStatus": {"state": "CodeableConcept", "actual": "Boolean", "period": "Period"},
    "ResearchStudy.recruitment.actualNumber": "UnsignedInt",
    "ResearchStudy.recruitment.targetNumber": "UnsignedInt",
    "ResearchStudy.status": "Code",
    "ResearchStudy.url": "Uri",
}


class Carried(NamedTuple):
    """How one key of an R5 object is carried: in a simple extension (`value` is `valueString`), or in one with
    parts."""

    url: str
    value: str
    parts: "dict[str, Carried]"


def _prepare(url: str, layout: Any, prepared: dict[int, dict[str, Carried]]) -> Carried:
    """A layout with every key looked up beforehand: trees of criteria have thousands."""
    if isinstance(layout, str):
        return Carried(url, f"value{layout}", {})
    parts = prepared.get(id(layout))
    if parts is None:
        parts = prepared[id(layout)] = {}
        for name, inner in layout.items():
            inner_url = f"{ROOT}EvidenceVariable.characteristic" if inner is _CHARACTERISTIC else name
            if isinstance(inner, tuple):
                parts |= {name + suffix: _prepare(inner_url, suffix, prepared) for suffix in inner}
            else:
                parts[name] = _prepare(inner_url, inner, prepared)
    return Carried(url, "", parts)


_PREPARED: dict[int, dict[str, Carried]] = {}
_CARRIED = {path: _prepare(ROOT + path, layout, _PREPARED) for path, layout in LAYOUTS.items()}


def carry(path: str, value: Any) -> list[Json]:
    """The extensions for the R5 element at `path` (`ResearchStudy.label`): one for each value of a list, none for None.

    Raises KeyError for an element or a part without a layout: nothing is dropped in silence.
    """
    return _extensions(_CARRIED[path], value)


def _extensions(carried: Carried, value: Any) -> list[Json]:
    if value is None:
        return []
    url, key, parts = carried
    values = value if isinstance(value, list) else (value,)
    if key:
        return [{"url": url, key: each} for each in values]
    return [{"url": url, "extension": _parts(parts, each)} for each in values]


def _parts(carried: dict[str, Carried], value: Json) -> list[Json]:
    parts: list[Json] = []
    for name, inner in value.items():
        if part := carried.get(name):
            parts += _extensions(part, inner)
        # a primitive without a value (`_code`): its extensions take the value's place
        elif part := carried.get(name.removeprefix("_")):
            parts.append({"url": part.url, "extension": inner["extension"]})
        else:
            raise KeyError(f"no layout for {name!r}")
    return parts
