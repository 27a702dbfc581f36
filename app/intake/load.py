"""Loads files: read as a stream by a pool of processes, stored in batches, every batch one transaction.

Interrupted at any point, the database holds whole batches; the next load of the same files finds their records
unchanged and goes on.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from app.errors import SourceError
from app.intake.read import Received, Refused, read_all
from app.intake.records import Raw, files_in, records_of
from app.intake.removal import remove_unseen
from app.intake.runs import COUNTS, count, finish_run, start_run
from app.intake.store import store_batch
from app.store.database import writing
from app.store.put import Change

BATCH = 200
"""Records in a transaction: measured on SQLite, fewer cost time, more cost memory and gain little."""
PROCESSES = 2


class Loaded(NamedTuple):
    """What became of one record: the trial it is about, and `new`, `changed` or `unchanged`."""

    file: str
    line: int
    trial_id: str
    change: Change


class Report(NamedTuple):
    """What a load came to."""

    run_id: int
    counts: Counter[str]


def now() -> str:
    """This instant, ISO 8601 in UTC with microseconds (a FHIR instant)."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def load(
    engine: Engine,
    paths: Iterable[Path],
    tell: Callable[[Loaded | Refused], None] = lambda result: None,
    *,
    complete: str | None = None,
    clock: Callable[[], str] = now,
) -> Report:
    """Loads every record of the files and tells what became of each; a record that is refused leaves no trace.

    `complete` names a registry all of whose records are in these files: what is not among them is marked removed.
    """
    paths = list(paths)
    raws = _raws(paths)
    return load_records(engine, raws, "load", " ".join(map(str, paths)), tell, complete=complete, clock=clock)


def load_records(
    engine: Engine,
    raws: Iterable[Raw | Refused],
    kind: str,
    origin: str,
    tell: Callable[[Loaded | Refused], None],
    *,
    complete: str | None = None,
    clock: Callable[[], str] = now,
) -> Report:
    """Loads raw records, from wherever they come."""
    with writing(engine) as connection:
        run_id = start_run(connection, kind, origin, clock())
    total: Counter[str] = Counter()
    for batch in _read_ahead(raws):
        received = [one for one in batch if isinstance(one, Received)]
        refused = [one for one in batch if isinstance(one, Refused)]
        with writing(engine) as connection:
            changes = store_batch(connection, received, clock(), run_id, note_seen=complete is not None)
            counts = Counter[str](changes)
            counts["refused"] = len(refused)
            count(connection, run_id, counts, refused)
        total += counts
        for one, change in zip(received, changes, strict=True):
            tell(Loaded(one.file, one.line, one.prepared.id, change))
        for refusal in refused:
            tell(refusal)
    with writing(engine) as connection:
        if complete is not None:
            removed = remove_unseen(connection, complete, run_id, clock())
            count(connection, run_id, Counter(removed=removed), ())
            total["removed"] = removed
        finish_run(connection, run_id, clock())
    return Report(run_id, Counter({name: total[name] for name in COUNTS}))


def _raws(paths: Iterable[Path]) -> Iterator[Raw | Refused]:
    for path in files_in(paths):
        try:
            yield from records_of(path)
        except SourceError as error:
            yield Refused(error.file, error.line, error.reason)


def _read_ahead(raws: Iterable[Raw | Refused]) -> Iterator[list[Received | Refused]]:
    """Batches of read records, in order. Few records are read here; many by a pool, while the last batch is stored."""
    source = iter(raws)
    with ExitStack() as stack:
        pool: Executor | None = None
        waiting: deque[tuple[list[Refused], Future[list[Received | Refused]]]] = deque()
        while batch := list(islice(source, BATCH)):
            refused = [one for one in batch if isinstance(one, Refused)]
            raw = [one for one in batch if isinstance(one, Raw)]
            if pool is None and len(batch) < BATCH:
                yield [*read_all(raw), *refused]
                continue
            if pool is None:
                pool = stack.enter_context(ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")))
            waiting.append((refused, pool.submit(read_all, raw)))
            if len(waiting) > PROCESSES:
                before, future = waiting.popleft()
                yield [*future.result(), *before]
        for before, future in waiting:
            yield [*future.result(), *before]
