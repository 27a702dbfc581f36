"""How many SQL statements a request takes: its page is one, with the total in it, and one for where to begin; what is
included one more, however many entries there are. Requests go through the application itself, in this process.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from app.main import create_app
from app.search import page
from app.settings import Settings
from app.store import sqlite
from tests.search.counting import Counted
from tests.search.fictional import fictional, fill, ids
from tests.servers import Databases

STUDIES = 60
ID = ids(fictional(0, 1, 2))[0]
INCLUDES = [
    ("_include", "ResearchStudy:site"),
    ("_include", "ResearchStudy:sponsor"),
    ("_revinclude", "Provenance:target"),
    ("_include", "*"),
]
ITERATED = [("_include", "ResearchStudy:principalinvestigator"), ("_include:iterate", "PractitionerRole:practitioner")]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite what takes long begins anew in a thread, which would be counted twice when the machine is busy."""
    monkeypatch.setattr(sqlite, "_HERE", 60)


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Counted]]:
    app = create_app(Settings(database_url=url))
    async with app.router.lifespan_context(app):
        counted = Counted(app.state.database)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://trials") as client:
            yield client, counted


@pytest.fixture(scope="module")
def filled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = databases.new()
    fill(url, tmp_path_factory.mktemp("statements"), STUDIES)
    return url


def count(url: str, *requests: tuple[str, Sequence[tuple[str, str]]]) -> list[tuple[int, httpx.Response]]:
    """Of each request, one after another, the statements and the answer."""

    async def ask() -> list[tuple[int, httpx.Response]]:
        made = []
        async with counting(url) as (client, counted):
            for path, pairs in requests:
                counted.statements.clear()
                answer = await client.get(path, params=httpx.QueryParams(list(pairs)))
                assert answer.status_code == 200, answer.text
                made.append((len(counted.statements), answer))
        return made

    return asyncio.run(ask())


def modes(answer: httpx.Response) -> list[str]:
    return [one["search"]["mode"] for one in answer.json().get("entry", ())]


@pytest.fixture(params=[page.FEW, 5], ids=["few", "many"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is many rows: a page begins elsewhere."""
    monkeypatch.setattr(page, "FEW", request.param)


PAGES = [
    [],
    [("title:contains", "study")],
    [("_sort", "title")],
    [("_sort", "-date,title"), ("recruitment-status", "recruiting,completed")],
    [("site.address-country", "United States"), ("_sort", "_lastUpdated")],
    [("_has:Provenance:target:agent:missing", "false"), ("_text", "study")],
    [("condition:not", "nothing"), ("_filter", 'title co "a" or phase eq phase-2')],
    [("_total", "none"), ("_sort", "-phase")],
    [("_content", "study"), ("_sort", "_score")],
    [("_content", "study"), ("_sort", "_score"), ("_total", "none")],
]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("release", ["r4", "r5"])
@pytest.mark.parametrize(
    "pairs", PAGES, ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs) or "all"
)
def test_a_page_is_two_statements(filled: str, release: str, pairs: list[tuple[str, str]]) -> None:
    for size in (1, 7, 1000):
        asked = (f"/fhir/{release}/ResearchStudy", [*pairs, ("_count", str(size))])
        for statements, answer in count(filled, asked, asked):
            assert modes(answer)
            assert statements <= 2, f"{statements} statements for {asked}"


@pytest.mark.usefixtures("few")
def test_following_pages_are_two_statements(filled: str) -> None:
    for sort in ("title", "-phase", "recruitment-target", "_lastUpdated,-title"):
        url, pages = f"/fhir/r5/ResearchStudy?_count=9&_sort={sort}", 0

        async def walk(url: str | None) -> int:
            pages = 0
            async with counting(filled) as (client, counted):
                while url:
                    counted.statements.clear()
                    bundle = (await client.get(url)).json()
                    assert len(counted.statements) <= 2, url
                    url = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), None)
                    pages += 1
            return pages

        pages = asyncio.run(walk(url))
        assert pages > 5


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("pairs", [[], [("_sort", "-date")], [("phase:missing", "false")]], ids=["all", "sort", "test"])
def test_includes_are_one_more(filled: str, pairs: list[tuple[str, str]]) -> None:
    for number in range(1, len(INCLUDES) + 1):
        asked = ("/fhir/r4/ResearchStudy", [*pairs, *INCLUDES[:number], ("_count", "25")])
        [(statements, answer)] = count(filled, asked)
        found = modes(answer)
        assert found.count("match") == 25 and found.count("include") > 10
        assert statements <= 3, f"{statements} statements for {asked}"


def test_each_level_of_iterate_is_one_more(filled: str) -> None:
    place = "/fhir/r4/ResearchStudy"
    [(plain, _), (once, _), (iterated, answer)] = count(
        filled,
        (place, [("_count", "25")]),
        (place, [*ITERATED[:1], ("_count", "25")]),
        (place, [*ITERATED, ("_count", "25")]),
    )
    kinds = {one["resource"]["resourceType"] for one in answer.json()["entry"]}
    assert {"PractitionerRole", "Practitioner"} <= kinds
    # to the roles, from them to the people, and from those to nothing new
    assert plain <= 2 and once <= plain + 1 and iterated <= plain + 3


def test_distances_are_one_more(filled: str) -> None:
    for place in ("Location", "ResearchStudy"):
        [(statements, answer)] = count(filled, (f"/fhir/r5/{place}", [("near", "50|8|5000|km"), ("_count", "50")]))
        assert modes(answer) and statements <= 3


def test_facets_are_one_each(filled: str) -> None:
    names = ["overall_status", "phase", "country", "condition"]
    for number in range(1, len(names) + 1):
        asked = [("facets", ",".join(names[:number])), ("study_type", "interventional")]
        [(plain, _), (statements, answer)] = count(filled, ("/api/v1/trials", asked[1:]), ("/api/v1/trials", asked))
        assert set(answer.json()["facets"]) == set(names[:number])
        # one more reads which version of the data they are of
        assert statements <= plain + number + 1


@pytest.mark.parametrize("format", ["json", "csv"])
def test_more_trials_are_no_more_statements(filled: str, format: str) -> None:
    asked = [("/api/v1/trials", [("format", format), ("limit", str(size))]) for size in (1, 10, STUDIES)]
    numbers = [count(filled, one)[0][0] for one in asked]
    assert len(set(numbers)) == 1 and numbers[0] <= (2 if format == "json" else 5)


def test_counting_counts(filled: str) -> None:
    """The count sees every look-up and every statement of a script."""
    [(read, _), (search, _)] = count(filled, (f"/api/v1/trials/{ID}", []), (f"/api/v1/trials/{ID}/sites", []))
    assert read == 1 and search == 3
