"""The application: `create_app(settings)`; `app.main:create_app` is the factory that `trials serve` starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app.api import errors, fhir, health, openapi, plain
from app.search.cursor import Cursors
from app.settings import Settings
from app.store.database import Statement, open_database


def create_app(settings: Settings | None = None) -> FastAPI:
    """Serves the database of `settings` (by default the `TRIALS_*` variables), which must be migrated."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = open_database(settings.database_url, settings.statement_timeout)
        await database.open()
        row = await database.point(Statement("SELECT value FROM state WHERE name = 'cursor_key'"))
        app.state.database = database
        app.state.cursors = Cursors(settings.cursor_key or (row[0] if row else ""))
        yield
        await database.close()

    app = FastAPIOffline(  # FastAPI whose /docs needs no network: hospitals' servers often have none
        title="Clinical-trial registry",
        description="Clinical-trial registry records as FHIR R5, FHIR R4 and plain versioned JSON.",
        version=package_version(),
        lifespan=lifespan,
    )
    app.state.settings = settings
    errors.install(app)
    app.include_router(fhir.router)
    app.include_router(plain.router)
    app.include_router(health.router)
    openapi.install(app)
    return app


def package_version() -> str:
    try:
        return version("clinical-trial-registry")
    except PackageNotFoundError:
        return "0"
