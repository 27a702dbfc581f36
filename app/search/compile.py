"""A Node as SQL: a condition on the key of a resource (https://hl7.org/fhir/R5/search.html#modifiers).

A positive test is `key IN (SELECT key FROM index WHERE ...)`, which an index answers on both engines; what is negative
(`:not`, `:missing=true`) is NOT of that. Rows of the index are those of one release by their `marks`.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, Select, Table, and_, false, func, literal, not_, or_, select, true

from app.parameters.dates import instant, microseconds, moment, utc_now
from app.parameters.table import BELOW_SLOT, PARAMETERS, Parameter, bit_of
from app.parameters.values import OF_TYPE, START, sounds_of
from app.record.ids import fold
from app.search import conditions as c
from app.search.conditions import Condition, Row
from app.search.query import All, Around, Chain, Interval, Node, Not, Parts, Some, Target, Test, Token, Value
from app.store import tables as t
from app.store.search_tables import (
    search_date,
    search_number,
    search_place,
    search_reference,
    search_string,
    search_token,
)
from app.store.words import Where, words_found

MESH = "http://id.nlm.nih.gov/mesh"
SITE = next(p.number for p in PARAMETERS if (p.resource, p.code) == ("ResearchStudy", "site"))
TABLES: dict[str, Table] = {
    "token": search_token,
    "uri": search_token,
    "canonical": search_token,
    "string": search_string,
    "phonetic": search_string,
    "date": search_date,
    "number": search_number,
    "quantity": search_number,
    "reference": search_reference,
}
Key = ColumnElement[int]
Keys = Select[tuple[int]]


class Compiler:
    """For one release and one engine (`sqlite` or `postgresql`)."""

    def __init__(self, release: str, dialect: str) -> None:
        self.release, self.bit, self.dialect = release, bit_of(release), dialect

    def condition(self, node: Node, key: Key) -> Condition:
        if isinstance(node, Test):
            return self._test(node, key)
        if isinstance(node, All):
            return and_(true(), *(self.condition(one, key) for one in node.nodes))
        if isinstance(node, Some):
            return or_(false(), *(self.condition(one, key) for one in node.nodes))
        if isinstance(node, Not):
            return not_(self.condition(node.node, key))
        row = search_reference.alias()
        reference = and_(row.c.param.in_([one.number for one in node.references]), self.holds(row))
        if isinstance(node, Chain):
            inner = self._on(node.inner, row.c.target, node.types)
            return key.in_(select(row.c.key).where(reference, inner))
        inner = self._on(node.inner, row.c.key, (node.type,))
        return key.in_(select(row.c.target).where(reference, inner))

    def _on(self, node: Node, key: Key, types: Iterable[str]) -> Condition:
        """The condition on resources of the types: common parameters do not say a type, nor do negative tests."""
        condition = self.condition(node, key)
        if (
            isinstance(node, Test)
            and node.parameters[0].resource != "Resource"
            and node.modifier not in ("missing", "not", "not-in")
        ):
            return condition
        r = t.resource.alias()
        of_types = select(r.c.key).where(r.c.type.in_(sorted(types)), r.c.deleted.is_(False))
        return and_(key.in_(of_types), condition)

    def holds(self, row: Row) -> Condition:
        return row.c.marks.bitwise_and(self.bit) != 0  # type: ignore[no-any-return]

    def rows(
        self, table: Table, parameters: Iterable[Parameter], where: Callable[[Row], Condition], slot: int = 0
    ) -> Keys:
        """The keys of resources with a row of the parameters that the condition holds for."""
        row = table.alias()
        numbers = [one.number + slot for one in parameters]
        return select(row.c.key).where(row.c.param.in_(numbers), self.holds(row), where(row))

    def _test(self, test: Test, key: Key) -> Condition:
        if test.modifier == "missing":
            present = self._present(test, key)
            return present if test.values == ("false",) else not_(present)
        found = or_(false(), *self._found(test, key))
        return not_(found) if test.modifier in ("not", "not-in") else found

    def _present(self, test: Test, key: Key) -> Condition:
        reads = test.parameters[0].reads
        if reads in ("id", "lastUpdated"):
            return true()
        tables = [TABLES[reads]]
        if reads in ("token", "reference"):  # an element may have a text only, or an identifier
            tables = list(dict.fromkeys((*tables, search_string, search_token)))
        return or_(*(key.in_(self.rows(table, test.parameters, lambda row: true())) for table in tables))

    def _found(self, test: Test, key: Key) -> Sequence[Condition]:
        """Conditions of which one must hold."""
        first, modifier, reads = test.parameters[0], test.modifier, test.parameters[0].reads
        if first.kind == "composite":
            return [self._composite(first, value, key) for value in test.values if isinstance(value, Parts)]
        if reads == "id":
            ids = [one.code if not one.system else "" for one in test.values if isinstance(one, Token)]
            r = t.resource.alias()
            return [key.in_(select(r.c.key).where(r.c.id.in_(ids)))]
        if reads == "lastUpdated":
            return [self._updated(value, key) for value in test.values if isinstance(value, Interval)]
        if reads == "near":
            return [self._near(first, value, key) for value in test.values if isinstance(value, Around)]
        if reads == "stale":
            now = microseconds(utc_now())
            stale = key.in_(self.rows(search_date, test.parameters, lambda row: row.c.low <= now))
            return [stale if test.values == ("true",) else not_(stale)]
        if reads in ("text", "content"):
            return self._words("narrative" if reads == "text" else "all", test.values, key)
        if modifier == "text" and first.kind == "string":
            return [one for value in test.values for one in self._words_of(test.parameters, value, key)]
        table, slot = TABLES[reads], 0
        if modifier == "text":
            table = search_string
        elif modifier == "identifier":
            table = search_token
        elif modifier == "of-type":
            slot = OF_TYPE
        elif modifier == "below" and first.below:
            return [
                key.in_(self.rows(table, test.parameters, lambda row: self._any(row, first, None, test.values), one))
                for one in (0, BELOW_SLOT)
            ]
        where = lambda row: self._any(row, first, modifier, test.values)  # noqa: E731
        return [key.in_(self.rows(table, test.parameters, where, slot))]

    def _any(self, row: Row, parameter: Parameter, modifier: str | None, values: Iterable[Value]) -> Condition:
        """Plain codes in one list: an index answers it for any number of them."""
        values = list(values)
        codes = [one.code for one in values if isinstance(one, Token) and one.system is None]
        if codes and len(codes) == len(values) and modifier in (None, "not", "of-type", "identifier"):
            return row.c.code.in_(codes)  # type: ignore[no-any-return]
        return or_(false(), *(self._one(row, parameter, modifier, value) for value in values))

    def _one(self, row: Row, parameter: Parameter, modifier: str | None, value: Value) -> Condition:
        if modifier == "text":
            return c.starts(row.c.start, fold(str(value))[:START])
        if modifier == "code-text":
            return c.starts(row.c.code, fold(str(value)))
        if modifier in ("in", "not-in") and isinstance(value, Parts):
            return or_(false(), *(c.compared(row, one) for one in value.values))
        if modifier == "above" and isinstance(value, Token):
            return self._above(row, parameter, value)
        if isinstance(value, Target):
            return self._target(row, parameter, value)
        if isinstance(value, Token | Interval):
            return c.compared(row, value)
        if parameter.reads == "phonetic":
            sounds = sounds_of(str(value))
            return row.c.start.in_(sounds) if sounds else false()
        if parameter.reads == "canonical" and modifier is None:
            return c.canonical(row, str(value))
        if parameter.reads in ("uri", "canonical"):
            return c.address(row, modifier, str(value))
        return c.string(row, modifier, str(value))

    def _updated(self, value: Interval, key: Key) -> Condition:
        r = t.resource.alias()
        low, high = (instant(moment(int(end))) for end in (value.low, value.high))
        return key.in_(select(r.c.key).where(c.instants(r.c.last_updated, low, high, value.prefix)))

    def _words(self, where: Where, values: Iterable[Value], key: Key) -> list[Condition]:
        alternatives = [value for value in values if isinstance(value, tuple) and value]
        if not alternatives:
            return []
        found = words_found(self.dialect, where, alternatives).subquery()
        return [key.in_(select(found.c.key))]

    def _words_of(self, parameters: tuple[Parameter, ...], value: Value, key: Key) -> list[Condition]:
        """All the words in the text of this parameter: candidates from the full-text index, then the text itself."""
        if parameters[0].code in ("title", "name"):
            return self._words("title", [value], key)

        def each(row: Row) -> Condition:
            text = literal(" ") + func.coalesce(row.c.whole, row.c.start)
            return and_(*(text.contains(f" {word}", autoescape=True) for word in value))  # type: ignore[union-attr]

        words = self._words("all", [value], key)
        return [and_(one, key.in_(self.rows(search_string, parameters, each))) for one in words]

    def _composite(self, parameter: Parameter, parts: Parts, key: Key) -> Condition:
        """All parts in rows of the same element."""
        kinds = [kind for _, _, kind in parameter.definition(self.release).components]
        rows = [TABLES[kind].alias() for kind in kinds]
        found = select(rows[0].c.key)
        for n, (row, value) in enumerate(zip(rows, parts.values, strict=True), 1):
            found = found.where(row.c.param == parameter.number + n, self.holds(row), c.compared(row, value))
            if n > 1:
                found = found.where(row.c.key == rows[0].c.key, row.c.item == rows[0].c.item)
        return key.in_(found)

    def _near(self, parameter: Parameter, around: Around, key: Key) -> Condition:
        place = search_place.alias()
        found = select(place.c.key).where(c.within(place, around))
        if parameter.resource == "Location":
            return key.in_(found)
        row = search_reference.alias()
        return key.in_(select(row.c.key).where(row.c.param == SITE, self.holds(row), row.c.target.in_(found)))

    def _target(self, row: Row, parameter: Parameter, value: Target) -> Condition:
        r = t.resource.alias()
        allowed = [value.type] if value.type is not None else sorted(parameter.targets(self.release))
        keys = select(r.c.key).where(r.c.type.in_(allowed), r.c.id == value.id)
        return row.c.target.in_(keys)  # type: ignore[no-any-return]

    def _above(self, row: Row, parameter: Parameter, value: Token) -> Condition:
        """The code itself and those above it: as a record says that has no other code of the hierarchy."""
        own, other, above = search_token.alias(), search_token.alias(), search_token.alias()
        mesh = and_(other.c.key == own.c.key, other.c.param == parameter.number, other.c.system == MESH)
        alone = (
            select(own.c.key)
            .where(own.c.param == parameter.number, own.c.code == value.code, own.c.system == MESH)
            .where(not_(select(other.c.key).where(mesh, other.c.code != value.code).exists()))
            .limit(1)
            .scalar_subquery()
        )
        ancestors = select(above.c.code).where(above.c.key == alone, above.c.param == parameter.number + BELOW_SLOT)
        return or_(c.compared(row, value), row.c.code.in_(ancestors))
