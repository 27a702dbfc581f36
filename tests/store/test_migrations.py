"""Migrations make the schema, and the tables that the code describes are the ones they make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from app.store.columns import metadata
from app.store.engine import engine_for
from app.store.migrate import configuration, is_current, migrate
from app.store.ready import head


def described(thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The full-text table is of each engine's own kind; no model describes it."""
    return not (kind == "table" and str(name).startswith("search_words"))


def test_models_and_head_agree(blank: str) -> None:
    engine = engine_for(blank)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": described})
        assert compare_metadata(context, metadata) == []
        assert (
            context.get_current_revision() == ScriptDirectory.from_config(configuration()).get_current_head() == head()
        )
    engine.dispose()


def test_migrating_again_changes_nothing(blank: str) -> None:
    engine = engine_for(blank)
    assert not is_current(engine)
    migrate(engine, "0006")
    assert not is_current(engine)
    migrate(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT name, value FROM state ORDER BY name").all()
    migrate(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name, value FROM state ORDER BY name").all() == before
    engine.dispose()


def test_a_failed_migration_leaves_nothing(blank: str, monkeypatch: object) -> None:
    import pytest

    from app.store import migrate as module

    engine = engine_for(blank)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "seed_state", lambda connection: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            migrate(engine)
    assert inspect(engine).get_table_names() == []
    engine.dispose()
