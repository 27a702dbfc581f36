"""The lists of the plain API: their formats, order and pages, and their items beside what is read alone."""

import csv
import io
import json
import re
from collections.abc import Iterator

from app.contract.checks.check import Check, Failure, Nothing
from app.contract.checks.plain import BASE, filled, operations
from app.contract.checks.server import Server, place

_PAGES = 8
_FORMATS = {"text/csv": "csv", "application/geo+json": "geojson"}


def formats(server: Server) -> Iterator[Failure]:
    for path, operation in operations(server):
        for kind in operation["responses"]["200"]["content"].keys() & _FORMATS.keys():
            try:
                answer = server.get(f"{filled(server, path)}?format={_FORMATS[kind]}")
            except Nothing:
                continue
            if answer.status != 200 or answer.kind != kind:
                yield answer.failure(f"status 200 and {kind}")
            elif kind == "text/csv":
                rows = len(list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig", "replace"))))) - 1
                items = len(server.get(filled(server, path)).object()["items"])
                if rows != items:
                    yield answer.failure(f"a head and a row for each item of the list: {items}", f"{rows} rows")


def order(server: Server) -> Iterator[Failure]:
    for sort, backwards in (("id", False), ("-id", True)):
        answer = server.get(f"{BASE}/trials?fields=title&limit=100&sort={sort}")
        ids = [one["id"] for one in answer.object()["items"]]
        if len(ids) < 2:
            raise Nothing("there are fewer than two trials")
        if ids != sorted(ids, reverse=backwards):
            yield answer.failure(f"ids that {'fall' if backwards else 'rise'}", ", ".join(ids[:5]))


def paging(server: Server) -> Iterator[Failure]:
    empty = True
    for path, operation in operations(server):
        if "{" not in path and any(one["name"] == "cursor" for one in operation["parameters"]):
            total = server.get(f"{path}?limit=1").object()["total"]
            empty = empty and not total
            yield from _pages(server, path, total)
    if empty:
        raise Nothing("all lists are empty")


def _pages(server: Server, path: str, total: int) -> Iterator[Failure]:
    size = max(1, min(100, -(-total // 4)))
    following: str | None = f"{path}?limit={size}"
    seen: list[str] = []
    for _ in range(_PAGES):
        answer = server.get(following or "")
        page = answer.object()
        items = [json.dumps(one, sort_keys=True) for one in page["items"]]
        if len(set(items)) < len(items) or set(items) & set(seen):
            yield answer.failure("no item that was on a page before", "one again")
            return
        if page["total"] != total:
            yield answer.failure(f"total {total}, as on the first page", f"total {page['total']}")
        seen += items
        following = place(page["next"]) if page["next"] else None
        if len(items) < size or not following:  # that of /changes leads to what will come
            if len(seen) != total:
                yield answer.failure(f"as many items on all pages as 'total' says: {total}", f"{len(seen)} items")
            return


def reading(server: Server) -> Iterator[Failure]:
    """Of each list whose items can be read alone, the first."""
    for path, _ in operations(server):
        if re.fullmatch(f"{BASE}/[a-z]+/{{id}}", path):
            try:
                answer = server.get(filled(server, path))
            except Nothing:
                continue
            item = server.get(f"{path.rpartition('/')[0]}?limit=1").object()["items"][0]
            alone = answer.object()
            for name in item:
                if alone.get(name) != item[name]:
                    yield answer.failure(
                        f"'{name}' as in the list: {str(item[name])[:100]}", str(alone.get(name))[:100]
                    )


def schemas_served(server: Server) -> Iterator[Failure]:
    shapes = server.contract["components"]["schemas"]
    for one in server.get(f"{BASE}/schemas").object()["items"]:
        answer = server.get(place(one["url"]))
        schema = answer.object()
        promised = shapes.get(f"{one['name'].title().replace('-', '')}Shape", {}).get("properties", {})
        missing = [name for name in promised if name not in schema.get("properties", {})]
        if answer.kind != "application/schema+json":
            yield answer.failure("application/schema+json")
        elif missing:
            yield answer.failure(f"the fields of a {one['name']}", f"none of the name {', '.join(missing)}")


CHECKS = (
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
        "'total' of each list is as many as all its pages have; following 'next' shows each item once.",
        "promise: total and next of a list",
    ),
    Check(
        "plain.reading",
        reading,
        "What is read alone has the values that its list has.",
        "promise: fields keep their meaning",
    ),
    Check(
        "plain.schemas-served",
        schemas_served,
        "The JSON Schemas of the resources stay where they are and have every field that was released.",
        "promise: /api/v1/schemas",
    ),
)
