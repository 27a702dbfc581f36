"""A sync goes on where it stopped, whatever stopped it, and asks next time for no more than it must."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

import httpx
import pytest

from app.generate import studies
from app.intake.ctgov_api import ApiError, Pace, Page, Retries, fetch_pages
from app.intake.sync import Pages, Place, Seen, Synced, sync, updated
from tests.intake.fake_ctgov import FakeCtgov, Fault


class Kept:
    """A state that, as a table would, keeps text."""

    def __init__(self) -> None:
        self.row: tuple[str | None, str | None, str] | None = None
        self.tokens: list[str | None] = []

    def get(self) -> Place | None:
        if self.row is None:
            return None
        token, since, seen = self.row
        return Place(token, date.fromisoformat(since) if since else None, Seen.model_validate_json(seen))

    def set(self, token: str | None, since: date | None, seen: Seen) -> None:
        self.row = (token, since.isoformat() if since else None, seen.model_dump_json())
        self.tokens.append(token)


class Loader:
    """Counts like the real one: new once, unchanged after that, refused when it is no study."""

    def __init__(self) -> None:
        self.loaded: Counter[str] = Counter()
        self.fails_at: tuple[int, BaseException] | None = None
        self.calls = 0

    def __call__(self, some: list[Any]) -> Mapping[str, int]:
        self.calls += 1
        if self.fails_at and self.calls == self.fails_at[0]:
            raise self.fails_at[1]
        counts: Counter[str] = Counter()
        for study in some:
            if not isinstance(study, dict):
                counts["refused"] += 1
                continue
            name = study["protocolSection"]["identificationModule"]["nctId"]
            counts["unchanged" if self.loaded[name] else "new"] += 1
            self.loaded[name] += 1
        return counts


@pytest.fixture
def server() -> Iterator[FakeCtgov]:
    with FakeCtgov(list(studies(25))) as server:
        yield server


@pytest.fixture
def pages(server: FakeCtgov) -> Iterator[Pages]:
    with httpx.Client(trust_env=False, verify=False, timeout=10) as client:
        retries = Retries(tries=2, draw=lambda: 0.0)
        pace = Pace(1000, lambda: 0.0, lambda seconds: None)
        ask = partial(fetch_pages, client, server.url, {}, page_size=10, pace=pace, retries=retries)
        yield lambda since, token: ask(since, token)


def newest(server: FakeCtgov) -> date:
    return max(day for day in map(updated, server.studies) if day)


def test_a_whole_window(pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    result = sync(pages, loader, state)
    seen = Seen(pages=3, studies=25, total=25, newest=newest(server), counts={"new": 25})
    assert result == Synced(seen, newest(server), finished=True)
    assert state.get() == Place(None, newest(server), seen)
    assert len(set(state.tokens)) == 3 and state.tokens[-1] is None


def test_the_next_one_asks_from_the_newest_day_on(pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    sync(pages, loader, state)
    again = sync(pages, loader, state)
    assert server.requests[-1]["filter.advanced"] == f"AREA[LastUpdatePostDate]RANGE[{newest(server)},MAX]"
    assert again.seen.counts.keys() == {"unchanged"} and again.seen.studies < 25
    assert again.since == newest(server)


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RuntimeError("killed")], ids=["interrupted", "killed"])
def test_it_goes_on_behind_the_last_page_loaded(stop: BaseException, pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    loader.fails_at = (2, stop)
    if isinstance(stop, KeyboardInterrupt):
        result = sync(pages, loader, state)
        assert not result.finished and result.seen.studies == 10
    else:
        with pytest.raises(RuntimeError):
            sync(pages, loader, state)
    before = len(server.requests)
    result = sync(pages, loader, state)
    assert result.finished and result.seen.studies == 25 and result.seen.total == 25
    assert set(loader.loaded.values()) == {1}
    assert all("pageToken" in request for request in server.requests[before:])


def test_stopped_before_the_first_page_is_loaded(pages: Pages) -> None:
    state, loader = Kept(), Loader()
    loader.fails_at = (1, KeyboardInterrupt())
    assert sync(pages, loader, state) == Synced(Seen(), None, finished=False)
    assert state.get() is None
    assert sync(pages, loader, state).seen.counts == {"new": 25}


def test_a_registry_that_breaks_down_in_the_middle(pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    server.faults = {1: Fault(500), 2: Fault(500)}
    with pytest.raises(ApiError, match="answers 500"):
        sync(pages, loader, state)
    assert sync(pages, loader, state).seen.counts == {"new": 25}
    assert set(loader.loaded.values()) == {1}


def test_a_token_that_expired_meanwhile(pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    loader.fails_at = (3, KeyboardInterrupt())
    sync(pages, loader, state)
    server.expire_tokens()
    result = sync(pages, loader, state)
    assert result.seen.restarts == 1
    assert result.seen.counts == {"unchanged": 20, "new": 5} and result.seen.studies == 25
    assert result.since == newest(server)


def test_refused_studies_do_not_hold_it_up(pages: Pages, server: FakeCtgov) -> None:
    server.studies += [None, "text"]
    result = sync(pages, Loader(), Kept())
    assert result.finished and result.seen.counts == {"refused": 2, "new": 25}


def test_the_window_stays_while_studies_are_missing(server: FakeCtgov) -> None:
    def short(since: date | None, token: str | None) -> Iterator[Page]:
        yield Page(server.studies[:5], None, 7)

    state = Kept()
    result = sync(short, Loader(), state)
    assert result.seen.missed == 2 and result.since is None
    assert sync(short, Loader(), state, since=date(2020, 1, 1)).since == date(2020, 1, 1)


def test_nothing_new_leaves_the_window_where_it_is(pages: Pages) -> None:
    far = date(2090, 1, 1)
    assert sync(pages, Loader(), Kept(), since=far) == Synced(Seen(pages=1, total=0), far, finished=True)


def test_another_window_is_walked_from_its_start(pages: Pages, server: FakeCtgov) -> None:
    state, loader = Kept(), Loader()
    loader.fails_at = (2, KeyboardInterrupt())
    sync(pages, loader, state)
    sync(pages, loader, state, since=date(1990, 1, 1))
    assert "pageToken" not in server.requests[2]
    assert server.requests[2]["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[1990-01-01,MAX]"


@pytest.mark.parametrize("date_given", [None, 7, "", "soon", "2026-02-30", {"date": "2026"}])
def test_dates_that_are_none(date_given: object) -> None:
    study = {"protocolSection": {"statusModule": {"lastUpdatePostDateStruct": {"date": date_given}}}}
    assert updated(study) is None
