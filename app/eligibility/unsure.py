"""Wordings in which a text does not say of the patient of today what its constraints say: text in, yes or no out.

What is so worded is neither met nor not met, whatever the facts.
"""

import re

from app.eligibility.constraint import Constraint

_PAST = re.compile(
    r"\bhistory of\b|\bpre-?pregnancy\b|\bprevious(?:ly)?\b|\bever\b"
    r"|\bat (?:the )?(?:time of )?(?:their )?(?:initial |first )?(?:diagnosis|birth|onset|delivery)\b",
    re.I,
)
"""Of another time: `age 18 or older at diagnosis`. Of what a condition is called it may be part of what is meant."""
_DEMAND = re.compile(
    r"\b(?:must|shall|should)\b|\b(?:is|are|be) (?:not|neither)\b|^\W*(?:no|not|non|neither|without|absence of)\b", re.I
)
"""Among what excludes: `must not be pregnant` there is a demand that was listed in the wrong place, or is it not."""
_FOR_WHOM = re.compile(r"^\W*(?:for|in)\b[^\d<>=≤≥]*$", re.I)
"""`For acromegaly`: the title of what holds for some, without its colon."""
_LIST = re.compile(r"\band\b|&|/", re.I)
NAMED = ("condition", "drug")


def is_unsure(text: str, excludes: bool, judged: tuple[Constraint, ...], covered: bool) -> bool:
    """`covered`: the text says nothing beside its constraints."""
    if any(one.kind not in NAMED for one in judged) and _PAST.search(text):
        return True
    if _FOR_WHOM.search(text):
        return True
    # `pregnancy and heart failure` excludes whoever has either, or both
    return excludes and bool(_DEMAND.search(text) or (not covered and _LIST.search(text)))


def is_past(text: str) -> bool:
    return _PAST.search(text) is not None
