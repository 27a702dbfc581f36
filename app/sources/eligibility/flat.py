"""Lists that a source wrote at one level with their lead-in: the items of a section in, where such a list ends out.

`* Adequate blood counts:` above `* WBC ≥ 3`, `* Platelets ≥ 5`, all indented alike, is the lead-in of those two only if
something tells them from what follows: small letters, semicolons, the names of arms, or measured values.
"""

import re
from collections.abc import Sequence

from app.sources.eligibility.marks import Item

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
    run = _same_level(items, i)
    count = _small(run, lead, before) or _arms(run, before) or _values(run, lead) or _punctuated(run, lead, before)
    return i + count if count > 1 else None


def _same_level(items: Sequence[Item], i: int) -> list[Item]:
    first = items[i]
    bullet = first.mark.bullet if first.mark else ""
    run = []
    for item in items[i : i + _LONGEST]:
        if not item.mark or item.numbered or item.indent != first.indent or item.mark.bullet != bullet or item.inside:
            break
        run.append(item)
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
