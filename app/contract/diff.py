"""Two OpenAPI documents in, what changed for a client out: operations, parameters, bodies, answers, headers."""

import re
from collections.abc import Iterator
from typing import Any

from app.contract.change import Change, Document, Json
from app.contract.schemas import Schemas

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BRACES = re.compile(r"\{[^}]*\}")


def diff(old: Json, new: Json) -> list[Change]:
    """What breaks a client first. Raises ValueError for what is no OpenAPI document."""
    found = _Diff(Document(old), Document(new)).changes()
    return sorted(dict.fromkeys(found), key=lambda change: (change.kind != "breaking", change.where, change.what))


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
            for name in ("style", "explode"):
                if was.get(name) != is_now.get(name):
                    yield Change("breaking", where, f"{name} is {is_now.get(name)}, was {was.get(name)}")
            yield from self._schemas.compare(was.get("schema"), is_now.get("schema"), where, "request")
        for key in after.keys() - before.keys():
            is_now = after[key]
            needed = bool(is_now.get("required"))
            where = f"{old['where']} parameter {is_now['name']} ({is_now['in']})"
            said = "is new and required" if needed else "is new"
            yield Change("breaking" if needed else "compatible", where, said)

    def _body(self, old: Json, new: Json) -> Iterator[Change]:
        was, is_now = self._old.resolve(old.get("requestBody")), self._new.resolve(new.get("requestBody"))
        where = f"{old['where']} body"
        if was and not is_now:
            yield Change("breaking", where, "is not taken any more")
        needed = bool(is_now and is_now.get("required"))
        if needed and not (was and was.get("required")):
            yield Change("breaking", where, "is required now")
        elif is_now and not was:
            yield Change("compatible", where, "is new")
        if was and is_now:
            yield from self._content(was, is_now, where, "request")

    def _content(self, old: Json, new: Json, where: str, direction: Any) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for kind in before:
            at = f"{where} {kind}"
            if kind not in after:
                yield Change("breaking", at, "was removed")
            else:
                old_schema, new_schema = before[kind].get("schema"), after[kind].get("schema")
                yield from self._schemas.compare(old_schema, new_schema, at, direction)
        for kind in after.keys() - before.keys():
            yield Change("compatible", f"{where} {kind}", "is new")

    def _answers(self, old: Json, new: Json) -> Iterator[Change]:
        before, after = old.get("responses", {}), new.get("responses", {})
        for status in before:
            where = f"{old['where']} {status}"
            if status not in after:
                # an error that there is no more is one thing less to be ready for
                yield Change("compatible" if status[0] in "45" else "breaking", where, "was removed")
                continue
            was, is_now = self._old.resolve(before[status]), self._new.resolve(after[status])
            yield from self._content(was, is_now, where, "response")
            yield from self._headers(was.get("headers", {}), is_now.get("headers", {}), where)
        for status in after.keys() - before.keys():
            yield Change("compatible", f"{old['where']} {status}", "is new")

    def _headers(self, old: Json, new: Json, where: str) -> Iterator[Change]:
        """Names of headers are the same in upper and lower case (RFC 9110, 5.1)."""
        before, after = ({name.lower(): (name, one) for name, one in given.items()} for given in (old, new))
        for key, (name, given) in before.items():
            at = f"{where} header {name}"
            if key not in after:
                yield Change("breaking", at, "was removed")
                continue
            was, is_now = self._old.resolve(given), self._new.resolve(after[key][1])
            if was.get("required") and not is_now.get("required"):
                yield Change("breaking", at, "may be missing now")
            yield from self._schemas.compare(was.get("schema"), is_now.get("schema"), at, "response")
        for key in after.keys() - before.keys():
            yield Change("compatible", f"{where} header {after[key][0]}", "is new")


def _operations(document: Document) -> dict[tuple[str, str], Json]:
    """(method, path without the names of its parameters) -> the operation, with those of its path and its `where`."""
    found = {}
    for path, given in (document.document.get("paths") or {}).items():
        item = document.resolve(given)
        for method in _METHODS:
            if method in item:
                operation = item[method]
                parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
                where = f"{method.upper()} {path}"
                names = _BRACES.findall(path)
                more = {"where": where, "parameters": parameters, "names": names}
                found[(method, _BRACES.sub("{}", path))] = {**operation, **more}
    return found


def _parameters(document: Document, operation: Json) -> dict[tuple[str, str], Json]:
    """Those in the path are known by their place."""
    found = {}
    for given in operation["parameters"]:
        one = document.resolve(given)
        name = f"{{{one['name']}}}"
        place = one["name"]
        if one["in"] == "path" and name in operation["names"]:
            place = str(operation["names"].index(name))
        found[(one["in"], place.lower() if one["in"] == "header" else place)] = one
    return found
