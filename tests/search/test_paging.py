"""Pages while a loader writes: what did not change during the walk is there exactly once, and `total` is the first
page's on every page (https://hl7.org/fhir/R5/http.html#paging). Links back give the same pages, cursors are short.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.store.engine import engine_for
from app.store.migrate import migrate
from tests.search.fictional import Study, fictional, ids, put, ticking
from tests.servers import Databases, Server

FIRST = 50
"""Studies at the beginning."""
WRITES = 2
"""During a walk."""
LONGEST_CURSOR = 1000

WALKS = [
    "/fhir/r5/ResearchStudy?_count=5",
    "/fhir/r5/ResearchStudy?_count=5&_sort=title",
    "/fhir/r4/ResearchStudy?_count=4&_sort=-date,title&_total=accurate",
    "/fhir/r5/ResearchStudy?_count=4&_sort=recruitment-target",
    "/fhir/r5/ResearchStudy?_count=5&_sort=-_lastUpdated",
    "/fhir/r4/Location?_count=30&_sort=name,-_id",
    "/fhir/r5/Practitioner?_count=9&_sort=-name",
    "/fhir/r5?_type=ResearchStudy,Group,EvidenceVariable&_count=20&_sort=-_source",
    "/fhir/r4/Group?_count=5&_has:ResearchStudy:eligibility:_id:missing=false",
    "/api/v1/trials?limit=4",
    "/api/v1/trials?limit=5&sort=-start,title",
    "/api/v1/criteria?limit=150",
    "/api/v1/sites?limit=25",
]


class Page(NamedTuple):
    items: list[str]
    total: int
    following: str | None
    previous: str | None


def read(client: httpx.Client, url: str) -> Page:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    if "items" in document:
        links, items = {"next": document["next"]}, [one["id"] for one in document["items"]]
    else:
        links = {one["relation"]: one["url"] for one in document["link"]}
        items = ["{resourceType}/{id}".format_map(one["resource"]) for one in document.get("entry", ())]
    for link in filter(None, links.values()):
        asked = parse_qs(urlsplit(link).query)
        assert len("".join(asked.get("_cursor", []) + asked.get("cursor", []))) < LONGEST_CURSOR
    return Page(items, document["total"], links.get("next"), links.get("previous"))


def walk(client: httpx.Client, url: str, between: Callable[[], None] = lambda: None) -> list[Page]:
    """All pages from this one on; `between` is called after each."""
    pages, link = [], url
    while link:
        pages.append(read(client, link))
        between()
        link = pages[-1].following or ""
    return pages


def walk_back(client: httpx.Client, last: Page, between: Callable[[], None] = lambda: None) -> list[Page]:
    """The pages before the last one, nearest first."""
    pages, link = [], last.previous
    while link:
        pages.append(read(client, link))
        between()
        link = pages[-1].previous
    return pages


class Registry:
    """A server, and a loader that writes beside it."""

    def __init__(self, client: httpx.Client, url: str, folder: Path) -> None:
        self.client, self.url, self.folder = client, url, folder
        self.clock, self.step = ticking(), count()
        self.studies: dict[str, Study] = {}
        self.new = FIRST
        self._load(fictional(0, FIRST))

    def _load(self, changed: list[Study], removed: str | None = None) -> None:
        """One load of all that there is: the registry's studies, without the removed one."""
        self.studies |= dict(zip(ids(changed), changed, strict=True))
        self.studies.pop(removed, None)  # type: ignore[arg-type]
        put(self.url, self.folder, list(self.studies.values()), self.clock, complete=True)

    def write(self) -> None:
        """New, changed and removed studies."""
        step = next(self.step)
        known = list(self.studies)
        removed = known[(step * 7) % len(known)]
        states = {one: state for state, one in zip(fictional(0, self.new, step + 2), self._all(), strict=True)}
        changed = [states[one] for one in known[step * 3 % 40 : step * 3 % 40 + 3] if one != removed]
        new = fictional(self.new, self.new + 1)
        self.new += 1
        self._load([*changed, *new], removed)

    def _all(self) -> list[str]:
        return ids(fictional(0, self.new))

    def versions(self) -> dict[str, str]:
        """Of every resource, and of the trials of the plain API by their bare id."""
        found: dict[str, str] = {}
        link: str | None = "/fhir/r5?_count=1000&_elements=id"
        while link:
            bundle = self.client.get(link).json()
            for one in (entry["resource"] for entry in bundle["entry"]):
                found["{resourceType}/{id}".format_map(one)] = one["meta"]["versionId"]
            link = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), None)
        trials = self.client.get("/api/v1/trials", params={"limit": 1000, "fields": "id,version"}).json()["items"]
        return found | {one["id"]: str(one["version"]) for one in trials}


