"""Digests of the source that decides what is served and how it is searched: these can only differ when it does."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import app
from app.settings import packaged

_HERE = Path(app.__path__[0])


def renderer_fingerprint() -> str:
    """Of what makes documents from records."""
    return _digest(file for folder in ("record", "fhir", "plain") for file in sorted((_HERE / folder).rglob("*.py")))


def index_fingerprint() -> str:
    """Of what makes the rows that are searched from documents."""
    files = [*(_HERE / "parameters").iterdir(), _HERE / "store" / "index.py"]
    return _digest(file for file in sorted(files) if file.suffix in (".py", ".json"))


def program_fingerprint() -> str:
    """Of all source: of what makes a database what it is."""
    places = (_HERE, packaged("migrations"))
    return _digest(file for at in places for file in sorted(at.rglob("*")) if file.suffix in (".py", ".json"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
