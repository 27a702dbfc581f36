"""A JSON Schema in, the same in one piece out, without words: references looked up, `allOf` met, what can be written
in several ways written in one, what has no effect left out (https://json-schema.org/draft/2020-12/json-schema-core).

Nothing is lost: what cannot be met stays in `allOf`. Raises ValueError for what is no schema.
"""

from typing import Any

from app.contract.change import Document, Json, part

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
ALL_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
WORDS = {"title", "summary", "description", "example", "examples", "externalDocs", "$schema", "$comment", "$defs"}
_SHARED = "#/components/schemas/"
_KINDS: dict[str, type | tuple[type, ...]] = {
    "properties": dict,
    "patternProperties": dict,
    "dependentSchemas": dict,
    "discriminator": dict,
    "required": list,
    "enum": list,
    "allOf": list,
    "anyOf": list,
    "oneOf": list,
    "prefixItems": list,
    "items": (dict, bool),
    "additionalProperties": (dict, bool),
    "type": (str, list),
    "pattern": str,
    **dict.fromkeys((*LOWER, *UPPER), (int, float)),
}
_NUMERIC = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
TYPE_OF_KEYWORD = {
    **dict.fromkeys(("properties", "required", "patternProperties", "additionalProperties"), "object"),
    **dict.fromkeys(("minProperties", "maxProperties"), "object"),
    **dict.fromkeys(("items", "minItems", "maxItems"), "array"),
    **dict.fromkeys(("pattern", "minLength", "maxLength"), "string"),
    **dict.fromkeys(_NUMERIC, "integer"),
}
"""What these say holds of values of this type alone."""
_FLAGS = {"deprecated", "readOnly", "writeOnly", "uniqueItems"}
_MET = {*TYPE_OF_KEYWORD, "type", "enum", "format", "default", "deprecated", "anyOf", "oneOf"}
"""Keywords that mean the same beside those of another part; others depend on what stands beside them."""
_OF_ONE_TYPE = _MET - {"anyOf", "oneOf"}


def is_word(name: str) -> bool:
    return name in WORDS or name.startswith("x-")


def reference_of(schema: Any) -> str | None:
    """What a schema names that is a reference and nothing else."""
    if isinstance(schema, dict) and "$ref" in schema and all(name == "$ref" or is_word(name) for name in schema):
        return str(schema["$ref"])
    return None


def key_of(schema: Any) -> str | int:
    """The same for what is the same place of a document."""
    return reference_of(schema) or id(schema)


