"""The examples in the document are what a server answers, and the schemas that are served are those of the answers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest

from app.api.openapi.examples import PLACE
from app.api.plain.schemas import SHAPES
from tests.contract.examples import OTHER, TRIAL, made
from tests.contract.stored import present


def test_the_examples_are_real_answers(trial_registry_factory: Callable[..., Any]) -> None:
    real = made(trial_registry_factory().client)
    assert json.loads(PLACE.read_text()) == real, "run: python -m tests.contract.examples"


UNSHOWN = {"301", "500", "503"}
"""What the documents and a request alone do not bring about."""


def test_what_is_described_is_shown() -> None:
    """Once in JSON or text: XML says the same in another way. And it is as its schema says."""
    document = present()
    validators: dict[str, Any] = {}
    for method, path, status, kind, content in described(document):
        if status in UNSHOWN or (kind.endswith("xml") and "examples" not in content):
            continue
        for example in content["examples"].values():
            of = json.dumps(content["schema"])
            if of not in validators:
                schema = {**content["schema"], "components": document["components"]}
                validators[of] = jsonschema_rs.Draft202012Validator(schema)
            error = next(validators[of].iter_errors(example["value"]), None)
            assert error is None, f"{method} {path} {status} {kind}: {error}"
    assert len(validators) > 50


def described(document: dict[str, Any]) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    """(method, path, status, media type, what is said of it)."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                if "$ref" in answer:
                    answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                for kind, content in answer.get("content", {}).items():
                    yield method, path, status, kind, content


ADDRESSES = {
    "trial": [f"trials/{TRIAL}", f"trials/{OTHER}", f"trials/{OTHER}/versions/1", "trials"],
    "criterion": ["criteria?limit=1000", f"trials/{TRIAL}/criteria"],
    "outcome": ["outcomes", f"trials/{OTHER}/outcomes"],
    "site": ["sites"],
    "trial-site": [f"trials/{TRIAL}/sites"],
    "trial-contact": [f"trials/{TRIAL}/contacts"],
    "version": [f"trials/{TRIAL}/versions"],
    "change": ["changes"],
    "diff": [f"trials/{TRIAL}/versions/1/diff/1"],
    "origin": [f"trials/{OTHER}/origins"],
    "link": [f"trials/{TRIAL}/links"],
    "run": ["runs", "runs/1"],
    "refusal": ["runs/1/refusals"],
    "problem": ["trials/none", "trials?nome=1"],
}


def test_every_schema_is_listed(registry: httpx.Client) -> None:
    listed = registry.get("/api/v1/schemas").json()["items"]
    assert [one["name"] for one in listed] == list(SHAPES) == list(ADDRESSES)
    assert [registry.get(one["url"]).status_code for one in listed] == [200] * len(listed)


@pytest.mark.parametrize("name", ADDRESSES)
def test_answers_are_as_the_schema_says(registry: httpx.Client, name: str) -> None:
    answer = registry.get(f"/api/v1/schemas/{name}")
    assert answer.headers["content-type"] == "application/schema+json" and answer.headers["etag"]
    schema = answer.json()
    assert schema["$id"] == str(answer.url)
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.Draft202012Validator(schema)
    for address in ADDRESSES[name]:
        found = registry.get(f"/api/v1/{address}").json()
        items = found.get("items", [found])
        for item in items:
            validator.validate(item)
            first = next(iter(item))
            assert not validator.is_valid({**item, first: {"planted": True}}), first
            assert name == "problem" or not validator.is_valid({**item, "planted": True})


def test_a_schema_that_there_is_not(registry: httpx.Client) -> None:
    answer = registry.get("/api/v1/schemas/moss")
    assert answer.status_code == 404 and "there is no schema 'moss': expected one of trial," in answer.json()["detail"]
