"""Starts pinned mode in this process: settings, documents and an instant in, the application out."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI

from app import clock
from app.main import create_app
from app.settings import Settings, packaged
from app.store.engine import engine_for
from app.testkit.cache import cache_folder, copy_database
from app.testkit.control import Pinned, router
from app.testkit.door import PinnedDoor

CLOCK = "2026-01-31T00:00:00Z"
"""Where the clock stands unless it is said."""


@contextmanager
def pinned_app(
    settings: Settings, documents: Sequence[Path] | None = None, instant: str | None = None
) -> Iterator[FastAPI]:
    """The application over a database of its own, which goes with it; over that of the setting `database_url` when it
    was given, which must be empty. `documents`: by default those of the program. Raises ValueError.
    """
    if settings.workers > 1:
        raise ValueError(f"TRIALS_WORKERS is {settings.workers}: a pinned server is one process")
    documents = [packaged("seeds")] if documents is None else documents
    moment = _moment(CLOCK if instant is None else instant)
    clock.pin(moment)
    with tempfile.TemporaryDirectory(prefix="trials-pinned-") as folder:
        given = {"export_folder": settings.export_folder or f"{folder}/exports"}
        if "database_url" in settings.model_fields_set:
            from app.testkit.fill import fill  # not needed with a database that was made before

            fill(settings.database_url, documents)
        else:
            database = Path(folder) / "pinned.db"
            copy_database(documents, Path(settings.pinned_folder or cache_folder()), database)
            given["database_url"] = f"sqlite:///{database}"
        clock.pin(moment)  # names are counted from here, whoever made the database
        settings = settings.model_copy(update=given)
        engine = engine_for(settings.database_url)
        app = create_app(settings, PinnedDoor)
        app.state.pinned = Pinned(engine, clock.instant())
        app.include_router(router)
        try:
            yield app
        finally:
            engine.dispose()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1 < moment.year < 9999:
        raise ValueError(f"the clock is '{text[:60]}': expected an instant such as {CLOCK}")
    return moment
