"""The one eligibility parser: lines of criteria text -> the tree of criteria, for each group of people.

What enters is lines with offsets (of a page, or of a registry's criteria field by `split_lines`); what leaves is
`Eligibility`. Headings say the type and the group; `app.sources.eligibility.tree` rebuilds the lists between them.
"""

from collections.abc import Sequence

from app.record.spans import Fact, Span
from app.sources.conversions import read_criterion_type
from app.sources.document import Line
from app.sources.eligibility.headings import (
    CriteriaHeading,
    is_altered_criteria_heading,
    read_criteria_heading,
    read_group,
)
from app.sources.eligibility.marks import Item, read_item
from app.sources.eligibility.tree import Eligibility, Tree

__all__ = ["Eligibility", "read_eligibility"]


def read_eligibility(lines: Sequence[Line], with_facts: bool = True) -> Eligibility:
    """Reads the lines of an eligibility section; blank lines may be left out. Without facts it is a quarter faster.

    What follows an altered heading is left out, up to the next heading: its type is not known.
    """
    items = [read_item(line) for line in lines if not line.blank]
    tree = Tree(items, with_facts)
    lost = False
    for i, item in enumerate(items):
        heading = read_criteria_heading(item)
        if heading:
            _open_type(tree, item, heading)
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
            _open_cohort(tree, item, group)
        else:
            tree.place(i, item)
    tree.close_segment()
    tree.finish_texts()
    return tree.result


def _open_type(tree: Tree, item: Item, heading: CriteriaHeading) -> None:
    tree.close_segment()
    tree.cohort, tree.heading = None, heading.span
    exclusion = read_criterion_type(item.read(heading.span)) == "exclusion"
    tree.type = "exclusion" if exclusion else "inclusion"
    tree.result.lines.add(item.line.number)
    if heading.group:
        _open_cohort(tree, item, heading.group)
    if heading.rest:
        tree.place(0, Item(item.line, item.indent, None, heading.rest, item.read(heading.rest)))


def _heads_list(item: Item, following: list[Item]) -> bool:
    """Whether an item is a heading: it has no number, and a list numbered from 1 begins right below it."""
    starts = any(place.number == 1 for after in following if after.mark for place in after.mark.places)
    return not item.numbered and starts and all(after.indent <= item.indent or not item.mark for after in following)


def _open_cohort(tree: Tree, item: Item, label: Span) -> None:
    text = item.read(label)
    tree.result.lines.add(item.line.number)
    if tree.open_cohort(text) and tree.with_facts:
        tree.result.facts.append(Fact(path=f"cohorts.{tree.cohort}.label", spans=[label]))
