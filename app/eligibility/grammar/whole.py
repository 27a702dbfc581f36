"""Criterion text in, its constraints out, with what of the text they make up.

Only a text that says nothing beside its constraints can be replaced by them: what is left over is then words that say
nothing (`patients must have ...`) and, between several constraints, how they are joined. A text of another time
(`history of ...`, `pre-pregnancy BMI`) or of some people (`for women`) is not what it seems, nor is one that demands or
denies where it stands among what excludes.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.read import read_constraints
from app.eligibility.words.pieces import CUE, OTHER, read_pieces
from app.eligibility.words.tokens import MARK, Token, read_tokens
from app.record.trial import Criterion

_WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"[<>=≤≥≦≧±%+×~]")
_BRACKET = re.compile(r"[()\[\]]")
_BETWEEN = re.compile(r"[,;/]|\b(?:and|or)\b")
ROOM = files("app.eligibility.grammar")
SAYS_NOTHING: frozenset[str] = frozenset(json.loads(ROOM.joinpath("nothing.json").read_text()))
"""Words of people, of what is measured, and of when eligibility is judged: `at screening`."""
WORDING: dict[str, str] = json.loads(ROOM.joinpath("wording.json").read_text())
PAST = frozenset(WORDING["past"].split())
DEMANDS = frozenset(WORDING["demands"].split())
MEASURED = ("age", "bmi", "weight", "height", "measurement", "body-surface-area", "life-expectancy")
"""Kinds whose phrases may hold words that nothing was read from."""
NAMED = ("condition", "drug")
FOR_WHOM = ("for", "in", "among")
WOMEN = frozenset(("woman", "women", "female", "females"))
ABOUT_WOMEN = ("pregnancy", "breastfeeding")
JOINS = {"and": "all-of", "or": "any-of"}


class Reading(NamedTuple):
    """`whole`: the text says its constraints and nothing else. `combination` is then how several of them are joined;
    None where the text does not say, or says both. (`and` in what excludes often lists what excludes by itself.)"""

    constraints: tuple[Constraint, ...]
    whole: bool = False
    combination: Literal["all-of", "any-of"] | None = None

    @property
    def sole(self) -> Constraint | None:
        """The one plain constraint that is all that the text says."""
        return self.constraints[0] if self.whole and len(self.constraints) == 1 else None


def gaps(text: str, found: Iterable[Constraint]) -> list[str]:
    """Words within the phrases of constraints from which nothing was read."""
    words: list[str] = []
    for phrase in {one.text for one in found if one.kind in MEASURED}:
        tokens = read_tokens(phrase)
        pieces = read_pieces(phrase, tokens)
        for piece in pieces:
            if piece.kind in (OTHER, CUE):
                words += [token.word for token in tokens[piece.first : piece.next] if token.kind != MARK]
    return words


def is_past(tokens: Iterable[Token], windows: Iterable[Constraint] = ()) -> bool:
    """Whether a text speaks of another time than now, beside its time windows."""
    apart = [(one.start, one.end) for one in windows]
    return any(token.word in PAST and not any(start <= token.start < end for start, end in apart) for token in tokens)


def says_for_whom(tokens: Sequence[Token]) -> bool:
    """`for acromegaly`: whom the criteria around are about."""
    first = next((token for token in tokens if token.kind != MARK and not token.word.isdigit()), None)
    return first is not None and first.word in FOR_WHOM


def is_demand(tokens: Iterable[Token], found: Iterable[Constraint]) -> bool:
    """Whether a text is phrased as what has to be or must not be: among what excludes, either may be meant."""
    return any(one.negated for one in found) or any(token.word in DEMANDS for token in tokens)


def read_criterion(criterion: Criterion) -> Reading:
    """What its text says, below its heading; one of what excludes is whole only where it neither demands nor denies."""
    reading = read_whole(criterion.text, criterion.heading)
    excludes = criterion.type == "exclusion"
    if excludes and reading.whole and is_demand(read_tokens(criterion.text), reading.constraints):
        return Reading(reading.constraints)
    return reading


@lru_cache(maxsize=1 << 12)  # rows, documents and the search index ask for the same texts one after another
def read_whole(text: str, heading: str | None = None) -> Reading:
    found = read_constraints(text, heading)
    if not found or not all(one.plain for one in found):
        return Reading(found)
    tokens = read_tokens(text)
    now = any(one.kind not in NAMED for one in found)
    if says_for_whom(tokens) or (now and is_past(tokens, (one for one in found if one.kind == "duration"))):
        return Reading(found)
    outside, overlapping = _left_over(text, found)
    words = [*_WORD.findall(outside.lower()), *gaps(text, found)]
    nothing = SAYS_NOTHING | WOMEN if all(one.kind in ABOUT_WOMEN for one in found) else SAYS_NOTHING
    if _SIGN.search(outside) or any(word not in nothing and word not in JOINS for word in words):
        return Reading(found)
    joined = {word for word in words if word in JOINS}
    if len(found) == 1:
        return Reading(found, not joined)
    if _BRACKET.search(outside):  # what stands in brackets may restrict what stands before them
        return Reading(found)
    within = [one for one in found if is_within(one, found)]
    if within and len({one.text for one in found}) == len(within) // 2 == 1:
        return Reading(found, True, "all-of")
    joined |= JOINS.keys() & set(_WORD.findall(overlapping.lower()))
    # `not pregnant or breastfeeding`: what is denied with what, only a reader of the language can tell
    if within and "or" in joined:
        return Reading(found, True)
    if len(joined) != 1 or any(one.negated for one in found) or not _parted(text, found):
        return Reading(found, True)
    return Reading(found, True, "all-of" if "and" in joined else "any-of")


def is_within(one: Constraint, found: Iterable[Constraint]) -> bool:
    """Whether it is one of the two halves of `within normal limits`."""
    return one.limit is not None and any(
        (other.start, other.end, other.code) == (one.start, one.end, one.code)
        and other.limit not in (None, one.limit)
        and (other.low is None) != (one.low is None)
        for other in found
    )


def _parted(text: str, found: tuple[Constraint, ...]) -> bool:
    """Whether something stands between each constraint and the next: what runs together was not written as one list."""
    reached = 0
    for one in found:
        if reached and one.start >= reached and not _BETWEEN.search(text[reached : one.start].lower()):
            return False
        reached = max(reached, one.end)
    return True


def _left_over(text: str, found: tuple[Constraint, ...]) -> tuple[str, str]:
    """The text outside all constraints, and that of those that overlap."""
    pieces, shared = [], []
    reached = 0
    for one in sorted(found, key=lambda each: (each.start, each.end)):
        if one.start < reached:
            shared.append(one.text)
        pieces.append(text[reached : max(reached, one.start)])
        reached = max(reached, one.end)
    return " ".join([*pieces, text[reached:]]), " ".join(shared)
