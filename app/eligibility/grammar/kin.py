"""An age in a text in, whether it is somebody else's or of something else out: a donor's, one in a table."""

from app.eligibility.words.pieces import WORDS, Piece
from app.eligibility.words.quantities import word_at
from app.eligibility.words.tokens import SIGN, Token

SEXES = frozenset(("woman", "women", "man", "men", "male", "males", "female", "females", "girls", "boys"))
OTHERS = frozenset(WORDS["others"].split())
"""Whose age is not the participant's."""
KIN = 12
"""Tokens before an age in which it is said that a relative was diagnosed at it."""
REASON = 24
"""Tokens before an age in which it is said that there are no data."""
RELATIVES = frozenset(("relative", "relatives"))
DONORS = frozenset(("donor", "donors"))
SCALE = 14
"""Tokens before an age in which the scale stands that it tells of."""
PEOPLE = frozenset(WORDS["people"].split())
PERSONS = PEOPLE - SEXES | {"who", "are", "aged", "ages", "age", "all", "those", "the", "in"}
OPEN = frozenset(("open", "eligible", "ineligible", "suitable", "approved", "allowed", "indicated")) | frozenset(
    ("excluded", "included", "enrolled")
)
HOUSEHOLD = frozenset(("household", "households"))
THINGS = frozenset(("mri", "mris", "scan", "scans", "radiograph", "radiographs", "images", "imaging", "biopsy"))
"""What is so many months old and no participant."""
PLAY = frozenset(("karnofsky", "lansky", "ecog", "kps", "lps", "zubrod", "performance"))


def of_others(tokens: list[Token], piece: Piece) -> bool:
    told = of_kin, of_a_table, of_a_scale, of_data, of_a_condition
    return any(one(tokens, piece) for one in told)


def of_kin(tokens: list[Token], piece: Piece) -> bool:
    """`a first degree relative diagnosed at age 55`, `(age ≤ 40) donors`."""
    before = {token.word for token in tokens[max(0, piece.first - 6) : piece.first]}
    told = {token.word for token in tokens[max(0, piece.first - KIN) : piece.first]}
    after = {token.word for token in tokens[piece.next : piece.next + 8]}
    here = piece.next + 1 if word_at(tokens, piece.next) == ")" else piece.next
    if told & HOUSEHOLD or word_at(tokens, piece.first - 1) in THINGS:
        return True
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
    if before[-2:] == ["(", "for"] or ("for" in before and not PLAY.isdisjoint(before)):
        return True
    if before[-1:] == [":"]:
        return bool(PLAY.intersection(before[-2:-1]))  # `KPS: 18-75 years of age, at least 60`
    opened = before[-1:] == ["("] or before[-2:] in (["(", "age"], ["(", "aged"], ["(", "ages"])
    near = [token.word for token in tokens[max(0, piece.first - SCALE) : piece.first]]
    parted = max((at for at, word in enumerate(near) if word in (".", ";")), default=-1)
    return opened and not PLAY.isdisjoint(near[parted + 1 :])


def says_for_age(tokens: list[Token], piece: Piece) -> bool:
    """Whether a piece is an age that says of whom something else is asked."""
    behind = [token.word for token in tokens[piece.next : piece.next + 2]]
    of_people = (
        word_at(tokens, piece.first - 1) in PERSONS and piece.range is not None and piece.range.unit in ("a", "mo")
    )
    aged = piece.range is not None and (piece.range.aged or behind == ["of", "age"] or of_people)
    return aged and (of_a_scale(tokens, piece) or of_a_condition(tokens, piece))


def of_a_condition(tokens: list[Token], piece: Piece) -> bool:
    """`ECOG 0-1 for patients 16 years and older`, `if < 16 years of age at onset`: of whom something else is asked."""
    here = piece.first - 1
    while here > max(-1, piece.first - 7) and tokens[here].word in PERSONS:
        here -= 1
    if here < 0 or tokens[here].word not in ("for", "if"):
        return False
    return not (here and tokens[here - 1].word in OPEN)
