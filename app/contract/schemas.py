"""Two JSON Schemas in, what changed for a client out (https://json-schema.org/draft/2020-12/json-schema-validation).

In an answer a client relies on everything that was said: what is wider there breaks it. In a request it relies on
everything that was taken: what is narrower there breaks it.
"""

from collections.abc import Iterator
from typing import Any

from app.contract.change import Change, Direction, Document, Json

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SHARED = "#/components/schemas/"
_ALL_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))


class Schemas:
    """Compares schemas of an old and of a new document."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._within: set[tuple[str, str, Direction]] = set()
        self._unchanged = _unchanged(old.document, new.document)

    def compare(self, old: Any, new: Any, where: str, direction: Direction) -> Iterator[Change]:
        pair = (_name(old), _name(new), direction)
        if all(pair[:2]):
            if old == new and pair[0] in self._unchanged:
                return  # most of two documents is the same
            if pair in self._within:
                return  # it contains itself
            self._within.add(pair)
        try:
            before, after = flat(self._old, old), flat(self._new, new)
            yield from self._types(before, after, where, direction)
            yield from _values(before, after, where, direction)
            yield from _limits(before, after, where, direction)
            yield from self._properties(before, after, where, direction)
            yield from self._items(before, after, where, direction)
            yield from self._variants(before, after, where, direction)
        finally:
            self._within.discard(pair)

    def _types(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = _types(old), _types(new)
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

    def _properties(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in before:
            at = f"{where}.{name}"
            if name not in after:
                yield Change("breaking", at, "was removed")
                continue
            if name in needed - needs:
                yield _wider(direction, at, "may be missing now")
            if name in needs - needed:
                yield _narrower(direction, at, "is required now")
            yield from self.compare(before[name], after[name], at, direction)
        for name in after.keys() - before.keys():
            needed_now = direction == "request" and name in needs
            said = "is new and required" if needed_now else "is new"
            yield Change("breaking" if needed_now else "compatible", f"{where}.{name}", said)
        was, is_now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(was, dict) and isinstance(is_now, dict):
            yield from self.compare(was, is_now, f"{where}.*", direction)
        elif (was is False) != (is_now is False):
            tell = _narrower if is_now is False else _wider
            if direction == "request":  # in an answer a client passes by what it does not know
                yield tell(direction, where, f"other fields are {'refused' if is_now is False else 'taken'} now")

    def _items(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        if "items" in old and "items" in new:
            yield from self.compare(old["items"], new["items"], f"{where}[]", direction)
        elif "items" in old and "array" in _types(new):
            yield _wider(direction, f"{where}[]", "may be anything now")
        elif "items" in new and "array" in _types(old):
            yield _narrower(direction, f"{where}[]", "was anything before")

    def _variants(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """`anyOf` and `oneOf`: alternatives of the same name, or else in the same place, are compared."""
        before, after = _alternatives(old), _alternatives(new)
        if not before or not after:
            if before:
                yield _wider(direction, where, "is none of the known alternatives any more")
            elif after:
                yield _narrower(direction, where, "is one of several alternatives now")
            return
        for name, alternative in before.items():
            if name in after:
                yield from self.compare(alternative, after[name], f"{where}<{name}>", direction)
            else:
                yield _narrower(direction, where, f"the alternative {name} was removed")
        for name in after.keys() - before.keys():
            yield _wider(direction, where, f"the alternative {name} is new")


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


def flat(document: Document, schema: Any) -> Json:
    """A schema with its references, `allOf`, `nullable` and lone alternatives resolved; `true` is one without rules."""
    schema = document.resolve(schema)
    if schema is False:
        return {"type": []}
    if not isinstance(schema, dict):
        return {}
    made = {name: value for name, value in schema.items() if name != "allOf"}
    for part in schema.get("allOf", ()):
        one = flat(document, part)
        made = {
            **one,
            **made,
            "properties": {**one.get("properties", {}), **made.get("properties", {})},
            "required": [*one.get("required", ()), *made.get("required", ())],
        }
    if made.pop("nullable", False) and "type" in made:
        made["type"] = [*_listed(made["type"]), "null"]
    for keyword in ("anyOf", "oneOf"):
        if keyword in made:
            given = [flat(document, one) for one in made[keyword]]
            others = [raw for raw, one in zip(made[keyword], given, strict=True) if one.get("type") != "null"]
            if len(others) < len(given) and len(others) == 1:
                kept = {name: value for name, value in made.items() if name != keyword}
                only = {**flat(document, others[0]), **kept}
                made = {**only, "type": sorted({*_types(only), "null"})}
                if "enum" in made or "const" in made:
                    made["enum"] = [*_enum(made), None]
    return made


def _values(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    """`enum`, and `const` as an `enum` of one."""
    before, after = _enum(old), _enum(new)
    if not before or not after:
        if before:
            yield _wider(direction, where, "is not one of the listed values any more")
        elif after:
            yield _narrower(direction, where, "is one of a list of values now")
        return
    for value in after:
        if value not in before:
            yield _wider(direction, where, f"the value {value!r} is new")
    for value in before:
        if value not in after:
            yield _narrower(direction, where, f"the value {value!r} was removed")


def _limits(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    for name in (*_LOWER, *_UPPER, "pattern"):
        was, is_now = old.get(name), new.get(name)
        if was == is_now:
            continue
        said = f"{name} is {_or_none(is_now)}, was {_or_none(was)}"
        if name == "pattern" and was is not None and is_now is not None:
            yield Change("breaking", where, said)
        elif is_now is None or (was is not None and (is_now < was) == (name in _LOWER)):
            yield _wider(direction, where, said)
        else:
            yield _narrower(direction, where, said)


def _wider(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "response" else "compatible", where, what)


def _narrower(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "request" else "compatible", where, what)


def _types(schema: Json) -> frozenset[str]:
    kinds = frozenset(_listed(schema["type"])) if "type" in schema else _ALL_TYPES
    return kinds | {"integer"} if "number" in kinds else kinds


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _told(kinds: frozenset[str]) -> str:
    return "anything" if kinds == _ALL_TYPES else " or ".join(sorted(kinds)) or "nothing"


def _enum(schema: Json) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _or_none(value: Any) -> str:
    return "none" if value is None else str(value)


def _name(schema: Any) -> str:
    return str(schema.get("$ref", "")) if isinstance(schema, dict) else ""


def _alternatives(schema: Json) -> dict[str, Any]:
    given = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    return {_alternative(one, place): one for place, one in enumerate(given, 1)}


def _alternative(schema: Any, place: int) -> str:
    known = schema if isinstance(schema, dict) else {}
    kind = known.get("type")
    return _name(schema).rpartition("/")[2] or known.get("title") or (kind if isinstance(kind, str) else str(place))
