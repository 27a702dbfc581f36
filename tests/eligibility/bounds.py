"""A constraint's bounds as a person writes them."""

from app.eligibility.constraint import Constraint


def bounds(constraint: Constraint) -> str:
    """`>= 18 a`, `> 1 < 3 uln`: the numbers as a person writes them, with unit or limit."""
    parts = []
    if constraint.low is not None:
        parts += [">" if constraint.low_open else ">=", f"{constraint.low:g}"]
    if constraint.high is not None:
        parts += ["<" if constraint.high_open else "<=", f"{constraint.high:g}"]
    return " ".join([*parts, *(part for part in (constraint.unit, constraint.limit) if part)])
