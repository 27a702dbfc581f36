"""Whatever changes in an answer's shape is found: each kind of mutation, planted in every field of every shape of the
contract and in every model is found by the comparison with the stored one. Real answers: `test_mutated_answers.py`.
"""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, create_model

from app.api import health, plain
from app.contract.diff import diff
from app.plain.shapes import Problem
from tests.contract.stored import STORED

Json = dict[str, Any]
KINDS = ("removed", "renamed", "type", "enum")
DOCUMENT: Json = json.loads(STORED.read_text())
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
SHARED = "#/components/schemas/"


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in it."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from references(one)


def schemas_of_answers(path: str) -> list[Json]:
    """Those of JSON."""
    found = []
    for operation in DOCUMENT["paths"][path].values():
        for given in operation["responses"].values():
            answer = DOCUMENT["components"]["responses"][given["$ref"].rpartition("/")[2]] if "$ref" in given else given
            found += [one["schema"] for kind, one in answer.get("content", {}).items() if kind.endswith("json")]
    return found


def reached(node: Any) -> set[str]:
    """The shared schemas that these name, and those that they name."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        for place in references(waiting.pop()):
            name = place.removeprefix(SHARED)
            if name not in found:
                found.add(name)
                waiting.append(SCHEMAS[name])
    return found


SHAPES = sorted(reached([schemas_of_answers(path) for path in DOCUMENT["paths"]]))


def enums(node: Any) -> Iterator[list[Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield node["enum"]
        for one in node.values():
            yield from enums(one)
    elif isinstance(node, list):
        for one in node:
            yield from enums(one)


def is_text(node: Json) -> bool:
    named = [SCHEMAS[one.removeprefix(SHARED)] for one in references(node)]
    return '"type": "string"' in json.dumps([node, *named])


def plant(shape: Json, field: str, kind: str) -> bool:
    """False: there is nothing of this kind in the field."""
    properties, required = shape["properties"], shape.get("required", [])
    if kind == "enum":
        found = list(enums(properties[field]))
        for one in found:
            one.append("planted")
        return bool(found)
    if kind == "type":
        if not properties[field].keys() & {"type", "anyOf", "$ref", "const", "enum"}:
            return False  # it may be anything: a field of one type is that too
        properties[field] = {"type": "integer" if is_text(properties[field]) else "string"}
        return True
    old = properties.pop(field)
    if kind == "renamed":
        properties[f"{field}_renamed"] = old
    if field in required:
        required.remove(field)
        if kind == "renamed":
            required.append(f"{field}_renamed")
    return True


def answering(name: str, schema: Json) -> Json:
    """A contract with one answer, which is this schema."""
    named = {one: SCHEMAS[one] for one in reached(schema)}
    content = {"application/json": {"schema": {"$ref": SHARED + name}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"content": content}}}}},
        "components": {"schemas": {**named, name: schema}},
    }


def test_all_shapes_are_looked_at() -> None:
    """Everything that the document has is in some answer, and the plain shapes are those of the program."""
    assert set(SHAPES) == set(SCHEMAS)
    ours = {name for name in SCHEMAS if "." not in name} - {"OperationOutcome"}
    assert ours == {re.sub(r"\W", "_", one.__name__) for one in MODELS} | set(PARTS)


@pytest.mark.parametrize("name", SHAPES)
def test_the_stored_contract_finds_it(name: str) -> None:
    shape = SCHEMAS[name]
    old = answering(name, shape)
    if "properties" not in shape:  # a primitive type of FHIR
        assert breaks(old, answering(name, {"type": "object" if is_text(shape) else "string"}))
        return
    planted = 0
    for field in shape["properties"]:
        for kind in KINDS:
            changed = copy.deepcopy(shape)
            if plant(changed, field, kind):
                planted += 1
                assert breaks(old, answering(name, changed)), f"{kind}: {name}.{field}"
    assert planted >= 2 * len(shape["properties"])


def places(schema: Any, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Of all schemas in a schema, in the order of the document."""
    if isinstance(schema, dict):
        yield at
        for name, value in schema.items():
            if name in ("properties", "patternProperties"):
                for field, one in value.items():
                    yield from places(one, (*at, name, field))
            elif name in ("anyOf", "oneOf", "allOf"):
                for number, one in enumerate(value):
                    yield from places(one, (*at, name, number))
            elif name in ("items", "additionalProperties"):
                yield from places(value, (*at, name))


