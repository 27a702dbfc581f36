"""The bounds of a measured thing as they are written in, as they can be meant out, or None: then they are not read.

Slips of units are common (`hemoglobin > 10 mg/dL`), and so are marks of thousands that look like decimals (`platelets
>= 100.000/ul`). What is plausible of an analyte is data (`analytes.json`), wide enough for whatever a criterion asks.
"""

import re
from collections.abc import Sequence

from app.eligibility.words.conversions import convert, in_usual_units
from app.eligibility.words.vocabulary import Subject

THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{3}$")
Bounds = tuple[float | None, float | None]


def as_meant(subject: Subject, bounds: Bounds, unit: str | None, words: Sequence[str]) -> Bounds | None:
    """`words` are those of the tokens that state the bounds."""
    unclear = {float(word) for word in words if THOUSANDS.match(word)}
    if subject.key == "gestational age" and unit == "wk" and any(bound and bound % 1 for bound in bounds):
        return None  # `36.6 weeks` is as often six days
    meant: list[float | None] = []
    for bound in bounds:
        if not bound:
            meant.append(bound)
            continue
        readings = [bound, bound * 1000] if bound in unclear else [bound]
        able = [one for one in readings if is_plausible(subject, one, unit)]
        if len(able) != 1:
            return None
        meant += able
    return meant[0], meant[1]


def is_plausible(subject: Subject, value: float, unit: str | None) -> bool:
    """Whether the value can be one of the subject's, as far as that is known."""
    if subject.plausible is None or unit is None:
        return True
    usual, low, high = subject.plausible
    turned = value if unit == usual else None
    if turned is None:
        known = {other: number for number, other in in_usual_units(value, unit, subject.kind or "", subject.key)}
        turned = known.get(usual)
    if turned is None and unit not in subject.units:
        turned = convert(value, unit, usual, subject)
    return turned is None or low <= turned <= high
