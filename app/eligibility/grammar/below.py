"""A trial's criteria in, their constraints out, each with what restricts it in the criteria around it.

`Exception: ...` as an item of its own restricts what the criterion above states, and what stands below `except for:`
or `For patients with liver metastases:` holds only of these. A list that a source has made flat (`One or more of the
following:`, with nothing below it) is one of what follows it on its own level. Below `must have:` among what excludes,
it is not clear which way a criterion is meant; nor is it on either side of an `or` between two.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.beside import ALL, PEOPLE
from app.eligibility.grammar.exceptions import LONGEST, NOTES
from app.eligibility.grammar.whole import DEMANDS, WORDING, read_whole, says_for_whom
from app.eligibility.grammar.wording import LEADS_IN, SAYS_NOTHING
from app.eligibility.words.phrases import Found
from app.eligibility.words.pieces import ALLOWANCE, CONDITION, CUES, EXCEPTION
from app.eligibility.words.tokens import MARK, NUMBER, WORD, read_tokens
from app.record.trial import Criterion

ANY_OF, ALL_OF = frozenset(WORDING["any of"].split()), frozenset(WORDING["all of"].split())
DENIALS = frozenset(WORDING["denials"].split())
MOST_TOKENS = 60
ASKED_OF = frozenset(("mandatory", "obligatory", "compulsory"))
MOST_ASKED = 5
"""Words at the end of a lead-in in which something is asked of some: `a biopsy is mandatory for the following:`."""
MOST_OF_AN_AGE = 50
SOME_PEOPLE = PEOPLE | {"recipients", "carriers"}
EVERYBODY = ALL | {"eligible", "enrolled", "the"}
LAST = 6
"""Tokens at the end of a lead-in in which its exception stands: `with the exception of the following:`."""


def read_criteria(criteria: Sequence[Criterion]) -> Iterator[tuple[int, tuple[Constraint, ...]]]:
    """The place of each criterion that is no note, and its constraints."""
    restricted = restrictions(criteria)
    for place, criterion in enumerate(criteria):
        if criterion.role == "criterion":
            found = read_whole(criterion.text, criterion.heading).constraints
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
        if is_of_an_age(criteria[criterion.parent].text):  # whose age it is, is not everybody's
            found.setdefault(criterion.parent, criteria[criterion.parent].text.strip()[:LONGEST])
        if leads_in(criteria[criterion.parent].text):
            found.setdefault(place, criteria[criterion.parent].text.strip()[:LONGEST])
    for place, text in (*_of_headings(criteria), *_of_demands(criteria)):
        found.setdefault(place, text.strip()[:LONGEST])
    return found


def _of_headings(criteria: Sequence[Criterion]) -> Iterator[tuple[int, str]]:
    """Criteria that stand behind a heading on their own level, or beside one that is joined to them by `or`."""
    parents = {criterion.parent for criterion in criteria}
    heading: dict[tuple[int, str, int | None], str | None] = {}
    previous: dict[tuple[int, str, int | None], int] = {}
    for place, criterion in enumerate(criteria):
        level = criterion.cohort, criterion.type, criterion.parent
        if place not in parents and is_heading(criterion.text):
            heading[level] = None if is_plain_heading(criterion.text, criterion.type) else criterion.text
        elif said := heading.get(level):
            yield place, said
        before = previous.get(level)
        if before is not None and is_alternative(criteria[before].text, criterion.text):
            yield before, criterion.text
            yield place, criteria[before].text
        previous[level] = place


def _of_demands(criteria: Sequence[Criterion]) -> Iterator[tuple[int, str]]:
    """Criteria below a heading that demands among what excludes, or that says for whom they are."""
    for place, criterion in enumerate(criteria):
        above = criterion.parent
        while above is not None:
            text = criteria[above].text
            if (criterion.type == "exclusion" and is_demanding_heading(text)) or is_heading_for_some(text):
                yield place, text
            above = criteria[above].parent


def is_heading(text: str) -> bool:
    """`... apply only to patients in cohort B` is one as well."""
    lowered = text.rstrip(" .:").lower()
    return text.rstrip().endswith(":") or lowered.endswith(" of the following") or "apply only to" in lowered


@lru_cache(maxsize=1 << 13)
def is_plain_heading(text: str, type: str) -> bool:
    """Whether each thing behind a heading counts by itself, as if it were not there."""
    tokens = [token for token in read_tokens(text) if token.kind != MARK]
    words = {token.word for token in tokens}
    other = ANY_OF if type == "inclusion" else ALL_OF | DEMANDS
    few = any(token.kind == NUMBER and token.value != 1 for token in tokens)
    return words <= LEADS_IN | SAYS_NOTHING | {"1"} and not words & other and not few


@lru_cache(maxsize=1 << 13)
def is_demanding_heading(text: str) -> bool:
    words = {token.word for token in read_tokens(text)}
    return is_heading(text) and bool(words & DEMANDS) and not words & DENIALS


@lru_cache(maxsize=1 << 13)
def is_heading_for_some(text: str) -> bool:
    return is_heading(text) and says_for_whom(read_tokens(text))


@lru_cache(maxsize=1 << 13)
def is_alternative(text: str, next: str) -> bool:
    ends = [token.word for token in read_tokens(text[-20:]) if token.kind != MARK]
    begins = [token.word for token in read_tokens(next[:20])]
    return ends[-1:] == ["or"] or begins[:1] == ["or"]


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
def is_of_an_age(text: str) -> bool:
    """Whether a heading says nothing but an age: `Age 18 and over:`."""
    if not text.rstrip().endswith(":") or len(text) > MOST_OF_AN_AGE:
        return False
    reading = read_whole(text.rstrip(" :"))
    return reading.whole and bool(reading.constraints) and all(one.kind == "age" for one in reading.constraints)


def is_of_some(text: str) -> bool:
    """`Requirements for lung recipients:`."""
    words = text.lower().rstrip(" \n:").split()[-MOST_ASKED:]
    return bool(words) and words[-1] in SOME_PEOPLE and "for" in words[:-2] and not EVERYBODY.intersection(words)


@lru_cache(maxsize=1 << 13)
def leads_in(text: str) -> bool:
    """Whether what stands below a text is an exception, or holds only under a condition."""
    if not text.rstrip().endswith(":"):
        return False
    words = sum(token.kind == WORD for token in read_tokens(text))
    if is_of_an_age(text) or is_of_some(text) or ASKED_OF.intersection(text.lower().split()[-MOST_ASKED:]):
        return True
    return any(
        (cue.key == CONDITION and at == 0) or (cue.key == EXCEPTION and (at == 0 or words - cue.next < LAST))
        for at, cue in cues(text)
    )
