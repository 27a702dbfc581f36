"""Full text, in each engine's own kind of index: SQLite's FTS5 (https://sqlite.org/fts5.html), PostgreSQL's tsvector
(https://www.postgresql.org/docs/current/textsearch.html).

Words are made by `app.parameters.texts.word_list` on both, so that both find the same; only scores differ. Three
columns: the words of the title or name, of the narrative, and of all else; each word once, as no phrase is asked for.
SQLite keeps where each stands all the same (`detail = full`): a score is then a sixteenth of the time.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, text

Where = Literal["title", "narrative", "all"]

_MOST_POSITION = 16383
"""Of a word in a tsvector."""
_WEIGHTS = (10.0, 4.0, 1.0)
"""Of a word in the title, the narrative, all else: a document about a thing names it in its title."""


def put_words(connection: Connection, rows: Sequence[tuple[int, tuple[str, str, str]]]) -> None:
    """Rows of a resource's key and its words. None of the keys may be there."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "INSERT INTO search_words (rowid, title, narrative, rest) VALUES (?, ?, ?, ?)",
            [(key, *words) for key, words in rows],
        )
        return
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy("COPY search_words (key, title, narrative, whole) FROM STDIN") as copy,
    ):
        for key, (title, narrative, rest) in rows:
            whole = _vector((title, "A"), (narrative, "B"), (rest, "D"))
            copy.write_row((key, _vector((title, "A")), _vector((narrative, "B")), whole))


def _vector(*parts: tuple[str, str]) -> str:
    """A tsvector as text, with one place for each word. Words hold neither quotes nor backslashes; one has at most 2046
    bytes."""
    places: dict[str, list[str]] = {}
    at = 0
    for words, weight in parts:
        for word in words.split():
            at += 1
            found = places.setdefault(word[:500], [])
            if at <= _MOST_POSITION and not found:
                found.append(f"{at}{weight}")
    return " ".join(f"'{word}'{':' if found else ''}{','.join(found)}" for word, found in places.items())


def remove_words(connection: Connection, keys: Iterable[int]) -> None:
    if connection.dialect.name == "sqlite":
        rows = [(key,) for key in keys]
        if rows:
            connection.exec_driver_sql("DELETE FROM search_words WHERE rowid = ?", rows)
    else:
        connection.execute(text("DELETE FROM search_words WHERE key = ANY(:keys)"), {"keys": list(keys)})


Bind = Callable[[str], str]
"""Gives the placeholder of a text."""


def words_source(
    dialect: str, row: str, where: Where, alternatives: Sequence[Sequence[str]], bind: Bind
) -> tuple[str, str, str]:
    """(tables, condition, key) of the resources that have all the words of one of the alternatives there; no
    alternative may be empty. `row` is the table's alias."""
    wanted = bind(_query(dialect, where, alternatives))
    if dialect == "sqlite":
        return f"search_words {row}", f"{row}.search_words MATCH {wanted}", f"{row}.rowid"
    column = {"title": "title", "narrative": "narrative", "all": "whole"}[where]
    return f"search_words {row}", f"{row}.{column} @@ {wanted}::tsquery", f"{row}.key"


def words_score(dialect: str, row: str, alternatives: Sequence[Sequence[str]], bind: Bind) -> str:
    """How well a row of `words_source` matches: more is better."""
    if dialect == "sqlite":
        return f"-bm25({row}.search_words, {', '.join(map(str, _WEIGHTS))})"
    wanted = bind(_query(dialect, "all", alternatives))
    return f"ts_rank('{{0.1, 0.2, 0.4, 1}}', {row}.whole, {wanted}::tsquery)"


def _query(dialect: str, where: Where, alternatives: Sequence[Sequence[str]]) -> str:
    if dialect == "sqlite":
        column = {"title": "title : ", "narrative": "narrative : ", "all": ""}[where]
        all_words = [f"({' AND '.join(_quoted(words))})" for words in alternatives]
        return f"{column}({' OR '.join(all_words)})"
    return " | ".join(f"({' & '.join(_lexemes(words))})" for words in alternatives)


def _quoted(words: Sequence[str]) -> list[str]:
    return [f'"{word}"' for word in words]


def _lexemes(words: Sequence[str]) -> list[str]:
    return [f"'{word[:500]}'" for word in words]
