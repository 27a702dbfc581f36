"""A criterion's text and its constraints in; how much of the text they are, and how they are joined, out.

A verdict on the constraints is one on the criterion only where nothing else is said. `covered`: beside the constraints
stand only words that say nothing of who may take part. `clause`: the text begins with them and goes on with `with` or
`and` to something else, so that the whole fails where they fail. All else leaves the criterion open.
"""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.tokens import MARK, NUMBER, Token, read_tokens

WORDS = json.loads(files("app.eligibility").joinpath("wording.json").read_text())
SAYS_NOTHING = frozenset(WORDS["says nothing"].split())
OF_ADULTS = frozenset(("adult", "adults"))
OF_WOMEN = frozenset(("women", "woman", "female", "females"))
OF_A_WINDOW = frozenset(WORDS["of a window"].split())
LEADS_IN = frozenset(WORDS["leads in"].split())
ALTERNATIVES = frozenset(("or", "either"))
CONDITIONS = frozenset(WORDS["conditions"].split())


class Wording(NamedTuple):
    """`join` says how the constraints are joined: `one`, `and`, `or`, or `mixed` where that is not clear. `leads_in`:
    without them the text is but the opening of a list."""

    covered: bool
    clause: bool
    join: Literal["one", "and", "or", "mixed"]
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
    if any(one.kind == "age" and (one.low or 0) >= 18 and one.unit in (None, "a") for one in judged):
        silent |= OF_ADULTS
    if kinds and kinds <= {"pregnancy", "breastfeeding"}:
        silent |= OF_WOMEN
    joins = _joins(tokens, outside, judged)
    rest = [
        token for token in outside if token.word not in silent and token.word not in ("and", "or", "either", "both")
    ]
    return Wording(
        covered=bool(judged) and not rest and (not windows or window is not None),
        clause=bool(judged) and not windows and joins != "or" and _is_clause(text, outside, judged, silent),
        join="one" if len(judged) == 1 else joins,
        leads_in=all(token.word in LEADS_IN or token.word in SAYS_NOTHING or _is_few(token) for token in outside),
        window=window,
        judged=judged,
        durations=tuple(windows),
    )


def _joins(tokens: list[Token], outside: list[Token], judged: tuple[Constraint, ...]) -> Literal["and", "or", "mixed"]:
    """By the words between the constraints, and those within a phrase that several of them share (`ALT or AST > 3`)."""
    shared = [
        (one.start, one.end)
        for number, one in enumerate(judged)
        if any((other.start, other.end) == (one.start, one.end) for other in judged[:number])
    ]
    within = [token for token in tokens if any(start <= token.start < end for start, end in shared)]
    words = {token.word for token in (*outside, *within)}
    if words & ALTERNATIVES:
        return "mixed" if "and" in words else "or"
    return "and"


def _is_clause(text: str, outside: list[Token], judged: tuple[Constraint, ...], silent: frozenset[str]) -> bool:
    first, last = min(one.start for one in judged), max(one.end for one in judged)
    before = [token.word for token in outside if token.start < first]
    after = [token.word for token in outside if token.start >= last]
    between = {token.word for token in outside if first <= token.start < last}
    return (
        set(before) <= silent
        and between <= silent | {"and"}
        and bool(after)
        and after[0] in ("with", "and")
        and text[last:].lstrip().lower().startswith(after[0])
        and not set(after) & CONDITIONS
    )


def _is_few(token: Token) -> bool:
    return token.kind == NUMBER and token.value <= 20
