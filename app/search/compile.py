"""A Node as SQL (https://hl7.org/fhir/R5/search.html#modifiers): a condition on a resource's key, and where there is
one, a `Source`: rows that name just the resources that pass, which a page can begin with.

What is negative (`:not`, `:missing=true`) is NOT of a condition and no source. Rows of the index are those of one
release by their `marks`.
"""

from collections.abc import Sequence

from app.parameters.dates import microseconds, utc_now
from app.parameters.table import BELOW_SLOT, FHIR_TYPES
from app.parameters.values import LITERAL, OF_TYPE
from app.search import conditions as c
from app.search.query import (
    All,
    Around,
    Chain,
    Has,
    Node,
    Not,
    Parts,
    Some,
    Target,
    Test,
    words_column,
)
from app.search.rows import TABLES, Rows
from app.search.sql import Source, all_of, any_of

_NEGATIVE = ("missing", "not", "not-in")


class Compiler(Rows):
    """For one release; all goes into one statement."""

    def condition(self, node: Node, key: str) -> str:
        """That the resource of this key passes."""
        if isinstance(node, All):
            return all_of(self.condition(one, key) for one in node.nodes)
        if isinstance(node, Some):
            return any_of(self.condition(one, key) for one in node.nodes)
        if isinstance(node, Not):
            return f"NOT ({self.condition(node.node, key)})"
        if isinstance(node, Test) and node.modifier == "missing":
            present = any_of(source.holds(key, self.bind) for source in self._present(node))
            return present if node.values == ("false",) else f"NOT {present}"
        if isinstance(node, Test) and node.modifier in _NEGATIVE:
            return f"NOT {any_of(source.holds(key, self.bind) for source in self._found(node))}"
        if isinstance(node, Test) and node.parameters[0].reads == "stale":
            stale = any_of(source.holds(key, self.bind) for source in self._found(node))
            return stale if node.values == ("true",) else f"NOT {stale}"
        if isinstance(node, Chain | Has):
            return self._led(node, begins=False).holds(key, self.bind)
        return any_of(source.holds(key, self.bind) for source in self.sources(node) or ())

    def sources(self, node: Node) -> Sequence[Source] | None:
        """Rows that name just the resources that pass: all of the sources together. None for what is negative."""
        if isinstance(node, Test):
            stale = node.parameters[0].reads == "stale"
            if node.modifier in _NEGATIVE or (stale and node.values != ("true",)):
                return None
            return self._found(node)
        if isinstance(node, Some):
            each = [self.sources(one) for one in node.nodes]
            return None if None in each else [source for one in each for source in one or ()]
        if isinstance(node, All | Not):
            return None
        return [self._led(node, begins=True)]

    def _led(self, node: Chain | Has, *, begins: bool) -> Source:
        """`begins`: a page may begin with these rows; they are looked up otherwise."""
        row = self.bind.alias("r")
        near, far = ("target", "key") if isinstance(node, Chain) else ("key", "target")
        types = node.types if isinstance(node, Chain) else (node.type,)
        held = f"{self._of(row, [one.number for one in node.references])} AND {self.holds(row)}"
        # what refers is of one type; what is referred to may be of several
        typed = isinstance(node, Chain) or all(
            len({*one.targets(self.release)} & {*FHIR_TYPES}) == 1 for one in node.references
        )
        end = f"{row}.{near}"
        inner = self.sources(node.inner)
        if inner and (begins or len(inner) == 1):
            one = self._together(inner)
            conditions = [held, one.where, f"{end} = {one.key}"]
            if not one.typed:  # a parameter that every type has says nothing of the type
                conditions.append(self.is_of(end, types))
            tables = f"{one.tables} CROSS JOIN search_reference {row}"
            return Source(tables, all_of(conditions), f"{row}.{far}", typed=typed)
        # made once: PostgreSQL refuses a value that no part of the statement uses
        met = self.condition(node.inner, end) if inner is None else any_of(one.holds(end, self.bind) for one in inner)
        conditions = [held, met, self.is_of(end, types)]  # a negative test says nothing of the type
        return Source(f"search_reference {row}", all_of(conditions), f"{row}.{far}", typed=typed)

    def source(self, node: Node) -> Source | None:
        """The rows of `sources` as one."""
        sources = self.sources(node)
        return self._together(sources) if sources else None

    def _together(self, sources: Sequence[Source]) -> Source:
        if len(sources) == 1:
            return sources[0]
        parts = [f"SELECT {one.key} AS key FROM {one.tables} WHERE {one.where}" for one in sources]
        row = self.bind.alias("u")
        tables = f"({' UNION ALL '.join(parts)}) AS {row}"
        return Source(tables, "TRUE", f"{row}.key", typed=all(one.typed for one in sources))

    def _present(self, test: Test) -> list[Source]:
        reads = test.parameters[0].reads
        if reads in ("id", "lastUpdated"):
            row = self.bind.alias("k")
            return [Source(f"resource {row}", f"{row}.deleted = FALSE", f"{row}.key", typed=False)]
        tables = [TABLES[reads]]
        if reads in ("token", "reference"):  # an element may have a text only, or an identifier
            tables = list(dict.fromkeys((*tables, "search_string", "search_token")))
        return [self._rows(table, test.parameters, lambda row: "TRUE") for table in tables]

    def _found(self, test: Test) -> list[Source]:
        """Sources that together name the resources with one of the values."""
        first, modifier, reads = test.parameters[0], test.modifier, test.parameters[0].reads
        if first.kind == "composite":
            return [self._composite(first, value) for value in test.values if isinstance(value, Parts)]
        if reads in ("id", "lastUpdated"):
            return [self._resources(test)]
        if reads == "near":
            return [self._near(first, value) for value in test.values if isinstance(value, Around)]
        if reads == "eligible-age":
            return [self.taking(test)]
        if reads == "criterion":
            return [self._criterion(first, value) for value in test.values if isinstance(value, Parts)]
        if reads == "stale":
            now = microseconds(utc_now())
            return [self._rows("search_date", test.parameters, lambda row: f"{row}.low <= {self.bind.value(now)}")]
        if reads in ("text", "content"):
            return self._words(words_column(first), test.values)
        if modifier == "text" and first.kind == "string":
            return [source for value in test.values for source in self._words_of(test.parameters, value)]
        table, slots = TABLES[reads], [0]
        if modifier == "text":
            table = "search_string"
        elif modifier == "identifier":
            table = "search_token"
        elif modifier == "of-type":
            slots = [OF_TYPE]
        elif modifier == "below" and first.below:
            slots, modifier = [0, BELOW_SLOT], None
        found = []
        targets = [self._types(first, one) for one in test.values if isinstance(one, Target)]
        if not targets or any(targets):
            one = self._rows(table, test.parameters, lambda row: self._any(row, first, modifier, test.values), slots)
            found.append(one._replace(ordered=self._in_order(test, slots)))
        if literals := self._literals(first, test.values):
            written = lambda row: any_of(c.canonical(self.bind, row, one) for one in literals)  # noqa: E731
            found.append(self._rows("search_token", test.parameters, written, [LITERAL]))
        return found
