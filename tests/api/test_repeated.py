"""A search that is asked again reads its documents and nothing else, gives the same bytes and sees every write at once.
What depends on the time of day is asked anew."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api import repeated
from app.main import create_app
from app.settings import Settings
from app.store import sqlite
from app.store.database import Statement
from tests.search.counting import Counted
from tests.search.fictional import fictional, fill, put
from tests.servers import Databases

STUDIES = 30
STUDY = "/fhir/r5/ResearchStudy"
ASKED = [
    f"{STUDY}?_count=5",
    f"{STUDY}?_count=5&_sort=-title&_elements=title",
    f"{STUDY}?_summary=count",
    f"{STUDY}?_count=3&_include=ResearchStudy:site&_include=ResearchStudy:sponsor",
    f"{STUDY}?_content=study&_sort=_score&_count=4",
    f"{STUDY}?title=nothing-has-it",
    f"{STUDY}?near=48.8|2.3|9000|km&_count=3",
    f"{STUDY}?_count=2&_format=xml",
    "/fhir/r4?_type=Location,Organization&_count=7",
    "/api/v1/trials?limit=4",
    "/api/v1/trials?limit=4&fields=title&facets=phase",
]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite what takes long begins anew in a thread, which would be counted twice when the machine is busy."""
    monkeypatch.setattr(sqlite, "_HERE", 60)


@pytest.fixture(scope="module")
def filled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = databases.new()
    fill(url, tmp_path_factory.mktemp("repeated"), STUDIES)
    return url


def conversation(url: str, talk: Callable[[httpx.AsyncClient, Counted], Awaitable[None]]) -> None:
    async def hold() -> None:
        app = create_app(Settings(database_url=url))
        async with app.router.lifespan_context(app):
            counted = Counted(app.state.database)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://trials") as client:
                await talk(client, counted)

    asyncio.run(hold())


def kept(answer: httpx.Response) -> tuple[int, bytes, str, str]:
    return answer.status_code, answer.content, answer.headers["etag"], answer.headers["content-type"]


@pytest.mark.parametrize("path", ASKED)
def test_the_second_answer_is_the_first_one_in_one_statement(filled: str, path: str) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        first = await client.get(path)
        counted.statements.clear()
        second = await client.get(path)
        assert first.status_code == 200 and kept(second) == kept(first)
        assert len(counted.statements) == 1
        unchanged = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert unchanged.status_code == 304 and unchanged.headers["etag"] == first.headers["etag"]

    conversation(filled, talk)


def test_a_write_is_seen_at_once(databases: Databases, tmp_path: Path) -> None:
    url = databases.new()
    fill(url, tmp_path, STUDIES)

    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        before = {path: await client.get(path) for path in ASKED}
        put(url, tmp_path, fictional(0, STUDIES + 3, 3), lambda: "2026-02-03T04:05:06.000000Z")
        for path, old in before.items():
            new = await client.get(path, headers={"If-None-Match": old.headers["etag"]})
            if new.status_code == 304:  # only where it says the same
                assert (await client.get(path)).content == old.content
        counted = (await client.get(f"{STUDY}?_summary=count")).json()["total"]
        assert counted > before[f"{STUDY}?_summary=count"].json()["total"]
        for path in (
            f"{STUDY}?_count=5",
            f"{STUDY}?_count=3&_include=ResearchStudy:site&_include=ResearchStudy:sponsor",
        ):
            for entry in (await client.get(path)).json()["entry"]:
                read = await client.get(entry["fullUrl"])
                assert read.json() == entry["resource"]

    conversation(url, talk)


def test_what_the_answer_depends_on_is_told_apart(filled: str) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        path = f"{STUDY}?_count=1"
        plain = await client.get(path)
        xml = await client.get(path, headers={"Accept": "application/fhir+xml"})
        elsewhere = await client.get(path, headers={"Host": "registry.example.org"})
        assert plain.headers["content-type"].startswith("application/fhir+json")
        assert xml.headers["content-type"].startswith("application/fhir+xml")
        assert b"http://registry.example.org/fhir/r5" in elsewhere.content
        assert b"registry.example.org" not in plain.content
        lenient = await client.get(f"{path}&titel=x", headers={"Prefer": "handling=lenient"})
        strict = await client.get(f"{path}&titel=x")
        assert (lenient.status_code, strict.status_code) == (200, 400)
        posted = await client.post(f"{STUDY}/_search", data={"_count": "1"})
        assert posted.json()["entry"] == plain.json()["entry"]

    conversation(filled, talk)


@pytest.mark.parametrize("path", [f"{STUDY}?stale=true", f"{STUDY}?date=ap2020", "/api/v1/trials?stale=false"])
def test_what_changes_with_the_time_is_not_kept(filled: str, path: str) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        for _ in range(3):
            counted.statements.clear()
            assert (await client.get(path)).status_code == 200
            assert any("search_date" in one.sql for one in counted.statements)

    conversation(filled, talk)


def test_the_least_recently_asked_go(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "MOST_BYTES", 3 * repeated._OVERHEAD + 500)
    paths = [f"{STUDY}?_count={n}" for n in (1, 2, 3, 4)]

    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        for path in paths:
            await client.get(path)
        counted.statements.clear()
        await client.get(paths[-1])
        assert len(counted.statements) == 1
        counted.statements.clear()
        await client.get(paths[0])
        assert "LIMIT" in counted.statements[0].sql

    conversation(filled, talk)


def test_headers_with_the_same_value_are_told_apart(filled: str) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        path, xml = f"{STUDY}?_count=2", "application/fhir+xml"
        del client.headers["accept"]
        preferred = await client.get(path, headers={"Prefer": xml})
        accepted = await client.get(path, headers={"Accept": xml})
        assert preferred.headers["content-type"].startswith("application/fhir+json")
        assert accepted.headers["content-type"].startswith(xml)

    conversation(filled, talk)


@pytest.mark.parametrize("meanwhile", ["dropped", "replaced"])
def test_an_outline_that_goes_while_its_documents_are_read(
    filled: str, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        path = f"{STUDY}?_count=2"
        first = await client.get(path)
        kept = client._transport.app.state.repeated._kept  # type: ignore[attr-defined]
        [(name, outline)] = kept.items()
        read = counted.points

        async def slow(statement: Statement) -> Any:
            rows = await read(statement)
            if meanwhile == "dropped":
                del kept[name]
                return rows
            kept[name] = outline._replace(version=outline.version + 1)
            return [(int(row[0]) + 1, *row[1:]) for row in rows]  # as after a write

        monkeypatch.setattr(client._transport.app.state.database, "points", slow)  # type: ignore[attr-defined]
        again = await client.get(path)
        assert again.status_code == 200 and again.content == first.content
        assert len(kept) == (0 if meanwhile == "dropped" else 1)

    conversation(filled, talk)


def test_an_outline_weighs_all_that_it_holds(filled: str) -> None:
    async def talk(client: httpx.AsyncClient, counted: Counted) -> None:
        kept = client._transport.app.state.repeated._kept  # type: ignore[attr-defined]
        weights = []
        for more in ("", "&near=48.8|2.3|19000|km", f"&_id={'x' * 9000}"):
            kept.clear()
            await client.get(f"{STUDY}?_count=20{more}")
            weights.append(kept.currsize)
        plain, measured, long = weights
        assert measured > plain + 20 * 100, "what is said of each match"
        assert long > plain + 2 * 9000, "the links"

    conversation(filled, talk)
