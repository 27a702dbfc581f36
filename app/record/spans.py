"""Where a value stands in its document, and how text there becomes text here.

A span is a half-open range of characters (Unicode code points, counted from 0) of the document's decoded
text. Verbatim text equals the whitespace-folded, unescaped join of its spans; any other value is what a
named conversion (`app.sources.conversions`) makes of the text in its spans.
"""

import re
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

# CommonMark backslash escapes: any ASCII punctuation may be escaped (https://spec.commonmark.org/0.31.2/#backslash-escapes)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Span(NamedTuple):
    """Characters `start` (included) to `end` (excluded) of one document."""

    start: int
    end: int


class Fact(BaseModel):
    """One value's origin: which field (a path such as `dates.last-update` or `criteria.12.label`), where it
    stands (`spans` of `document`), and the conversion that made the value from the text there."""

    model_config = ConfigDict(extra="forbid")

    path: str
    conversion: str = "text"
    document: str = ""
    spans: list[Span]


def unescape(text: str) -> str:
    r"""`T-VASI50 \[50%\]` -> `T-VASI50 [50%]`."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def fold_space(text: str) -> str:
    """One space for every run of white space, none at the ends."""
    return " ".join(text.split())


def verbatim(text: str) -> str:
    """How a piece of a document reads as a value: unescaped and whitespace-folded."""
    return fold_space(unescape(text))
