"""The FHIRPath that search parameters are written in (https://hl7.org/fhirpath/), as functions over FHIR JSON.

Enters an expression, leaves a function from a resource to the elements found. Only what official and our own
parameters use is known: paths, choice elements, `|`, `as`, `ofType`, `is`, `where`, `exists`, `extension`, `resolve`,
`=`, `!=`, `and`, literals. Anything else raises ValueError when the table of parameters is made.

`as` is read as `ofType`: on more than one element a strict engine would refuse it, which the parameters do not mean.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple


class Element(NamedTuple):
    """An element of a resource; `type` is known where it was chosen (`value[x]`)."""

    value: Any
    type: str = ""


Elements = list[Element]
Finder = Callable[[Elements], Elements]

_TOKENS = re.compile(r"\s*(?:('(?:[^'\\]|\\.)*')|([A-Za-z][A-Za-z0-9]*)|(!=|[.()|=]))")
CHOICES = ("value", "occurred", "deceased")


def compile_path(expression: str) -> Callable[[dict[str, Any]], Elements]:
    """Raises ValueError for an expression beyond the part of FHIRPath that is known here."""
    find = _Reader(expression).read()
    return lambda document: find([Element(document)])


class _Reader:
    def __init__(self, expression: str) -> None:
        self.text, self.words, at = expression, [], 0
        while expression[at:].strip():
            found = _TOKENS.match(expression, at)
            if not found:
                raise ValueError(f"'{expression}' has an unknown part at {at}")
            self.words.append(found[0].strip())
            at = found.end()
        self.at = 0

    def read(self) -> Finder:
        find = self._and()
        if self.at != len(self.words):
            raise ValueError(f"'{self.text}' goes on where nothing is expected: '{self.words[self.at]}'")
        return find

    def _next(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def _take(self, *wanted: str) -> str:
        word = self._next()
        if (wanted and word not in wanted) or not word:
            raise ValueError(f"'{self.text}': '{word}' where {' or '.join(wanted) or 'something'} is expected")
        self.at += 1
        return word

    def _and(self) -> Finder:
        left = self._equality()
        while self._next() == "and":
            self._take()
            left = _both(left, self._equality())
        return left

    def _equality(self) -> Finder:
        left = self._union()
        if self._next() in ("=", "!="):
            return _compare(left, self._take(), self._union())
        return left

    def _union(self) -> Finder:
        parts = [self._typed()]
        while self._next() == "|":
            self._take()
            parts.append(self._typed())
        return parts[0] if len(parts) == 1 else lambda found: [one for part in parts for one in part(found)]

    def _typed(self) -> Finder:
        find = self._path()
        while self._next() in ("as", "is"):
            word, name = self._take(), self._take()
            find = _then(find, _of_type(name) if word == "as" else _is(name))
        return find

    def _path(self) -> Finder:
        find = self._step(first=True)
        while self._next() == ".":
            self._take(".")
            find = _then(find, self._step())
        return find

    def _step(self, first: bool = False) -> Finder:
        word = self._take()
        if word == "(":
            find = self._and()
            self._take(")")
            return find
        if word.startswith("'"):
            literal = re.sub(r"\\(.)", r"\1", word[1:-1])
            return lambda found: [Element(literal)]
        if word in ("true", "false"):
            return lambda found: [Element(word == "true")]
        if self._next() == "(":
            return self._function(word)
        return _root(word) if first and word[0].isupper() else _child(word)

    def _function(self, name: str) -> Finder:
        self._take("(")
        if name in ("ofType", "as"):
            find = _of_type(self._take())
        elif name == "extension":
            url = self._take()[1:-1]
            find = _extension(url)
        elif name == "where":
            test = self._and()
            find = lambda found: [one for one in found if _true(test([one]))]  # noqa: E731
        elif name == "exists":
            find = lambda found: [Element(bool(found))]  # noqa: E731
        elif name == "resolve":
            find = lambda found: found  # noqa: E731 - a reference says what type it leads to
        else:
            raise ValueError(f"'{self.text}': the function '{name}' is not known")
        self._take(")")
        return find


def _true(found: Elements) -> bool:
    return len(found) == 1 and found[0].value is True


def _then(first: Finder, second: Finder) -> Finder:
    return lambda found: second(first(found))


def _both(left: Finder, right: Finder) -> Finder:
    return lambda found: [Element(_true(left(found)) and _true(right(found)))]


def _compare(left: Finder, operator: str, right: Finder) -> Finder:
    def compare(found: Elements) -> Elements:
        ours, theirs = [one.value for one in left(found)], [one.value for one in right(found)]
        return [Element((ours == theirs) is (operator == "="))] if ours and theirs else []

    return compare


def _root(name: str) -> Finder:
    if name == "Resource":
        return lambda found: found
    return lambda found: [one for one in found if one.value.get("resourceType") == name]


def _child(name: str) -> Finder:
    choice = name in CHOICES

    def find(found: Elements) -> Elements:
        children: Elements = []
        for one in found:
            value = one.value
            if not isinstance(value, dict):
                continue
            child = value.get(name)
            if child is not None:
                children += map(Element, child) if isinstance(child, list) else (Element(child),)
            elif choice:
                children += [
                    Element(inner, key[len(name) :])
                    for key, inner in value.items()
                    if key.startswith(name) and key[len(name) : len(name) + 1].isupper()
                ]
        return children

    return find


def _of_type(name: str) -> Finder:
    return lambda found: [one for one in found if one.type.lower() == name.lower()]


def _is(name: str) -> Finder:
    """Of a reference that was resolved: what it refers to is of the type that it names."""
    start = f"{name}/"
    return lambda found: [Element(str(one.value.get("reference", "")).startswith(start)) for one in found]


def _extension(url: str) -> Finder:
    return lambda found: [
        Element(each)
        for one in found
        if isinstance(one.value, dict)
        for each in one.value.get("extension", ())
        if each.get("url") == url
    ]
