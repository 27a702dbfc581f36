"""`trials contract diff`: what changed between two OpenAPI documents, and whether it breaks a client."""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import httpx
import typer

from app.contract.diff import diff

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def contract() -> None:
    """The contract between the server and its clients."""


@app.command("diff")
def compare(
    old: Annotated[str, typer.Argument(help="An OpenAPI document (JSON): a file, its address, or a server's.")],
    new: Annotated[str, typer.Argument(help="Another.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Says what changed for a client. Exit code 1 if anything breaks one, 2 if a document cannot be read."""
    documents = [read_document(old), read_document(new)]
    try:
        changes = diff(*documents)
    except ValueError as error:
        refuse(f"{old} and {new}: {error}")
    breaking = sum(change.kind == "breaking" for change in changes)
    if as_json:
        typer.echo(json.dumps({"breaking": breaking, "changes": [change._asdict() for change in changes]}, indent=2))
    else:
        for change in changes:
            typer.echo(f"{change.kind:11} {change.where}: {change.what}")
        typer.echo(f"{breaking} changes break a client, {len(changes) - breaking} do not")
    if breaking:
        raise typer.Exit(1)


def read_document(place: str) -> dict[str, Any]:
    """Of a file, an address or a server. Ends the program with exit code 2 where it cannot be read."""
    try:
        if place.startswith(("http://", "https://")):
            address = place if place.endswith(".json") else f"{place.rstrip('/')}/openapi.json"
            found = httpx.get(address, follow_redirects=True, timeout=30).raise_for_status().json()
        else:
            found = json.loads(Path(place).read_text())
    except RecursionError:
        refuse(f"{place} cannot be read as JSON: it has values in one another too deep")
    except (OSError, ValueError, httpx.HTTPError) as error:
        hint = "; a server's address begins with http://" if isinstance(error, FileNotFoundError) else ""
        refuse(f"{place} cannot be read as JSON: {error}{hint}")
    if not isinstance(found, dict) or not isinstance(found.get("openapi"), str):
        refuse(f"{place} is no OpenAPI document: expected an object with 'openapi': '3...'")
    if not isinstance(found.get("paths"), dict):
        refuse(f"{place} is no OpenAPI document: expected an object 'paths'")
    return found


def refuse(message: str) -> NoReturn:
    """Ends the program with exit code 2."""
    typer.echo(f"trials: {message}", err=True)
    raise typer.Exit(2)
