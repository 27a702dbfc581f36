"""No plan scans a table that grows with the registry, on either engine, at 100,000 studies: every search parameter with
each of its modifiers, and every workload of `tests.bench` as the application answers it. What may scan is in
`tests.search.planned.EXCEPTIONS`, with its bound; `tests.search.plans` says what a scan is, `tests.search.plenty` what
the data are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event, text

from app.main import create_app
from app.search import page
from app.settings import Settings
from app.store import sqlite as reading
from app.store.database import Database, open_database
from app.store.engine import engine_for, writing
from app.store.export import Export, write_export
from tests.bench.workloads import EXPORT, NAMES
from tests.search.counting import Counted
from tests.search.planned import EXCEPTIONS, Asked, asked, excepted, scans
from tests.search.plans import EXPLAIN, scans_in, scans_of
from tests.search.plenty import fill
from tests.servers import Databases

FEW = 300
"""What is few rows: of the values of `full` there are fewer, of those of `other` more."""


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "FEW", FEW)
    monkeypatch.setattr(reading, "_HERE", 60)


@pytest.fixture(scope="module")
def plenty(databases: Databases) -> str:
    url = databases.new()
    fill(url)
    if databases.engine == "postgresql":
        engine = engine_for(url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        engine.dispose()
    return url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url, 30)
    await database.open()
    yield database
    await database.close()


@pytest.mark.parametrize("total", [False, True], ids=["page", "total"])
def test_parameters(plenty: str, total: bool) -> None:
    used: set[str] = set()

    async def wrong() -> list[str]:
        faults, known = [], dict[Any, Any]()
        async with opened(plenty) as database:
            for one in asked():
                request = "=".join(one.pair)
                names = excepted(request, total=total)
                allowed = {table for name in names for table in EXCEPTIONS[name].tables}
                found = await scans(database, one, total=total, known=known)
                used.update(names if found else ())
                bad = [scan for scan in found if scan.partition(":")[0] not in allowed]
                faults += [f"{one.release} {one.type}?{request}: {scan}" for scan in bad]
        assert len(known) > 2000
        return faults

    faults = asyncio.run(wrong())
    assert not faults, f"{len(faults)} scans: " + "\n".join(faults[:20])
    assert used >= ({"total"} if total else {"contains", "ne", "sort"}), "an exception that nothing needs"


STUDY, TRIALS = "/fhir/r5/ResearchStudy", "/api/v1/trials"
ONE = "researchstudy-777"
"""A study that has none of the values of `full` and `other`."""
TRIAL = f"{TRIALS}/{ONE}"
SCORED = f"{STUDY}?_content=about&_sort=_score"
INCLUDES = "_include=ResearchStudy:site&_include=ResearchStudy:sponsor&_include=ResearchStudy:eligibility"
RECRUITING = "recruitment-status=recruiting"
PAGES = {
    f"{where}{'-recruiting' if status else ''}-by{sort if sort[0] == '-' else f'-{sort}'}": (
        f"{STUDY}?{status}{'&' if status else ''}_sort={sort}"
    )
    for where in ("page-1", "early-pages", "page-500")
    for status in ("", RECRUITING)
    for sort in ("-last-update", "title")
}
WORKLOADS: dict[str, Sequence[str]] = {
    "read": [f"{STUDY}/{ONE}"],
    "read-hot": [f"{STUDY}/{ONE}", "/fhir/r4/Location/location-7", f"{STUDY}/nobody"],
    "conditional-read": [f"{STUDY}/{ONE}#2"],
    "vread": [f"{STUDY}/{ONE}/_history/1", f"{STUDY}/{ONE}/_history/2"],
    "identifier": [f"{STUDY}?identifier=number-777", f"{STUDY}?identifier=https://example.org/codes|number-777"],
    "status": [f"{STUDY}?{RECRUITING}"],
    "status-hot": [f"/fhir/r4/ResearchStudy?{RECRUITING}"],
    "condition": [f"{STUDY}?condition=condition-777", f"{STUDY}?condition=condition-7,condition-8"],
    "condition-country-phase": [
        f"{STUDY}?condition=condition-777&country=US&phase=phase-2",
        f"{STUDY}?country=US&phase=phase-2",
    ],
    "title-text": [f"{STUDY}?title:text=study%20number777"],
    "content-score": [f"{STUDY}?_content=drug77%20arm1&_sort=_score", SCORED],
    "near-status": [f"{STUDY}?near=48.8|2.3|50|km&{RECRUITING}"],
    "chain-site": [
        f"{STUDY}?site.address-city=city%207",
        f"{STUDY}?site.name=hospital",
        "/fhir/r5/Location?_has:ResearchStudy:site:_id=full",
    ],
    "includes": [f"{STUDY}?condition=condition-7&{INCLUDES}", f"{STUDY}?{RECRUITING}&_include=*&_revinclude=*"],
    "count": [f"{STUDY}?condition=condition-777&_summary=count"],
    "count-large": [f"{STUDY}?last-update=ge2024-01-01&_summary=count"],
    "elements": [f"{STUDY}?condition=condition-777&_elements=title"],
    **{name: [path] for name, path in PAGES.items()},
    "plain-list": [f"{TRIALS}?condition=condition-777", TRIALS, f"{TRIALS}?format=csv"],
    "facets": [
        f"{TRIALS}?condition=condition-777&facets=overall_status,phase,country",
        f"{TRIALS}?facets=overall_status",
    ],
    "changes": ["/api/v1/changes?cursor=50000", "/api/v1/changes", "/api/v1/changes?since=2019-01-01"],
    # no workloads, but requests all the same
    "history": [f"{STUDY}/{ONE}/_history", f"{STUDY}/_history", "/fhir/r4/_history", f"{STUDY}/_history?_at=2015"],
    "everything": [f"{STUDY}/full/$everything"],
    "system": ["/fhir/r5?_type=ResearchStudy,Location&_lastUpdated=ge2015", "/fhir/r5?_id=full", "/fhir/r5"],
    "has": ["/fhir/r5/Location?_has:ResearchStudy:site:_id=full"],
    "condition-words": [f"{STUDY}?condition=nothing-at-all"],
    "lists": [f"/api/v1/{name}" for name in ("criteria", "outcomes", "sites", "runs", "runs/7/refusals")],
    "listed": [f"/api/v1/criteria?trial={ONE}", f"/api/v1/sites?trial={ONE}", "/api/v1/sites?city=city%207"],
    "trial": [TRIAL, *(f"{TRIAL}/{name}" for name in ("criteria", "outcomes", "sites", "contacts", "links"))],
    "versions": [f"{TRIAL}/versions", f"{TRIAL}/versions/1", f"{TRIALS}/researchstudy-50777/origins"],
}


@asynccontextmanager
async def recording(url: str, folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Counted, Database]]:
    """A client of the application, what it asks, and a database that explains it."""
    app = create_app(Settings(database_url=url, export_folder=str(folder)))
    async with app.router.lifespan_context(app), opened(url) as database:
        recorded = Counted(app.state.database)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://trials", timeout=60) as client:
            yield client, recorded, database


async def answered(client: httpx.AsyncClient, path: str, name: str) -> httpx.Response:
    """`#n` after the path is a version that the client has."""
    path, _, version = path.partition("#")
    answer = await client.get(path, headers={"If-None-Match": f'W/"{version}"'} if version else {})
    expected = 304 if version else 404 if "nobody" in path else 200
    assert answer.status_code == expected, f"{name} {path}: {answer.text[:500]}"
    return answer


def with_size(path: str, size: int) -> str:
    """The same question with another size of its pages, which the server answers anew."""
    base, _, query = path.partition("?")
    paged = query or base.count("/") == 3 or base.endswith(("_history", "everything"))
    if not paged or "_summary" in query:
        return path
    name = "limit" if base.startswith("/api") else "_count"
    kept = [pair for pair in query.split("&") if pair and not pair.startswith(f"{name}=")]
    return f"{base}?{'&'.join([*kept, f'{name}={size}'])}"


async def deep(client: httpx.AsyncClient, path: str, name: str) -> str:
    """The address of a later page."""
    for size in (20,) if name.startswith("early") else (1000, 1000) if name.startswith("page-500") else ():
        links = (await answered(client, with_size(path, size), name)).json()["link"]
        following = next(one["url"] for one in links if one["relation"] == "next")
        path = with_size(following.removeprefix("http://trials"), 20)
    return path


def test_workloads(plenty: str, tmp_path: Path) -> None:
    """Asked twice: at first what is counted may be gone through, from then on nothing."""
    assert {*NAMES} - {EXPORT} <= {*WORKLOADS}

    async def wrong() -> list[str]:
        faults = []
        async with recording(plenty, tmp_path) as (client, recorded, database):
            for name, paths in WORKLOADS.items():
                for path in paths:
                    path = await deep(client, path, name)
                    for size in (20, 21):
                        recorded.statements.clear()
                        await answered(client, with_size(path, size), name)
                        assert recorded.statements, path
                        for statement in recorded.statements:
                            if size == 20 and "count(" in statement.sql:
                                continue
                            found = await scans_of(database, statement)
                            allowed = EXCEPTIONS["score"].tables if path == SCORED else ()
                            bad = [scan for scan in found if scan.partition(":")[0] not in allowed]
                            faults += [f"{name} {path} {size}: {scan} of {statement.sql}" for scan in bad]
        return faults

    faults = asyncio.run(wrong())
    assert not faults, f"{len(faults)} scans: " + "\n".join(faults[:20])


def test_export(plenty: str, tmp_path: Path) -> None:
    """An export goes through the keys of a type, as it hands all of them out; it reads their documents by key."""
    engine = engine_for(plenty)
    asked: dict[str, Any] = {}

    @event.listens_for(engine, "before_cursor_execute")
    def listen(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        if sql.startswith("SELECT"):
            asked.setdefault(sql, values)

    write_export(engine, Export("r5", ("Location",)), tmp_path, "")
    event.remove(engine, "before_cursor_execute", listen)
    bodies = 0
    with engine.connect() as connection:
        for sql, values in asked.items():
            rows = connection.exec_driver_sql(f"{EXPLAIN[engine.dialect.name]} {sql}", values).all()
            scans = scans_in(engine.dialect.name, sql, rows)
            bodies += "resource.r5" in sql
            assert "resource.r5" not in sql or not scans, f"{scans} of {sql}"
            assert all(scan.startswith("resource:") for scan in scans), f"{scans} of {sql}"
    engine.dispose()
    assert bodies == 1


DROPPED = {
    "ix_search_string_start": ("ResearchStudy", ("title", "alpha")),
    "ix_search_token_key": ("ResearchStudy", ("keyword:missing", "true")),
    "ix_search_date_low": ("ResearchStudy", ("completion", "lt1999")),
    "ix_search_reference_key": ("Location", ("_has:ResearchStudy:site:condition", "alpha-condition")),
    "ix_search_place_cell": ("Location", ("near", "10|20")),
    "ix_search_number_low": ("ResearchStudy", ("recruitment-actual", "lt5")),
}


def test_an_index_that_is_missing_is_seen(plenty: str) -> None:
    """The last one: it drops them."""

    async def ask(type: str, pair: tuple[str, str]) -> set[str]:
        async with opened(plenty) as database:
            return await scans(database, Asked("r5", type, pair), total=False, known={})

    engine = engine_for(plenty)
    for index, one in DROPPED.items():
        assert not asyncio.run(ask(*one)), index
        with writing(engine) as connection:
            connection.execute(text(f"DROP INDEX {index}"))
        assert asyncio.run(ask(*one)), f"nothing scans without {index}"
    engine.dispose()
