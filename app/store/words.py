"""Full text, in each engine's own kind of index: SQLite's FTS5 (https://sqlite.org/fts5.html), PostgreSQL's tsvector
(https://www.postgresql.org/docs/current/textsearch.html).

Words are made by `app.parameters.extract.word_list` on both, so that both find the same; only scores differ. Three
columns: the words of the title or name, of the narrative, and of all else; each word once, as no phrase is asked for.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import BigInteger, Connection, Float, Select, String, bindparam, select, text
from sqlalchemy import column as sql_column

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


def words_found(dialect: str, where: Where, alternatives: Sequence[Sequence[str]]) -> Select[Any]:
    """(key, score) of the resources that have all the words of one of the alternatives there; none may be empty. A
    higher score is a better match."""
    if dialect == "sqlite":
        column = {"title": "title : ", "narrative": "narrative : ", "all": ""}[where]
        wanted = " OR ".join(f"({' AND '.join(_quoted(words))})" for words in alternatives)
        weights = ", ".join(map(str, _WEIGHTS))
        statement = text(
            f"SELECT rowid AS key, -bm25(search_words, {weights}) AS score FROM search_words "
            "WHERE search_words MATCH :wanted"
        ).bindparams(bindparam("wanted", f"{column}({wanted})", unique=True))
    else:
        column = {"title": "title", "narrative": "narrative", "all": "whole"}[where]
        wanted = " | ".join(f"({' & '.join(_lexemes(words))})" for words in alternatives)
        statement = text(
            f"SELECT key, ts_rank('{{0.1, 0.2, 0.4, 1}}', whole, CAST(:wanted AS tsquery)) AS score FROM search_words "
            f"WHERE {column} @@ CAST(:wanted AS tsquery)"
        ).bindparams(bindparam("wanted", wanted, String, unique=True))
    found = statement.columns(sql_column("key", BigInteger), sql_column("score", Float)).subquery()
    return select(found.c.key, found.c.score)


def _quoted(words: Sequence[str]) -> list[str]:
    return [f'"{word}"' for word in words]


def _lexemes(words: Sequence[str]) -> list[str]:
    return [f"'{word[:500]}'" for word in words]
