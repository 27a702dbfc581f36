"""The headings of a text, read together: items in, for each the type or the group that it heads, or None.

A word such as `Patients` names a group only where the text names another group of people; a name that is a group's
elsewhere in the text is its heading without a colon too. Where only exclusion has a heading, `Eligibility criteria` is
that of inclusion.
"""

import re
from collections import Counter

from app.record.spans import Span
from app.sources.conversions import read_criterion_type
from app.sources.eligibility.groups import (
    Part,
    group_key,
    is_everyone,
    is_name,
    is_of_people,
    names_all,
    names_known,
    read_group_item,
    read_name,
    read_part,
    read_prefix,
)
from app.sources.eligibility.headings import is_study
from app.sources.eligibility.marks import Item
from app.sources.eligibility.sections import is_eligibility_title
from app.sources.eligibility.titles import Title, read_title

_COMMON = re.compile(r"(?:general|common|shared|overall)(?: (?:criteria|requirements))?:?", re.IGNORECASE)
_ALL_MET = re.compile(
    r"(?:all|any|each|every|both|one or more|at least one)\b[^.]{0,60}\b(?:answers?|criteria|criterion|conditions?|"
    r"questions?|following)\b[^.:]{0,80}[.:]?",
    re.IGNORECASE,
)
_LETTERS = {"A.", "A)", "I.", "I)"}
Head = Title | Part | None


def read_heads(items: list[Item]) -> list[Head]:
    below = [*items[1:], None][: len(items)]
    titles = [read_title(item, after) for item, after in zip(items, below, strict=True)]
    types = {read_criterion_type(item.read(title.span)) for item, title in zip(items, titles, strict=True) if title}
    if types == {"exclusion"}:
        titles = [
            Title(item.span) if is_eligibility_title(item) else title for item, title in zip(items, titles, strict=True)
        ]
    heads: list[Head] = [
        title or read_part(item, after, titles[i + 1] is not None if after else False)
        for i, (item, title, after) in enumerate(zip(items, titles, below, strict=True))
    ]
    heads = [_with_name(item, head, after) for item, head, after in zip(items, heads, below, strict=True)]
    heads = _with_lettered(items, _with_flat(items, heads, below))
    labels = [label for item, head in zip(items, heads, strict=True) if (label := _label(item, head))]
    keys = {group_key(label) for label in labels}
    beside = any(group_key(label) and is_of_people(label) for label in labels)
    return [
        _of_everyone(item, head, keys, beside) if head else _known(item, after, keys, beside)
        for item, head, after in zip(items, heads, below, strict=True)
    ]


def read_inner_groups(items: list[Item], heads: list[Head]) -> list[Span | None]:
    """For each item the group that it, and what hangs below it, is for: it is the group's name, or begins with it as
    other items do."""
    spans = [read_prefix(item) for item in items]
    often = Counter(group_key(item.read(span)) for item, span in zip(items, spans, strict=True) if span)
    found = [
        read_group_item(item, after) or (span if span and often[group_key(item.read(span))] > 1 else None)
        for item, after, span in zip(items, [*items[1:], None][: len(items)], spans, strict=True)
    ]
    labels = [item.read(span) for item, span in zip(items, found, strict=True) if span]
    labels += [label for item, head in zip(items, heads, strict=True) if (label := _label(item, head))]
    beside = any(group_key(label) and is_of_people(label) for label in labels)
    return [
        span if span and (beside or group_key(item.read(span))) else None
        for item, span in zip(items, found, strict=True)
    ]


def _with_name(item: Item, head: Head, after: Item | None) -> Head:
    """`Inclusion criteria: Controls` above a list, and `Inclusion criteria: all must be met.`"""
    if not isinstance(head, Title) or not head.rest or head.group or not after:
        return head
    if after.line.number == item.line.number or not after.mark:
        return head
    label = item.read(head.rest).rstrip(":")
    if _ALL_MET.fullmatch(label):
        return Title(Span(head.span.start, head.rest.end))
    if not is_name(label):
        return head
    group = Span(head.rest.start, head.rest.start + len(label))
    return Title(Span(head.span.start, head.rest.end), None if is_everyone(label) else group, is_everyone(label))


def _with_flat(items: list[Item], heads: list[Head], below: list[Item | None]) -> list[Head]:
    """`* Patients:` and `* Controls:` among the items of one list are headings, where the text has several of them."""
    flat = [
        read_name(item)
        if not head and after and item.mark and item.text.endswith(":") and after.indent <= item.indent
        else None
        for item, head, after in zip(items, heads, below, strict=True)
    ]
    keys = {group_key(item.read(span)) for item, span in zip(items, flat, strict=True) if span}
    if len(keys) < 2:
        return heads
    return [Part(span) if span else head for head, span in zip(heads, flat, strict=True)]


def _with_lettered(items: list[Item], heads: list[Head]) -> list[Head]:
    """`A. Tea drinkers`, `B. Twins who hum`, each right above the headings of its types, are parts of the study."""
    found = [
        i
        for i, item in enumerate(items[:-1])
        if not heads[i] and isinstance(heads[i + 1], Title) and item.mark and _LETTERS & _styles(item)
    ]
    if len(found) < 2:
        return heads
    chosen = set(found)
    return [Part(items[i].span, nested=True) if i in chosen else head for i, head in enumerate(heads)]


def _styles(item: Item) -> set[str]:
    return {place.style for place in item.mark.places} if item.mark else set()


def _label(item: Item, head: Head) -> str | None:
    span = head.group if isinstance(head, Title) else head.label if head else None
    return item.read(span) if span else None


def _of_everyone(item: Item, head: Head, keys: set[str], beside: bool) -> Head:
    """The heading without its group, where that is no group, or all of them."""
    label = _label(item, head)
    if label is None:
        return head
    alone = is_study(label) and keys <= {group_key(label)}
    if not alone and not names_all(label, keys) and (beside or group_key(label)):
        return head
    return head._replace(group=None, everyone=True) if isinstance(head, Title) else Part(None)


def _known(item: Item, below: Item | None, keys: set[str], beside: bool) -> Part | None:
    """A line above a list, or apart from what follows, that is no more than the name of a known group."""
    words = item.text.split()
    if item.mark or below is None or not 0 < len(words) <= 8 or not words[0][:1].isupper() or item.text[-1] in ".;,":
        return None
    if not below.mark and below.line.number <= item.line.number + 1:
        return None
    if keys and _COMMON.fullmatch(item.text):
        return Part(None)
    key = group_key(item.text)
    if key in keys and (key or (beside and len(words) == 1)):
        return Part(item.span)
    return Part(item.span) if names_known(item.text, keys) and not names_all(item.text, keys) else None
