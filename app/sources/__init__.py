"""Sources: what registries and listing sites publish -> Parsed. Pure: bytes in, records out.

A source is a module with a name, a sentence on what its documents look like, a score for a document and a parser;
it is chosen by what a document contains, never by its file name.
"""

from typing import Protocol

from app.errors import SourceError
from app.record.trial import Parsed
from app.sources.document import Document, read_document
from app.sources.pages import clinconnect, trialx

__all__ = ["SOURCES", "Document", "Source", "detect", "parse", "read_document"]


class Source(Protocol):
    NAME: str
    LOOKS_LIKE: str

    def recognize(self, document: Document) -> int:
        """How many of the layout's own lines the document has; from 2 on it may be one."""

    def parse(self, document: Document) -> Parsed:
        """The record, its issues and facts, and the account of the lines."""


SOURCES: tuple[Source, ...] = (clinconnect, trialx)


def detect(document: Document) -> Source | None:
    """The source with the highest score of at least 2."""
    scores = [(source.recognize(document), source) for source in SOURCES]
    score, source = max(scores, key=lambda scored: scored[0])
    return source if score >= 2 else None


def parse(name: str, data: bytes) -> Parsed:
    """Reads one document. Raises SourceError when it is empty, is not UTF-8, or has no known layout."""
    document = read_document(name, data)
    source = detect(document)
    if source is None:
        known = "; ".join(f"{source.NAME}: {source.LOOKS_LIKE}" for source in SOURCES)
        raise SourceError(name, 1, f"the layout is not known. Known ones: {known}")
    return source.parse(document)
