"""What breaks a client and what does not, in a table: schemas before and after, in an answer and in a request."""

from typing import Any

import pytest

from app.contract.diff import diff

Json = dict[str, Any]
NOTHING, FINE, BREAKS = "", "compatible", "breaking"
BOTH = f"{BREAKS} {FINE}"
REF = {"$ref": "#/components/schemas/Node"}


def document(operation: Json, path: str = "/a", **more: Any) -> Json:
    return {"openapi": "3.1.0", "paths": {path: {"post": operation}}, **more}


def answering(schema: Any, status: str = "200", **more: Any) -> Json:
    return document({"responses": {status: {"content": {"application/json": {"schema": schema}}}}}, **more)


def taking(schema: Any, **more: Any) -> Json:
    return document({"requestBody": {"content": {"application/json": {"schema": schema}}}}, **more)


def kinds(old: Json, new: Json) -> str:
    """The kinds of what changed, each once."""
    return " ".join(sorted({change.kind for change in diff(old, new)}))


def fields(*required: str, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
NULLABLE = {"anyOf": [TEXT, {"type": "null"}]}
EITHER = {"anyOf": [fields("a"), fields("_a")]}
OR = {"anyOf": [fields("b"), fields("_b")]}
CLOSED = {**fields(a=TEXT), "additionalProperties": False}
MAP = {"type": "object", "additionalProperties": TEXT}


def tagged(name: str, **more: Any) -> Json:
    return {"oneOf": [{"$ref": "#/x-a"}, {"$ref": "#/x-b"}], "discriminator": {"propertyName": name, **more}}


SCHEMAS = [
    # before, after, in an answer, in a request
    (TEXT, TEXT, NOTHING, NOTHING),
    (TEXT, {**TEXT, "description": "x", "title": "y", "examples": ["z"]}, NOTHING, NOTHING),
    (TEXT, WHOLE, f"{BREAKS} {FINE}", f"{BREAKS} {FINE}"),
    (WHOLE, NUMBER, BREAKS, FINE),
    (NUMBER, WHOLE, FINE, BREAKS),
    (TEXT, {}, BREAKS, FINE),
    (TEXT, True, BREAKS, FINE),
    (TEXT, False, BREAKS, BREAKS),
    (TEXT, NULLABLE, BREAKS, FINE),
    (NULLABLE, TEXT, FINE, BREAKS),
    (NULLABLE, {"type": ["string", "null"]}, NOTHING, NOTHING),
    ({"enum": ["a"]}, {"enum": ["a", "b"]}, BREAKS, FINE),
    ({"enum": ["a", "b"]}, {"enum": ["b"]}, FINE, BREAKS),
    ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, NOTHING, NOTHING),
    ({"enum": ["a"]}, {"const": "a"}, NOTHING, NOTHING),
    ({"const": "a"}, {"const": "b"}, f"{BREAKS} {FINE}", f"{BREAKS} {FINE}"),
    ({"type": "string", "enum": ["a"]}, TEXT, BREAKS, FINE),
    (TEXT, {"type": "string", "enum": ["a"]}, FINE, BREAKS),
    ({"anyOf": [{"enum": ["a"]}, {"type": "null"}]}, {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, BREAKS, FINE),
    (TEXT, {**TEXT, "maxLength": 5}, FINE, BREAKS),
    ({**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 9}, BREAKS, FINE),
    ({**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 0}, BREAKS, FINE),
    ({**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 2}, FINE, BREAKS),
    ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, BREAKS, BREAKS),
    ({**TEXT, "pattern": "a"}, TEXT, BREAKS, FINE),
    ({**TEXT, "format": "date"}, TEXT, BREAKS, FINE),
    (TEXT, {**TEXT, "format": "date"}, FINE, BREAKS),
    ({**TEXT, "format": "date"}, {**TEXT, "format": "uri"}, BREAKS, BREAKS),
    ({**WHOLE, "default": 20}, {**WHOLE, "default": 50}, FINE, BREAKS),
    (fields(a=TEXT, b=TEXT), fields(a=TEXT), BREAKS, BREAKS),
    (fields(a=TEXT), fields(a=TEXT, b=TEXT), FINE, FINE),
    (fields(a=TEXT), fields("b", a=TEXT, b=TEXT), FINE, BREAKS),
    (fields("a", a=TEXT), fields(a=TEXT), BREAKS, FINE),
    (fields(a=TEXT), fields("a", a=TEXT), FINE, BREAKS),
    (fields(a=fields(b=TEXT)), fields(a=fields(b=NULLABLE)), BREAKS, FINE),
    (fields(a=TEXT), {"allOf": [fields(a=TEXT)]}, NOTHING, NOTHING),
    (fields(a=TEXT), {"allOf": [fields(), {"properties": {"b": TEXT}}]}, f"{BREAKS} {FINE}", f"{BREAKS} {FINE}"),
    (fields(a=TEXT), {**fields(a=TEXT), "additionalProperties": False}, FINE, BREAKS),
    ({"additionalProperties": TEXT}, {"additionalProperties": NULLABLE}, BREAKS, FINE),
    ({"type": "array", "items": TEXT}, {"type": "array", "items": NULLABLE}, BREAKS, FINE),
    ({"type": "array", "items": TEXT}, {"type": "array"}, BREAKS, FINE),
    ({"type": "array"}, {"type": "array", "items": TEXT}, FINE, BREAKS),
    ({"oneOf": [TEXT, WHOLE]}, {"oneOf": [WHOLE, TEXT]}, NOTHING, NOTHING),
    ({"oneOf": [TEXT]}, {"oneOf": [TEXT, WHOLE]}, BREAKS, FINE),
    ({"anyOf": [TEXT, WHOLE]}, {"anyOf": [TEXT]}, FINE, BREAKS),
    ({"anyOf": [TEXT, WHOLE]}, {}, BREAKS, FINE),
    ({}, {"anyOf": [TEXT, WHOLE]}, FINE, BREAKS),
    # fields that are not listed
    ({"additionalProperties": TEXT}, {"additionalProperties": True}, BREAKS, FINE),
    ({"additionalProperties": TEXT}, {}, BREAKS, FINE),
    ({}, {"additionalProperties": TEXT}, FINE, BREAKS),
    ({"patternProperties": {"^a": TEXT}}, {"patternProperties": {"^a": NULLABLE}}, BREAKS, FINE),
    ({"patternProperties": {"^a": TEXT}}, {}, BREAKS, FINE),
    ({"type": "object"}, {"type": "object", "required": ["a"]}, FINE, BREAKS),
    ({"type": "object", "required": ["a"]}, {"type": "object"}, BREAKS, FINE),
    (fields(a=TEXT), fields(a={**TEXT, "deprecated": True}), FINE, FINE),
    # alternatives: of one type, in another order, one alone, under another name
    ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, {"anyOf": [{"enum": ["a", "c"]}, {"enum": ["b"]}]}, BREAKS, FINE),
    ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, {"anyOf": [{"enum": ["b"]}, {"enum": ["a"]}]}, NOTHING, NOTHING),
    (TEXT, {"anyOf": [TEXT, WHOLE]}, BREAKS, FINE),
    ({"anyOf": [TEXT, WHOLE]}, TEXT, FINE, BREAKS),
    ({"type": ["string", "integer"]}, {"anyOf": [TEXT, WHOLE]}, NOTHING, NOTHING),
    ({"anyOf": [{"title": "A", **TEXT}, WHOLE]}, {"anyOf": [{"title": "B", **TEXT}, WHOLE]}, NOTHING, NOTHING),
    # what several parts say together
    (
        {"allOf": [{**TEXT, "maxLength": 20}, {"maxLength": 10}]},
        {"allOf": [{**TEXT, "maxLength": 5}, {"maxLength": 10}]},
        FINE,
        BREAKS,
    ),
    (
        {"allOf": [{"enum": ["a"]}, {"enum": ["a", "b"]}]},
        {"allOf": [{"enum": ["b"]}, {"enum": ["a", "b"]}]},
        BOTH,
        BOTH,
    ),
    # bounds and values, however they are written
    ({**WHOLE, "minimum": 1}, {**WHOLE, "exclusiveMinimum": 0}, NOTHING, NOTHING),
    ({**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1}, FINE, BREAKS),
    ({**NUMBER, "exclusiveMaximum": 1}, {**NUMBER, "maximum": 1}, BREAKS, FINE),
    ({"enum": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}, NOTHING, NOTHING),
    ({"enum": [1]}, {"enum": [True]}, BOTH, BOTH),
    # what is not compared is not passed by
    *(
        (TEXT, {**TEXT, name: value}, BREAKS, BREAKS)
        for name, value in (
            ("not", WHOLE),
            ("uniqueItems", True),
            ("multipleOf", 2),
            ("prefixItems", [TEXT]),
            ("contentEncoding", "base64"),
            ("readOnly", True),
            ("nullable", True),  # of OpenAPI 3.0
            ("unheard", "of"),
        )
    ),
    # parts with the same keyword
    ({"allOf": [EITHER, OR]}, {"allOf": [EITHER]}, BREAKS, FINE),
    ({"allOf": [EITHER]}, {"allOf": [EITHER, OR]}, FINE, BREAKS),
    ({"allOf": [EITHER, OR]}, {"allOf": [EITHER, {"anyOf": [fields("c"), {}]}]}, BOTH, BOTH),
    ({"allOf": [{"format": "a"}, {"format": "b"}]}, {"allOf": [{"format": "a"}, {"format": "c"}]}, BOTH, BOTH),
    ({"allOf": [{"not": TEXT}, {"not": WHOLE}]}, {"allOf": [{"not": TEXT}, {"not": NUMBER}]}, BOTH, BOTH),
    ({"allOf": [CLOSED, fields(b=TEXT)]}, {**CLOSED, **fields(a=TEXT, b=TEXT)}, BOTH, FINE),
    ({"anyOf": [TEXT, WHOLE], "oneOf": [TEXT, NUMBER]}, {"anyOf": [TEXT, WHOLE]}, BREAKS, FINE),
    # only one of several, whether they may hold together or not
    ({"anyOf": [WHOLE, NUMBER]}, {"oneOf": [WHOLE, NUMBER]}, FINE, BREAKS),
    ({"oneOf": [WHOLE, NUMBER]}, {"anyOf": [WHOLE, NUMBER]}, BREAKS, FINE),
    ({"anyOf": [WHOLE, TEXT]}, {"oneOf": [WHOLE, TEXT]}, NOTHING, NOTHING),
    # what stands beside alternatives
    (
        {"properties": {"x": TEXT}, "anyOf": [fields(a=TEXT), {"type": "null"}]},
        {"properties": {"x": TEXT}, "anyOf": [fields(a=WHOLE), {"type": "null"}]},
        BOTH,
        BOTH,
    ),
    ({"properties": {"a": TEXT}}, {"anyOf": [fields(a=WHOLE), TEXT]}, BOTH, BOTH),
    (tagged("kind"), tagged("sort"), BREAKS, BREAKS),
    (tagged("kind"), tagged("kind", mapping={"a": "#/x-a"}), BOTH, BOTH),
    # maps
    (MAP, {**MAP, "additionalProperties": False}, BREAKS, BREAKS),
    (MAP, {**MAP, "properties": {"n": WHOLE}}, BOTH, BOTH),
    (MAP, {**MAP, "properties": {"n": TEXT}}, FINE, FINE),
    (fields(a=TEXT), fields(a=False), BREAKS, BREAKS),
]


