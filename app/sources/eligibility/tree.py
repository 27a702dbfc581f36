"""The eligibility tree while it is being built: which list of those that are open does an item belong to?

Numbers that go on or restart decide first, then indentation and lead-in words. Where these cannot decide, an item
stays at the outer level and an issue says so.
"""

import re
from dataclasses import dataclass, field

from app.record.spans import Fact, Span, fold_space
from app.record.trial import Cohort, Criterion, CriterionRole, CriterionType, Issue
from app.sources.eligibility.headings import read_none_for
from app.sources.eligibility.marks import Item, Place

_ANY_OF = re.compile(
    r"\b(?:(?:one|1) or more of|at least (?:one|1) of|any(?: one)? of|either of|one of) the (?:following|below)"
    r"|\bany of:",
    re.IGNORECASE,
)
_ALL_OF = re.compile(r"\b(?:all(?: of)?|each of|both of) the (?:following|below)|\ball of:", re.IGNORECASE)

_DEEPEST = 12
"""Lists in lists: registries' texts have four; without a bound a hostile text costs quadratic time."""


@dataclass
class Eligibility:
    """`facts` have paths of the trial (`criteria.3.text`); `lines` are the numbers of the lines in the tree."""

    cohorts: list[Cohort] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)


@dataclass
class _List:
    """One list that is open: where it is indented, the criterion it hangs below, and its last item. `place` is
    the last number, None in a list of bullets."""

    indent: int | None = None
    parent: int | None = None
    last: int | None = None
    place: Place | None = None
    bullet: str | None = None


