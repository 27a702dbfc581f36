"""The current resources as files of NDJSON (https://hl7.org/fhir/uv/bulkdata/export.html): one type to a file.

Enters what is asked for and a folder; leave the files and their list. All of them show one snapshot of the database,
bodies are written as they are served, and memory does not grow: keys are read as a stream, bodies some at a time.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Select, func, select

from app import clock
from app.fhir.outcome import issue, outcome
from app.fhir.subset import only
from app.store import tables as t
from app.store.engine import among, reading, writing

CHUNK = 200
"""Resources read at once."""
A_FILE = 100_000
"""Resources in a file, at most."""
A_BUNDLE = 500
"""Deleted resources in a Bundle, at most."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


class Export(NamedTuple):
    """What is asked for: resources of these types, changed after `since` (as `read_since` gives it). `elements` are
    `Type.element` or `element`; none: whole resources."""

    release: str
    types: tuple[str, ...]
    since: str | None = None
    elements: tuple[str, ...] = ()


class File(NamedTuple):
    """`type` is what the lines are, `lines` their number, `digest` the start of the SHA-256 of the file."""

    type: str
    name: str
    lines: int
    digest: str


class Exported(NamedTuple):
    """Everything that was changed up to and including `transaction_time` is in the files, and nothing later."""

    transaction_time: str
    output: list[File]
    deleted: list[File]
    error: list[File]
    """OperationOutcomes about the export."""

    def manifest(self, request: str, place: str) -> dict[str, Any]:
        """What is handed out (https://hl7.org/fhir/uv/bulkdata/export.html#response---complete-status); `place` is
        what the addresses of the files begin with."""
        kinds = {"output": self.output, "deleted": self.deleted, "error": self.error}
        return {
            "transactionTime": self.transaction_time,
            "request": request,
            "requiresAccessToken": False,
            **{
                kind: [{"type": f.type, "url": f"{place}{f.name}.ndjson", "count": f.lines} for f in files]
                for kind, files in kinds.items()
            },
        }


def read_since(text: str) -> str:
    """An instant (https://hl7.org/fhir/R5/datatypes.html#instant) in the stored form. Raises ValueError."""
    if _INSTANT.fullmatch(text):
        try:
            return clock.written(datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text)))
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"'{text[:40]}' is not an instant: expected one such as 2026-03-01T09:30:00Z")


def settled(engine: Engine) -> str:
    """The present instant, up to which everything that was changed is in every later snapshot: writers take their
    instant while they are the only writer, and here there is none."""
    with writing(engine):
        return clock.instant()


def write_export(
    engine: Engine,
    export: Export,
    folder: Path,
    asked: str,
    tell: Callable[[int, int, str], None] = lambda done, total, kind: None,
    *,
    ignored: Sequence[str] = (),
    a_file: int = A_FILE,
) -> Exported:
    """`asked` comes from `settled`, `ignored` are the parts of the request that are not done, in words. Tells how many
    resources are done, of how many, and of which type they are.

    Types without a resource have no file. With `since`, `deleted` files say what was deleted after it.
    """
    output: list[File] = []
    gone = _Files(folder, "deleted", "Bundle", a_file)
    tombstones: list[str] = []
    done = 0
    with reading(engine) as connection:
        newest = connection.scalar(select(func.max(t.resource.c.last_updated))) or ""
        total = sum(int(connection.scalar(_chosen(export, kind, func.count())) or 0) for kind in export.types)
        for kind in export.types:
            files = _Files(folder, kind, kind, a_file)
            for rows in _rows(connection, export, kind):
                bodies = [body for _, deleted, body in rows if not deleted]
                files.write([_part(export, body) for body in bodies] if export.elements else bodies)
                tombstones += [f"{kind}/{id}" for id, deleted, _ in rows if deleted]
                while len(tombstones) >= A_BUNDLE:
                    gone.write([_deletions(tombstones[:A_BUNDLE])])
                    del tombstones[:A_BUNDLE]
                done += len(rows)
                tell(done, total, kind)
            output += files.close()
    if tombstones:
        gone.write([_deletions(tombstones)])
    told = _Files(folder, "outcome", "OperationOutcome", a_file)
    told.write([outcome(issue("warning", "not-supported", reason)) for reason in ignored])
    return Exported(max(asked, newest), output, gone.close(), told.close())


def export_to(engine: Engine, export: Export, folder: Path) -> Exported:
    """The files and `manifest.json`, the list of them. Raises ValueError when the folder holds something, OSError when
    it cannot be written to."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty: expected an empty folder, or none")
    exported = write_export(engine, export, folder, settled(engine))
    asked = f"$export?_type={','.join(export.types)}" + (f"&_since={export.since}" if export.since else "")
    (folder / "manifest.json").write_bytes(orjson.dumps(exported.manifest(asked, ""), option=orjson.OPT_INDENT_2))
    return exported


def _chosen(export: Export, kind: str, column: ColumnElement[int]) -> Select[int]:
    """Of the resources of a type, the deleted ones only when it is asked what changed."""
    r = t.resource.c
    changed = r.deleted.is_(False) if export.since is None else r.last_updated > export.since
    return select(column).where(r.type == kind, changed)


def _rows(connection: Connection, export: Export, kind: str) -> Iterator[list[tuple[str, bool, bytes]]]:
    """(id, deleted, body) in the order of the keys. Bodies are fetched by key: sorting rows that hold them would make
    either engine write all of them to a temporary file first."""
    r = t.resource.c
    keys = _chosen(export, kind, r.key).order_by(r.key).execution_options(yield_per=CHUNK)
    for part in connection.execute(keys).partitions():
        chunk = [row[0] for row in part]
        bodies = select(r.id, r.deleted, r[export.release]).where(among(connection, r.key, chunk)).order_by(r.key)
        yield [(id, deleted, body) for id, deleted, body in connection.execute(bodies)]


def _part(export: Export, body: bytes) -> bytes:
    return orjson.dumps(only(orjson.loads(body), export.release, export.elements))


def _deletions(places: Sequence[str]) -> bytes:
    entries = [{"request": {"method": "DELETE", "url": place}} for place in places]
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


class _Files:
    """Lines to `NAME-1.ndjson`, `NAME-2.ndjson`, ..., `a_file` lines each."""

    def __init__(self, folder: Path, name: str, type: str, a_file: int) -> None:
        self._folder, self._name, self._type, self._a_file = folder, name, type, a_file
        self._done: list[File] = []
        self._open: BinaryIO | None = None

    def write(self, lines: Sequence[bytes]) -> None:
        while lines:
            if self._open is None:
                self._title = f"{self._name}-{len(self._done) + 1}"
                self._open, self._count = (self._folder / f"{self._title}.ndjson").open("xb"), 0
                self._digest = hashlib.sha256()
            part, lines = lines[: self._a_file - self._count], lines[self._a_file - self._count :]
            data = b"".join(b"%s\n" % line for line in part)
            self._open.write(data)
            self._digest.update(data)
            self._count += len(part)
            if self._count == self._a_file:
                self._finish(self._open)

    def close(self) -> list[File]:
        if self._open is not None:
            self._finish(self._open)
        return self._done

    def _finish(self, file: BinaryIO) -> None:
        """On the disk before anybody is told of it."""
        file.flush()
        os.fsync(file.fileno())
        file.close()
        self._open = None
        self._done.append(File(self._type, self._title, self._count, self._digest.hexdigest()[:32]))
