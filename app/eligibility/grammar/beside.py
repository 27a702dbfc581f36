"""What stands right beside a constraint and says that it holds of some alone, or that another value does for others.

Functions take the tokens and give the tokens of what restricts (first, and after the last); None where nothing does.
`others` are the constraints of the same sentence, in order.
"""

from collections.abc import Sequence

from app.eligibility.constraint import Constraint
from app.eligibility.words.pieces import WORDS
from app.eligibility.words.quantities import word_at
from app.eligibility.words.tokens import WORD, Token

Placed = tuple[int, int, Constraint]
Part = tuple[int, int]
LEADS = frozenset(("for", "in", "if", "when"))
SEXES = frozenset(("male", "female", "males", "females", "men", "women", "boys", "girls", "man", "woman"))
PARTS = frozenset(("only", "arm", "arms", "cohort", "cohorts", "stratum", "strata", "part"))
NOT_SOME = frozenset(
    ("inclusion", "entry", "eligibility", "participation", "study", "enrollment", "enrolment", "this", "the", "at", "a")
)
"""`for participation in`, `for at least 3 months`: of nobody in particular."""
PEOPLE = frozenset(WORDS["people"].split())
ALL = frozenset(("all", "any", "both", "each", "every", "study", "healthy", "adult", "these", "this"))
GROUPS = frozenset(("group", "groups", "arm", "arms", "cohort", "cohorts", "stratum"))
TIMES = frozenset(("day", "days", "week", "weeks", "month", "months", "year", "years"))
WHO_HAD = (
    ["who", "have", "received"],
    ["who", "have", "undergone"],
    ["who", "have", "had"],
    ["who", "had", "received"],
)
NEAR = 6
FAR = 40
LONGEST = 30


def read_beside(tokens: list[Token], first: int, next: int, one: Constraint, others: Sequence[Placed]) -> Part | None:
    return (
        within(tokens, first, next)
        or of_a_part(tokens, next)
        or of_two_limits(tokens, first, next, one, others)
        or of_some_agents(tokens, first, next, one, others)
        or replaced(tokens, first, next, one, others)
        or of_each_sex(tokens, first, one, others)
        or of_whom(tokens, next, one)
        or of_an_age(tokens, first, next, one, others)
    )


def within(tokens: list[Token], first: int, next: int) -> Part | None:
    """`Lansky (for those under 16) ≥ 50`: in the phrase itself."""
    for at in range(first, next - 1):
        if tokens[at].word == "(" and tokens[at + 1].word in LEADS:
            end = next_close(tokens, at, next)
            return (at + 1, end) if end else None
    return None


def next_close(tokens: list[Token], at: int, limit: int) -> int:
    return next((here for here in range(at + 1, min(limit, len(tokens))) if tokens[here].word == ")"), 0)


def of_a_part(tokens: list[Token], next: int) -> Part | None:
    """`≤ 6 x ULN for the first arm only`, `≤ 6 x ULN (twice) for lumbar patients`."""
    if word_at(tokens, next) == "(":
        close = next_close(tokens, next, next + FAR)
        if close and tokens[close - 1].word in GROUPS:
            return next + 1, close  # `(no cancer history group)`
        next = (next_close(tokens, next, next + FAR) or next) + 1
    if word_at(tokens, next) not in ("for", "in"):
        return None
    for here in range(next + 1, min(next + NEAR, len(tokens))):
        if tokens[here].word in PARTS or (tokens[here].word in PEOPLE and here > next + 1):
            return None if ALL.intersection(token.word for token in tokens[next:here]) else (next, here + 1)
        if tokens[here].word in (".", ";", ",", ")"):
            return None
    return None


def of_two_limits(tokens: list[Token], first: int, next: int, one: Constraint, others: Sequence[Placed]) -> Part | None:
    """`< 50 % or the lower limit of normal (whichever is higher)`: of the value and of the limit."""
    if one.kind != "measurement":
        return None
    for end in (next, *(after for start, after, other in others if start == first and other.code == one.code)):
        here = end + 1 if word_at(tokens, end) in ("(", ",", "-") else end
        if word_at(tokens, here) == "whichever":
            return here, min(here + 3, len(tokens))
    return None


def of_some_agents(
    tokens: list[Token], first: int, next: int, one: Constraint, others: Sequence[Placed]
) -> Part | None:
    """`for 1 week, 2 weeks for long-acting drugs`: a time beside another one."""
    if one.kind != "duration":
        return None
    next = behind_time(tokens, next)
    if word_at(tokens, next) not in ("for", "if", "in"):
        return None
    aside = first > 1 and "(" in (tokens[first - 1].word, tokens[first - 2].word)
    if word_at(tokens, next + 1) in NOT_SOME and not aside:
        return None
    times = [placed for placed in others if placed[2].kind == "duration" and not is_same(one, placed[2])]
    if not any(0 <= first - after <= LONGEST or 0 <= start - next <= LONGEST for start, after, _ in times):
        return None
    end = next
    while end < min(next + NEAR, len(tokens)) and tokens[end].word not in (".", ";", ",", ")"):
        end += 1
    return next, end


