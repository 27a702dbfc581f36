"""A list inside a line (`any of: 1) a; 2) b`): a line in, the places where its items begin out.

It is taken apart only where its numbers count on, and where it begins after a lead-in or the end of a sentence, or goes
on with the line's own number. `a) x and b) y` inside a sentence is left alone.
"""

import re
from typing import NamedTuple

from app.sources.document import Line
from app.sources.eligibility.marks import Item, Place, places

_MARK = re.compile(
    r"(?<![^\s;:.,；：。，、)\]）])(?:"
    r"(?P<open>[(（]?)(?:(?P<number>\d{1,2})|(?P<roman>[ivx]{1,5})|(?P<upper>[A-Z])|(?P<letter>[a-z]))"
    r"(?P<close>(?<=[(（]\w)[)）]\.(?=\s)|(?<=\d)\)\.(?=\s)|\\?[.)）、])(?=[\s\u00a0]|(?<=[)）、])[^\W\d]|(?<=\d\.)[A-Z][a-z])"
    r"|(?P<bullet>[•●▪■])(?=[ \t]*\S)|(?P<circled>[①-⑳]))"
)
_STOPS = (":", "：", ";", "；", ".", "。")
_ENDS = (".", ";", "。", "；")
_BEFORE_FIRST = re.compile(
    r"\b(?:following|below|includ(?:e|es|ing)|either|criteria|defined as|are|as)$", re.IGNORECASE
)
_BEFORE_NEXT = re.compile(r"(?:[:：;；.。,，)）\]]|\b(?:or|and|and/or))$", re.IGNORECASE)
_JOINED = re.compile(r"; ?(?:or|and)$", re.IGNORECASE)
_BRACKETS = ".()（）"
_NEAR = 60
"""Characters before a mark, and 8 after it, are looked at: what decides is the word that stands there."""
_OPEN = 6
"""Lists inside a line that may be open at once, and numbers of earlier lists that may go on."""

Recent = dict[str, list[int]]
"""For each style of marks, the last numbers of the lists above, the innermost list's last."""


class _Candidate(NamedTuple):
    """A mark inside a line: `before` are the characters since the piece before it began, `after` the first one."""

    at: int
    end: int
    options: tuple[Place, ...]
    bullet: bool
    letter: bool
    bracket: bool
    before: str
    after: str


def remember(recent: Recent, options: tuple[Place, ...]) -> None:
    """Notes the number of an item; those of lists inside the list that goes on are forgotten."""
    for place in options:
        outer = [number for number in recent.get(place.style, ()) if number > place.number]
        recent[place.style] = [*outer[-_OPEN:], place.number]


def find_run(line: Line, own: Item, below: tuple[Place, ...], recent: Recent) -> list[tuple[int, int]]:
    """Where marks stand that begin a piece of the line, each with its level: 0 in the line's own list, 1 inside it.

    `own` is the line read as one item, `below` what the mark of the next line may be.
    """
    text = line.text
    begins = own.span.start - line.start
    matches = list(_MARK.finditer(text, begins))
    if not matches:
        return []
    options = [_options(match) for match in matches]
    last = {place: match.start() for match, found in zip(matches, options, strict=True) for place in found}
    commas = {
        place for match, found in zip(matches, options, strict=True) if _behind_comma(text, match) for place in found
    }
    lists: list[tuple[Place, int]] = [(place, 0) for place in (own.mark.places if own.mark else ())]
    cuts: list[tuple[int, int]] = []
    start = begins
    for match, found in zip(matches, options, strict=True):
        one = _candidate(text, start, match, found)
        if one.bullet:
            if not one.before:
                continue
            level = int(text[one.at - 1].isspace())
        else:
            taken = (
                _goes_on(one, lists, last, below, bool(cuts))
                or _comes_back(one, recent, last, below)
                or _begins(one, last, below, commas)
            )
            taken = taken or (_circled(one) if match["circled"] else None)
            if not taken:
                continue
            place, level = taken
            outer = next((n for n, (other, _) in enumerate(lists) if _same_list(other, place)), len(lists) * level)
            lists = [*lists[:outer][-_OPEN:], (place, level)]
        cuts.append((one.at, level))
        start = one.end
    return cuts


def _options(match: re.Match[str]) -> tuple[Place, ...]:
    if match["circled"]:
        return (Place("①", ord(match["circled"]) - ord("①") + 1),)
    return () if match["bullet"] else places(match)


