"""Finds the endpoint of a FHIR address: a tree of its parts, as the framework's list of patterns, tried one after the
other, took longer than a read from the database.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

Endpoint = Callable[[Request], Awaitable[Response]]


class Route(NamedTuple):
    """`path` has `{name}` for a part that may be anything."""

    path: str
    endpoint: Endpoint
    methods: tuple[str, ...]


class Found(NamedTuple):
    endpoint: Endpoint | None
    """None: the address is known, but not with this method."""
    parameters: dict[str, str]
    allowed: tuple[str, ...]


class Routes:
    def __init__(self, routes: Iterable[Route]) -> None:
        self._tree: dict[str, Any] = {}
        for route in routes:
            branch = self._tree
            names = []
            for part in route.path.split("/")[1:]:
                if part.startswith("{"):
                    names.append(part[1:-1])
                branch = branch.setdefault("*" if part.startswith("{") else f"/{part}", {})
            for method in route.methods:
                branch.setdefault("", {})[method] = (route.endpoint, tuple(names))

    def find(self, method: str, path: str) -> Found | None:
        """None for an address that there is not. A part that is written out goes before one that may be anything."""
        found = _walk(self._tree, path.split("/")[1:], 0, ())
        if found is None:
            return None
        methods, values = found
        endpoint, names = methods.get(method, (None, ()))
        return Found(endpoint, dict(zip(names, values, strict=True)) if endpoint else {}, tuple(methods))


def _walk(
    branch: dict[str, Any], parts: list[str], at: int, values: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    if at == len(parts):
        return (branch[""], values) if "" in branch else None
    written = branch.get(f"/{parts[at]}")
    found = _walk(written, parts, at + 1, values) if written is not None else None
    if found is None and parts[at] and "*" in branch:
        return _walk(branch["*"], parts, at + 1, (*values, parts[at]))
    return found
