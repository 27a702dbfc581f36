"""How many matches have each value of a parameter, for the question as it is asked."""

from collections.abc import Sequence
from typing import Any

from app import clock
from app.parameters.table import Parameter
from app.search.memory import Memory
from app.search.page import Pages
from app.search.query import Query
from app.search.run import planned
from app.store.database import Database, Script

MOST_VALUES = 100
"""Values of one facet: the most frequent ones."""
Counts = dict[str, list[dict[str, Any]]]


async def count_facets(database: Database, memory: Memory, query: Query, parameters: Sequence[Parameter]) -> Counts:
    """Parameter -> `{"value": code, "count": n}`, most frequent first; one snapshot, one statement for each."""
    version = await database.data_version()
    name = ("facets", clock.now().date(), query.release, query.nodes, tuple(parameters))
    kept = memory.get(name)
    if kept is not None and kept[0] == version:
        counts: Counts = kept[1]
        return counts
    counts = await database.run(lambda: _script(database, memory, query, parameters))
    memory.put(name, version, counts)
    return counts


def _script(database: Database, memory: Memory, query: Query, parameters: Sequence[Parameter]) -> Script[Counts]:
    pages = Pages(query, database.name)
    plan = yield from planned(database, memory, query, pages)
    counts: Counts = {}
    for one in parameters:
        rows = yield pages.facet(plan, one, MOST_VALUES)
        counts[one.code] = [{"value": value, "count": count} for value, count in rows]
    return counts
