"""What every command is given: its settings; and how it says that it cannot do what it was asked."""

from typing import NoReturn

import typer
from pydantic import ValidationError

from app.settings import Settings


def fail(message: str) -> NoReturn:
    typer.echo(f"trials: {message}", err=True)
    raise typer.Exit(1)


def settings_given() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"TRIALS_{str(first['loc'][0]).upper()} is {first['input']!r}: {first['msg']}")
