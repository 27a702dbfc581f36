"""List marks: the bullet or number before an item, and how far it is indented."""

import re
from typing import NamedTuple

from app.record.spans import Span, verbatim
from app.sources.document import Line

BULLETS = "•*-–—·‣◦▪●○■□➢✓"
_SPACES = " \t\u00a0"
_NUMBER = re.compile(
    r"(?P<open>\(?)(?:(?P<number>\d{1,3})|(?P<roman>[ivx]{1,5})(?![a-z])|(?P<letter>[a-z]))"
    r"(?P<close>\\?[.)])(?=[\s\u00a0]|(?<=\d[.)])[A-Z]|$)"
)
_LETTER_O = re.compile(r"o(?=[ \t])")
_ROMAN = {"i": 1, "v": 5, "x": 10}


class Place(NamedTuple):
    """A number of a list: `style` is its form (`1.`, `(a)`, `i)`), `number` its value."""

    style: str
    number: int


class Mark(NamedTuple):
    """`span` is the innermost mark; `bullet` the outermost bullet's character; `places` what the number may
    be (`i.` is the first Roman number or the ninth letter), empty for a bullet."""

    span: Span
    bullet: str
    places: tuple[Place, ...]


class Item(NamedTuple):
    """One line of a list: its indentation in characters, its mark, and the span and value of its text."""

    line: Line
    indent: int
    mark: Mark | None
    span: Span
    text: str

    def read(self, span: Span) -> str:
        """The value of a piece of this line."""
        return verbatim(self.line.text[span.start - self.line.start : span.end - self.line.start])

    @property
    def numbered(self) -> bool:
        return bool(self.mark and self.mark.places)


def _roman_value(digits: str) -> int | None:
    values = [_ROMAN[digit] for digit in digits]
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    shapes = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return total if digits == "x" * (total // 10) + shapes[total % 10] else None


def _places(match: re.Match[str]) -> tuple[Place, ...]:
    form = f"{match['open']}{{}}{match['close'][-1]}"
    if match["number"]:
        return (Place(form.format("1"), int(match["number"])),)
    places = []
    roman = match["roman"]
    letter = match["letter"] or (roman if roman and len(roman) == 1 else None)
    value = _roman_value(roman) if roman else None
    if value:
        places.append(Place(form.format("i"), value))
    if letter:
        places.append(Place(form.format("a"), ord(letter) - ord("a") + 1))
    return tuple(places)


def read_item(line: Line) -> Item:
    """Reads up to three marks (`- • 1.`) before the text; a mark is followed by white space, `•` need not be."""
    text, stop = line.text, len(line.text.rstrip())
    at = indent = _skip(text, 0)
    mark: Mark | None = None
    for _ in range(3):
        if at < stop and text[at] in BULLETS and (text[at] == "•" or at + 1 == stop or text[at + 1] in _SPACES):
            end, places = at + 1, ()
        elif letter := _LETTER_O.match(text, at, stop):
            end, places = letter.end(), ()
        else:
            break
        mark = Mark(Span(line.start + at, line.start + end), mark.bullet if mark else text[at], places)
        at = _skip(text, end)
    number = _NUMBER.match(text, at, stop)
    if number and (numbers := _places(number)):
        span = Span(line.start + at, line.start + number.end())
        mark = Mark(span, mark.bullet if mark else "", numbers)
        at = _skip(text, number.end())
    at = min(at, stop)
    return Item(line, indent, mark, Span(line.start + at, line.start + max(at, stop)), verbatim(text[at:stop]))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACES:
        at += 1
    return at
