"""Criterion text in, typed constraints out."""

from app.eligibility.constraint import Constraint
from app.eligibility.durations import read_durations
from app.eligibility.exceptions import with_exceptions
from app.eligibility.measures import read_measures
from app.eligibility.mentions import read_mentions
from app.eligibility.pieces import read_pieces
from app.eligibility.scales import read_scales
from app.eligibility.statements import read_statements
from app.eligibility.tokens import read_tokens

__all__ = ["read_constraints", "read_mentions"]


def read_constraints(text: str) -> tuple[Constraint, ...]:
    """The constraints that the text states for certain, in its order; deterministic, in time linear in its length."""
    tokens = read_tokens(text)
    pieces = read_pieces(text, tokens)
    found = list(read_scales(text, tokens, pieces))
    taken = {number for first, next, _ in found for number in range(first, next)}
    for first, next, constraint in read_measures(text, tokens, pieces):
        if not any(number in taken for number in range(first, next)):
            found.append((first, next, constraint))
    taken = {number for first, next, _ in found for number in range(first, next)}
    found += read_durations(text, tokens, pieces, taken)
    ranges = frozenset(first for first, _, constraint in found if constraint.kind == "age")
    found += read_statements(text, tokens, ranges)
    return tuple(sorted((c for _, _, c in with_exceptions(text, tokens, pieces, found)), key=order))


def order(constraint: Constraint) -> tuple[int, int, str, str]:
    return constraint.start, constraint.end, constraint.kind, constraint.code or ""
