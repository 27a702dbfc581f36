"""Brings a database to the schema of this release (Alembic, https://alembic.sqlalchemy.org)."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect

from app.clock import unguessable_name
from app.settings import packaged
from app.store import tables
from app.store.engine import writing


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(packaged("migrations")).replace("%", "%%"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """One transaction: a migration that fails leaves the database as it was."""
    config = configuration()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if inspect(connection).has_table("state"):
            seed_state(connection)


def seed_state(connection: Connection) -> None:
    known = {row.name for row in connection.execute(tables.state.select())}
    first = {
        "data_version": "0",
        "next_key": "1",
        "next_change": "1",
        "next_run": "1",
        "cursor_key": unguessable_name(32),
        "renderer": "",
        "index": "",
    }
    missing = [{"name": name, "value": value} for name, value in first.items() if name not in known]
    if missing:
        connection.execute(tables.state.insert(), missing)
