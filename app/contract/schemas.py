"""Two JSON Schemas in, what changed for a client out (https://json-schema.org/draft/2020-12/json-schema-validation).

In an answer a client relies on everything that was said: what is wider there breaks it. In a request it relies on
everything that was taken: what is narrower there breaks it. Only what says the same is passed by in silence: a
difference that none of the comparisons here tells is told as one that is not compared, and breaks either.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.contract.change import Change, Direction, Document, Json
from app.contract.flat import TYPE_OF_KEYWORD, key_of, reference_of
from app.contract.keywords import (
    compare_defaults,
    compare_deprecation,
    compare_formats,
    compare_patterns,
    compare_types,
    compare_values,
    comparing_bounds,
    narrower,
    wider,
)
from app.contract.meaning import Meanings

_BOUNDS: list[tuple[str, ...]] = [
    (f"{end}{what}",) for end in ("min", "max") for what in ("Length", "Items", "Properties")
]
_BOUNDS += [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")]
_ANYTHING: Json = {}


class Schemas:
    """Compares schemas of an old and of a new document."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self.meanings = Meanings(old, new)
        self._was, self._is_now = self.meanings.flats(old), self.meanings.flats(new)
        self._seen: dict[tuple[Any, Any], Any] = {}
        """The schemas themselves too: what is gone may leave its `id` to another."""
        self._passed = 0

    def compare(self, old: Any, new: Any, where: str, direction: Direction) -> Iterator[Change]:
        """A pair of schemas that is reached more than once is told where it is reached first: they may contain
        themselves. Raises ValueError."""
        self._seen.clear()
        yield from self._compare(old, new, where, direction)

    def _alike(self, old: Any, new: Any) -> bool:
        return self.meanings.number(self._old, old) == self.meanings.number(self._new, new)

    def _compare(self, old: Any, new: Any, where: str, direction: Direction) -> Iterator[Change]:
        if self._alike(old, new):
            return
        pair = key_of(old), key_of(new)
        if pair in self._seen:
            self._passed += 1
            return
        self._seen[pair] = old, new
        before, after = self._was.flat(old), self._is_now.flat(new)
        kinds = self._was.types(before), self._is_now.types(after)
        said = self.meanings.by_keyword(self._old, old), self.meanings.by_keyword(self._new, new)
        differing = [name for name in sorted(said[0].keys() | said[1].keys()) if said[0].get(name) != said[1].get(name)]
        at = (before, after, where, direction)
        told = [*compare_types(*kinds, where, direction)]
        yield from told
        if ("anyOf" in before) != ("anyOf" in after):
            compared = bool(told) or all(self._alternatives(before, after))
            yield from self._or_not_compared(self._variants(*at), () if compared else differing, where)
            return
        both = kinds[0] & kinds[1]
        differing = [
            name
            for name in differing
            if TYPE_OF_KEYWORD.get(name, "") in {*both, ""} and (name != "type" or not told)  # else told by the type
        ]
        comparisons: list[tuple[tuple[str, ...], Callable[..., Iterator[Change]]]] = [
            (("enum",), compare_values),
            (("format",), compare_formats),
            (("default",), compare_defaults),
            (("deprecated",), compare_deprecation),
            *((names, comparing_bounds(*names)) for names in _BOUNDS),
            (("pattern",), compare_patterns),
            (("properties", "required"), self._properties),
            (("patternProperties",), self._patterns),
            (("additionalProperties",), self._other_fields),
            (("items",), self._items),
            (("anyOf", "oneOf"), self._variants),
            (("discriminator",), self._discriminator),
            (("allOf",), self._parts),
        ]
        for names, compare in comparisons:
            of_these = [name for name in differing if name in names]
            if of_these:
                differing = [name for name in differing if name not in names]
                yield from self._or_not_compared(compare(*at), of_these, where)
        yield from self._or_not_compared((), differing, where)

    def _or_not_compared(self, changes: Iterable[Change], names: Iterable[str], where: str) -> Iterator[Change]:
        """The changes; where there are none, and none were told before, that these keywords differ."""
        passed, told = self._passed, False
        for change in changes:
            told = True
            yield change
        if names and not told and passed == self._passed:
            yield not_compared(names, where)

    def _properties(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            yield Change("breaking", f"{where}.{name}", "was removed")
        for name in after.keys() - before.keys():
            needed_now = direction == "request" and name in needs
            said = "is new and required" if needed_now else "is new"
            yield Change("breaking" if needed_now else "compatible", f"{where}.{name}", said)
            if isinstance(old.get("additionalProperties"), dict):  # it could be there already, as any name of a map
                yield from self._compare(old["additionalProperties"], after[name], f"{where}.{name}", direction)
        one_sided = before.keys() ^ after.keys()
        for name in sorted(needed - needs - one_sided):
            yield wider(direction, f"{where}.{name}", "may be missing now")
        for name in sorted(needs - needed - one_sided):
            yield narrower(direction, f"{where}.{name}", "is required now")
        for name in before:
            if name in after:
                yield from self._compare(before[name], after[name], f"{where}.{name}", direction)

    def _patterns(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        before, after = old.get("patternProperties", {}), new.get("patternProperties", {})
        for pattern in dict.fromkeys((*before, *after)):
            pair = before.get(pattern, _ANYTHING), after.get(pattern, _ANYTHING)
            yield from self._compare(*pair, f"{where}.{pattern}", direction)

    def _other_fields(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """Those that are not listed. In an answer a client passes by what it does not know, but it reads a map."""
        was, is_now = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if was is not False and is_now is not False:
            yield from self._compare(was, is_now, f"{where}.*", direction)
        elif direction == "request":
            tell = narrower if is_now is False else wider
            yield tell(direction, where, f"other fields are {'refused' if is_now is False else 'taken'} now")
        elif was is False:
            yield Change("compatible", where, "may have other fields now")
        else:
            a_map = isinstance(was, dict) or not old.get("properties")
            yield Change("breaking" if a_map else "compatible", where, "has no other fields any more")

    def _items(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        pair = old.get("items", _ANYTHING), new.get("items", _ANYTHING)
        yield from self._compare(*pair, f"{where}[]", direction)

    def _parts(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """Of `allOf`, those that cannot be said in one piece with the others."""
        before, after = old.get("allOf", ()), new.get("allOf", ())
        for one in before:
            if not any(self._alike(one, other) for other in after):
                yield wider(direction, where, f"a part of allOf was removed: {_keywords(self._was.flat(one))}")
        for one in after:
            if not any(self._alike(other, one) for other in before):
                yield narrower(direction, where, f"a part of allOf is new: {_keywords(self._is_now.flat(one))}")

    def _variants(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """The alternatives of `anyOf`; a schema beside one with alternatives is one for each of its types."""
        if old.get("oneOf") != new.get("oneOf"):
            tell = narrower if new.get("oneOf") else wider
            yield tell(
                direction, where, f"{'only one' if new.get('oneOf') else 'more than one'} alternative may hold now"
            )
        pairs, before, after = self._paired(*self._alternatives(old, new))
        for name, was, is_now in pairs:
            yield from self._compare(was, is_now, f"{where}<{name}>", direction)
        for one in before:
            yield narrower(direction, where, f"the alternative {_alternative(one)} was removed")
        for one in after:
            yield wider(direction, where, f"the alternative {_alternative(one)} is new")

    def _discriminator(self, old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        """The values that name an alternative; which are alternatives is told by them."""
        before, after = old.get("discriminator", {}), new.get("discriminator", {})
        if any(before.get(name) != after.get(name) for name in (before.keys() | after.keys()) - {"mapping"}):
            yield not_compared(["discriminator"], where)
            return
        was, is_now = before.get("mapping", {}), after.get("mapping", {})
        for value in sorted(was.keys() | is_now.keys()):
            if value not in is_now:
                yield narrower(direction, where, f"the discriminator cannot be {value!r} any more")
            elif value not in was:
                yield wider(direction, where, f"the discriminator may be {value!r} now")
            else:
                yield from self._compare({"$ref": was[value]}, {"$ref": is_now[value]}, f"{where}<{value}>", direction)

    def _alternatives(self, old: Json, new: Json) -> tuple[list[Any], list[Any]]:
        if "anyOf" in old and "anyOf" in new:
            return list(old["anyOf"]), list(new["anyOf"])
        found = []
        common = self._was.types(old) & self._is_now.types(new)  # the others are told by their type
        for flats, schema in ((self._was, old), (self._is_now, new)):
            if "anyOf" in schema:
                rest = {name: value for name, value in schema.items() if name not in ("anyOf", "oneOf")}
                joined = [flats.both(one, rest) if rest else one for one in schema["anyOf"]]
                found.append([one for one in joined if flats.types(flats.flat(one)) & common])
            elif schema:
                found.append([{**schema, "type": kind} for kind in sorted(_apart(common))])
            else:
                found.append([])
        return (found[0], found[1]) if found[0] and found[1] else ([], [])

    def _paired(self, old: list[Any], new: list[Any]) -> tuple[list[tuple[str, Any, Any]], list[Any], list[Any]]:
        """Those that say the same, then those of one name or of the same types in their order; and what is left."""
        pairs: list[tuple[str, Any, Any]] = []
        left, rest = list(old), list(new)
        for alike in (
            self._alike,
            lambda a, b: _alternative(a) == _alternative(b) != "unnamed",
            lambda a, b: self._was.types(self._was.flat(a)) == self._is_now.types(self._is_now.flat(b)),
        ):
            for one in list(left):
                found = next((other for other in rest if alike(one, other)), None)
                if found is not None:
                    pairs.append((_alternative(one), one, found))
                    left = [other for other in left if other is not one]
                    rest = [other for other in rest if other is not found]
        return pairs, left, rest


def not_compared(names: Iterable[str], where: str) -> Change:
    return Change("breaking", where, f"differs in what is not compared: {', '.join(map(repr, names))}")


def _apart(kinds: frozenset[str]) -> frozenset[str]:
    """Each value of one type."""
    return kinds - {"integer"} if "number" in kinds else kinds


def _keywords(schema: Json) -> str:
    return ", ".join(sorted(schema)) or "anything"


def _alternative(schema: Any) -> str:
    known = schema if isinstance(schema, dict) else {}
    kind = known.get("type")
    return (
        (reference_of(schema) or "").rpartition("/")[2]
        or known.get("title")
        or (kind if isinstance(kind, str) else "unnamed")
    )
