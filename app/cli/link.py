"""`trials link`: links between records of different registries."""

from typing import Annotated

import typer
from sqlalchemy import insert, select

from app.cli.given import fail, settings_given
from app.cli.prepared import ready
from app.store import tables
from app.store.engine import writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def link() -> None:
    """Links between records of different registries."""


@app.command("deny")
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
