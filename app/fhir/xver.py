"""R5-only elements in R4: the official cross-version extensions.

An R5 element goes in as R5 JSON, the R4 extensions that carry it come out. Rules:
https://hl7.org/fhir/R4/versions.html#extensions; layouts: https://github.com/HL7/fhir-xver-r5-r4 (0.1.1).
A complex extension's parts have bare names as their URLs, except a nested characteristic, which has the whole one.
"""

from typing import Any

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
    "ResearchStudy.associatedParty": {"name": "String", "role": "CodeableConcept", "party": "Reference"},
    "ResearchStudy.date": "DateTime",
    "ResearchStudy.descriptionSummary": "Markdown",
    "ResearchStudy.label": {"type": "CodeableConcept", "value": "String"},
    "ResearchStudy.outcomeMeasure": {"name": "String", "type": "CodeableConcept", "description": "Markdown"},
    "ResearchStudy.progressStatus": {"state": "CodeableConcept", "actual": "Boolean"},
    "ResearchStudy.status": "Code",
}


def carry(path: str, value: Any) -> list[Json]:
    """The extensions for the R5 element at `path` (`ResearchStudy.label`): one for each value of a list, none for None.

    Raises KeyError for an element or a part without a layout: nothing is dropped in silence.
    """
    return _extensions(ROOT + path, LAYOUTS[path], value)


def _extensions(url: str, layout: Any, value: Any) -> list[Json]:
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if isinstance(layout, str):
        return [{"url": url, f"value{layout}": each} for each in values]
    return [{"url": url, "extension": _parts(layout, each)} for each in values]


def _parts(layout: Json, value: Json) -> list[Json]:
    parts: list[Json] = []
    left = dict(value)
    for name, inner in layout.items():
        url = f"{ROOT}EvidenceVariable.characteristic" if inner is _CHARACTERISTIC else name
        if isinstance(inner, tuple):
            for suffix in inner:
                parts += _extensions(url, suffix, left.pop(name + suffix, None))
            continue
        parts += _extensions(url, inner, left.pop(name, None))
        # a primitive without a value (`_code`): its extensions take the value's place
        if companion := left.pop(f"_{name}", None):
            parts.append({"url": url, "extension": companion["extension"]})
    if left:
        raise KeyError(f"no layout for {sorted(left)}")
    return parts
