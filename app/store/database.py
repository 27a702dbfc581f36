"""Reading, on SQLite and PostgreSQL. (Writing is in `engine.py`.)

It goes through the bare driver (`sqlite3`, `asyncpg`): measured, five times the reads a second of SQLAlchemy's async
engine. A read of several statements sees one snapshot.
"""

import asyncio
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
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


class _End(Exception):
    """A script has come to its result. (StopIteration cannot be raised through a coroutine.)"""


def _following(script: Script[Any], rows: Sequence[Row] | None) -> Statement:
    try:
        return next(script) if rows is None else script.send(rows)
    except StopIteration as end:
        raise _End(end.value) from None


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
    kind = parse_url(url).get_backend_name()
    return (SQLite if kind == "sqlite" else PostgreSQL)(url, statement_timeout)


_HERE = 0.002
"""Seconds that a script may take in the event loop."""
_MOST_LONG = 2000


class SQLite(Database):
    _threads = 4

    async def open(self) -> None:
        self._here = self._connect()
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = [self._here]
        self._long: dict[str, None] = {}
        self._pool = ThreadPoolExecutor(self._threads, "read", initializer=self._start_thread)

    def _start_thread(self) -> None:
        self._local.connection = self._connect()
        self._all.append(self._local.connection)

    def _connect(self) -> sqlite3.Connection:
        path = quote(str(self.url.database))
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute(
            "PRAGMA mmap_size = 2147418112"
        )  # the most that SQLite takes: a page from it is half the time
        return connection

    async def close(self) -> None:
        self._pool.shutdown()
        for connection in self._all:
            connection.close()

    def dialect(self) -> Dialect:
        return SQLiteDialect_pysqlite(paramstyle="qmark")

    async def point(self, statement: Statement) -> Row | None:
        row: Row | None = self._here.execute(*statement).fetchone()
        return row

    async def points(self, statement: Statement) -> Sequence[Row]:
        return self._here.execute(*statement).fetchall()

    async def run(self, make: Callable[[], Script[Result]], *, alone: bool = False) -> Result:
        """Here and now while it is short: handing it to a thread costs more than most searches. What is not done in
        `_HERE` seconds begins anew in a thread, and so does it the next time at once."""
        script = make()
        try:
            first = _following(script, None)
        except _End as end:
            ended: Result = end.args[0]
            return ended
        if first.sql not in self._long:
            try:
                return self._script(self._here, make, script, first, alone, time.monotonic() + _HERE, 500)
            except StatementTimeout:
                self._long[first.sql] = None
                if len(self._long) > _MOST_LONG:
                    self._long.pop(next(iter(self._long)))
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_thread, make)

    def _in_thread(self, make: Callable[[], Script[Result]]) -> Result:
        script = make()
        deadline = time.monotonic() + self.statement_timeout
        first = _following(script, None)
        return self._script(self._local.connection, make, script, first, False, deadline, 20_000)

    def _script(
        self,
        connection: sqlite3.Connection,
        make: Callable[[], Script[Result]],
        script: Script[Result],
        first: Statement,
        alone: bool,
        deadline: float,
        steps: int,
    ) -> Result:
        """Raises StatementTimeout at the deadline, which is looked at every so many steps."""
        connection.set_progress_handler(lambda: time.monotonic() > deadline, steps)
        try:
            if alone:  # one statement is a snapshot by itself
                _following(script, connection.execute(*first).fetchall())
                script = make()  # another one: both must see one snapshot
                first = _following(script, None)
            connection.execute("BEGIN")
            rows: Sequence[Row] = connection.execute(*first).fetchall()
            while True:
                rows = connection.execute(*_following(script, rows)).fetchall()
        except _End as end:
            result: Result = end.args[0]
            return result
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise StatementTimeout from error
            raise
        finally:
            connection.set_progress_handler(None, 0)
            if connection.in_transaction:
                connection.execute("ROLLBACK")


class PostgreSQL(Database):
    """Connections of our own: what asyncpg's pool does around each use took as long as the statement. Statements are
    prepared by the driver at their first use, on each connection."""

    _connections = 8

    async def open(self) -> None:
        self._address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._turns = asyncio.Semaphore(self._connections)
        self._idle: list[Any] = []
        self._give(await self._take())

    async def close(self) -> None:
        for connection in self._idle:
            await connection.close()

    def dialect(self) -> Dialect:
        return PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    async def _take(self) -> Any:
        """A connection, for one use at a time; a new one where the server has closed the old one."""
        await self._turns.acquire()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        try:
            settings = {"statement_timeout": str(int(self.statement_timeout * 1000)), "jit": "off"}
            # for what ends after so many rows the planner would go through a table, hoping to find them soon
            settings["enable_seqscan"] = "off"
            return await asyncpg.connect(self._address, server_settings=settings, statement_cache_size=500)
        except BaseException:
            self._turns.release()
            raise

    def _give(self, connection: Any) -> None:
        self._idle.append(connection)
        self._turns.release()

    async def point(self, statement: Statement) -> Row | None:
        connection = await self._take()
        try:
            row: Row | None = await connection.fetchrow(statement.sql, *statement.values)
        finally:
            self._give(connection)
        return row

    async def points(self, statement: Statement) -> Sequence[Row]:
        connection = await self._take()
        try:
            rows: Sequence[Row] = await connection.fetch(statement.sql, *statement.values)
        finally:
            self._give(connection)
        return rows

    async def run(self, make: Callable[[], Script[Result]], *, alone: bool = False) -> Result:
        connection = await self._take()
        try:
            if alone:
                script = make()
                first = _following(script, None)
                rows: Sequence[Row] = await connection.fetch(first.sql, *first.values)
                _following(script, rows)  # another statement: both must see one snapshot
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                script, seen = make(), None
                while True:
                    statement = _following(script, seen)
                    seen = await connection.fetch(statement.sql, *statement.values)
        except _End as end:
            result: Result = end.args[0]
            return result
        except asyncpg.QueryCanceledError as error:
            raise StatementTimeout from error
        finally:
            self._give(connection)
