"""A Query as SQL: the page (one row more than asked, to know whether another follows) and the count."""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from app.record.codes import STALE_AFTER_YEARS, UNFINISHED
from app.record.ids import fold
from app.search.collections import COLLECTIONS, Collection
from app.search.dates import around, instant, interval, split_prefix
from app.search.parse import split, unescape
from app.search.query import Filter, Query
from app.search.reads import Chosen, Dates, Reads, Stale, Translated, Words


def compile_page(query: Query) -> Select[tuple[object, ...]]:
    """Rows of the collection: its order, then its columns or its body."""
    collection = COLLECTIONS[(query.release, query.resource)]
    body = collection.body
    columns = collection.columns if body is None else (*collection.order, body.key)
    statement = select(*columns).select_from(collection.source).where(_where(collection, query))
    if query.after is not None:
        statement = statement.where(_beyond(collection, query.after))
    statement = statement.order_by(*collection.order).limit(query.count + 1)
    if body is None:
        return statement
    # sorted and cut first: the sorter must not carry the bodies of all that match
    page = statement.subquery("page")
    *order, key = page.columns
    return select(*order, body.column).join(page, body.table.c.key == key).order_by(*order)


def compile_total(query: Query) -> Select[int]:
    collection = COLLECTIONS[(query.release, query.resource)]
    return select(func.count()).select_from(collection.source).where(_where(collection, query))


def _beyond(collection: Collection, after: tuple[str | int, ...]) -> ColumnElement[bool]:
    if len(collection.order) == 1:
        return collection.order[0] > after[0]
    return tuple_(*collection.order) > tuple_(*(literal(value) for value in after))


def _where(collection: Collection, query: Query) -> ColumnElement[bool]:
    return and_(collection.where, *(_filter(collection, one) for one in query.filters))


def _filter(collection: Collection, one: Filter) -> ColumnElement[bool]:
    reads = one.parameter.reads
    column = _column(reads)
    if one.modifier == "missing":
        present = _somewhere(collection, column, column.is_not(None))
        return not_(present) if one.values == ("true",) else present
    matches = _somewhere(collection, column, or_(*(_value(reads, one.modifier, value) for value in one.values)))
    return not_(func.coalesce(matches, False)) if one.modifier == "not" else matches


def _column(reads: Reads) -> Column[str]:
    if isinstance(reads, Words):
        return reads.raw
    if isinstance(reads, Stale):
        return reads.status
    if isinstance(reads, Dates):
        return reads.column
    return reads.column if isinstance(reads, Translated | Chosen) else reads.code


def _somewhere(collection: Collection, column: Column[str], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on the row itself, or on any row of the list that the column belongs to.

    IN and not EXISTS: SQLite then begins with the list's index instead of asking for every row of the registry.
    """
    link = collection.links.get(column.table.name if isinstance(column.table, Table) else "")
    if link is None or collection.key is None:
        return condition
    return collection.key.in_(select(link.key).select_from(link.table).where(link.where, condition))


def _value(reads: Reads, modifier: str | None, value: str) -> ColumnElement[bool]:
    if isinstance(reads, Words):
        return _words(reads, modifier, unescape(value))
    if isinstance(reads, Chosen):
        return reads.column == value
    if isinstance(reads, Dates):
        return _date(reads.column, value)
    if isinstance(reads, Stale):
        return _stale(reads) if value == "true" else not_(func.coalesce(_stale(reads), False))
    system, bar, code = _token(value)
    if isinstance(reads, Translated):
        codes = {
            ours
            for its_system, its_code, ours in reads.meanings
            if (not bar or system == its_system) and (code == "" or code == its_code)
        }
        if reads.fixed:
            return true() if codes else false()
        return reads.column.in_(sorted(codes)) if codes else false()
    parts: list[ColumnElement[bool]] = []
    if code:
        parts.append(reads.code == (fold(code) if reads.fold else code))
    if bar and reads.system is not None:
        parts.append(reads.system == system if system else reads.system.is_(None))
    elif bar and system:
        return false()  # these codes have no system
    return and_(*parts) if parts else false()


def _stale(reads: Stale) -> ColumnElement[bool]:
    today = datetime.now(UTC).date()
    long_ago = today.replace(year=today.year - STALE_AFTER_YEARS, day=min(today.day, 28)).isoformat()
    return or_(reads.status == "unknown", and_(reads.status.in_(UNFINISHED), reads.fresh_on < long_ago))


def _date(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """An instant against an interval (https://hl7.org/fhir/R5/search.html#prefix)."""
    prefix, date = split_prefix(value)
    low, high = interval(date)
    if prefix == "ap":
        low, high = around(low, high)
    start, end = instant(low), instant(high)
    within = and_(column >= start, column < end)
    return {
        "eq": within,
        "ap": within,
        "ne": not_(within),
        "gt": column >= end,
        "sa": column >= end,
        "lt": column < start,
        "eb": column < start,
        "ge": column >= start,
        "le": column < end,
    }[prefix]


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
        return column.like(prefix.replace("%", "\\%"), escape="\\") if prefix else column.is_not(None)
    following = "\ue000" if last == "\ud7ff" else chr(ord(last) + 1)
    return and_(column >= prefix, column < prefix[:-1] + following)
