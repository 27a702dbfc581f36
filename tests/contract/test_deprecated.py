"""What is planted in the table of deprecated things is announced: in answers, and in the document."""

import asyncio
import json
from datetime import date
from email.utils import parsedate_to_datetime

import httpx
import pytest

from app.api.deprecated import Deprecated, announce
from app.contract.diff import diff
from app.main import create_app
from app.settings import Settings
from tests.contract.stored import present

ROUTE = Deprecated("/api/v1/schemas/{name}", date(2026, 3, 1), date(2027, 3, 1), "ask /openapi.json")
PARAMETER = Deprecated("/healthz", date(2026, 1, 31), date(2026, 12, 31), "leave it out", parameter="verbose")
FHIR = Deprecated(
    "/fhir/r4/ResearchStudy", date(2026, 2, 1), date(2028, 2, 1), "use r5", method="GET", parameter="_contained"
)


def answers(*addresses: str) -> list[httpx.Response]:
    """Of an application with the planted entries; none of these needs the database."""
    app = create_app(Settings())
    app.state.deprecated = (ROUTE, PARAMETER, FHIR)

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return [await client.get(address) for address in addresses]

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/api/v1/schemas/trial", ROUTE),
        ("/api/v1/schemas/none", ROUTE),
        ("/api/v1/schemas", None),
        ("/api/v1/schemas/trial/more", None),
        ("/healthz?verbose=", PARAMETER),
        ("/healthz?verbos=1", None),
        ("/healthz", None),
        ("/fhir/r4/ResearchStudy?_pretty=no&_contained=false", FHIR),
        ("/fhir/r5/ResearchStudy?_pretty=no&_contained=false", None),
    ],
)
def test_answers_announce(address: str, entry: Deprecated | None) -> None:
    [found] = answers(address)
    if entry is None:
        assert "deprecation" not in found.headers and "sunset" not in found.headers
        return
    since = date.fromtimestamp(int(found.headers["deprecation"].removeprefix("@")))
    assert (since, parsedate_to_datetime(found.headers["sunset"]).date()) == (entry.since, entry.sunset)


def test_the_document_announces_and_nothing_breaks() -> None:
    app = create_app(Settings())
    app.state.deprecated = (ROUTE, FHIR)
    document = json.loads(json.dumps(app.openapi()))
    operation = document["paths"][ROUTE.path]["get"]
    assert operation["deprecated"] and "gone on 2027-03-01: ask /openapi.json" in operation["description"]
    assert {"Deprecation", "Sunset"} <= operation["responses"]["200"]["headers"].keys()
    searched = document["paths"][FHIR.path]["get"]
    assert [one["name"] for one in searched["parameters"] if one.get("deprecated")] == ["_contained"]
    marked = [path for path, item in document["paths"].items() if '"deprecated": true' in json.dumps(item)]
    assert marked == [ROUTE.path, FHIR.path]
    changes = diff(present(), document)
    assert {change.kind for change in changes} == {"compatible"}
    assert {change.what for change in changes} >= {"is deprecated now"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (ROUTE._replace(path="/none"), "'GET /none' is not in the contract"),
        (ROUTE._replace(method="POST"), "is not in the contract"),
        (FHIR._replace(parameter="none"), "ResearchStudy none' is not in the contract"),
        (ROUTE._replace(sunset=date(2026, 9, 1)), "is 2026-09-01: expected 365 days or more"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(entry: Deprecated, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        announce([entry], present())
