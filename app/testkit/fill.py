"""Fills an empty database for pinned mode: documents in, rows out, with nothing that differs from run to run."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import func, select

from app.clock import instant
from app.errors import SourceError
from app.intake.load import Loaded, load_records
from app.intake.read import Refused
from app.intake.records import Raw, records_of
from app.store import tables
from app.store.engine import engine_for
from app.store.migrate import migrate
from app.store.reindex import reindex
from app.store.rerender import rerender
from app.testkit.documents import named


def fill(url: str, documents: Sequence[Path]) -> None:
    """Makes the tables and loads the documents. Raises ValueError for a database that holds something already, and
    names the records that cannot be loaded."""
    refused: list[Refused] = []

    def tell(result: Loaded | Refused) -> None:
        if isinstance(result, Refused):
            refused.append(result)

    engine = engine_for(url)
    try:
        migrate(engine)
        with engine.connect() as connection:
            if connection.scalar(select(func.count()).select_from(tables.run)):
                raise ValueError("the database of TRIALS_DATABASE_URL holds records: pinned mode needs an empty one")
        rerender(engine, instant)
        reindex(engine)
        load_records(engine, _raws(documents), "load", " ".join(given.name for given in documents), tell)
    finally:
        engine.dispose()
    if refused:
        raise ValueError("\n".join(f"{one.file}: line {one.line}: {one.reason}" for one in refused))


def _raws(documents: Sequence[Path]) -> Iterator[Raw | Refused]:
    for name, path in named(documents):
        try:
            for raw, _ in records_of(path):
                yield raw._replace(file=raw.file.replace(str(path), name, 1))
        except SourceError as error:
            yield Refused(error.file.replace(str(path), name, 1), error.line, error.reason)
