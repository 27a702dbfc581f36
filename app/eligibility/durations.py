"""Pieces in, time windows and washouts out: `within 3 months prior to screening`, `for at least 6 months`."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.phrases import Phrases
from app.eligibility.pieces import RANGE, Piece
from app.eligibility.quantities import Range, read_amount
from app.eligibility.tokens import Token
from app.eligibility.units import TIME_UNITS

WINDOWS = Phrases(
    ("within", f"{opener}{article}{which}")
    for opener in ("within", "in", "during", "over", "for", "throughout")
    for article in (" ", " the ")
    for which in ("last", "past", "previous", "prior", "preceding", "recent", "most recent")
)
"""`in the last`; what follows is a time with or without a number."""
BEFORE = frozenset(("before", "prior", "preceding"))


def read_durations(
    text: str, tokens: list[Token], pieces: list[Piece], taken: set[int]
) -> Iterator[tuple[int, int, Constraint]]:
    """Durations, each with its tokens; `taken` are the tokens of other constraints."""
    for piece in pieces:
        if piece.first in taken:
            continue
        if piece.kind == RANGE and piece.range is not None:
            found = compared(tokens, piece.range)
            if found is not None:
                first, next, code, span = found
                yield built(text, tokens, first, next, code, span)
    for at, token in enumerate(tokens):
        if token.word in ("within", "in", "during", "over", "for", "throughout") and at not in taken:
            window = windowed(tokens, at)
            if window is not None and not any(number in taken for number in range(at, window[0])):
                yield built(text, tokens, at, window[0], "within" if window[2] else "at-least", window[1])


def compared(tokens: list[Token], span: Range) -> tuple[int, int, str, Range] | None:
    """A comparison with a time: at least, or within."""
    if span.bare or span.left or span.span or span.unit not in TIME_UNITS:
        return None
    if span.low is not None and span.high is not None:
        return None
    return span.first, span.next, ("at-least" if span.low is not None else "within"), span


def windowed(tokens: list[Token], at: int) -> tuple[int, Range, bool] | None:
    """`within 3 months`, `in the last year`, `for 3 months`: the token after it, its range, whether it is a window."""
    word = tokens[at].word
    found = WINDOWS.find(tokens, at)
    here = found.next if found else at + 1
    window = found is not None or word == "within"
    if found is None and here < len(tokens) and tokens[here].word == "the":
        here += 1
    amount = read_amount(tokens, here)
    if amount is None and window and here < len(tokens):
        unit = {"year": "a", "month": "mo", "week": "wk"}.get(tokens[here].word)
        if unit is not None and found is not None:
            return here + 1, Range(at, here + 1, high=1.0, unit=unit), True
    if amount is None or amount.unit not in TIME_UNITS:
        return None
    follows = tokens[amount.next].word if amount.next < len(tokens) else ""
    if not window and word in ("in", "during", "over") and follows in BEFORE:
        window = True
    if window:
        return amount.next, Range(at, amount.next, high=amount.value, unit=amount.unit), True
    if word == "for":
        return amount.next, Range(at, amount.next, low=amount.value, unit=amount.unit), False
    return None


def built(text: str, tokens: list[Token], first: int, next: int, code: str, span: Range) -> tuple[int, int, Constraint]:
    start, end = tokens[first].start, tokens[next - 1].end
    return (
        first,
        next,
        Constraint(
            "duration",
            start,
            end,
            text[start:end],
            code,
            span.low,
            span.high,
            span.low_open,
            span.high_open,
            span.unit,
        ),
    )
