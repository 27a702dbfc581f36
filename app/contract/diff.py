"""Two OpenAPI documents in, what changed for a client out: operations, parameters, bodies, answers, headers.

What differs and is compared by none of these is told as breaking (https://spec.openapis.org/oas/v3.1.1.html).
"""

from collections.abc import Iterator
from typing import Any

from app.contract.change import Change, Direction, Document, Json, part
from app.contract.operations import (
    operations_of,
    parameters_of,
    responses_of,
    servers_of,
    way_of_writing,
    who_may_ask,
    without_words,
)
from app.contract.schemas import Schemas, not_compared

_DOCUMENT = {"openapi", "info", "paths", "components", "security", "servers", "tags"}
_OPERATION = {"where", "names", "parameters", "requestBody", "responses", "security", "servers", "deprecated"}
_OPERATION |= {"tags", "operationId"}
_PARAMETER = {"name", "in", "required", "deprecated", "style", "explode", "schema", "content"}


def diff(old: Json, new: Json) -> list[Change]:
    """What breaks a client first. Raises ValueError for what is no OpenAPI document."""
    documents = Document(old), Document(new)
    for one in (old, new):
        if not str(one["openapi"]).startswith(
            "3.1."
        ):  # `nullable`, `exclusiveMinimum` and what is beside `$ref` differ
            raise ValueError(f"OpenAPI {one['openapi']} is not compared: expected 3.1")
    try:
        found = dict.fromkeys(_Diff(*documents).changes())
    except RecursionError:
        raise ValueError("a schema contains itself in a way that is not followed") from None
    return sorted(found, key=lambda change: (change.kind != "breaking", change.where, change.what))


