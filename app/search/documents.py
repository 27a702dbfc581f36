"""The documents of resources by their keys, in one statement, whose text is made once for each number of them."""

from collections.abc import Sequence
from functools import lru_cache

from app.search.page import VERSION
from app.store.database import Statement


def documents(dialect: str, column: str, keys: Sequence[int]) -> Statement:
    """(data version, key, type, id, document) in any order. `column` is `r4`, `r5` or `plain`."""
    if dialect == "postgresql":
        return Statement(_sql(column, "= ANY($1::bigint[])"), (list(keys),))
    return Statement(_numbered(column, len(keys)), tuple(keys))


def _sql(column: str, among: str) -> str:
    document, trial = (f"r.{column}", "") if column != "plain" else ("t.plain", " JOIN trial t ON t.key = r.key")
    return f"SELECT {VERSION}, r.key, r.type, r.id, {document} FROM resource r{trial} WHERE r.key {among}"


@lru_cache(maxsize=1 << 9)
def _numbered(column: str, count: int) -> str:
    return _sql(column, f"IN ({', '.join('?' * count)})")
