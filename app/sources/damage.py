"""Traces of characters that were lost or garbled before the document reached us. The text stays as it is."""

import re
from typing import NamedTuple


class Damage(NamedTuple):
    pattern: re.Pattern[str]
    meaning: str


DAMAGE = (
    Damage(re.compile(r"\w{0,40}\(SqrRoot\) ?\w{0,40}"), "a letter was replaced by the name of a symbol"),
    Damage(re.compile(r"\b[A-Za-z]{2,40} s(?=[ .,;:)]|$)"), "an apostrophe was lost before the s"),
    Damage(re.compile(r"\w{0,40}\ufffd{1,8}\w{0,40}"), "a character could not be decoded"),
    Damage(
        re.compile(r"\w{0,40}(?:â€.|Ã[\u00a0-\u00bf]|Â[\u00a0-\u00bf])\w{0,40}"), "UTF-8 was read as another encoding"
    ),
    Damage(re.compile(r"&(?:amp;)?(?:lt|gt|amp|nbsp|quot|#\d{1,6});"), "a character reference was left in the text"),
)


def find_damage(text: str) -> list[str]:
    """One message for each damaged place in `text`, quoting it."""
    return [
        f"{match.group().strip()!r} looks damaged ({damage.meaning}); it is kept as it stands"
        for damage in DAMAGE
        for match in damage.pattern.finditer(text)
    ]
