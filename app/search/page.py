"""The statements that answer a Query: how many rows its tests have, the page with the total, what the page includes.

A page begins where fewest rows are read: with the rows of its most selective test (`Source`), with those that an index
has in the page's order, or with the resources of the type in their own order; every other test is a look-up for each
row. One row more than asked tells whether another page follows, and pages go on from the last row's sort values and
key: so each costs what the first one costs. Bodies are read for the keys of the page only.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.parameters.table import COMMON, Parameter
from app.search.compile import Compiler
from app.search.parse import scored
from app.search.query import All, Node, Query, words_column
from app.search.sort import after, columns_of, missing_in, order_by, score_rows, sorted_rows
from app.search.sql import Binder, Source, all_of
from app.store.database import Statement

FEW = 3000
"""So many rows of a test are read and sorted; with more, the page begins elsewhere."""
VERSION = "(SELECT value FROM state WHERE name = 'data_version')"
DATA_VERSION = Statement("SELECT value FROM state WHERE name = 'data_version'")


class Plan(NamedTuple):
    """Where a page begins: with the rows of a test (its place among the nodes; `few` of them, or in the order of the
    page), with the rows of the index that it is sorted by, with those that have the words that it is scored by, or else
    with all resources."""

    first: int | None = None
    few: bool = False
    by_index: bool = False
    by_score: bool = False
    counted: int | None = None
    """The test whose rows are counted for the total."""


class Base(NamedTuple):
    """Resources: `FROM tables WHERE conditions`, each once unless `repeated`."""

    tables: str
    conditions: list[str]
    key: str
    repeated: bool = False


class Pages:
    """Makes the statements for one query, each with a Binder of its own."""

    def __init__(self, query: Query, dialect: str) -> None:
        self.query, self.dialect = query, dialect
        self.nodes: list[Node] = []
        for node in query.nodes:  # the `and` of `_filter` is taken apart
            self.nodes += node.nodes if isinstance(node, All) else [node]

    def compiler(self) -> Compiler:
        return Compiler(self.query.release, Binder(self.dialect))

    def startable(self) -> dict[int, bool]:
        """The places of the tests that a page can begin with, and whether their rows come in the order of keys."""
        found = {}
        for n in range(len(self.nodes)):
            one = self._source(self.compiler(), n)
            if one is not None:
                found[n] = one.ordered and one.typed
        return found

    def counts(self, places: Sequence[int]) -> Statement:
        """How many rows the tests at these places have, up to `FEW` and one."""
        compiler = self.compiler()
        parts = []
        for n in places:
            one = self._begun(compiler, n)
            rows = f"SELECT 1 FROM {one.tables} WHERE {one.where} LIMIT {FEW + 1}"
            parts.append(f"(SELECT count(*) FROM ({rows}) AS c{n})")
        return compiler.bind.statement(f"SELECT {', '.join(parts)}")

    def plan(self, startable: Mapping[int, bool], counts: Mapping[int, int]) -> Plan:
        """`counts` by the places of the tests."""
        place = min(counts, key=lambda n: counts[n], default=None)
        if place is not None and counts[place] <= FEW:
            return Plan(place, few=True, counted=place)
        if any(key.parameter is None for key in self.query.sort):
            return Plan(by_score=True, counted=place)
        if not self.query.sort:
            return Plan(next((n for n, ordered in startable.items() if ordered), None), counted=place)
        [key, *more] = self.query.sort
        parameter = key.parameter
        by_index = not more and parameter is not None and parameter.reads not in ("id", "lastUpdated")
        # the index does not say of what type a row is that every type can have
        by_index = by_index and parameter is not None and parameter.resource != COMMON
        return Plan(by_index=by_index, counted=place)

    def _source(self, compiler: Compiler, n: int) -> Source | None:
        return compiler.source(self.nodes[n])

    def _begun(self, compiler: Compiler, n: int) -> Source:
        found = self._source(compiler, n)
        assert found is not None, "a plan begins with what is startable"
        return found

    def phases(self, plan: Plan) -> list[bool]:
        """The parts of a page, in its order: a page by an index has the rows that the index has (False) and those that
        it has not (True)."""
        position = self.query.position
        if not plan.by_index:
            return [False]
        if position is None:
            return [False, True]
        among_missing = position.values[0] is None
        if position.forward:
            return [True] if among_missing else [False, True]
        return [True, False] if among_missing else [False]

    def page(self, plan: Plan, body: str, limit: int, *, total: bool, missing: bool = False) -> Statement:
        """(total or NULL, data version, sort values, key, type, id, document, version). `body` is the column of the
        document: `r4`, `r5` or `plain`; `missing` is the part of the page."""
        compiler, query = self.compiler(), self.query
        base = self._base(compiler, plan, missing)
        columns = columns_of(query, compiler, base.key, joined=not plan.by_index, by_score=plan.by_score)
        if plan.by_index and missing:
            columns = [column._replace(value="NULL") for column in columns]
        conditions = list(base.conditions)
        if query.position is not None:
            conditions.append(after(query.position, columns, base.key, compiler.bind, phase=plan.by_index))
        values = "".join(f", {column.value} AS v{n}" for n, column in enumerate(columns))
        window = ", count(*) OVER () AS total" if total and plan.few else ""
        joins = "".join(column.join for column in columns)
        keys = (
            f"SELECT {'DISTINCT ' if base.repeated else ''}{base.key} AS key{values}{window} FROM {base.tables}{joins} "
            f"WHERE {all_of(conditions)} ORDER BY {order_by(columns, base.key, query)} LIMIT {limit}"
        )
        counted = "NULL" if not total else "p.total" if plan.few else f"({self._counted(compiler, plan)})"
        given = [column._replace(value=f"p.v{n}") for n, column in enumerate(columns)]
        shown = "".join(f"{column.value}, " for column in given)
        document = "t.plain" if body == "plain" else f"r.{body}"
        plain = " JOIN trial t ON t.key = p.key" if body == "plain" else ""
        return compiler.bind.statement(
            f"SELECT {counted}, {VERSION}, {shown}p.key, r.type, r.id, {document}, r.version FROM ({keys}) AS p "
            f"JOIN resource r ON r.key = p.key{plain} ORDER BY {order_by(given, 'p.key', query)}"
        )

    def total(self, plan: Plan) -> Statement:
        """(total, data version)"""
        compiler = self.compiler()
        return compiler.bind.statement(f"SELECT ({self._counted(compiler, plan)}), {VERSION}")

    def _counted(self, compiler: Compiler, plan: Plan) -> str:
        base = self._base(compiler, Plan(plan.counted, few=plan.few), False)
        number = f"count(DISTINCT {base.key})" if base.repeated else "count(*)"
        return f"SELECT {number} FROM {base.tables} WHERE {all_of(base.conditions)}"

    def _base(self, compiler: Compiler, plan: Plan, missing: bool) -> Base:
        """What passes all tests, beginning where the plan says."""
        if plan.first is not None:
            first = self._begun(compiler, plan.first)
            if not plan.few and first.typed:
                return Base(first.tables, [first.where, *self._rest(compiler, first.key, plan)], first.key, True)
            found = f"(SELECT DISTINCT {first.key} AS key FROM {first.tables} WHERE {first.where}) AS f"
            tables = f"{found} JOIN resource r ON r.key = f.key"
            return Base(tables, [*self._all(compiler), *self._rest(compiler, "r.key", plan)], "r.key")
        if plan.by_score:
            tables = f"({score_rows(self.query, compiler)}) AS scored CROSS JOIN resource r"
            conditions = ["r.key = scored.key", *self._all(compiler), *self._rest(compiler, "r.key", plan)]
            return Base(tables, conditions, "r.key")
        if plan.by_index and not missing:
            tables, conditions = sorted_rows(self.query, compiler)
            [key] = self.query.sort
            if key.parameter and key.parameter.resource == COMMON:  # whose rows are those of all types
                tables += " JOIN resource r ON r.key = s0.key"
                conditions += self._all(compiler)
            return Base(tables, [*conditions, *self._rest(compiler, "s0.key", plan)], "s0.key")
        conditions = [*self._all(compiler), *self._rest(compiler, "r.key", plan)]
        if plan.by_index:
            conditions.append(missing_in(self.query, compiler, "r.key"))
        return Base("resource r", conditions, "r.key")

    def _all(self, compiler: Compiler) -> list[str]:
        """The resources of the types searched."""
        return [f"r.type {compiler.bind.among(self.query.types)}", "r.deleted = FALSE"]

    def _rest(self, compiler: Compiler, key: str, plan: Plan) -> list[str]:
        """The tests that the plan does not begin with."""
        met = scored(self.query) if plan.by_score else None
        if met is not None and words_column(met.parameters[0]) == "all" and met.parameters[0].reads != "content":
            met = None  # of one text: that the words are somewhere is not enough
        conditions = [
            compiler.condition(node, key) for n, node in enumerate(self.nodes) if n != plan.first and node is not met
        ]
        if self.query.contained == "true":  # nothing that is served has a contained resource
            conditions.append("FALSE")
        return conditions

    def facet(self, plan: Plan, parameter: Parameter, most: int) -> Statement:
        """(code, number of matches) for the most frequent codes of a token parameter."""
        compiler = self.compiler()
        bind = compiler.bind
        rows = [f"i.param = {parameter.number}", compiler.holds("i")]
        if parameter.choices:  # the same state stands there in several systems' codes
            rows.append(f"i.code {bind.among(parameter.choices)}")
        tables = "search_token i"
        if self.nodes:
            base = self._base(compiler, Plan(plan.counted, few=plan.few), False)
            found = f"SELECT DISTINCT {base.key} AS key FROM {base.tables} WHERE {all_of(base.conditions)}"
            tables += f" JOIN ({found}) AS m ON m.key = i.key"
        return bind.statement(
            f"SELECT coalesce(min(i.shown), i.code), count(DISTINCT i.key) FROM {tables} WHERE {all_of(rows)} "
            f"GROUP BY i.code ORDER BY 2 DESC, i.code LIMIT {most}"
        )
