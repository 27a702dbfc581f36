"""Two OpenAPI documents in, what changed for a client out: operations, parameters, bodies, answers, headers."""

import re
from collections.abc import Iterator
from typing import Any

from app.contract.change import Change, Document, Json, part
from app.contract.schemas import Schemas

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BRACES = re.compile(r"\{[^}]*\}")


def diff(old: Json, new: Json) -> list[Change]:
    """What breaks a client first. Raises ValueError for what is no OpenAPI document."""
    try:
        found = dict.fromkeys(_Diff(Document(old), Document(new)).changes())
    except RecursionError:
        raise ValueError("a schema contains itself in a way that is not followed") from None
    return sorted(found, key=lambda change: (change.kind != "breaking", change.where, change.what))


class _Diff:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new, self._schemas = old, new, Schemas(old, new)

    def changes(self) -> Iterator[Change]:
        before, after = _operations(self._old), _operations(self._new)
        for key, old in before.items():
            if key not in after:
                yield Change("breaking", old["where"], "was removed")
                continue
            new = after[key]
            if new.get("deprecated") and not old.get("deprecated"):
                yield Change("compatible", old["where"], "is deprecated now")
            if old["security"] != new["security"]:
                free = not new["security"] or {} in new["security"]
                said = f"security is {new['security']}, was {old['security']}"
                yield Change("compatible" if free else "breaking", old["where"], said)
            yield from self._parameters(old, new)
            yield from self._body(old, new)
            yield from self._answers(old, new)
        for key in after.keys() - before.keys():
            yield Change("compatible", after[key]["where"], "is new")

    def _parameters(self, old: Json, new: Json) -> Iterator[Change]:
        before, after = _parameters(self._old, old), _parameters(self._new, new)
        for key, was in before.items():
            where = f"{old['where']} parameter {was['name']} ({was['in']})"
            if key not in after:
                yield Change("breaking", where, "was removed")
                continue
            is_now = after[key]
            if bool(was.get("required")) != bool(is_now.get("required")):
                needed = bool(is_now.get("required"))
                said = "is required now" if needed else "is optional now"
                yield Change("breaking" if needed else "compatible", where, said)
            if is_now.get("deprecated") and not was.get("deprecated"):
                yield Change("compatible", where, "is deprecated now")
            for name, one, other in zip(("style", "explode"), _written(was), _written(is_now), strict=True):
                if one != other:
                    yield Change("breaking", where, f"{name} is {other}, was {one}")
            yield from self._schemas.compare(was.get("schema"), is_now.get("schema"), where, "request")
        for key in after.keys() - before.keys():
            is_now = after[key]
            needed = bool(is_now.get("required"))
            where = f"{old['where']} parameter {is_now['name']} ({is_now['in']})"
            said = "is new and required" if needed else "is new"
            yield Change("breaking" if needed else "compatible", where, said)

    def _body(self, old: Json, new: Json) -> Iterator[Change]:
        where = f"{old['where']} body"
        was, is_now = (
            document.part(one, "requestBody", where) if "requestBody" in one else None
            for document, one in ((self._old, old), (self._new, new))
        )
        if was is not None and is_now is None:
            yield Change("breaking", where, "is not taken any more")
        needed = bool(is_now and is_now.get("required"))
        if needed and not (was and was.get("required")):
            yield Change("breaking", where, "is required now")
        elif is_now is not None and was is None:
            yield Change("compatible", where, "is new")
        if was is not None and is_now is not None:
            yield from self._content(was, is_now, where, "request")

    def _content(self, old: Json, new: Json, where: str, direction: Any) -> Iterator[Change]:
        before, after = (part(one, "content", where) for one in (old, new))
        for kind in before:
            at = f"{where} {kind}"
            if kind not in after:
                yield Change("breaking", at, "was removed")
            else:
                old_schema, new_schema = (part(one, kind, where).get("schema") for one in (before, after))
                yield from self._schemas.compare(old_schema, new_schema, at, direction)
        for kind in after.keys() - before.keys():
            yield Change("compatible", f"{where} {kind}", "is new")

    def _answers(self, old: Json, new: Json) -> Iterator[Change]:
        before, after = (part(one, "responses", one["where"]) for one in (old, new))
        for status in before:
            where = f"{old['where']} {status}"
            if status not in after:
                # an error that there is no more is one thing less to be ready for
                yield Change("compatible" if status[0] in "45" else "breaking", where, "was removed")
                continue
            was, is_now = self._old.part(before, status, where), self._new.part(after, status, where)
            yield from self._content(was, is_now, where, "response")
            yield from self._headers(part(was, "headers", where), part(is_now, "headers", where), where)
        for status in after.keys() - before.keys():
            yield Change("compatible", f"{old['where']} {status}", "is new")

    def _headers(self, old: Json, new: Json, where: str) -> Iterator[Change]:
        """Names of headers are the same in upper and lower case (RFC 9110, 5.1)."""
        before, after = ({name.lower(): (name, one) for name, one in given.items()} for given in (old, new))
        for key, (name, _) in before.items():
            at = f"{where} header {name}"
            if key not in after:
                yield Change("breaking", at, "was removed")
                continue
            was, is_now = self._old.part(old, name, at), self._new.part(new, after[key][0], at)
            if was.get("required") and not is_now.get("required"):
                yield Change("breaking", at, "may be missing now")
            yield from self._schemas.compare(was.get("schema"), is_now.get("schema"), at, "response")
        for key in after.keys() - before.keys():
            yield Change("compatible", f"{where} header {after[key][0]}", "is new")


def _operations(document: Document) -> dict[tuple[str, str], Json]:
    """(method, path without the names of its parameters) -> the operation, with those of its path, its `where` and who
    may ask."""
    found = {}
    for path in part(document.document, "paths", "the document"):
        item = document.part(document.document["paths"], path, "the paths")
        for method in _METHODS:
            if method in item:
                where = f"{method.upper()} {path}"
                operation = part(item, method, where)
                parameters = [*_listed(item, "parameters", where), *_listed(operation, "parameters", where)]
                security = operation.get("security", document.document.get("security")) or []
                more = {"where": where, "parameters": parameters, "names": _BRACES.findall(path), "security": security}
                found[(method, _BRACES.sub("{}", path))] = {**operation, **more}
    return found


def _listed(holder: Json, name: str, where: str) -> list[Any]:
    found = holder.get(name, [])
    if not isinstance(found, list):
        raise ValueError(f"{where}: '{name}' is {str(found)[:80]!r}, expected an array")
    return found


def _written(parameter: Json) -> tuple[str, bool]:
    """How several values are written (https://spec.openapis.org/oas/v3.1.1.html#style-values)."""
    style = parameter.get("style", _STYLES.get(parameter["in"], "form"))
    return style, bool(parameter.get("explode", style == "form"))


def _parameters(document: Document, operation: Json) -> dict[tuple[str, str], Json]:
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
