"""`trials export`: all resources as files of NDJSON (https://hl7.org/fhir/uv/bulkdata/export.html)."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.given import fail, settings_given
from app.cli.prepared import ready
from app.fhir.conformance import FHIR_VERSIONS
from app.parameters.table import FHIR_TYPES
from app.store.export import Export, export_to, read_since

app = typer.Typer(add_completion=False)


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
