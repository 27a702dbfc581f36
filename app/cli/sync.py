"""`trials sync`: mirrors a registry from its public API."""

import json
from datetime import datetime
from typing import Annotated

import typer

from app.cli.given import fail, settings_given
from app.cli.prepared import ready, summary
from app.intake.ctgov_api import ApiError, Retries
from app.intake.mirror import mirror
from app.intake.runs import COUNTS
from app.progress import Progress

app = typer.Typer(add_completion=False)


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
