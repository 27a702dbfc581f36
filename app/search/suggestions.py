"""What a search for a condition that found nothing may have meant: an `information` issue, never another search.

Lay words and misspellings are compared with the words that the registry's own records use for conditions.
"""

import asyncio
from typing import Any

from sqlalchemy import distinct, func, select

from app.parameters.table import BITS, parameters_of
from app.search.query import Notice, Query, Test, Token, tests_in
from app.search.suggest import Vocabulary, suggestions
from app.store.search_tables import search_string

_MOST_WORDS = 60_000
_CODES = ("condition", "focus", "focus-code", "keyword", "title")


async def suggest(state: Any, query: Query) -> list[Notice]:
    """`state` is the application's: its database, and the words kept from the last time (`condition_words`)."""
    notices = []
    for test in [one for node in query.nodes for one in tests_in(node)]:
        parameter = test.parameters[0]
        if parameter.resource != "ResearchStudy" or parameter.code not in _CODES or test.modifier in ("missing", "not"):
            continue
        for word in _words(test):
            found = suggestions(word, await _vocabulary(state, query.release))
            if found:
                listed = ", ".join(f"'{one}'" for one in found)
                how = "title:contains or condition:text" if parameter.code == "title" else f"{parameter.code}:text"
                said = f"nothing has '{word[:100]}'; the registry has {listed} (ask with {how})"
                notices.append(Notice("information", "informational", said, parameter.code))
    return notices


def _words(test: Test) -> list[str]:
    words = []
    for value in test.values:
        if isinstance(value, Token) and not value.system:
            words.append(value.code.replace("-", " "))
        elif isinstance(value, str):
            words.append(value)
    return words


async def _vocabulary(state: Any, release: str) -> Vocabulary:
    """The texts of conditions in the registry, the most frequent ones; kept until the data change."""
    database = state.database
    version = await database.data_version()
    kept = getattr(state, "condition_words", None)
    if kept is None or kept[0] != version:
        row = search_string.c
        number = parameters_of(release, "ResearchStudy")["condition"].number
        statement = (
            select(row.start)
            .where(row.param == number, row.marks.bitwise_and(BITS[release]) != 0)
            .group_by(row.start)
            .order_by(func.count(distinct(row.key)).desc(), row.start)
            .limit(_MOST_WORDS)
        )
        [rows] = await database.read(database.compile(statement))
        kept = (version, await asyncio.to_thread(Vocabulary, [text for (text,) in rows]))
        state.condition_words = kept
    words: Vocabulary = kept[1]
    return words
