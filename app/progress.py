"""What a person sees of a load: each document's fate while they are few, then a line that counts (on a terminal)."""

import sys
import time
from types import TracebackType

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from app.intake.load import Loaded
from app.intake.read import Refused

FEW = 50


class Progress:
    def __init__(self, *, quiet: bool) -> None:
        self.quiet, self.told, self.share, self.started = quiet, 0, 0.0, time.monotonic()
        self.bar: Bar | None = None

    def __enter__(self) -> "Progress":
        return self

    def tell(self, result: Loaded | Refused) -> None:
        self.told += 1
        if self.quiet:
            return
        if isinstance(result, Refused):
            typer.echo(f"{result.file}: line {result.line}: refused: {result.reason}", err=True)
        elif self.told <= FEW:
            typer.echo(f"{result.file}: {result.trial_id}: {result.change}")
        elif sys.stderr.isatty():
            self._count()

    def read(self, share: float) -> None:
        """What share of the files has been read, 0 to 1."""
        self.share = share

    def _count(self) -> None:
        if self.bar is None:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
            self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self.bar.start()
            self.task = self.bar.add_task("records", total=None)
        took = max(time.monotonic() - self.started, 0.001)
        left = f", {took * (1 - self.share) / self.share:.0f} s left" if self.share > 0.01 else ""
        self.bar.update(self.task, completed=self.told, description=f"records ({self.told / took:.0f}/s{left})")

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()
