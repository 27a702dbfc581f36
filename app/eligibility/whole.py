"""Criterion text in, its constraints out, with what of the text they make up.

Only a text that says nothing beside its constraints can be replaced by them: what is left over is then words that say
nothing (`patients must have ...`) and, between several constraints, how they are joined.
"""

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.read import read_constraints
from app.eligibility.unsure import is_past

_WORD = re.compile(r"[^\W_]+")
_SIGN = re.compile(r"[<>=≤≥≦≧±%+×~]")
_BRACKET = re.compile(r"[()\[\]]")
_BETWEEN = re.compile(r"[,;/]|\b(?:and|or)\b")
SAYS_NOTHING: frozenset[str] = frozenset(json.loads(files("app.eligibility").joinpath("nothing.json").read_text()))
"""Words of people, of what is measured, and of when eligibility is judged: `at screening`."""
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


@lru_cache(maxsize=1 << 12)  # rows, documents and the search index ask for the same texts one after another
def read_criterion(text: str) -> Reading:
    found = read_constraints(text)
    if not found or not all(one.plain for one in found) or is_past(text):
        return Reading(found)
    outside, overlapping = _left_over(text, found)
    words = _WORD.findall(outside.lower())
    nothing = SAYS_NOTHING | WOMEN if all(one.kind in ABOUT_WOMEN for one in found) else SAYS_NOTHING
    if _SIGN.search(outside) or any(word not in nothing and word not in JOINS for word in words):
        return Reading(found)
    joined = {word for word in words if word in JOINS}
    if len(found) == 1:
        return Reading(found, not joined)
    if _BRACKET.search(outside):  # what stands in brackets may restrict what stands before them
        return Reading(found)
    joined |= JOINS.keys() & set(_WORD.findall(overlapping.lower()))
    # `not pregnant or breastfeeding`: what is denied with what, only a reader of the language can tell
    if len(joined) != 1 or any(one.negated for one in found) or not _parted(text, found):
        return Reading(found, True)
    return Reading(found, True, "all-of" if "and" in joined else "any-of")


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
