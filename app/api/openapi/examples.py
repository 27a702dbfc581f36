"""Examples in the document: real answers from the documents that come with the program, in `examples.json`.

`ids`: type or collection -> an id that is there; `answers`: path -> the address that was asked and its answer. Works on
the document in place.
"""

import json
from functools import cache
from pathlib import Path

from app.api.answers import JSON
from app.api.openapi.common import MEDIA_TYPES, Json

PLACE = Path(__file__).with_name("examples.json")
_FIRST = {"version": "1", "before": "1", "after": "1"}


@cache
def _stored() -> Json:
    found: Json = json.loads(PLACE.read_text())
    return found


def add(document: Json) -> None:
    for path, item in document["paths"].items():
        parts = path.split("/")
        for method, operation in item.items():
            for one in operation.get("parameters", ()):
                if one.get("in") == "path":
                    of = parts[parts.index(f"{{{one['name']}}}") - 1]
                    value = _FIRST.get(one["name"]) or _stored()["ids"].get(of)
                    if value:
                        one["example"] = value
            found = _stored()["answers"].get(path)
            if found and method == "get":
                content = operation["responses"]["200"]["content"]
                shown = content.get(JSON) or content[MEDIA_TYPES[0]]
                shown["examples"] = {"seed": {"summary": f"GET {found['address']}", "value": found["answer"]}}
