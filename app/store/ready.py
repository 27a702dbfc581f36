"""Whether a database can be served as it is. (`app.store.migrate`, `rerender` and `reindex` bring it there.)"""

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.settings import packaged
from app.store.fingerprints import index_fingerprint, renderer_fingerprint


def head() -> str:
    """The last schema's revision: migrations are named by theirs. (Alembic says the same, in a third of a second.)"""
    return max(file.name[:4] for file in (packaged("migrations") / "versions").glob("[0-9]*.py"))


def is_at_head(connection: Connection) -> bool:
    revisions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return list(revisions) == [head()]


def is_ready(engine: Engine) -> bool:
    """At this release's schema, its documents and its index in this release's form, and something in it."""
    try:
        with engine.connect() as connection:
            state: dict[str, str] = dict(list(connection.execute(text("SELECT name, value FROM state"))))
            return (
                is_at_head(connection)
                and state.get("renderer") == renderer_fingerprint()
                and state.get("index") == index_fingerprint()
                and connection.scalar(text("SELECT 1 FROM trial LIMIT 1")) is not None
            )
    except DBAPIError:  # no such table, or no such database: preparing it says what is wrong
        return False
