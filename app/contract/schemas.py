"""Two JSON Schemas in, what changed for a client out (https://json-schema.org/draft/2020-12/json-schema-validation).

In an answer a client relies on everything that was said: what is wider there breaks it. In a request it relies on
everything that was taken: what is narrower there breaks it. A keyword that is not understood here and changed breaks
either: it is never passed by in silence.
"""

from collections.abc import Iterator
from typing import Any

from app.contract.change import Change, Direction, Document, Json
from app.contract.flat import ALL_TYPES, flat, listed, same, types_of

_COUNTS = ("minLength", "minItems", "minProperties", "maxLength", "maxItems", "maxProperties")
_SHARED = "#/components/schemas/"
_COMPARED = {*_COUNTS, "type", "enum", "properties", "required", "additionalProperties", "patternProperties", "items"}
_COMPARED |= {"anyOf", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "default"}
_COMPARED |= {"deprecated"}
_SAYS_NOTHING = {"title", "description", "example", "examples", "discriminator", "externalDocs", "xml", "readOnly"}
_SAYS_NOTHING |= {"writeOnly", "$id", "$schema", "$comment", "$defs", "$anchor", "contentMediaType", "contentEncoding"}
_ANYTHING: Json = {}


class Schemas:
    """Compares schemas of an old and of a new document."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._seen: dict[tuple[Any, Any], Any] = {}
        """The schemas themselves too: what is gone may leave its `id` to another."""
        self._unchanged = _unchanged(old.document, new.document)

    def compare(self, old: Any, new: Any, where: str, direction: Direction) -> Iterator[Change]:
        """A pair of schemas that is reached more than once is told where it is reached first: they may contain
        themselves. Raises ValueError."""
        self._seen.clear()
        yield from self._compare(old, new, where, direction)

    def _compare(self, old: Any, new: Any, where: str, direction: Direction) -> Iterator[Change]:
        pair = (_name(old) or id(old), _name(new) or id(new))
        if pair in self._seen or (old == new and pair[0] in self._unchanged):  # most of two documents is the same
            return
        self._seen[pair] = old, new
        before, after = flat(self._old, old), flat(self._new, new)
        yield from self._types(before, after, where, direction)
        if ("anyOf" in before) == ("anyOf" in after):
            yield from _values(before, after, where, direction)
            yield from self._limits(before, after, where, direction)
            yield from self._properties(before, after, where, direction)
            yield from self._items(before, after, where, direction)
            yield from _others(before, after, where)
        yield from self._variants(before, after, where, direction)

    def _types(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = types_of(self._old, old), types_of(self._new, new)
        if before != after and ALL_TYPES in (before, after):
            tell = _wider if after == ALL_TYPES else _narrower
            yield tell(direction, where, f"may be {_told(after)} now, was {_told(before)}")
        else:
            for kind in sorted(after - before):
                yield _wider(direction, where, f"may be {kind} now, was {_told(before)}")
            for kind in sorted(before - after):
                yield _narrower(direction, where, f"cannot be {kind} any more, is {_told(after)}")
        was, is_now = old.get("format"), new.get("format")
        if was != is_now and was is not None:
            if is_now is not None:
                yield Change("breaking", where, f"the format is {is_now}, was {was}")
            else:
                yield _wider(direction, where, f"the format {was} is not promised any more")
        elif was != is_now:
            yield _narrower(direction, where, f"the format is {is_now}, was none")
        if direction == "request" and "default" in old and old.get("default") != new.get("default"):
            yield Change("breaking", where, f"the default is {new.get('default')!r}, was {old['default']!r}")
        if new.get("deprecated") and not old.get("deprecated"):
            yield Change("compatible", where, "is deprecated now")

    def _properties(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            yield Change("breaking", f"{where}.{name}", "was removed")
        for name in after.keys() - before.keys():
            needed_now = direction == "request" and name in needs
            said = "is new and required" if needed_now else "is new"
            yield Change("breaking" if needed_now else "compatible", f"{where}.{name}", said)
        one_sided = before.keys() ^ after.keys()
        for name in sorted(needed - needs - one_sided):
            yield _wider(direction, f"{where}.{name}", "may be missing now")
        for name in sorted(needs - needed - one_sided):
            yield _narrower(direction, f"{where}.{name}", "is required now")
        for name in before:
            if name in after:
                yield from self._compare(before[name], after[name], f"{where}.{name}", direction)
        yield from self._others_named(old, new, where, direction)

    def _others_named(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """Fields that are not listed: by a pattern of their names, and all others."""
        before, after = old.get("patternProperties", {}), new.get("patternProperties", {})
        for pattern in dict.fromkeys((*before, *after)):
            pair = before.get(pattern, _ANYTHING), after.get(pattern, _ANYTHING)
            yield from self._compare(*pair, f"{where}.{pattern}", direction)
        was, is_now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if (was is False) != (is_now is False):
            tell = _narrower if is_now is False else _wider
            if direction == "request":  # in an answer a client passes by what it does not know
                yield tell(direction, where, f"other fields are {'refused' if is_now is False else 'taken'} now")
        elif isinstance(was, dict) or isinstance(is_now, dict):
            yield from self._compare(was, is_now, f"{where}.*", direction)

    def _items(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        lists = "array" in types_of(self._old, old) and "array" in types_of(self._new, new)
        if lists and ("items" in old or "items" in new):
            pair = old.get("items", _ANYTHING), new.get("items", _ANYTHING)
            yield from self._compare(*pair, f"{where}[]", direction)

    def _limits(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        bounds = [(name, old.get(name), new.get(name), name[:3] == "min") for name in _COUNTS]
        bounds += [("minimum", _least(old), _least(new), True), ("maximum", _most(old), _most(new), False)]
        for name, was, is_now, lower in bounds:
            if was == is_now:
                continue
            said = f"{name} is {_bound(is_now)}, was {_bound(was)}"
            wider = is_now is None or (was is not None and (is_now < was) == lower)
            yield (_wider if wider else _narrower)(direction, where, said)
        was, is_now = old.get("pattern"), new.get("pattern")
        if was != is_now and was is not None and is_now is not None:
            yield Change("breaking", where, f"pattern is {is_now}, was {was}")
        elif was != is_now:
            yield (_wider if is_now is None else _narrower)(direction, where, f"pattern is {is_now}, was {was}")

    def _variants(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """The alternatives of `anyOf`; a schema beside one with alternatives is one for each of its types."""
        if "anyOf" not in old and "anyOf" not in new:
            return
        before, after = self._alternatives(self._old, old), self._alternatives(self._new, new)
        pairs, before, after = self._paired(before, after)
        for name, was, is_now in pairs:
            yield from self._compare(was, is_now, f"{where}<{name}>", direction)
        for one in before:
            yield _narrower(direction, where, f"the alternative {_alternative(one)} was removed")
        for one in after:
            yield _wider(direction, where, f"the alternative {_alternative(one)} is new")

    def _alternatives(self, document: Document, schema: Json) -> list[Any]:
        """None of what may be anything: that is told by its type."""
        if "anyOf" in schema:
            return list(schema["anyOf"])
        kinds = types_of(document, schema)
        return [] if kinds == ALL_TYPES else [{**schema, "type": kind} for kind in listed(schema.get("type", [*kinds]))]

    def _paired(self, old: list[Any], new: list[Any]) -> tuple[list[tuple[str, Any, Any]], list[Any], list[Any]]:
        """Those that are equal, then those of one name or type in their order; and what is left of either."""
        if not old or not new:
            return [], [], []
        pairs: list[tuple[str, Any, Any]] = []
        left, rest = list(old), list(new)
        for alike in (
            lambda a, b: a == b,
            lambda a, b: _alternative(a) == _alternative(b),
            lambda a, b: flat(self._old, a) == flat(self._new, b),  # renamed
        ):
            for one in list(left):
                found = next((other for other in rest if alike(one, other)), None)
                if found is not None:
                    pairs.append((_alternative(one), one, found))
                    left.remove(one)
                    rest.remove(found)
        return pairs, left, rest


def _unchanged(old: Json, new: Json) -> set[str]:
    """References to shared schemas that are the same in both documents, and so is all that they reach."""
    before, after = ((one.get("components") or {}).get("schemas") or {} for one in (old, new))
    reached = {f"{_SHARED}{name}": set(references(one)) for name, one in before.items()}
    changed = {f"{_SHARED}{name}" for name, one in before.items() if one != after.get(name)}
    changed |= {place for names in reached.values() for place in names if place not in reached}  # elsewhere: not known
    found = changed
    while found:
        found = {place for place, names in reached.items() if place not in changed and not names.isdisjoint(found)}
        changed |= found
    return reached.keys() - changed


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in it."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from references(one)


def _values(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    before, after = old.get("enum", ()), new.get("enum", ())
    if not before or not after:
        if before:
            yield _wider(direction, where, "is not one of the listed values any more")
        elif after:
            yield _narrower(direction, where, "is one of a list of values now")
        return
    for value in after:
        if not any(same(value, one) for one in before):
            yield _wider(direction, where, f"the value {value!r} is new")
    for value in before:
        if not any(same(value, one) for one in after):
            yield _narrower(direction, where, f"the value {value!r} was removed")


def _others(old: Json, new: Json, where: str) -> Iterator[Change]:
    known = _COMPARED | _SAYS_NOTHING
    for name in sorted((old.keys() | new.keys()) - known):
        if not name.startswith("x-") and old.get(name) != new.get(name):
            yield Change("breaking", where, f"'{name}' changed, whose meaning is not compared")


def _least(schema: Json) -> tuple[float, int] | None:
    """The lower bound, and 1 where it is not itself allowed: of whole numbers that is the next one."""
    found = [(schema[name], place) for place, name in enumerate(("minimum", "exclusiveMinimum")) if name in schema]
    if not found:
        return None
    value, open_ = max(found)
    return (value + 1, 0) if open_ and _is_whole(schema, value) else (value, open_)


def _most(schema: Json) -> tuple[float, int] | None:
    """The upper bound, and -1 where it is not itself allowed."""
    found = [(schema[name], -place) for place, name in enumerate(("maximum", "exclusiveMaximum")) if name in schema]
    if not found:
        return None
    value, open_ = min(found)
    return (value - 1, 0) if open_ and _is_whole(schema, value) else (value, open_)


def _is_whole(schema: Json, value: float) -> bool:
    return {*listed(schema.get("type"))} <= {"integer", "null"} and float(value).is_integer()


def _bound(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{value[0]}{' (not itself)' if value[1] else ''}"
    return "none" if value is None else str(value)


def _wider(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "response" else "compatible", where, what)


def _narrower(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "request" else "compatible", where, what)


def _told(kinds: frozenset[str]) -> str:
    return "anything" if kinds == ALL_TYPES else " or ".join(sorted(kinds)) or "nothing"


def _name(schema: Any) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, dict) else ""


def _alternative(schema: Any) -> str:
    known = schema if isinstance(schema, dict) else {}
    kind = known.get("type")
    return _name(schema).rpartition("/")[2] or known.get("title") or (kind if isinstance(kind, str) else "unnamed")
