"""Which list of those that are open a numbered item belongs to: by what its number goes on from, or by its indentation.

Where neither can tell, it stays at the outer level, and an issue says so.
"""

from app.sources.eligibility.leads import Leads
from app.sources.eligibility.marks import Item, Place, outline_of
from app.sources.eligibility.tree import OpenList

_DEEPEST = 12
"""Lists in lists: registries' texts have four; without a bound a hostile text costs quadratic time."""
LOOK_AHEAD = 200
"""Items of a run of numbers that are looked at to find where it ends."""


class Numbers(Leads):
    """Opens lists and adds to them; places what has a number."""

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
        return (one, item, place) if one.inside or alone else None

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

    def is_inside_numbers(self, i: int, item: Item) -> bool:
        """Whether a paragraph stands between two numbers of one list, however long the list below it is."""
        outer = self.lists[0].place
        if item.mark or outer is None or not self.taken:
            return False
        after = Place(outer.style, outer.number + 1)
        following = self.items[i + 1 : i + LOOK_AHEAD]
        return any(one.mark and after in one.mark.places and one.indent < following[0].indent for one in following)

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
        for j in range(i, min(len(self.items), i + LOOK_AHEAD)):
            item = self.items[j]
            places = item.mark.places if item.mark else ()
            if not any(place.number == number and (self.closed or place.style in styles) for place in places):
                return item
            number += 1
        return None


def goes_on(one: OpenList, place: Place, any_brackets: bool = False) -> bool:
    """Whether `place` is the next number of the list; `2)` may go on `1.`."""
    if one.place is None or one.place.number + 1 != place.number:
        return False
    strip = ".()[]（）、" if any_brackets else ""
    return one.place.style.strip(strip) == place.style.strip(strip)
