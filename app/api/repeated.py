"""Searches that are asked again: what stood on the page, kept without its documents.

Portals ask the same few thousand questions all day. An outline remembers which resources answered one, in a few bytes
each; the documents are read anew, in the statement that also says whether the data are still of the same version. Any
write ends all outlines, so no answer is ever old. What the answer depends on is the key: address and headers as sent.
"""

import hashlib
from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response

from app.api.answers import VARY, answer, known, without_address
from app.search.documents import documents
from app.search.run import Page
from app.store.database import Database

MOST_BYTES = 24 << 20
"""Of all outlines of a process, about: those of some 8,000 pages of 20."""
SMALL = 2 << 20
"""Bytes of documents that are read in the event loop: in a millisecond."""
_OVERHEAD = 2500
_DEPENDS = (b"accept", b"host", b"prefer")

_Name = tuple[Any, ...]
Document = tuple[str, str, bytes]
"""(type, id, document)"""


class Outline(NamedTuple):
    """`keys` are those of the resources in their order, `column` that of their documents; `write` makes the body."""

    version: int
    column: str
    keys: Sequence[int]
    write: Callable[[Sequence[Document]], bytes]
    media_type: str
    etag: str
    vary: str
    size: int
    """Bytes of the documents."""
    weight: int
    """Bytes that the outline itself takes, about."""

    def answer(self, request: Request, found: Sequence[Document]) -> Response:
        if known(request.headers, self.etag):
            return answer(request, b"", self.media_type, etag=self.etag, vary=self.vary)
        return answer(request, self.write(found), self.media_type, etag=self.etag, vary=self.vary)


class Repeated:
    """The outlines of one process; the least recently asked go."""

    def __init__(self) -> None:
        self._kept: LRUCache[_Name, Outline] = LRUCache(MOST_BYTES, getsizeof=lambda outline: outline.weight)

    async def answer(self, database: Database, request: Request) -> Response | None:
        """None when the question is new, or the data have changed since."""
        name = _name(request)
        outline = self._kept.get(name)
        if outline is None:
            return None
        keys = outline.keys
        found: dict[int, Document] = {}
        if not keys or known(request.headers, outline.etag):
            version = await database.data_version()
        else:
            statement = documents(database.name, outline.column, keys)
            rows = await database.points(statement) if outline.size < SMALL else (await database.read(statement))[0]
            version = int(rows[0][0]) if rows else -1
            found = {key: (type, id, document) for _, key, type, id, document in rows}
        if version != outline.version:
            if self._kept.get(name) is outline:  # meanwhile others may have dropped it, or kept a newer one
                del self._kept[name]
            return None
        return outline.answer(request, [found[key] for key in keys] if found else [])

    def keep(self, request: Request, outline: Outline) -> None:
        if request.method == "GET" and outline.weight <= MOST_BYTES:
            self._kept[_name(request)] = outline


def outlined(
    request: Request,
    page: Page,
    column: str,
    write: Callable[[Sequence[Document]], bytes],
    said: object,
    media_type: str,
    vary: str = VARY,
    lasting: bool = True,
) -> Response:
    """The answer with the documents of a page, kept for the next time if it is `lasting`. `said` is what else is in it:
    with the versions of the resources it makes the validator, as reading a page's bytes once more took half of its
    time, and a version tells the truth. All that `write` holds besides the documents must be in `said`."""
    found = [*page.matches, *page.included]
    text = repr((media_type, said)).encode()
    made = hashlib.sha1(without_address(request, text), usedforsecurity=False)
    for one in found:
        made.update(b"%d.%d.%r.%r;" % (one.key, one.version, one.score, one.distance))
    outline = Outline(
        page.version,
        column,
        array("q", [one.key for one in found]),
        write,
        media_type,
        f'W/"{made.hexdigest()[:20]}"',
        vary,
        sum(len(one.document) for one in found),
        # the address is in the name, and in `said` as links
        _OVERHEAD + 8 * len(found) + 2 * len(text),
    )
    if lasting:
        request.app.state.repeated.keep(request, outline)
    return outline.answer(request, [(one.type, one.id, one.document) for one in found])


def _name(request: Request) -> _Name:
    scope = request.scope
    sent = [header for header in scope["headers"] if header[0] in _DEPENDS]
    return scope["path"], scope["query_string"], scope["scheme"], scope.get("root_path"), *sent


async def answer_again(request: Request) -> Response | None:
    """The answer to a search that has been asked before; None to any other."""
    state = request.app.state
    repeated: Repeated = state.repeated
    return await repeated.answer(state.database, request)
