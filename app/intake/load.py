"""Loads files: read as a stream by a pool of processes, stored in batches, every batch one transaction.

Interrupted at any point, the database holds whole batches; the next load of the same files finds their records
unchanged and goes on.
"""

import gc
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from app.clock import instant
from app.errors import SourceError
from app.intake.files import files_in
from app.intake.read import Received, Refused, raw_digest, read_all
from app.intake.records import Raw, records_of
from app.intake.removal import remove_unseen
from app.intake.runs import COUNTS, count, finish_run, start_run
from app.intake.store import note_seen, store_batch
from app.record.codes import REGISTRY_SOURCES
from app.store.documents import known_raw
from app.store.engine import reading, writing
from app.store.put import Change

BATCH = 100
"""Records in a transaction. Measured: 200 take as long and half as much memory again (408 MiB instead of 278)."""
PROCESSES = 2


class Loaded(NamedTuple):
    """What became of one record: the trial it is about, and `new`, `changed` or `unchanged`."""

    file: str
    line: int
    trial_id: str
    change: Change
    source: str


class Report(NamedTuple):
    """What a load came to. `incomplete`: so many things could not be read that nothing could be called removed."""

    run_id: int
    counts: Counter[str]
    incomplete: int = 0


def collect_rarely() -> None:
    """Millions of small objects come and go here, none of them in circles: with its default the collector took a
    tenth of a load's time."""
    gc.set_threshold(200_000, 20, 20)


def start_reader() -> None:
    """In each process of the pool. Ctrl-C reaches it too, but it is the loader that ends the work, in order: a process
    that died with the queue's lock in its hands would leave the loader waiting for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()


def load(
    engine: Engine,
    paths: Iterable[Path],
    tell: Callable[[Loaded | Refused], None] = lambda result: None,
    *,
    complete: str | None = None,
    progress: Callable[[float], None] = lambda share: None,
    clock: Callable[[], str] = instant,
) -> Report:
    """Loads every record of the files and tells what became of each; a record that is refused leaves no trace.

    `complete` names a registry all of whose records are in these files: what is not among them is marked removed.
    When something could not be read that may have been a record of it, nothing is.
    """
    paths = list(paths)
    raws = _raws(paths, progress)
    return load_records(engine, raws, "load", " ".join(map(str, paths)), tell, complete=complete, clock=clock)


def load_records(
    engine: Engine,
    raws: Iterable[Raw | Refused],
    kind: str,
    origin: str,
    tell: Callable[[Loaded | Refused], None],
    *,
    complete: str | None = None,
    clock: Callable[[], str] = instant,
) -> Report:
    """Loads raw records, from wherever they come."""
    collect_rarely()
    with writing(engine) as connection:
        run_id = start_run(connection, kind, origin, clock())
    total: Counter[str] = Counter()
    unknown = 0
    for batch in _read_ahead(engine, raws):
        received = [one for one in batch if isinstance(one, Received)]
        refused = [one for one in batch if isinstance(one, Refused)]
        same = [one for one in batch if isinstance(one, Loaded)]
        with writing(engine) as connection:
            changes = store_batch(connection, received, clock(), run_id)
            if complete is not None:
                met = {one.prepared.id for one in received if one.source.source in REGISTRY_SOURCES}
                met |= {one.trial_id for one in same if one.source in REGISTRY_SOURCES}
                note_seen(connection, run_id, met | {one.trial_id for one in refused if one.trial_id})
                unknown += sum(one.trial_id is None for one in refused)
            counts = Counter[str](changes)
            counts["unchanged"] += len(same)
            counts["refused"] = len(refused)
            count(connection, run_id, counts, refused)
        total += counts
        stored = [
            Loaded(r.file, r.line, r.prepared.id, c, r.source.source) for r, c in zip(received, changes, strict=True)
        ]
        outcome: list[Loaded | Refused] = [*same, *stored, *refused]
        for told in outcome:
            tell(told)
    with writing(engine) as connection:
        if complete is not None and not unknown:
            removed = remove_unseen(connection, complete, run_id, clock())
            count(connection, run_id, Counter(removed=removed), ())
            total["removed"] = removed
        finish_run(connection, run_id, clock())
    return Report(run_id, Counter({name: total[name] for name in COUNTS}), unknown)


def _raws(paths: Iterable[Path], progress: Callable[[float], None]) -> Iterator[Raw | Refused]:
    """The records of all files; `progress` is told what share of their bytes has been read."""
    files = [(path, path.stat().st_size if path.is_file() else 0) for path in files_in(paths)]
    total, done = sum(size for _, size in files) or 1, 0
    for path, size in files:
        try:
            for raw, place in records_of(path):
                progress((done + place) / total)
                yield raw
        except SourceError as error:
            yield Refused(error.file, error.line, error.reason)
        done += size


Read = Received | Refused | Loaded
"""A record that was read, one that cannot be, or one that is stored just so and was not read again."""


def _read_ahead(engine: Engine, raws: Iterable[Raw | Refused]) -> Iterator[list[Read]]:
    """Batches of read records, in order. Few records are read here; many by a pool, while the last batch is stored."""
    source = iter(raws)
    with ExitStack() as stack:
        pool: Executor | None = None
        waiting: deque[tuple[list[Read], Future[list[Received | Refused]]]] = deque()
        while batch := list(islice(source, BATCH)):
            ready, raw = _known(engine, batch)
            if pool is None and len(batch) < BATCH:
                yield [*ready, *read_all(raw)]
                continue
            if pool is None:
                pool = ProcessPoolExecutor(PROCESSES, get_context("spawn"), start_reader)
                stack.callback(pool.shutdown, cancel_futures=True)
            waiting.append((ready, pool.submit(read_all, raw)))
            if len(waiting) > PROCESSES:
                before, future = waiting.popleft()
                yield [*before, *future.result()]
        for before, future in waiting:
            yield [*before, *future.result()]


def _known(engine: Engine, batch: Sequence[Raw | Refused]) -> tuple[list[Read], list[Raw]]:
    """What is settled without reading (records stored just so, refusals), and the records to read."""
    raws = {raw_digest(one): one for one in batch if isinstance(one, Raw)}
    with reading(engine) as connection:
        known = known_raw(connection, raws)
    ready: list[Read] = [one for one in batch if isinstance(one, Refused)]
    ready += [
        Loaded(raws[raw].file, raws[raw].line, trial_id, "unchanged", source)
        for raw, (trial_id, source) in known.items()
    ]
    repeats = sum(isinstance(one, Raw) for one in batch) - len(raws)
    left = [one for one in batch if isinstance(one, Raw) and (repeats or raw_digest(one) not in known)]
    return (ready, left) if not repeats else ([one for one in ready if isinstance(one, Refused)], left)
