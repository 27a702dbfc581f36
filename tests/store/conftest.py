"""An empty, migrated database of either engine."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.store.engine import engine_for
from app.store.migrate import migrate


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = engine_for(url)
    migrate(engine)
    yield engine
    engine.dispose()