@pytest.fixture(scope="module")
def registry(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    url = databases.new()
    engine = engine_for(url)
    migrate(engine)
    engine.dispose()
    folder = tmp_path_factory.mktemp("paging")
    put(url, folder, fictional(0, 1), ticking())  # else the server would load the documents that come with it
    with Server(url) as client:
        yield Registry(client, url, folder)


class Writing:
    """Writes in a thread from the second page on; that page waits for the first write, later ones wait for nothing."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.pages = registry, 0
        self.written = threading.Event()
        self.errors: list[BaseException] = []
        self.thread = threading.Thread(target=self._write)

    def between(self) -> None:
        self.pages += 1
        if self.pages == 1:
            self.thread.start()
        elif self.pages == 2:
            assert self.written.wait(60)

    def _write(self) -> None:
        try:
            for _ in range(WRITES):
                self.registry.write()
                self.written.set()
        except BaseException as error:
            self.errors.append(error)
            self.written.set()

    def finish(self) -> None:
        self.thread.join(120)
        assert self.pages > 3 and not self.errors, self.errors


def steady(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """What is the same in both; some of it must not be."""
    assert before != after
    return {name for name, version in before.items() if after.get(name) == version}


def trial_of(item: str) -> str:
    """The trial that a criterion is of, by its id."""
    return item.rsplit("-", 2)[0]


def check(url: str, pages: list[Page], listed: list[str], same: set[str]) -> None:
    """`listed` are the items before the walk."""
    found = Counter(item for page in pages for item in page.items)
    if "/criteria" in url:
        expected = {item for item in listed if trial_of(item) in same}
    elif "/sites" in url:
        expected = {item for item in listed if f"Location/{item}" in same}
    else:
        expected = set(listed) & same
    assert len(expected) > len(listed) // 3
    wrong = {item: found[item] for item in expected if found[item] != 1}
    assert not wrong, f"{len(wrong)} of {len(expected)} are not there once: {list(wrong.items())[:5]}"
    assert {page.total for page in pages} == {len(listed)}


@pytest.mark.parametrize("url", WALKS)
def test_pages_while_a_loader_writes(registry: Registry, url: str) -> None:
    listed = [item for page in walk(registry.client, url) for item in page.items]
    before, writing = registry.versions(), Writing(registry)
    pages = walk(registry.client, url, writing.between)
    writing.finish()
    check(url, pages, listed, steady(before, registry.versions()))


@pytest.mark.parametrize("url", WALKS[1:8:2])
def test_pages_backwards_while_a_loader_writes(registry: Registry, url: str) -> None:
    forward = walk(registry.client, url)
    before, writing = registry.versions(), Writing(registry)
    pages = walk_back(registry.client, forward[-1], writing.between)
    writing.finish()
    listed = [item for page in forward for item in page.items]
    check(url, [*pages, forward[-1]], listed, steady(before, registry.versions()))


@pytest.mark.parametrize("url", [url for url in WALKS if "/fhir" in url])
def test_links_back_give_the_same_pages(registry: Registry, url: str) -> None:
    forward = walk(registry.client, url)
    backward = walk_back(registry.client, forward[-1])
    assert len(forward) > 3 and forward[0].previous is None and forward[-1].following is None
    assert [page.items for page in backward] == [page.items for page in reversed(forward[:-1])]
    assert {page.total for page in (*forward, *backward)} == {sum(len(page.items) for page in forward)}
    # and from the first of them on again
    again = walk(registry.client, backward[-1].following or "")
    assert [page.items for page in again] == [page.items for page in forward[1:]]


def test_cursors_are_short(registry: Registry) -> None:
    """With texts that have three and four bytes a character, in as many keys as there may be."""
    made: list[dict[str, Any]] = fictional(registry.new, registry.new + 4)
    registry.new += 4
    letters = "頭痛治療法研究試験薬患者対象比較安全性有効長期投与観察期間症状改善度評価開発臨床第相無作為化"
    for n, study in enumerate(made):
        words = "".join(letters[(n * 7 + i * i) % len(letters)] for i in range(300))
        modules = study["protocolSection"]
        modules["identificationModule"]["briefTitle"] = words
        modules["identificationModule"]["officialTitle"] = words[::-1]
        modules["descriptionModule"] = {"briefSummary": "\U00020b9f" + words[5:]}
    registry._load(made)
    for sort in ("-title,description,-objective-description,intervention", "-description,-title,description"):
        pages = walk(registry.client, f"/fhir/r5/ResearchStudy?_count=1&_sort={sort}")
        assert [item for page in pages for item in page.items].count(f"ResearchStudy/{ids(made)[0]}") == 1
        assert len({item for page in pages for item in page.items}) == len(pages) == pages[0].total
