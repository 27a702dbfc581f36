"""Whatever changes in a shape of the plain API is found: each kind of mutation, planted in every field of every shape
of the contract (found by the comparison with the stored one) and of the real answers (found by their schemas).
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest

from app.contract.diff import diff
from tests.contract.examples import made
from tests.contract.stored import STORED

Json = dict[str, Any]
KINDS = ("removed", "renamed", "type", "enum")
DOCUMENT: Json = json.loads(STORED.read_text())
PLAIN = {path: item for path, item in DOCUMENT["paths"].items() if path.startswith("/api/v1/")}
SCHEMAS: Json = DOCUMENT["components"]["schemas"]


def schema_of_answer(path: str) -> Json:
    content: Json = PLAIN[path]["get"]["responses"]["200"]["content"]
    found: Json = next(iter(content.values()))["schema"]
    return found


def named(node: Any) -> Iterator[str]:
    """The shapes that a schema names, and those that they name."""
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in SCHEMAS:
            yield name
            yield from named(SCHEMAS[name])
        for one in node.values():
            yield from named(one)
    elif isinstance(node, list):
        for one in node:
            yield from named(one)


def smallest(name: str) -> str:
    """The path whose answer names it and has the shortest description."""
    return min(
        (path for path in PLAIN if name in set(named(schema_of_answer(path)))),
        key=lambda path: len(set(named(schema_of_answer(path)))),
    )


SHAPES = sorted({one for path in PLAIN for one in named(schema_of_answer(path))} | {"Problem"})


def enums(node: Any) -> Iterator[list[Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield node["enum"]
        for one in node.values():
            yield from enums(one)
    elif isinstance(node, list):
        for one in node:
            yield from enums(one)


def plant(shape: Json, field: str, kind: str) -> bool:
    """False: there is nothing of this kind in the field."""
    properties, required = shape["properties"], shape.get("required", [])
    if kind == "enum":
        found = list(enums(properties[field]))
        for one in found:
            one.append("planted")
        return bool(found)
    if kind == "type":
        text = '"type": "string"' in json.dumps(properties[field])
        if not properties[field].keys() & {"type", "anyOf", "$ref", "const", "enum"}:
            return False  # it may be anything: a field of one type is that too
        properties[field] = {"type": "integer" if text else "string"}
        return True
    old = properties.pop(field)
    if kind == "renamed":
        properties[f"{field}_renamed"] = old
    if field in required:
        required.remove(field)
        if kind == "renamed":
            required.append(f"{field}_renamed")
    return True


def test_all_shapes_are_looked_at() -> None:
    assert {"TrialShape", "CriterionShape", "SiteShape", "Design", "Problem", "RunShape", "SchemaShape"} <= set(SHAPES)
    assert all("properties" in SCHEMAS[name] for name in SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_the_stored_contract_finds_it(name: str) -> None:
    if name == "Problem":
        answers = {"400": PLAIN["/api/v1/runs"]["get"]["responses"]["400"]}
        path = "/api/v1/runs"
    else:
        path = smallest(name)
        answers = {"200": PLAIN[path]["get"]["responses"]["200"]}
    old = {**DOCUMENT, "paths": {path: {"get": {"responses": answers}}}}
    planted = 0
    for field in SCHEMAS[name]["properties"]:
        for kind in KINDS:
            schemas = {**SCHEMAS, name: copy.deepcopy(SCHEMAS[name])}
            if not plant(schemas[name], field, kind):
                continue
            planted += 1
            new = {**old, "components": {**DOCUMENT["components"], "schemas": schemas}}
            assert any(change.kind == "breaking" for change in diff(old, new)), f"{kind}: {name}.{field}"
    assert planted >= 2 * len(SCHEMAS[name]["properties"])


@pytest.fixture(scope="module")
def answers(trial_registry_factory: Any) -> Json:
    client: httpx.Client = trial_registry_factory().client
    found: Json = made(client)["answers"]
    whole = client.get("/api/v1/trials?limit=1&facets=has_results").json()
    return {path: one["answer"] for path, one in found.items() if path in PLAIN} | {"/api/v1/trials": whole}


def objects(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(one)


def test_the_schemas_find_it_in_answers(answers: Json) -> None:
    """In the first object of each kind of a real answer; none of them was asked for with
    `fields`, so none may be a part."""
    planted = dict.fromkeys(KINDS, 0)
    for path, answer in answers.items():
        schema = {**strict(schema_of_answer(path)), "components": strict(DOCUMENT["components"])}
        validator = jsonschema_rs.Draft202012Validator(schema)
        assert validator.is_valid(answer), path
        seen = set()
        for place, one in enumerate(objects(answer)):
            if tuple(one) in seen or not one.keys() <= FIELDS:
                continue
            seen.add(tuple(one))
            for field in one:
                for kind in KINDS:
                    changed = copy.deepcopy(answer)
                    if not spoil([*objects(changed)][place], field, kind):
                        continue
                    planted[kind] += 1
                    assert not validator.is_valid(changed), f"{path} {field}: {kind}"
    assert all(planted[kind] > least for kind, least in LEAST.items()), planted


LEAST = {"removed": 100, "renamed": 100, "type": 100, "enum": 8}
FIELDS = {field for name in SHAPES for field in SCHEMAS[name]["properties"]}
CODES = {"overall_status", "sex", "severity", "combination", "unit", "subject"}
"""Fields that have a list of values wherever they stand."""
OPEN = {"before", "after"}
"""Fields of a difference, which may be anything."""


def strict(node: Any) -> Any:
    """Without the parts: what is asked for without `fields`."""
    if isinstance(node, dict):
        return {name: strict(one) for name, one in node.items()}
    if isinstance(node, list):
        return [strict(one) for one in node if not (isinstance(one, dict) and str(one.get("$ref")).endswith("Part"))]
    return node


def spoil(one: Json, field: str, kind: str) -> bool:
    if kind == "enum":
        if field not in CODES or not isinstance(one[field], str):
            return False
        one[field] = "planted"
    elif kind == "type":
        one[field] = {"planted": {}}
        return field not in OPEN
    elif kind == "removed" and field == "facets":  # it is there only where it was asked for
        return False
    else:
        value = one.pop(field)
        if kind == "renamed":
            one[f"{field}_renamed"] = value
    return True
