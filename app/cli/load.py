"""`trials load`, `trials parse` and `trials runs`: records into the database, and what became of them."""

import json
import signal
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from sqlalchemy import func, select

from app.cli.given import fail, settings_given
from app.cli.prepared import ready, summary
from app.errors import SourceError
from app.intake.load import Loaded, load
from app.intake.read import Refused, read_trial
from app.intake.records import Raw, records_of
from app.progress import Progress
from app.record.registries import REGISTRIES
from app.sources import parse as parse_document
from app.store import tables

app = typer.Typer(add_completion=False)
MOST_REFUSALS = 1000
"""Refusals shown at once; `trials runs` and `/api/v1/runs` keep all of them."""


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
