"""A client of ClinicalTrials.gov's API: a query in, its studies out, page by page
(https://clinicaltrials.gov/data-api/api, GET /studies).

A request that fails in passing (no connection, a connection that is cut, 429, 5xx, a body that is no page) is sent
again, later each time. A page token that the server no longer takes starts the walk again from its first page.
"""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx
import orjson

BASE_URL = "https://clinicaltrials.gov/api/v2/studies"
_TOKEN = re.compile(r"page[\s_-]?token", re.IGNORECASE)
OURS = ("countTotal", "format", "markupFormat", "pageSize", "pageToken", "sort")
"""Parameters that the walk sets itself; a query must not."""


class ApiError(Exception):
    """The registry cannot be read further: names the URL and the reason."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url, self.reason = url, reason


class Page(NamedTuple):
    """`studies` are JSON values as the server gives them, not looked into. `total` counts what the query finds; the
    server gives it with the first page only. `restarted`: this is the first page again, since the token had expired.
    """

    studies: list[Any]
    next_token: str | None
    total: int | None
    restarted: bool = False


class _Passing(Exception):
    """A failure that another try may not meet; `wait` is how many seconds the server asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class _TokenExpired(Exception):
    pass


class Pace:
    """At most `per_second` requests a second, tries included. `clock` and `sleep` count seconds."""

    def __init__(
        self,
        per_second: float = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval, self.clock, self.sleep = 1 / per_second, clock, sleep
        self._next: float | None = None

    def wait(self, at_least: float = 0) -> None:
        """Returns when `at_least` seconds have passed and a request may be sent."""
        now = self.clock()
        due = now + at_least if self._next is None else max(now + at_least, self._next)
        if due > now:
            self.sleep(due - now)
        self._next = due + self.interval


@dataclass(frozen=True)
class Retries:
    """How a request is tried again: `tries` in all, the n-th wait drawn between zero and `first_wait` doubled n - 1
    times, `longest_wait` at most (full jitter, so that clients cut off together do not come back together).

    A server that asks for a wait longer than `longest_ask` is left alone: the walk ends and can be resumed.
    All waits are seconds.
    """

    tries: int = 8
    first_wait: float = 1
    longest_wait: float = 60
    longest_ask: float = 600
    restarts: int = 3
    draw: Callable[[], float] = random.random

    def wait(self, failures: int) -> float:
        return self.draw() * min(self.longest_wait, self.first_wait * 2.0 ** (failures - 1))


def parameters(query: Mapping[str, str], since: date | None, page_size: int) -> dict[str, str]:
    """The API's parameters for what was last updated on `since` or later; `query` has parameters of the API itself,
    such as `query.term` and `filter.overallStatus`. Raises ValueError for one that the walk sets itself.

    Oldest update first: a study that changes during the walk moves behind what has been read and is met once more,
    never skipped.
    """
    taken = [name for name in query if name in OURS]
    if taken:
        raise ValueError(f"'{taken[0]}' cannot be part of the query: the walk sets it itself")
    if not 1 <= page_size <= 1000:
        raise ValueError(f"a page of {page_size} studies cannot be asked for: expected 1 to 1000")
    found = {**query, "format": "json", "pageSize": str(page_size), "sort": "LastUpdatePostDate:asc"}
    if since is not None:
        window = f"AREA[LastUpdatePostDate]RANGE[{since.isoformat()},MAX]"
        theirs = query.get("filter.advanced")
        found["filter.advanced"] = f"({theirs}) AND {window}" if theirs else window
    return found


def fetch_pages(
    client: httpx.Client,
    base_url: str,
    query: Mapping[str, str],
    since: date | None = None,
    page_token: str | None = None,
    *,
    page_size: int = 500,
    pace: Pace | None = None,
    retries: Retries | None = None,
) -> Iterator[Page]:
    """The pages of a query, from `page_token` on; it must come from a walk with the same query and `since`.

    500 studies are some 10 MB: pages of the 1,000 that the API allows cost twice the memory and save little.
    Raises ApiError when the registry cannot be read further, ValueError for a query that cannot be asked.
    """
    asked = parameters(query, since, page_size)
    walk = _Walk(client, base_url, pace or Pace(), retries or Retries())
    return walk.pages(asked, page_token)


class _Walk:
    def __init__(self, client: httpx.Client, url: str, pace: Pace, retries: Retries) -> None:
        self.client, self.url, self.pace, self.retries = client, url, pace, retries

    def pages(self, asked: dict[str, str], token: str | None) -> Iterator[Page]:
        restarts = 0
        restarted = False
        while True:
            try:
                page = self.page({**asked, **({"pageToken": token} if token else {"countTotal": "true"})})
            except _TokenExpired as error:
                restarts += 1
                if token is None or restarts > self.retries.restarts:
                    raise ApiError(self.url, f"page tokens expire before they can be used: {error}") from error
                token, restarted = None, True
                continue
            if page.next_token is not None and page.next_token == token:
                raise ApiError(self.url, f"the page after the one of token '{token}' is that page itself")
            yield page._replace(restarted=restarted)
            token, restarted = page.next_token, False
            if token is None:
                return

    def page(self, asked: dict[str, str]) -> Page:
        """One page, tried for until it comes. Raises ApiError or _TokenExpired."""
        wait = 0.0
        for failures in range(1, self.retries.tries + 1):
            self.pace.wait(wait)
            try:
                return self.attempt(asked)
            except _Passing as error:
                reason = error.reason
                wait = self.retries.wait(failures)
                if error.wait is not None:
                    if error.wait > self.retries.longest_ask:
                        text = f"{reason}, and asks to come back in {error.wait:.0f} seconds"
                        raise ApiError(self.shown(asked), text) from error
                    wait += error.wait  # the jitter on top: all who were told the same do not come at once
        raise ApiError(self.shown(asked), f"{reason}, and did so {self.retries.tries} times")

    def attempt(self, asked: dict[str, str]) -> Page:
        try:
            response = self.client.get(self.url, params=asked)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.TooManyRedirects) as error:
            raise ApiError(self.url, str(error)) from error
        except httpx.RequestError as error:
            raise _Passing(f"the connection failed ({type(error).__name__}: {error})") from error
        if response.status_code in (408, 429) or response.status_code >= 500:
            raise _Passing(f"answers {response.status_code}", _asked_wait(response))
        if response.status_code in (400, 404) and "pageToken" in asked and _TOKEN.search(response.text):
            raise _TokenExpired(response.text.strip()[:200])
        if response.status_code != 200:
            said = " ".join(response.text.split())[:200]
            raise ApiError(self.shown(asked), f"answers {response.status_code}: {said}")
        return _read(response.content)

    def shown(self, asked: dict[str, str]) -> str:
        return str(httpx.URL(self.url, params=asked))


def _read(body: bytes) -> Page:
    """A page, or _Passing that says what is wrong with it: an answer cut short by a proxy looks like this too."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _Passing(f"answers with a body that is not JSON ({error})") from error
    if not isinstance(value, dict) or not isinstance(value.get("studies"), list):
        raise _Passing("answers with JSON that has no list of studies")
    token, total = value.get("nextPageToken"), value.get("totalCount")
    if not (token is None or isinstance(token, str)):
        raise _Passing(f"answers with a nextPageToken that is no text ({token!r})")
    return Page(value["studies"], token or None, total if isinstance(total, int) else None)


def _asked_wait(response: httpx.Response) -> float | None:
    """Seconds of `Retry-After` (https://www.rfc-editor.org/rfc/rfc9110#name-retry-after), a number or a date; a date
    counts from the server's own `Date`, so that a wrong clock here does no harm."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    then = _http_date(text)
    if then is None:
        return None
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
