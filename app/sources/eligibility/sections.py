"""Headings that are no criteria, because they state nothing: `Laboratory values:` above a list, `Prior Therapy`."""

import re
from collections.abc import Sequence
from itertools import pairwise

from app.sources.eligibility.marks import Item

_LEAD_IN = re.compile(
    r"\b(?:following|below|includ\w*|either|one of|any of|all of|each of|as follows|defined|must|if|who|with|that|"
    r"than|are|is|was|be|have|has|having|by|such as|e\.g|for example|not|no|without|history of|at least|"
    r"criteria for|notes?)\b|\b(?:or|and)[: ]*$|[<>≤≥=\d]",
    re.IGNORECASE,
)
_ELIGIBILITY = re.compile(
    r"(?:key |main |general |study |patient )?eligibility(?: criteria)?:?|criteria for eligibility:?",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:prior to|before|after|during|within|until) [a-z]", re.IGNORECASE)
"""`After the operation:` says when what stands below it has to hold."""
_SMALL = frozenset(["a", "and", "at", "for", "in", "of", "on", "or", "the", "to"])


def is_eligibility_title(item: Item) -> bool:
    return bool(_ELIGIBILITY.fullmatch(item.text))


def names_all(item: Item) -> bool:
    """Whether a heading says no more than that criteria follow."""
    return is_eligibility_title(item) or item.text.casefold() == "criteria:"


def is_dense(items: Sequence[Item]) -> bool:
    """Whether lines without marks stand below one another, so that blank lines mean something."""
    return any(
        one.mark is None and other.mark is None and other.line.number == one.line.number + 1
        for one, other in pairwise(items)
    )


def is_section_title(above: Item | None, item: Item, below: Item | None, dense: bool) -> bool:
    """It has no mark and stands apart, above a list or in a `dense` text, or is titled between the items of a list;
    what leads in a list as a sentence does is a criterion."""
    if names_all(item):
        return True
    if item.mark or item.inside or below is None or len(item.text) > 80:
        return False
    words = item.text.split()
    if len(words) > 8 or _TIME.match(item.text) or _LEAD_IN.search(item.text) or item.text[-1] in ".;,!?":
        return False
    colon = item.text.endswith((":", "："))
    if below.line.number == item.line.number:
        return item.text.isupper() if colon else bool(below.mark and len(words) > 1 and _is_titled(words))
    if below.line.number == item.line.number + 1:
        parted = above is None or item.line.number > above.line.number + 1
        return bool(parted and below.mark and below.indent < item.indent and not colon and _is_titled(words))
    if below.mark:
        return colon or (words[0][0].isupper() and len(words) <= 6)
    if colon and item.text.isupper():
        return True
    parted = above is not None and item.line.number > above.line.number + 1
    return dense and parted and not colon and words[0][0].isupper() and len(words) <= 5


def _is_titled(words: list[str]) -> bool:
    return all(word[0].isupper() or word in _SMALL for word in words)
