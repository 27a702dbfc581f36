"""What a unit measures, and whether a range of numbers can bound a measured thing."""

import re

from app.eligibility.words.ranges import Range
from app.eligibility.words.units import TIME_UNITS
from app.eligibility.words.vocabulary import Subject

MOST_WORDS = 6
"""Words that say nothing of the range, between a name and a range whose unit is the name's."""
DOSE = "daily prednisone dose"
CONCENTRATION = re.compile(
    r"(?:(k?g|[munp]g)|([munp]?mol|meq)|([mu]?(?:U|\[IU\]))|(\{copies\})|((?:10\*\d+)?))/(?:[dmu]?L|mm3)$"
)
BELOW_ZERO = frozenset(
    (
        "bone mineral density t-score",
        "weight-for-height z-score",
        "height z-score",
        "spherical equivalent",
        "base excess",
    )
)
"""What may be less than nothing: before all else a `-` is a mark."""
CLOTTING = ("pt", "aptt", "inr")
FAMILIES = ("mass", "amount", "activity", "copies", "count")
SAME = {
    "mL/min/{1.73_m2}": "clearance",
    "mL/min": "clearance",
    "mL/min/m2": "clearance",
    "mL/s": "clearance",
    "L/min": "clearance",
    "mm": "length",
    "cm": "length",
    "m": "length",
    "[in_i]": "length",
    "kg": "mass",
    "g": "mass",
    "mg": "mass",
    "[lb_av]": "mass",
    "mg/d": "excretion",
    "g/d": "excretion",
    "g/(24.h)": "excretion",
    "mg/(24.h)": "excretion",
    "mm[Hg]": "pressure",
    "kPa": "pressure",
    "Cel": "temperature",
    "[degF]": "temperature",
    "deg": "angle",
    "ms": "short",
    "s": "short",
    "mg/g": "ratio",
    "g/g": "ratio",
    "mg/mmol": "ratio",
    **dict.fromkeys(TIME_UNITS, "time"),
}


def family(unit: str | None) -> str | None:
    """What a unit measures, as far as units of one analyte are told apart."""
    if unit is None:
        return None
    found = CONCENTRATION.match(unit)
    if found is not None:
        return FAMILIES[(found.lastindex or 5) - 1] + "/volume"
    return SAME.get(unit, unit)


def is_tested(subject: Subject) -> bool:
    """Whether it is measured in blood: a pressure or a pulse is normal in more than one way."""
    return subject.key in CLOTTING or any((family(unit) or "").endswith("/volume") for unit in subject.units)


def fits(subject: Subject, span: Range, words: int) -> bool:
    """Whether the range can bound the subject, with so many words between them."""
    if subject.kind is None or (span.second is not None and subject.key not in ("blood pressure", "systolic bp")):
        return False
    if span.limit is not None:
        sized = any(family(unit) in ("length", "angle") for unit in subject.units)
        if span.word and (words or not is_tested(subject)):
            return False
        return subject.kind == "measurement" and words <= MOST_WORDS and not sized
    families = {family(unit) for unit in subject.units}
    if min(span.low or 0, span.high or 0) < 0 and subject.key not in BELOW_ZERO:
        return False
    if span.unit == "deg" and "temperature" in families:
        return words <= MOST_WORDS and 30 <= (span.low or span.high or 0) <= 45
    if span.unit is None:
        if span.second is not None:
            return subject.key == "blood pressure"
        if subject.kind == "age":
            return words == 0 and (span.high or 120) <= 120 and (span.low or 0) < 120
        # a clotting time without a unit is as often a multiple of the limit whose name follows later
        return words == 0 and subject.kind in ("bmi", "measurement") and "s" not in subject.units
    if span.unit == "10*3":
        return "count/volume" in families
    if subject.key == DOSE and span.unit == "mg":
        return words == 0
    return family(span.unit) in families and (words <= MOST_WORDS if subject.kind == "measurement" else words <= 1)
