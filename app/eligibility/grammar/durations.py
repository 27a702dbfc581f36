"""Pieces in, time windows and washouts out: `within 3 months prior to screening`, `for at least 6 months`."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.halves import half_lives, read_half_lives
from app.eligibility.grammar.windows import OPENERS, WINDOWS
from app.eligibility.words.pieces import RANGE, WORDS, Piece
from app.eligibility.words.quantities import Amount, read_amount, word_at
from app.eligibility.words.ranges import Range, read_two
from app.eligibility.words.tokens import SIGN, WORD, Token
from app.eligibility.words.units import TIME_UNITS

Placed = tuple[int, int, Constraint]
BEFORE = frozenset(("before", "prior", "preceding", "previous"))
AFTER = frozenset(("after", "following", "post", "thereafter", "afterwards"))
NOT_FOLLOWING = frozenset(("drive", "section", "apart", "out", "cycle", "cycles", "old"))
CONTRACEPTION = frozenset(("contraception", "contraceptive", "contraceptives", "control", "sperm")) | frozenset(
    ("condom", "condoms", "abstinence", "abstinent", "abstain")
)
GOES_ON = frozenset(("and", "until", "to", "or", "through", "plus", "additional"))
ABLE = frozenset(("able", "willing", "willingness", "fit", "scheduled"))
TO_BE_GIVEN = frozenset(
    ("receive", "come", "start", "attend", "tolerate", "lie", "oversee", "remain", "sit", "stand", "wear")
)
STATED = frozenset(("has", "have", "had", "been", "stable"))
MONITORED = frozenset(("monitoring", "monitored", "follow", "followed"))
LIVING = frozenset(("live", "lives", "living", "reside", "resides", "residing", "residence", "located"))
"""How far somebody lives: `living within 2 hours of the site`."""
STOPS = frozenset((".", ";", ")"))
STRETCHED = frozenset(("period", "immediately"))
"""`within a 6-week period`, `in the 6 weeks immediately before`."""
LONGEST_ALLOWED = frozenset(("up", "maximum", "max", "maximally"))
OF_A_LENGTH = frozenset(("for", "of", "lasting", "lasted", "since"))
NOT_BEFORE = frozenset(("by", "permitted", "allowed"))
DATED = BEFORE | AFTER | frozenset(("ago", "since", "from", "earlier", "previously"))
ASKED = frozenset(("must", "should", "have", "has", "of", "off", "with", "without", "on"))
NEAR = 10
SAMPLES = frozenset(("sample", "samples", "specimen", "specimens", "slides", "block", "blocks"))
HANDED = frozenset(("provided", "received", "submitted", "shipped", "sent"))
FAR = 14
SHORT_ASIDE = 6
STOPPED = frozenset(("stopped", "stop", "discontinued", "discontinue", "ceased", "withheld", "withdrawn", "replaced"))
"""`must be stopped 3 weeks before`: no later; what was `received 3 weeks before` was no earlier."""
RECEIVED = frozenset(("received", "receiving", "receipt", "participated", "participate", "occurred", "underwent"))
HAD = frozenset(("had", "test"))
ASKED_FOR = frozenset(("must", "should", "shall"))
LASTING = frozenset(
    ("avoid", "abstain", "abstinence", "abstained", "refrain", "stable", "stay", "remain", "fast", "fasted", "fasting")
) | frozenset(
    ("off", "out", "free", "washout", "dose", "discontinuation", "discontinued", "completed", "completion", "ended")
)
RECEIVED_BEFORE = RECEIVED | HAD
UNDERGONE = frozenset(("had", "failed", "completed", "received", "undergone"))
"""`failed 3 months of therapy`"""
LEFT_OPEN = frozenset(
    (
        "(",
        "-",
        "until",
        "starting",
        "started",
        "beginning",
        "about",
        "approximately",
        "and",
        "or",
        "every",
        "each",
        "the",
        "to",
        "than",
    )
)
ELAPSED = frozenset(("since", "washout"))
EACH = frozenset(("day", "week", "month", "year", "session"))
PEOPLE = frozenset(WORDS["people"].split())
OLDER = frozenset(("older", "younger", "over", "above"))
ONE = {"year": "a", "month": "mo", "week": "wk"}


def read_durations(text: str, tokens: list[Token], pieces: list[Piece], taken: set[int]) -> Iterator[Placed]:
    """Durations, each with its tokens; `taken` are the tokens of other constraints."""
    direction = Range(0, 0)
    last: Placed | None = None
    contraception = -1
    halves = half_lives(tokens)
    piece_at = {piece.first: piece for piece in pieces if piece.kind == RANGE and piece.range is not None}
    at = 0
    while at < len(tokens):
        if tokens[at].word in CONTRACEPTION and (tokens[at].word != "control" or word_at(tokens, at - 1) == "birth"):
            contraception = at
        elif tokens[at].word in (".", ";") and at - contraception > 1:
            contraception = -1
        found = None
        if at not in taken and (tokens[at].word in OPENERS or at in piece_at or at in halves):
            found = read_duration(tokens, at, piece_at.get(at), direction, at in halves)
            if found is None and at in piece_at:
                span = piece_at[at].range or direction
                found = read_other(tokens, span, last) or (read_after(tokens, span) if contraception >= 0 else None)
        if found is None:
            at += 1
            continue
        next, code, span = found
        if span.unit in ("min", "s") or is_of_each(tokens, next) or is_of_the_study(tokens, at):
            at = next
            continue
        if any(number in taken for number in range(at, next)):
            at += 1
            continue
        if code != "half-lives":
            direction = span
        last = built(text, tokens, at, next, code, span)
        yield last
        at = next


def read_duration(
    tokens: list[Token], at: int, piece: Piece | None, direction: Range, halves: bool
) -> tuple[int, str, Range] | None:
    """The duration that starts at the token: the token after it, its code, its range.

    `halves`: half-lives are near; `direction` is the range before, which says if they are least or most.
    """
    if halves and (lives := read_half_lives(tokens, at, direction)) is not None:
        return lives
    if tokens[at].word in OPENERS:
        opened = read_opened(tokens, at)
        if opened is not None:
            return opened
    if piece is None or piece.range is None:
        return None
    span = piece.range
    if span.unit not in TIME_UNITS or span.left or span.span or span.aged:
        return None
    follows = word_at(tokens, span.next)
    out = follows == "out" and word_at(tokens, span.next + 1) in ("from", "but")
    if (follows in NOT_FOLLOWING and not out) or (at > 0 and tokens[at - 1].word in NOT_BEFORE):
        return None
    if is_age(tokens, span.next) or (before_people(tokens, at) and word_at(tokens, span.next) not in DATED):
        return None
    # `at least 3 months` alone is the value of a heading, and many years that no event dates are an age
    alone = span.first == 0 or (span.first == 1 and tokens[0].kind != WORD)
    if alone and span.next >= len(tokens) - 1:
        return None
    before = word_at(tokens, at - 1) if at else ""
    if tokens[at].word in LONGEST_ALLOWED and follows not in BEFORE:
        return None  # how long something may last
    if follows == "over":
        return None  # `less than 2 weeks over half a year`
    if before == "on" or (span.first <= 1 and is_heading(tokens, at, span)):
        return None  # on how many days; whose value follows
    if tokens[at].word == "over" and before not in OF_A_LENGTH and follows not in DATED:
        return None  # `60 Gy over 6 weeks`
    if span.unit == "a" and max(span.low or 0, span.high or 0) >= 12 and follows not in DATED:
        return None
    if span.bare:
        return read_bare(tokens, span)
    if span.low is not None and span.high is not None:
        return None
    return span.next, ("at-least" if span.low is not None else "within"), span


def is_of_the_study(tokens: list[Token], at: int) -> bool:
    """`follow-up for at least a year`, `slides must be received within 2 weeks`: of what is to be done in the study."""
    near = [token.word for token in tokens[max(0, at - NEAR) : at]]
    given = ABLE.intersection(near) and TO_BE_GIVEN.intersection(near) and not STATED.intersection(near)
    if given and tokens[at].word in ("for", "within"):
        return True  # `able to receive it for 2 years`
    return bool(MONITORED.intersection(near[-4:])) or (
        bool(SAMPLES.intersection(near)) and bool(HANDED.intersection(near[-3:]))
    )


def is_heading(tokens: list[Token], at: int, span: Range) -> bool:
    """Whether a bound at the head of a text may be an age: `≤ 5 years: 0.8 mg/dL`, `≥ 12 weeks for the first part`."""
    follows = word_at(tokens, span.next)
    return follows == ":" or (tokens[at].kind == SIGN and follows not in DATED | ASKED)


def read_other(tokens: list[Token], span: Range, last: Placed | None) -> tuple[int, str, Range] | None:
    """A time beside one that says which way it is meant: `within 5 half-lives or 28 days`, `within 3 weeks (6 weeks for
    nitrosoureas)`."""
    if last is None or not span.bare or span.unit not in TIME_UNITS:
        return None
    _, next, one = last
    between = [token.word for token in tokens[next : span.first]]
    if between[:1] == ["("] and between[-2:] == [")", "or"] and len(between) <= SHORT_ASIDE:
        between = ["or"]  # `within 4 weeks (oral) or 8 weeks (by injection)`
    opened = between[-1:] == ["("] or between[-2:] == ["(", "or"]
    near = len(between) <= FAR and not STOPS.intersection(between)
    aside = opened and near and word_at(tokens, span.next) in ("for", "if", "in")
    if between != ["or"] and not aside:
        return None
    code = "within" if one.low is None else "at-least"
    low, high = (None, span.high) if one.low is None else (span.low, None)
    bounds = span._replace(low=low, high=high, low_open=one.low_open, high_open=one.high_open, bare=False)
    return span.next, code, bounds


def read_after(tokens: list[Token], span: Range) -> tuple[int, str, Range] | None:
    """How long contraception goes on: `during the study and 3 months after it`."""
    if not span.bare or span.unit not in TIME_UNITS or word_at(tokens, span.next) not in AFTER:
        return None
    if not span.first or tokens[span.first - 1].word not in GOES_ON:
        return None
    return span.next, "at-least", span._replace(high=None, bare=False)


def is_of_each(tokens: list[Token], next: int) -> bool:
    """`at least 3 days a week`: how often, not how long."""
    return word_at(tokens, next) in ("a", "per", "each", "every") and word_at(tokens, next + 1) in EACH


def read_opened(tokens: list[Token], at: int) -> tuple[int, str, Range] | None:
    """`within 3 months`, `in the last year`, `for 3 months`, `until 6 months after`."""
    found = WINDOWS.find(tokens, at)
    if found is None or (at and tokens[at - 1].word in LIVING):
        return None
    here = found.next
    # `recent` may open no time at all: the shorter opener is tried then
    amount = read_amount(tokens, here)
    several = read_two(tokens, here, here, amount) if amount is not None else None
    if several is not None and several.unit in TIME_UNITS and several.high_unit is None:
        if found.key in ("for", "lasting") and word_at(tokens, several.next) not in NOT_FOLLOWING:
            return several.next, "at-least", several._replace(first=at)
        if found.key == "window" or word_at(tokens, several.next) in BEFORE:
            return several.next, "within", several._replace(first=at)
        return None  # `within 48 to 72 hours`: when a procedure is done
    if amount is None:
        unit = ONE.get(word_at(tokens, here))
        after = word_at(tokens, here + 1)
        dated = found.key in ("open", "before") and after in BEFORE and word_at(tokens, here - 1) == "the"
        if unit is not None and (found.key in ("window", "lasting") or dated):
            amount = Amount(1.0, unit, None, here + 1)
    if amount is None or amount.unit not in TIME_UNITS:
        return None
    next = amount.next
    follows = word_at(tokens, next)
    if follows in STRETCHED:
        next += 1
        follows = word_at(tokens, next)
    if follows in NOT_FOLLOWING or is_age(tokens, next):
        return None
    within = Range(at, next, high=amount.value, unit=amount.unit)
    least = Range(at, next, low=amount.value, unit=amount.unit)
    if found.key in ("window", "first", "open"):
        return next, "within", within
    if found.key == "period" and word_at(tokens, next - 1) != "period":
        return None
    if found.key == "before":
        return (next, "within", within) if follows in BEFORE or leads_up(tokens, next) else None
    if found.key == "until":
        return (next, "at-least", least) if follows in AFTER else None
    return next, "at-least", least


def before_people(tokens: list[Token], at: int) -> bool:
    """`for children < 3 years`: an age."""
    return at > 1 and tokens[at - 1].word in PEOPLE and tokens[at - 2].word in ("for", "in", "if")


def is_age(tokens: list[Token], at: int) -> bool:
    """`5 years of age`, `for 16 years and older`."""
    words = word_at(tokens, at), word_at(tokens, at + 1)
    return words == ("of", "age") or (words[0] in ("and", "or") and words[1] in OLDER)


def leads_up(tokens: list[Token], at: int) -> bool:
    """`in the 10 years up to the first visit`."""
    at += word_at(tokens, at) == "leading"
    return word_at(tokens, at) == "up" and word_at(tokens, at + 1) == "to"


def read_bare(tokens: list[Token], span: Range) -> tuple[int, str, Range] | None:
    """`4 weeks since`, `3 weeks must have elapsed`, `2 week washout`, `24 hours preceding`."""
    if span.first > 0 and tokens[span.first - 1].word in ("(", "that"):
        return None
    words = [token.word for token in tokens[span.next : span.next + 4]]
    if words and (words[0] in ELAPSED or "elapsed" in words):
        return span.next, "at-least", span._replace(high=None, bare=False)
    if words and words[0] == "preceding":
        return span.next, "within", span._replace(low=None, bare=False)
    if words and words[0] == "from" and span.first <= 1:  # an item: `12 weeks from the completion of radiation`
        return span.next, "at-least", span._replace(high=None, bare=False)
    if words and words[0] in BEFORE:
        near = {token.word for token in tokens[max(0, span.first - FAR) : span.first]}
        if near & STOPPED:
            return span.next, "at-least", span._replace(high=None, bare=False)
        dated = not near & (ASKED_FOR | LASTING) or near & RECEIVED_BEFORE
        if dated and not (span.first and tokens[span.first - 1].word in LEFT_OPEN):
            return span.next, "within", span._replace(low=None, bare=False)
    if span.first and words[:1] == ["of"] and tokens[span.first - 1].word in UNDERGONE:
        return span.next, "at-least", span._replace(high=None, bare=False)
    return None


def built(text: str, tokens: list[Token], first: int, next: int, code: str, span: Range) -> Placed:
    start, end = tokens[first].start, tokens[next - 1].end
    bounds = span.low, span.high, span.low_open, span.high_open, span.unit
    return first, next, Constraint("duration", start, end, text[start:end], code, *bounds)
