"""A ListQuery as SQL: the page (one row more than asked, to know whether another follows) and the count."""

from sqlalchemy import Column, ColumnElement, Select, Table, and_, false, func, literal, not_, or_, select, tuple_

from app.record.ids import fold
from app.search.listed.collections import COLLECTIONS, Collection
from app.search.listed.constraints import constraint_conditions
from app.search.listed.query import Filter, ListQuery
from app.search.listed.reads import Chosen, Stated, Tokens, Words
from app.search.values import split, unescape

Own = Words | Tokens | Chosen
"""What compares a column of the collection or of one of its lists."""


def compile_page(query: ListQuery) -> Select[tuple[object, ...]]:
    """The collection's columns."""
    collection = COLLECTIONS[query.collection]
    statement = select(*collection.columns).select_from(collection.source).where(_where(collection, query))
    if query.after is not None:
        statement = statement.where(_beyond(collection, query.after))
    return statement.order_by(*collection.order).limit(query.count + 1)


def compile_total(query: ListQuery) -> Select[int]:
    collection = COLLECTIONS[query.collection]
    return select(func.count()).select_from(collection.source).where(_where(collection, query))


def _beyond(collection: Collection, after: tuple[str | int | float | None, ...]) -> ColumnElement[bool]:
    if len(collection.order) == 1:
        return collection.order[0] > after[0]
    return tuple_(*collection.order) > tuple_(*(literal(value) for value in after))


def _where(collection: Collection, query: ListQuery) -> ColumnElement[bool]:
    own = [_filter(collection, one) for one in query.filters if not isinstance(one.parameter.reads, Stated)]
    return and_(collection.where, *own, *constraint_conditions(query.filters))


def _filter(collection: Collection, one: Filter) -> ColumnElement[bool]:
    reads = one.parameter.reads
    assert not isinstance(reads, Stated)
    column = _column(reads)
    if one.modifier == "missing":
        present = _somewhere(collection, column, column.is_not(None))
        return not_(present) if one.values == ("true",) else present
    matches = _somewhere(collection, column, or_(*(_value(reads, one.modifier, value) for value in one.values)))
    return not_(func.coalesce(matches, False)) if one.modifier == "not" else matches


def _column(reads: Own) -> Column[str]:
    if isinstance(reads, Words):
        return reads.raw
    return reads.column if isinstance(reads, Chosen) else reads.code


def _somewhere(collection: Collection, column: Column[str], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on the row itself, or on any row of the list that the column belongs to.

    IN and not EXISTS: SQLite then begins with the list's index instead of asking for every row of the registry.
    """
    link = collection.links.get(column.table.name if isinstance(column.table, Table) else "")
    if link is None or collection.key is None:
        return condition
    return collection.key.in_(select(link.key).select_from(link.table).where(link.where, condition))


def _value(reads: Own, modifier: str | None, value: str) -> ColumnElement[bool]:
    if isinstance(reads, Words):
        return _words(reads, modifier, unescape(value))
    if isinstance(reads, Chosen):
        return reads.column == value
    system, bar, code = _token(value)
    parts: list[ColumnElement[bool]] = []
    if code:
        parts.append(reads.code == (fold(code) if reads.fold else code))
    if bar and reads.system is not None:
        parts.append(reads.system == system if system else reads.system.is_(None))
    elif bar and system:
        return false()  # these codes have no system
    return and_(*parts) if parts else false()


def _token(value: str) -> tuple[str, bool, str]:
    """(system, whether one was given, code) of `code`, `system|code`, `|code` or `system|`."""
    parts = [unescape(part) for part in split(value, "|")]
    return ("", False, parts[0]) if len(parts) == 1 else (parts[0], True, "|".join(parts[1:]))


def _words(reads: Words, modifier: str | None, value: str) -> ColumnElement[bool]:
    if modifier == "exact":
        return reads.raw == value
    wanted = fold(value)
    if modifier == "contains" or reads.anywhere:
        return reads.folded.contains(wanted, autoescape=True)
    return _begins(reads.folded, wanted)


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """A range, which an index answers; LIKE would not be one on either engine."""
    last = prefix[-1:]
    if last in ("", "\U0010ffff"):
        return column.startswith(prefix, autoescape=True)
    following = "\ue000" if last == "\ud7ff" else chr(ord(last) + 1)
    return and_(column >= prefix, column < prefix[:-1] + following)