@pytest.mark.parametrize(("old", "new", "in_answer", "in_request"), SCHEMAS, ids=str)
def test_schemas(old: Any, new: Any, in_answer: str, in_request: str) -> None:
    named = {"x-a": fields(a=TEXT), "x-b": fields(b=TEXT)}
    assert kinds(answering(old, **named), answering(new, **named)) == in_answer
    assert kinds(taking(old, **named), taking(new, **named)) == in_request


BEHIND = [
    {"not": REF},
    {"type": "array", "prefixItems": [TEXT, REF]},
    {"if": fields("a"), "then": REF},
    {"dependentSchemas": {"a": REF}},
    {"unevaluatedProperties": REF},
    {"unheard": [{"of": REF}]},
    {"items": {"not": {"anyOf": [REF, TEXT]}}},
    fields(a={**REF, "description": "x"}),
    fields(a={**REF, "maxProperties": 5}),
    {"allOf": [EITHER, {"anyOf": [REF, TEXT]}]},
    {"anyOf": [TEXT, {"type": "array", "items": REF}]},
]


@pytest.mark.parametrize("schema", BEHIND, ids=str)
def test_what_changes_behind_a_reference_is_told_wherever_that_stands(schema: Json) -> None:
    def named(**more: Json) -> Json:
        return {"schemas": {"Node": fields(below=REF, value={"$ref": "#/components/schemas/Value"}), "Value": more}}

    old, new = named(**TEXT), named(**NULLABLE)
    for holder in (answering, taking):
        assert kinds(holder(schema, components=old), holder(schema, components=old)) == NOTHING
        assert kinds(holder(schema, components=old), holder(schema, components=new)) != NOTHING
    assert BREAKS in kinds(answering(schema, components=old), answering(schema, components=new))


