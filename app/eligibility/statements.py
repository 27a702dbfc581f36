"""Tokens in, statements without numbers out: pregnancy, breastfeeding, contraception, sex, consent, language."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint, Kind
from app.eligibility.phrases import Phrases
from app.eligibility.tokens import Token

WORDS: dict[Kind, tuple[str, ...]] = {
    "pregnancy": ("pregnant", "pregnancy", "pregnancy test"),
    "breastfeeding": (
        "breastfeeding",
        "breast-feeding",
        "breast feeding",
        "lactating",
        "lactation",
        "nursing",
        "breastfeed",
        "breast-feed",
        "breast feed",
    ),
}
STATEMENTS = Phrases((kind, word) for kind, words in WORDS.items() for word in words)
SEXES = Phrases(
    [
        *(
            ("all", f"{one} {join} {other}")
            for join in ("or", "and", "and/or", "/")
            for one, other in (
                ("male", "female"),
                ("males", "females"),
                ("men", "women"),
                ("female", "male"),
                ("females", "males"),
                ("women", "men"),
            )
        ),
        ("all", "both sexes"),
        ("all", "both genders"),
        ("all", "either sex"),
        ("all", "either gender"),
        ("all", "any gender"),
        ("all", "any sex"),
        ("all", "regardless of gender"),
        ("all", "all genders"),
        ("all", "all sexes"),
    ]
)


def read_statements(text: str, tokens: list[Token]) -> Iterator[tuple[int, int, Constraint]]:
    """Statements, each with its tokens."""
    at = 0
    while at < len(tokens):
        found = STATEMENTS.find(tokens, at)
        sex = SEXES.find(tokens, at)
        if found is not None:
            first = at
            negated = False
            if at and tokens[at - 1].word in ("not", "non", "negative"):
                first, negated = at - 1, True
            elif at > 1 and tokens[at - 1].word == "-" and tokens[at - 2].word == "non":
                first, negated = at - 2, True
            kind: Kind = "pregnancy" if found.key == "pregnancy" else "breastfeeding"
            yield made(text, tokens, kind, None, first, found.next, negated)
            at = found.next
        elif sex is not None:
            yield made(text, tokens, "sex", sex.key, at, sex.next, False)
            at = sex.next
        else:
            at += 1


def made(
    text: str, tokens: list[Token], kind: Kind, code: str | None, first: int, next: int, negated: bool
) -> tuple[int, int, Constraint]:
    start, end = tokens[first].start, tokens[next - 1].end
    return first, next, Constraint(kind, start, end, text[start:end], code, negated=negated)
