"""The eligibility tree while it is being built: criteria in document order, each below its parent.

What enters are items and where they belong (`app.sources.eligibility.lists` finds that out); what leaves is
`Eligibility`: every character of the text that is not white space is in one criterion, heading or list mark.
"""

import re
from dataclasses import dataclass, field

from app.record.spans import Fact, Span, fold_space
from app.record.trial import Cohort, Criterion, CriterionRole, CriterionType, Issue
from app.sources.eligibility.groups import group_key
from app.sources.eligibility.languages import read_type, told_type
from app.sources.eligibility.marks import Item, Place

_ANY_OF = re.compile(
    r"\b(?:(?:one|1) or more of|at least (?:one|1) of|any(?: one)? of|either of|one of) the (?:following|below)"
    r"|\bany of:",
    re.IGNORECASE,
)
_ALL_OF = re.compile(r"\b(?:all(?: of)?|each of|both of) the (?:following|below)|\ball of:", re.IGNORECASE)
HEADS_NOTES = re.compile(r"[\W_]*(?:please |of )?(?:notes?|remarks?)(?: (?:for|on) [\w -]{1,40})?[\W_]*", re.IGNORECASE)
"""A note that says more may stand in the middle of a list of criteria, which goes on."""


@dataclass
class Eligibility:
    """`facts` have paths of the trial (`criteria.3.text`); `lines` are the numbers of the lines in the tree.
    `headings` and `marks` are what else of the text was understood, in its order."""

    cohorts: list[Cohort] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    headings: list[Span] = field(default_factory=list)
    marks: list[Span] = field(default_factory=list)


@dataclass
class OpenList:
    """One list that is open: where it is indented, the criterion it hangs below, and its last item.

    `place` is the last number, None in a list of bullets. A `block` ends at the next blank line. `lead_indent` is where
    the lead-in of a list that is indented less stands, and what comes after the list again. `inside`: the list began
    inside a line. `interrupts`: a paragraph inside another list leads it in. `until` is the place of the item after it,
    where no mark or indentation tells it from the list around it.
    """

    indent: int | None = None
    parent: int | None = None
    last: int | None = None
    place: Place | None = None
    bullet: str | None = None
    block: bool = False
    lead_indent: int | None = None
    inside: bool = False
    interrupts: bool = False
    until: int | None = None