def test_names_and_words_are_no_difference() -> None:
    def named(one: str, other: str, **words: str) -> Json:
        place = "#/components/schemas/"
        schemas = {
            one: {**fields(next={"anyOf": [{"$ref": place + one}, {"$ref": place + other}]}), **words},
            other: fields(value=TEXT, up={"anyOf": [{"$ref": place + one}, {"type": "null"}], **words}),
        }
        return answering({"anyOf": [{"$ref": place + one}, TEXT]}, components={"schemas": schemas})

    old = named("A", "B", title="A")
    assert diff(old, named("C", "D", title="C", description="x")) == []
    inline = answering({"anyOf": [TEXT, fields(a=WHOLE)]})
    assert diff(inline, answering({"anyOf": [REF, TEXT]}, components={"schemas": {"Node": fields(a=WHOLE)}})) == []


def test_what_stands_beside_a_reference_is_compared_each_time() -> None:
    def named(value: Json, *listed: str) -> Json:
        return answering(fields(a=REF, b={**REF, "enum": [*listed]}), components={"schemas": {"Node": value}})

    assert kinds(named(TEXT, "p"), named(TEXT, "p", "q")) == BREAKS
    assert kinds(named(TEXT, "p"), named({**TEXT, "maxLength": 9}, "p", "q")) == BOTH


