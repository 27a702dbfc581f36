"""Digests of the source that decides what is served and how it is searched: these can only differ when it does."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import app

_HERE = Path(app.__path__[0])


def renderer_fingerprint() -> str:
    """Of what makes documents, and rows that are derived, from records."""
    written = [file for folder in ("record", "fhir", "plain") for file in sorted((_HERE / folder).rglob("*.py"))]
    return _digest([*written, *_eligibility()])


def index_fingerprint() -> str:
    """Of what makes the rows that are searched from documents."""
    files = [*(_HERE / "parameters").iterdir(), _HERE / "store" / "index.py", *_eligibility()]
    return _digest(file for file in sorted(files) if file.suffix in (".py", ".json"))


def _eligibility() -> list[Path]:
    """What reads constraints: they are served, searched and rows of a table."""
    return sorted(file for file in (_HERE / "eligibility").iterdir() if file.suffix in (".py", ".json"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
