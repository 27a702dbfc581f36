"""A JSON Schema in, the same in one piece out: references looked up, `allOf` met, `nullable`, `const` and `oneOf`
written the one way that the comparison knows (https://json-schema.org/draft/2020-12/json-schema-core).

Raises ValueError for what is no schema.
"""

from typing import Any

from app.contract.change import Document, Json

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
ALL_TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_KINDS: dict[str, type | tuple[type, ...]] = {
    "properties": dict,
    "patternProperties": dict,
    "required": list,
    "enum": list,
    "allOf": list,
    "anyOf": list,
    "oneOf": list,
    "items": (dict, bool),
    "additionalProperties": (dict, bool),
    "type": (str, list),
    "pattern": str,
    **dict.fromkeys((*LOWER, *UPPER), (int, float)),
}


def flat(document: Document, schema: Any) -> Json:
    """`true`, and none at all, is a schema without rules; `false` has no type."""
    schema = document.resolve(schema)
    if schema is False:
        return {"type": []}
    if schema is True or schema is None:
        return {}
    if not isinstance(schema, dict):
        raise ValueError(f"{str(schema)[:80]!r} is no schema: expected an object, true or false")
    for name, kinds in _KINDS.items():
        if name in schema and not isinstance(schema[name], kinds):
            raise ValueError(f"'{name}' of a schema is {str(schema[name])[:80]!r}, of another type than it has")
    made = {name: value for name, value in schema.items() if name not in ("allOf", "oneOf", "const", "nullable")}
    if "const" in schema:
        made["enum"] = [schema["const"]]
    if "oneOf" in schema:
        made["anyOf"] = [*made.get("anyOf", ()), *schema["oneOf"]]
    for part in schema.get("allOf", ()):
        made = _met(flat(document, part), made)
    if schema.get("nullable") and "type" in made:
        made["type"] = [*listed(made["type"]), "null"]
    return _without_null(document, made)


def types_of(document: Document, schema: Json) -> frozenset[str]:
    """Of a flat schema. A number may be an integer."""
    if "type" in schema:
        kinds = frozenset(listed(schema["type"]))
    elif "enum" in schema:
        kinds = frozenset(map(_type_of, schema["enum"]))
    elif "anyOf" in schema:
        kinds = frozenset().union(*(types_of(document, flat(document, one)) for one in schema["anyOf"]))
    else:
        kinds = ALL_TYPES
    return kinds | {"integer"} if "number" in kinds else kinds


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without_null(document: Document, made: Json) -> Json:
    """`T or null` is a T whose type may be null."""
    if "anyOf" not in made:
        return made
    others = [one for one in made["anyOf"] if flat(document, one).get("type") != "null"]
    if len(others) != 1 or len(others) == len(made["anyOf"]):
        return made
    only = {**flat(document, others[0]), **{name: value for name, value in made.items() if name != "anyOf"}}
    only["type"] = sorted({*types_of(document, only), "null"})
    if "enum" in only:
        only["enum"] = [*only["enum"], None]
    return only


def _met(one: Json, other: Json) -> Json:
    """What holds where both hold."""
    made = {**one, **other}
    for name in one.keys() & other.keys():
        a, b = one[name], other[name]
        if name in LOWER:
            made[name] = max(a, b)
        elif name in UPPER:
            made[name] = min(a, b)
        elif name == "enum":
            made[name] = [value for value in a if any(same(value, kept) for kept in b)]
        elif name == "type":
            both = [kind for kind in listed(a) if kind in listed(b)]
            made[name] = both or (["integer"] if {"integer", "number"} <= {*listed(a), *listed(b)} else [])
        elif name == "required":
            made[name] = [*a, *b]
        elif name in ("properties", "patternProperties"):
            shared = {key: a[key] if a[key] == b[key] else {"allOf": [a[key], b[key]]} for key in a.keys() & b.keys()}
            made[name] = {**a, **b, **shared}
        elif name in ("items", "additionalProperties") and a != b:
            made[name] = {"allOf": [a, b]}
        elif name == "pattern" and a != b:
            made[name] = f"{a} and {b}"
    return made


def same(one: Any, other: Any) -> bool:
    """Python's 1 is its True; JSON's is not."""
    return one == other and _type_of(one) == _type_of(other)


def _type_of(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
