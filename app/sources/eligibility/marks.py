"""List marks: the bullet or number before an item, and how far it is indented."""

import re
from typing import NamedTuple

from app.record.spans import Span, verbatim
from app.sources.document import Line

_TIGHT = "•・●⦁①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
"""Marks that need no white space after them."""
BULLETS = "\ufffd•*-–—·‣◦▪●○■□➢✓⁃∙◆◇►▶▸➤➔→❖✔⦁・»§+\uf0b7\uf0a7\uf0d8\uf0fc"
_SPACES = " \t\u00a0\u3000\u2002\u2003\u2009"
_NUMBER = re.compile(
    r"(?P<open>[(（\[]?)(?:(?P<levels>\d{1,2}(?:\.\d{1,2}){1,3})|(?P<number>\d{1,3})|(?P<roman>[ivx]{1,5})(?![a-z])"
    r"|(?P<upper>[IVX]{1,5}|[A-Z])|(?P<letter>[a-z])|(?P<chinese>[一二三四五六七八九十]))"
    r"(?P<close>(?<=[(（]\w)[)）]\.(?=\s)|(?<=\d)\)\.(?=\s)|\\?[.)）\]、．])"
    r"(?=[\s\u00a0\u3000]|(?<=\d[.)])[A-Z]|(?<=[、）．])|(?<=\d\))[^\W\d]|(?<=[(（]\w\))\w|(?<=[(（]\w\w\))\w|$)"
)
_DASHED = re.compile(r"(?P<number>\d{1,2})(?:-(?=[ \t][A-Z])|、)")
_OUTLINE = re.compile(r"(?P<levels>\d{1,2}(?:\.\d{1,2}){1,3})(?=[ \t]+(?:[^\W\d_]|\\?[<>≤≥]))")
_RULE = re.compile(r"\\[-*+•](?=[ \t])|-{2,3}(?=[ \t]*[^\W_])")
_LETTER_O = re.compile(r"o(?=[ \t])")
_ROMAN = {"i": 1, "v": 5, "x": 10}
_CHINESE = "一二三四五六七八九十"


class Place(NamedTuple):
    """A number of a list: `style` is its form (`1.`, `(a)`, `i)`), `number` its value."""

    style: str
    number: int


def outline_of(place: Place) -> tuple[int, ...]:
    """`2.3.` -> (2, 3); empty where the number is a letter or a Roman one."""
    digits = re.findall(r"\d+", place.style)
    return (*map(int, digits[:-1]), place.number) if digits else ()


class Mark(NamedTuple):
    """`span` is the innermost mark; `bullet` the outermost bullet's character; `places` what the number may
    be (`i.` is the first Roman number or the ninth letter), empty for a bullet."""

    span: Span
    bullet: str
    places: tuple[Place, ...]


class Item(NamedTuple):
    """One line of a list, or a piece of one: the indentation of its innermost bullet in characters, its mark, and the
    span and value of its text. `inside` says that the piece does not begin its line."""

    line: Line
    indent: int
    mark: Mark | None
    span: Span
    text: str
    inside: bool = False

    def read(self, span: Span) -> str:
        """The value of a piece of this line."""
        return verbatim(self.line.text[span.start - self.line.start : span.end - self.line.start])

    @property
    def raw(self) -> str:
        """The text as it stands on the line."""
        return self.line.text[self.span.start - self.line.start : self.span.end - self.line.start]

    @property
    def numbered(self) -> bool:
        return bool(self.mark and self.mark.places)

    @property
    def marks(self) -> Span:
        """All that stands before the text: the marks, outermost first."""
        start = self.line.start + skip_space(self.line.text, 0)
        return Span(start, max(start, self.mark.span.end if self.mark else start))


def _roman_value(digits: str) -> int | None:
    values = [_ROMAN[digit] for digit in digits]
    total = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
    shapes = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
    return total if digits == "x" * (total // 10) + shapes[total % 10] else None


def places(match: re.Match[str]) -> tuple[Place, ...]:
    """What the groups `open`, `close` and `number`, `roman`, `letter`, `upper`, ... of a match may be."""
    groups = match.groupdict()
    close = groups["close"].rstrip(".")[-1:] or "."  # `(a).` is of the list of `(a)`
    form = f"{groups['open']}{{}}{close}"
    if groups["number"]:
        return (Place(form.format("1"), int(groups["number"])),)
    if groups.get("levels"):
        *above, last = groups["levels"].split(".")
        return (Place(form.format(".".join([*above, "1"])), int(last)),)
    if groups.get("chinese"):
        return (Place(form.format("一"), _CHINESE.index(groups["chinese"]) + 1),)
    letters = groups["roman"] or groups["letter"] or groups["upper"]
    case = "A" if groups["upper"] else "a"
    found = []
    value = _roman_value(letters.lower()) if set(letters.lower()) <= set(_ROMAN) else None
    if value:
        found.append(Place(form.format("I" if groups["upper"] else "i"), value))
    if len(letters) == 1:
        found.append(Place(form.format(case), ord(letters) - ord(case) + 1))
    return tuple(found)


def read_item(line: Line, inside_at: int | None = None) -> Item:
    """Reads up to three marks (`- • 1.`) before the text; a mark is followed by white space, `•` need not be.

    `inside_at`: it is a piece inside a line, and this is how far it counts as indented.
    """
    text, stop = line.text, len(line.text.rstrip())
    at = indent = skip_space(text, 0)
    mark: Mark | None = None
    for _ in range(3):
        found: tuple[Place, ...] = ()
        if rule := _RULE.match(text, at, stop):
            end = rule.end()
        elif at < stop and text[at] in _TIGHT:
            end = at + 1
            found = () if text[at] in "•・●⦁" else (Place("①", ord(text[at]) - ord("①") + 1),)
        elif at < stop and text[at] in BULLETS and (at + 1 == stop or text[at + 1] in _SPACES):
            end = at + 1
        elif letter := _LETTER_O.match(text, at, stop):
            end = letter.end()
        else:
            break
        indent = indent if mark and text[at:end] == mark.bullet else at
        bullet = text[at:end] if mark is None and not found else mark.bullet if mark else ""
        mark = Mark(Span(line.start + at, line.start + end), bullet, found)
        at = skip_space(text, end)
    number = _NUMBER.match(text, at, stop)
    numbers = places(number) if number else ()
    dashed = None if numbers else _DASHED.match(text, at, stop)
    if dashed:
        number, numbers = dashed, (Place(f"1{dashed.group()[-1]}", int(dashed["number"])),)
    outline = None if numbers else _OUTLINE.match(text, at, stop)
    if outline:
        *above, last = outline["levels"].split(".")
        number, numbers = outline, (Place(".".join([*above, "1"]), int(last)),)
    if number and numbers:
        span = Span(line.start + at, line.start + number.end())
        mark = Mark(span, mark.bullet if mark else "", numbers)
        at = skip_space(text, number.end())
    at = min(at, stop)
    span = Span(line.start + at, line.start + max(at, stop))
    inside = inside_at is not None
    return Item(line, indent if inside_at is None else inside_at, mark, span, verbatim(text[at:stop]), inside)


def unmark(item: Item) -> Item:
    """The item without its innermost mark, which is part of its text: `E.` of `E. coli`."""
    assert item.mark
    start, at = item.marks.start, item.mark.span.start
    before = item.line.text[start - item.line.start : at - item.line.start].rstrip()
    bullet = Mark(Span(start, start + len(before)), item.mark.bullet, ()) if before else None
    span = Span(at, item.span.end)
    return item._replace(mark=bullet, span=span, text=item.read(span))


def skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACES:
        at += 1
    return at
