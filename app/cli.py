"""The command line: `trials serve | migrate | load | parse | render` (also `python -m app`)."""

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError
from uvicorn.supervisors import Multiprocess

from app.errors import SourceError
from app.intake.load import Loaded, Refused, load, now
from app.settings import Settings, packaged
from app.sources import parse as parse_document
from app.store import tables
from app.store.database import engine_for
from app.store.migrate import migrate as migrate_database
from app.store.rerender import rerender

app = typer.Typer(
    help="Reads clinical-trial records into a database and serves them as FHIR R5, FHIR R4 and plain JSON.\n\n"
    "Where the database is, and all else, comes from TRIALS_* environment variables (see the README).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def fail(message: str) -> NoReturn:
    typer.echo(f"trials: {message}", err=True)
    raise typer.Exit(1)


def settings_given() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"TRIALS_{str(first['loc'][0]).upper()} is {first['input']!r}: {first['msg']}")


def ready(settings: Settings) -> Engine:
    """The database, at the schema and the renderers of this release."""
    try:
        engine = engine_for(settings.database_url)
        migrate_database(engine)
        rerender(engine, now())
    except ValueError as error:
        fail(str(error))
    except OperationalError as error:
        fail(f"the database of TRIALS_DATABASE_URL ({settings.database_url}) cannot be used: {error.orig}")
    return engine


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (TRIALS_HOST, else 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (TRIALS_PORT, else 8000); 0: any.")] = None,
) -> None:
    """Answers over HTTP. Prepares the database first; an empty one gets the documents that come with the program."""
    settings = settings_given()
    engine = ready(settings)
    with engine.connect() as connection:
        empty = connection.scalar(select(func.count()).select_from(tables.trial)) == 0
    if empty:
        counts = Counter(_report(result) for result in load(engine, [packaged("seeds")]))
        typer.echo(f"loaded the documents that come with the program: {_summary(counts)}")
    engine.dispose()
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host or settings.host,
        port=settings.port if port is None else port,
        workers=settings.workers,
        log_level="warning",
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


@app.command()
def migrate() -> None:
    """Brings the database to the schema of this release, and its served bytes to this release's form."""
    ready(settings_given())
    typer.echo("the database is at this release's schema")


@app.command("load")
def load_paths(
    paths: Annotated[list[Path], typer.Argument(help="Documents, or folders of documents.", exists=True)],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the counts.")] = False,
) -> None:
    """Loads documents into the database, each in a transaction of its own.

    Says for each one whether it was new, changed, unchanged or refused, and why. Exit code 1 if any was refused.
    """
    engine = ready(settings_given())
    results = []
    for result in load(engine, paths):
        results.append(result)
        if not as_json:
            _report(result)
    counts = Counter("refused" if isinstance(result, Refused) else result.change for result in results)
    if as_json:
        refusals = [result._asdict() for result in results if isinstance(result, Refused)]
        names = ("new", "changed", "unchanged", "refused")
        typer.echo(json.dumps({**{name: counts[name] for name in names}, "refusals": refusals}))
    else:
        typer.echo(_summary(counts))
    if counts["refused"]:
        raise typer.Exit(1)


def _report(result: Loaded | Refused) -> str:
    if isinstance(result, Refused):
        typer.echo(f"{result.file}: line {result.line}: refused: {result.reason}", err=True)
        return "refused"
    typer.echo(f"{result.file}: {result.trial_id}: {result.change}")
    return result.change


def _summary(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in ("new", "changed", "unchanged", "refused"))


@app.command()
def parse(file: Annotated[Path, typer.Argument(help="A document.", exists=True, dir_okay=False)]) -> None:
    """Prints what a document says, as JSON: the record, the issues with their lines, and the coverage of its lines.

    Nothing is stored, and a document that names no registry identifier is read too.
    """
    try:
        parsed = parse_document(str(file), file.read_bytes())
    except SourceError as error:
        fail(str(error))
    record = parsed.trial.model_dump(mode="json")
    issues = record.pop("issues")
    coverage = {**parsed.coverage.model_dump(), "share": parsed.coverage.share}
    typer.echo(json.dumps({"record": record, "issues": issues, "coverage": coverage}, indent=2, ensure_ascii=False))


@app.command()
def render() -> None:
    """Rebuilds the served bytes of every trial from the tables; bytes that differ become a new version."""
    engine = ready(settings_given())
    typer.echo(f"rendered {rerender(engine, now(), always=True)} trials")


def main() -> None:
    """Broken pipes end quietly, as command-line programs do."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
