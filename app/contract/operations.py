"""An OpenAPI document in, its operations and their parts out, written one way: what stands at the path or the document
as well, and without words (https://spec.openapis.org/oas/v3.1.1.html). Raises ValueError for what is none of these.
"""

import re
from collections.abc import Callable, Hashable
from typing import Any

from app.contract.change import Document, Json, part
from app.contract.flat import is_word

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BRACES = re.compile(r"\{[^}]*\}")


def operations_of(document: Document) -> dict[tuple[str, str], Json]:
    """(method, path without the names of its parameters) -> the operation, with what stands at its path, its `where`
    and who may ask."""
    found: dict[tuple[str, str], Json] = {}
    for path in part(document.document, "paths", "the document"):
        if path.startswith("x-"):
            continue
        item = document.part(document.document["paths"], path, "the paths")
        beside = {name: value for name, value in item.items() if name not in _METHODS}
        for method in _METHODS:
            if method in item:
                where = f"{method.upper()} {path}"
                key = (method, _BRACES.sub("{}", path))
                if key in found:
                    raise ValueError(f"{where} is {found[key]['where']} as well")
                operation = part(item, method, where)
                parameters = [*_listed(item, "parameters", where), *_listed(operation, "parameters", where)]
                security = operation.get("security", document.document.get("security", []))
                more = {"where": where, "parameters": parameters, "names": _BRACES.findall(path), "security": security}
                found[key] = {**beside, **operation, **more}
    return found


def parameters_of(document: Document, operation: Json) -> dict[tuple[str, str], Json]:
    """Those in the path are known by their place."""
    found = {}
    for given in operation["parameters"]:
        one = document.resolve(given)
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or not isinstance(one.get("in"), str):
            raise ValueError(f"{operation['where']}: a parameter is {str(one)[:80]!r}, expected 'name' and 'in'")
        name = f"{{{one['name']}}}"
        place = one["name"]
        if one["in"] == "path" and name in operation["names"]:
            place = str(operation["names"].index(name))
        found[(one["in"], place.lower() if one["in"] == "header" else place)] = one
    return found


def way_of_writing(parameter: Json) -> tuple[str, bool]:
    """How several values are written (https://spec.openapis.org/oas/v3.1.1.html#style-values)."""
    style = parameter.get("style", _STYLES.get(parameter["in"], "form"))
    return style, bool(parameter.get("explode", style == "form"))


def servers_of(document: Document, operation: Json) -> list[Any]:
    """An operation's own, else those of the document."""
    found = _listed(operation, "servers", "an operation") or _listed(document.document, "servers", "the document")
    return [without_words(one, set()) if isinstance(one, dict) else one for one in found] or [{"url": "/"}]


def who_may_ask(
    document: Document, operation: Json, plain: Callable[[Document, Any], Hashable]
) -> dict[frozenset[Hashable], Json]:
    """What each alternative asks for: schemes, as they are defined, and scopes; nothing of whoever is let in."""
    where = operation["where"]
    schemes = part(part(document.document, "components", "the document"), "securitySchemes", "the components")
    found = {}
    for one in _listed(operation, "security", where) or [{}]:
        asked: list[Hashable] = []
        for name in one if isinstance(one, dict) else ():
            scheme = plain(
                document, without_words(document.part(schemes, name, where), set()) if name in schemes else name
            )
            asked += [scheme, *((scheme, str(scope)) for scope in _listed(one, name, where))]
        found[frozenset(asked)] = one
    return found


def responses_of(operation: Json) -> Json:
    found = part(operation, "responses", operation["where"])
    return {str(status): one for status, one in found.items() if not str(status).startswith("x-")}


def without_words(holder: Json, compared: set[str]) -> Json:
    """What is neither said in words nor compared already, nor says only that something is not so."""
    return {
        name: _bare(value)
        for name, value in holder.items()
        if not is_word(name) and name not in compared and value is not False
    }


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        words = ("description", "summary")
        return {name: _bare(one) for name, one in value.items() if not (name in words and isinstance(one, str))}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _listed(holder: Json, name: str, where: str) -> list[Any]:
    found = holder.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"{where}: '{name}' is {str(found)[:80]!r}, expected an array")
    return found
