"""Exports that run in the background: a row of `export_job` each, a thread each, a folder each.

Every server process may answer for every job. The process that runs a job says every second that it lives; when it has
been silent for `DEAD` seconds, the process that is next asked about the job begins it anew, from a new snapshot.
A job begun three times in vain has failed (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-status-request).
"""

import json
import logging
import os
import re
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import OperationalError

from app import clock
from app.store import tables as t
from app.store.engine import reading, writing
from app.store.export import Export, Exported, File, write_export

BEAT = 1.0
DEAD = 15.0
ATTEMPTS = 3
_ID = re.compile(r"[0-9a-f]{32}")
_j = t.export_job.c
log = logging.getLogger("trials")


class TooMany(Exception):
    """A limit is reached: the setting that sets it, its value, and the seconds after which to ask again."""

    def __init__(self, setting: str, limit: int, seconds: int) -> None:
        super().__init__(setting)
        self.setting, self.limit, self.seconds = setting, limit, seconds


class NoFolder(Exception):
    """The folder for the files cannot be made or written to."""


class Stopped(Exception):
    """The job was deleted, another process has taken it over, or this process is to end."""


class Job(NamedTuple):
    """A job as it stands. `exported` says what is in `folder` when its `state` is complete, `reason` why it failed."""

    id: str
    release: str
    request: str
    state: str
    requested: str
    done: int
    total: int | None
    type: str | None
    expires: str
    reason: str | None
    folder: Path
    exported: Exported | None


class _Attempt:
    """A job that this process runs; `stop` ends it."""

    def __init__(self, id: str) -> None:
        self.id, self.token, self.stop = id, clock.unguessable_name(8), threading.Event()
        self.progress: tuple[int, int | None, str | None] = (0, None, None)

    def tell(self, done: int, total: int, kind: str) -> None:
        self.progress = (done, total, kind)
        if self.stop.is_set():
            raise Stopped


