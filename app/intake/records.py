"""Files as records: what a file holds is seen from its content, and read as a stream, one record at a time.

gzip and zip are opened, JSON may be one record, an array, `{"studies": [...]}` or a record a line (NDJSON), XML is
read record by record, anything else is one text document.
"""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple
from xml.etree.ElementTree import Element, ParseError, tostring

import defusedxml.ElementTree
import ijson
import orjson

from app.errors import SourceError
from app.sources import ictrp

_PEEK = 65536
_LARGEST = 64 * 1024 * 1024
"""Bytes of one record: real ones stay below 10 MB."""
_BOM = b"\xef\xbb\xbf"
_LISTED = re.compile(rb'\s*\{\s*"[^\n]{0,500}"studies"\s*:\s*\[|\s*\{[^{\[]*"studies"\s*:\s*\[')


Buffered = Any
"""A binary stream that can `peek`: `io.BufferedReader` over a file, a gzip stream or a member of a zip."""


class Raw(NamedTuple):
    """One record as it came; `line` is that of its beginning, or its number where lines mean nothing."""

    file: str
    line: int
    kind: Literal["text", "json", "xml"]
    data: bytes


def records_of(path: Path) -> Iterator[tuple[Raw, int]]:
    """The records of one file, each with how many of the file's bytes had been read.

    Raises SourceError when the file cannot be read or is damaged.
    """
    try:
        with path.open("rb") as stream:
            for raw in _records(str(path), stream):
                yield raw, stream.tell()
    except OSError as error:
        raise SourceError(str(path), 1, f"cannot be read: {error.strerror or error}") from error


def _records(name: str, stream: Buffered) -> Iterator[Raw]:
    start = stream.peek(_PEEK)[:_PEEK]
    if start[:2] == b"\x1f\x8b":
        try:
            with gzip.open(stream, "rb") as unpacked:
                yield from _records(name, io.BufferedReader(unpacked, _PEEK))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(name, 1, f"the gzip file is damaged or cut short: {error}") from error
    elif start[:4] == b"PK\x03\x04":
        yield from _zip(name, stream)
    elif (begin := start.removeprefix(_BOM).lstrip())[:1] in (b"{", b"["):
        stream.read(len(start.removeprefix(_BOM)) - len(begin) + (3 if start.startswith(_BOM) else 0))
        yield from _json(name, stream, begin)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        yield from _xml(name, stream)
    else:
        yield Raw(name, 1, "text", _whole(name, stream))


def _whole(name: str, stream: IO[bytes]) -> bytes:
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SourceError(name, 1, f"is longer than {_LARGEST} bytes, which no record is")
    return data


def _zip(name: str, stream: IO[bytes]) -> Iterator[Raw]:
    try:
        with zipfile.ZipFile(stream) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as inner:
                        yield from _records(f"{name}/{member.filename}", io.BufferedReader(inner, _PEEK))
    except (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError, NotImplementedError) as error:
        # RuntimeError: encrypted; NotImplementedError: a way of compressing that Python does not know
        raise SourceError(name, 1, f"the zip file cannot be read: {error}") from error


def _json(name: str, stream: Buffered, start: bytes) -> Iterator[Raw]:
    listed = _LISTED.match(start)
    if listed or start.lstrip()[:1] == b"[":
        yield from _array(name, stream, "studies.item" if listed else "item")
        return
    first = stream.readline(_LARGEST + 1)
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        whole = first + _whole(name, stream)
        try:
            orjson.loads(whole)
        except orjson.JSONDecodeError:  # lines, the first of them malformed: the others are read all the same
            for number, line in enumerate(whole.splitlines(), 1):
                if line.strip():
                    yield Raw(name, number, "json", line)
            return
        yield Raw(name, 1, "json", whole)  # one record, written over several lines
        return
    yield Raw(name, 1, "json", first)
    number = 1
    while line := stream.readline(_LARGEST + 1):
        number += 1
        if len(line) > _LARGEST:
            raise SourceError(name, number, f"the line is longer than {_LARGEST} bytes, which no record is")
        if not line.isspace():
            yield Raw(name, number, "json", line)


def _array(name: str, stream: IO[bytes], items: str) -> Iterator[Raw]:
    number = 0
    try:
        for item in ijson.items(stream, items, use_float=True):
            number += 1
            yield Raw(name, number, "json", orjson.dumps(item))
    except (ijson.JSONError, TypeError, ValueError) as error:
        raise SourceError(name, number + 1, f"the JSON ends or breaks in record {number + 1}: {error}") from error


def _xml(name: str, stream: IO[bytes]) -> Iterator[Raw]:
    number, stack = 0, []
    try:
        for event, element in defusedxml.ElementTree.iterparse(stream, ("start", "end")):
            if event == "start":
                stack.append(element)
                continue
            stack.pop()
            if ictrp.recognize_xml(element.tag):
                number += 1
                yield Raw(name, number, "xml", _bytes(element))
                if stack:
                    stack[-1].clear()  # memory does not grow with the file
    except ParseError as error:
        raise SourceError(name, error.position[0], f"is not well-formed XML: {error}") from error
    except defusedxml.DefusedXmlException as error:
        raise SourceError(name, 1, f"declares entities, which is not safe to read: {error}") from error
    if not number:
        raise SourceError(name, 1, "is XML without a record of a known kind: known is WHO ICTRP's export")


def _bytes(element: Element) -> bytes:
    return tostring(element)
