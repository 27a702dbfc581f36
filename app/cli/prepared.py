"""The database as the commands need it: at the schema and in the form of this release."""

from collections.abc import Mapping

import typer
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from app.cli.given import fail
from app.clock import instant
from app.intake.load import load
from app.intake.runs import COUNTS
from app.settings import Settings, packaged
from app.store import tables
from app.store.engine import engine_for
from app.store.migrate import migrate
from app.store.reindex import reindex
from app.store.rerender import rerender


def ready(settings: Settings) -> Engine:
    """The database, at the schema and the renderers of this release."""
    try:
        engine = engine_for(settings.database_url)
        migrate(engine)
        rerender(engine, instant)
        reindex(engine)
    except ValueError as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"the database of TRIALS_DATABASE_URL ({settings.database_url}) cannot be used: {error.orig}")
    return engine


def filled(settings: Settings) -> None:
    """As `ready`; an empty database gets the documents that come with the program."""
    engine = ready(settings)
    with engine.connect() as connection:
        empty = connection.scalar(select(func.count()).select_from(tables.trial)) == 0
    if empty:
        report = load(engine, [packaged("seeds")])
        typer.echo(f"loaded the documents that come with the program: {summary(report.counts)}")
    engine.dispose()


def summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in COUNTS)
