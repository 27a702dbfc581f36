"""Walks over the public API, against a server on this machine: pages, tokens, faults, patience and manners."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from app.generate import studies
from app.intake.ctgov_api import ApiError, Pace, Page, Retries, fetch_pages, parameters
from app.intake.sync import updated
from tests.intake.fake_ctgov import FakeCtgov, Fault


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[FakeCtgov]:
    with FakeCtgov(list(studies(25)), clock) as server:
        yield server


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, verify=False, timeout=10) as client:
        yield client


def walk(client: httpx.Client, server: FakeCtgov, clock: Clock, **more: Any) -> Iterator[Page]:
    settings: dict[str, Any] = {
        "page_size": 10,
        "pace": Pace(1, clock, clock.sleep),
        "retries": Retries(tries=4, draw=lambda: 1.0),
    }
    query = more.pop("query", {})
    return fetch_pages(client, server.url, query, more.pop("since", None), more.pop("token", None), **settings | more)


def ids(pages: list[Page]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for page in pages for study in page.studies]


def test_every_study_comes_once_oldest_update_first(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    pages = list(walk(client, server, clock))
    assert [len(page.studies) for page in pages] == [10, 10, 5]
    assert [page.total for page in pages] == [25, None, None]
    assert pages[-1].next_token is None
    assert len(set(ids(pages))) == 25
    days = [updated(study) for page in pages for study in page.studies]
    assert days == sorted(days, key=lambda day: day or date.min)
    assert all(study in server.studies for page in pages for study in page.studies)


def test_a_last_page_may_be_empty(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    assert [len(page.studies) for page in walk(client, server, clock, page_size=5)] == [5, 5, 5, 5, 5, 0]


def test_a_query_that_finds_nothing_is_one_empty_page(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    assert list(walk(client, server, clock, query={"query.term": "no such words"})) == [Page([], None, 0)]


def test_query_and_window_reach_the_server(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    since = sorted(day for day in map(updated, server.studies) if day)[15]
    query = {"filter.overallStatus": "RECRUITING"}
    found = ids(list(walk(client, server, clock, query=query, since=since, page_size=2)))
    assert found
    assert set(found) == {
        study["protocolSection"]["identificationModule"]["nctId"]
        for study in server.studies
        if (updated(study) or date.min) >= since
        and study["protocolSection"]["statusModule"]["overallStatus"] == "RECRUITING"
    }
    assert server.requests[0] == {
        "filter.overallStatus": "RECRUITING",
        "filter.advanced": f"AREA[LastUpdatePostDate]RANGE[{since},MAX]",
        "format": "json",
        "sort": "LastUpdatePostDate:asc",
        "pageSize": "2",
        "countTotal": "true",
    }


def test_a_filter_of_the_query_is_kept_beside_the_window() -> None:
    asked = parameters({"filter.advanced": "AREA[Phase]PHASE3"}, date(2026, 3, 2), 100)
    assert asked["filter.advanced"] == "(AREA[Phase]PHASE3) AND AREA[LastUpdatePostDate]RANGE[2026-03-02,MAX]"


@pytest.mark.parametrize("query", [{"pageToken": "x"}, {"sort": "NCTId"}, {"pageSize": "5"}])
def test_what_the_walk_sets_cannot_be_asked_for(query: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="the walk sets it itself"):
        parameters(query, None, 100)


@pytest.mark.parametrize("size", [0, 1001])
def test_page_sizes_are_those_of_the_api(size: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 1000"):
        parameters({}, None, size)


PASSING = {
    "429": Fault(429),
    "500": Fault(500),
    "502, no JSON": Fault(502, body=b"<html>bad gateway</html>"),
    "503": Fault(503),
    "cut in the body": Fault(cut=True),
    "no body": Fault(body=b""),
    "half a body": Fault(body=b'{"studies": [{"protocolSection": {'),
    "no JSON": Fault(body=b"<html>maintenance</html>"),
    "no object": Fault(body=b"[]"),
    "no list of studies": Fault(body=b'{"studies": null}'),
    "a token that is no text": Fault(body=b'{"studies": [], "nextPageToken": 7}'),
    "no gzip": Fault(body=b"plain", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(fault: Fault, client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    server.faults = {0: fault, 2: fault, 3: fault}
    pages = list(walk(client, server, clock))
    assert len(set(ids(pages))) == 25
    assert len(server.requests) == 6
    assert not any(page.restarted for page in pages)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_ends_with_url_and_reason(
    fault: Fault, client: httpx.Client, server: FakeCtgov, clock: Clock
) -> None:
    server.faults = dict.fromkeys(range(1, 9), fault)
    pages = walk(client, server, clock, query={"filter.overallStatus": "COMPLETED"}, page_size=1)
    assert len(next(pages).studies) == 1
    with pytest.raises(ApiError, match="did so 4 times") as caught:
        next(pages)
    assert caught.value.url.startswith(server.url) and "COMPLETED" in caught.value.url
    assert len(server.requests) == 1 + 4


def test_nobody_listening_is_tried_again_too(client: httpx.Client, clock: Clock) -> None:
    with FakeCtgov([]) as gone:
        pass
    with pytest.raises(ApiError, match="the connection failed"):
        list(walk(client, gone, clock))
    assert len(clock.slept) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 301])
def test_what_will_not_pass_is_not_tried_again(
    status: int, client: httpx.Client, server: FakeCtgov, clock: Clock
) -> None:
    server.faults = {0: Fault(status, body=b"filter.advanced: cannot be read")}
    with pytest.raises(ApiError, match=f"answers {status}: filter.advanced: cannot be read"):
        list(walk(client, server, clock))
    assert len(server.requests) == 1


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/studies", "http://[::1/studies"])
def test_an_address_that_cannot_be_asked(url: str, client: httpx.Client) -> None:
    with pytest.raises(ApiError) as caught:
        list(fetch_pages(client, url, {}))
    assert caught.value.url == url


def test_waits_double_up_to_a_bound(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    server.faults = dict.fromkeys(range(6), Fault(503))
    retries = Retries(tries=7, first_wait=2, longest_wait=20, draw=lambda: 0.5)
    next(walk(client, server, clock, retries=retries))
    assert clock.slept == [1, 2, 4, 8, 10, 10]


def test_jitter_goes_down_to_nothing_but_the_pace_holds(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    server.faults = dict.fromkeys(range(3), Fault(503))
    next(walk(client, server, clock, retries=Retries(tries=4, draw=lambda: 0.0), pace=Pace(4, clock, clock.sleep)))
    assert clock.slept == [0.25, 0.25, 0.25]


RETRY_AFTER = {
    "seconds": ({"Retry-After": "17"}, 17),
    "a date, by the server's clock": (
        {"Date": "Mon, 02 Mar 2026 08:00:00 GMT", "Retry-After": "Mon, 02 Mar 2026 08:01:30 GMT"},
        90,
    ),
    "a date gone by": ({"Date": "Mon, 02 Mar 2026 08:00:00 GMT", "Retry-After": "Sun, 01 Mar 2026 08:00:00 GMT"}, 0),
    "not to be read": ({"Retry-After": "soon"}, 0),
    "negative": ({"Retry-After": "-5"}, 0),
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("headers", "asked"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_the_server_says_when_to_come_back(
    headers: dict[str, str], asked: int, status: int, client: httpx.Client, server: FakeCtgov, clock: Clock
) -> None:
    server.faults = {0: Fault(status, headers)}
    next(walk(client, server, clock))
    assert clock.slept == [asked + 1]


def test_a_server_that_wants_to_be_left_alone_is(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    server.faults = {0: Fault(429, {"Retry-After": "86400"})}
    with pytest.raises(ApiError, match="asks to come back in 86400 seconds"):
        next(walk(client, server, clock))
    assert clock.slept == []


def test_requests_are_spaced_retries_included(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    server.faults = {2: Fault(500), 4: Fault(429, {"Retry-After": "3"})}
    for page in walk(client, server, clock, page_size=3, pace=Pace(2, clock, clock.sleep)):
        clock.now += 0.2 * len(page.studies)  # loading takes its time
    gaps = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    assert len(gaps) == 10
    assert min(gaps) >= 0.5


def test_loading_slowly_costs_no_further_wait(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    for _ in walk(client, server, clock, page_size=3):
        clock.now += 5
    assert clock.slept == []


def test_an_expired_token_starts_the_window_again(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    since = date(2010, 1, 1)
    pages = walk(client, server, clock, since=since)
    first = next(pages)
    server.expire_tokens()
    rest = list(pages)
    assert [page.restarted for page in rest] == [True] + [False] * (len(rest) - 1)
    assert rest[0].studies == first.studies and rest[0].total == first.total
    windows = {request["filter.advanced"] for request in server.requests}
    assert windows == {f"AREA[LastUpdatePostDate]RANGE[{since},MAX]"}


def test_a_kept_token_goes_on_where_it_points(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    first = next(walk(client, server, clock))
    rest = list(walk(client, server, clock, token=first.next_token))
    assert ids([first, *rest]) == ids(list(walk(client, server, clock)))


def test_a_kept_token_that_is_nonsense_starts_again(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    pages = list(walk(client, server, clock, token="nonsense"))
    assert pages[0].restarted and len(set(ids(pages))) == 25


def test_tokens_that_never_last_end_the_walk(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    with pytest.raises(ApiError, match="expire before they can be used"):
        for _ in walk(client, server, clock):
            server.expire_tokens()
    assert len(server.requests) == 1 + 3 * 2 + 1


def test_a_page_that_leads_to_itself_ends_the_walk(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    loop = Fault(body=b'{"studies": [], "nextPageToken": "again"}')
    server.faults = dict.fromkeys(range(9), loop)
    with pytest.raises(ApiError, match="is that page itself"):
        list(walk(client, server, clock))
    assert len(server.requests) == 2


def test_malformed_studies_come_as_they_are(client: httpx.Client, server: FakeCtgov, clock: Clock) -> None:
    malformed: list[Any] = [None, "text", 7, [], {}, {"protocolSection": 5}]
    server.studies = [*malformed, *server.studies]
    found = [study for page in walk(client, server, clock) for study in page.studies]
    assert found[: len(malformed)] == malformed
    assert len(found) == len(malformed) + 25
