"""`trials migrate` and `trials render`: brings the database to this release's schema and form."""

import typer

from app.cli.given import settings_given
from app.cli.prepared import ready
from app.clock import instant
from app.store.reindex import reindex
from app.store.rerender import rerender

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Brings the database to the schema of this release, and its served bytes to this release's form."""
    ready(settings_given())
    typer.echo("the database is at this release's schema")


@app.command()
def render() -> None:
    """Rebuilds the served bytes of every trial from the tables; bytes that differ become a new version."""
    engine = ready(settings_given())
    typer.echo(f"rendered {rerender(engine, instant, always=True)} trials")
    typer.echo(f"indexed {reindex(engine, always=True)} resources")
