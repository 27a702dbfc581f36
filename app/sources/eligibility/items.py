"""The items of a section: lines in, one item for each line, or several where a line holds a list or a heading."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.sources.document import Line
from app.sources.eligibility.joined import find_clauses, find_joined, find_listed, find_phrases
from app.sources.eligibility.languages import PHRASE, read_type
from app.sources.eligibility.marks import Item, Place, read_item, unmark
from app.sources.eligibility.runs import Recent, find_run, remember
from app.sources.eligibility.titles import read_title

_HEADING = re.compile(
    r"(?<=[\s.;)])(?:(?:Key |KEY |Main |MAIN )?"
    r"(?:Non-?[Ii]nclusion|Inclusion|Exclusion|NON-?INCLUSION|INCLUSION|EXCLUSION)"
    r"(?: (?:[Cc]riteria|[Cc]riterion|CRITERIA|CRITERION))? ?[:：])"
)
_BEGINS = re.compile(r"[A-Z:;.)]")
_COLON = re.compile("[:：]")
_SENTENCE_END = tuple(".;!?)。；")
_NO_HEADING_AFTER = re.compile(
    r"\b(?:the|these|all|following|any|of|and|or|per|see|meets?|meeting|with|above|our|additional)$", re.IGNORECASE
)
_NEAR = 60
"""Characters before a heading inside a line that are looked at."""


def read_items(lines: Sequence[Line]) -> list[Item]:
    """Blank lines are left out."""
    whole = [line for line in lines if not line.blank]
    first = [read_item(line) for line in whole]
    found: list[Item] = []
    recent: Recent = {}
    for i, line in enumerate(whole):
        if _is_plain(line, first[i]):
            found.append(first[i])
            if first[i].numbered:
                remember(recent, _places(first[i]))
            continue
        below = first[i + 1].mark if i + 1 < len(first) else None
        pieces = list(_split_line(line, first[i], below.places if below else (), recent))
        if len(pieces) == 1 and not first[i].mark:
            pieces = list(_split_at(line, find_phrases(line.text)))
        if len(pieces) == 1 and len(clauses := find_clauses(line.text)) > 1 and _is_alone(first, i):
            pieces = list(_split_at(line, clauses))
        if len(pieces) == 1 and (listed := find_listed(line.text)):
            pieces = [(piece, int(n > 0)) for n, (piece, _) in enumerate(_split_at(line, listed))]
        for n, (piece, deeper) in enumerate(pieces):
            item = read_item(piece, first[i].indent + deeper) if n else first[i]
            item = read_item(piece) if not n and len(pieces) > 1 else item
            remember(recent, _places(item))
            found.append(item)
    return _without_initials(found)


def _is_plain(line: Line, item: Item) -> bool:
    """Whether nothing in a line can begin a piece of it: no sentence, mark or heading; most lines are so."""
    return line.text.isascii() and not _BEGINS.search(line.text, item.span.start - line.start + 1)


def _places(item: Item) -> tuple[Place, ...]:
    return item.mark.places if item.mark else ()


def _split_line(line: Line, own: Item, below: tuple[Place, ...], recent: Recent) -> Iterator[tuple[Line, int]]:
    """The pieces of a line in order, each with how much deeper than the line it is indented."""
    for part in _split_at_headings(line):
        start = 0
        deeper = 0
        for at, level in find_run(part, own if part is line else read_item(part), below, recent):
            if part.text[start:at].strip():
                yield from _split_joined(_piece(part, start, at), deeper)
                start, deeper = at, level
        yield from _split_joined(_piece(part, start, len(part.text)), deeper)


def _split_joined(piece: Line, deeper: int) -> Iterator[tuple[Line, int]]:
    start = inner = 0
    for at, level in find_joined(piece.text):
        if any(character.isalnum() for character in piece.text[start:at]):
            yield _piece(piece, start, at), deeper + inner
            start, inner = at, level
    yield _piece(piece, start, len(piece.text)), deeper + inner


def _split_at(line: Line, cuts: list[int]) -> Iterator[tuple[Line, int]]:
    for start, end in pairwise([0, *cuts, len(line.text)]):
        yield _piece(line, start, end), 0


def _is_alone(lines: list[Item], i: int) -> bool:
    """Whether a line is all that stands between two headings."""
    ends = lines[i + 1] if i + 1 < len(lines) else None
    return i > 0 and read_title(lines[i - 1]) is not None and (ends is None or read_title(ends) is not None)


def _split_at_headings(line: Line) -> Iterator[Line]:
    found = list(_HEADING.finditer(line.text))
    title = read_title(read_item(line)) if found else None
    begins = title.span.end - line.start if title else -1
    both = len({read_type(m.group()) for m in found}) > 1
    cuts = [m.start() for m in found if m.start() >= begins and (title or both or _is_heading(line.text, m))]
    if not line.text.isascii():
        cuts += _phrases(line.text)
    if not cuts:
        yield line
        return
    start = 0
    for cut in sorted(cuts):
        if any(character.isalnum() for character in line.text[start:cut]):
            yield _piece(line, start, cut)
            start = cut
    yield _piece(line, start, len(line.text))


def _phrases(text: str) -> Iterator[int]:
    """Where headings in other languages begin that have a colon: only what is right before one is looked at, once."""
    seen = 0
    for colon in _COLON.finditer(text):
        near = max(seen, colon.start() - _NEAR)
        for match in PHRASE.finditer(text, near, colon.start()):
            if match.end() == colon.start():
                yield match.start()
        seen = colon.end()


def _is_heading(text: str, match: re.Match[str]) -> bool:
    """Whether a heading inside a line stands after the end of a sentence, or ends the line: then it heads the next."""
    before = text[max(0, match.start() - _NEAR) : match.start()].rstrip()
    if before.endswith(_SENTENCE_END):
        return True
    return not text[match.end() : match.end() + _NEAR].strip() and not _NO_HEADING_AFTER.search(before)


def _piece(line: Line, start: int, end: int) -> Line:
    return Line(line.number, line.start + start, line.start + end, line.text[start:end])


def _without_initials(items: list[Item]) -> list[Item]:
    """`E. coli` is no item of a list of letters: capitals are marks where a neighbour in the alphabet is one too, and
    `2.1 Liters` is none without a `2.2`."""
    seen = {place for item in items if item.mark for place in item.mark.places if _may_be_text(place)}
    if not seen:
        return items
    checked = []
    for item in items:
        capitals = [place for place in (item.mark.places if item.mark else ()) if place in seen]
        if capitals and not any(Place(p.style, p.number + step) in seen for p in capitals for step in (-1, 1)):
            item = unmark(item)
        checked.append(item)
    return checked


def _may_be_text(place: Place) -> bool:
    return place.style.strip("(（)）.、]") in "AI" or (place.style[-1].isdigit() and "." in place.style)
