"""What breaks a client and what does not, in a table: schemas before and after, in an answer and in a request."""

from typing import Any

import pytest

from app.contract.diff import diff

Json = dict[str, Any]
NOTHING, FINE, BREAKS = "", "compatible", "breaking"
REF = {"$ref": "#/components/schemas/Node"}


def document(operation: Json, path: str = "/a", **more: Any) -> Json:
    return {"openapi": "3.1.0", "paths": {path: {"post": operation}}, **more}


def answering(schema: Any, **more: Any) -> Json:
    return document({"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}, **more)


def taking(schema: Any, **more: Any) -> Json:
    return document({"requestBody": {"content": {"application/json": {"schema": schema}}}}, **more)


def kinds(old: Json, new: Json) -> str:
    """The kinds of what changed, each once."""
    return " ".join(sorted({change.kind for change in diff(old, new)}))


def fields(*required: str, **properties: Any) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
NULLABLE = {"anyOf": [TEXT, {"type": "null"}]}
SCHEMAS = [
    # before, after, in an answer, in a request
    (TEXT, TEXT, NOTHING, NOTHING),
    (TEXT, {**TEXT, "description": "x", "title": "y", "examples": ["z"]}, NOTHING, NOTHING),
    (TEXT, WHOLE, f"{BREAKS} {FINE}", f"{BREAKS} {FINE}"),
    (WHOLE, NUMBER, BREAKS, FINE),
    (NUMBER, WHOLE, FINE, BREAKS),
    (TEXT, {}, BREAKS, FINE),
    (TEXT, True, BREAKS, FINE),
    (TEXT, False, FINE, BREAKS),
    (TEXT, NULLABLE, BREAKS, FINE),
    (NULLABLE, TEXT, FINE, BREAKS),
    (NULLABLE, {"type": ["string", "null"]}, NOTHING, NOTHING),
    (NULLABLE, {"type": "string", "nullable": True}, NOTHING, NOTHING),
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
    ({**WHOLE, "default": 20}, {**WHOLE, "default": 50}, NOTHING, BREAKS),
    (fields(a=TEXT, b=TEXT), fields(a=TEXT), BREAKS, BREAKS),
    (fields(a=TEXT), fields(a=TEXT, b=TEXT), FINE, FINE),
    (fields(a=TEXT), fields("b", a=TEXT, b=TEXT), FINE, BREAKS),
    (fields("a", a=TEXT), fields(a=TEXT), BREAKS, FINE),
    (fields(a=TEXT), fields("a", a=TEXT), FINE, BREAKS),
    (fields(a=fields(b=TEXT)), fields(a=fields(b=NULLABLE)), BREAKS, FINE),
    (fields(a=TEXT), {"allOf": [fields(a=TEXT)]}, NOTHING, NOTHING),
    (fields(a=TEXT), {"allOf": [fields(), {"properties": {"b": TEXT}}]}, f"{BREAKS} {FINE}", f"{BREAKS} {FINE}"),
    (fields(a=TEXT), {**fields(a=TEXT), "additionalProperties": False}, NOTHING, BREAKS),
    ({"additionalProperties": TEXT}, {"additionalProperties": NULLABLE}, BREAKS, FINE),
    ({"type": "array", "items": TEXT}, {"type": "array", "items": NULLABLE}, BREAKS, FINE),
    ({"type": "array", "items": TEXT}, {"type": "array"}, BREAKS, FINE),
    ({"type": "array"}, {"type": "array", "items": TEXT}, FINE, BREAKS),
    ({"oneOf": [TEXT, WHOLE]}, {"oneOf": [WHOLE, TEXT]}, NOTHING, NOTHING),
    ({"oneOf": [TEXT]}, {"oneOf": [TEXT, WHOLE]}, BREAKS, FINE),
    ({"anyOf": [TEXT, WHOLE]}, {"anyOf": [TEXT]}, FINE, BREAKS),
    ({"anyOf": [TEXT, WHOLE]}, {}, BREAKS, FINE),
    ({}, {"anyOf": [TEXT, WHOLE]}, FINE, BREAKS),
]


@pytest.mark.parametrize(("old", "new", "in_answer", "in_request"), SCHEMAS, ids=str)
def test_schemas(old: Any, new: Any, in_answer: str, in_request: str) -> None:
    assert kinds(answering(old), answering(new)) == in_answer
    assert kinds(taking(old), taking(new)) == in_request


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
        named = {"Node": fields(next={"$ref": "#/components/schemas/Next"}), "Next": fields(last={"$ref": "#/a/last"})}
        return {**answering(REF, components={"schemas": {**named, **more}}), "a": {"last": last}}

    old = linked(TEXT)
    assert diff(old, linked(TEXT)) == []
    [change] = diff(old, linked(NULLABLE))
    assert change.where == "POST /a 200 application/json.next.last"
    [change] = diff(old, linked(TEXT, Next=fields(last=NULLABLE)))
    assert change.what == "may be null now, was string"
    with pytest.raises(ValueError, match="#/a/last is not in the document"):
        diff({**old, "a": {}}, {**old, "a": {}})


def parameters(*listed: Json, path: str = "/a") -> Json:
    return document({"parameters": list(listed)}, path)


def query(name: str = "q", **more: Any) -> Json:
    return {"name": name, "in": "query", **more}


OPERATIONS = [
    (document({}), document({}, "/b"), f"{BREAKS} {FINE}"),
    (document({}, "/a/{id}"), document({}, "/a/{trial}"), NOTHING),
    (document({}), document({"deprecated": True}), FINE),
    (document({}), document({"summary": "x", "tags": ["y"], "operationId": "z"}), NOTHING),
    (parameters(query()), parameters(), BREAKS),
    (parameters(), parameters(query()), FINE),
    (parameters(), parameters(query(required=True)), BREAKS),
    (parameters(query()), parameters(query(required=True)), BREAKS),
    (parameters(query(required=True)), parameters(query()), FINE),
    (parameters(query()), parameters(query(deprecated=True)), FINE),
    (parameters(query()), parameters(query(explode=False)), BREAKS),
    (parameters(query(schema=TEXT)), parameters(query(schema=WHOLE)), f"{BREAKS} {FINE}"),
    (parameters(query()), parameters({**query(), "in": "header"}), f"{BREAKS} {FINE}"),
    (parameters({"name": "If-Match", "in": "header"}), parameters({"name": "if-match", "in": "header"}), NOTHING),
    (
        parameters({"name": "id", "in": "path", "required": True}, path="/a/{id}"),
        parameters({"name": "trial", "in": "path", "required": True}, path="/a/{trial}"),
        NOTHING,
    ),
    (document({}), taking(TEXT), FINE),
    (taking(TEXT), document({}), BREAKS),
    (document({}), document({"requestBody": {"required": True}}), BREAKS),
    (document({"requestBody": {}}), document({"requestBody": {"required": True}}), BREAKS),
    (document({"responses": {"200": {}}}), document({"responses": {}}), BREAKS),
    (document({"responses": {"404": {}}}), document({"responses": {}}), FINE),
    (document({"responses": {}}), document({"responses": {"404": {}}}), FINE),
    (answering(TEXT), document({"responses": {"200": {"content": {"text/csv": {}}}}}), f"{BREAKS} {FINE}"),
    (
        document({"responses": {"200": {"headers": {"ETag": {"required": True}}}}}),
        document({"responses": {"200": {"headers": {"etag": {"required": True}}}}}),
        NOTHING,
    ),
    (
        document({"responses": {"200": {"headers": {"ETag": {"required": True}}}}}),
        document({"responses": {"200": {"headers": {"etag": {}}}}}),
        BREAKS,
    ),
    (document({"responses": {"200": {"headers": {"ETag": {}}}}}), document({"responses": {"200": {}}}), BREAKS),
    (document({"responses": {"200": {}}}), document({"responses": {"200": {"headers": {"ETag": {}}}}}), FINE),
]


@pytest.mark.parametrize(("old", "new", "expected"), OPERATIONS, ids=str)
def test_operations(old: Json, new: Json, expected: str) -> None:
    assert kinds(old, new) == expected


def test_what_stands_at_the_path_is_of_each_of_its_operations() -> None:
    old = parameters(query())
    new = {"openapi": "3.1.0", "paths": {"/a": {"parameters": [query()], "post": {}}}}
    assert diff(old, new) == []
