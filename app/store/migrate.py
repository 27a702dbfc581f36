"""Brings a database to the schema of this release (Alembic, https://alembic.sqlalchemy.org)."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DBAPIError

from app.clock import unguessable_name
from app.settings import packaged
from app.store import tables
from app.store.engine import reading, writing
from app.store.ready import is_at_head

if TYPE_CHECKING:
    from alembic.config import Config


def configuration() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(packaged("migrations")).replace("%", "%%"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """One transaction: a migration that fails leaves the database as it was."""
    if revision == "head" and is_current(engine):
        return
    # Alembic's import and its look at every migration take a fifth of the time in which a command starts
    from alembic import command

    config = configuration()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if inspect(connection).has_table("state"):
            seed_state(connection)


def is_current(engine: Engine) -> bool:
    """Whether nothing is to be done. Beside a writer too; that there is no table or no database is no error here."""
    try:
        with reading(engine) as connection:
            return is_at_head(connection) and set(connection.scalars(select(tables.state.c.name))) >= STATE
    except DBAPIError:
        return False


NUMBERS = {"data_version": "0", "next_key": "1", "next_change": "1", "next_run": "1", "renderer": "", "index": ""}
STATE = NUMBERS.keys() | {"cursor_key"}


def seed_state(connection: Connection) -> None:
    known = {row.name for row in connection.execute(tables.state.select())}
    first = {**NUMBERS, "cursor_key": unguessable_name(32)}
    missing = [{"name": name, "value": value} for name, value in first.items() if name not in known]
    if missing:
        connection.execute(tables.state.insert(), missing)
