"""Totals that are counted once for each state of the data: counting goes through all that is counted."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Select

from app.search.memory import Memory
from app.search.page import DATA_VERSION
from app.store.database import Database, Script


def remembered(database: Database, memory: Memory, name: Hashable, count: Select[Any]) -> Script[int]:
    """The number that `count` gives in the snapshot of the script; `name` names what is counted."""
    [(version,)] = yield DATA_VERSION
    kept = memory.get(name)
    if kept is None or kept[0] != version:
        [(number,)] = yield database.compile(count)
        memory.put(name, version, int(number))
        return int(number)
    return int(kept[1])
