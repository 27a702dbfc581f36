"""Documents as pinned mode loads them: paths in, files out, with names that are the same on every machine."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.intake.files import files_in


def named(documents: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """The files, each with a name that says nothing of where it lies. Raises ValueError."""
    for given in documents:
        if not given.exists():
            raise ValueError(f"there is no '{given}' to load: expected a file or a folder")
        files = list(files_in([given]))
        if not files:
            raise ValueError(f"the folder '{given}' is empty: expected documents in it")
        for file in files:
            yield (f"{given.name}/{file.relative_to(given).as_posix()}" if given.is_dir() else file.name), file
