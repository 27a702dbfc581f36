"""The items of a section: lines in, one item for each line, or several where a line holds a whole list.

A list inside a line (`any of: 1) a; 2) b`) is taken apart only where its numbers count on, and where it begins after a
lead-in or the end of a sentence, or goes on with the line's own number. `a) x and b) y` inside a sentence is left alone.
"""

import re
from collections.abc import Iterator, Sequence

from app.sources.document import Line
from app.sources.eligibility.languages import PHRASE
from app.sources.eligibility.marks import Item, Place, places, read_item, unmark
from app.sources.eligibility.titles import read_title

_MARK = re.compile(
    r"(?<![^\s;:.,；：。，、)\]）])(?:"
    r"(?P<open>[(（]?)(?:(?P<number>\d{1,2})|(?P<roman>[ivx]{1,5})|(?P<upper>[A-Z])|(?P<letter>[a-z]))"
    r"(?P<close>\\?[.)）、])(?=[\s\u00a0]|(?<=[)）、])[^\W\d]|(?<=\d\.)[A-Z][a-z])"
    r"|(?P<bullet>[•●▪■])(?=[ \t]*\S))"
)
_BEFORE_FIRST = re.compile(
    r"(?:[:：;；.。,，]|\b(?:following|below|includ(?:e|es|ing)|either|criteria|defined as|are|as|or|and/or))$", re.I
)
_BEFORE_NEXT = re.compile(r"(?:[:：;；.。,，)）\]]|\b(?:or|and|and/or))$", re.I)
_HEADING = re.compile(
    r"(?<=[\s.;)])(?:(?:Key |KEY |Main |MAIN )?"
    r"(?:Non-?[Ii]nclusion|Inclusion|Exclusion|NON-?INCLUSION|INCLUSION|EXCLUSION)"
    r"(?: (?:[Cc]riteria|[Cc]riterion|CRITERIA|CRITERION))? ?[:：])"
)
_SENTENCE_END = tuple(".;!?)。；")
_OPEN = 6
"""Lists inside a line that may be open at once."""
_NEXT_MARK = 60
"""Letters of a piece that are looked at when it is asked what stands before a mark."""


def read_items(lines: Sequence[Line]) -> list[Item]:
    """Blank lines are left out."""
    whole = [line for line in lines if not line.blank]
    first = [read_item(line) for line in whole]
    found: list[Item] = []
    for i, line in enumerate(whole):
        below = first[i + 1].mark if i + 1 < len(first) else None
        pieces = list(_split_line(line, below.places if below else ()))
        found.append(first[i] if len(pieces) == 1 else read_item(pieces[0][0]))
        for piece, deeper in pieces[1:]:
            item = read_item(piece, inside=True)
            found.append(item._replace(indent=first[i].indent + deeper))
    return _without_initials(found)


def _split_line(line: Line, below: tuple[Place, ...]) -> Iterator[tuple[Line, int]]:
    """The pieces of a line in order, each with how much deeper than the line it is indented."""
    for part in _split_at_headings(line):
        start = 0
        deeper = 0
        for at, level in _find_marks(part, below):
            if part.text[start:at].strip():
                yield _piece(part, start, at), deeper
                start, deeper = at, level
        yield _piece(part, start, len(part.text)), deeper


def _split_at_headings(line: Line) -> Iterator[Line]:
    headed = read_title(read_item(line)) is not None
    cuts = [
        match.start()
        for match in _HEADING.finditer(line.text)
        if headed or line.text[max(0, match.start() - 9) : match.start()].rstrip().endswith(_SENTENCE_END)
    ]
    if not line.text.isascii():
        cuts += [m.start() for m in PHRASE.finditer(line.text) if line.text[m.end() : m.end() + 1] in (":", "：")]
    start = 0
    for cut in sorted(cuts):
        if any(character.isalnum() for character in line.text[start:cut]):
            yield _piece(line, start, cut)
            start = cut
    yield _piece(line, start, len(line.text))


def _piece(line: Line, start: int, end: int) -> Line:
    return Line(line.number, line.start + start, line.start + end, line.text[start:end])


def _find_marks(line: Line, below: tuple[Place, ...]) -> list[tuple[int, int]]:
    """Where the marks stand that begin a piece, each with its level: 0 in the line's own list, 1 in a list inside it."""
    text = line.text
    candidates = [(match, () if match["bullet"] else places(match)) for match in _MARK.finditer(text)]
    if not candidates:
        return []
    last: dict[Place, int] = {}
    for match, options in candidates:
        for place in options:
            last[place] = match.start()
    own = read_item(line)
    begins = own.span.start - line.start
    open_lists: list[tuple[Place, int]] = [(place, 0) for place in (own.mark.places if own.mark else ())]
    found = []
    start = begins
    for match, options in candidates:
        at = match.start()
        if at < begins:
            continue
        before = text[max(start, at - _NEXT_MARK) : at].rstrip()
        if match["bullet"]:
            if before:
                found.append((at, 1))
                start = match.end()
            continue
        next_one = next(
            (
                (n, place)
                for n, (was, _) in reversed(list(enumerate(open_lists)))
                for place in options
                if place.style == was.style and place.number == was.number + 1
            ),
            None,
        )
        if next_one:
            n, place = next_one
            level = open_lists[n][1]
            if level == 0 and (place in below or not _goes_on(before, match, text)):
                continue
            del open_lists[n:]
        else:
            starts = [p for p in options if p.number == 1]
            two = [p for p in starts if last.get(Place(p.style, 2), -1) > at]
            one = two or [p for p in starts if Place(p.style, 2) in below or _is_led_in(before, match, text)]
            if not one or not (not before or _BEFORE_FIRST.search(before) or _is_long(one[0], before, last, at)):
                continue
            place, level = one[0], 1 if two else 0
            if not two:
                open_lists.clear()
        open_lists = [*open_lists[-_OPEN:], (place, level)]
        found.append((at, level))
        start = match.end()
    return found


def _goes_on(before: str, match: re.Match[str], text: str) -> bool:
    """Whether a mark that counts on from the line's own may begin an item there."""
    after = text[match.end() :].lstrip()[:1]
    return bool(_BEFORE_NEXT.search(before)) or (after.isupper() and not match["letter"])


def _is_led_in(before: str, match: re.Match[str], text: str) -> bool:
    """Whether a first number may stand alone on its line, as where the list is cut off."""
    return before.endswith((":", "：")) and match["close"].endswith(")") and text[match.end() :].lstrip()[:1].isupper()


def _is_long(place: Place, before: str, last: dict[Place, int], at: int) -> bool:
    """Whether a list begins without anything that leads it in: capitals, or at least three items, not in a sentence."""
    if before.endswith(",") or before.split()[-1:] in (["and"], ["or"]):
        return False
    return place.style in ("A.", "A)") or last.get(Place(place.style, 3), -1) > at


def _without_initials(items: list[Item]) -> list[Item]:
    """`E. coli` is no item of a list of letters: capitals are marks where a neighbour in the alphabet is one too."""
    seen = {
        place for item in items if item.mark for place in item.mark.places if place.style.strip("(（)）.、]") in "AI"
    }
    if not seen:
        return items
    checked = []
    for item in items:
        capitals = [place for place in (item.mark.places if item.mark else ()) if place in seen]
        if capitals and not any(Place(p.style, p.number + step) in seen for p in capitals for step in (-1, 1)):
            item = unmark(item)
        checked.append(item)
    return checked
