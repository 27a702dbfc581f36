"""A criterion's text and its constraints in; how much of the text they are, and how they are joined, out.

A verdict on the constraints is one on the criterion only where nothing else is said. `covered`: beside the constraints
stand only words that say nothing of who may take part. `clause`: the text begins with them and goes on with `with` or
`and` to something else, so that the whole fails where they fail. All else leaves the criterion open, and so does a text
of another time than now, or one that says for whom the criteria around are.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar import whole
from app.eligibility.words.tokens import MARK, NUMBER, Token, read_tokens

WORDS = whole.WORDING
SAYS_NOTHING = whole.SAYS_NOTHING | frozenset(WORDS["also says nothing"].split())
OF_ADULTS = frozenset(("adult", "adults"))
OF_WOMEN = frozenset(("women", "woman", "female", "females"))
OF_WHAT_WAS = frozenset(WORDS["of what was"].split())
"""Words that say nothing beside conditions and drugs alone: `history of`."""
LISTS = frozenset((*WORDS["all of"].split(), "and", "plus", "as", "also", ",", ";", ".", "&", "/", "+", "including"))
"""What begins a further thing that excludes, behind a clause."""
OF_A_WINDOW = frozenset(WORDS["of a window"].split())
OF_DRUGS = frozenset(WORDS["of drugs"].split())
NOW = frozenset(WORDS["now"].split())
LEADS_IN = frozenset(WORDS["leads in"].split())
JOINS = frozenset(("and", "or", "either", "both", "with"))
ALTERNATIVES = frozenset(("or", "either"))
NOT_ALL = frozenset(WORDS["not all"].split())
AT = frozenset(("at", "of", "initial", "first", "the", "since", "from", "after", "before"))
TIMED = frozenset(("diagnosis", "onset", "birth", "presentation"))
"""`at diagnosis`, behind what is then said of another time."""
CONDITIONS = frozenset(WORDS["conditions"].split())


class Wording(NamedTuple):
    """`join` says how the constraints are joined, `one` where there is but one, `mixed` where it is not clear.
    `leads_in`: without them the text is but the opening of a list."""

    covered: bool
    clause: Literal["with", "and"] | None
    demand: bool
    """Phrased as what has to be or must not be."""
    exhaustive: bool
    """What stands below it is not only some of what is meant: `including but not limited to`."""
    join: Literal["one", "and", "with", "or", "mixed"]
    leads_in: bool
    window: Constraint | None
    judged: tuple[Constraint, ...]
    """The constraints but for durations: these qualify the others."""
    durations: tuple[Constraint, ...]


def read_wording(text: str, constraints: Sequence[Constraint]) -> Wording:
    windows = [one for one in constraints if one.kind == "duration"]
    judged = tuple(one for one in constraints if one.kind != "duration")
    window = windows[0] if len(windows) == 1 and windows[0].code == "within" and windows[0].exception is None else None
    stated = judged if windows and not window else (*judged, *windows)
    tokens = [token for token in read_tokens(text) if token.kind != MARK]
    outside = [token for token in tokens if not any(one.start <= token.start < one.end for one in stated)]
    silent = SAYS_NOTHING | (OF_A_WINDOW if window else frozenset())
    kinds = {one.kind for one in judged}
    now = not kinds <= {"condition", "drug"}
    if not now:
        silent |= OF_WHAT_WAS
    if any(one.kind == "age" and (one.low or 0) >= 18 and one.unit in (None, "a") for one in judged):
        silent |= OF_ADULTS
    if "drug" in kinds:  # that it is taken now, a statement of the past does not tell
        silent = (silent | OF_DRUGS) - NOW
    if any(one.kind in ("pregnancy", "breastfeeding") and not one.negated for one in judged):
        silent |= OF_WOMEN
    joins = _joins(text, tokens, outside, judged)
    rest = [token.word for token in outside if token.word not in silent and token.word not in JOINS]
    rest += [word for word in whole.gaps(text, judged) if word not in silent and word not in JOINS]
    timely = _at_present(text, tokens, window)
    clause = _clause(text, tokens, outside, judged, silent) if judged and not windows and joins != "or" else None
    if whole.says_for_whom(tokens):
        rest, clause = [tokens[0].word], None
    if now and clause and (whole.gaps(text, judged) or whole.is_past(_before_clause(tokens, judged))):
        clause = None
    return Wording(
        covered=bool(judged) and not rest and (not windows or window is not None) and (not now or timely),
        clause=clause,
        demand=whole.is_demand(tokens, judged),
        exhaustive=not any(token.word in NOT_ALL for token in tokens),
        join="one" if len(judged) == 1 else joins,
        leads_in=all(token.word in LEADS_IN or token.word in SAYS_NOTHING or is_few(token) for token in outside),
        window=window,
        judged=judged,
        durations=tuple(windows),
    )


def _joins(
    text: str, tokens: list[Token], outside: list[Token], judged: tuple[Constraint, ...]
) -> Literal["and", "with", "or", "mixed"]:
    """By the words between the constraints, and those within a phrase that several of them share (`ALT or AST > 3`)."""
    shared = [
        (one.start, one.end)
        for number, one in enumerate(judged)
        if any((other.start, other.end) == (one.start, one.end) for other in judged[:number])
    ]
    within = [token for token in tokens if any(start <= token.start < end for start, end in shared)]
    words = {token.word for token in (*outside, *within)}
    if words & ALTERNATIVES:
        return "mixed" if "and" in words or any(whole.is_within(one, judged) for one in judged) else "or"
    if len(judged) == 2 and all(whole.is_within(one, judged) for one in judged):
        return "with"
    first = min((one.end for one in judged), default=0)
    # a stroke between two statements (`ECOG < 2 / Karnofsky >= 70`), or two scales of one thing: one may do
    scales = [one for one in judged if one.kind == "performance-status"]
    pairs = pairwise(judged)
    if any("/" in text[one.end : other.start] for one, other in pairs) or (len(scales) > 1 and "and" not in words):
        return "mixed"
    after = any(token.word == "with" and token.start >= first for token in outside)
    return "with" if after and "and" not in words else "and"


def _at_present(text: str, tokens: list[Token], window: Constraint | None) -> bool:
    """Whether nothing is said of another time than now; the words that date a time window (`prior to screening`) say
    no more than it does."""
    dated = OF_A_WINDOW if window else frozenset()
    return not whole.is_past((one for one in tokens if one.word not in dated), [window] if window else [])


def _before_clause(tokens: list[Token], judged: tuple[Constraint, ...]) -> list[Token]:
    last = max(one.end for one in judged)
    after = [number for number, token in enumerate(tokens) if token.start >= last]
    dated = [number for number in after if tokens[number].word in TIMED and tokens[number - 1].word in AT]
    return [token for token in tokens if token.start < last] + [tokens[number] for number in dated]


def _clause(
    text: str, tokens: list[Token], outside: list[Token], judged: tuple[Constraint, ...], silent: frozenset[str]
) -> Literal["with", "and"] | None:
    """The word with which a text goes on to something else that has to be so as well."""
    first, last = min(one.start for one in judged), max(one.end for one in judged)
    before = [token.word for token in outside if token.start < first]
    after = [token.word for token in outside if token.start >= last]
    between = {token.word for token in outside if first <= token.start < last}
    if not (
        set(before) <= silent
        and between <= silent | {"and"}
        and after
        and after[0] in ("with", "and")
        and text[last:].lstrip().lower().startswith(after[0])
        and not set(after) & CONDITIONS
    ):
        return None
    listed = {token.word for token in read_tokens(text) if token.start >= first} & LISTS - silent
    return "with" if after[0] == "with" and not (listed - {"."}) else "and"


def is_few(token: Token) -> bool:
    return token.kind == NUMBER and token.value <= 20
