"""Criterion text in, typed constraints out."""

from collections.abc import Iterable
from typing import Literal

from app.eligibility.constraint import Constraint
from app.eligibility.durations import read_durations
from app.eligibility.exceptions import with_exceptions
from app.eligibility.measures import read_measures
from app.eligibility.pieces import read_pieces
from app.eligibility.scales import read_scales
from app.eligibility.statements import read_statements
from app.eligibility.tokens import Token, read_tokens


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
    ranges = frozenset(number for first, _, constraint in found if constraint.kind == "age" for number in (first,))
    found += read_statements(text, tokens, ranges)
    return tuple(sorted((c for _, _, c in with_exceptions(text, tokens, pieces, found)), key=order))


def order(constraint: Constraint) -> tuple[int, int, str, str]:
    return constraint.start, constraint.end, constraint.kind, constraint.code or ""


def read_mentions(text: str, names: Iterable[tuple[Literal["condition", "drug"], str]]) -> tuple[Constraint, ...]:
    """Where the text names one of the record's own conditions or drugs: `names` are pairs of a kind and a name.

    The constraint's `code` is the name as the record has it.
    """
    from app.eligibility.phrases import Phrases

    phrases = Phrases((f"{kind}:{name}", name) for kind, name in names if name.strip())
    tokens: list[Token] = read_tokens(text)
    found = []
    at = 0
    while at < len(tokens):
        here = phrases.find(tokens, at)
        if here is None:
            at += 1
            continue
        start, end = tokens[at].start, tokens[here.next - 1].end
        kind, _, name = here.key.partition(":")
        found.append(Constraint("drug" if kind == "drug" else "condition", start, end, text[start:end], name))
        at = here.next
    return tuple(found)