def _circled(one: _Candidate) -> tuple[Place, int] | None:
    """A circled number is a mark wherever it stands; the first may have become a bullet."""
    place = one.options[0]
    return place, int(place.number == 1 and one.before.endswith((":", "：")))


def _candidate(text: str, start: int, match: re.Match[str], options: tuple[Place, ...]) -> _Candidate:
    at, end = match.span()
    return _Candidate(
        at,
        end,
        options,
        bullet=bool(match["bullet"]),
        letter=bool(match["letter"]),
        bracket=(match["close"] or "").rstrip(".").endswith((")", "）")),
        before=text[max(start, at - _NEAR) : at].rstrip(),
        after=text[end : end + 8].lstrip()[:1],
    )


def _same_list(other: Place, place: Place) -> bool:
    return other.style == place.style and other.number + 1 == place.number


def _goes_on(
    one: _Candidate,
    lists: list[tuple[Place, int]],
    last: dict[Place, int],
    below: tuple[Place, ...],
    counted: bool,
) -> tuple[Place, int] | None:
    """The next number of a list that is open, or the one after it where more follow; the line's own list may go on in
    the next line instead."""
    for other, level in reversed(lists):
        for place in one.options:
            if _same_list(other, place):
                more = counted or last.get(_next(place), -1) > one.at
                free = place not in below and (
                    _BEFORE_NEXT.search(one.before)
                    or (one.after.isupper() and (not one.letter or (one.bracket and more)))
                )
                return (place, level) if level or free else None
            joined = _next(place) in below or (_JOINED.search(one.before) and not _goes_on_below(other, below))
            if _in_other_brackets(other, place) and joined:
                return place, level
            skipped = other.style == place.style and other.number + 2 == place.number
            if skipped and one.before.endswith(_ENDS) and last.get(_next(place), -1) > one.at:
                return place, level
    return None


def _goes_on_below(other: Place, below: tuple[Place, ...]) -> bool:
    return any(_same_list(other, place) for place in below)


def _in_other_brackets(other: Place, place: Place) -> bool:
    """`2)` behind `1.`"""
    return (
        other.style != place.style
        and other.style.strip(_BRACKETS) == place.style.strip(_BRACKETS) == "1"
        and (other.number + 1 == place.number)
    )


def _next(place: Place) -> Place:
    return Place(place.style, place.number + 1)


def _comes_back(
    one: _Candidate, recent: Recent, last: dict[Place, int], below: tuple[Place, ...]
) -> tuple[Place, int] | None:
    """The number of a list of an earlier line that goes on in this one: `... be excluded. 19. Unable to read`.

    With small letters, or without the end of a sentence before it, only where the list goes on further.
    """
    ended = one.before.endswith((*_ENDS, ".)"))
    for place in one.options:
        known = place.number > 1 and place.number - 1 in recent.get(place.style, ()) and place not in below
        more = last.get(_next(place), -1) > one.at
        if known and (ended or (more and not one.letter)) and (one.after.isupper() or (ended and more)):
            return place, 0
    return None


def _behind_comma(text: str, match: re.Match[str]) -> bool:
    return text[max(0, match.start() - _NEAR) : match.start()].rstrip().endswith((",", ", and", ", or"))


def _begins(
    one: _Candidate, last: dict[Place, int], below: tuple[Place, ...], commas: set[Place]
) -> tuple[Place, int] | None:
    """The first number of a list that has a second one, in the line or below it."""
    led_in = one.before.endswith((":", "：")) and (one.bracket or one.letter) and one.after.isupper()
    for place in one.options:
        if place.number == 1:
            inside = last.get(Place(place.style, 2), -1) > one.at
            if inside or led_in or Place(place.style, 2) in below:
                parts = (
                    Place(place.style, 2) in commas
                )  # `other than (a) a mole, (b) a wart, and (c) a rash`: one sentence
                longer = place.style in ("A.", "A)") or (last.get(Place(place.style, 3), -1) > one.at and not parts)
                return (place, int(inside)) if _may_begin(one, longer) else None
    return None


def _may_begin(one: _Candidate, longer: bool) -> bool:
    """After a mere word, the first item is not small print of the sentence; without any lead-in, the list is longer."""
    if not one.before or one.before.endswith(_STOPS):
        return True
    if _BEFORE_FIRST.search(one.before) and not one.after.islower():
        return True
    return longer and not one.before.endswith(",") and one.before.split()[-1] not in ("and", "or")
