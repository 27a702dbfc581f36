"""An age in a text in, whether it is somebody else's or of something else out: a donor's, one in a table."""

from app.eligibility.pieces import WORDS, Piece
from app.eligibility.quantities import word_at
from app.eligibility.tokens import SIGN, Token

OTHERS = frozenset(WORDS["others"].split())
"""Whose age is not the participant's."""
KIN = 12
"""Tokens before an age in which it is said that a relative was diagnosed at it."""
REASON = 24
"""Tokens before an age in which it is said that there are no data."""
RELATIVES = frozenset(("relative", "relatives"))
DONORS = frozenset(("donor", "donors"))
PLAY = frozenset(("karnofsky", "lansky"))


def of_others(tokens: list[Token], piece: Piece) -> bool:
    return of_kin(tokens, piece) or of_a_table(tokens, piece) or of_a_scale(tokens, piece) or of_data(tokens, piece)


def of_kin(tokens: list[Token], piece: Piece) -> bool:
    """`a first degree relative diagnosed at age 55`, `(age ≤ 40) donors`."""
    before = {token.word for token in tokens[max(0, piece.first - 6) : piece.first]}
    told = {token.word for token in tokens[max(0, piece.first - KIN) : piece.first]}
    after = {token.word for token in tokens[piece.next : piece.next + 8]}
    here = piece.next + 1 if word_at(tokens, piece.next) == ")" else piece.next
    if ("degree" in after and after & RELATIVES) or ("diagnosed" in told and told & RELATIVES) or after & DONORS:
        return True
    return word_at(tokens, here) in OTHERS or bool(before & OTHERS)


def of_a_table(tokens: list[Token], piece: Piece) -> bool:
    """`≥ 16 years male: 1.7`, `adjusted by age: 65-74 years ≥ 1.5 points`: for whom another value is."""
    if word_at(tokens, piece.next) in ("male", "female") and word_at(tokens, piece.next + 1) == ":":
        return True
    if any(token.word == "adjusted" for token in tokens[max(0, piece.first - 6) : piece.first]):
        return True
    spans = piece.range is not None and piece.range.span
    return spans and piece.next < len(tokens) and tokens[piece.next].kind == SIGN


def of_data(tokens: list[Token], piece: Piece) -> bool:
    """`no data are available on its use in patients < 18 years of age`: a reason."""
    told = [token.word for token in tokens[max(0, piece.first - REASON) : piece.first]]
    return (
        "available" in told and "data" in told[: told.index("available")] and "." not in told[told.index("available") :]
    )


def of_a_scale(tokens: list[Token], piece: Piece) -> bool:
    """`Karnofsky for patients > 16 years of age`, `(for > 16 years of age)`: of whom it is said."""
    before = [token.word for token in tokens[max(0, piece.first - 6) : piece.first]]
    return before[-2:] == ["(", "for"] or ("for" in before and not PLAY.isdisjoint(before))
