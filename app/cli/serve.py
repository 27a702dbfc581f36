"""`trials serve`: the server over HTTP (https://www.uvicorn.org). It imports no more than it needs: what prepares a
database is imported only for one that is not ready, as it would be a third of the time to the first answer.
"""

import gc
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer
import uvicorn
from sqlalchemy.exc import OperationalError
from uvicorn.supervisors import Multiprocess

from app.cli.given import fail, settings_given
from app.settings import Settings
from app.store.engine import engine_for
from app.store.ready import is_ready

app = typer.Typer(add_completion=False)


def _is_ready(settings: Settings) -> bool:
    try:
        engine = engine_for(settings.database_url)
    except ValueError as error:
        fail(str(error))
    try:
        return is_ready(engine)
    finally:
        engine.dispose()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (TRIALS_HOST, else 127.0.0.1).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on (TRIALS_PORT, else 8000); 0: any.")
    ] = None,
    pinned: Annotated[
        bool, typer.Option("--pinned", help="For tests: the same answers in every run, and faults on request.")
    ] = False,
    clock: Annotated[
        str | None, typer.Option(help="With --pinned: the instant at which time stands still (2026-01-31T00:00:00Z).")
    ] = None,
    load: Annotated[
        list[Path] | None,
        typer.Option(help="With --pinned: a file or folder, instead of the program's documents."),
    ] = None,
    until_closed: Annotated[
        bool, typer.Option("--until-closed", help="With --pinned: it ends when its standard input does.")
    ] = False,
) -> None:
    """Answers over HTTP. Prepares the database first; an empty one gets the documents that come with the program."""
    settings = settings_given()
    if pinned:
        _serve_pinned(settings, host, port, clock, load, until_closed)
        return
    for name, given in (("clock", clock is not None), ("load", load is not None), ("until-closed", until_closed)):
        if given:
            fail(f"--{name} is for a pinned server: expected --pinned too")
    if not _is_ready(settings):
        from app.cli.prepared import filled  # see above

        filled(settings)
    _run(settings, host, port, "app.main:create_app")


def _serve_pinned(
    settings: Settings,
    host: str | None,
    port: int | None,
    clock: str | None,
    load: list[Path] | None,
    until_closed: bool,
) -> None:
    gc.disable()  # a seventh of the time to the first answer, and nothing of what is made here is garbage
    from app.testkit.start import pinned_app  # see above

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what the server does in the end, so that nothing is left
    with ExitStack() as stack:
        try:
            made = stack.enter_context(pinned_app(settings, load, clock))
        except (ValueError, OperationalError) as error:
            fail(str(error))
        gc.enable()
        if until_closed:
            Thread(target=_end_with_input, daemon=True).start()
        _run(settings, host, port, made)


def _end_with_input() -> None:
    """A server that was started for a test does not outlive it, however that ends."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _run(settings: Settings, host: str | None, port: int | None, application: Any) -> None:
    config = uvicorn.Config(
        application,
        factory=isinstance(application, str),
        host=host or settings.host,
        port=settings.port if port is None else port,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        proxy_headers=True,
    )
    socket = config.bind_socket()
    name, number = socket.getsockname()[:2]
    url = f"http://{f'[{name}]' if ':' in name else name}:{number}"
    for what, path in (
        ("FHIR R5", "/fhir/r5/ResearchStudy"),
        ("FHIR R4", "/fhir/r4/ResearchStudy"),
        ("plain JSON", "/api/v1/trials"),
        ("documentation", "/docs"),
    ):
        typer.echo(f"{what:13} {url}{path}")
    sys.stdout.flush()
    if settings.workers > 1:
        Multiprocess(config, sockets=[socket]).run()
    else:
        uvicorn.Server(config).run(sockets=[socket])
