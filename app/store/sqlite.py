"""Reading from SQLite: short questions in the event loop, long ones in threads (https://sqlite.org/wal.html)."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from sqlalchemy import Dialect
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from app.store.database import Database, End, Result, Script, Statement, StatementTimeout, following
from app.store.engine import Row

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
            first = following(script, None)
        except End as end:
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
        first = following(script, None)
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
                following(script, connection.execute(*first).fetchall())
                script = make()  # another one: both must see one snapshot
                first = following(script, None)
            connection.execute("BEGIN")
            rows: Sequence[Row] = connection.execute(*first).fetchall()
            while True:
                rows = connection.execute(*following(script, rows)).fetchall()
        except End as end:
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
