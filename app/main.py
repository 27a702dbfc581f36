"""The application: `create_app(settings)`; `app.main:create_app` is the factory that `trials serve` starts."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from app.api import errors, export, fhir, health, matching_app, openapi, plain
from app.api.deprecated import DEPRECATED
from app.api.door import Door
from app.api.repeated import Repeated
from app.api.routes import Routes
from app.record.trial import Trial
from app.search.cursor import Cursors
from app.search.memory import Memory
from app.settings import Settings
from app.store.database import Statement, open_database
from app.store.engine import engine_for, reading
from app.store.get import OF_ELIGIBILITY, get_trial, get_trials


def create_app(settings: Settings | None = None, door: type[Door] = Door) -> FastAPI:
    """Serves the database of `settings` (by default the `TRIALS_*` variables), which must be migrated."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = open_database(settings.database_url, settings.statement_timeout)
        await database.open()
        row = await database.point(Statement("SELECT value FROM state WHERE name = 'cursor_key'"))
        app.state.database = database
        app.state.memory = Memory()
        app.state.repeated = Repeated()
        engine = engine_for(settings.database_url)

        def record(key: int) -> Trial:
            with reading(engine) as connection:
                return get_trial(connection, key)

        def eligibility(keys: Sequence[int]) -> dict[int, Trial]:
            with reading(engine) as connection:
                return get_trials(connection, keys, OF_ELIGIBILITY)

        app.state.eligibility = lambda keys: asyncio.to_thread(eligibility, keys)
        app.state.records = lambda key: asyncio.to_thread(record, key)
        app.state.exports = export.open_jobs(settings, engine)
        app.state.cursors = Cursors(settings.cursor_key or (row[0] if row else ""))
        gc.freeze()  # what is there from the start is never garbage: the collector need not look at it
        yield
        await asyncio.to_thread(app.state.exports.close)
        await database.close()
        engine.dispose()

    app = FastAPIOffline(  # FastAPI whose /docs needs no network: hospitals' servers often have none
        title="Clinical-trial registry",
        redirect_slashes=False,  # an address has one form
        description="Clinical-trial registry records as FHIR R5, FHIR R4 and plain versioned JSON.\n\n"
        "Parameters of searches may have a modifier after a colon (`title:contains`), and FHIR's go on to what is "
        "referred to (`site.address-country`, `_has:...`): `/fhir/r5/metadata` lists them. HEAD is "
        "answered where GET is. Answers to requests with `Origin` have the headers of CORS, and long ones are "
        "compressed where `Accept-Encoding` allows it: these headers are not told one by one.",
        version=package_version(),
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.deprecated = DEPRECATED
    errors.install(app)
    app.state.fhir_routes = Routes((*export.ROUTES, *fhir.ROUTES))
    app.add_middleware(door, routes=app.state.fhir_routes, settings=settings)
    for router in (plain.router, matching_app.router, health.router):
        app.include_router(router)
    openapi.install(app)
    app.middleware_stack = outermost(app)
    return app


def outermost(app: FastAPI) -> ASGIApp:
    """The door, without what the framework puts around it: its handler of errors (the door has one), telemetry and a
    limit of bodies (the endpoints that take one have their own) were a tenth of a read."""
    layer: ASGIApp = app.build_middleware_stack()
    while not isinstance(layer, Door):
        layer = layer.app  # type: ignore[attr-defined]
    return layer


def package_version() -> str:
    try:
        return version("clinical-trial-registry")
    except PackageNotFoundError:
        return "0"
