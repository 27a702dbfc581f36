"""Text of registry fields -> plain text: damage marked, HTML undone, lists cut (shared by ICTRP and CTIS).

Only HTML that is certainly HTML is undone: a closed list of tags whose attributes are well formed, and character
references that end in a semicolon. `<15 years`, `<LLN and >5` and `?a=1&copy=2` are text and stay as they are.
https://html.spec.whatwg.org/multipage/syntax.html
"""

import html
import re

from app.record.spans import fold_space

_DAMAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ATTRIBUTES = (
    r"(?:\s+[A-Za-z:_-]{1,40}\s{0,9}=\s{0,9}"
    r"(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>=/]{1,2000})){0,20}\s{0,99}"
)
_BREAK = re.compile(
    rf"(?:\n[ \t]*)?</?(?:br|p|div|li|ul|ol|dl|dt|dd|tr|table|tbody|thead|h[1-6]|hr|blockquote)(?:{_ATTRIBUTES})/?>",
    re.IGNORECASE,
)
_POWER = re.compile(rf"<sup{_ATTRIBUTES}>", re.IGNORECASE)
_CELL = re.compile(rf"</?t[dh]{_ATTRIBUTES}>", re.IGNORECASE)
_INLINE = re.compile(
    rf"</?(?:b|i|u|s|em|strong|span|font|sub|sup|small|big|tt|pre|code|center|strike){_ATTRIBUTES}/?>", re.IGNORECASE
)
_LINK = re.compile(
    r"<a\s[^<>]{0,500}?href\s{0,9}=\s{0,9}[\"'](?P<url>[^\"'<>]{1,2000})[\"'][^<>]{0,500}>(?P<text>[^<>]{0,2000})</a>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_OPEN, _CLOSE = "([{", ")]}"


def repair(text: str) -> tuple[str, list[str]]:
    """Control characters (not tab, newline, return) and lone surrogates become U+FFFD; also says which, and where."""
    found = [f"U+{ord(match.group()):04X} at character {match.start()}" for match in _DAMAGE.finditer(text)]
    return (_DAMAGE.sub("\ufffd", text), found) if found else (text, [])


def clean_html(text: str) -> str:
    """Tags removed (those that break a line become line breaks), references undone, also where escaped twice.

    White space at the beginning of a line stays: it tells nested criteria from outer ones.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for _ in range(2):
        bare = _REFERENCE.sub(_undo_reference, _remove_tags(text))
        if bare == text:
            break
        text = bare
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def clean_line(text: str) -> str:
    """`clean_html` on one line."""
    return fold_space(clean_html(text))


def split_list(text: str, at_breaks: bool = True) -> list[str]:
    """The items of a list field: cut at semicolons outside brackets and at HTML line breaks, each as one line.

    A newline that is no `<br>` is white space, as in HTML.
    """
    clean = clean_html(" ".join(text.split()))
    if not at_breaks:
        clean = clean.replace("\n", " ")
    items = [fold_space(item) for line in clean.split("\n") for item in _split_line(line)]
    return [item for item in items if item]


def _remove_tags(text: str) -> str:
    if "<" not in text:
        return text
    text = _LINK.sub(_name_link, text)
    text = _BREAK.sub("\n", text)
    # 10<sup>9</sup> must not become 109
    text = _POWER.sub("^", text)
    return _INLINE.sub("", _CELL.sub(" ", text))


def _name_link(match: re.Match[str]) -> str:
    url, text = match["url"], match["text"]
    return text if url == text.strip() else f"{text} ({url})"


def _undo_reference(match: re.Match[str]) -> str:
    """A reference to no character (`&#1;`, `&#xD800;`, `&nosuch;`) stays as it stands."""
    character = html.unescape(match.group())
    known = character and "\ufffd" not in character and not _DAMAGE.search(character)
    return character if known else match.group()


def _split_line(line: str) -> list[str]:
    items, depth, start = [], 0, 0
    for i, character in enumerate(line):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        elif character == ";" and depth == 0:
            items.append(line[start:i])
            start = i + 1
    # an unclosed bracket says nothing about where it would end
    return line.split(";") if depth else [*items, line[start:]]
