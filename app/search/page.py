"""A Query as SQL: the page, the total, what the page includes, how far it is, facets.

The page is found by keys and sort values first; bodies are read for the keys of the page only. One row more than asked
tells whether another page follows. Pages go on from the last row's sort values and key, for any sort.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, distinct, false, func, or_, select

from app.parameters.extract import HIGHEST, LOWEST
from app.parameters.table import Parameter
from app.search.compile import SITE, TABLES, Compiler
from app.search.conditions import Condition, chord
from app.search.limits import MOST_INCLUDED
from app.search.parse import words_asked
from app.search.query import Around, Include, Position, Query
from app.store import tables as t
from app.store.search_tables import search_place, search_reference
from app.store.words import words_found

_VALUES = {"search_token": "code", "search_string": "start", "search_date": "low", "search_number": "low"}


class _Sorted(NamedTuple):
    value: ColumnElement[Any]
    descending: bool
    may_be_missing: bool


class PageCompiler:
    def __init__(self, query: Query, dialect: str) -> None:
        self.query, self.compiler, self.dialect = query, Compiler(query.release, dialect), dialect

    def page(self, body: str) -> Select[Any]:
        """(sort values, key, type, id, document); `body` is the column of the document: `r4`, `r5` or `plain`."""
        keys = self._keys()
        page = keys.limit(self.query.count + 1).subquery("page")
        served = t.resource.alias("served")
        source = page.join(served, served.c.key == page.c.key)
        document: ColumnElement[Any] = served.c["r5" if body == "plain" else body]
        if body == "plain":
            source = source.join(t.trial, t.trial.c.key == page.c.key)
            document = t.trial.c.plain
        order = [column for column in page.c if column.name.startswith("o")]
        values = [column for column in page.c if column.name.startswith("v")]
        columns = (*values, page.c.key, served.c.type, served.c.id, document)
        return (
            select(*columns).select_from(source).order_by(*_directed(order, self._descending()), self._key(page.c.key))
        )

    def total(self) -> Select[Any]:
        return select(func.count()).select_from(t.resource).where(self.where(t.resource))

    def where(self, r: Any) -> Condition:
        types = self.query.types
        of_types = r.c.type == types[0] if len(types) == 1 else r.c.type.in_(types)
        conditions = [self.compiler.condition(node, r.c.key) for node in self.query.nodes]
        if self.query.contained == "true":  # nothing that is served has a contained resource
            conditions.append(false())
        return and_(of_types, r.c.deleted.is_(False), *conditions)

    def facet(self, parameter: Parameter, most: int) -> Select[tuple[str, int]]:
        """(code, number of matches) for the most frequent codes of a token parameter."""
        row = TABLES["token"].alias()
        r = t.resource
        number = func.count(distinct(row.c.key))
        shown = func.coalesce(func.min(row.c.shown), row.c.code)
        statement = select(shown, number).select_from(row.join(r, r.c.key == row.c.key))
        statement = statement.where(row.c.param == parameter.number, self.compiler.holds(row), self.where(r))
        if parameter.choices:  # the same state stands there in several systems' codes
            statement = statement.where(row.c.code.in_(parameter.choices))
        return statement.group_by(row.c.code).order_by(number.desc(), row.c.code).limit(most)

    def _keys(self) -> Select[Any]:
        r = t.resource
        source: Any = r
        sorts: list[_Sorted] = []
        for n, one in enumerate(self.query.sort):
            if one.parameter is None:
                where, alternatives = words_asked(self.query)[0]
                words = words_found(self.dialect, where, alternatives).subquery(f"s{n}")  # type: ignore[arg-type]
                source = source.join(words, words.c.key == r.c.key)
                sorts.append(_Sorted(words.c.score, one.descending, False))
            elif one.parameter.reads == "id":
                sorts.append(_Sorted(r.c.id, one.descending, False))
            elif one.parameter.reads == "lastUpdated":
                sorts.append(_Sorted(r.c.last_updated, one.descending, False))
            else:
                source, value = self._joined(source, one.parameter, one.descending, n)
                sorts.append(_Sorted(value, one.descending, True))
        self.sorts = sorts
        order: list[ColumnElement[Any]] = []
        for key in sorts:
            if key.may_be_missing:
                order.append(case((key.value.is_(None), 1), else_=0))
            order.append(key.value)
        statement = select(
            r.c.key,
            *(column.label(f"o{n}") for n, column in enumerate(order)),
            *(key.value.label(f"v{n}") for n, key in enumerate(sorts)),
        )
        statement = statement.select_from(source).where(self.where(r))
        if self.query.position is not None:
            statement = statement.where(self._beyond(self.query.position, r.c.key))
        return statement.order_by(*_directed(order, self._descending()), self._key(r.c.key))

    def _joined(self, source: Any, parameter: Parameter, descending: bool, n: int) -> tuple[Any, ColumnElement[Any]]:
        """The row that the resource is sorted by: its least value, or its greatest."""
        reads = "string" if parameter.reads == "phonetic" else parameter.reads
        row = TABLES[reads].alias(f"s{n}")
        mark = self.compiler.bit << (HIGHEST if descending else LOWEST)
        joined = and_(
            row.c.key == t.resource.c.key, row.c.param == parameter.number, row.c.marks.bitwise_and(mark) != 0
        )
        return source.outerjoin(row, joined), row.c[_VALUES[TABLES[reads].name]]

    @property
    def forward(self) -> bool:
        return self.query.position is None or self.query.position.forward

    def _descending(self) -> list[bool]:
        """For each column of the order; a page before another is read the other way round."""
        made = []
        for one in self.sorts:
            if one.may_be_missing:
                made.append(not self.forward)
            made.append(one.descending is self.forward)
        return made

    def _key(self, key: ColumnElement[int]) -> ColumnElement[int]:
        return key.asc() if self.forward else key.desc()

    def _beyond(self, position: Position, key: ColumnElement[int]) -> Condition:
        """Rows after (or before) a place in the order, where what is missing comes last."""
        condition: Condition = key > position.key
        if not position.forward:
            condition = key < position.key
        for one, value in reversed(list(zip(self.sorts, position.values, strict=True))):
            column = one.value
            if value is None:
                same = and_(column.is_(None), condition)
                condition = same if position.forward else or_(column.is_not(None), same)
                continue
            ahead: Condition = column > value
            if one.descending is position.forward:
                ahead = column < value
            if one.may_be_missing and position.forward:
                condition = or_(ahead, column.is_(None), and_(column == value, condition))
            else:
                condition = or_(ahead, and_(column == value, condition))
        return condition

    def included(self, includes: Sequence[Include], keys: Sequence[int], known: Sequence[int]) -> Select[Any]:
        """(key, type, id, document) of what the includes lead to from the resources with these keys, each once."""
        r = t.resource.alias("served")
        parts: list[Condition] = []
        for one in includes:
            row = search_reference.alias()
            held = and_(row.c.param.in_([p.number for p in one.references]), self.compiler.holds(row))
            near, far = (row.c.target, row.c.key) if one.reverse else (row.c.key, row.c.target)
            led: Condition = r.c.key.in_(select(far).where(held, near.in_(keys)))
            if one.target and not one.reverse:
                led = and_(led, r.c.type == one.target)
            parts.append(led)
        statement = select(r.c.key, r.c.type, r.c.id, r.c["r4" if self.query.release == "r4" else "r5"])
        statement = statement.where(or_(*parts), r.c.deleted.is_(False), r.c.key.not_in(known))
        return statement.order_by(r.c.key).limit(MOST_INCLUDED + 1)

    def distances(self, around: Around, keys: Sequence[int]) -> Select[Any]:
        """(key, id of the place, chord) for the places of the resources with these keys."""
        place, r = search_place, t.resource
        if self.query.types == ("Location",):
            return (
                select(place.c.key, r.c.id, chord(place, around))
                .join(r, r.c.key == place.c.key)
                .where(place.c.key.in_(keys))
            )
        row = search_reference
        return (
            select(row.c.key, r.c.id, chord(place, around))
            .select_from(row.join(place, place.c.key == row.c.target).join(r, r.c.key == row.c.target))
            .where(row.c.param == SITE, self.compiler.holds(row), row.c.key.in_(keys))
        )


def _directed(columns: Sequence[ColumnElement[Any]], descending: Sequence[bool]) -> list[ColumnElement[Any]]:
    return [column.desc() if reverse else column.asc() for column, reverse in zip(columns, descending, strict=True)]
