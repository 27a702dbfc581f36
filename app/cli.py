"""The command line: `trials serve | migrate | load | parse | render` (also `python -m app`)."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import OperationalError
from uvicorn.supervisors import Multiprocess

from app.errors import SourceError
from app.fhir.conformance import FHIR_VERSIONS
from app.generate import write as write_studies
from app.intake.ctgov_api import ApiError, Retries
from app.intake.load import Loaded, load, now
from app.intake.mirror import mirror
from app.intake.read import Refused, read_trial
from app.intake.records import Raw, records_of
from app.intake.runs import COUNTS
from app.parameters.table import FHIR_TYPES
from app.progress import Progress
from app.record.registries import REGISTRIES
from app.settings import Settings, packaged
from app.sources import parse as parse_document
from app.store import tables
from app.store.engine import engine_for, writing
from app.store.export import Export, export_to, read_since
from app.store.migrate import migrate as migrate_database
from app.store.reindex import reindex
from app.store.rerender import rerender

app = typer.Typer(
    help="Reads clinical-trial records into a database and serves them as FHIR R5, FHIR R4 and plain JSON.\n\n"
    "Where the database is, and all else, comes from TRIALS_* environment variables (see the README).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


MOST_REFUSALS = 1000
"""Refusals shown at once; `trials runs` and `/api/v1/runs` keep all of them."""


def summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {name}" for name in COUNTS)


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
        rerender(engine, now)
        reindex(engine)
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
        report = load(engine, [packaged("seeds")])
        typer.echo(f"loaded the documents that come with the program: {summary(report.counts)}")
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
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: text pages, JSON, NDJSON, XML, gzip, zip.")],
    complete: Annotated[
        str | None,
        typer.Option(help="A registry (such as ctgov) all of whose records are here: those that are not were removed."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the counts.")] = False,
) -> None:
    """Loads records into the database, in batches, each a transaction of its own.

    Says for each document whether it was new, changed, unchanged or refused, and why; for files of many records, one
    line in the end. Exit code 1 if any was refused. An interrupted load is taken up by the same command.
    """
    if complete is not None and complete not in REGISTRIES:
        fail(f"--complete is '{complete}': expected one of {', '.join(REGISTRIES)}")
    engine = ready(settings_given())
    refusals: list[Refused] = []
    interrupted = Event()

    def interrupt(*_: object) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    with Progress(quiet=as_json) as progress:

        def tell(result: Loaded | Refused) -> None:
            if interrupted.is_set():  # raised where exceptions go nowhere, such as in a finalizer
                raise KeyboardInterrupt
            progress.tell(result)
            if isinstance(result, Refused) and len(refusals) < MOST_REFUSALS:
                refusals.append(result)

        try:
            report = load(engine, paths, tell, complete=complete, progress=progress.read)
        except KeyboardInterrupt:
            fail("interrupted: what was stored stays; the same command goes on with the rest")
        except BrokenProcessPool:
            fail(
                "a process that read records was killed; what was stored stays; the same command goes on with the rest"
            )
    if as_json:
        shown = [refusal._asdict() for refusal in refusals]
        typer.echo(json.dumps({"run": report.run_id, **report.counts, "refusals": shown}))
    else:
        typer.echo(f"run {report.run_id}: {summary(report.counts)}")
    if complete and report.incomplete:
        typer.echo(f"nothing was marked removed: {report.incomplete} things could not be read", err=True)
    if report.counts["refused"]:
        raise typer.Exit(1)


@app.command()
def parse(file: Annotated[Path, typer.Argument(help="A document.", exists=True, dir_okay=False)]) -> None:
    """Prints what a document says, as JSON: the record, the issues with their lines, and the coverage of its lines.

    Nothing is stored, and a document that names no registry identifier is read too.
    """
    try:
        for raw, _ in records_of(file):
            typer.echo(json.dumps(_parsed(raw), indent=2, ensure_ascii=False))
    except (SourceError, ValueError) as error:
        fail(str(error))


def _parsed(raw: Raw) -> dict[str, object]:
    """A text document's lines are accounted for; the values of a registry's record all arrive (a test holds this)."""
    coverage = None
    if raw.kind == "text":
        parsed = parse_document(raw.file, raw.data)
        trial, coverage = parsed.trial, {**parsed.coverage.model_dump(), "share": parsed.coverage.share}
    else:
        trial, _ = read_trial(raw)
    record = trial.model_dump(mode="json")
    return {"record": record, "issues": record.pop("issues"), "coverage": coverage}


@app.command()
def runs(number: Annotated[int, typer.Option("--last", min=1, help="How many, newest first.")] = 10) -> None:
    """Lists the last loads and syncs: when, from where, what they came to, and what was refused and why."""
    engine = ready(settings_given())
    with engine.connect() as connection:
        if connection.scalar(select(func.count()).select_from(tables.run)) == 0:
            typer.echo("nothing has been loaded yet")
        for row in connection.execute(select(tables.run).order_by(tables.run.c.id.desc()).limit(number)):
            ended = row.finished or "not finished"
            typer.echo(f"run {row.id}: {row.kind} {row.origin}: {row.started} - {ended}: {summary(row._asdict())}")
            refused = select(tables.run_refusal).where(tables.run_refusal.c.run_id == row.id)
            for line in connection.execute(refused.order_by(tables.run_refusal.c.position).limit(MOST_REFUSALS)):
                typer.echo(f"  {line.file}: {line.line}: {line.trial_id or 'no id'}: {line.reason}")


@app.command("sync")
def sync_registry(
    registry: Annotated[str, typer.Argument(help="The registry to mirror: ctgov.")],
    query: Annotated[str | None, typer.Option(help="Only what this search of the registry's finds.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Updated on this day or later; else: since the last sync."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the account.")] = False,
) -> None:
    """Mirrors a registry from its public API, page by page, politely; goes on where it stopped."""
    if registry != "ctgov":
        fail(f"'{registry}' cannot be mirrored: expected ctgov")
    settings = settings_given()
    engine = ready(settings)
    with Progress(quiet=as_json) as progress:
        try:
            synced = mirror(
                engine,
                settings.ctgov_url,
                query,
                since and since.date(),
                progress.tell,
                retries=Retries(tries=settings.ctgov_tries),
            )
        except ApiError as error:
            fail(f"{error}; what came before stays, and the same command goes on there")
    seen = synced.seen
    if as_json:
        typer.echo(
            json.dumps({"finished": synced.finished, "since": str(synced.since), **seen.model_dump(mode="json")})
        )
    else:
        counts = summary({name: seen.counts.get(name, 0) for name in COUNTS})
        typer.echo(f"{seen.pages} pages, {seen.studies} studies: {counts}; the next sync begins with {synced.since}")
    if not synced.finished:
        raise typer.Exit(1)


@app.command()
def export(
    output: Annotated[Path, typer.Option(help="A folder: an empty one, or one that is not there yet.")],
    release: Annotated[str, typer.Option(help="r4 or r5.")] = "r5",
    types: Annotated[list[str] | None, typer.Option("--type", help="Only this type; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what changed or was deleted after this instant.")] = None,
) -> None:
    """Writes all resources to files of NDJSON, one type to a file, and manifest.json, the list of them."""
    if release not in FHIR_VERSIONS:
        fail(f"--release is '{release}': expected r4 or r5")
    for one in types or ():
        if one not in FHIR_TYPES:
            fail(f"--type is '{one}': expected one of {', '.join(FHIR_TYPES)}")
    try:
        after = read_since(since) if since else None
    except ValueError as error:
        fail(f"--since: {error}")
    try:
        engine = ready(settings_given())
        exported = export_to(engine, Export(release, tuple(types or FHIR_TYPES), after), output)
    except (OSError, ValueError) as error:
        fail(f"--output: {error}")
    for file in (*exported.output, *exported.deleted):
        typer.echo(f"{output / file.name}.ndjson: {file.lines} {file.type}")
    typer.echo(f"what changes from now on: --since {exported.transaction_time}")


link = typer.Typer(help="Links between records of different registries.", no_args_is_help=True)
app.add_typer(link, name="link")


@link.command("deny")
def deny_link(
    first: Annotated[str, typer.Argument(help="A trial's id.")],
    second: Annotated[str, typer.Argument(help="Another's.")],
) -> None:
    """Says for good that two records are not about the same trial, whatever their identifiers say."""
    if first == second:
        fail(f"'{first}' is one record: expected two different ids")
    engine = ready(settings_given())
    with writing(engine) as connection:
        for id in (first, second):
            if connection.scalar(select(tables.trial.c.key).where(tables.trial.c.id == id)) is None:
                fail(f"there is no trial with the id '{id}'")
        pair = dict(zip(("first", "second"), sorted((first, second)), strict=True))
        d = tables.denied_link
        if connection.scalar(select(d.c.first).filter_by(**pair)) is None:
            connection.execute(insert(d).values(**pair))
    typer.echo(f"{first} and {second} are not linked any more")


bench = typer.Typer(help="Data for measuring.", no_args_is_help=True)
app.add_typer(bench, name="bench")


@bench.command("make")
def make_studies(
    count: Annotated[int, typer.Option("--studies", min=0, help="How many.")],
    output: Annotated[Path, typer.Option(help="The file: NDJSON, gzipped when its name ends in .gz.")] = Path(
        "studies.ndjson"
    ),
    seed: Annotated[int, typer.Option(help="Another seed, another state of the same registry.")] = 1,
) -> None:
    """Writes fictional studies in ClinicalTrials.gov's format, the same ones on every machine."""
    try:
        size = write_studies(output, count, seed)
    except (OSError, ValueError) as error:
        fail(str(error))
    typer.echo(f"{output}: {count} studies, {size} bytes of JSON")


@app.command()
def render() -> None:
    """Rebuilds the served bytes of every trial from the tables; bytes that differ become a new version."""
    engine = ready(settings_given())
    typer.echo(f"rendered {rerender(engine, now, always=True)} trials")
    typer.echo(f"indexed {reindex(engine, always=True)} resources")


def main() -> None:
    """Broken pipes end quietly, as command-line programs do."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
