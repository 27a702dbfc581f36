"""The headings of a text, read together: items in, for each the type or the group that it heads, or None.

A word such as `Patients` names a group only where the text names another group of people; a name that is a group's
elsewhere in the text is its heading without a colon too. Where only exclusion has a heading, `Eligibility criteria` is
that of inclusion.
"""

import re
from collections import Counter

from app.record.spans import Span
from app.sources.conversions import read_criterion_type
from app.sources.eligibility.groups import Part, group_key, is_of_people, read_part, read_prefix
from app.sources.eligibility.marks import Item
from app.sources.eligibility.sections import is_eligibility_title
from app.sources.eligibility.titles import Title, read_title

_BETWEEN = re.compile(r", |/ ?| and | & ")
Head = Title | Part | None


def read_heads(items: list[Item]) -> list[Head]:
    titles = [read_title(item) for item in items]
    types = {read_criterion_type(item.read(title.span)) for item, title in zip(items, titles, strict=True) if title}
    if types == {"exclusion"}:
        titles = [
            Title(item.span) if is_eligibility_title(item) else title for item, title in zip(items, titles, strict=True)
        ]
    below = [*items[1:], None][: len(items)]
    heads: list[Head] = [
        title or read_part(item, after, titles[i + 1] is not None if after else False)
        for i, (item, title, after) in enumerate(zip(items, titles, below, strict=True))
    ]
    labels = [label for item, head in zip(items, heads, strict=True) if (label := _label(item, head))]
    keys = {group_key(label) for label in labels}
    beside = any(group_key(label) and is_of_people(label) for label in labels)
    return [
        _without_weak(item, head, beside) if head else _known(item, after, keys, beside)
        for item, head, after in zip(items, heads, below, strict=True)
    ]


def read_prefixes(items: list[Item]) -> list[Span | None]:
    """For each item the group that its text begins with, where several do."""
    spans = [read_prefix(item) for item in items]
    keys = [group_key(item.read(span)) if span else "" for item, span in zip(items, spans, strict=True)]
    often = {key for key, times in Counter(keys).items() if key and times > 1}
    return [span if key in often else None for span, key in zip(spans, keys, strict=True)]


def _label(item: Item, head: Head) -> str | None:
    span = head.group if isinstance(head, Title) else head.label if head else None
    return item.read(span) if span else None


def _without_weak(item: Item, head: Head, beside: bool) -> Head:
    label = _label(item, head)
    if label is None or beside or group_key(label):
        return head
    return head._replace(group=None) if isinstance(head, Title) else Part(None)


def _known(item: Item, below: Item | None, keys: set[str], beside: bool) -> Part | None:
    """A line above a list, or apart from what follows, that is no more than the name of a known group."""
    words = item.text.split()
    if item.mark or below is None or not 0 < len(words) <= 8 or not words[0][:1].isupper() or item.text[-1] in ".;,":
        return None
    if not below.mark and below.line.number <= item.line.number + 1:
        return None
    key = group_key(item.text)
    several = [group_key(name) for name in _BETWEEN.split(item.text.rstrip(":"))]
    if key in keys and (key or (beside and len(words) == 1)):
        return Part(item.span)
    return (
        Part(item.span) if len(several) > 1 and sum(one in keys for one in several if one) > len(several) / 2 else None
    )
