"""The plain API: every list and item against its schema, paging, caches, errors."""

import re
from collections.abc import Iterator

from app.contract.change import Document, Json
from app.contract.checks.check import Broken, Check, Failure, Nothing
from app.contract.checks.schemas import opened, valid
from app.contract.checks.server import ABSENT, Server, refused

BASE = "/api/v1"
_VALUES = {"before": "version", "after": "version"}
"""Names in a path whose value an item has under another name."""
_NAME = re.compile(r"\{(\w+)\}")


def schemas(server: Server) -> Iterator[Failure]:
    """An item's address is filled from the first of its list."""
    components = opened(server.contract.get("components", {}))
    for path, operation in operations(server):
        try:
            answer = server.get(filled(server, path, _limited(operation)))
        except Nothing:
            continue
        except Broken as broken:
            yield broken.failure
            continue
        content = operation["responses"]["200"]["content"]
        kind = next((one for one in content if one.endswith("json")), "application/json")
        if answer.status != 200 or answer.kind != kind:
            yield answer.failure(f"status 200 and {kind}")
        elif schema := content.get(kind, {}).get("schema"):
            yield from valid(components, answer, schema)


def etag(server: Server) -> Iterator[Failure]:
    for path in (f"{BASE}/trials?limit=1", filled(server, f"{BASE}/trials/{{id}}")):
        yield from not_modified(server, path)


def not_modified(server: Server, path: str) -> Iterator[Failure]:
    """That the answer has an ETag, and is 304 to who has it."""
    answer = server.get(path)
    tag = answer.headers.get("etag")
    if answer.status != 200 or not tag:
        yield answer.failure("status 200 and an ETag", f"status {answer.status}, ETag {tag}")
        return
    again = server.get(path, {"If-None-Match": tag})
    if again.status != 304 or again.body:
        yield again.failure("status 304 without a body")
    other = server.get(path, {"If-None-Match": f'W/"{ABSENT}"'})
    if other.status != 200:
        yield other.failure("status 200, as the ETag is another")


def unknown_parameter(server: Server) -> Iterator[Failure]:
    for path, _ in operations(server):
        if "{" not in path:
            yield from refused(server.get(f"{path}?{ABSENT}=1"), 400, naming=ABSENT)


def bad_value(server: Server) -> Iterator[Failure]:
    yield from refused(server.get(f"{BASE}/trials?limit=many"), 400, naming="limit")
    yield from refused(server.get(f"{BASE}/trials?cursor=forged"), 400, naming="cursor")


def unknown_id(server: Server) -> Iterator[Failure]:
    for path, operation in operations(server):
        if "{id}" in path and "404" in operation["responses"]:
            yield from refused(server.get(_NAME.sub(lambda m: ABSENT if m[1] == "id" else "1", path)), 404, 400)


def unknown_route(server: Server) -> Iterator[Failure]:
    for path in (f"/{ABSENT}", f"{BASE}/{ABSENT}"):
        yield from refused(server.get(path), 404)


def method(server: Server) -> Iterator[Failure]:
    """Sent to an address where there is nothing to write."""
    answer = server.ask("POST", "/healthz")
    yield from refused(answer, 405)
    if answer.status == 405 and "GET" not in answer.headers.get("allow", ""):
        yield answer.failure("an Allow header that names GET", f"Allow: {answer.headers.get('allow')}")


def operations(server: Server) -> Iterator[tuple[str, Json]]:
    """What the contract says of GET, references followed."""
    document = Document(server.contract)
    for path, given in server.contract["paths"].items():
        operation = document.resolve(given).get("get")
        if path.startswith(f"{BASE}/") and operation:
            responses = {status: document.resolve(one) for status, one in operation.get("responses", {}).items()}
            if "content" in responses.get("200", {}):
                parameters = [document.resolve(one) for one in operation.get("parameters", ())]
                yield path, {**operation, "responses": responses, "parameters": parameters}


def _limited(operation: Json) -> str:
    return "?limit=3" if any(one["name"] == "limit" for one in operation["parameters"]) else ""


def filled(server: Server, path: str, query: str = "") -> str:
    """Raises Nothing where a list is empty."""
    while found := _NAME.search(path):
        listed = f"{path[: found.start()].rstrip('/')}"
        if found[1] == "after":
            listed = listed[: listed.index("/versions") + len("/versions")]
        items = server.get(listed).object()["items"]
        if not items:
            raise Nothing(f"{listed} is empty")
        value = items[0][_VALUES.get(found[1], found[1])]
        path = f"{path[: found.start()]}{value}{path[found.end() :]}"
    return path + query


_ERRORS = "https://www.rfc-editor.org/rfc/rfc9457#section-3"
CHECKS = (
    Check(
        "plain.schemas",
        schemas,
        "Every list and item answers, with what its schema in the contract says; further fields are no fault.",
        "promise: /openapi.json",
    ),
    Check(
        "plain.etag",
        etag,
        "Every answer has an ETag; who has it is answered with 304.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2",
    ),
    Check("plain.unknown-parameter", unknown_parameter, "Unknown parameters are refused and named.", _ERRORS),
    Check("plain.bad-value", bad_value, "A wrong value is 400; the parameter is named.", _ERRORS),
    Check("plain.unknown-id", unknown_id, "An id that there is not is 404, as problem details.", _ERRORS),
    Check("plain.unknown-route", unknown_route, "An address that there is not is 404, as problem details.", _ERRORS),
    Check(
        "plain.method",
        method,
        "A method that an address does not have is 405, with Allow.",
        "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6",
    ),
)
