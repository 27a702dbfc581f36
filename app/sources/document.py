"""A source document: its name, its text, its lines and the id that facts and issues name it by.

Offsets are Unicode code points of the decoded text, with no newline translation. Only LF ends a line (a CR
before it belongs to the line end); a byte order mark belongs to no line.
"""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from app.errors import SourceError
from app.record.spans import Span


class Line(NamedTuple):
    """`text` is the document's characters `start` to `end`; `number` counts from 1."""

    number: int
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def span(self) -> Span:
        """Of what stands on the line, without the white space around it."""
        start = self.start + len(self.text) - len(self.text.lstrip())
        return Span(start, max(start, self.start + len(self.text.rstrip())))


def split_lines(text: str) -> list[Line]:
    """Every line of `text`, blank ones included."""
    lines: list[Line] = []
    start = 1 if text.startswith("\ufeff") else 0
    while start <= len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        end = stop - 1 if stop > start and text[stop - 1] == "\r" else stop
        lines.append(Line(len(lines) + 1, start, end, text[start:end]))
        start = stop + 1
    return lines


@dataclass(frozen=True)
class Document:
    """`id` is the first 16 hex digits of the SHA-256 of the bytes."""

    name: str
    text: str
    id: str
    lines: list[Line] = field(repr=False)

    @cached_property
    def content(self) -> list[Line]:
        """The lines that are not blank."""
        return [line for line in self.lines if not line.blank]

    @cached_property
    def _starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_at(self, offset: int) -> int:
        """The number of the line that holds the character at `offset`."""
        return max(1, bisect_right(self._starts, offset))

    def read(self, span: Span) -> str:
        return self.text[span.start : span.end]


def read_document(name: str, data: bytes) -> Document:
    """Decodes `data`. Raises SourceError when it is empty or is not UTF-8, naming the line of the first bad byte."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8 text"
        raise SourceError(name, line, reason) from None
    if not text.strip("\ufeff \t\r\n\f\v\u00a0"):
        raise SourceError(name, 1, "the file is empty")
    return Document(name, text, hashlib.sha256(data).hexdigest()[:16], split_lines(text))
