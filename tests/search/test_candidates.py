"""Which trials are held against a patient where there are more than can be considered: on both engines, from Python,
as a registry that has so many is too large for a test."""

import asyncio
import json
from typing import Any

import pytest

import app.search.candidates as room
from app.search.candidates import Candidates, Filters, candidates
from app.store.database import open_database
from tests.servers import Databases, trials
from tests.sources.ctgov.study import study

YOUNG, GROWN = "NCT90000001", "NCT90000002"
"""They take girls from 12 to 17, and everybody from 18 to 65."""


def takes(id: str, sex: str, minimum: str, maximum: str) -> dict[str, Any]:
    made = study()
    made["protocolSection"]["identificationModule"]["nctId"] = id
    bounds = {"sex": sex, "minimumAge": minimum, "maximumAge": maximum, "eligibilityCriteria": "Inclusion: vitiligo"}
    made["protocolSection"]["eligibilityModule"] = bounds
    return made


def found(url: str, filters: Filters) -> Candidates:
    async def ask() -> Candidates:
        database = open_database(url, 30)
        await database.open()
        try:
            return await candidates(database, "r5", filters)
        finally:
            await database.close()

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def loaded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    url, path = databases.new(), tmp_path_factory.mktemp("studies") / "two.ndjson"
    two = takes(YOUNG, "FEMALE", "12 Years", "17 Years"), takes(GROWN, "ALL", "18 Years", "65 Years")
    path.write_text("".join(f"{json.dumps(one)}\n" for one in two))
    assert trials(url, "load", path).returncode == 0
    return url


@pytest.mark.parametrize(
    ("years", "sexes", "ids", "more"),
    [
        ((), (), [YOUNG], True),
        ((14,), ("female",), [YOUNG], False),
        ((50,), ("female",), [GROWN], False),
        ((17, 18), ("female",), [YOUNG], True),
        ((17, 18), ("male",), [GROWN], False),
        ((), ("male",), [GROWN], False),
        ((9,), (), [], False),
    ],
)
def test_those_that_take_the_patient_go_first(
    loaded: str,
    monkeypatch: pytest.MonkeyPatch,
    years: tuple[int, ...],
    sexes: tuple[str, ...],
    ids: list[str],
    more: bool,
) -> None:
    monkeypatch.setattr(room, "MOST_CANDIDATES", 1)
    page = found(loaded, Filters(years=years, sexes=sexes))
    assert ([one.id for one in page.found], page.more) == (ids, more)


def test_where_all_can_be_considered_all_are(loaded: str) -> None:
    """Those that do not take the patient too: they are told with their reasons when they are asked for."""
    page = found(loaded, Filters(years=(9,), sexes=("male",)))
    assert ([one.id for one in page.found], page.more) == ([YOUNG, GROWN], False)
