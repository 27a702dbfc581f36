"""FHIR's types as JSON Schemas (https://hl7.org/fhir/R5/json.html, https://json-schema.org/draft/2020-12/schema).

Enters a release and names of types; leaves schemas by name (`R5.Location`, `R5.Coding`, `Fhir.date`) of these and of
all that they reach, element by element, from the table that XML and `$validate` read. Not said: which values an
extension may have (their definitions are served), that one of a choice such as `value[x]` must be there, what a
resource within another one is, and invariants: `$validate` knows those.
"""

from collections.abc import Iterable
from typing import Any

from app.fhir.validate_values import FORMS, INTEGERS
from app.fhir.xml_elements import PRIMITIVES, Element, definitions

Json = dict[str, Any]
PLACE = "#/components/schemas/"
_ANY = "Resource"
"""Of the table: stands for a resource of any type."""
ANY = "Fhir.Resource"
_WITH_FORM = ("code", "id", "uri", "url", "canonical", "date", "dateTime", "instant", "time")


def schema_name(release: str, type_: str) -> str:
    return ANY if type_ == _ANY else f"Fhir.{type_}" if type_ in PRIMITIVES else f"{release.upper()}.{type_}"


def schemas(release: str, types: Iterable[str]) -> dict[str, Json]:
    table, waiting = definitions(release).types, list(types)
    made: dict[str, Json] = {
        ANY: {
            "type": "object",
            "properties": {"resourceType": {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"}},
            "required": ["resourceType"],
        }
    }
    while waiting:
        type_ = waiting.pop()
        name = schema_name(release, type_)
        if name in made:
            continue
        if type_ in PRIMITIVES:
            made[name] = _primitive(type_)
            continue
        elements = table[type_]
        made[name] = _extension(release) if type_ == "Extension" else _object(release, type_, elements)
        if type_ != "Extension":
            waiting += [one.type for one in elements.values() if not _is_listed(one)]
    return made


def _object(release: str, type_: str, elements: dict[str, Element]) -> Json:
    properties = {name: _element(release, one) for name, one in elements.items()}
    needed = [one for one in elements.values() if one.required and not one.choice.endswith("[x]")]
    required = [one.name for one in needed if not one.codes]
    if type_ in definitions(release).resources:
        properties = {"resourceType": {"type": "string", "const": type_}, **properties}
        required = ["resourceType", *required]
    made: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    if any(one.primitive for one in elements.values()):
        made["patternProperties"] = {"^_[a-z]": {"type": ["object", "array"]}}  # id and extensions of a primitive value
    if required:
        made["required"] = required
    coded = [one.name for one in needed if one.codes]  # where no code is true there is a data-absent-reason instead
    if coded:
        made["allOf"] = [{"anyOf": [{"required": [name]}, {"required": [f"_{name}"]}]} for name in coded]
    return made


def _extension(release: str) -> Json:
    nested = {"$ref": PLACE + schema_name(release, "Extension")}
    return {
        "type": "object",
        "description": "`url` says what it is; its value is in `value` and the type: `valueString`.",
        "properties": {"url": {"type": "string"}, "extension": {"type": "array", "items": nested, "minItems": 1}},
        "required": ["url"],
    }


def _element(release: str, element: Element) -> Json:
    one: Json = {"$ref": PLACE + schema_name(release, element.type)}
    if _is_listed(element):
        one = {"type": "string", "enum": sorted(element.codes or ())}
    return {"type": "array", "items": one, "minItems": 1} if element.many else one


def _is_listed(element: Element) -> bool:
    return element.primitive and element.codes is not None


def _primitive(type_: str) -> Json:
    if type_ in INTEGERS:
        low, high = INTEGERS[type_]
        return {"type": "integer", "minimum": low, "maximum": high}
    if type_ in _WITH_FORM:
        return {"type": "string", "pattern": f"^({FORMS[type_][0]})$"}
    return {"boolean": {"type": "boolean"}, "decimal": {"type": "number"}}.get(
        type_, {"type": "string", "minLength": 1}
    )
