"""Reading a tree of JSON so that nothing in it is lost: what is taken is crossed off, what remains becomes statements.

A `Node` is one JSON object with its path. A value of the wrong JSON type is refused (ValueError with path, value and
what was expected). What says nothing (null, a blank text) and what is not understood (a word that is not known) is
not taken, so it remains and is kept as it stands.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NoReturn

from app.record.trial import Issue, Severity, Statement
from app.sources.ctgov.words import Words

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_LARGEST = 2**31 - 1
"""The largest integer that FHIR's and PostgreSQL's `integer` hold."""


@lru_cache(maxsize=16384)
def is_date(text: str) -> bool:
    """A day, month or year of the calendar in ISO 8601."""
    match = _DATE.fullmatch(text)
    if not match:
        return False
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def refuse(path: str, value: object, expected: str) -> NoReturn:
    """Raises ValueError."""
    found = as_json(value)
    raise ValueError(f"{path}: expected {expected}, found {found if len(found) <= 80 else found[:79] + '…'}")


class Account:
    """What becomes of one study beside the record's fields: issues, and what is kept as statements."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.issues: list[Issue] = []
        self.nodes: list[Node] = []
        self._kept: list[tuple[str, object]] = []

    def issue(self, code: str, message: str, severity: Severity = "warning") -> None:
        self.issues.append(Issue(code=code, severity=severity, message=message, document=self.document))

    def keep(self, path: str, value: object) -> None:
        """The value, with everything in it, becomes statements."""
        self._kept.append((path, value))

    def statements(self) -> list[Statement]:
        """One for each value that no field took, in the order of the paths: the order of keys in JSON means nothing."""
        kept = [leaf for path, value in self._kept for leaf in leaves(value, path)]
        kept += [leaf for node in self.nodes if node.rest for leaf in leaves(node.rest, node.path)]
        self.nodes.clear()  # nodes and account name each other: unlinked, they need no garbage collection
        if len(kept) > 1:
            kept.sort(key=lambda leaf: _in_order(leaf[0]))
        return [Statement(label=path, text=as_json(value)) for path, value in kept]


def _in_order(path: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isascii() and part.isdigit() and len(part) < 9 else (-1, part)
        for part in path.split(".")
    ]


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every string, number, boolean and null in `value` with its dotted path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{path}.{i}")
    else:
        yield path, value


