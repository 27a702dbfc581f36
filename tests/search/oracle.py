"""A slow, plain evaluator of FHIR searches: the served documents in, the ids that a search must find out, in order
(https://hl7.org/fhir/R5/search.html). What the SQL answers is compared with it.

Elements are found by the table's FHIRPath with `fhirpathpy`; comparisons are in `oracle_values`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from app.parameters.table import FHIR_TYPES, Parameter, parameters_of
from app.record.ids import fold
from app.search.limits import MOST_WORDS
from tests.search.oracle_values import (
    DISPLAYED,
    Matches,
    Refused,
    codes,
    displays,
    matcher,
    parts_of,
    place_within,
    sounding,
    sounds_of,
    span,
    split,
    unescape,
    word_list,
)

Document = dict[str, Any]
Test = Callable[[Document], bool]
MODIFIERS = {
    "string": ("missing", "exact", "contains"),
    "token": ("missing", "not", "text"),
    "reference": ("missing", "identifier"),
    "uri": ("missing", "above", "below"),
    "date": ("missing",),
    "number": ("missing",),
    "quantity": ("missing",),
    "composite": (),
    "special": (),
}
IN_R5 = {"string": ("text",), "token": ("code-text",), "reference": ("text",), "uri": ("contains",)}
"""https://hl7.org/fhir/R5/search.html#modifiers. Not those that need more than the documents: `in`, and `above` and
`below` of codes."""


def expression(release: str, text: str, type: str) -> str:
    """As `fhirpathpy` takes it: `as` on many elements is meant as `ofType`, nothing can be resolved here, and a path
    begins with the type itself."""
    text = re.sub(r"\((\S+) as (\w+)\)", r"(\1.ofType(\2))", text)
    text = re.sub(r"\.as\((\w+)\)", r".ofType(\1)", text)
    text = re.sub(r"resolve\(\) is (\w+)", r"reference.startsWith('\1/')", text)
    return re.sub(r"^Resource\.", f"{type}.", text)


def name_of(document: Document) -> str:
    return f"{document['resourceType']}/{document['id']}"


def texts_in(node: Any) -> list[str]:
    if isinstance(node, dict | list):
        return [text for one in (node.values() if isinstance(node, dict) else node) for text in texts_in(one)]
    return [node] if isinstance(node, str) else []


def modifiers(release: str, parameter: Parameter) -> tuple[str, ...]:
    if parameter.code == "_id":
        return ("missing", "not")
    if parameter.reads == "phonetic":
        return ("missing",)
    kind = "uri" if parameter.code == "_profile" else parameter.kind  # R5 calls it a reference: a canonical one
    more = IN_R5.get(kind, ()) if release == "r5" else ()
    return (*MODIFIERS[kind], *more, *(("of-type",) if parameter.code == "identifier" else ()))


class Oracle:
    """`documents` are all those served by one endpoint, in the order of an unsorted search; `base` is its address."""

    def __init__(self, release: str, documents: Sequence[Document], base: str) -> None:
        self.release, self.documents, self.base = release, documents, base
        self.by_type: dict[str, list[Document]] = {type: [] for type in FHIR_TYPES}
        for one in documents:
            self.by_type[one["resourceType"]].append(one)
        self._paths: dict[str, Any] = {}
        self._found: dict[tuple[str, str], list[Any]] = {}

    def search(self, types: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[str]:
        """`Type/id` of all matches. Raises Refused."""
        tests, sort = [], ""
        for name, value in pairs:
            if name == "_sort":
                sort = value
            elif value:
                tests.append(self.test(types, name, value))
        found = [one for type in types for one in self.by_type[type]] if len(types) == 1 else list(self.documents)
        found = [one for one in found if one["resourceType"] in types and all(test(one) for test in tests)]
        for key in reversed(split(sort, ",") if sort else []):
            found = self._sorted(found, types, key.removeprefix("-"), key.startswith("-"))
        return [name_of(one) for one in found]

    def elements(self, document: Document, path: str) -> list[Any]:
        """What an expression finds in a document."""
        key = (name_of(document), path)
        if key not in self._found:
            if path not in self._paths:
                self._paths[path] = fhirpathpy.compile(path, models[self.release])
            self._found[key] = self._paths[path](document)
        return self._found[key]

    def values(self, document: Document, parameter: Parameter) -> list[Any]:
        """The elements of a parameter; of a composite one, a list of the elements of each component for each."""
        type = document["resourceType"]
        path = expression(self.release, parameter.expression(self.release), type)
        if parameter.kind != "composite":
            found = self.elements(document, path)
            system = parameter.system(self.release)  # a code has the system of its value set
            return [{"system": system, "code": one} for one in found] if system else found
        inner = [expression(self.release, text, type) for _, text in parameter.components(self.release)]
        return [
            [self.elements(document, f"({path})[{n}].select({one})") for one in inner]
            for n in range(len(self.elements(document, path)))
        ]

    def parameters(self, types: Sequence[str], code: str) -> dict[str, Parameter]:
        """Of each type the parameter of that name."""
        tables = {type: parameters_of(self.release, type) for type in types}
        if any(code not in table for table in tables.values()):
            raise Refused(code)
        found = {type: table[code] for type, table in tables.items()}
        if len({one.kind for one in found.values()}) > 1:
            raise Refused(code)
        return found

    def test(self, types: Sequence[str], name: str, value: str) -> Test:
        if name.startswith("_has:"):
            return self._has(types, name, value)
        head, dot, rest = name.partition(".")
        code, colon, modifier = head.partition(":")
        parameters = self.parameters(types, code)
        if dot:
            return self._chain(parameters, modifier, rest, value)
        first = next(iter(parameters.values()))
        allowed = modifiers(self.release, first)
        is_type = first.kind == "reference" and modifier in first.targets(self.release)
        if colon and modifier not in allowed and not is_type:
            raise Refused(name)
        if modifier == "missing":
            if value not in ("true", "false"):
                raise Refused(value)
            return lambda one: bool(self.values(one, parameters[one["resourceType"]])) is (value == "false")
        if modifier == "text" and first.kind == "string":
            wanted = [words for text in split(value, ",") if (words := set(word_list(unescape(text))))]
            if any(len(words) > MOST_WORDS for words in wanted):
                raise Refused(value)
            return lambda one: any(self._says(one, parameters[one["resourceType"]], words) for words in wanted)
        alternatives = [self._matcher(first, modifier, text) for text in split(value, ",") if text]
        matches = lambda one: any(  # noqa: E731
            test(element) for element in self.values(one, parameters[one["resourceType"]]) for test in alternatives
        )
        return (lambda one: not matches(one)) if modifier == "not" else matches

    def _says(self, document: Document, parameter: Parameter, words: set[str]) -> bool:
        """All the words stand in the title or name; or in one text, and as words in the document."""
        texts = [part for one in self.values(document, parameter) for part in parts_of(one)]
        if parameter.code in ("title", "name"):
            return words <= {word for text in texts for word in word_list(text)}
        return words <= self._words(document) and any(all(word in fold(text) for word in words) for text in texts)

    def _words(self, document: Document) -> set[str]:
        """Of everything that is said in the document."""
        key = (name_of(document), "words")
        if key not in self._found:
            self._found[key] = [word for text in texts_in(document) for word in word_list(text)]
        return set(self._found[key])

    def _matcher(self, parameter: Parameter, modifier: str, text: str) -> Matches:
        targets = parameter.targets(self.release)
        if parameter.code == "_id":
            system, _, id = text.rpartition("|")
            return lambda element: not system and element == unescape(id)
        if parameter.code == "near":
            return self._near(text)
        if parameter.reads == "phonetic":
            return sounding(text)
        if parameter.kind == "composite":
            kinds = [kind for _, _, kind in parameter.definition(self.release).components]
            parts = split(text, "$")
            if len(parts) != len(kinds) or "" in parts:
                raise Refused(text)
            tests = [matcher(kind, "", part, self.base, ()) for kind, part in zip(kinds, parts, strict=True)]
            return lambda inner: all(any(map(test, found)) for test, found in zip(tests, inner, strict=True))
        return matcher(parameter.kind, modifier, text, self.base, targets)

    def _near(self, text: str) -> Matches:
        within = place_within(text)
        places = {
            name_of(one)
            for one in self.by_type["Location"]
            if any(within(position) for position in self.elements(one, "Location.position"))
        }
        return lambda element: within(element) if "latitude" in element else element.get("reference") in places

    def _references(self, document: Document, parameter: Parameter) -> list[str]:
        found = self.values(document, parameter)
        return [one.get("reference", "") for one in found if isinstance(one, dict)]

    def _chain(self, parameters: dict[str, Parameter], modifier: str, rest: str, value: str) -> Test:
        """Of what a reference leads to; where the types are several, those that have no such parameter do not pass."""
        first = next(iter(parameters.values()))
        targets = first.targets(self.release)
        if first.kind != "reference" or first.code == "_profile" or (modifier and modifier not in targets):
            raise Refused(rest)
        passing: set[str] = set()
        refused = True
        for type in FHIR_TYPES:
            if type not in targets or modifier not in ("", type):
                continue
            try:
                test = self.test((type,), rest, value)
            except Refused:
                continue
            refused = False
            passing |= {name_of(one) for one in self.by_type[type] if test(one)}
        if refused:
            raise Refused(rest)
        return lambda one: not passing.isdisjoint(self._references(one, parameters[one["resourceType"]]))

    def _has(self, types: Sequence[str], name: str, value: str) -> Test:
        parts = name.split(":", 3)
        if len(parts) != 4 or "" in parts or parts[1] not in FHIR_TYPES:
            raise Refused(name)
        _, source, code, rest = parts
        reference = self.parameters((source,), code)[source]
        if reference.kind != "reference" or not set(types) & set(reference.targets(self.release)):
            raise Refused(name)
        test = self.test((source,), rest, value)
        led = {to for one in self.by_type[source] if test(one) for to in self._references(one, reference)}
        return lambda one: name_of(one) in led

    def _sorted(self, found: list[Document], types: Sequence[str], code: str, descending: bool) -> list[Document]:
        """By the least value of each, descending by the greatest; those without one last; else the order stays."""
        parameters = self.parameters(types, code)
        if len({one.number for one in parameters.values()}) > 1:  # of several types, by what all resources have
            raise Refused(code)
        keys = {name_of(one): self._keys(one, parameters[one["resourceType"]]) for one in found}
        choose = max if descending else min
        having = [one for one in found if keys[name_of(one)]]
        having.sort(key=lambda one: choose(keys[name_of(one)]), reverse=descending)
        return having + [one for one in found if not keys[name_of(one)]]

    def _keys(self, document: Document, parameter: Parameter) -> list[Any]:
        kind = parameter.kind
        if kind in ("composite", "reference", "special") or parameter.code in ("_text", "_content"):
            raise Refused(parameter.code)
        found = self.values(document, parameter)
        if parameter.reads == "phonetic":
            return [sound for one in found for part in parts_of(one) for sound in sounds_of(part)]
        if kind == "string":
            return [key for one in found for part in parts_of(one) if (key := fold(part)[:DISPLAYED])]
        if kind == "token":
            return [code if parameter.code == "_id" else fold(code) for one in found for code in codes(one)]
        if kind == "date":
            return [span(one)[0] for one in found]
        return found


__all__ = ["FHIR_TYPES", "Oracle", "Refused", "displays", "modifiers", "parts_of"]
