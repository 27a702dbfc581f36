"""The one eligibility parser: lines of criteria text -> the tree of criteria, for each group of people.

What enters is lines with offsets (of a page, or of a registry's criteria field by `split_lines`); what leaves is
`Eligibility`. Headings say the type and the group; `app.sources.eligibility.lists` rebuilds the lists between them.
"""

from collections.abc import Sequence

from app.record.spans import Fact, Span
from app.sources.conversions import read_criterion_type
from app.sources.document import Line
from app.sources.eligibility.headings import is_altered_criteria_heading, read_criteria_heading, read_group
from app.sources.eligibility.heads import read_heads, read_inner_groups
from app.sources.eligibility.items import read_items
from app.sources.eligibility.lists import Lists
from app.sources.eligibility.marks import Item, read_item
from app.sources.eligibility.sections import is_dense, is_section_title, names_all
from app.sources.eligibility.titles import Title, read_type_sentence
from app.sources.eligibility.tree import Eligibility

__all__ = ["Eligibility", "read_eligibility", "read_listed_eligibility"]


def read_eligibility(lines: Sequence[Line], with_facts: bool = True) -> Eligibility:
    """Reads criteria text as people write it; blank lines may be left out. Without facts it is a quarter faster.

    Nothing is left out: each character that is not white space is in one criterion, heading or mark. What stands
    where no heading says its type becomes a tree of notes, and an issue says so.
    """
    items = read_items(lines)
    tree = Lists(items, with_facts)
    heads = read_heads(items)
    inner = read_inner_groups(items, heads)
    dense = is_dense(items)
    first = True
    for i, item in enumerate(items):
        below = items[i + 1] if i + 1 < len(items) else None
        head = heads[i]
        if isinstance(head, Title):
            _open_type(tree, i, item, head)
            first = head.rest is None
        elif not any(character.isalnum() for character in item.text):
            tree.add_heading(item, item.span)
        elif (type := read_type_sentence(item, tree.type, first)) and not (
            type == tree.type and tree.is_inside_numbers(i, item)
        ):
            _open_type(tree, i, item, Title(item.span), None if type != tree.type else tree.cohort)
        elif head:
            tree.close_segment()
            tree.add_heading(item, item.span)
            if head.nested:
                tree.outer = None
            _open_part(tree, item, head.label)
            if below and isinstance(heads[i + 1], Title):
                tree.outer, tree.nested = tree.cohort, head.nested
            first = True
        elif is_section_title(items[i - 1] if i else None, item, below, dense):
            tree.add_heading(item, item.span)
            tree.close_lists()
            tree.title = None if names_all(item) else item
        else:
            if tree.type is None and not (i and tree.taken):
                tree.issue("before-heading", "stands above any heading: kept as a note, with what follows it", item)
            if group := inner[i]:
                here = tree.cohort
                _open_part(tree, item, group)
                tree.named, tree.cohort = tree.cohort, here
            tree.place(i, item)
            tree.named = None
            first = False
    tree.close_segment()
    tree.finish_texts()
    return tree.result


def read_listed_eligibility(lines: Sequence[Line]) -> Eligibility:
    """Reads the eligibility section of a listing page, whose headings are a closed list.

    What follows an altered heading is left out, up to the next heading: its type is not known.
    """
    items = read_items(lines)
    tree = Lists(items, closed=True)
    lost = False
    for i, item in enumerate(items):
        heading = read_criteria_heading(item)
        if heading:
            _open_type(tree, i, item, Title(heading.span, heading.group, rest=heading.rest))
            lost = False
        elif is_altered_criteria_heading(item):
            tree.close_segment()
            lost = True
        elif lost or not item.text:
            continue
        elif tree.type is None:
            tree.add_note(item)
            tree.issue("before-heading", "stands above any heading: kept as a note", item)
        elif (group := read_group(item)) and _heads_list(item, items[i + 1 : i + 2]):
            tree.close_segment()
            tree.add_heading(item, item.span)
            _open_part(tree, item, group)
        else:
            tree.place(i, item)
    tree.close_segment()
    tree.finish_texts()
    return tree.result


def _open_type(tree: Lists, i: int, item: Item, title: Title, cohort: int | None = None) -> None:
    tree.close_segment()
    if (title.group or title.everyone) and not tree.nested:
        tree.outer = None
    tree.cohort, tree.heading = tree.outer if cohort is None else cohort, title.span
    exclusion = read_criterion_type(item.read(title.span)) == "exclusion"
    tree.type = "exclusion" if exclusion else "inclusion"
    stop = title.rest.start if title.rest else title.span.end
    tree.add_heading(item, Span(title.span.start, stop))
    if title.group:
        _open_part(tree, item, title.group)
    if title.rest:
        at = title.rest.start - item.line.start
        line = Line(item.line.number, title.rest.start, item.line.end, item.line.text[at:])
        rest = tree.items[i] = read_item(line, item.indent)
        if any(character.isalnum() for character in rest.text):
            tree.place(i, rest)
        else:
            tree.add_heading(rest, rest.span)


def _heads_list(item: Item, following: list[Item]) -> bool:
    """Whether an item is a heading: it has no number, and a list numbered from 1 begins right below it."""
    starts = any(place.number == 1 for after in following if after.mark for place in after.mark.places)
    return not item.numbered and starts and all(after.indent <= item.indent or not item.mark for after in following)


def _open_part(tree: Lists, item: Item, label: Span | None) -> None:
    """What follows is for the group of this label; None: for everyone."""
    if label is None:
        tree.cohort = None
        return
    if tree.open_cohort(item.read(label), tree.outer if tree.nested else None) and tree.with_facts:
        tree.result.facts.append(Fact(path=f"cohorts.{tree.cohort}.label", spans=[label]))
