"""`trials bench`: data for measuring."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.given import fail
from app.generate import write as write_studies

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def bench() -> None:
    """Data for measuring."""


@app.command("make")
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
