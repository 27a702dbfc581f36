"""Runs the migrations over the connection that `app.store.migrate` hands in, or over TRIALS_DATABASE_URL."""

from alembic import context

from app.settings import Settings
from app.store import lists, search_tables, tables
from app.store.engine import engine_for

METADATA = tables.trial.metadata
assert lists.OF_TRIAL and search_tables.ALL, "their tables are known too"


def run(connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine_for(Settings().database_url).begin() as connection:
        run(connection)