class ExportJobs:
    """The exports of one server process. Every method waits for the database: call it in a thread."""

    def __init__(self, engine: Engine, folder: Path, hours: float, at_once: int, most_kept: int) -> None:
        self._engine, self._folder, self._hours = engine, folder, hours
        self._at_once, self._most_kept = at_once, most_kept
        self._pool = ThreadPoolExecutor(at_once, "export")
        self._running: dict[str, _Attempt] = {}
        self._ended = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="export-pulse", daemon=True)
        self._pulse.start()

    def start(self, export: Export, request: str, ignored: tuple[str, ...] = ()) -> str:
        """The id of a new job. Raises TooMany, NoFolder."""
        try:
            self._folder.mkdir(0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise NoFolder(str(error)) from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise NoFolder(f"{self._folder} cannot be written to")
        self._sweep()
        attempt = _Attempt(clock.unguessable_name(16))
        asked = {**export._asdict(), "ignored": ignored}
        with writing(self._engine) as connection:
            if self._live(connection) >= self._at_once:
                raise TooMany("TRIALS_EXPORT_JOBS", self._at_once, 10)
            kept, first = connection.execute(select(func.count(), func.min(_j.expires))).one()
            if kept >= self._most_kept:
                wait = datetime.fromisoformat(first) - clock.now()
                raise TooMany("TRIALS_EXPORT_KEPT", self._most_kept, max(1, int(wait.total_seconds())))
            requested = clock.instant()  # no writer is at work: what comes later is later (see `settled`)
            connection.execute(
                insert(t.export_job).values(
                    id=attempt.id,
                    release=export.release,
                    request=request,
                    asked=json.dumps(asked),
                    requested=requested,
                    state="running",
                    attempts=1,
                    attempt=attempt.token,
                    heartbeat=clock.instant(),
                    done=0,
                    expires=self._expiry(),
                )
            )
        self._submit(attempt, export, ignored, requested)
        return attempt.id

    def look(self, id: str) -> Job | None:
        """The job, or None when there is none (any more). One whose process died is begun anew."""
        row = self._row(id)
        if row is not None and row.state == "running" and row.heartbeat < _ago(DEAD):
            self._take_over(id)
            row = self._row(id)
        if row is None:
            return None
        files = json.loads(row.files) if row.files else None
        return Job(
            *(row.id, row.release, row.request, row.state, row.requested, row.done, row.total, row.type),
            *(row.expires, row.reason, self._folder / row.id / row.attempt),
            Exported(row.transaction_time, *([File(*file) for file in listed] for listed in files)) if files else None,
        )

    def remove(self, id: str) -> None:
        """Ends it if it runs; its files are gone."""
        if not _ID.fullmatch(id):
            return
        attempt = self._running.get(id)
        if attempt is not None:
            attempt.stop.set()
        with self._engine.begin() as connection:
            connection.execute(delete(t.export_job).where(_j.id == id))
        shutil.rmtree(self._folder / id, ignore_errors=True)

    def close(self) -> None:
        """Stops what runs here and leaves it to the next process that is asked."""
        self._ended.set()
        left = list(self._running.values())
        for attempt in left:
            attempt.stop.set()
        self._pool.shutdown(cancel_futures=True)
        self._pulse.join()
        for attempt in left:
            self._update(attempt, heartbeat="", attempts=t.export_job.c.attempts - 1)

    def _row(self, id: str) -> Row[tuple[object, ...]] | None:
        if not _ID.fullmatch(id):
            return None
        with reading(self._engine) as connection:
            return connection.execute(
                select(t.export_job).where(_j.id == id, (_j.expires > clock.instant()) | (_j.state == "running"))
            ).one_or_none()

    def _take_over(self, id: str) -> None:
        attempt = _Attempt(id)
        with writing(self._engine) as connection:
            dead = (_j.id == id) & (_j.state == "running") & (_j.heartbeat < _ago(DEAD))
            row = connection.execute(select(t.export_job).where(dead)).one_or_none()
            if row is None or self._live(connection) >= self._at_once:
                return
            if row.attempts >= ATTEMPTS:
                reason = f"the process that wrote it ended before it was done, {row.attempts} times"
                connection.execute(update(t.export_job).where(dead).values(state="failed", reason=reason))
                return
            connection.execute(
                update(t.export_job)
                .where(dead)
                .values(attempt=attempt.token, attempts=row.attempts + 1, heartbeat=clock.instant(), done=0, total=None)
            )
        shutil.rmtree(self._folder / id / row.attempt, ignore_errors=True)
        asked = json.loads(row.asked)
        export = Export(asked["release"], tuple(asked["types"]), asked["since"], tuple(asked["elements"]))
        self._submit(attempt, export, tuple(asked["ignored"]), row.requested)

    def _live(self, connection: Connection) -> int:
        alive = (_j.state == "running") & (_j.heartbeat >= _ago(DEAD))
        return connection.scalar(select(func.count()).select_from(t.export_job).where(alive)) or 0

    def _submit(self, attempt: _Attempt, export: Export, ignored: tuple[str, ...], requested: str) -> None:
        self._running[attempt.id] = attempt
        future = self._pool.submit(self._run, attempt, export, ignored, requested)
        future.add_done_callback(_report)

    def _run(self, attempt: _Attempt, export: Export, ignored: tuple[str, ...], requested: str) -> None:
        folder = self._folder / attempt.id / attempt.token
        ours = False
        try:
            folder.mkdir(0o700, parents=True)
            done = write_export(self._engine, export, folder, requested, attempt.tell, ignored=ignored)
            files = json.dumps([done.output, done.deleted, done.error])
            ours = self._update(
                attempt,
                state="complete",
                transaction_time=done.transaction_time,
                files=files,
                expires=self._expiry(),
            )
        except Stopped:
            pass
        except Exception:  # also when another process has deleted the job, and with it the folder
            if self._update(attempt, state="failed", reason="the server failed; the error is in its log"):
                log.exception("export %s failed", attempt.id)
        finally:
            self._running.pop(attempt.id, None)
            if not ours:
                shutil.rmtree(folder, ignore_errors=True)

    def _update(self, attempt: _Attempt, **values: object) -> bool:
        """Whether the job still is this attempt's: it may have been deleted or taken over."""
        mine = (_j.id == attempt.id) & (_j.attempt == attempt.token) & (_j.state == "running")
        with self._engine.begin() as connection:
            return connection.execute(update(t.export_job).where(mine).values(values)).rowcount == 1

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            for attempt in list(self._running.values()):
                done, total, kind = attempt.progress
                try:
                    if not self._update(
                        attempt, heartbeat=clock.instant(), expires=self._expiry(), done=done, total=total, type=kind
                    ):
                        attempt.stop.set()
                except OperationalError:  # a long writer has the database: the next beat may pass
                    log.warning("the heartbeat of export %s could not be written", attempt.id, exc_info=True)

    def _sweep(self) -> None:
        with reading(self._engine) as connection:
            late = (_j.expires <= clock.instant()) & ((_j.state != "running") | (_j.heartbeat < _ago(DEAD)))
            expired = list(connection.scalars(select(_j.id).where(late)))
        for id in expired:
            self.remove(id)

    def _expiry(self) -> str:
        return clock.written(clock.now() + timedelta(hours=self._hours))


def _ago(seconds: float) -> str:
    return clock.written(clock.now() - timedelta(seconds=seconds))


def _report(future: Future[None]) -> None:
    """The database could not even be told how the export ended; the job will be begun anew."""
    if not future.cancelled() and (error := future.exception()):
        log.error("an export ended without an account", exc_info=error)
