"""Codes of constraints: ours, and LOINC's (https://loinc.org) where the vocabulary has one.

A constraint of a kind that has a vocabulary (an analyte, a scale) has the code of what it names, any other one that of
its kind.
"""

import json
from importlib.resources import files
from typing import get_args

from app.eligibility.constraint import Constraint, Kind
from app.eligibility.words.vocabulary import SUBJECTS, loinc_of
from app.record.codes import CRITERION_SYSTEM
from app.record.ids import slug

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
GENDER = "http://hl7.org/fhir/administrative-gender"
NAMED = ("measurement", "score", "performance-status")
"""Kinds whose constraints name what they bound by a key of the vocabulary."""
DURATIONS = ("at-least", "within", "half-lives")
MENTIONED = ("condition", "drug")
"""Kinds whose constraints are mentions of what the record itself names: their `code` is its name."""
LOINC_OF_KIND = {"age": "30525-0", "sex": "46098-0"}
"""Not 76689-9 "Sex assigned at birth": registries and criteria say "sex" and no more."""
DURATIONS = ("at-least", "half-lives", "within")
"""Codes of durations."""
_SHORT = 5
"""Characters of a key that is read letter by letter: `ALT`."""
_NAMES: dict[str, str] = json.loads(files("app.eligibility").joinpath("names.json").read_text())
"""Keys that read otherwise."""


def own_code(kind: str, code: str | None) -> str:
    """In the system `CRITERION_SYSTEM`."""
    if kind in NAMED and code:
        return slug(code)
    return f"{kind}-{code}" if kind == "duration" and code else kind


def loinc_code(kind: str, code: str | None) -> str | None:
    return LOINC_OF_KIND.get(kind) or loinc_of(kind, code)


def unit_of(constraint: Constraint) -> str | None:
    """UCUM; of multiples of a limit of normal and of numbers of half-lives an annotation (https://ucum.org/ucum#para-12):
    `{ULN}`, `{LLN}`, `{half-lives}`."""
    if (constraint.kind, constraint.code) == ("duration", "half-lives"):
        return "{half-lives}"
    return f"{{{constraint.limit.upper()}}}" if constraint.limit else constraint.unit


def codings_of(constraint: Constraint) -> list[tuple[str, str]]:
    """(system, code), ours first. None for a mention."""
    kind, code = constraint.kind, constraint.code
    if kind in MENTIONED:
        return []
    made = [(CRITERION_SYSTEM, own_code(kind, code))]
    loinc = loinc_code(kind, code)
    return [*made, (LOINC, loinc)] if loinc else made


def code_names() -> dict[str, str]:
    """Every code of ours and how it reads."""
    plain = [kind for kind in get_args(Kind) if kind not in (*NAMED, *MENTIONED, "duration")]
    names = {kind: _read(_NAMES.get(kind) or kind.replace("-", " ")) for kind in plain}
    names |= {own_code("duration", code): f"Duration, {code.replace('-', ' ')}" for code in DURATIONS}
    for subject in SUBJECTS.values():
        if subject.kind in NAMED:
            key = subject.key or subject.kind
            names[slug(key)] = key.upper() if len(key) <= _SHORT and key not in _NAMES else _read(key)
    return names


def _read(code: str) -> str:
    return _NAMES.get(code) or code[:1].upper() + code[1:]
