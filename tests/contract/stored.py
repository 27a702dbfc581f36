"""The contract that was promised: `openapi.json` beside this file. `python -m tests.contract.stored` writes the present
one there, unless something in it breaks a client of the stored one.
"""

import json
from pathlib import Path
from typing import Any

from app.contract.change import Change
from app.contract.diff import diff
from app.main import create_app
from app.settings import Settings

STORED = Path(__file__).parent / "openapi.json"


def present() -> dict[str, Any]:
    """As it is served at `/openapi.json`."""
    document: dict[str, Any] = json.loads(json.dumps(create_app(Settings()).openapi()))
    return document


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def store(path: Path, document: dict[str, Any]) -> list[Change]:
    """What breaks a client; if nothing does, the document is stored."""
    known = json.loads(path.read_text()) if path.exists() else document
    breaking = [change for change in diff(known, document) if change.kind == "breaking"]
    if not breaking:
        path.write_text(written(document))
    return breaking


def told(changes: list[Change]) -> str:
    return "\n".join(f"{change.kind} {change.where}: {change.what}" for change in changes)


if __name__ == "__main__":
    found = store(STORED, present())
    if found:
        raise SystemExit(f"not stored, as it breaks clients:\n{told(found)}")
