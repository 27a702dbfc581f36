"""Keeps a copy of a registry current: pages in, each loaded before the next is asked for, the place kept after each.

A sync that stops, for whatever reason, goes on behind the last page that was loaded whole. One that comes to its end
moves the window: the next one asks for what was updated on the newest day seen or later.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import date
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from app.intake.ctgov_api import Page


class Seen(BaseModel):
    """The account of one walk over a window: JSON in, JSON out, so that any store can keep it."""

    pages: int = 0
    studies: int = 0
    total: int | None = None
    """How many the registry said that there are, when the walk began; `studies` counts one that came twice twice."""
    newest: date | None = None
    """The latest lastUpdatePostDate."""
    counts: dict[str, int] = {}
    """What became of the studies: `new`, `changed`, `unchanged`, `refused`."""
    restarts: int = 0
    """How often a token expired, so that the walk began again."""

    @property
    def missed(self) -> int:
        """Studies that the registry counted and did not give. The window stays where it is while there are any."""
        return max(0, (self.total or 0) - self.studies)


class Place(NamedTuple):
    """`token` names the next page of the window that begins with `since`; None: the window has been walked."""

    token: str | None
    since: date | None
    seen: Seen


class State(Protocol):
    """Where the place is kept, one for each registry and query."""

    def get(self) -> Place | None:
        """What was set last; None before that."""

    def set(self, token: str | None, since: date | None, seen: Seen) -> None:
        """Keeps the place for good: a process killed after it returns finds it again."""


class Synced(NamedTuple):
    """`since` is where the next window begins; `finished` is False when the sync was interrupted."""

    seen: Seen
    since: date | None
    finished: bool


Pages = Callable[[date | None, str | None], Iterator[Page]]
"""The pages of a window, from a token on: `fetch_pages` with its client, address and query filled in."""
LoadStudies = Callable[[list[Any]], Mapping[str, int]]
"""Loads studies and says how many were `new`, `changed`, `unchanged`, `refused`. Loading one again does no harm."""


def sync(pages: Pages, load_studies: LoadStudies, state: State, *, since: date | None = None) -> Synced:
    """Walks what is left of the window, or the next one; `since` asks for another window than the kept one.

    Ctrl-C ends it in order. Raises ApiError when the registry cannot be read further, and whatever `load_studies`
    raises: in each case what was loaded stays, and the next call goes on there.
    """
    kept = state.get()
    token: str | None = None
    seen = Seen()
    if kept is not None and since in (None, kept.since):
        token, since = kept.token, kept.since
        seen = kept.seen if token else seen
    try:
        with closing(_closable(pages(since, token))) as walk:
            for page in walk:
                if page.restarted:
                    seen = Seen(restarts=seen.restarts + 1)
                seen = _with_page(seen, page, load_studies(page.studies))
                token = page.next_token
                if token:
                    state.set(token, since, seen)
    except KeyboardInterrupt:
        return Synced(seen, since, finished=False)
    if not seen.missed and seen.newest and (since is None or seen.newest > since):
        since = seen.newest
    state.set(None, since, seen)
    return Synced(seen, since, finished=True)


def _closable(pages: Iterator[Page]) -> Generator[Page, None, None]:
    """A generator over any iterator: closed, it lets go of the connection."""
    yield from pages


def _with_page(seen: Seen, page: Page, counts: Mapping[str, int]) -> Seen:
    newest = max((day for day in map(updated, page.studies) if day), default=None)
    return Seen(
        pages=seen.pages + 1,
        studies=seen.studies + len(page.studies),
        total=seen.total if page.total is None else page.total,
        newest=max((day for day in (seen.newest, newest) if day), default=None),
        counts={name: seen.counts.get(name, 0) + counts.get(name, 0) for name in {**seen.counts, **counts}},
        restarts=seen.restarts,
    )


def updated(study: Any) -> date | None:
    """The day on which a study's last update was posted; None when it does not say, or says what is no day."""
    for name in ("protocolSection", "statusModule", "lastUpdatePostDateStruct", "date"):
        study = study.get(name) if isinstance(study, dict) else None
    try:
        return date.fromisoformat(study) if isinstance(study, str) else None
    except ValueError:
        return None
