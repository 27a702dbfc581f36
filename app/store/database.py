"""Reading, on SQLite (`sqlite.py`) and PostgreSQL (`postgresql.py`). (Writing is in `engine.py`.)

It goes through the bare driver (`sqlite3`, `asyncpg`): measured, five times the reads a second of SQLAlchemy's async
engine. A read of several statements sees one snapshot.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.compiler import SQLCompiler

from app.store.engine import Row, parse_url

Result = TypeVar("Result")


class Statement(NamedTuple):
    """SQL in the driver's own words, with its values in order."""

    sql: str
    values: tuple[Any, ...] = ()


Script = Generator[Statement, Sequence[Row], Result]
"""Statements one after another, each made with the rows of those before; returns a result."""


class StatementTimeout(Exception):
    """A statement ran longer than the `statement_timeout` setting allows."""


class End(Exception):
    """A script has come to its result. (StopIteration cannot be raised through a coroutine.)"""


def following(script: Script[Any], rows: Sequence[Row] | None) -> Statement:
    try:
        return next(script) if rows is None else script.send(rows)
    except StopIteration as end:
        raise End(end.value) from None


def _each(statements: Sequence[Statement]) -> Script[list[Sequence[Row]]]:
    found = []
    for statement in statements:
        found.append((yield statement))
    return found


class Database(ABC):
    """Reading, for the server. `open` it once in the event loop that uses it."""

    def __init__(self, url: str, statement_timeout: float) -> None:
        self.url = parse_url(url)
        self.statement_timeout = statement_timeout

        self._prepared: dict[Select[Any], tuple[str, tuple[str, ...], Mapping[str, Any]]] = {}

        self.name = self.url.get_backend_name()

    @abstractmethod
    def dialect(self) -> Dialect: ...

    def compile(self, select: Select[Any]) -> Statement:
        sql, names, values = self._compile(select)
        return Statement(sql, tuple(values[name] for name in names))

    def prepared(self, select: Select[Any], **values: Any) -> Statement:
        """A statement that never changes but for its values: compiled once, at its first use."""
        if select not in self._prepared:
            self._prepared[select] = self._compile(select)
        sql, names, fixed = self._prepared[select]
        return Statement(sql, tuple(values[name] if name in values else fixed[name] for name in names))

    def _compile(self, select: Select[Any]) -> tuple[str, tuple[str, ...], Mapping[str, Any]]:
        compiled = select.compile(dialect=self.dialect(), compile_kwargs={"render_postcompile": True})
        assert isinstance(compiled, SQLCompiler)
        return str(compiled), tuple(compiled.positiontup or ()), compiled.params

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def close(self) -> None: ...

    async def read(self, *statements: Statement) -> list[Sequence[Row]]:
        """The rows of each statement, all from one snapshot. Raises StatementTimeout."""
        return await self.run(lambda: _each(statements), alone=len(statements) == 1)

    @abstractmethod
    async def run(self, make: Callable[[], Script[Result]], *, alone: bool = False) -> Result:
        """What the script that is made returns; all it reads is from one snapshot. It may be made and begun twice.
        `alone`: it will have one statement, most likely. Raises StatementTimeout."""

    async def data_version(self) -> int:
        """The number that every writing transaction raises."""
        row = await self.point(Statement("SELECT value FROM state WHERE name = 'data_version'"))
        return int(row[0]) if row else 0

    @abstractmethod
    async def point(self, statement: Statement) -> Row | None:
        """The one row of a look-up by key: short enough never to leave the event loop."""

    @abstractmethod
    async def points(self, statement: Statement) -> Sequence[Row]:
        """The rows of a look-up by a few hundred keys, as short."""


def open_database(url: str, statement_timeout: float) -> Database:
    """Each engine's module is imported where it is used: PostgreSQL's driver is a twentieth of the start."""
    name = "SQLite" if parse_url(url).get_backend_name() == "sqlite" else "PostgreSQL"
    opened: Database = getattr(import_module(f"app.store.{name.lower()}"), name)(url, statement_timeout)
    return opened
