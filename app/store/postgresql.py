"""Reading from PostgreSQL, over a few connections (https://magicstack.github.io/asyncpg/)."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from app.store.database import Database, End, Result, Script, Statement, StatementTimeout, following
from app.store.engine import Row


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
                first = following(script, None)
                rows: Sequence[Row] = await connection.fetch(first.sql, *first.values)
                following(script, rows)  # another statement: both must see one snapshot
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                script, seen = make(), None
                while True:
                    statement = following(script, seen)
                    seen = await connection.fetch(statement.sql, *statement.values)
        except End as end:
            result: Result = end.args[0]
            return result
        except asyncpg.QueryCanceledError as error:
            raise StatementTimeout from error
        finally:
            self._give(connection)
