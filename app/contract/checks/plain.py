"""The plain API: every list and item against its schema, paging, caches, errors."""

import csv
import io
import re
from collections.abc import Iterator

from app.contract.change import Document, Json
from app.contract.checks.check import Broken, Check, Failure, Nothing
from app.contract.checks.schemas import opened, valid
from app.contract.checks.server import ABSENT, Server, place, refused

_BASE = "/api/v1"
_PAGES = 8
_FORMATS = {"text/csv": "csv", "application/geo+json": "geojson"}
_VALUES = {"before": "version", "after": "version"}
"""Names in a path whose value an item has under another name."""
_NAME = re.compile(r"\{(\w+)\}")


def schemas(server: Server) -> Iterator[Failure]:
    """An item's address is filled from the first of its list."""
    components = opened(server.contract.get("components", {}))
    for path, operation in _operations(server):
        try:
            answer = server.get(_filled(server, path, _limited(operation)))
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


def formats(server: Server) -> Iterator[Failure]:
    for path, operation in _operations(server):
        for kind in operation["responses"]["200"]["content"].keys() & _FORMATS.keys():
            try:
                answer = server.get(f"{_filled(server, path)}?format={_FORMATS[kind]}")
            except Nothing:
                continue
            if answer.status != 200 or answer.kind != kind:
                yield answer.failure(f"status 200 and {kind}")
            elif kind == "text/csv":
                rows = len(list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig", "replace"))))) - 1
                items = len(server.get(_filled(server, path)).object()["items"])
                if rows != items:
                    yield answer.failure(f"a head and a row for each item of the list: {items}", f"{rows} rows")


def order(server: Server) -> Iterator[Failure]:
    for sort, backwards in (("id", False), ("-id", True)):
        answer = server.get(f"{_BASE}/trials?fields=title&limit=100&sort={sort}")
        ids = [one["id"] for one in answer.object()["items"]]
        if len(ids) < 2:
            raise Nothing("there are fewer than two trials")
        if ids != sorted(ids, reverse=backwards):
            yield answer.failure(f"ids that {'fall' if backwards else 'rise'}", ", ".join(ids[:5]))


def paging(server: Server) -> Iterator[Failure]:
    path = f"{_BASE}/criteria"
    total = server.get(f"{path}?limit=1").object()["total"]
    if not total:
        raise Nothing("there are no criteria")
    size = min(100, -(-total // 4))
    following: str | None = f"{path}?limit={size}"
    seen: list[str] = []
    pages = 0
    while following and pages < _PAGES:
        answer = server.get(following)
        page = answer.object()
        ids = [one["id"] for one in page["items"]]
        again = sorted(set(ids) & set(seen)) + [one for one in set(ids) if ids.count(one) > 1]
        if again:
            yield answer.failure("no item that was on a page before", f"again {', '.join(again[:5])}")
            return
        if page["total"] != total:
            yield answer.failure(f"total {total}, as on the first page", f"total {page['total']}")
        seen += ids
        following = place(page["next"]) if page["next"] else None
        pages += 1
    if not following and len(seen) != total:
        yield answer.failure(f"as many items on all pages as 'total' says: {total}", f"{len(seen)} items")
    if following and len(seen) != size * pages:
        yield answer.failure(f"{size} items on each page that has a next one", f"{len(seen)} on {pages} pages")


def etag(server: Server) -> Iterator[Failure]:
    for path in (f"{_BASE}/trials?limit=1", _filled(server, f"{_BASE}/trials/{{id}}")):
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
    for path, _ in _operations(server):
        if "{" not in path:
            yield from refused(server.get(f"{path}?{ABSENT}=1"), 400, naming=ABSENT)


def bad_value(server: Server) -> Iterator[Failure]:
    yield from refused(server.get(f"{_BASE}/trials?limit=many"), 400, naming="limit")
    yield from refused(server.get(f"{_BASE}/trials?cursor=forged"), 400, naming="cursor")


def unknown_id(server: Server) -> Iterator[Failure]:
    for path, operation in _operations(server):
        if "{id}" in path and "404" in operation["responses"]:
            yield from refused(server.get(_NAME.sub(lambda m: ABSENT if m[1] == "id" else "1", path)), 404, 400)


def unknown_route(server: Server) -> Iterator[Failure]:
    for path in (f"/{ABSENT}", f"{_BASE}/{ABSENT}"):
        yield from refused(server.get(path), 404)


def method(server: Server) -> Iterator[Failure]:
    """Sent to an address where there is nothing to write."""
    answer = server.ask("POST", "/healthz")
    yield from refused(answer, 405)
    if answer.status == 405 and "GET" not in answer.headers.get("allow", ""):
        yield answer.failure("an Allow header that names GET", f"Allow: {answer.headers.get('allow')}")


def _operations(server: Server) -> Iterator[tuple[str, Json]]:
    """What the contract says of GET, references followed."""
    document = Document(server.contract)
    for path, given in server.contract["paths"].items():
        operation = document.resolve(given).get("get")
        if path.startswith(f"{_BASE}/") and operation:
            responses = {status: document.resolve(one) for status, one in operation.get("responses", {}).items()}
            if "content" in responses.get("200", {}):
                parameters = [document.resolve(one) for one in operation.get("parameters", ())]
                yield path, {**operation, "responses": responses, "parameters": parameters}


def _limited(operation: Json) -> str:
    return "?limit=3" if any(one["name"] == "limit" for one in operation["parameters"]) else ""


def _filled(server: Server, path: str, query: str = "") -> str:
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
        "plain.formats",
        formats,
        "format=csv and format=geojson answer where the contract has them; CSV has a row for each item.",
        "promise: format",
    ),
    Check("plain.order", order, "sort=id and sort=-id put trials in that order.", "promise: sort"),
    Check(
        "plain.paging",
        paging,
        "'total' is as many as all pages have; following 'next' shows each item once.",
        "promise: total and next of a list",
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
