"""What a plan scans: SQLite's EXPLAIN QUERY PLAN (https://sqlite.org/eqp.html) and PostgreSQL's EXPLAIN
(https://www.postgresql.org/docs/current/sql-explain.html) in, the scans out, as text.

A scan is a walk over all rows of a table, or over all rows of one parameter or type, which grow with the registry just
so: an index that is asked for nothing but `param`, `type` and `deleted`. None is a walk in the order that is asked for
that ends with the page: it is the outermost loop under `ORDER BY ... LIMIT n`, nothing sorts or gathers in between, and
n is a page's size. (How many rows of a test there are is counted up to `page.FEW` in no order: that may go through all
when few rows pass, and is no such walk.)
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from app.search import page
from app.store.columns import metadata
from app.store.database import Database, Statement

_BOUNDED = {"state", "export_job", "sync", "run"}
TABLES = {*metadata.tables, "search_words"} - _BOUNDED
"""Those that grow with the registry."""
_OF_ALL = {"param", "type", "deleted", "marks"}
"""Columns that say of which kind a row is."""
_ORDER = {"key", "rowid", "number"}
"""Where a walk in their order begins says nothing of how many rows follow."""
_PAGE = re.compile(r"\bORDER BY [^()]*\sLIMIT \S+(\s+OFFSET \S+)?$")
_NAMED = re.compile(r'(?:FROM|JOIN|,)\s+"?(\w+)"?(?:\s+AS)?(?:\s+"?(\w+)"?)?', re.I)


async def scans_of(database: Database, statement: Statement) -> list[str]:
    [rows] = await database.read(Statement(f"{EXPLAIN[database.name]} {statement.sql}", statement.values))
    return scans_in(database.name, statement.sql, rows)


EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN (FORMAT JSON)"}


def scans_in(dialect: str, sql: str, rows: Sequence[Sequence[Any]]) -> list[str]:
    """`rows` are what explaining gave."""
    if dialect == "sqlite":
        return list(_sqlite(sql, rows))
    [[found]] = rows
    [plan] = orjson.loads(found) if isinstance(found, str) else found
    return list(_postgresql(plan["Plan"], "", ends=False, counts=_counts(sql)))


def _counts(sql: str) -> bool:
    return f"LIMIT {page.FEW + 1}" in sql


_INDEXES = {
    str(index.name): [c.name for c in index.columns] for one in metadata.tables.values() for index in one.indexes
}
_INDEXES |= {f"pk_{name}": [c.name for c in one.primary_key.columns] for name, one in metadata.tables.items()}
"""Index -> its columns."""


def _restricts(index: str, conditions: Sequence[tuple[str, str]]) -> bool:
    """Whether (column, operator) are asked of its first column that says more than the kind of a row: a later one is
    no place in the index."""
    first = next((name for name in _INDEXES.get(index, ()) if name not in _OF_ALL), None)
    return any(
        name not in _OF_ALL and (name not in _ORDER or sign == "=") and first in (None, name)
        for name, sign in conditions
    )


def _sqlite(sql: str, rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    tables = {alias or table: table for table, alias in _NAMED.findall(sql) if table in TABLES}
    tables |= {table: table for table in tables.values()}
    parents = {id: (parent, detail) for id, parent, _, detail in rows}
    for id, (parent, detail) in parents.items():
        verb, _, rest = detail.partition(" ")
        name, _, how = rest.partition(" ")
        if verb not in ("SCAN", "SEARCH") or name not in tables:
            continue
        if "VIRTUAL TABLE INDEX 0:" in how and not how.endswith("INDEX 0:"):
            continue  # words, or a row by its key
        conditions = re.findall(r"(\w+)(=|<|>)", how[how.rfind("(") :]) if "(" in how else []
        index = re.search(r" INDEX (\w+)", how)
        named = index[1] if index else "" if "INTEGER PRIMARY KEY" in how else f"pk_{tables[name]}"
        if "AUTOMATIC" not in how and _restricts(named, conditions):
            continue
        beside = [(other, said) for other, (its, said) in parents.items() if its == parent]
        first = next(other for other, said in beside if said.startswith(("SCAN", "SEARCH"))) == id
        sorts = any(said == "USE TEMP B-TREE FOR ORDER BY" or "GROUP BY" in said for _, said in beside)
        query = _query(sql, parents.get(parent, (0, ""))[1])
        if first and not sorts and not _counts(sql) and _PAGE.search(query):
            continue
        yield f"{tables[name]}: {detail}"


def _query(sql: str, named: str) -> str:
    """The text of the query whose plan stands below a line: all, or a subquery by its alias."""
    alias = re.match(r"(?:CO-ROUTINE|MATERIALIZE) (\w+)", named)
    if not alias:
        return "" if named else sql.strip()
    end = re.search(rf"\) (?:AS )?{alias[1]}\b", sql)
    if not end:
        return ""
    depth = 0
    for start in range(end.start(), -1, -1):
        depth += {")": 1, "(": -1}.get(sql[start], 0)
        if depth == 0:
            return sql[start + 1 : end.start()].strip()
    return ""


_STREAMS = {"Nested Loop", "Subquery Scan", "Result", "Unique", "Append", "Merge Append", "Incremental Sort", "Gather"}
_STREAMS |= {"Gather Merge", "Hash Join", "Merge Join", "Memoize", "LockRows", "ProjectSet"}


def _postgresql(node: dict[str, Any], above: str, *, ends: bool, counts: bool) -> Iterator[str]:
    """`above` is the table of what is above; `ends`: it is read no further than a page."""
    kind = node["Node Type"]
    table, condition = node.get("Relation Name", above), node.get("Index Cond", "")
    if kind == "Seq Scan" and table in TABLES and not ends:
        yield f"{table}: Seq Scan, {node.get('Filter', 'no filter')}"
    # an index of words has no order to be walked in
    columns = re.findall(r"(\w+)\)?(?:::\w+)?\)? (=|<|>|@@)", condition)
    if "Index" in kind and table in TABLES and not ends and not _restricts(node["Index Name"], columns):
        yield f"{table}: {kind} using {node['Index Name']} {condition}"
    streams = ends and (kind in _STREAMS or (kind == "Aggregate" and node["Strategy"] == "Sorted"))
    for n, below in enumerate(node.get("Plans", ())):
        outer = below.get("Parent Relationship") in ("Outer", "Member", "Subquery") and (n == 0 or "Append" in kind)
        outer |= kind == "Merge Join" and below.get("Parent Relationship") == "Inner"
        further = (kind == "Limit" and not counts) or streams
        yield from _postgresql(below, table, ends=further and outer, counts=counts)