class Node:
    """One JSON object: each method takes the value of a key, or gives None (an empty list) and leaves it there."""

    __slots__ = ("_key", "_parent", "account", "rest")

    def __init__(self, account: Account, value: dict[str, Any], parent: "Node | None" = None, key: str = "") -> None:
        self.account, self._parent, self._key = account, parent, key
        self.rest = dict(value)
        """What has not been taken."""
        if value:
            account.nodes.append(self)

    @property
    def path(self) -> str:
        above = self._parent.path if self._parent else ""
        return f"{above}.{self._key}" if above else self._key

    def path_of(self, key: str) -> str:
        path = self.path
        return f"{path}.{key}" if path else key

    def issue(self, key: str, code: str, what: str) -> None:
        value = as_json(self.rest.get(key))
        self.account.issue(code, f"{self.path_of(key)}: {value[:80]} {what}; it is kept as it stands")

    def text(self, key: str) -> str | None:
        """A text without the white space around it."""
        value = self.rest.get(key)
        if value is None:
            return None
        if type(value) is not str:
            refuse(self.path_of(key), value, "a string")
        text = value.strip()
        if not text:
            return None
        del self.rest[key]
        return text

    def verbatim(self, key: str) -> str | None:
        """A text as it stands."""
        value = self.rest.get(key)
        return value if self.text(key) else None

    def put_back(self, key: str, text: str, code: str, what: str) -> None:
        """A text that was taken and says nothing that its field can hold."""
        self.rest[key] = text
        self.issue(key, code, what)

    def texts(self, key: str) -> list[str]:
        return self._read_list(key, str.strip)

    def matching(self, key: str, form: re.Pattern[str]) -> list[str]:
        """Those of a list's texts that have the form of an identifier; any other stays, with an issue."""
        issue = ("unread-identifier", "is no identifier of the form expected")
        return self._read_list(key, lambda text: text if form.fullmatch(text) else None, *issue)

    def code(self, key: str, words: Words) -> str | None:
        """The code of a word; one that is not known stays, with an issue."""
        value = self.rest.get(key)
        if value is None:
            return None
        if type(value) is not str:
            refuse(self.path_of(key), value, "a string")
        code = words.get(value)
        if code is None:
            self.issue(key, "unknown-word", "is no word that is known here")
        else:
            del self.rest[key]
        return code

    def codes(self, key: str, words: Words) -> list[str]:
        return self._read_list(key, words.get, "unknown-word", "is no word that is known here")

    def flag(self, key: str) -> bool | None:
        value = self.rest.get(key)
        if value is None:
            return None
        if type(value) is not bool:
            refuse(self.path_of(key), value, "true or false")
        del self.rest[key]
        return value

    def count(self, key: str) -> int | None:
        """A whole number from 0; one that is too large to be held stays, with an issue."""
        value = self.rest.get(key)
        if value is None:
            return None
        if type(value) is not int:
            refuse(self.path_of(key), value, "a whole number")
        if not 0 <= value <= _LARGEST:
            self.issue(key, "out-of-range", f"is not from 0 to {_LARGEST}")
            return None
        del self.rest[key]
        return value

    def numbers(self, *bounds: tuple[str, float]) -> list[float] | None:
        """The numbers of all these keys, each at most its bound from 0. None when one is missing or out of range."""
        values = []
        for key, bound in bounds:
            value = self.rest.get(key)
            if value is None:
                continue
            if type(value) is not float and type(value) is not int:
                refuse(self.path_of(key), value, "a number")
            if not abs(value) <= bound:  # so is no NaN
                self.issue(key, "out-of-range", f"is not from -{bound:g} to {bound:g}")
                continue
            values.append(float(value))
        if len(values) < len(bounds):
            return None
        for key, _ in bounds:
            del self.rest[key]
        return values

    def date(self, key: str) -> str | None:
        """A date of ISO 8601, at its own precision; anything else stays, with an issue."""
        value = self.rest.get(key)
        if value is None:
            return None
        if type(value) is not str:
            refuse(self.path_of(key), value, "a string")
        if not is_date(value):
            self.issue(key, "unread-date", "is no date")
            return None
        del self.rest[key]
        return value

    def node(self, key: str) -> "Node":
        """The object at a key; an empty one when there is none."""
        value = self.rest.get(key)
        if value is None:
            return Node(self.account, {}, self, key)
        if type(value) is not dict:
            refuse(self.path_of(key), value, "an object")
        del self.rest[key]
        return Node(self.account, value, self, key)

    def nodes(self, key: str) -> "list[Node]":
        """The objects in the list at a key."""
        if key not in self.rest:
            return []
        items = self._items(key, dict, "an object")
        return [Node(self.account, value, self, f"{key}.{i}") for i, value in items]

    def _read_list(self, key: str, read: Callable[[str], str | None], code: str = "", what: str = "") -> list[str]:
        """What `read` makes of the texts of a list; where it makes nothing of one, that is kept, with an issue if
        there is a code for it."""
        found = []
        for i, text in self._items(key, str, "a string"):
            value = read(text)
            if value:
                found.append(value)
                continue
            path = f"{self.path_of(key)}.{i}"
            self.account.keep(path, text)
            if code:
                self.account.issue(code, f"{path}: {as_json(text)[:80]} {what}; it is kept as it stands")
        return found

    def _items(self, key: str, kind: type, expected: str) -> list[tuple[int, Any]]:
        """The items of a list with their places, nulls left aside. A text where a list of texts belongs is one item:
        files that were once converted from XML have such."""
        value = self.rest.get(key)
        if value is None:
            return []
        if type(value) is str and kind is str:
            self.account.issue("not-a-list", f"{self.path_of(key)}: one text stands where a list belongs")
            value = [value]
        elif type(value) is not list:
            refuse(self.path_of(key), value, "a list")
        del self.rest[key]
        items = []
        for i, item in enumerate(value):
            if type(item) is kind:
                items.append((i, item))
            elif item is None:
                self.account.keep(f"{self.path_of(key)}.{i}", item)
            else:
                refuse(f"{self.path_of(key)}.{i}", item, expected)
        return items
