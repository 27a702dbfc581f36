"""Pieces in, performance status and rating scales out: `ECOG 0, 1 or 2`, `Karnofsky >= 60%`, `NYHA class III or IV`."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.pieces import NAME, WORDS, Piece
from app.eligibility.quantities import POSTFIXES, Range, read_comparison
from app.eligibility.tokens import NUMBER, Token

ROMAN = {"i": 1.0, "ii": 2.0, "iii": 3.0, "iv": 4.0, "v": 5.0, "vi": 6.0}
BETWEEN = frozenset(WORDS["scale words"].split())
"""Words and marks that may stand between a scale and its grades."""
MOST_BETWEEN = 9


def read_scales(text: str, tokens: list[Token], pieces: list[Piece]) -> Iterator[tuple[int, int, Constraint]]:
    """Constraints on scales, each with its tokens."""
    reached = 0
    for piece in pieces:
        subject = piece.subject
        if piece.kind != NAME or subject is None or subject.kind not in ("performance-status", "score"):
            continue
        if piece.first < reached:
            continue
        here, between = piece.next, 0
        found = read_grades(tokens, here)
        while found is None and between < MOST_BETWEEN and here < len(tokens) and tokens[here].word in BETWEEN:
            here, between = here + 1, between + 1
            found = read_grades(tokens, here)
        if found is None or subject.key is None:
            continue
        low, high = subject.low or 0.0, subject.high or 0.0
        if any(bound is not None and not low <= bound <= high for bound in (found.low, found.high)):
            continue
        reached = found.next
        start, end = tokens[piece.first].start, tokens[found.next - 1].end
        made = Constraint(
            subject.kind,
            start,
            end,
            text[start:end],
            subject.key,
            found.low,
            found.high,
            found.low_open,
            found.high_open,
        )
        yield piece.first, found.next, made


def grade_at(tokens: list[Token], at: int) -> float | None:
    if at >= len(tokens):
        return None
    return tokens[at].value if tokens[at].kind == NUMBER else ROMAN.get(tokens[at].word)


def read_grades(tokens: list[Token], at: int) -> Range | None:
    """`>= 2`, `0-1`, `0, 1 or 2`, `III or IV`, `2 or more`."""
    operator, here = read_comparison(tokens, at)
    value = grade_at(tokens, here)
    if value is None:
        return None
    here += 1
    if here < len(tokens) and tokens[here].word == "%":
        here += 1
    if operator is not None:
        if operator in (">", ">="):
            return Range(at, here, low=value, low_open=operator == ">")
        return Range(at, here, high=value, high_open=operator == "<")
    if here < len(tokens) and tokens[here].word in ("/", "points"):
        here += 1 if tokens[here].word == "points" else 0
    found = POSTFIXES.find(tokens, here)
    if found is not None:
        return Range(at, found.next, low=value) if found.key == ">=" else Range(at, found.next, high=value)
    low = high = value
    for _ in range(6):
        after = here
        while (
            after < len(tokens)
            and after < here + 2
            and tokens[after].word in ("-", "to", "or", "and", ",", "/", "through")
        ):
            after += 1
        following = grade_at(tokens, after)
        if after == here or following is None or following <= high:
            break
        high, here = following, after + 1
        if here < len(tokens) and tokens[here].word == "%":
            here += 1
    return Range(at, here, low=low, high=high)
