"""A value in one UCUM unit in, the same value in the units usual for what is measured out.

The factors are data (`conversions.json`), made with the UCUM library and checked against it by a test: loading it takes
half a second, which neither a server that starts nor a process that loads has.
`python -m app.eligibility.words.conversions` writes them anew.
"""

import json
from functools import cache, lru_cache
from importlib.resources import files
from itertools import permutations
from pathlib import Path

from app.eligibility.words.units import comparable
from app.eligibility.words.vocabulary import SUBJECTS, Subject

FILE = "conversions.json"
MARKED = ("[IU]", "{copies}", "{1.73_m2}", "mol/mol")
"""What makes units ones of something else, though UCUM gives both the same dimension: international units and copies of
a virus, a clearance and one of a standard surface, HbA1c's mmol/mol and its per cent
(https://ngsp.org/ifccngsp.asp: 0.0915 x IFCC + 2.15, which no factor says)."""
MONOVALENT = frozenset(
    (
        "potassium",
        "sodium",
        "bicarbonate",
        "chloride",
        "sweat chloride",
        "lithium",
        "urine sodium",
        "base excess",
        "anion gap",
    )
)
"""Of what a milliequivalent is a millimole."""
_FACTORS: dict[str, dict[str, dict[str, float]]] = json.loads(files("app.eligibility.words").joinpath(FILE).read_text())
"""Kind or kind:key of the vocabulary -> unit -> other unit -> factor."""


def in_usual_units(value: float, unit: str, kind: str, code: str | None) -> list[tuple[float, str]]:
    """The value in the other units usual for it that measure the same: `9 g/dL` of hemoglobin is `90 g/L`."""
    factors = (_FACTORS.get(f"{kind}:{code}") or _FACTORS.get(kind) or {}).get(unit, {})
    return [(float(f"{value * factor:.12g}"), other) for other, factor in factors.items()]


@cache
def usual_units(unit: str) -> dict[tuple[str, float], list[tuple[str, str | None]]]:
    """(another unit, the factor to it) -> what is measured in both, as (kind, key of the vocabulary or None)."""
    made: dict[tuple[str, float], list[tuple[str, str | None]]] = {}
    for subject, units in _FACTORS.items():
        kind, _, key = subject.partition(":")
        for other, factor in units.get(unit, {}).items():
            made.setdefault((other, factor), []).append((kind, key or None))
    return made


def convert(value: float, unit: str, other: str, subject: Subject | None) -> float | None:
    """The value of the subject, in `unit`, as a number of `other` (both UCUM); None where the two are not the same
    measure of it."""
    if unit == other:
        return value
    if any((mark in unit) != (mark in other) for mark in MARKED):
        return None
    key = subject.key if subject else None
    if ("eq" in unit) != ("eq" in other) and key not in MONOVALENT:
        return None
    if "%" in (unit, other) and subject is not None and "s" in subject.units:
        return None  # of a clotting time: the ratio rises as the activity in per cent falls
    scale = _scale(unit, other, subject.molar_mass if subject else None)
    return None if scale is None else float(f"{value * scale[0] + scale[1]:.12g}")


@lru_cache(maxsize=1 << 12)
def _scale(unit: str, other: str, molar_mass: float | None) -> tuple[float, float] | None:
    """The factor, and what is added (temperatures do not share their zero): the library is slow to ask."""
    zero, thousand = (comparable(value, unit, other, molar_mass) for value in (0.0, 1000.0))
    return None if zero is None or thousand is None else ((thousand - zero) / 1000, zero)


def make_factors() -> dict[str, dict[str, dict[str, float]]]:
    """From the UCUM library. Scales that do not share their zero (temperatures) have no factor."""
    made: dict[str, dict[str, dict[str, float]]] = {}
    for key, subject in SUBJECTS.items():
        for unit, other in permutations([one for one in subject.units if one], 2):
            factor = convert(1.0, unit, other, subject)
            if factor is not None and convert(0.0, unit, other, subject) == 0:
                made.setdefault(key, {}).setdefault(unit, {})[other] = factor
    return made


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(json.dumps(make_factors(), indent=1) + "\n")
