"""The headings inside an eligibility section: inclusion or exclusion, and the group of people they are for."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import NamedTuple

from app.record.spans import Span, verbatim
from app.sources.document import Line
from app.sources.eligibility.languages import words_of
from app.sources.eligibility.marks import Item, read_item

_CRITERIA = re.compile(
    r"-?(?:\*\*|__)?(?:(?:key|other|main|major|general|primary|core|additional|specific) )?"
    r"(?:non-?inclusion|inclusion|exclusion) (?:criteria|criterion)"
    r"(?: for (?P<group>[^:*]{1,200})| ?\((?P<named>[^()]{1,200})\))?"
    r"(?P<colon> ?:)?(?:\*\*|__)?:?",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?:for (?P<group>\S.*)|(?P<named>(?:cohort|group|arm|part|stratum) [a-z0-9]{1,4}\b.*)):", re.IGNORECASE
)
_NONE_FOR = re.compile(
    r"there (?:are|is) no (?:inclusion|exclusion) (?:criteria|criterion) for (?P<group>\S.*)", re.IGNORECASE
)
_STUDY = frozenset(["study", "trial"])
_IN_STUDY = words_of(
    "the this our a an current present clinical in to of for into entry enrollment enrolment inclusion participation "
    "participating participate registration randomization randomisation screening eligibility and or both at only "
    "patients participants subjects volunteers all main research entering initial"
)
_KNOWN = ("inclusion criteria", "exclusion criteria")
_NEAR = 0.8
"""Of two short lines, one letter apart: `Gendex` and `Gender` are 0.83, `General` and `Gender` 0.77 alike."""


class CriteriaHeading(NamedTuple):
    """`span` is the heading, `group` whom it is for, `rest` what follows it on the same line."""

    span: Span
    group: Span | None
    rest: Span | None


def is_whole_study(label: str) -> bool:
    """`the study`, `entry into this trial`; not `the dose finding study`, which other headings may stand beside."""
    words = {word.strip("()*.,:") for word in label.casefold().split()}
    return bool(_STUDY & words) and words <= _STUDY | _IN_STUDY


def is_study(label: str) -> bool:
    return not _STUDY.isdisjoint(label.casefold().split())


def is_near(text: str, known: Iterable[str]) -> bool:
    """Whether a short line is all but one of the `known` ones."""
    folded = text.strip().casefold()
    for line in known:
        if abs(len(folded) - len(line)) <= 6:
            matcher = SequenceMatcher(None, folded, line.casefold())
            if matcher.quick_ratio() >= _NEAR and matcher.ratio() >= _NEAR:  # the quick one is never lower
                return True
    return False


def read_criteria_heading(item: Item) -> CriteriaHeading | None:
    """`Inclusion Criteria:`, also with the group (`Exclusion criteria for adults:`) or the first criterion after it."""
    raw = item.line.text[item.span.start - item.line.start : item.span.end - item.line.start]
    match = _CRITERIA.match(raw)
    if not match:
        return None
    rest = raw[match.end() :]
    if rest.strip() and not match["colon"]:
        return None
    start = item.span.start
    name = "group" if match["group"] else "named"
    words = (match[name] or "").lower().split()
    if match["group"] and not match["colon"] and (len(words) > 6 or words[-1].endswith(".")):
        return None
    group_span = None
    if words and not is_whole_study(" ".join(words)):
        begin = start + match.start(name)
        group_span = Span(begin, begin + len(match[name].rstrip()))
    after = None
    if rest.strip():
        after = Span(item.span.end - len(rest.lstrip()), item.span.end)
    return CriteriaHeading(Span(start, start + len(raw[: match.end()].rstrip())), group_span, after)


def is_criteria_heading(line: Line) -> bool:
    return read_criteria_heading(read_item(line)) is not None


def is_altered_criteria_heading(item: Item) -> bool:
    """A line that is nearly `Inclusion criteria` or `Exclusion criteria`: the list below it is of unknown type."""
    folded = item.text.casefold()
    return is_near(folded.rstrip(": "), _KNOWN) or (folded.endswith(":") and folded.startswith(_KNOWN))


def read_group(item: Item) -> Span | None:
    """Whom a line such as `For family members:` is for. Whether it is a heading depends on what follows it."""
    raw = item.line.text[item.span.start - item.line.start : item.span.end - item.line.start]
    match = _GROUP.fullmatch(raw)
    if not match:
        return None
    name = "group" if match["group"] else "named"
    begin = item.span.start + match.start(name)
    return Span(begin, begin + len(match[name].rstrip()))


def read_none_for(text: str) -> str | None:
    """`There are no exclusion criteria for family members.` -> `family members`"""
    if text[:5].casefold() != "there":
        return None
    match = _NONE_FOR.fullmatch(verbatim(text))
    return match["group"].rstrip(". ") if match else None
