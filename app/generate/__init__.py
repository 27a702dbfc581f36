"""Fictional studies in ClinicalTrials.gov's format, for tests and for size: a seed in, studies out.

The format is the API's (https://clinicaltrials.gov/data-api/about-api/study-data-structure). Sizes, counts and
shares are those of real studies; every word, name and number is invented, except cities and countries. Pure but for
`write`.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import orjson

from app.generate.study import IDS, study

__all__ = ["studies", "write"]


def studies(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """The first `count` studies of a seed, the same on every machine.

    The ids do not depend on the seed: two seeds are two states of one registry. Raises ValueError when `count` is
    negative or more than there are ids.
    """
    if not 0 <= count <= IDS:
        raise ValueError(f"{count} studies cannot be made: expected 0 to {IDS}")
    return (study(seed, n) for n in range(count))


def write(path: Path, count: int, seed: int = 1) -> int:
    """Writes NDJSON, one study a line; gzipped when the name ends in `.gz`. Returns the bytes of the JSON.

    Raises OSError when the file cannot be written.
    """
    made = studies(count, seed)
    size = 0
    with path.open("wb") as plain, ExitStack() as stack:
        file: IO[bytes] | gzip.GzipFile = plain
        if path.name.endswith(".gz"):  # no name, no time in it: the same bytes every time
            file = stack.enter_context(gzip.GzipFile("", "wb", 6, plain, mtime=0))
        for one in made:
            size += file.write(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE))
    return size
