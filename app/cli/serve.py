"""`trials serve`: the server over HTTP (https://www.uvicorn.org). It imports no more than it needs: what prepares a
database is imported only for one that is not ready, as it would be a third of the time to the first answer.
"""

import sys
from typing import Annotated

import typer
import uvicorn
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
    port: Annotated[int | None, typer.Option(help="Port to listen on (TRIALS_PORT, else 8000); 0: any.")] = None,
) -> None:
    """Answers over HTTP. Prepares the database first; an empty one gets the documents that come with the program."""
    settings = settings_given()
    if not _is_ready(settings):
        from app.cli.prepared import filled  # see above

        filled(settings)
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
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
