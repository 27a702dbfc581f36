"""JSON Schemas of several documents in, a number each out: the same for those that say the same.

References are followed and words left out, so neither names nor titles matter. Schemas that contain themselves are told
apart step by step: all are taken for the same, then parted by what they say and by the numbers of their parts, until
nothing parts any more (https://en.wikipedia.org/wiki/DFA_minimization#Moore's_algorithm).
"""

import json
from collections.abc import Hashable
from itertools import islice
from typing import Any, NamedTuple

from app.contract.change import Document, part
from app.contract.flat import Flats, key_of

_SCHEMA = {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "contentSchema"}
_SCHEMA |= {"unevaluatedItems", "unevaluatedProperties"}
_NAMED = {"properties", "patternProperties", "dependentSchemas"}
_UNORDERED = {"anyOf", "allOf"}
_SORTED = {"enum", "required", "type"}
Key = tuple[int, str | int]
"""Which document, and which place in it."""


class _Said(NamedTuple):
    """What a keyword says: a text, and schemas."""

    text: str
    parts: tuple[Key, ...]
    ordered: bool


class Meanings:
    """Of schemas of these documents. Raises ValueError."""

    def __init__(self, *documents: Document) -> None:
        self._documents = documents
        self._flats = [Flats(document) for document in documents]
        self._said: dict[Key, dict[str, _Said]] = {}
        """Parts before what they are parts of, but for those that contain themselves."""
        self._number: dict[Key, int] = {}
        self._known: dict[Hashable, int] = {}
        for at, document in enumerate(documents):
            for name in part(part(document.document, "components", "the document"), "schemas", "the components"):
                self._add(at, {"$ref": f"#/components/schemas/{_escaped(name)}"})
        self._part()

    def flats(self, document: Document) -> Flats:
        return self._flats[self._at(document)]

    def number(self, document: Document, schema: Any) -> int:
        key = (self._at(document), key_of(schema))
        if key not in self._number:
            known = len(self._said)
            self._add(key[0], schema)
            new = [*islice(reversed(self._said), len(self._said) - known)][::-1]
            for one in new:
                if any(each not in self._number for said in self._said[one].values() for each in said.parts):
                    self._part()  # it contains itself
                    break
                said = self._as_said(one)
                self._number[one] = self._known.setdefault(said, len(self._known))
        return self._number[key]

    def by_keyword(self, document: Document, schema: Any) -> dict[str, Hashable]:
        """What each keyword of the flat schema says."""
        self.number(document, schema)
        return dict(self._as_said((self._at(document), key_of(schema))))

    def plain(self, document: Document, value: Any) -> Hashable:
        """What any value of a document says, references followed."""
        found: list[Any] = []
        text = _text(value, found)
        return text, tuple(self.number(document, one) for one in found)

    def _at(self, document: Document) -> int:
        return next(at for at, one in enumerate(self._documents) if one is document)

    def _add(self, at: int, schema: Any) -> Key:
        key = (at, key_of(schema))
        if key in self._said:
            return key
        flats = self._flats[at]
        flat = flats.flat(schema)
        self._said[key] = {}  # it may contain itself
        said = {name: self._keyword(at, name, value) for name, value in flat.items()}
        del self._said[key]
        self._said[key] = said
        return key

    def _keyword(self, at: int, name: str, value: Any) -> _Said:
        found: list[Any]
        text = ""
        if name in _SCHEMA:
            found = [value]
        elif name in _NAMED:
            found = [value[one] for one in sorted(value)]
            text = json.dumps(sorted(value))
        elif name in _UNORDERED or name == "prefixItems":
            found = [*value]
        elif name == "discriminator":
            mapping = value["mapping"]
            found = [{"$ref": mapping[one]} for one in sorted(mapping)]
            text = _text({**value, "mapping": sorted(mapping)}, found)
        else:
            found = []
            given = {_text(one, found) for one in value} if name in _SORTED else value
            text = _text(sorted(given) if isinstance(given, set) else given, found)
        return _Said(text, tuple(self._add(at, one) for one in found), name not in _UNORDERED)

    def _part(self) -> None:
        numbers, count = dict.fromkeys(self._said, 0), 1
        while True:
            self._number = numbers
            known: dict[Hashable, int] = {}
            parted = {key: known.setdefault(self._as_said(key), len(known)) for key in self._said}
            if len(known) == count:
                break
            numbers, count = parted, len(known)
        self._known = {self._as_said(key): number for key, number in numbers.items()}

    def _as_said(self, key: Key) -> tuple[tuple[str, Hashable], ...]:
        number = self._number
        return tuple(
            sorted(
                (name, (said.text, tuple(parts) if said.ordered else tuple(sorted(set(parts)))))
                for name, said in self._said[key].items()
                for parts in [[number[one] for one in said.parts]]
            )
        )


def _text(value: Any, found: list[Any]) -> str:
    """JSON, with the references taken out."""

    def taken(node: Any) -> Any:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found.append(node)
                return {"$ref": 0}
            return {name: taken(one) for name, one in sorted(node.items())}
        if isinstance(node, list):
            return [taken(one) for one in node]
        return int(node) if isinstance(node, float) and node.is_integer() else node

    return json.dumps(taken(value), sort_keys=True)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25")
