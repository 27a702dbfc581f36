"""`_filter` as a Node (https://hl7.org/fhir/R5/search_filter.html).

`name op value`, joined with `and`, `or`, `not ( )`: `and` binds before `or`. Names may be chains (`site.name co "x"`).
Values are words, or text in double quotes. Operators: eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in re.
"""

import re
from typing import NoReturn

from app.errors import RequestError
from app.parameters.table import Parameter
from app.search.limits import MOST_FILTER_DEPTH, MOST_FILTER_WORDS, over
from app.search.names import Names
from app.search.query import All, Node, Not, Some, Test, refuse

_TOKEN = re.compile(r'\s*(?:(\(|\))|"((?:[^"\\]|\\.)*)"|([^\s()"]+))')
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le", "ap", "sa", "eb", "pr", "po", "ss", "sb", "in", "re")
_ORDERED = ("gt", "lt", "ge", "le", "ap", "sa", "eb")
_BY_MODIFIER = {"ss": "above", "sb": "below", "in": "in"}


class _Word(str):
    quoted = False


class _Quoted(_Word):
    quoted = True


def read_filter(names: Names, types: tuple[str, ...], text: str) -> Node:
    """Raises RequestError 400 that says where the expression goes wrong."""
    return _Reader(names, types, text).whole()


class _Reader:
    def __init__(self, names: Names, types: tuple[str, ...], text: str) -> None:
        self.names, self.types, self.text, self.at = names, types, text, 0
        self.words: list[_Word] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if not found:
                self._wrong(f"a quote that does not end, at character {place + 1}")
            mark, quoted, word = found.groups()
            self.words.append(_Quoted(re.sub(r"\\(.)", r"\1", quoted)) if quoted is not None else _Word(mark or word))
            place = found.end()
        if len(self.words) > MOST_FILTER_WORDS:
            raise over("_filter", "words", len(self.words), MOST_FILTER_WORDS)

    def whole(self) -> Node:
        node = self._or(0)
        if self.at < len(self.words):
            self._wrong(f"'{self.words[self.at]}' where nothing more is expected")
        return node

    def _wrong(self, what: str) -> NoReturn:
        raise refuse("value", f"_filter is '{self.text[:200]}': {what}; expected NAME OPERATOR VALUE", "_filter")

    def _peek(self, *wanted: str) -> bool:
        word = self.words[self.at] if self.at < len(self.words) else None
        return word is not None and not word.quoted and word in wanted

    def _take(self, what: str) -> _Word:
        if self.at >= len(self.words):
            self._wrong(f"it ends where {what} is expected")
        self.at += 1
        return self.words[self.at - 1]

    def _or(self, depth: int) -> Node:
        if depth > MOST_FILTER_DEPTH:
            raise over("_filter", "parentheses in one another", depth, MOST_FILTER_DEPTH)
        parts = [self._and(depth)]
        while self._peek("or"):
            self.at += 1
            parts.append(self._and(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _and(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._peek("and"):
            self.at += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Node:
        negated = self._peek("not")
        if negated:
            self.at += 1
        if self._peek("("):
            self.at += 1
            node = self._or(depth + 1)
            if not self._peek(")"):
                self._wrong("a parenthesis that is not closed")
            self.at += 1
            return Not(node) if negated else node
        if negated:
            self._wrong("'not' without a parenthesis after it")
        name = self._take("a name")
        operator = self._take(f"one of {', '.join(OPERATORS)}")
        if operator.quoted or operator not in OPERATORS:
            self._wrong(f"'{operator}' is not one of {', '.join(OPERATORS)}")
        return self._test(name, operator, self._take("a value"))

    def _test(self, name: str, operator: str, value: _Word) -> Node:
        parameter = self._parameter(name)
        text = _escaped(value) if value.quoted or parameter.kind == "string" else str(value)
        kind = parameter.kind
        if operator == "pr":
            if value not in ("true", "false"):
                self._wrong(f"'{name} pr {value}'; after pr stands true or false")
            return self._node(f"{name}:missing", "false" if value == "true" else "true")
        if operator in ("eq", "ne"):
            node = self._node(f"{name}:exact" if kind == "string" else name, text)
            return node if operator == "eq" else Not(node)
        if kind == "string" and operator in ("co", "sw", "ew"):
            if operator == "ew":
                node = self._node(f"{name}:contains", text)
                return _ending(node)
            return self._node(f"{name}:contains" if operator == "co" else name, text)
        if operator == "co" and kind in ("token", "reference"):
            return self._node(f"{name}:text", text)
        if operator in _ORDERED and kind in ("date", "number", "quantity"):
            return self._node(name, operator + text)
        if operator == "po" and kind == "date":  # periods overlap: neither ends before the other starts
            return All((Not(self._node(name, f"sa{text}")), Not(self._node(name, f"eb{text}")), self._present(name)))
        if operator == "re" and kind == "reference":
            return self._node(name, text)
        if operator in _BY_MODIFIER:
            return self._node(f"{name}:{_BY_MODIFIER[operator]}", text)
        self._wrong(f"'{operator}' is not an operator for '{name}', which is a {kind}")

    def _present(self, name: str) -> Node:
        return self._node(f"{name}:missing", "false")

    def _node(self, name: str, text: str) -> Node:
        return self.names.node(self.types, name, text, f"_filter: {name}")

    def _parameter(self, name: str) -> Parameter:
        """The last parameter of a chain says what operators there are."""
        types = self.types
        *heads, last = name.split(".")
        for head in heads:
            code, _, wanted = head.partition(":")
            targets = self.names.find(types, code, name)[0].targets(self.names.release)
            found = tuple(one for one in targets if not wanted or one == wanted)
            types = found[:1] or types
            for one in found:
                try:
                    self.names.find((one,), last.partition(":")[0], name)
                    types = (one,)
                    break
                except RequestError:  # the next type may have it; the chain itself says if none has
                    continue
        return self.names.find(types, last.partition(":")[0], name)[0]


def _escaped(text: str) -> str:
    return re.sub(r"([,|$\\])", r"\\\1", text)


def _ending(node: Node) -> Node:
    """The text must stand at the end: `ew` has no modifier in a query, so the test says so itself."""
    if isinstance(node, Test):
        return Test(node.parameters, "ends", node.values)
    if hasattr(node, "inner"):
        return type(node)(**{**node.__dict__, "inner": _ending(node.inner)})
    return Some(tuple(_ending(one) for one in node.nodes)) if isinstance(node, Some) else node
