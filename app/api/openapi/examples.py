"""Examples in the document: requests and real answers to them, from the documents that come with the program, in
`examples.json`. Works on the document in place.

`ids`: type or collection -> an id that is there; `answers`: what was asked (`method`, `address`, `body`) at which
`path` of the document, and the `status`, media `type` and text or JSON of the `answer`. What several operations answer
alike is a component of the document, and shown there.
"""

import json
from functools import cache
from pathlib import Path

from app.api.openapi.common import Json

PLACE = Path(__file__).with_name("examples.json")
_FIRST = {"version": "1", "before": "1", "after": "1"}


@cache
def _stored() -> Json:
    found: Json = json.loads(PLACE.read_text())
    return found


def add(document: Json) -> None:
    for path, item in document["paths"].items():
        parts = path.split("/")
        for operation in item.values():
            for one in operation.get("parameters", ()):
                if one.get("in") == "path":
                    of = parts[parts.index(f"{{{one['name']}}}") - 1]
                    value = _FIRST.get(one["name"]) or _stored()["ids"].get(of)
                    if value:
                        one["example"] = value
    for answer in _stored()["answers"]:
        operation = document["paths"][answer["path"]][answer["method"].lower()]
        request = f"{answer['method']} {answer['address']}"
        content = _at(document, operation["responses"][answer["status"]])["content"]
        _show(content, answer["type"], request, answer["answer"])
        if answer["body"]:
            sent = operation["requestBody"]["content"]
            _show(sent, next(kind for kind in sent if kind.endswith(("/json", "+json"))), request, answer["body"])


def _show(content: Json, kind: str, request: str, value: object) -> None:
    """The first of several stays."""
    content[kind].setdefault("examples", {"seed": {"summary": request, "value": value}})


def _at(document: Json, response: Json) -> Json:
    if "$ref" not in response:
        return response
    _, _, kind, name = response["$ref"].split("/")
    found: Json = document["components"][kind][name]
    return found
