"""Which list of those that are open an item belongs to: items in order in, criteria of the tree out.

Numbers that go on or restart decide first, then indentation and lead-in words. Where these cannot decide, an item
stays at the outer level and an issue says so.
"""

import re

from app.sources.eligibility.flat import find_flat_end, heads_part
from app.sources.eligibility.headings import read_none_for
from app.sources.eligibility.marks import Item
from app.sources.eligibility.numbers import LOOK_AHEAD, Numbers, goes_on
from app.sources.eligibility.tree import OpenList

_CLOSING = re.compile(
    r"[\W_]*(?:note[\s:–-]{1,3})?(?:(?:further|additional|other)[^.]{0,40} (?:criteria|details)[^.]{0,30} apply\b|"
    r"(?:for )?(?:further|more|additional) (?:details|information)\b|"
    r"the (?:above information|information (?:listed )?above)\b|please contact\b)",
    re.IGNORECASE,
)


class Lists(Numbers):
    """Places the items of a section in its tree."""

    def place(self, i: int, item: Item) -> None:
        """Puts an item into the list it belongs to, opening and closing lists on the way."""
        self.close_flat_lists(i)
        if self.continues(i, item):
            return
        if not self.closed and _CLOSING.match(item.text):
            self.add_closing_note(item)
            return
        if self.hangs_below_lead_in(item):
            lead = self.taken[-1][0]
            self.open_list(item)
            self.lists[-1].lead_indent = lead.indent if lead.indent > item.indent else None
            self.lists[-1].interrupts = lead.mark is None and len(self.taken) > 2 and bool(self.taken[-3][0].mark)
            return
        if self.is_joined(item):
            self.place_joined(item)
            return
        if self.place_in_outline(item):
            return
        first = self.lists[0]
        if self.returns_to_interrupted(item):
            self.lists.pop()
            while len(self.lists) > 1 and not self.lists[-1].bullet and not self.lists[-1].place:
                self.lists.pop()
            self.lists[-1].indent = item.indent
        elif first.indent is None or item.indent < first.indent:
            first.indent = item.indent
        elif self.ends_examples(i, item):
            self.lists.pop()
        if inside := self.goes_on_inside(item):
            self.add_to(*inside)
            return
        while len(self.lists) > 1 and (item.indent < (self.lists[-1].indent or 0) or self.ends_list(item)):
            self.lists.pop()
        top = self.lists[-1]
        outer = self.goes_on_outside(item)
        if outer:
            self.add_to(*outer)
        elif item.indent > (top.indent or 0) and top.last is not None and (item.mark or not self.closed):
            self.open_list(item)
        elif item.numbered:
            self.place_numbered(i, item)
        else:
            self.place_unnumbered(i, item)

    def close_flat_lists(self, i: int) -> None:
        ended = next((n for n, one in enumerate(self.lists) if one.until is not None and one.until <= i), None)
        if ended is not None:
            del self.lists[ended:]

    def flat_end(self, i: int, item: Item, same: list[OpenList]) -> int | None:
        """Where the list ends that begins at item `i`, written at the level of its lead-in, the item before it."""
        if self.closed or not same or not item.mark or item.numbered or same[-1] is not self.lists[-1]:
            return None
        lead, index = self.taken[-1]
        if index != same[-1].last or not lead.mark or lead.inside:
            return None
        if not self.pieces[index][-1].endswith(":") and not heads_part(lead):
            return None
        before = self.taken[-2][0] if len(self.taken) > 1 else None
        return find_flat_end(self.items, i, lead, before)

    def is_joined(self, item: Item) -> bool:
        """Whether an item follows another one on its line with no mark, or with a circled number of no open list."""
        if not item.inside or not self.taken or self.taken[-1][0].line.number != item.line.number:
            return False
        places = item.mark.places if item.mark else ()
        circled = [place for place in places if place.style == "①" and place.number > 1]
        return not item.mark or (bool(circled) and not any(goes_on(one, circled[0]) for one in self.lists))

    def place_joined(self, item: Item) -> None:
        before = self.taken[-1][0]
        if item.indent > before.indent:
            self.open_list(item)
            return
        while len(self.lists) > 1 and item.indent < (self.lists[-1].indent or 0):
            self.lists.pop()
        self.add_to(self.lists[-1], item, self.lists[-1].place)

    def place_unnumbered(self, i: int, item: Item) -> None:
        top = self.lists[-1]
        bullet = item.mark.bullet if item.mark else ""
        level = [one for one in self.lists if one.indent == top.indent and one.place is None]
        same = [one for one in level if one.bullet == bullet]
        group = read_none_for(item.text)
        if group is not None and self.add_none_for(item, group):
            return
        if top.last is None:
            top.bullet = bullet
            self.add(item, top, self.role_of(item))
        elif self.is_remark(item) or self.is_led_in(i, item):
            self.open_list(item)
        elif self.is_marked_note(item):
            self.add(item, OpenList(parent=top.last), "note")
        elif not self.closed and not item.mark and self.opens_block(i, item):
            self.open_list(item)
            self.lists[-1].block = True
        elif end := self.flat_end(i, item, same):
            self.open_list(item)
            self.lists[-1].until = end
        elif same and (item.mark or top is same[-1] or item.text.endswith(":")):
            self.add_to(same[-1], item, None)
        elif item.mark and self.taken[-1][1] == top.last and self.leads_in(top.last):
            self.open_list(item)
        elif not self.closed and level:
            self.add_to(level[0], item, None)
        elif not self.closed and not item.mark:
            self.add_to(self.lists[0], item, self.lists[0].place)
        elif not self.closed:
            self.place_among_numbers(i, item)
        elif top.place or not item.mark:
            self.add(item, top, "note")
            self.issue("unnumbered-item", "has no mark of the list that it follows: kept there as a note", item)
        else:
            self.add(item, top)

    def place_among_numbers(self, i: int, item: Item) -> None:
        """A bullet that stands where a numbered list does.

        It goes on with the bullets that a note interrupted, or hangs below the number before it where the numbers go on
        after it; or else the bullets go on instead of the numbers.
        """
        top = self.lists[-1]
        bullet = item.mark.bullet if item.mark else ""
        parent = self.interrupted_parent(bullet)
        if parent is not None:
            self.lists.append(OpenList(indent=item.indent, parent=parent, bullet=bullet))
            self.add(item, self.lists[-1], self.role_of(item))
            return
        self.issue("unnumbered-item", "has no mark of the list that it follows", item)
        if read_none_for(item.text) is not None:
            self.add(item, top, "note")
            return
        after = self.after_bullets(i, bullet)
        if after and after.mark and any(goes_on(one, place) for place in after.mark.places for one in self.lists):
            self.open_list(item)
            return
        top.place, top.bullet = None, bullet
        self.add(item, top, self.role_of(item))

    def after_bullets(self, i: int, bullet: str) -> Item | None:
        """The next item from `i` on that is no such bullet."""
        for item in self.items[i : i + LOOK_AHEAD]:
            if item.numbered or not item.mark or item.mark.bullet != bullet:
                return item
        return None
