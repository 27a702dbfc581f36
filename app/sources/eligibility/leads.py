"""What an item says about the next: whether it leads a list in, goes on in the next line, or ends a list.

What enters are the open lists and an item; what leaves is an answer, and nothing is placed but a line that goes on.
"""

import re

from app.record.trial import CriterionRole
from app.sources.eligibility.marks import Item
from app.sources.eligibility.tree import HEADS_NOTES, OpenList, Tree

_LEADS = (
    *("the following", "include", "includes", "including", "as follows", "such as", "defined as", "defined by"),
    *("provided that", " with", " must", " if", "any of", "one of", "at least"),
    *("the following criteria", "the following conditions", "the criteria below", "the following requirements"),
)
_NOTE = re.compile(r"[\W_]*(?:notes?\b|n\.?b\.?\s*:|of note\b|remarks?:|please note\b)", re.IGNORECASE)
_NOTHING = re.compile(
    r"[\W_]*(?:none(?: known| specified)?|or|and|n/?a|not applicable|not specified)[\W_]*", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"[\W_]*(?:please |kindly )?(?:refer to|see|contact) (?:the |our |study )?(?:[\w-]{1,20} ){0,2}"
    r"(?:protocol|site|website|investigator|coordinator)\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(r"(?:exceptions?|except(?: for)?|unless)\b", re.IGNORECASE)


class Leads(Tree):
    """Answers about neighbouring items."""

    def is_apart(self, item: Item) -> bool:
        """Whether a blank line stands between an item and the one placed before it."""
        before, index = self.taken[-1]
        return item.line.number > before.line.number + len(self.pieces[index])

    def ends_list(self, item: Item) -> bool:
        """Whether the innermost list, which its indentation does not end, ends at a blank line."""
        top = self.lists[-1]
        if top.block and self.taken[-1][1] == top.last and self.pieces[-1][-1].endswith(":"):
            return False
        if top.block and self.is_block_over(top, item):
            return True
        if not self.taken or not self.is_apart(item):
            return False
        before = self.pieces[self.taken[-1][1]]
        alike = before[0].split()[:2] == item.text.split()[:2]
        goes_on = (before[-1].endswith((";", ",")) or alike) and not item.text.endswith(":")
        return item.indent == top.lead_indent or (top.block and self.taken[-1][1] == top.last and not goes_on)

    def is_block_over(self, top: OpenList, item: Item) -> bool:
        """Whether the list of a lead-in, with no marks, has come to its full stop, or an item begins as the lead-in."""
        if item.mark or top.parent is None or top.last is None:
            return False
        first = self.pieces[top.parent + 1]
        stops = (",", ";")
        before = self.pieces[top.last][-1]
        stopped = first[-1].endswith(stops) and before.endswith(".") and not item.text.endswith(stops)
        opening = self.pieces[top.parent][0].split()[0]
        starts = not first[-1].endswith(stops) and item.text.endswith(stops)
        other = not first[0][0].isupper() and not before[0].isupper() and item.text[0].isupper()
        return stopped or starts or other or opening == item.text.split()[0] != first[0].split()[0]

    def continues(self, i: int, item: Item) -> bool:
        """Joins a line that goes on with the sentence of the item before it."""
        if not self.taken:
            return False
        before, index = self.taken[-1]
        pieces = self.pieces[index]
        wrapped = (
            item.mark is None
            and before.mark is not None
            and item.indent > before.indent
            and item.line.number == before.line.number + len(pieces)
        )
        broken = (
            not item.numbered
            and ((before.numbered and not before.inside) or (item.mark is None and before.mark is not None))
            and item.text[0].islower()
            and pieces[-1][-1] not in ".;:!?"
            and item.indent <= before.indent
        )
        if not wrapped and not broken:
            return False
        pieces.append(item.text)
        self.result.criteria[index].spans.append(item.span)
        if self.with_facts:
            self.text_facts[index].spans.append(item.span)
        self.result.lines.add(item.line.number)
        if item.mark:
            self.result.marks.append(item.marks)
        if broken:
            self.issue(
                "joined-line", "goes on with the sentence of the line before it: the two are one criterion", item
            )
        return True

    def hangs_below_lead_in(self, item: Item) -> bool:
        """Whether a list begins here that a line without a mark leads in: `Methods include:` above bullets."""
        top = self.lists[-1]
        if self.closed or not item.mark or not self.taken or top.last != self.taken[-1][1]:
            return False
        before = self.taken[-1][0]
        if before.inside or not self.leads_in(top.last):
            return False
        if item.indent < before.indent:
            outside = any(one.indent == item.indent and one.bullet == item.mark.bullet for one in self.lists[:-1])
            return not (outside and before.mark) and not self.is_apart(item)
        return before.mark is None

    def returns_to_interrupted(self, item: Item) -> bool:
        """Whether the list that a paragraph interrupted goes on. ClinicalTrials.gov indents its further items, and not
        those of the list below the paragraph."""
        top = self.lists[-1]
        deeper = item.mark and top.interrupts and item.indent > (top.indent or 0)
        return bool(deeper and top.last == self.taken[-1][1] and not self.leads_in(top.last))

    def ends_examples(self, i: int, item: Item) -> bool:
        """Whether the list that a paragraph leads in, among the items of a list, ends at a lead-in as that list has."""
        top = self.lists[-1]
        below = self.items[i + 1] if i + 1 < len(self.items) else None
        if (
            not item.mark
            or item.numbered
            or not item.text.endswith(":")
            or top.parent is None
            or top.indent != item.indent
        ):
            return False
        paragraph = not self.result.criteria[top.parent].label
        flat = below and below.mark and below.mark.bullet == item.mark.bullet and below.indent == item.indent
        return bool(flat and paragraph and any(one.bullet == item.mark.bullet for one in self.lists[:-1]))

    def role_of(self, item: Item) -> CriterionRole:
        said = _NOTE.match(item.text) or _NOTHING.fullmatch(item.text) or _ELSEWHERE.match(item.text)
        return "note" if not self.closed and said else "criterion"

    def is_remark(self, item: Item) -> bool:
        """Whether a line without a mark is about the item before it: a note or an exception, right below it."""
        if self.closed or item.mark or not self.taken or self.taken[-1][1] != self.lists[-1].last:
            return False
        before = self.taken[-1][0]
        return before.mark is not None and bool(_EXCEPTION.match(item.text) or _NOTE.match(item.text))

    def is_marked_note(self, item: Item) -> bool:
        """Whether an item of an outermost list is a note on the one before it: `* NOTE: ...`."""
        if self.closed or not item.mark or not _NOTE.match(item.text) or HEADS_NOTES.fullmatch(item.text):
            return False
        top = self.lists[-1]
        return top.parent is None and top.last is not None and top.bullet == item.mark.bullet

    def interrupted_parent(self, bullet: str) -> int | None:
        """What the bullets hang below that a note without a mark, right above, interrupted."""
        if len(self.taken) < 2:
            return None
        (inner, index), (note, last) = self.taken[-2:]
        if note.mark or self.result.criteria[last].role != "note" or not inner.mark or inner.mark.bullet != bullet:
            return None
        return self.result.criteria[index].parent

    def is_led_in(self, i: int, item: Item) -> bool:
        """Whether a marked item leads in one paragraph without a mark, and its list goes on below that."""
        before, index = self.taken[-1]
        after = self.items[i + 1] if i + 1 < len(self.items) else None
        if self.closed or item.mark or not before.mark or index != self.lists[-1].last or not self.leads_in(index):
            return False
        return bool(after and after.mark and after.mark.bullet == before.mark.bullet and after.indent <= before.indent)

    def opens_block(self, i: int, item: Item) -> bool:
        """Whether lines without marks follow a lead-in without one, and a blank line ends them."""
        before, index = self.taken[-1]
        if before.mark or index != self.lists[-1].last or not self.leads_in(index):
            return False
        after = self.items[i + 1] if i + 1 < len(self.items) else None
        listed = self.pieces[index][-1].endswith(":") and item.text.endswith((";", ","))
        inner = self.pieces[index][-1].endswith(":") and item.text.endswith(":")
        return listed or inner or not self.is_apart(item) or bool(after and after.line.number == item.line.number + 1)

    def leads_in(self, index: int) -> bool:
        text = self.pieces[index][-1]
        return text.endswith((":", "：")) or f" {text}".rstrip(". ").casefold().endswith(_LEADS)
