"""Every FHIR answer of a test run is kept, and validated when the run ends: see the fixture `every_answer` in conftest.

Enters an HTTP answer, leaves what is wrong with what was kept. Of the bodies that servers of `tests/servers.py` send,
each different one is kept once, in a file for each release. Validating all of them takes long, so a run validates those
that show something new: an object with another set of names, or another code. TRIALS_PROFILE=long validates all.
TRIALS_RECORD=FOLDER keeps the files `r4.ndjson` and `r5.ndjson` there, for validators outside of the project.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from app.fhir import validate as invariants
from tests.fhir.validation import validate

CODES = ("mode", "status", "relation", "severity", "kind", "use", "method", "fhirVersion", "membership", "publisher")
"""Elements whose values are worth a look each; those named `code` and `type` too, where they are no objects."""
SHOWN = 20
"""Errors that are told of one run."""
STUB = {"resourceType": "Basic"}
"""A type that is no answer here, and that no validator looks into."""


class Recording:
    """`folder` is where the files are. With `everything`, all that is kept is validated."""

    def __init__(self, folder: Path, everything: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.everything = folder, everything
        self.answers, self.validated = 0, 0
        self._digests: set[bytes] = set()
        self._seen: set[tuple[Any, ...]] = set()
        self._files: dict[str, BinaryIO] = {}
        self._chosen: list[tuple[str, str, dict[str, Any]]] = []

    def keep(self, response: httpx.Response) -> None:
        """A hook of an httpx client. Answers of other addresses, and those without a body, are passed by."""
        path = response.request.url.path
        kind = response.headers.get("content-type", "")
        if not path.startswith("/fhir") or not kind.startswith("application/fhir+json"):
            return
        body = response.read()
        if not body:
            return
        release = "r4" if path.startswith("/fhir/r4") else "r5"
        self.answers += 1
        digest = hashlib.sha256(release.encode() + body).digest()
        if digest in self._digests:
            return
        self._digests.add(digest)
        document = json.loads(body)
        self._write(release, document)
        if self.everything:
            return
        for each in parts(document):
            fresh = {(release, *shape) for shape in shapes(each)} - self._seen
            self._seen |= fresh
            if fresh:
                self._chosen.append((release, f"{response.request.method} {response.request.url}", each))

    def _write(self, release: str, document: dict[str, Any]) -> None:
        if release not in self._files:
            self._files[release] = (self.folder / f"{release}.ndjson").open("wb")
        self._files[release].write(json.dumps(document, separators=(",", ":")).encode() + b"\n")

    def errors(self) -> list[str]:
        """What is wrong with the answers, each with the request that it answered or its place in the file."""
        self.close()
        found = []
        for release, asked, document in self._everything() if self.everything else self._chosen:
            self.validated += 1
            found += [f"{asked}: {error}" for error in faults(release, document)]
        return found

    def _everything(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        known: set[bytes] = set()
        for release in self._files:
            path = self.folder / f"{release}.ndjson"
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    document = json.loads(line)
                    for each in parts(document):
                        digest = hashlib.sha256(json.dumps([release, each]).encode()).digest()
                        if digest not in known:
                            known.add(digest)
                            yield release, f"{path.name} line {number}", each

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def recording(temporary: Path) -> Recording:
    """That of this run, as the environment asks for it."""
    return Recording(Path(os.environ.get("TRIALS_RECORD") or temporary), os.environ.get("TRIALS_PROFILE") == "long")


def told(errors: list[str]) -> str:
    """The errors in a few lines."""
    more = f"\n... and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    return f"{len(errors)} answers of this run are not valid FHIR:\n" + "\n".join(errors[:SHOWN]) + more


def shapes(document: dict[str, Any]) -> set[tuple[Any, ...]]:
    """What a document shows: at each path the names of the object, and the codes."""
    return set(_shapes(document, document.get("resourceType", "")))


def _shapes(value: Any, path: str) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, list):
        for one in value:
            yield from _shapes(one, path)
    elif isinstance(value, dict):
        # what an extension holds is told by its url, at whatever path it stands
        place = f"extension {value['url']}" if path.endswith("xtension") and "url" in value else path
        yield place, frozenset(value)
        for name, one in value.items():
            if isinstance(one, str):
                if name in CODES or (name in ("code", "type") and path.count(".") < 3):
                    yield f"{place}.{name}", one
            else:
                yield from _shapes(one, f"{place}.{name}")


def parts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resource; of a bundle its resources, and the bundle with a stub in the place of each."""
    if document.get("resourceType") != "Bundle":
        yield document
        return
    entries = []
    for entry in document.get("entry", []):
        if "resource" in entry:
            yield from parts(entry["resource"])
            entry = {**entry, "resource": STUB}
        entries.append(entry)
    yield {**document, "entry": entries} if entries else document


def faults(release: str, part: dict[str, Any]) -> list[str]:
    """What is wrong with a part: its structure by the models of `fhir.resources`, its invariants by our own."""
    bare = part
    if part.get("resourceType") == "Bundle" and "entry" in part:
        bare = {**part, "entry": [{name: each[name] for name in each if name != "resource"} for each in part["entry"]]}
    found = [each for each in invariants.validate(release, part) if each.severity == "error"]
    return [*validate(release, bare), *(f"{each.expression}: {each.diagnostics}" for each in found)]
