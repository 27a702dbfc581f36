"""How many matches have each value of a parameter, for the question as it is asked."""

from collections.abc import Sequence
from typing import Any

from app.parameters.table import Parameter
from app.search.page import PageCompiler
from app.search.query import Query
from app.store.database import Database

MOST_VALUES = 100
"""Values of one facet: the most frequent ones."""


async def count_facets(
    database: Database, query: Query, parameters: Sequence[Parameter]
) -> dict[str, list[dict[str, Any]]]:
    """Parameter -> `{"value": code, "count": n}`, most frequent first; one snapshot, one statement for each."""
    compiler = PageCompiler(query, database.name)
    found = await database.read(*(database.compile(compiler.facet(one, MOST_VALUES)) for one in parameters))
    return {
        one.code: [{"value": value, "count": count} for value, count in rows]
        for one, rows in zip(parameters, found, strict=True)
    }
