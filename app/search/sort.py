"""What a page is sorted by, as SQL (https://hl7.org/fhir/R5/search.html#_sort): ascending by a resource's least value,
descending by its greatest, what is missing last, ties by key.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.parameters.extract import HIGHEST, LOWEST
from app.search.compile import Compiler
from app.search.parse import scored
from app.search.query import Position, Query, SortKey, words_column
from app.search.rows import TABLES
from app.search.sql import Binder
from app.store.words import words_score, words_source

_VALUES = {"search_token": "code", "search_string": "start", "search_date": "low", "search_number": "low"}


class Column(NamedTuple):
    """A value that rows are sorted by, and the join that brings it in."""

    value: str
    descending: bool
    may_be_missing: bool = False
    join: str = ""


def columns_of(query: Query, compiler: Compiler, key: str, *, joined: bool, by_score: bool) -> list[Column]:
    """`key` is the resources' key; without `joined` the rows are those of `sorted_rows`, with `by_score` `scored` is
    among the tables already."""
    made = []
    for n, one in enumerate(query.sort):
        if one.parameter is None:
            # not made in vain: a statement must use each value that is bound
            found = "" if by_score else f" JOIN ({score_rows(query, compiler)}) AS scored ON scored.key = {key}"
            made.append(Column("scored.score", one.descending, join=found))
        elif one.parameter.reads == "id":
            made.append(Column("r.id", one.descending))
        elif one.parameter.reads == "lastUpdated":
            made.append(Column("r.last_updated", one.descending))
        else:
            table = TABLES[one.parameter.reads]
            row = f" LEFT JOIN {table} s{n} ON s{n}.key = {key} AND {_chosen(compiler, one, n)}"
            made.append(Column(f"s{n}.{_VALUES[table]}", one.descending, joined, row if joined else ""))
    return made


def sorted_rows(query: Query, compiler: Compiler) -> tuple[str, list[str]]:
    """The rows that the first key sorts by, one for each resource that has it: tables and conditions."""
    [one] = query.sort
    assert one.parameter is not None
    return f"{TABLES[one.parameter.reads]} s0", [_chosen(compiler, one, 0)]


def missing_in(query: Query, compiler: Compiler, key: str) -> str:
    """That `sorted_rows` has none of this resource."""
    tables, conditions = sorted_rows(query, compiler)
    return f"NOT EXISTS (SELECT 1 FROM {tables} WHERE {' AND '.join(conditions)} AND s0.key = {key})"


def _chosen(compiler: Compiler, one: SortKey, n: int) -> str:
    assert one.parameter is not None
    marks = compiler.holds(f"s{n}", HIGHEST if one.descending else LOWEST)
    return f"s{n}.param = {one.parameter.number} AND {marks}"


def score_rows(query: Query, compiler: Compiler) -> str:
    """(key, score) of the resources that have the words that are searched, whatever else is asked of them."""
    test, bind = scored(query), compiler.bind
    assert test is not None, "a sort by score needs words"
    alternatives = [value for value in test.values if isinstance(value, tuple) and value]
    tables, condition, key = words_source(bind.dialect, "w", words_column(test.parameters[0]), alternatives, bind.text)
    score = words_score(bind.dialect, "w", alternatives, bind.text)
    return f"SELECT {key} AS key, {score} AS score FROM {tables} WHERE {condition}"


def order_by(columns: Sequence[Column], key: str, query: Query) -> str:
    """A page before another is read the other way round."""
    forward = query.position is None or query.position.forward
    parts = []
    for one in columns:
        if one.may_be_missing:
            parts.append(f"({one.value} IS NULL){'' if forward else ' DESC'}")
        if one.value != "NULL":
            parts.append(f"{one.value}{' DESC' if one.descending is forward else ''}")
    parts.append(key if forward else f"{key} DESC")
    return ", ".join(parts)


def after(position: Position, columns: Sequence[Column], key: str, bind: Binder, *, phase: bool) -> str:
    """Rows after (or before) a place in the order. A part of a page by an index (`phase`) in which the place is not is
    wholly after it."""
    forward = position.forward
    tie = f"{key} {'>' if forward else '<'} {{}}"
    if phase:
        return _in_phase(position, columns[0], key, bind, tie)
    condition = tie.format(bind.value(position.key))
    for one, value in reversed(list(zip(columns, position.values, strict=True))):
        if value is None:
            same = f"({one.value} IS NULL AND {condition})"
            condition = same if forward else f"({one.value} IS NOT NULL OR {same})"
            continue
        ahead = f"{one.value} {'<' if one.descending is forward else '>'} {bind.value(value)}"
        if one.may_be_missing and forward:
            ahead += f" OR {one.value} IS NULL"
        condition = f"({ahead} OR ({one.value} = {bind.value(value)} AND {condition}))"
    return condition


def _in_phase(position: Position, one: Column, key: str, bind: Binder, tie: str) -> str:
    value = position.values[0]
    if (one.value == "NULL") is not (value is None):
        return "TRUE"
    last = tie.format(bind.value(position.key))
    if value is None:
        return last
    sign = "<" if one.descending is position.forward else ">"
    # as two conditions: the first is a range of the index
    return f"{one.value} {sign}= {bind.value(value)} AND ({one.value} {sign} {bind.value(value)} OR {last})"
