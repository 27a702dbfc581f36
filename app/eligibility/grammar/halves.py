"""Tokens in, half-lives of drugs out: `5 half-lives`, `within five (5) elimination half-lives`."""

from app.eligibility.words.quantities import read_amount, read_comparison, word_at
from app.eligibility.words.ranges import Range
from app.eligibility.words.tokens import Token

HALF = frozenset(("half", "half-life", "halflives", "halflife", "t1"))
MOST_BEFORE_HALF = 20
"""Tokens of `within five (5) elimination` and the like."""


def half_lives(tokens: list[Token]) -> set[int]:
    """The tokens at which a number of half-lives may start: those not far before the word."""
    near = range(MOST_BEFORE_HALF)
    return {at - back for at, token in enumerate(tokens) if token.word in HALF for back in near}


def read_half_lives(tokens: list[Token], at: int, direction: Range) -> tuple[int, str, Range] | None:
    """`5 half-lives`; whether that is the least or the most, the duration before it tells."""
    here = at + 1 if tokens[at].word == "within" else at
    operator, here = read_comparison(tokens, here)
    amount = read_amount(tokens, here)
    if amount is None or (amount.unit is not None and word_at(tokens, amount.next) != "*"):
        return None
    here = amount.next
    for _ in range(4):
        if word_at(tokens, here) in (
            "*",
            "-",
            "x",
            "drug",
            "elimination",
            "terminal",
            "plasma",
            "the",
            "known",
            "times",
            "biological",
        ):
            here += 1
    if word_at(tokens, here) in ("half", "half-life") and word_at(tokens, here + 1) in ("-", "lives", "life", "lifes"):
        here += 2 if word_at(tokens, here + 1) != "-" else 3
    elif word_at(tokens, here) == "t1" and word_at(tokens, here + 1) == "/":
        here += 3
    elif word_at(tokens, here) in ("halflives", "halflife", "t1"):
        here += 1
    else:
        return None
    if operator is None and tokens[at].word != "within":
        # as the duration before it: `at least 14 days or 5 half-lives`
        if direction.low is not None:
            return here, "half-lives", Range(at, here, low=amount.value, low_open=direction.low_open)
        return here, "half-lives", Range(at, here, high=amount.value, high_open=direction.high_open)
    if operator in (">", ">="):
        return here, "half-lives", Range(at, here, low=amount.value, low_open=operator == ">")
    return here, "half-lives", Range(at, here, high=amount.value, high_open=operator == "<")