class Tree:
    """Takes the items of one section in order (`place`), between headings (`close_segment`); `type`, `heading` and
    `cohort` say what holds for the next item."""

    def __init__(self, items: list[Item], with_facts: bool = True) -> None:
        self.items = items
        self.with_facts = with_facts
        self.result = Eligibility()
        self.type: CriterionType | None = None
        self.heading: Span | None = None
        self.cohort: int | None = None
        self._cohorts: dict[str | None, int] = {}
        self.lists = [_List()]
        self.taken: list[tuple[Item, int]] = []
        """The items of the current segment, with the criterion that each became."""
        self._pieces: list[list[str]] = []
        self._text_facts: list[Fact] = []
        self._positions: dict[tuple[int, str, int | None], int] = {}

    def open_cohort(self, label: str | None) -> bool:
        """What follows is for the group of this label (None: for all). True when the group is a new one."""
        key = label.casefold() if label else None
        known = key in self._cohorts
        self.cohort = self._cohorts.setdefault(key, len(self.result.cohorts))
        if not known:
            self.result.cohorts.append(Cohort(label=label))
        return not known

    def place(self, i: int, item: Item) -> None:
        """Puts an item into the list it belongs to, opening and closing lists on the way."""
        if self.continues(i, item):
            return
        first = self.lists[0]
        if first.indent is None or item.indent < first.indent:
            first.indent = item.indent
        while len(self.lists) > 1 and item.indent < (self.lists[-1].indent or 0):
            self.lists.pop()
        top = self.lists[-1]
        if item.indent > (top.indent or 0) and top.last is not None and item.mark:
            self.open_list(item)
        elif item.numbered:
            self.place_numbered(i, item)
        else:
            self.place_unnumbered(item)

    def continues(self, i: int, item: Item) -> bool:
        """Joins a line that goes on with the sentence of the item before it."""
        if not self.taken:
            return False
        before, index = self.taken[-1]
        pieces = self._pieces[index]
        wrapped = (
            item.mark is None
            and before.mark is not None
            and item.indent > before.indent
            and item.line.number == before.line.number + len(pieces)
        )
        broken = (
            not item.numbered
            and (before.numbered or (item.mark is None and before.mark is not None))
            and item.text[0].islower()
            and pieces[-1][-1] not in ".;:!?"
            and item.indent <= before.indent
        )
        if not wrapped and not broken:
            return False
        pieces.append(item.text)
        self.result.criteria[index].spans.append(item.span)
        if self.with_facts:
            self._text_facts[index].spans.append(item.span)
        self.result.lines.add(item.line.number)
        if broken:
            self.issue(
                "joined-line", "goes on with the sentence of the line before it: the two are one criterion", item
            )
        return True

    def place_numbered(self, i: int, item: Item) -> None:
        top = self.lists[-1]
        assert item.mark
        level = [one for one in self.lists if one.indent == top.indent]
        fits = [(one, place) for one in level for place in item.mark.places if goes_on(one, place)]
        starts = next((place for place in item.mark.places if place.number == 1), None)
        if fits:
            chosen, place = fits[0]
            if len(fits) == 2 and self.comes_again(i, place.number):
                chosen, place = fits[1]
            elif len(fits) > 1:
                self.issue("ambiguous-level", "may go on an inner or an outer list: kept at the outer level", item)
            self.add_to(chosen, item, place)
        elif top.last is None:
            self.add(item, top)
            top.place = starts or item.mark.places[0]
            if not starts:
                self.issue("ambiguous-level", "is the first of its list but not numbered as the first", item)
        elif starts and (self.leads_in(top.last) or self.returns_after(i, top)):
            self.open_list(item)
        elif starts:
            self.issue(
                "ambiguous-level", "starts a new list, and nothing says that it hangs below the item before it", item
            )
            self.add_to(top, item, starts)
        else:
            same = [(one, p) for one in level for p in item.mark.places if one.place and one.place.style == p.style]
            self.issue("ambiguous-level", "is out of sequence: kept at the outer level", item)
            chosen, place = same[0] if same else (level[0], item.mark.places[0])
            self.add_to(chosen, item, place)

    def place_unnumbered(self, item: Item) -> None:
        top = self.lists[-1]
        bullet = item.mark.bullet if item.mark else ""
        same = [one for one in self.lists if one.indent == top.indent and one.place is None and one.bullet == bullet]
        group = read_none_for(item.text)
        if group is not None and self.add_none_for(item, group):
            return
        if top.last is None:
            top.bullet = bullet
            self.add(item, top)
        elif same and (item.mark or top is same[-1] or item.text.endswith(":")):
            self.add_to(same[-1], item, None)
        elif item.mark and self.taken[-1][1] == top.last and self.leads_in(top.last):
            self.open_list(item)
        elif top.place or not item.mark:
            self.add(item, top, "note")
            self.issue("unnumbered-item", "has no mark of the list that it follows: kept there as a note", item)
        else:
            self.add(item, top)

    def leads_in(self, index: int) -> bool:
        text = self._pieces[index][-1]
        return text.endswith(":") or text.rstrip(". ").casefold().endswith(("the following", "include", "includes"))

    def returns_after(self, i: int, top: _List) -> bool:
        """Whether the list that starts at item `i` ends where `top` goes on: then it hangs below `top`'s last item."""
        after = self.after_run(i, 1)
        return bool(after and after.mark and any(goes_on(top, place) for place in after.mark.places))

    def comes_again(self, i: int, number: int) -> bool:
        """Whether the run of numbers from item `i` ends with its first number: the run is the inner list, then."""
        after = self.after_run(i, number)
        return bool(after and after.mark and any(place.number == number for place in after.mark.places))

    def after_run(self, i: int, number: int) -> Item | None:
        """The item after those that count on from item `i`, which has `number`."""
        for j in range(i, len(self.items)):
            mark = self.items[j].mark
            if not any(place.number == number for place in (mark.places if mark else ())):
                return self.items[j]
            number += 1
        return None

    def open_list(self, item: Item) -> None:
        """A list below the last item of the innermost list, with `item` as its first."""
        if len(self.lists) >= _DEEPEST:
            self.issue("ambiguous-level", "stands deeper than lists are read: kept at the level above", item)
            self.add(item, self.lists[-1])
            return
        inner = _List(indent=item.indent, parent=self.lists[-1].last)
        places = item.mark.places if item.mark else ()
        inner.place = next((place for place in places if place.number == 1), places[0] if places else None)
        inner.bullet = item.mark.bullet if item.mark else ""
        self.lists.append(inner)
        self.add(item, inner)

    def add_to(self, chosen: _List, item: Item, place: Place | None) -> None:
        """Adds to an open list, closing those inside it."""
        while self.lists[-1] is not chosen:
            self.lists.pop()
        chosen.place = place
        self.add(item, chosen)

    def add_none_for(self, item: Item, group: str) -> bool:
        """`There are no exclusion criteria for X` belongs to the cohort X, when there is one."""
        index = self._cohorts.get(group.casefold())
        if index is None:
            return False
        here, self.cohort = self.cohort, index
        self.add_note(item)
        self.cohort = here
        return True

    def add_note(self, item: Item) -> None:
        """A note at the top, in no list."""
        self.add(item, _List(), "note")

    def add(self, item: Item, into: _List, role: CriterionRole = "criterion") -> None:
        result = self.result
        if self.cohort is None:
            self.open_cohort(None)
        assert self.cohort is not None
        type = self.type or "inclusion"
        key = (self.cohort, type, into.parent)
        self._positions[key] = position = self._positions.get(key, 0) + 1
        index = len(result.criteria)
        depth = 0 if into.parent is None else result.criteria[into.parent].depth + 1
        result.criteria.append(
            Criterion(
                cohort=self.cohort,
                type=type,
                role=role,
                parent=into.parent,
                position=position,
                depth=depth,
                label=item.read(item.mark.span) if item.mark else None,
                text=item.text,
                spans=[item.span],
            )
        )
        self._pieces.append([item.text])
        if self.with_facts:
            self.add_facts(f"criteria.{index}", item)
        result.lines.add(item.line.number)
        into.last = index
        self.taken.append((item, index))

    def add_facts(self, path: str, item: Item) -> None:
        text = Fact(path=f"{path}.text", spans=[item.span])
        self._text_facts.append(text)
        self.result.facts.append(text)
        if item.mark:
            self.result.facts.append(Fact(path=f"{path}.label", spans=[item.mark.span]))
        if self.heading:
            self.result.facts.append(Fact(path=f"{path}.type", conversion="criterion-type", spans=[self.heading]))

    def issue(self, code: str, what: str, item: Item) -> None:
        message = f"{item.text[:80]!r} {what}"
        self.result.issues.append(Issue(code=code, severity="warning", message=message, line=item.line.number))

    def close_segment(self) -> None:
        """Ends the lists under one heading; says so where a lead-in stands among bullets of one level."""
        parents = {self.result.criteria[index].parent for _, index in self.taken}
        for item, index in self.taken[:-1]:
            flat = not item.numbered and index not in parents and self.result.criteria[index].role == "criterion"
            if flat and self._pieces[index][-1].endswith(":"):
                self.issue(
                    "flattened-list",
                    "leads in a list, but what belongs to it cannot be told: all stay at one level",
                    item,
                )
                break
        self.taken = []
        self.lists = [_List()]

    def finish_texts(self) -> None:
        """Joins the pieces of each criterion; a parent whose text says how its children combine keeps that."""
        for criterion, pieces in zip(self.result.criteria, self._pieces, strict=True):
            if len(pieces) > 1:
                criterion.text = fold_space(" ".join(pieces))
        parents = {criterion.parent for criterion in self.result.criteria}
        for index in sorted(index for index in parents if index is not None):
            criterion = self.result.criteria[index]
            if _ANY_OF.search(criterion.text):
                criterion.combination = "any-of"
            elif _ALL_OF.search(criterion.text):
                criterion.combination = "all-of"


def goes_on(one: _List, place: Place) -> bool:
    """Whether `place` is the next number of the list."""
    return one.place is not None and one.place.style == place.style and one.place.number + 1 == place.number