def test_names_of_references_and_keys_of_ones_own() -> None:
    document = answering({"$ref": "#/components/schemas/A%20b"}, components={"schemas": {"A b": TEXT}})
    document["paths"]["x-a"] = document["paths"]["/a"]["post"]["responses"]["x-a"] = "anything"
    assert diff(document, document) == []


def test_schemas_by_name_and_that_contain_themselves() -> None:
    def node(value: Json) -> Json:
        return {"schemas": {"Node": fields("value", value=value, below={"type": "array", "items": REF})}}

    old, new = (answering(REF, components=node(value)) for value in (TEXT, NULLABLE))
    assert diff(old, old) == []
    [change] = diff(old, new)
    assert change == ("breaking", "POST /a 200 application/json.value", "may be null now, was string")


def test_what_shared_schemas_reach_is_compared() -> None:
    """Also where the schema that is named is the same in both documents."""

    def linked(last: Json, **more: Json) -> Json:
        named = {
            "Node": fields(next={"$ref": "#/components/schemas/Next"}),
            "Next": fields(last={"$ref": "#/x-a/last"}),
        }
        return {**answering(REF, components={"schemas": {**named, **more}}), "x-a": {"last": last}}

    old = linked(TEXT)
    assert diff(old, linked(TEXT)) == []
    [change] = diff(old, linked(NULLABLE))
    assert change.where == "POST /a 200 application/json.next.last"
    [change] = diff(old, linked(TEXT, Next=fields(last=NULLABLE)))
    assert change.what == "may be null now, was string"
    with pytest.raises(ValueError, match="#/x-a/last is not in the document"):
        diff({**old, "x-a": {}}, {**old, "x-a": {}})


def nested(**more: Json) -> Json:
    """A field of a shared schema is that schema or null: as Pydantic writes it."""
    return {"schemas": {"Node": fields(child={"anyOf": [REF, {"type": "null"}]}, **more)}}


def test_a_schema_that_contains_itself_or_null() -> None:
    old, new = answering(REF, components=nested()), answering(REF, components=nested(extra=TEXT))
    assert diff(old, old) == []
    at = "POST /a 200 application/json"
    assert [(one.kind, one.where) for one in diff(old, new)] == [(FINE, f"{at}.child.extra"), (FINE, f"{at}.extra")]
    direct = {"schemas": {"Node": fields(child=REF)}}
    [change] = diff(answering(REF, components=direct), old)
    assert change == (BREAKS, "POST /a 200 application/json.child", "may be null now, was object")


def test_what_is_shared_is_told_once_for_each_answer() -> None:
    def document(last: Json) -> Json:
        several = {f"f{n}": {"$ref": "#/components/schemas/Last"} for n in range(50)}
        return answering(fields(**several), components={"schemas": {"Last": fields(a=last)}})

    [change] = diff(document(TEXT), document(NULLABLE))
    assert change.where == "POST /a 200 application/json.f0.a"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"paths": {"/a": None}}, "'/a' is 'None', expected an object"),
        ({"paths": []}, "'paths' is '\\[\\]', expected an object"),
        ({"paths": {"/a": {"get": None}}}, "GET /a: 'get' is 'None'"),
        ({"paths": {"/a": {"get": {"parameters": None}}}}, "GET /a: 'parameters' is 'None', expected an array"),
        ({"paths": {"/a": {"get": {"parameters": [{}]}}}}, "GET /a: a parameter is '{}', expected 'name' and 'in'"),
        ({"paths": {"/a": {"post": {"responses": {"200": None}}}}}, "'200' is 'None'"),
        ({"paths": {"/a": {"post": {"responses": {"200": {"content": None}}}}}}, "'content' is 'None'"),
        (answering({"properties": []}), "'properties' of a schema is '\\[\\]'"),
        (answering(7), "'7' is no schema"),
        (answering({"minimum": 1, "exclusiveMinimum": True}), "'exclusiveMinimum' of a schema is 'True'"),
        (answering({"$dynamicRef": "#a"}), "'\\$dynamicRef' of a schema is not followed"),
        (answering({"$ref": "#/nowhere"}), "#/nowhere is not in the document"),
        ({"openapi": "3.0.3"}, "OpenAPI 3.0.3 is not compared: expected 3.1"),
    ],
    ids=str,
)
def test_documents_that_are_none_are_refused(broken: Json, says: str) -> None:
    known = answering(TEXT)
    known["paths"]["/a"]["get"] = {}
    with pytest.raises(ValueError, match=says):
        diff(known, {"openapi": "3.1.0", **broken})
