"""A trial's criteria in, their constraints out, each with what restricts it in the criteria around it.

`Exception: ...` as an item of its own restricts what the criterion above states, and what stands below `except for:`
or `For patients with liver metastases:` holds only of these.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.eligibility.constraint import Constraint
from app.eligibility.exceptions import LONGEST, NOTES
from app.eligibility.phrases import Found
from app.eligibility.pieces import ALLOWANCE, CONDITION, CUES, EXCEPTION
from app.eligibility.tokens import WORD, read_tokens
from app.eligibility.whole import read_criterion
from app.record.trial import Criterion

MOST_TOKENS = 60
LAST = 6
"""Tokens at the end of a lead-in in which its exception stands: `with the exception of the following:`."""


def read_criteria(criteria: Sequence[Criterion]) -> Iterator[tuple[int, tuple[Constraint, ...]]]:
    """The place of each criterion that is no note, and its constraints."""
    restricted = restrictions(criteria)
    for place, criterion in enumerate(criteria):
        if criterion.role == "criterion":
            found = read_criterion(criterion.text).constraints
            if said := restricted.get(place):
                found = tuple(one._replace(exception=one.exception or said) for one in found)
            yield place, found


def restrictions(criteria: Sequence[Criterion]) -> dict[int, str]:
    """The place of each criterion that another one restricts, and how: the text of that one."""
    found: dict[int, str] = {}
    for place, criterion in enumerate(criteria):
        if criterion.parent is None:
            continue
        if excepts(criterion.text):
            found.setdefault(criterion.parent, criterion.text.strip()[:LONGEST])
        if leads_in(criteria[criterion.parent].text):
            found.setdefault(place, criteria[criterion.parent].text.strip()[:LONGEST])
    return found


def cues(text: str) -> list[tuple[int, Found]]:
    """What opens an exception or a condition, each with the number of words before it."""
    tokens = [token for token in read_tokens(text) if token.kind == WORD and token.word not in NOTES]
    found = ((at, CUES.find(tokens, at)) for at in range(min(len(tokens), MOST_TOKENS)))
    return [(at, cue) for at, cue in found if cue is not None]


@lru_cache(maxsize=1 << 13)
def excepts(text: str) -> bool:
    """Whether a text below a criterion says what the criterion does not hold of."""
    return any(cue.key == ALLOWANCE or (cue.key == EXCEPTION and at == 0) for at, cue in cues(text))


@lru_cache(maxsize=1 << 13)
def leads_in(text: str) -> bool:
    """Whether what stands below a text is an exception, or holds only under a condition."""
    if not text.rstrip().endswith(":"):
        return False
    words = sum(token.kind == WORD for token in read_tokens(text))
    return any(
        (cue.key == CONDITION and at == 0) or (cue.key == EXCEPTION and (at == 0 or words - cue.next < LAST))
        for at, cue in cues(text)
    )
