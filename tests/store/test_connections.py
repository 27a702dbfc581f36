"""PostgreSQL: reading goes on when the server has closed connections; a statement that takes too long is told."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from app.store.database import Database, Statement, StatementTimeout, open_database
from tests.servers import Databases

ONE = Statement("SELECT 1")
LONG = Statement("SELECT 1 FROM pg_sleep(5)")
_CLOSE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@pytest.fixture
def address(postgres: str, tmp_path: Path) -> str:
    return Databases("postgresql", tmp_path, postgres).new()


def test_connections_that_the_server_has_closed(address: str) -> None:
    async def talk() -> None:
        database: Database = open_database(address, 5)
        await database.open()
        await asyncio.gather(*(database.points(Statement("SELECT 1 FROM pg_sleep(0.1)")) for _ in range(20)))
        with psycopg.connect(address, autocommit=True) as other:
            other.execute(_CLOSE, [other.info.backend_pid])
        await asyncio.sleep(0.2)
        for _ in range(10):
            assert await database.point(ONE)
        await database.close()

    asyncio.run(talk())


def test_statements_that_take_too_long(address: str) -> None:
    async def talk() -> None:
        database = open_database(address, 0.2)
        await database.open()
        for ask in (database.point(LONG), database.points(LONG), database.read(LONG), database.read(LONG, ONE)):
            with pytest.raises(StatementTimeout):
                await ask
        assert await database.point(ONE)
        await database.close()

    asyncio.run(talk())
