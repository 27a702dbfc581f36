"""The command line, `trials ...` (also `python -m app`). Each command's module is imported when it is asked for:
imported together they took longer than the server takes to answer.
"""

import os
import sys
from importlib import import_module

import typer
from typer.core import TyperGroup
from typer.main import get_command

_MODULES = {
    "serve": "serve",
    "migrate": "database",
    "load": "load",
    "parse": "load",
    "runs": "load",
    "sync": "sync",
    "export": "export",
    "link": "link",
    "contract": "contract",
    "check": "check",
    "bench": "bench",
    "render": "database",
}
"""Command -> the module of `app.cli` that has it: `app` there is one command, several, or a group of that name."""


class Commands(TyperGroup):
    def list_commands(self, ctx: object) -> list[str]:
        return list(_MODULES)

    def get_command(self, ctx: object, cmd_name: str):  # type: ignore[no-untyped-def]  # of the library that typer brings
        if cmd_name not in _MODULES:
            return None
        module = _MODULES[cmd_name]
        found = get_command(import_module(f"app.cli.{module}").app)
        found = getattr(found, "commands", {}).get(cmd_name, found)
        found.name = cmd_name
        return found


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def trials() -> None:
    """Reads clinical-trial records into a database and serves them as FHIR R5, FHIR R4 and plain JSON.

    Where the database is, and all else, comes from TRIALS_* environment variables (see the README).
    """


def main() -> None:
    """Broken pipes end quietly, as command-line programs do."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