class Tree:
    """Takes the items of one section in order, between headings (`close_segment`); `type`, `heading` and `cohort` say
    what holds for the next item. `closed`: the section is a page's, where what has no mark of its list is a note."""

    def __init__(self, items: list[Item], with_facts: bool = True, closed: bool = False) -> None:
        self.items = items
        self.with_facts = with_facts
        self.closed = closed
        self.result = Eligibility()
        self.type: CriterionType | None = None
        self.heading: Span | None = None
        self.title: Item | None = None
        """The title above the next criterion at the top, in its section."""
        self.cohort: int | None = None
        self.outer: int | None = None
        """The cohort of a group whose name stands above the headings of its types."""
        self.nested = False
        """Whether the groups that those headings name are groups of the outer one."""
        self.named: int | None = None
        """The cohort that the next criterion names: it is for that one, and so is what hangs below it."""
        self._grouped: dict[int, int] = {}
        self._cohorts: dict[tuple[str | None, int | None], int] = {}
        self.lists = [OpenList()]
        self.taken: list[tuple[Item, int]] = []
        """The items of the current segment, with the criterion that each became."""
        self.pieces: list[list[str]] = []
        self.text_facts: list[Fact] = []
        self._positions: dict[tuple[int, str, int | None], int] = {}

    def open_cohort(self, label: str | None, inside: int | None = None) -> bool:
        """What follows is for the group of this label (None: for all), in the cohort `inside`. True when it is new."""
        key = (group_key(label) if label else None, inside)
        known = key in self._cohorts
        self.cohort = self._cohorts.setdefault(key, len(self.result.cohorts))
        if not known:
            self.result.cohorts.append(Cohort(label=label))
        return not known

    def current_cohort(self) -> int:
        if self.cohort is None:
            self.open_cohort(None)
        assert self.cohort is not None
        return self.cohort

    def add_heading(self, item: Item, span: Span) -> None:
        """The marks before a heading are part of it."""
        self.result.headings.append(Span(item.marks.start, span.end))
        self.result.lines.add(item.line.number)

    def add_none_for(self, item: Item, group: str) -> bool:
        """`There are no exclusion criteria for X` belongs to the cohort X, when there is one."""
        index = self._cohorts.get((group_key(group), self.outer if self.nested else None))
        if index is None:
            return False
        here, self.cohort = self.cohort, index
        self.add_note(item)
        self.cohort = here
        return True

    def add_note(self, item: Item) -> None:
        """A note at the top, in no list."""
        self.add(item, OpenList(), "note")

    def add_closing_note(self, item: Item) -> None:
        """A remark on the study's criteria as a whole."""
        here, self.cohort = self.cohort, None
        self.add_note(item)
        self.cohort = here

    def add(self, item: Item, into: OpenList, role: CriterionRole = "criterion") -> None:
        result = self.result
        type = self.type
        above = result.criteria[into.parent] if into.parent is not None else None
        if above and above.role == "note" and (type is None or HEADS_NOTES.fullmatch(above.text)):
            role = "note"
        if type is None:
            type = above.type if above else told_type(item.text)
            role = role if type else "note"
            type = type or "inclusion"
        cohort = self.named
        if cohort is None and into.parent is not None:
            cohort = self._grouped.get(into.parent)
        if cohort is None:
            cohort = self.current_cohort()
        key = (cohort, type, into.parent)
        self._positions[key] = position = self._positions.get(key, 0) + 1
        index = len(result.criteria)
        depth = 0 if into.parent is None else result.criteria[into.parent].depth + 1
        result.criteria.append(
            Criterion(
                cohort=cohort,
                type=type,
                role=role,
                parent=into.parent,
                position=position,
                depth=depth,
                label=item.read(item.mark.span) if item.mark else None,
                heading=self.title.text if self.title and into.parent is None else None,
                text=item.text,
                spans=[item.span],
            )
        )
        if cohort != self.cohort:
            self._grouped[index] = cohort
        self.pieces.append([item.text])
        if self.with_facts:
            self.add_facts(f"criteria.{index}", item)
        result.lines.add(item.line.number)
        if item.mark:
            result.marks.append(item.marks)
        into.last = index
        self.taken.append((item, index))

    def add_facts(self, path: str, item: Item) -> None:
        text = Fact(path=f"{path}.text", spans=[item.span])
        self.text_facts.append(text)
        self.result.facts.append(text)
        if item.mark:
            self.result.facts.append(Fact(path=f"{path}.label", spans=[item.mark.span]))
        if self.title and self.result.criteria[-1].parent is None:
            self.result.facts.append(Fact(path=f"{path}.heading", spans=[self.title.span]))
        if self.type is None:
            criterion = self.result.criteria[-1]
            if criterion.parent is None and read_type(item.text) == criterion.type and criterion.role == "criterion":
                self.result.facts.append(Fact(path=f"{path}.type", conversion="criterion-type", spans=[item.span]))
        elif self.heading:
            self.result.facts.append(Fact(path=f"{path}.type", conversion="criterion-type", spans=[self.heading]))

    def issue(self, code: str, what: str, item: Item) -> None:
        message = f"{item.text[:80]!r} {what}"
        self.result.issues.append(Issue(code=code, severity="warning", message=message, line=item.line.number))

    def close_segment(self) -> None:
        """Ends the lists under one heading; says so where a lead-in stands among bullets of one level."""
        parents = {self.result.criteria[index].parent for _, index in self.taken}
        for item, index in self.taken[:-1]:
            flat = not item.numbered and index not in parents and self.result.criteria[index].role == "criterion"
            if flat and self.pieces[index][-1].endswith(":"):
                self.issue(
                    "flattened-list",
                    "leads in a list, but what belongs to it cannot be told: all stay at one level",
                    item,
                )
                break
        self.taken = []
        self.lists = [OpenList()]
        self.title = None

    def close_lists(self) -> None:
        """A heading that is no criterion ends the lists inside the outermost one, which goes on, however indented."""
        del self.lists[1:]
        self.lists[0].indent = None

    def finish_texts(self) -> None:
        """Joins the pieces of each criterion; a parent whose text says how its children combine keeps that."""
        for criterion, pieces in zip(self.result.criteria, self.pieces, strict=True):
            if len(pieces) > 1:
                criterion.text = fold_space(" ".join(pieces))
        parents = {criterion.parent for criterion in self.result.criteria}
        for index in sorted(index for index in parents if index is not None):
            criterion = self.result.criteria[index]
            if _ANY_OF.search(criterion.text):
                criterion.combination = "any-of"
            elif _ALL_OF.search(criterion.text):
                criterion.combination = "all-of"
