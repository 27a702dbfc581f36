"""SQL as text with numbered placeholders, for either engine: what the search compiles to.

Built as text, not as SQLAlchemy expressions, which took longer to build and compile than most queries to run. Values
only ever go in as placeholders; what is inlined are names of this program's own tables and numbers of its own.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from app.store.database import Statement


class Binder:
    """Collects the values of one statement and gives out its aliases."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self._mark = "?" if dialect == "sqlite" else "$"
        self._values: list[Any] = []
        self._aliases = 0

    def value(self, value: Any) -> str:
        """The placeholder of a value."""
        self._values.append(value)
        return f"{self._mark}{len(self._values)}"

    def text(self, value: str) -> str:
        """As `value`, where nothing else tells PostgreSQL that it is a text."""
        return self.value(value) if self.dialect == "sqlite" else f"{self.value(value)}::text"

    def real(self, value: float) -> str:
        return self.value(float(value)) if self.dialect == "sqlite" else f"{self.value(float(value))}::float8"

    def among(self, values: Iterable[Any], kind: str = "text") -> str:
        """What follows `=`: any of the values. The same statement for any number of them."""
        listed = list(values)
        if len(listed) == 1:
            return f"= {self.value(listed[0])}"
        if self.dialect == "postgresql":
            return f"= ANY({self.value(listed)}::{kind}[])"
        if kind != "text":
            return f"IN (SELECT value FROM json_each({self.value(orjson.dumps(listed).decode())}))"
        return f"IN ({', '.join(map(self.value, listed))})"

    def exists(self, rows: str) -> str:
        """A look-up for each row, as a page begins where its plan says. PostgreSQL would rather join all rows of a
        parameter with all resources of a type; behind an OFFSET it does not."""
        fence = " OFFSET 0" if self.dialect == "postgresql" else ""
        return f"EXISTS (SELECT 1 FROM {rows}{fence})"

    def alias(self, letter: str) -> str:
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def statement(self, sql: str) -> Statement:
        return Statement(sql, tuple(self._values))


class Source(NamedTuple):
    """Rows that name resources: `FROM tables WHERE where`, and which column has the resource's key.

    Several tables are joined with CROSS JOIN, in the order in which they are read when a page begins with them: SQLite
    keeps to it, which has no statistics to know better by.
    """

    tables: str
    where: str
    key: str
    ordered: bool = False
    """The rows come in the order of keys, from an index."""
    typed: bool = True
    """Only resources of the type searched have such rows."""

    def holds(self, key: str, bind: Binder) -> str:
        """That there is a row of this resource."""
        tables = self.tables.replace(" CROSS JOIN ", ", ")
        return bind.exists(f"{tables} WHERE {self.where} AND {self.key} = {key}")


def all_of(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions) or "TRUE"


def any_of(conditions: Iterable[str]) -> str:
    """In parentheses; nothing holds of none."""
    return f"({' OR '.join(conditions) or 'FALSE'})"
