"""Lists that a source wrote at one level with their lead-in: the items of a section in, where such a list ends out.

`* Adequate blood counts:` above `* WBC ≥ 3`, `* Platelets ≥ 5`, all indented alike, is the lead-in of those two only if
something tells them from what follows: small letters, semicolons, the names of arms, or measured values.
"""

import re
from collections.abc import Sequence

from app.sources.eligibility.groups import CRITERIA_OF
from app.sources.eligibility.marks import Item
from app.sources.eligibility.topics import count_of_topic

_LONGEST = 60
"""Items of such a list that are looked at."""
_ARM = re.compile(r"(?:arm|cohort|group|part|phase|stage|stratum) [\w/]{1,4}\b[^:]{0,40}:", re.IGNORECASE)
_VALUES = re.compile(
    r"\b(?:laborator\w+|functions?|h(?:a?)ematolog\w+|blood|organs?|marrow|values?|parameters?|chemistry|counts?)\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"[<>≤≥⩽⩾≧≦]|=<|>=|\b(?:at least|at most|no more than|(?:less|greater|more|higher|lower) than|within normal|ULN)\b",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(
    r"(?:age|aged|ecog|karnofsky|lansky|who|performance|life|body|bmi|patients?|subjects?|participants?|wom[ae]n|m[ae]n|"
    r"(?:fe)?males?|at|for|no|able|signed|written|history|has|have|had|must|willing\w*)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"(?:[;,]|\b(?:or|and))$", re.IGNORECASE)


def find_flat_end(items: Sequence[Item], i: int, lead: Item, before: Item | None) -> int | None:
    """The item after the list that begins at item `i` and that `lead` leads in; None where it cannot be told.

    `before` is the item of the lead-in's own list above it.
    """
    places = _same_level(items, i)
    run = [items[place] for place in places]
    if not run:
        return None
    if heads_part(lead):
        return _after_inner(items, places[-1])
    counts = (
        _small(run, lead, before),
        _arms(run, before),
        _titled(run, lead),
        _values(run, lead),
        _punctuated(run, lead, before),
        _beside(run, lead),
        count_of_topic(lead.text, [item.text for item in run]),
    )
    count = next((count for count in counts if count > 1), 0)
    if not count:
        return None
    return places[count] if count < len(places) else _after_inner(items, places[-1])


def _after_inner(items: Sequence[Item], i: int) -> int:
    """The place after item `i` and what is indented more than it."""
    for place in range(i + 1, min(len(items), i + _LONGEST)):
        if not items[place].mark or items[place].indent <= items[i].indent:
            return place
    return min(len(items), i + _LONGEST)


def heads_part(lead: Item) -> bool:
    """Whether all that follows is for those who take part in something else: in a substudy."""
    return bool(CRITERIA_OF.match(lead.text))


def _same_level(items: Sequence[Item], i: int) -> list[int]:
    """Where the items of the list from item `i` on are: what is indented more is inside it."""
    first = items[i]
    bullet = first.mark.bullet if first.mark else ""
    run = []
    for place in range(i, min(len(items), i + _LONGEST)):
        item = items[place]
        if item.mark and item.indent > first.indent:
            continue
        if not item.mark or item.numbered or item.indent != first.indent or item.mark.bullet != bullet or item.inside:
            break
        run.append(place)
    return run


def _count(run: list[Item], fits: list[bool]) -> int:
    return fits.index(False) if False in fits else len(run)


def _small(run: list[Item], lead: Item, before: Item | None) -> int:
    if not lead.text[0].isupper() or (before and not before.text[0].isupper()):
        return 0
    return _count(run, [item.text[0].islower() for item in run])


def _arms(run: list[Item], before: Item | None) -> int:
    if before and _ARM.match(before.text):
        return 0
    return _count(run, [bool(_ARM.match(item.text)) for item in run])


def _titled(run: list[Item], lead: Item) -> int:
    """`BEFORE STEP 1:` heads all up to the next such line in capitals."""
    if not lead.text.isupper():
        return 0
    return _count(run, [not (item.text.isupper() and item.text.endswith(":")) for item in run])


def _beside(run: list[Item], lead: Item) -> int:
    """Up to a lead-in that opens with the same two words: `They may start if:`, `They may not start if:`."""
    opening = lead.text.split()[:2]
    others = [item.text.endswith(":") and item.text.split()[:2] == opening for item in run[:-1]]
    return others.index(True) if True in others else 0


def _values(run: list[Item], lead: Item) -> int:
    if not _VALUES.search(lead.text[-200:]):
        return 0
    opening = lead.text.split()[0]
    return _count(
        run,
        [
            bool(_COMPARES.search(item.text[:80]))
            and not _NO_VALUE.match(item.text)
            and item.text.split()[0] != opening
            and not item.text.endswith(":")
            for item in run
        ],
    )


def _punctuated(run: list[Item], lead: Item, before: Item | None) -> int:
    """Up to the first item that nothing joins to the next, where the items above the lead-in are not joined so."""
    if before is None or _GOES_ON.search(before.text):
        return 0
    joined = _count(run, [bool(_GOES_ON.search(item.text)) for item in run])
    return joined + 1 if 0 < joined < len(run) and not run[joined].text.endswith(":") else 0