def behind_time(tokens: list[Token], next: int) -> int:
    """The token after `prior to randomization`, where this stands."""
    if word_at(tokens, next) not in ("prior", "before"):
        return next
    for at in range(next + 1, min(next + NEAR, len(tokens))):
        if tokens[at].word in ("for", "if", "in"):
            return at
    return next


def replaced(tokens: list[Token], first: int, next: int, one: Constraint, others: Sequence[Placed]) -> Part | None:
    """`within 4 weeks of treatment (mitomycin within 6 weeks)`: another value in parentheses behind, and that one."""
    for other_first, other_next, other in others:
        if (other.kind, other.code) != (one.kind, one.code) or is_same(one, other):
            continue
        outer, inner = (next, other_first) if other_first >= next else (other_next, first)
        if not 0 <= inner - outer <= LONGEST:
            continue
        opened = [at for at in range(outer, inner) if tokens[at].word in ("(", ")")]
        if len(opened) != 1 or tokens[opened[0]].word != "(":
            continue
        start = opened[0] + 1
        named = [token.word for token in tokens[start:inner] if token.word not in ("≥", "or", "and", "at", "least")]
        end = next_close(tokens, start, inner + FAR)
        if named and tokens[start].word not in ("or", "and", "i", "e") and end and not stops(tokens, outer, start):
            return start, end
    return None


def stops(tokens: list[Token], first: int, next: int) -> bool:
    return any(token.word in (";", ".") for token in tokens[first:next])


def is_same(one: Constraint, other: Constraint) -> bool:
    return (one.low, one.high, one.unit, one.limit) == (other.low, other.high, other.unit, other.limit)


def of_each_sex(tokens: list[Token], first: int, one: Constraint, others: Sequence[Placed]) -> Part | None:
    """`a man > 18 years or a woman > 60 years`: each age is of one sex."""
    if one.kind != "age" or not (sex := sex_before(tokens, first)):
        return None
    for other_first, _, other in others:
        another = sex_before(tokens, other_first) if other.kind == "age" and not is_same(one, other) else 0
        if another and tokens[another].word != tokens[sex].word:
            return sex, first
    return None


def sex_before(tokens: list[Token], first: int) -> int:
    """The token of the sex right before an age; 0 where there is none."""
    return next((at for at in range(first - 1, max(0, first - 3), -1) if tokens[at].word in SEXES), 0)


def of_whom(tokens: list[Token], next: int, one: Constraint) -> Part | None:
    """`patients < 40 years whose ...`, `infants of 28 days to 6 months who were born ...`: of that age, some."""
    if one.kind != "age":
        return None
    if word_at(tokens, next) in ("of", "old"):
        next += 2 if word_at(tokens, next) == "of" else 1
    said = [token.word for token in tokens[next : next + 3]]
    some = said[:1] == ["whose"] or said[:2] == ["who", "were"] or said in WHO_HAD
    return (next, min(next + NEAR, len(tokens))) if some else None


def of_an_age(tokens: list[Token], first: int, next: int, one: Constraint, others: Sequence[Placed]) -> Part | None:
    """`patients ≤ 10 years Lansky ≥ 60`: a scale for those of an age, and the age."""
    kinds = ("age", "performance-status")
    if one.kind not in kinds:
        return None
    for other_first, other_next, other in others:
        if other.kind not in kinds or other.kind == one.kind:
            continue
        age = (first, next) if one.kind == "age" else (other_first, other_next)
        scale = other_first if one.kind == "age" else first
        between = tokens[age[1] : scale]
        of_people = age[0] > 0 and tokens[age[0] - 1].word in PEOPLE and tokens[age[0]].word != "age"
        if of_people and 0 <= scale - age[1] <= 2 and all(token.kind == WORD for token in between):
            return age
    return None


def opening(tokens: list[Token], first: int, at: int) -> int:
    """The token after `For long-acting drugs,` at the head of a sentence; 0 where it does not speak of some."""
    head = range(at, min(first, at + NEAR + 4))
    if any(tokens[here].word == "after" and tokens[here - 1].word in TIMES for here in head[1:]):
        # `six months after surgery: MRD > 0.1 %`
        return next((here for here in range(at + 2, min(first, at + LONGEST)) if tokens[here].word in (",", ":")), 0)
    if word_at(tokens, at) != "for" or word_at(tokens, at + 1) in NOT_SOME:
        return 0
    return next((here for here in range(at + 2, min(first, at + LONGEST)) if tokens[here].word == ","), 0)
