"""A raw record becomes what is to be stored. Pure, so that a pool of processes can do it."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePath
from typing import Any, NamedTuple
from xml.etree.ElementTree import fromstring

import orjson

import app.record
import app.sources
from app.errors import SourceError
from app.intake.gazetteer import with_coordinates
from app.intake.records import Raw
from app.record.trial import SourceDocument, Trial
from app.sources import ctgov, ctis, ictrp, parse
from app.store.prepare import Prepared, prepare


class Received(NamedTuple):
    """A record that was read: what is to be stored, and for a text document its bytes (zlib), which spans need."""

    file: str
    line: int
    raw: str
    """The digest of the raw record."""
    trial: bytes
    """The Trial as JSON: what the document says, before anything is merged."""
    source: SourceDocument
    prepared: Prepared
    content: bytes | None


class Refused(NamedTuple):
    """A record that cannot be taken, and why."""

    file: str
    line: int
    reason: str
    trial_id: str | None = None


JSON_SOURCES = (ctgov, ctis)


def read_all(batch: Sequence[Raw]) -> list[Received | Refused]:
    return [read(raw) for raw in batch]


def read(raw: Raw) -> Received | Refused:
    try:
        trial, content = read_trial(raw)
    except SourceError as error:
        return Refused(error.file, error.line, error.reason)
    except ValueError as error:
        return Refused(raw.file, raw.line, str(error), _id_in(raw.data))
    if not trial.id:
        reason = "names no registry identifier (such as NCT05398809), so there is no trial to load it into"
        return Refused(raw.file, raw.line, reason)
    located = with_coordinates(trial)
    prepared = prepare(located)
    own = prepared.record if located is trial else trial.model_dump_json().encode()
    return Received(raw.file, raw.line, raw_digest(raw), own, trial.sources[0], prepared, content)


def read_trial(raw: Raw) -> tuple[Trial, bytes | None]:
    """The record, and the compressed bytes of a text document. Raises SourceError or ValueError."""
    if raw.kind == "text":
        trial = parse(raw.file, raw.data).trial
        trial.sources[0].name = PurePath(raw.file).name  # where it lay is nobody's business but the loader's
        return trial, zlib.compress(raw.data)
    if raw.kind == "xml":
        return ictrp.parse_xml(fromstring(raw.data), _digest(raw.data)), None
    try:
        record: Any = orjson.loads(raw.data)
    except orjson.JSONDecodeError as error:
        raise SourceError(raw.file, raw.line, f"is not JSON: {error}") from error
    if isinstance(record, Mapping):
        for source in JSON_SOURCES:
            if source.recognize_json(record):
                return source.parse_json(dict(record), _digest(_lasting(record))), None
    raise SourceError(raw.file, raw.line, "is JSON, but no record of ClinicalTrials.gov (API v2) or EU CTIS")


def _lasting(record: Mapping[str, Any]) -> bytes:
    """The record without the day of the download, which ClinicalTrials.gov writes into each one of them
    (`derivedSection.miscInfoModule.versionHolder`): it would make every study a changed one every day."""
    derived = record.get("derivedSection")
    misc = derived.get("miscInfoModule") if isinstance(derived, Mapping) else None
    if isinstance(misc, dict):
        misc.pop("versionHolder", None)
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


@cache
def _reader() -> bytes:
    """A digest of the code that reads: another release may read more in the same bytes."""
    found = hashlib.sha256()
    for package in (app.sources, app.record):
        for folder in package.__path__:
            for file in sorted(Path(folder).rglob("*.py")):
                found.update(file.read_bytes())
    return found.digest()


def raw_digest(raw: Raw) -> str:
    """Equal where the same code reads the same bytes."""
    return hashlib.sha256(_reader() + raw.data).hexdigest()[:24]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _id_in(data: bytes) -> str | None:
    """A refused study's id, for the report, if it is where it should be."""
    try:
        found = orjson.loads(data)["protocolSection"]["identificationModule"]["nctId"]
    except (orjson.JSONDecodeError, LookupError, TypeError):
        return None
    return found if isinstance(found, str) else None
