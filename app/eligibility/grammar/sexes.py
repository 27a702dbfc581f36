"""Tokens in, a sex that is a condition for taking part out: `male or female`, `Women aged 40 to 60`."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint, Kind
from app.eligibility.words.phrases import Phrases
from app.eligibility.words.pieces import WORDS
from app.eligibility.words.tokens import MARK, Token

Placed = tuple[int, int, Constraint]
PAIRS = (("male", "female"), ("males", "females"), ("men", "women"), ("man", "woman"), ("boys", "girls"))
UNEVEN = (("male", "females"), ("female", "males"), ("males", "female"), ("females", "male"))
SEXES = Phrases(
    [
        *(
            ("all", f"{a} {join} {b}")
            for join in ("or", "and", "and/or", "/", "&")
            for pair in PAIRS
            for a, b in (pair, pair[::-1])
        ),
        *(
            ("all", f"{which} {word}")
            for which in ("both", "either", "any", "all")
            for word in ("sex", "sexes", "gender", "genders")
        ),
        *(("all", f"{which} of {word}") for which in ("regardless", "irrespective") for word in ("sex", "gender")),
        *(
            ("all", phrase)
            for word in ("sex", "gender")
            for phrase in (f"{word} is not limited", f"not restricted to {word}", f"no limit on the {word}")
        ),
        *(("all", f"{a} {join} {b}") for join in ("or", "and") for a, b in UNEVEN),
        *(("all", phrase) for word in ("sex", "gender") for phrase in (f"{word} unlimited", f"unlimited {word}")),
        *(("all", f"{a}/{b}") for a, b in (("m", "f"), ("f", "m"))),
        ("all", "man or female"),
        ("female", "female sex"),
        ("male", "male sex"),
        *(("female", word) for word in ("female", "females", "women", "girls")),
        *(("male", word) for word in ("male", "males", "men", "boys")),
    ]
)
OF_BOTH = frozenset(
    ("reproductive", "condom", "fertile", "childbearing", "contraception", "abstinence", "contraceptive", "pregnancy")
)
BEFORE_A_SEX = frozenset(
    (
        "*",
        "-",
        "adult",
        "adults",
        "healthy",
        "•",
        "o",
        ".",
        ":",
        "sex",
        "gender",
        "all",
        "(",
        ")",
        "a",
        "be",
        "patient",
        "must",
    )
)
TAKING_PART = frozenset(WORDS["taking part"].split())
MOST_OF_A_SEX = 40
OF_ONE_SEX = OF_BOTH | frozenset(WORDS["of one sex"].split())
ONE_OF_TWO = frozenset(word for pair in PAIRS for word in pair)
NO_LONGER_FERTILE = frozenset(("postmenopausal", "menopausal", "amenorrheic", "amenorrhea"))


def read_sex(text: str, tokens: list[Token], ranges: frozenset[int]) -> Iterator[Placed]:
    """Sex as a condition: both, or one at the head of the criterion with nothing but an age beside it."""
    for at in range(min(len(tokens), 400)):
        found = SEXES.find(tokens, at)
        if found is None:
            continue
        if found.key == "all":
            if at <= (14 if tokens[at].word in ONE_OF_TWO else 40) and not named_for_both(tokens, at, found.next):
                yield made(text, tokens, "sex", "all", at, found.next, False)
                return
            continue
        if at <= 4 and all(token.word in BEFORE_A_SEX or token.word.isdigit() for token in tokens[:at]):
            if any(token.word in NO_LONGER_FERTILE for token in tokens):
                return
            follows = found.next
            alone = follows >= len(tokens) or (follows == len(tokens) - 1 and tokens[follows].word in (".", ";"))
            if (
                alone
                or follows in ranges
                or tokens[follows].word in ("aged", "age", "ages")
                or who_take_part(tokens, follows)
            ):
                yield made(text, tokens, "sex", found.key, at, found.next, False)
        elif tokens[at - 1].word in (",", ";") and all(token.kind == MARK for token in tokens[found.next :]):
            yield made(text, tokens, "sex", found.key, at, found.next, False)
        return


def who_take_part(tokens: list[Token], follows: int) -> bool:
    """Whether one sex at the head of a short text is who takes part (`Women scheduled for`), not who must avoid a
    pregnancy, and not one of two."""
    if follows < len(tokens) and tokens[follows].word in (
        "patient",
        "patients",
        "subjects",
        "participants",
        "volunteers",
    ):
        follows += 1
    if follows >= len(tokens) or tokens[follows].word not in TAKING_PART or len(tokens) > MOST_OF_A_SEX:
        return False
    return not any(token.word in OF_ONE_SEX for token in tokens[follows:])


def named_for_both(tokens: list[Token], at: int, next: int) -> bool:
    """Whether both sexes are named for something else: `for both male and female`, `male or female condom`."""
    end = min([here for here in range(next, min(60, len(tokens))) if tokens[here].word == "."], default=60)
    if at > 2 and any(token.word in OF_BOTH for token in tokens[:end]):
        return True
    before = [token.word for token in tokens[max(0, at - 3) : at]]
    if "for" in before or "by" in before or before[-2:] == ["(", "both"]:
        return True
    return any(token.word in OF_BOTH for token in tokens[next : min(next + 6, end)])


def made(text: str, tokens: list[Token], kind: Kind, code: str | None, first: int, next: int, negated: bool) -> Placed:
    start, end = tokens[first].start, tokens[next - 1].end
    return first, next, Constraint(kind, start, end, text[start:end], code, negated=negated)
