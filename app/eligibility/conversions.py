"""A value in one UCUM unit in, the same value in the units usual for what is measured out.

The factors are data (`conversions.json`), made with the UCUM library and checked against it by a test: loading it takes
half a second, which neither a server that starts nor a process that loads has. `python -m app.eligibility.conversions`
writes them anew.
"""

import json
from functools import cache
from importlib.resources import files
from itertools import permutations
from pathlib import Path

from app.eligibility.units import comparable
from app.eligibility.vocabulary import SUBJECTS

FILE = "conversions.json"
_FACTORS: dict[str, dict[str, dict[str, float]]] = json.loads(files("app.eligibility").joinpath(FILE).read_text())
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


def make_factors() -> dict[str, dict[str, dict[str, float]]]:
    """From the UCUM library. Scales that do not share their zero (temperatures) have no factor."""
    made: dict[str, dict[str, dict[str, float]]] = {}
    for key, subject in SUBJECTS.items():
        for unit, other in permutations([one for one in subject.units if one], 2):
            factor = comparable(1.0, unit, other, subject.molar_mass)
            if factor is not None and comparable(0.0, unit, other, subject.molar_mass) == 0:
                made.setdefault(key, {}).setdefault(unit, {})[other] = factor
    return made


if __name__ == "__main__":
    Path(__file__).with_name(FILE).write_text(json.dumps(make_factors(), indent=1) + "\n")