def changes(schema: Json) -> Iterator[Json]:
    """It without one of its keywords, each in turn, and of other meaning."""
    for name in schema.keys() - {"title", "description", "examples"}:
        yield {one: value for one, value in schema.items() if one != name}
    yield {**schema, "not": {"enum": ["planted"]}}
    yield {**schema, "planted": True}
    if schema.get("type") not in ("null", "boolean") and "Fhir.boolean" not in schema.get("$ref", ""):  # have bounds
        yield {**schema, "maxLength": 987, "maxItems": 987, "maxProperties": 987, "maximum": -987}
    yield {"allOf": [schema, {"anyOf": [{"required": ["planted"]}, {"maxLength": 987}]}]}


def test_whatever_is_changed_in_a_shared_schema_is_told() -> None:
    """Any node in any way, sampled: none is passed by for what it is or where it stands."""
    planted = [
        (place, number)
        for name, schema in SCHEMAS.items()
        for place in places(schema, (name,))
        for number, _ in enumerate(changes(found(place)))
    ]
    assert len(planted) > 10_000
    for place, number in planted[::SAMPLED]:
        whole = {place[0]: copy.deepcopy(SCHEMAS[place[0]])}
        holder: Any = whole
        for step in place[:-1]:
            holder = holder[step]
        was = holder[place[-1]]
        holder[place[-1]] = changed = sorted(changes(was), key=json.dumps)[number]
        if "type" in was and "type" not in changed and was.keys() & {"const", "enum"}:
            continue  # values say their type
        old = answering(place[0], SCHEMAS[place[0]])
        new = {**old, "components": {"schemas": {**old["components"]["schemas"], **whole}}}
        assert diff(old, old) == []
        assert diff(old, new), f"{place}: {was} -> {changed}"


SAMPLED = 53
"""One of so many: all of them take minutes."""


def found(place: tuple[Any, ...]) -> Any:
    node: Any = SCHEMAS
    for step in place:
        node = node[step]
    return node


def breaks(old: Json, new: Json) -> bool:
    return any(change.kind == "breaking" for change in diff(old, new))


PARTS = ("TrialPart", "CriterionPart", "OutcomePart", "SitePart")
"""What `fields` leaves of a shape: no models."""


def models_within(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_within(field.annotation)
    for one in get_args(annotation):
        yield from models_within(one)


ROUTERS = [part.router for part in (*vars(plain).values(), health) if hasattr(part, "router")]
ANSWERED = [getattr(route, "response_model", None) for router in ROUTERS for route in router.routes]
MODELS = sorted({one for given in (*ANSWERED, Problem) for one in models_within(given)}, key=lambda one: one.__name__)


def described(model: type[BaseModel]) -> Json:
    """The contract of a program with one route, which answers with this."""
    app = FastAPI()
    app.get("/a", response_model=model)(lambda: None)
    return app.openapi()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_changes_in_a_model_changes_the_contract(model: type[BaseModel]) -> None:
    """One field of each kind; the others are gone through above."""
    old = described(model)
    whole = {name: (field.annotation, field) for name, field in model.model_fields.items()}
    first, *others = whole.items()
    planted: dict[str, Any] = {
        "removed": dict(others),
        "renamed": {**dict(others), f"{first[0]}_renamed": first[1]},
        "type": {**whole, first[0]: (dict[str, bytes], ...)},
    }
    for name, field in model.model_fields.items():
        if get_origin(field.annotation) is Literal:
            planted["enum"] = {**whole, name: (Literal[(*get_args(field.annotation), "planted")], ...)}
    for kind, fields in planted.items():
        changed = create_model(model.__name__, __config__=model.model_config, **fields)
        assert breaks(old, described(changed)), kind


def test_models_have_lists_of_values() -> None:
    listed = [one for one in MODELS for field in one.model_fields.values() if get_origin(field.annotation) is Literal]
    assert len(listed) >= 4