class _Diff:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new, self._schemas = old, new, Schemas(old, new)

    def changes(self) -> Iterator[Change]:
        before, after = operations_of(self._old), operations_of(self._new)
        shared = servers_of(self._old, {}), servers_of(self._new, {})
        yield from self._servers(*shared, "the document")
        yield from self._others(self._old.document, self._new.document, _DOCUMENT, "the document")
        for key, old in before.items():
            if key not in after:
                yield Change("breaking", old["where"], "was removed")
                continue
            new, where = after[key], old["where"]
            yield from _deprecated(old, new, where)
            yield from self._security(old, new)
            servers = servers_of(self._old, old), servers_of(self._new, new)
            if servers != shared:
                yield from self._servers(*servers, where)
            yield from self._parameters(old, new)
            yield from self._body(old, new)
            yield from self._answers(old, new)
            yield from self._others(old, new, _OPERATION, where)
        for key in after.keys() - before.keys():
            yield Change("compatible", after[key]["where"], "is new")

    def _others(self, old: Json, new: Json, compared: set[str], where: str) -> Iterator[Change]:
        """What none of the comparisons knows."""
        plain = self._schemas.meanings.plain
        one, other = ({**without_words(given, compared)} for given in (old, new))
        differing = [
            name
            for name in sorted(one.keys() | other.keys())
            if plain(self._old, one.get(name)) != plain(self._new, other.get(name))
        ]
        if differing:
            yield not_compared(differing, where)

    def _servers(self, old: list[Any], new: list[Any], where: str) -> Iterator[Change]:
        if any(one not in new for one in old):
            yield Change("breaking", where, f"the servers are {new}, were {old}")
        elif any(one not in old for one in new):
            yield Change("compatible", where, f"has more servers: {new}, were {old}")

    def _security(self, old: Json, new: Json) -> Iterator[Change]:
        """Whoever might ask may ask still, if one of the alternatives asks for no more than theirs."""
        plain = self._schemas.meanings.plain
        before, after = who_may_ask(self._old, old, plain), who_may_ask(self._new, new, plain)
        if before.keys() != after.keys():
            free = all(any(needed <= given for needed in after) for given in before)
            said = f"security is {[*after.values()]}, was {[*before.values()]}"
            yield Change("compatible" if free else "breaking", old["where"], said)

    def _parameters(self, old: Json, new: Json) -> Iterator[Change]:
        before, after = parameters_of(self._old, old), parameters_of(self._new, new)
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
            yield from _deprecated(was, is_now, where)
            yield from self._value(was, is_now, where, "request")
        for key in after.keys() - before.keys():
            is_now = after[key]
            needed = bool(is_now.get("required"))
            where = f"{old['where']} parameter {is_now['name']} ({is_now['in']})"
            said = "is new and required" if needed else "is new"
            yield Change("breaking" if needed else "compatible", where, said)

    def _value(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """Of a parameter or a header: by a schema, or as a media type."""
        for name, one, other in zip(("style", "explode"), way_of_writing(old), way_of_writing(new), strict=True):
            if one != other:
                yield Change("breaking", where, f"{name} is {other}, was {one}")
        if ("content" in old) != ("content" in new):
            yield Change("breaking", where, f"has '{'content' if 'content' in new else 'schema'}' now, had the other")
        elif "content" in old:
            yield from self._content(old, new, where, direction)
        else:
            yield from self._schemas.compare(old.get("schema"), new.get("schema"), where, direction)
        yield from self._others(old, new, _PARAMETER, where)

    def _body(self, old: Json, new: Json) -> Iterator[Change]:
        where = f"{old['where']} body"
        was, is_now = (
            document.part(one, "requestBody", where) if "requestBody" in one else None
            for document, one in ((self._old, old), (self._new, new))
        )
        was_needed, needed = (bool(one and one.get("required")) for one in (was, is_now))
        if was is not None and is_now is None:
            yield Change("breaking", where, "is not taken any more")
        elif needed != was_needed:
            yield Change(
                "breaking" if needed else "compatible", where, f"is {'required' if needed else 'optional'} now"
            )
        elif is_now is not None and was is None:
            yield Change("compatible", where, "is new")
        if was is not None and is_now is not None:
            yield from self._content(was, is_now, where, "request")
            yield from self._others(was, is_now, {"content", "required"}, where)

    def _content(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = part(old, "content", where), part(new, "content", where)
        for kind in before:
            at = f"{where} {kind}"
            if kind not in after:
                yield Change("breaking", at, "was removed")
                continue
            was, is_now = part(before, kind, where), part(after, kind, where)
            yield from self._schemas.compare(was.get("schema"), is_now.get("schema"), at, direction)
            yield from self._others(was, is_now, {"schema"}, at)
        for kind in after.keys() - before.keys():
            yield Change("compatible", f"{where} {kind}", "is new")

    def _answers(self, old: Json, new: Json) -> Iterator[Change]:
        """A status that is not listed is that of its class (`2XX`), else `default`."""
        before, after = responses_of(old), responses_of(new)
        for status in dict.fromkeys((*before, *after)):
            where = f"{old['where']} {status}"
            known, stays = _listed_as(before, status), _listed_as(after, status)
            if known is None:
                yield Change("compatible" if status[0] in "45" else "breaking", where, "is new")
            elif stays is None and (status[0] in "45" or any(_listed_as(before, one) == status for one in after)):
                # an error that there is no more is one thing less to be ready for, as are others of a class
                yield Change("compatible", where, "was removed")
            elif stays is None:
                yield Change("breaking", where, "was removed")
            else:
                was, is_now = self._old.part(before, known, where), self._new.part(after, stays, where)
                yield from self._content(was, is_now, where, "response")
                yield from self._headers(part(was, "headers", where), part(is_now, "headers", where), where)
                yield from self._others(was, is_now, {"content", "headers"}, where)

    def _headers(self, old: Json, new: Json, where: str) -> Iterator[Change]:
        """Names of headers are the same in upper and lower case (RFC 9110, 5.1)."""
        before, after = ({name.lower(): (name, one) for name, one in given.items()} for given in (old, new))
        for key, (name, _) in before.items():
            at = f"{where} header {name}"
            if key not in after:
                yield Change("breaking", at, "was removed")
                continue
            was, is_now = self._old.part(old, name, at), self._new.part(new, after[key][0], at)
            if bool(was.get("required")) != bool(is_now.get("required")):
                missing = bool(was.get("required"))
                said = "may be missing now" if missing else "is always there now"
                yield Change("breaking" if missing else "compatible", at, said)
            yield from _deprecated(was, is_now, at)
            yield from self._value({"in": "header", **was}, {"in": "header", **is_now}, at, "response")
        for key in after.keys() - before.keys():
            yield Change("compatible", f"{where} header {after[key][0]}", "is new")


def _deprecated(old: Json, new: Json, where: str) -> Iterator[Change]:
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        yield Change("compatible", where, f"is {'' if new.get('deprecated') else 'not '}deprecated now")


def _listed_as(responses: Json, status: str) -> str | None:
    return next((one for one in (status, f"{status[0]}XX", "default") if one in responses), None)
