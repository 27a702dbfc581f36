"""What is remembered between requests: numbers that the database would give again (least recently used ones go).

Totals and facets hold for one data version, which every writing transaction raises: a page says which version it saw,
and a number of another version is not used. How many rows a test has only decides where a page begins: it may be old.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Memory:
    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Any, Any]] = OrderedDict()

    def get(self, name: Hashable) -> tuple[Any, Any] | None:
        """(data version, value)"""
        found = self._kept.get(name)
        if found is not None:
            self._kept.move_to_end(name)
        return found

    def put(self, name: Hashable, version: Any, value: Any) -> None:
        self._kept[name] = (version, value)
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
