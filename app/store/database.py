"""One database, two engines: everything that differs between SQLite and PostgreSQL.

Writing goes through a SQLAlchemy engine, one transaction at a time. Reading goes through the bare driver
(`sqlite3`, `asyncpg`) with SQL that SQLAlchemy compiled: measured, five times the reads a second of the
async engine. A read of several statements sees one snapshot.
"""

import asyncio
import json
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy import (
    ARRAY,
    URL,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Select,
    String,
    Table,
    any_,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.compiler import SQLCompiler

Row = Sequence[Any]
Result = TypeVar("Result")

_WRITE_LOCK = 0x7472_6961  # one writer at a time on PostgreSQL, as SQLite has it by itself


class Statement(NamedTuple):
    """SQL in the driver's own words, with its values in order."""

    sql: str
    values: tuple[Any, ...] = ()


Script = Generator[Statement, Sequence[Row], Result]
"""Statements one after another, each made with the rows of those before; returns a result."""


class StatementTimeout(Exception):
    """A statement ran longer than the `statement_timeout` setting allows."""


def parse_url(url: str) -> URL:
    """The SQLAlchemy URL of a `sqlite:///` or `postgresql://` setting; anything else is refused by name."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unknown")
    kind = parsed.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    raise ValueError(f"TRIALS_DATABASE_URL is {url!r}: expected sqlite:///FILE or postgresql://USER@HOST/DATABASE")


def engine_for(url: str) -> Engine:
    """The engine that writes and migrates."""
    parsed = parse_url(url)
    engine = create_engine(parsed)
    if parsed.get_backend_name() == "sqlite":

        @event.listens_for(engine, "connect")
        def connect(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # the begin listener opens transactions, not the driver
            connection.execute("PRAGMA busy_timeout = 30000")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            only_reads = connection.get_execution_options().get("read_only")
            connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other writer runs beside."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One snapshot, beside any writer."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection
        return
    with engine.connect().execution_options(read_only=True) as connection:
        yield connection


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Many rows at once: COPY on PostgreSQL, `executemany` on SQLite (the ORM took ten times as long)."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        driver = connection.connection.driver_connection
        assert driver is not None
        names = ", ".join(f'"{name}"' for name in columns)
        with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ",".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', list(map(tuple, rows)))


def among(connection: Connection, column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column IN values`, for any number of values, as one parameter."""
    if connection.dialect.name == "postgresql":
        return column == any_(array_of(list(values), column))
    listed = func.json_each(bindparam(None, json.dumps(list(values)), String)).table_valued("value")
    return column.in_(select(listed.c.value))


def array_of(values: list[Any], column: Column[Any]) -> ColumnElement[Any]:
    return cast(bindparam(None, values, ARRAY(column.type)), ARRAY(column.type))


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
        return await self.run(lambda: _each(statements))

    @abstractmethod
    async def run(self, make: Callable[[], Script[Result]]) -> Result:
        """What the script that is made returns; all it reads is from one snapshot. It may be made and begun twice.
        Raises StatementTimeout."""

    async def data_version(self) -> int:
        """The number that every writing transaction raises."""
        row = await self.point(Statement("SELECT value FROM state WHERE name = 'data_version'"))
        return int(row[0]) if row else 0

    @abstractmethod
    async def point(self, statement: Statement) -> Row | None:
        """The one row of a look-up by key: short enough never to leave the event loop."""


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
        connection.execute("PRAGMA mmap_size = 1073741824")
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

    async def run(self, make: Callable[[], Script[Result]]) -> Result:
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
                return self._script(self._here, script, first, time.monotonic() + _HERE, 500)
            except StatementTimeout:
                self._long[first.sql] = None
                if len(self._long) > _MOST_LONG:
                    self._long.pop(next(iter(self._long)))
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._in_thread, make)

    def _in_thread(self, make: Callable[[], Script[Result]]) -> Result:
        script = make()
        deadline = time.monotonic() + self.statement_timeout
        return self._script(self._local.connection, script, _following(script, None), deadline, 20_000)

    def _script(
        self, connection: sqlite3.Connection, script: Script[Result], first: Statement, deadline: float, steps: int
    ) -> Result:
        """Raises StatementTimeout at the deadline, which is looked at every so many steps."""
        connection.set_progress_handler(lambda: time.monotonic() > deadline, steps)
        connection.execute("BEGIN")
        try:
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
            connection.execute("ROLLBACK")


class PostgreSQL(Database):
    _connections = 8

    async def open(self) -> None:
        async def keep(_connection: object) -> None:
            """No reset on release: nothing here leaves session state behind, and the reset costs a round trip."""

        self._pool = await asyncpg.create_pool(
            self.url.set(drivername="postgresql").render_as_string(hide_password=False),
            min_size=1,
            max_size=self._connections,
            reset=keep,
            server_settings={"statement_timeout": str(int(self.statement_timeout * 1000)), "jit": "off"},
        )

    async def close(self) -> None:
        await self._pool.close()

    def dialect(self) -> Dialect:
        return PGDialect_asyncpg()  # type: ignore[no-untyped-call]

    async def point(self, statement: Statement) -> Row | None:
        row: Row | None = await self._pool.fetchrow(statement.sql, *statement.values)
        return row

    async def run(self, make: Callable[[], Script[Result]]) -> Result:
        script = make()
        try:
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                rows: Sequence[Row] | None = None
                while True:
                    statement = _following(script, rows)
                    rows = await connection.fetch(statement.sql, *statement.values)
        except _End as end:
            result: Result = end.args[0]
            return result
        except asyncpg.QueryCanceledError as error:
            raise StatementTimeout from error
