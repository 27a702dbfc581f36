"""A registry's record as a tree whose leaves are ticked off: what no field took becomes a statement.

What enters is a tree of objects, lists and scalars (JSON, or XML made into such a tree); `Record.statements` gives
every leaf that was not taken, labelled with its dotted path. Shared by ICTRP and CTIS.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree.ElementTree import Element

from app.record.spans import fold_space
from app.record.trial import Issue, Severity, Statement
from app.sources.exports.text import repair

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"
Path = tuple[str, ...]

_DEEPEST = 60
_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}


class Record:
    """One record of a registry. Raises ValueError, naming the path, for what JSON does not have."""

    def __init__(self, source: object, document: str) -> None:
        self.document = document
        self.issues: list[Issue] = []
        self.taken: set[Path] = set()
        self.root = Node(self, (), self._copy(source, ()))

    def issue(self, code: str, message: str, severity: Severity = "warning") -> None:
        self.issues.append(Issue(code=code, severity=severity, message=message, document=self.document))

    def statements(self) -> list[Statement]:
        """The leaves that no field took, in the record's order."""
        return [Statement(label=leaf.label, text=leaf.words()) for leaf in self.root.leaves() if leaf.words()]

    def _copy(self, value: object, path: Path) -> Tree:
        if len(path) > _DEEPEST:
            raise ValueError(f"{'.'.join(path[:4])}...: expected at most {_DEEPEST} levels, found more")
        if isinstance(value, str):
            return self._repaired(value, path)
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            if value.bit_length() > 256:
                raise ValueError(f"{'.'.join(path)}: expected a number, found one of {value.bit_length()} bits")
            return value
        if isinstance(value, list):
            return [self._copy(item, (*path, str(i))) for i, item in enumerate(value)]
        if isinstance(value, Mapping):
            copied: dict[str, Tree] = {}
            for name, item in value.items():
                if not isinstance(name, str):
                    raise ValueError(f"{'.'.join(path)}: expected names that are texts, found {name!r:.80}")
                whole = self._repaired(name, path)
                while whole in copied:  # two names that were damaged alike
                    whole += "\ufffd"
                copied[whole] = self._copy(item, (*path, whole))
            return copied
        raise ValueError(f"{'.'.join(path)}: expected JSON, found {type(value).__name__}")

    def _repaired(self, text: str, path: Path) -> str:
        whole, damage = repair(text)
        if damage:
            more = f" and {len(damage) - 5} more" if len(damage) > 5 else ""
            where = f"{'.'.join(path)}: {', '.join(damage[:5])}{more}"
            self.issue("damaged-text", f"{where}: no character of a text, replaced by U+FFFD")
        return whole


@dataclass(frozen=True)
class Node:
    """A value and where it stands; a value that is not there is None. Reading with `words` leaves the leaf
    to the statements, `take` ticks it off."""

    record: Record = field(repr=False)
    path: Path
    value: Tree

    @property
    def label(self) -> str:
        return ".".join(self.path)

    def __bool__(self) -> bool:
        return bool(self.words()) if not isinstance(self.value, dict | list) else bool(self.value)

    def at(self, *names: str) -> "Node":
        """The value below; raises ValueError when what stands on the way is no object."""
        node = self
        for name in names:
            if node.value is not None and not isinstance(node.value, dict):
                raise node.wrong("an object")
            inner = node.value.get(name) if node.value is not None else None
            node = Node(self.record, (*node.path, name), inner)
        return node

    def items(self) -> list["Node"]:
        """The items of a list; raises ValueError when this is no list."""
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [Node(self.record, (*self.path, str(i)), item) for i, item in enumerate(self.value)]

    def children(self) -> list["Node"]:
        """The values of an object or a list."""
        if isinstance(self.value, dict):
            return [self.at(name) for name in self.value]
        return self.items() if isinstance(self.value, list) else []

    def leaves(self) -> list["Node"]:
        """The scalars at and below this that no field took."""
        if isinstance(self.value, dict | list):
            return [leaf for child in self.children() for leaf in child.leaves()]
        return [] if self.path in self.record.taken else [self]

    def text(self) -> str:
        """The text as it stands, empty when there is none; raises ValueError when this is no text."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def words(self) -> str:
        """The scalar as text on one line; raises ValueError when this is no scalar."""
        if isinstance(self.value, dict | list):
            raise self.wrong("a text or a number")
        if self.value is None:
            return ""
        return self.value.strip() if isinstance(self.value, str) else json.dumps(self.value)

    def take(self) -> str:
        """`words` on one line, ticked off."""
        self.tick()
        return fold_space(self.words())

    def flag(self) -> bool | None:
        """True or false, not ticked off; raises ValueError when this is neither."""
        if self.value is None or isinstance(self.value, bool):
            return self.value
        raise self.wrong("true or false")

    def tick(self) -> None:
        self.record.taken.add(self.path)

    def wrong(self, expected: str) -> ValueError:
        kind = _KINDS.get(type(self.value), "nothing")
        return ValueError(f"{self.label or 'the record'}: expected {expected}, found {kind}: {self.value!r:.80}")


class Fields:
    """The leaves of a record by the name of their tag in lower case; `Date registration` is `date_registration`."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self._named: dict[str, list[Node]] = {}
        for leaf in record.root.leaves():
            names = [name for name in leaf.path if not name.isdigit() and name != "#text"]
            if names and leaf.words():
                self._named.setdefault(names[-1].strip().lower().replace(" ", "_"), []).append(leaf)

    def all(self, *names: str) -> list[Node]:
        """The fields of the first of the names that the record has."""
        return next((self._named[name] for name in names if name in self._named), [])

    def one(self, *names: str) -> Node:
        return next(iter(self.all(*names)), Node(self.record, names[:1], None))


def read_xml(element: Element) -> Tree:
    """An element as a tree: a text, or an object of its children (a list where a name comes again).

    Text among child elements is a text with tags in it. Raises ValueError for more levels than records have.
    """
    return _read_element(element, 0)


def _read_element(element: Element, depth: int) -> Tree:
    if depth > _DEEPEST:
        raise ValueError(f"{_name(element)}: expected at most {_DEEPEST} levels, found more")
    children = [child for child in element if isinstance(child.tag, str)]
    texts = [element.text or "", *(child.tail or "" for child in element)]
    attributes: dict[str, Tree] = {
        f"@{n.rpartition('}')[2]}": v for n, v in element.items() if not n.endswith("}space")
    }
    if not children:
        text = "".join(texts)
        return {**attributes, "#text": text} if attributes else text
    if any(text.strip() for text in texts):
        return "".join(_inner_text(element, depth))
    tree: dict[str, Tree] = dict(attributes)
    repeated: dict[str, list[Tree]] = {}
    for child in children:
        name, value = _name(child), _read_element(child, depth + 1)
        if name in repeated:
            repeated[name].append(value)
        elif name in tree:
            repeated[name] = [tree[name], value]
            tree[name] = repeated[name]
        else:
            tree[name] = value
    return tree


def _inner_text(element: Element, depth: int) -> list[str]:
    if depth > _DEEPEST:
        raise ValueError(f"{_name(element)}: expected at most {_DEEPEST} levels, found more")
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            attributes = "".join(f' {name}="{value}"' for name, value in child.items())
            name = _name(child)
            pieces += [f"<{name}{attributes}>", *_inner_text(child, depth + 1)]
            pieces += [] if name.casefold() == "br" else [f"</{name}>"]
        pieces.append(child.tail or "")
    return pieces


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