class Flats:
    """The schemas of a document in one piece, each made once: parts that contain themselves come to an end."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[str | int, tuple[Any, Json]] = {}
        """The schemas too: what is gone may leave its `id` to another."""
        self._joined: dict[frozenset[str | int], Json] = {}
        self._parts: dict[int, list[Any]] = {}

    def flat(self, schema: Any) -> Json:
        """`true`, and none at all, is a schema without rules; `false` has no type."""
        key = key_of(schema)
        if key not in self._made:
            self._made[key] = schema, self._flat(schema)
        return self._made[key][1]

    def types(self, schema: Json) -> frozenset[str]:
        """Of a flat schema. A number may be an integer."""
        if "type" in schema:
            return _kinds(schema["type"])
        if "anyOf" in schema:
            return frozenset().union(*(self.types(self.flat(one)) for one in schema["anyOf"]))
        return ALL_TYPES

    def both(self, one: Any, other: Any) -> Any:
        """A schema of what holds where both hold; one of the same parts is the same object."""
        parts = {key_of(each): each for given in (one, other) for each in self._parts.get(id(given), [given])}
        if len(parts) == 1:
            return one
        key = frozenset(parts)
        if key not in self._joined:
            self._joined[key] = made = {"allOf": [*parts.values()]}
            self._parts[id(made)] = [*parts.values()]
        return self._joined[key]

    def _flat(self, schema: Any) -> Json:
        if reference_of(schema):
            schema = self._document.resolve({"$ref": schema["$ref"]})
        if schema is False:
            return {"type": []}
        if schema is True or schema is None:
            return {}
        if not isinstance(schema, dict):
            raise ValueError(f"{str(schema)[:80]!r} is no schema: expected an object, true or false")
        for name, kinds in _KINDS.items():
            if name in schema and (
                not isinstance(schema[name], kinds) or (name in _NUMERIC and isinstance(schema[name], bool))
            ):
                raise ValueError(f"'{name}' of a schema is {str(schema[name])[:80]!r}, of another type than it has")
        for name in ("type", "required"):
            if not all(isinstance(one, str) for one in listed(schema.get(name, []))):
                raise ValueError(f"'{name}' of a schema is {str(schema[name])[:80]!r}, expected names")
        for name in ("$dynamicRef", "$recursiveRef"):
            if name in schema:
                raise ValueError(f"'{name}' of a schema is not followed")
        made = {name: value for name, value in schema.items() if not is_word(name)}
        parts = [*made.pop("allOf", ())]
        if "$ref" in made:
            parts.insert(0, {"$ref": made.pop("$ref")})
        if "const" in made:
            parts.append({"enum": [made.pop("const")]})
        if "oneOf" in made and "anyOf" in made:
            parts.append({"oneOf": made.pop("oneOf")})
        if "oneOf" in made:
            made["anyOf"] = made["oneOf"]
            made["oneOf"] = self._overlap(made["anyOf"])
        if "discriminator" in made:
            made["discriminator"] = _mapping(made)
        made = self._without_null(_tidy(made))
        for one in parts:
            made = self._met(made, self.flat(one), one)
        return _tidy(made)

    def _overlap(self, alternatives: list[Any]) -> bool:
        """Whether a value may be of several: then `oneOf` is other than `anyOf`."""
        seen: set[str] = set()
        for one in alternatives:
            kinds = self.types(self.flat(one))
            if seen & kinds:
                return True
            seen |= kinds
        return False

    def _without_null(self, made: Json) -> Json:
        """`T or null` is a T whose type may be null; of one alternative alone it is that."""
        if "anyOf" not in made or made.get("oneOf"):
            return made
        rest = {name: value for name, value in made.items() if name not in ("anyOf", "oneOf")}
        others = [one for one in made["anyOf"] if self.flat(one) != {"type": ["null"]}]
        if len(others) != 1:
            return made
        only = self.flat(others[0])
        if len(made["anyOf"]) == 1:
            return self._met(rest, only, others[0])
        if not only.keys() <= _OF_ONE_TYPE:
            return made
        only = {**only, "type": sorted({*self.types(only), "null"})}
        if "enum" in only:
            only["enum"] = [*only["enum"], None]
        met = self._met(rest, _tidy(only), None)
        return made if len(met.get("allOf", ())) > len(rest.get("allOf", ())) else met

    def _met(self, one: Json, other: Json, part: Any) -> Json:
        """What holds where both hold, of flat schemas; what of the `other`, which is `part`, cannot be said in one
        piece stays in `allOf`."""
        made = {**other, **one}
        left = [*one.get("allOf", ()), *other.get("allOf", ())]
        if not other.keys() <= {*_MET, "allOf"} or _closes(one, other) or _closes(other, one) or "prefixItems" in one:
            return {**one, "allOf": [*one.get("allOf", ()), part if part is not None else other]}
        for name in (one.keys() & other.keys()) - {"allOf"}:
            a, b = one[name], other[name]
            if name in LOWER:
                made[name] = max(a, b)
            elif name in UPPER:
                made[name] = min(a, b)
            elif name == "enum":
                made[name] = [value for value in a if any(same(value, kept) for kept in b)]
            elif name == "type":
                made[name] = sorted(_kinds(a) & _kinds(b))
            elif name == "required":
                made[name] = [*a, *b]
            elif name in ("properties", "patternProperties"):
                made[name] = {**a, **b, **{key: self.both(a[key], b[key]) for key in a.keys() & b.keys()}}
            elif name in ("items", "additionalProperties"):
                made[name] = self.both(a, b)
            elif name != "oneOf" and not same(a, b):
                left.append({"oneOf" if name == "anyOf" and other.get("oneOf") else name: b})
        if "anyOf" in one and not one.get("oneOf"):
            made.pop("oneOf", None)  # that of the other stands with its alternatives
        if left:
            made["allOf"] = left
        return made


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def same(one: Any, other: Any) -> bool:
    """Python's 1 is its True; JSON's is not."""
    return bool(one == other) and _type_of(one) == _type_of(other)


def _mapping(schema: Json) -> Json:
    """A discriminator whose mapping names each alternative in full: by its own name if by no other
    (https://spec.openapis.org/oas/v3.1.1.html#discriminator-object)."""
    given = schema["discriminator"]
    named = {value: str(place) for value, place in part(given, "mapping", "a discriminator").items()}
    mapping = {value: place if "#" in place else f"{_SHARED}{place}" for value, place in named.items()}
    places = [place for place in map(reference_of, schema.get("anyOf", ())) if place and place not in mapping.values()]
    return {**given, "mapping": {**{place.rpartition("/")[2]: place for place in places}, **mapping}}


def _closes(one: Json, other: Json) -> bool:
    """Whether what `one` says of other fields is said of those of the other part as well."""
    names = ("properties", "patternProperties")
    return "additionalProperties" in one and any(
        other.get(name, {}).keys() - one.get(name, {}).keys() for name in names
    )


def _tidy(made: Json) -> Json:
    """Without what says nothing; a list of values says their types."""
    made = {name: value for name, value in made.items() if not _says_nothing(name, value)}
    kinds = _kinds(made["type"]) if "type" in made else ALL_TYPES
    if "enum" in made:
        made["enum"] = [value for value in made["enum"] if _type_of(value) in kinds]
        kinds = frozenset(map(_type_of, made["enum"]))
        if kinds == {"null"}:
            made.pop("enum")
    made = {name: value for name, value in made.items() if TYPE_OF_KEYWORD.get(name, "") in {*kinds, ""}}
    made.pop("type", None)
    if _kinds(kinds) != ALL_TYPES:
        made["type"] = sorted(kinds - {"integer"} if "number" in kinds and "enum" not in made else kinds)
    for closed, open_, step in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        if open_ in made and kinds <= {"integer", "null"} and float(made[open_]).is_integer():
            value = made.pop(open_) + step
            made[closed] = (max if step > 0 else min)(value, made.get(closed, value))
    return made


def _says_nothing(name: str, value: Any) -> bool:
    if name in ("items", "additionalProperties"):
        return value is True or value == {}
    if name in ("properties", "patternProperties", "required", "allOf"):
        return not value
    return (name in _FLAGS | {"oneOf"} and value is False) or (name in LOWER and name[:4] == "minL" and value == 0)


def _kinds(given: Any) -> frozenset[str]:
    kinds = frozenset([given] if isinstance(given, str) else given)
    return kinds | {"integer"} if "number" in kinds else kinds


def _type_of(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
