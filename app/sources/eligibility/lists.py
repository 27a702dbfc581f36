"""Which list of those that are open an item belongs to: items in order in, criteria of the tree out.

Numbers that go on or restart decide first, then indentation and lead-in words. Where these cannot decide, an item
stays at the outer level and an issue says so.
"""

import re

from app.sources.eligibility.flat import find_flat_end
from app.sources.eligibility.headings import read_none_for
from app.sources.eligibility.leads import Leads
from app.sources.eligibility.marks import Item, Place, outline_of
from app.sources.eligibility.tree import OpenList

_DEEPEST = 12
"""Lists in lists: registries' texts have four; without a bound a hostile text costs quadratic time."""
_LOOK_AHEAD = 200
"""Items of a run of numbers that are looked at to find where it ends."""
_CLOSING = re.compile(
    r"[\W_]*(?:note[\s:–-]{1,3})?(?:(?:further|additional|other)[^.]{0,40} (?:criteria|details)[^.]{0,30} apply\b|"
    r"(?:for )?(?:further|more|additional) (?:details|information)\b|the above information\b|please contact\b)",
    re.IGNORECASE,
)


class Lists(Leads):
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
        if index != same[-1].last or not lead.mark or lead.inside or not self.pieces[index][-1].endswith(":"):
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

    def place_in_outline(self, item: Item) -> bool:
        """Puts `2.1` below `2.`, and `2.2` after it, wherever they are indented."""
        outline = outline_of(item.mark.places[0]) if item.mark and item.mark.places else ()
        if self.closed or len(outline) < 2:
            return False
        for one in reversed(self.lists):
            if item.mark and goes_on(one, item.mark.places[0]):
                self.add_to(one, item, item.mark.places[0])
                return True
            if one.place and outline_of(one.place) == outline[:-1]:
                del self.lists[self.lists.index(one) + 1 :]
                self.open_list(item)
                return True
        return False

    def goes_on_inside(self, item: Item) -> tuple[OpenList, Item, Place] | None:
        """The list that began inside a line and goes on with this one: nothing else has the number before."""
        if self.closed or not item.mark:
            return None
        fits = [(one, place) for one in self.lists for place in item.mark.places if goes_on(one, place)]
        if len(fits) != 1:
            return None
        one, place = fits[0]
        alone = item.numbered and not any(other.place for other in self.lists if other is not one)
        return (one, item, place) if one.inside or (alone and "(" in place.style) else None

    def goes_on_outside(self, item: Item) -> tuple[OpenList, Item, Place] | None:
        """The outer list whose next number an item has that is indented as no list with such a number is."""
        if self.closed or not item.mark:
            return None
        indent = self.lists[-1].indent
        inside = [one for one in self.lists if one.indent == indent == item.indent]
        fits = [(one, place) for one in self.lists for place in item.mark.places if goes_on(one, place)]
        if not fits and item.indent > (self.lists[0].indent or 0):
            fits = [(one, place) for one in self.lists for place in item.mark.places if goes_on(one, place, True)]
        if not fits or any(one in inside for one, _ in fits):
            return None
        one, place = fits[-1]
        return one, item, place

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
        elif starts and (self.leads_in(top.last) or self.returns_after(i, top) or self.is_below_bullet(item, top)):
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
        for item in self.items[i : i + _LOOK_AHEAD]:
            if item.numbered or not item.mark or item.mark.bullet != bullet:
                return item
        return None

    def is_below_bullet(self, item: Item, top: OpenList) -> bool:
        """`* i.` after `* Values`: numbers inside a list of bullets are a list below its last item."""
        return bool(item.mark and item.mark.bullet and top.place is None and top.bullet == item.mark.bullet)

    def returns_after(self, i: int, top: OpenList) -> bool:
        """Whether the list that starts at item `i` ends where `top` goes on: then it hangs below `top`'s last item."""
        after = self.after_run(i, 1)
        levels = self.lists if not self.closed else [top]
        return bool(after and after.mark and any(goes_on(one, place) for place in after.mark.places for one in levels))

    def comes_again(self, i: int, number: int) -> bool:
        """Whether the run of numbers from item `i` ends with its first number: the run is the inner list, then."""
        after = self.after_run(i, number)
        return bool(after and after.mark and any(place.number == number for place in after.mark.places))

    def after_run(self, i: int, number: int) -> Item | None:
        """The item after those that count on from item `i`, which has `number`."""
        mark = self.items[i].mark
        styles = {place.style for place in mark.places if place.number == number} if mark else set()
        for j in range(i, min(len(self.items), i + _LOOK_AHEAD)):
            item = self.items[j]
            places = item.mark.places if item.mark else ()
            if not any(place.number == number and (self.closed or place.style in styles) for place in places):
                return item
            number += 1
        return None

    def open_list(self, item: Item) -> None:
        """A list below the last item of the innermost list, with `item` as its first."""
        if len(self.lists) >= _DEEPEST:
            self.issue("ambiguous-level", "stands deeper than lists are read: kept at the level above", item)
            self.add(item, self.lists[-1])
            return
        inner = OpenList(indent=item.indent, parent=self.lists[-1].last, inside=item.inside)
        places = item.mark.places if item.mark else ()
        inner.place = next((place for place in places if place.number == 1), places[0] if places else None)
        inner.bullet = item.mark.bullet if item.mark else ""
        self.lists.append(inner)
        self.add(item, inner, self.role_of(item))

    def add_to(self, chosen: OpenList, item: Item, place: Place | None) -> None:
        """Adds to an open list, closing those inside it."""
        while self.lists[-1] is not chosen:
            self.lists.pop()
        chosen.place = place
        self.add(item, chosen, self.role_of(item))


def goes_on(one: OpenList, place: Place, any_brackets: bool = False) -> bool:
    """Whether `place` is the next number of the list; `2)` may go on `1.`."""
    if one.place is None or one.place.number + 1 != place.number:
        return False
    strip = ".()[]（）、" if any_brackets else ""
    return one.place.style.strip(strip) == place.style.strip(strip)
