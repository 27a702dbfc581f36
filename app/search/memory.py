"""What is remembered between requests: numbers that the database would give again (least recently used ones go).

Totals and facets hold for one data version, which every writing transaction raises: a page says which version it saw,
and a number of another version is not used. How many rows a test has only decides where a page begins: it may be old.
"""

from collections.abc import Hashable
from threading import Lock
from typing import Any

from cachetools import LRUCache

MOST = 20_000


class Memory:
    """Searches that take long ask it from threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: LRUCache[Hashable, tuple[Any, Any]] = LRUCache(MOST)

    def get(self, name: Hashable) -> tuple[Any, Any] | None:
        """(data version, value)"""
        with self._lock:
            return self._kept.get(name)

    def put(self, name: Hashable, version: Any, value: Any) -> None:
        with self._lock:
            self._kept[name] = (version, value)
