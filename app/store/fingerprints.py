"""Digests of the source that decides what is served and how it is searched: these can only differ when it does."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import app
from app.settings import packaged

_HERE = Path(app.__path__[0])
_IMPORT = re.compile(
    r"^(?:from app\.([\w.]+) import (\([^)]*\)|.*)|from app import (.*)|import app\.([\w.]+))$", re.MULTILINE
)


def renderer_fingerprint() -> str:
    """Of what makes documents, and rows that are derived, from records: those modules and all that they import."""
    first = (("fhir", "documents.py"), ("plain", "render.py"), ("eligibility", "grammar", "read.py"))
    return _digest([*_imported(*(_HERE.joinpath(*one) for one in first)), *_eligibility()])


def index_fingerprint() -> str:
    """Of what makes the rows that are searched from documents."""
    files = [*(_HERE / "parameters").iterdir(), _HERE / "store" / "index.py", *_eligibility()]
    return _digest(file for file in sorted(files) if file.suffix in (".py", ".json"))


def _eligibility() -> list[Path]:
    """What reads constraints: they are served, searched and rows of a table."""
    return sorted(file for file in (_HERE / "eligibility").rglob("*") if file.suffix in (".py", ".json"))


def _imported(*first: Path) -> list[Path]:
    found: set[Path] = set()
    left = list(first)
    while left:
        file = left.pop()
        if file in found:
            continue
        found.add(file)
        for module, names, rooms, whole in _IMPORT.findall(file.read_text()):
            place = _HERE.joinpath(*(module or whole).split("."))
            inside = [place / name for name in re.findall(r"\w+", names or rooms)]
            places = [place, *inside]
            left += [path for one in places for path in (one.with_suffix(".py"), one / "__init__.py") if path.is_file()]
    return sorted(found)


def program_fingerprint() -> str:
    """Of all source: of what makes a database what it is."""
    places = (_HERE, packaged("migrations"))
    return _digest(file for at in places for file in sorted(at.rglob("*")) if file.suffix in (".py", ".json"))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
