"""Writing: a SQLAlchemy engine, one transaction at a time, on SQLite and PostgreSQL. (Reading is in `database.py`.)"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
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
from sqlalchemy.exc import ArgumentError

Row = Sequence[Any]

_WRITE_LOCK = 0x7472_6961  # one writer at a time on PostgreSQL, as SQLite has it by itself


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
