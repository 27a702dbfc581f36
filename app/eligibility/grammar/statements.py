"""Tokens in, statements without numbers out: pregnancy, breastfeeding, contraception, sex, consent, language, health.

Each is stated once for a criterion, where it is named first: `pregnant` and, later on, `a negative pregnancy test` are
two, since they are told by different facts.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from app.eligibility.grammar.sexes import SEXES, Placed, made, read_sex
from app.eligibility.words.phrases import Phrases
from app.eligibility.words.pieces import WORDS
from app.eligibility.words.quantities import word_at
from app.eligibility.words.tokens import MARK, Token

STATEMENTS = Phrases((kind, word) for kind, words in WORDS["statements"].items() for word in words)
NOT_STATED = Phrases(("none", word) for word in WORDS["not pregnancy"])
HEALTHY_PEOPLE = frozenset(WORDS["healthy people"].split())
COMPARED = frozenset(("matched", "than", "versus"))
FIRSTS = STATEMENTS.firsts | NOT_STATED.firsts
LANGUAGES = frozenset(WORDS["languages"].split())
LANGUAGE_VERBS = frozenset(WORDS["language verbs"].split())
CONTRACEPTION_VERBS = frozenset(WORDS["contraception verbs"].split())
CONSENT_WORDS = frozenset(WORDS["consent words"].split())
TIMES_BEFORE = frozenset(WORDS["consent before"].split())
HINDERS = frozenset(WORDS["hinders"].split())
MOST_HINDERED = 30
NEGATIVE = frozenset(("not", "non", "negative", "no", "without", "neither", "nor"))
FAR = 24
NEAR = 8
"""Words before a named thing in which the verb is looked for that makes it a demand."""


def read_statements(text: str, tokens: list[Token], ranges: frozenset[int]) -> Iterator[Placed]:
    """Statements, each with its tokens; `ranges` are the tokens at which a range or an age begins."""
    words = {token.word for token in tokens}
    healthy = False
    if not words.isdisjoint(FIRSTS):
        for placed in read_phrases(text, tokens):
            healthy = healthy or placed[2].kind == "healthy-volunteers"
            yield placed
    if "healthy" in words and not healthy:
        yield from read_healthy(text, tokens)
    if not words.isdisjoint(SEXES.firsts):
        yield from read_sex(text, tokens, ranges)
    if not words.isdisjoint(LANGUAGES) and not is_short_form(tokens):
        yield from read_language(text, tokens)


def is_short_form(tokens: list[Token]) -> bool:
    """`For those who do not speak English, a short form consent may be used`: asks for neither."""
    return any(
        one.word == "short" and form.word == "form" and consent.word == "consent"
        for one, form, consent in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def read_phrases(text: str, tokens: list[Token]) -> Iterator[Placed]:
    """What stands as a phrase of the vocabulary."""
    stated: set[tuple[str, bool]] = {("consent", False)} if is_short_form(tokens) else set()
    denials = -1
    at = 0
    while at < len(tokens):
        if tokens[at].word not in FIRSTS:
            at += 1
            continue
        other = NOT_STATED.find(tokens, at)
        if other is not None:
            at = other.next
            continue
        found = STATEMENTS.find(tokens, at)
        if found is None:
            at += 1
            continue
        first, next, negated = at, found.next, False
        at = next
        test = found.word.endswith("test")
        if found.key in ("pregnancy", "breastfeeding"):
            first, negated = denied(tokens, first, found.key == "pregnancy" and test)
            negated = negated or (test and negative_after(tokens, next)) or with_the_denied(tokens, first, denials)
            if negated:
                denials = next
            becoming = first > 0 and tokens[first - 1].word in WORDS["becoming"]
            if becoming and ("pregnancy", False) in stated:
                continue
            if test and not negated and not positive(tokens, first, next):
                continue
            if found.key == "breastfeeding" and (found.key, False) in stated:
                continue
        elif found.key == "healthy-volunteers" and first and compared(tokens, first):
            continue
        elif found.key == "contraception":
            if (found.key, False) in stated or not demanded(tokens, first, next):
                continue
        elif found.key == "consent" and tokens[first].word == "icf" and first and tokens[first - 1].word == "(":
            continue  # the abbreviation of what is named before
        elif found.key == "consent" and ((found.key, False) in stated or not given(tokens, first, next)):
            continue
        stated.add((found.key, test))
        kind: Any = found.key
        yield made(text, tokens, kind, None, first, next, negated)


def compared(tokens: list[Token], first: int) -> bool:
    """`than healthy adults`, `below the mean of a young, healthy adult`."""
    before = [token.word for token in tokens[max(0, first - 6) : first]]
    return before[-1] in COMPARED or "mean" in before


def read_healthy(text: str, tokens: list[Token]) -> Iterator[Placed]:
    """`healthy HIV-negative controls`; whom others are compared to are no participants."""
    head = [token.word for token in tokens if token.kind != MARK][:3]
    if head == ["healthy"] or (head[:2] == ["healthy", "as"] and head[2] in ("determined", "judged", "assessed")):
        at = [token.word for token in tokens].index("healthy")
        yield made(text, tokens, "healthy-volunteers", None, at, at + 1, False)
        return
    for at, token in enumerate(tokens):
        if token.word != "healthy" or (at and tokens[at - 1].word in ("of", "to", "than", "for", "in", "non", "-")):
            continue
        for next in range(at + 1, min(at + 7, len(tokens))):
            if tokens[next].word in (".", ";", "and", "or", "(") or (tokens[next].word == "," and next > at + 1):
                break
            if tokens[next].word in HEALTHY_PEOPLE:
                yield made(text, tokens, "healthy-volunteers", None, at, next + 1, False)
                return


def denied(tokens: list[Token], first: int, test: bool) -> tuple[int, bool]:
    """Where a statement starts with its denial: `not pregnant`, `non-lactating`, `negative serum pregnancy test`."""
    if first and tokens[first - 1].word in NEGATIVE:
        return first - 1, True
    if (
        first > 1
        and tokens[first - 1].word in ("be", "-", "currently", "actively", "a", "presently")
        and tokens[first - 2].word in NEGATIVE
    ):
        return first - 2, True
    if first > 2 and [token.word for token in tokens[first - 3 : first]] == ["not", "to", "be"]:
        return first - 3, True
    if test:
        for here in range(first - 1, max(-1, first - 16), -1):
            if tokens[here].word == "negative":
                return here, True
            if tokens[here].word in (".", ";"):
                break
    return first, False


def negative_after(tokens: list[Token], next: int) -> bool:
    """`pregnancy test is negative`, `pregnancy test: negative`."""
    for token in tokens[next : next + 5]:
        if token.word == "negative":
            return True
        if token.word in (".", ";", "positive", "or"):
            return False
    return False


def with_the_denied(tokens: list[Token], first: int, denials: int) -> bool:
    """Whether it is denied with what stands before: `not pregnant or breastfeeding`; `denials` is the token after."""
    between = [token.word for token in tokens[denials:first]] if denials >= 0 else []
    return 0 < len(between) <= 3 and set(between) <= {"or", "nor", "/", ",", "currently"}


def positive(tokens: list[Token], first: int, next: int) -> bool:
    """Whether a pregnancy test is one with a stated result."""
    around = tokens[max(0, first - 5) : first] + tokens[next : next + 14]
    return any(token.word in ("positive", "negative") for token in around)


def demanded(tokens: list[Token], first: int, next: int) -> bool:
    """Whether contraception is asked for, not merely named, nor said to be no good: `not acceptable methods of`."""
    if any(
        [one.word, other.word] == ["not", "acceptable"] or one.word == "unacceptable"
        for one, other in pairwise(tokens[max(0, first - NEAR) : first])
    ):
        return False
    if word_at(tokens, next) == "period" or (first and tokens[first - 1].word in ("except", "excluding", "than")):
        return False
    before = [token.word for token in tokens[max(0, first - NEAR) : first]]
    if "irrespective" in before or "regardless" in before or before[-4:-2] == ["had", "been"]:
        return False
    if any(token.word in CONTRACEPTION_VERBS for token in tokens[max(0, first - NEAR) : first]):
        return True
    return any(token.word in ("must", "required", "use", "used") for token in tokens[next : next + 3])


def given(tokens: list[Token], first: int, next: int) -> bool:
    """Whether consent to take part is the condition, not the time of something, nor consent to something else."""
    before = [token.word for token in tokens[max(0, first - 6) : first]]
    words = set(before[-5:])
    if before[-1:] and (before[-1] in ("from", "with") or "age" in words):
        return False
    if before[-2:-1] and before[-2] in ("in", "within", "per") and before[-1] == "the":
        return False
    if before[-2:] == ["of", "the"] and "understanding" in before:
        return False  # `understanding of the consent form`
    if "majority" in before:
        return False  # `age of majority (to provide informed consent)`
    if "participation" in before and {"as", "e"} & set(before):
        return False  # `participation, i.e. signed consent, in another study`
    if before[-1:] == ["if"] or (word_at(tokens, next) == "process" and "completion" not in before):
        return False
    if before[-2:] == ["withdrawal", "of"] and "discontinued" in [
        one.word for one in tokens[max(0, first - FAR) : first]
    ]:
        return False
    if tokens[first].word == "consenting" and "without" in before:
        return False
    if "signed" in before and "when" in [token.word for token in tokens[max(0, first - NEAR) : first]]:
        return False
    signing = [at for at, word in enumerate(before) if word in ("signing", "obtaining", "providing", "giving")]
    timed = bool(signing) and bool(
        {"of", "to", "after", "since", "from"} & set(before[max(0, signing[0] - 1) : signing[0]])
    )
    timed = timed and not {"capable", "incapable", "able"} & words
    dated = (
        before[-1:] == ["of"] and before[-2:-1] and before[-2] in ("days", "weeks", "months", "years", "day", "date")
    )
    if timed or dated or word_at(tokens, next) == "date":
        return False
    if words & (TIMES_BEFORE - {"date"} if "sign" in words else TIMES_BEFORE) and not words & {
        "able",
        "ability",
        "willing",
        "unable",
        "inability",
    }:
        return False
    if not words & {"inability", "unable"} and hindered(tokens, first):
        return False
    to = [token.word for token in tokens[next : next + 6]]
    study = bool({"participate", "participation", "study", "trial", "take", "this", "research"} & set(to))
    return study or to[:1] not in (["to"], ["for"])


def hindered(tokens: list[Token], first: int) -> bool:
    """Whether something else is the condition, for what it does to consent: `which would preclude informed consent`."""
    for here in range(first - 1, max(-1, first - MOST_HINDERED), -1):
        if tokens[here].word in (".", ";"):
            return False
        if tokens[here].word in HINDERS:
            return True
    return False


def read_language(text: str, tokens: list[Token]) -> Iterator[Placed]:
    """A named language with a verb of speaking near it."""
    for at, token in enumerate(tokens):
        if token.word not in LANGUAGES:
            continue
        near = range(max(0, at - NEAR), min(len(tokens), at + 5))
        verbs = [here for here in near if tokens[here].word in LANGUAGE_VERBS]
        if verbs:
            first, next = min(verbs[0], at), max(at, verbs[-1] if verbs[-1] > at else at) + 1
            if first > 1 and tokens[first - 1].word == "-" and tokens[first - 2].word == "non":
                first, non = first - 2, True
            else:
                non = False
            negated = non or any(
                one.word in ("not", "inability", "unable", "insufficient", "cannot")
                for one in tokens[max(0, first - 3) : first]
            )
            yield made(text, tokens, "language", None, first, next, negated)
            return
