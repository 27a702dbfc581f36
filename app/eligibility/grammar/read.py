"""Criterion text in, typed constraints out."""

import re
from collections.abc import Iterator
from functools import lru_cache

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.durations import ONE, read_durations
from app.eligibility.grammar.exceptions import with_exceptions
from app.eligibility.grammar.measures import read_measures
from app.eligibility.grammar.mentions import read_mentions
from app.eligibility.grammar.scales import ROMAN, read_scales
from app.eligibility.grammar.sizes import read_sizes
from app.eligibility.grammar.statements import read_statements
from app.eligibility.words.pieces import STARTS, read_pieces
from app.eligibility.words.quantities import LIMITS, NUMBERS
from app.eligibility.words.tokens import NUMBER, SIGN, read_tokens
from app.eligibility.words.vocabulary import NAMES

__all__ = ["read_constraints", "read_mentions"]

ITEM = re.compile(r"\n[ \t]*(?=\n|[*•-][ \t]|\d{1,2}[.)][ \t])")
"""Where a paragraph or an item of a list ends: no constraint goes on behind it."""
LONGEST_HEADING = 60
RELATIVE = re.compile(
    r"%\s{1,3}(?:above|over|below|under|(?:higher|greater|lower|less|more) than)\s{1,3}(?:\w{1,12}\s{1,3}){0,3}"
    r"(?:normal|limits?|baseline|ideal|uln|lln|predicted|expected|mean|average|median|controls?)\b",
    re.I,
)
"""`20 % above the upper limit`: how much more is said, and nothing that is measured is that much."""
NUMERIC = frozenset(NUMBERS) | frozenset(ROMAN) | frozenset(ONE) | LIMITS.firsts | {"normal", "wnl", "range", "limits"}
"""Words without which a text without digits bounds nothing."""


def read_constraints(text: str, heading: str | None = None) -> tuple[Constraint, ...]:
    """The constraints that the text states for certain, in its order; deterministic, in time linear in its length.

    A `heading` that names what is measured (`Life expectancy:`) is read with the text: `At least 12 weeks` is one then.
    """
    found: list[Constraint] = []
    if heading and len(heading) <= LONGEST_HEADING and names_subject(heading):
        return read_below(heading.rstrip(" :"), text)
    for start, item in items(text):
        read = read_item(item)
        found += (c._replace(start=c.start + start, end=c.end + start) for c in read) if start else read
    return tuple(found)


@lru_cache(maxsize=1 << 8)
def names_subject(heading: str) -> bool:
    """Whether it is the name of something measured and nothing else."""
    tokens = [token for token in read_tokens(heading) if token.word not in (":", ".")]
    name = NAMES.find(tokens, 0)
    return name is not None and name.next == len(tokens)


def read_below(name: str, text: str) -> tuple[Constraint, ...]:
    """The constraints of a text that stands below a name: a bound that opens the text, and is all of its first part, is
    the name's; the others are those of the text."""
    own = read_constraints(text)
    tokens = read_tokens(text)
    if not tokens or not (tokens[0].kind in (NUMBER, SIGN) or tokens[0].word in STARTS):
        return own
    before = len(name) + 2
    named = [
        one._replace(start=0, end=one.end - before, text=text[: one.end - before])
        for one in read_constraints(f"{name}: {text}")
        if one.start < before < one.end and not text[one.end - before :].lstrip()[:1].isalnum()
    ]
    reached = max((one.end for one in named), default=0)
    if any(one.start < reached and one.kind != "duration" for one in own):
        return own  # it names what it bounds
    return (*named, *(one for one in own if one.start >= reached))


def items(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs and list items of a text, each with its offset."""
    start = 0
    for end in ITEM.finditer(text):
        yield start, text[start : end.start()]
        start = end.start()
    yield start, text[start:]


def read_item(text: str) -> list[Constraint]:
    tokens = read_tokens(text)
    if not any(token.kind == NUMBER or token.word in NUMERIC for token in tokens):
        stated = list(read_statements(text, tokens, frozenset()))
        pieces = read_pieces(text, tokens) if stated else []
        return in_order(with_exceptions(text, tokens, pieces, stated))
    pieces = read_pieces(text, tokens)
    found = list(read_scales(text, tokens, pieces))
    taken = {number for first, next, _ in found for number in range(first, next)}
    for first, next, constraint in read_measures(text, tokens, pieces):
        if not any(number in taken for number in range(first, next)):
            found.append((first, next, constraint))
    taken = {number for first, next, _ in found for number in range(first, next)}
    found += read_sizes(text, tokens, pieces, taken)
    taken = {number for first, next, _ in found for number in range(first, next)}
    found += read_durations(text, tokens, pieces, taken)
    ranges = frozenset(first for first, _, constraint in found if constraint.kind == "age")
    found += read_statements(text, tokens, ranges)
    return without_relative(text, in_order(with_exceptions(text, tokens, pieces, found)))


def without_relative(text: str, found: list[Constraint]) -> list[Constraint]:
    signs = [one.start() for one in RELATIVE.finditer(text)]
    if not signs:
        return found
    return [
        one for one in found if one.kind != "measurement" or not any(one.start <= sign <= one.end for sign in signs)
    ]


def in_order(found: list[tuple[int, int, Constraint]]) -> list[Constraint]:
    return sorted((constraint for _, _, constraint in found), key=order)


def order(constraint: Constraint) -> tuple[int, int, str, str]:
    return constraint.start, constraint.end, constraint.kind, constraint.code or ""
