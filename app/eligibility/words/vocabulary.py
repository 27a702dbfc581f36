"""The vocabulary of measured things: analytes, scales and bodily measures, their spellings, codes and usual units.

Data: `analytes.json`, `scales.json`, `subjects.json`. LOINC codes (https://loinc.org) stand only where the concept is
the same; units are UCUM.
"""

import json
from importlib.resources import files
from typing import Any, NamedTuple

from app.eligibility.constraint import Kind
from app.eligibility.words.phrases import Phrases

ROOM = files("app.eligibility.words")
LOINC_OF_KIND = {"bmi": "39156-5", "weight": "29463-7", "height": "8302-2"}


class Subject(NamedTuple):
    """What a range can bound. `units` are those usual for it (None: no unit); `low` and `high` a scale's ends."""

    kind: Kind | None
    key: str | None
    loinc: str | None = None
    units: tuple[str | None, ...] = ()
    molar_mass: float | None = None
    low: float | None = None
    high: float | None = None
    better_is_low: bool = False
    """Of a scale: the lowest grade is the best."""
    means: tuple[str, ...] = ()
    """The keys of the analytes that a name of several stands for."""
    plausible: tuple[str, float, float] | None = None
    """A unit, and the least and the most in it that a criterion can ask for."""


def load() -> tuple[dict[str, Subject], list[tuple[str, str]]]:
    """Subjects by a key over all kinds, and the pairs of that key and a spelling."""
    subjects: dict[str, Subject] = {}
    words: list[tuple[str, str]] = []
    for key, row in json.loads(ROOM.joinpath("analytes.json").read_text()).items():
        units = tuple(None if unit == "1" else unit for unit in row["units"])
        subjects[f"measurement:{key}"] = Subject("measurement", key, row.get("loinc"), units, row.get("molar_mass"))
        if "plausible" in row:
            subjects[f"measurement:{key}"] = subjects[f"measurement:{key}"]._replace(plausible=tuple(row["plausible"]))
        if "means" in row:
            subjects[f"measurement:{key}"] = subjects[f"measurement:{key}"]._replace(means=tuple(row["means"]))
        words += [(f"measurement:{key}", word) for word in row["words"]]
    for kind, row in json.loads(ROOM.joinpath("subjects.json").read_text()).items():
        measured: Any = None if kind == "other" else kind
        subjects[kind] = Subject(measured, None, LOINC_OF_KIND.get(kind), tuple(row["units"]))
        words += [(kind, word) for word in row["words"]]
    for kind, scales in json.loads(ROOM.joinpath("scales.json").read_text()).items():
        for key, row in scales.items():
            low, high = row["from"], row["to"]
            scale: Any = kind
            better = row.get("better") == "low"
            scaled = Subject(scale, key or None, row.get("loinc"), (None,), None, low, high, better)
            subjects[f"{kind}:{key}"] = scaled
            words += [(f"{kind}:{key}", word) for word in row["words"]]
    return subjects, words


SUBJECTS, SPELLINGS = load()
NAMES = Phrases(SPELLINGS)
CASED = frozenset(word for _, word in SPELLINGS if word != word.lower())
"""Spellings with capitals: without them they are other words."""


def loinc_of(kind: str, code: str | None) -> str | None:
    """The LOINC code of a constraint's kind and code, where the vocabulary has one."""
    subject = SUBJECTS.get(f"{kind}:{code}") or SUBJECTS.get(kind)
    return subject.loinc if subject else None


def molar_mass_of(code: str) -> float | None:
    """The molar mass of an analyte in g/mol, where mass and amount of substance may be converted."""
    subject = SUBJECTS.get(f"measurement:{code}")
    return subject.molar_mass if subject else None
