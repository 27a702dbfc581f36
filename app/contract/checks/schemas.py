"""Answers against their schemas in the contract (https://json-schema.org/draft/2020-12/json-schema-core)."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from app.contract.change import Document, Json
from app.contract.checks.check import Answer, Failure, Nothing, ReleaseCheck
from app.contract.checks.server import Server


def resources(server: Server, release: str) -> Iterator[Failure]:
    """The first of each type, as it is read; that it can be read is another check's."""
    document, components = Document(server.contract), opened(server.contract.get("components", {}))
    for one in server.types(release, "read"):
        place = f"/fhir/{release}/{one['type']}"
        operation = document.resolve(server.contract["paths"].get(f"{place}/{{id}}", {})).get("get")
        if not operation:
            continue
        schema = operation["responses"]["200"]["content"]["application/fhir+json"]["schema"]
        try:
            answer = server.get(f"{place}/{server.first(release, one['type'])['id']}")
        except Nothing:
            continue
        if answer.status == 200:
            yield from valid(components, answer, schema)


def valid(document: Any, answer: Answer, schema: Json) -> Iterator[Failure]:
    whole = {**opened(schema), "components": document}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = (best_match([error]) for error in validator.iter_errors(answer.document()))  # which field, in an `anyOf`
    for error in sorted(errors, key=lambda one: one.json_path)[:5]:
        message = error.message if len(error.message) < 300 else f"{error.message[:100]} ... {error.message[-150:]}"
        yield answer.failure("what its schema in the contract says", f"{error.json_path}: {message}")


def opened(schema: Any) -> Any:
    """Further fields break no client, so a later version may have them. Nothing is asked for with `fields` here, so
    all must be there: parts of shapes (`TrialPart`) are left out."""
    if isinstance(schema, dict):
        return {k: opened(v) for k, v in schema.items() if (k, v) != ("additionalProperties", False)}
    if isinstance(schema, list):
        return [opened(one) for one in schema if not (isinstance(one, dict) and one.get("$ref", "").endswith("Part"))]
    return schema


CHECKS = (
    ReleaseCheck(
        "schemas",
        resources,
        "Resources have what their schemas in the contract say; further elements are no fault.",
        "/openapi.json",
    ),
)
