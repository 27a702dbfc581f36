"""What a sentence says of whom its constraints hold, or that another value does for others.

Functions take the tokens and give the tokens of what restricts (first, and after the last); None where nothing does.
"""

from collections.abc import Sequence

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.beside import PEOPLE, SEXES, Part, is_same
from app.eligibility.words.pieces import WORDS
from app.eligibility.words.tokens import WORD, Token

Placed = tuple[int, int, Constraint]
FERTILITY = frozenset(WORDS["fertility"].split())
"""Who can have children, and what tells that somebody cannot."""
OF_THE_FERTILE = ("contraception", "pregnancy", "breastfeeding", "duration", "age")
PARTNERS = SEXES | {"partner", "partners", "sexually"}
TESTS = frozenset(("test", "tests", "testing", "negative", "hcg"))
GROUPS = frozenset(WORDS["groups"].split())
SOME = frozenset(("only", "alone"))
CLAUSES = frozenset((";", ".", ":"))
PREFERRED = frozenset(("preferably", "ideally", "optimally", "usually", "generally", "normally"))
TO_GO_ON = frozenset(("proceed", "receive", "continue", "start", "begin", "undergo", "initiate"))
REPLACED = ("measurement", "performance-status", "score", "age", "weight", "bmi")
ASIDE = 5
"""Tokens after a constraint in which brackets open that give another one."""
LABEL = 8
"""Tokens of `Cohort 1 (N=20):`."""
LATER = 14
"""Tokens after a constraint in which its sentence says of whom it is: `contraception is required of fertile men`."""
OPENED = 30
"""Tokens before a constraint in which its sentence may take something back."""
BEFORE = 60
"""Tokens before a constraint in which its sentence does."""
MOST_BESIDE = 8
"""Constraints around one in which another value is looked for."""


def read_whom(tokens: list[Token], start: int, end: int, placed: Placed) -> Part | None:
    """`start` to `end` is the constraint's sentence."""
    first, next, one = placed
    head = head_of(tokens, start)
    return (
        of_the_fertile(tokens, max(start, first - BEFORE), end, placed)
        or of_some_only(tokens, head, first)
        or to_go_on(tokens, head, first)
        or otherwise(tokens, start, first)
        or preferred(tokens, first)
        or in_brackets(tokens, next)
        or (of_a_trimester(tokens, next) if one.kind == "pregnancy" else None)
    )


def head_of(tokens: list[Token], at: int) -> int:
    """The first word of a sentence, behind its mark or number."""
    limit = min(at + 4, len(tokens))
    while at < limit and tokens[at].kind != WORD:
        at += 1
    return at


def of_the_fertile(tokens: list[Token], start: int, end: int, placed: Placed) -> Part | None:
    """`Women of childbearing potential must ...`: what is asked of some; being pregnant itself is not."""
    first, next, one = placed
    if one.kind not in OF_THE_FERTILE:
        return None
    asked = one.kind == "contraception" or one.negated or any(t.word in TESTS for t in tokens[first:next])
    if one.kind in ("pregnancy", "breastfeeding") and not asked:
        return None
    words = FERTILITY if one.kind in ("duration", "age") else FERTILITY | PARTNERS
    for at in range(start, min(next + LATER, end)):
        if tokens[at].word in words and not first <= at < next:
            return (at, first) if at < first else (at, at + 1)
    return None


def of_some_only(tokens: list[Token], head: int, first: int) -> Part | None:
    """`For women only: ...`."""
    for at in range(head, min(head + LABEL, first)):
        if tokens[at].word in CLAUSES:
            return None
        if tokens[at].word in SOME and tokens[at - 1].word in PEOPLE:
            return head, at + 1
    return None


def to_go_on(tokens: list[Token], head: int, first: int) -> Part | None:
    """`To be eligible to proceed with the infusion, ...`: what is asked later."""
    if head >= first or tokens[head].word != "to":
        return None
    if not any(token.word in TO_GO_ON for token in tokens[head : min(head + 5, first)]):
        return None
    return next(((head, at) for at in range(head, min(first, head + 40)) if tokens[at].word == ","), None)


def otherwise(tokens: list[Token], start: int, first: int) -> Part | None:
    """`However, one year must have gone by`: takes back some of what was said before."""
    for at in range(max(start, first - OPENED), first):
        if tokens[at].word in ("however", "otherwise", "alternatively"):
            return at, first
    return None


def preferred(tokens: list[Token], first: int) -> Part | None:
    """`preferably within 72 hours but no more than 14 days`."""
    return (first - 1, first) if first and tokens[first - 1].word in PREFERRED else None


def in_brackets(tokens: list[Token], next: int) -> Part | None:
    """`≥ 18 years (or the legal age, whichever is older)`, `≤ 1.5 x ULN for age`."""
    words = [token.word for token in tokens[next : next + ASIDE]]
    if words[:2] == ["for", "age"]:
        return next, next + 2
    if [token.word for token in tokens[max(0, next - 2) : next]] == ["for", "age"]:
        return next - 2, next  # of the phrase itself: `ULN for age`
    opened = words.index("(") if "(" in words else ASIDE
    inside = [token.word for token in up_to_close(tokens, next + opened + 1)]
    some = inside[:1] == ["or"] or inside[-1:] == ["only"]
    if opened == ASIDE or not some or CLAUSES.intersection(words[:opened]):
        return None
    return next + opened + 1, next + opened + 1 + len(up_to_close(tokens, next + opened + 1))


def up_to_close(tokens: list[Token], at: int) -> list[Token]:
    found = []
    for token in tokens[at : at + 30]:
        if token.word == ")":
            break
        found.append(token)
    return found


def of_a_trimester(tokens: list[Token], next: int) -> Part | None:
    """`Pregnant in the last two trimesters`."""
    for at in range(next, min(next + 7, len(tokens))):
        if tokens[at].word in ("trimester", "trimesters"):
            return next, at + 1
    return None


def of_a_group(tokens: list[Token]) -> Part | None:
    """`Cohort 1 (N=20): ...`, `Sarcoma patients: ...`: of whom a whole item is."""
    head = head_of(tokens, 0)
    words: list[str] = []
    for at in range(head, min(head + LABEL + 4, len(tokens))):
        word = tokens[at].word
        grouped = bool(GROUPS.intersection(words[:4]))
        if word == ":":
            named = grouped or (len(words) > 1 and words[-1] in PEOPLE)
            return (head, at) if named and "both" not in words else None
        if word in (".", ";", ","):
            return (head, at) if word == ";" and grouped else None
        words.append(word)
    return None


def replaced_beside(found: Sequence[Placed], number: int) -> str | None:
    """`18-35 years; older adults: 65 years and over`: another bound on the same side for the same thing, its text."""
    one = found[number][2]
    if one.kind not in REPLACED:
        return None
    around = found[max(0, number - MOST_BESIDE) : number + MOST_BESIDE]
    for _, _, other in around:
        if (other.kind, other.code) != (one.kind, one.code) or other.start == one.start or is_same(one, other):
            continue
        if None not in (one.low, other.low) or None not in (one.high, other.high):
            return other.text
    return None
