"""What breaks a client and what does not, in a table: operations before and after. Schemas: `test_diff.py`."""

from typing import Any

import pytest

from app.contract.diff import diff
from tests.contract.test_diff import BOTH, BREAKS, FINE, NOTHING, TEXT, WHOLE, Json, answering, document, kinds, taking


def parameters(*listed: Json, path: str = "/a") -> Json:
    return document({"parameters": list(listed)}, path)


def query(name: str = "q", **more: Any) -> Json:
    return {"name": name, "in": "query", **more}


def headed(**header: Any) -> Json:
    return document({"responses": {"200": {"headers": {"X-A": header}}}})


def secured(**scheme: str) -> Json:
    return document({"security": [{"key": []}]}, components={"securitySchemes": {"key": scheme}})


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
    (parameters(query()), parameters(query(explode=True, style="form")), NOTHING),
    (document({}), document({"security": [{"key": []}]}), BREAKS),
    (document({}), document({}, security=[{"key": []}]), BREAKS),
    (document({}, security=[{"key": []}]), document({"security": []}, security=[{"key": []}]), FINE),
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
    # statuses
    (document({"responses": {"200": {}}}), document({"responses": {"200": {}, "202": {}}}), BREAKS),
    (document({"responses": {"200": {}}}), document({"responses": {"200": {}, "303": {}}}), BREAKS),
    (document({"responses": {"200": {}}}), document({"responses": {"200": {}, "default": {}}}), BREAKS),
    (answering(TEXT, "2XX"), answering(TEXT), FINE),
    (answering(TEXT, "default"), answering(TEXT), FINE),
    (answering(TEXT, "default"), answering(WHOLE), BOTH),
    # who may ask, and where
    (document({"security": [{"key": []}]}), document({"security": [{"key": []}, {"other": []}]}), FINE),
    (document({"security": [{"key": []}, {"other": []}]}), document({"security": [{"key": []}]}), BREAKS),
    (
        document({"security": [{"key": []}, {"other": []}]}),
        document({"security": [{"other": []}, {"key": []}]}),
        NOTHING,
    ),
    (document({"security": [{"key": ["a"]}]}), document({"security": [{"key": ["a", "b"]}]}), BREAKS),
    (document({"security": [{"key": ["a", "b"]}]}), document({"security": [{"key": ["a"]}]}), FINE),
    (secured(type="http", scheme="basic"), secured(type="http", scheme="bearer"), BREAKS),
    (secured(type="http", scheme="basic"), secured(type="http", scheme="basic", description="x"), NOTHING),
    (document({}), document({}, servers=[{"url": "/v2"}]), BREAKS),
    (document({}), document({}, servers=[{"url": "/", "description": "x"}]), NOTHING),
    (document({}), document({}, servers=[{"url": "/"}, {"url": "/v2"}]), FINE),
    (document({}), document({"servers": [{"url": "/v2"}]}), BREAKS),
    # what is written as a media type, and other ways of writing
    (parameters(query(content={"text/csv": {"schema": TEXT}})), parameters(query(schema=TEXT)), BREAKS),
    (
        parameters(query(content={"text/csv": {"schema": TEXT}})),
        parameters(query(content={"text/csv": {"schema": WHOLE}})),
        BOTH,
    ),
    (headed(content={"text/csv": {"schema": TEXT}}), headed(content={"text/csv": {"schema": WHOLE}}), BOTH),
    (headed(schema=TEXT), headed(content={"text/csv": {"schema": TEXT}}), BREAKS),
    (parameters(query(allowReserved=True)), parameters(query()), BREAKS),
    (parameters(query(allowReserved=False)), parameters(query()), NOTHING),
    # what is not compared is not passed by
    (document({"callbacks": {}}), document({"callbacks": {"a": {}}}), BREAKS),
    (document({"responses": {"200": {"links": {}}}}), document({"responses": {"200": {"links": {"a": {}}}}}), BREAKS),
    (document({}), document({}, webhooks={"a": {}}), BREAKS),
    (document({}), document({}, tags=[], info={"title": "x"}), NOTHING),
]


@pytest.mark.parametrize(("old", "new", "expected"), OPERATIONS, ids=str)
def test_operations(old: Json, new: Json, expected: str) -> None:
    assert kinds(old, new) == expected


def test_what_stands_at_the_path_is_of_each_of_its_operations() -> None:
    old = parameters(query())
    new = {"openapi": "3.1.0", "paths": {"/a": {"parameters": [query()], "post": {}}}}
    assert diff(old, new) == []
