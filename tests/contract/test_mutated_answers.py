"""Each kind of mutation, planted in every object of real answers, is found by the schemas of the contract."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.contract.examples import DEFINITIONS, made
from tests.contract.stored import STORED

Json = dict[str, Any]
KINDS = ("removed", "renamed", "type", "enum")
DOCUMENT: Json = json.loads(STORED.read_text())
CODES = {"overall_status", "sex", "severity", "combination", "subject"}
"""Fields of the plain API that have a list of values wherever they stand."""
FHIR_CODES = {"resourceType", "status", "membership", "gender"}
DESCRIBED = ("application/json", "application/fhir+json")
"""Types whose bodies have a schema; those of definitions and capability statements are data about FHIR itself."""
MAPS = ("date_types", "flags", "facets")
OPEN = {"before", "after"}
"""Fields of a difference, which may be anything."""


@pytest.fixture(scope="module")
def answers(trial_registry_factory: Callable[..., Any]) -> Json:
    """Path -> a real answer, of which none was asked for with `fields`."""
    client = trial_registry_factory().client
    shown = [one for one in made(client)["answers"] if (one["method"], one["status"]) == ("GET", "200")]
    found = {one["path"]: one["answer"] for one in shown if one["type"] in DESCRIBED}
    found = {path: answer for path, answer in found.items() if not set(path.split("/")) & {"metadata", *DEFINITIONS}}
    for place in ("/fhir/r5/ResearchStudy", "/fhir/r4/ResearchStudy"):
        found[place] = client.get(f"{place}?_include=*").json()
    return found | {"/api/v1/trials": client.get("/api/v1/trials?limit=1&facets=has_results").json()}


@pytest.mark.parametrize(
    ("part", "least"),
    [
        ("/api/v1/", {"removed": 100, "renamed": 100, "type": 100, "enum": 8}),
        ("/fhir/", {"removed": 40, "renamed": 600, "type": 600, "enum": 60}),
    ],
)
def test_the_schemas_find_it_in_answers(answers: Json, part: str, least: dict[str, int]) -> None:
    """In the first object of each kind of an answer."""
    planted = dict.fromkeys(KINDS, 0)
    for path, answer in answers.items():
        if not path.startswith(part):
            continue
        content = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]
        schema = next(one["schema"] for kind, one in content.items() if kind.endswith("json"))
        validator = jsonschema_rs.Draft202012Validator(strict({**schema, "components": DOCUMENT["components"]}))
        assert validator.is_valid(answer), path
        seen = set()
        for place, one in enumerate(objects(answer)):
            if tuple(one) in seen:
                continue
            seen.add(tuple(one))
            for field in one:
                for kind in KINDS:
                    changed = copy.deepcopy(answer)
                    if not spoil([*objects(changed)][place], field, kind, part == "/fhir/"):
                        continue
                    planted[kind] += 1
                    assert not validator.is_valid(changed), f"{path} {field}: {kind}"
    assert all(planted[kind] > number for kind, number in least.items()), planted


def objects(node: Any) -> Iterator[Json]:
    """Not those that are extensions, whose values may be of any type, nor those beside a primitive value; nor maps,
    whose names are data."""
    if isinstance(node, dict):
        yield node
        left = ("extension", "modifierExtension", *MAPS)
        node = [one for name, one in node.items() if name not in left and name[0] != "_"]
    if isinstance(node, list):
        for one in node:
            yield from objects(one)


def strict(node: Any) -> Any:
    """Without the parts: what is asked for without `fields`."""
    if isinstance(node, dict):
        return {name: strict(one) for name, one in node.items()}
    if isinstance(node, list):
        return [strict(one) for one in node if not (isinstance(one, dict) and str(one.get("$ref")).endswith("Part"))]
    return node


def spoil(one: Json, field: str, kind: str, fhir: bool) -> bool:
    """False where that is nothing to find: an element of FHIR may be missing (golden documents tell), and what stands
    in extensions and beside a primitive value is not described."""
    if fhir and (field[0] == "_" or "extension" in field.lower()):
        return False
    if kind == "enum":
        if field not in (FHIR_CODES if fhir else CODES) or not isinstance(one[field], str):
            return False
        one[field] = "planted"
    elif kind == "type":
        one[field] = {"planted": {}}
        return field not in OPEN
    elif kind == "removed" and (field != "resourceType" if fhir else field == "facets"):  # only where it was asked for
        return False
    else:
        value = one.pop(field)
        if kind == "renamed":
            one[f"{field}_renamed"] = value
    return True
