"""What is planted in the table of deprecated things is announced: in the answers of a server, and in its document."""

import json
import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime

import httpx
import pytest

from app.api.deprecated import DEPRECATED, Deprecated, announce, headers_for
from app.contract.diff import diff
from tests.contract.deprecating import FHIR, PARAMETER, READ, ROUTE
from tests.contract.stored import present
from tests.servers import Databases, Server

IMF_FIXDATE = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
"""https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7"""


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[httpx.Client]:
    with Server(databases.new(), "tests.contract.deprecating") as client:
        yield client


def announced(answer: httpx.Response, entry: Deprecated | None) -> None:
    if entry is None:
        assert "deprecation" not in answer.headers and "sunset" not in answer.headers
        return
    deprecation, sunset = answer.headers["deprecation"], answer.headers["sunset"]
    assert re.fullmatch(r"@\d+", deprecation), "a date of structured fields (RFC 9745, 2.1; RFC 9651, 3.3.7)"
    assert re.fullmatch(IMF_FIXDATE, sunset), "a date of HTTP (RFC 8594, 3)"
    since = date.fromtimestamp(int(deprecation[1:]))
    assert (since, parsedate_to_datetime(sunset).date()) == (entry.since, entry.sunset)


@pytest.mark.parametrize(
    ("address", "status", "entry"),
    [
        ("/api/v1/schemas/trial", 200, ROUTE),
        ("/api/v1/schemas/none", 404, ROUTE),
        ("/api/v1/schemas", 200, None),
        ("/api/v1/schemas/trial/more", 404, None),
        ("/healthz", 200, None),
        ("/fhir/r4/ResearchStudy?_pretty=true&_contained=false", 200, FHIR),
        ("/fhir/r4/ResearchStudy?_contained:missing=1", 400, FHIR),
        ("/fhir/r5/ResearchStudy?_contained=false", 200, None),
        ("/fhir/r4/ResearchStudy?_count=1", 200, None),
        ("/fhir/r4/Location/none", 404, READ),
        ("/fhir/r4/Location", 200, None),
    ],
)
def test_answers_announce(server: httpx.Client, address: str, status: int, entry: Deprecated | None) -> None:
    answer = server.get(address)
    assert answer.status_code == status
    announced(answer, entry)
    announced(server.head(address), entry)
    if answer.status_code == 200 and "etag" in answer.headers:
        again = server.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        announced(again, entry)


def test_the_document_announces_and_nothing_breaks(server: httpx.Client) -> None:
    document = server.get("/openapi.json").json()
    operation = document["paths"][ROUTE.path]["get"]
    assert operation["deprecated"] and "gone on 2027-03-01: ask /openapi.json" in operation["description"]
    assert {"Deprecation", "Sunset"} <= operation["responses"]["200"]["headers"].keys()
    searched = document["paths"][FHIR.path]["get"]
    assert [one["name"] for one in searched["parameters"] if one.get("deprecated")] == ["_contained"]
    marked = [path for path, item in document["paths"].items() if '"deprecated": true' in json.dumps(item)]
    assert sorted(marked) == sorted([ROUTE.path, FHIR.path, READ.path])
    changes = diff(present(), document)
    assert {change.kind for change in changes} == {"compatible"}
    assert {change.what for change in changes} >= {"is deprecated now"}


def test_what_is_deprecated_now_is_in_the_contract() -> None:
    """Also when that is nothing."""
    announce(DEPRECATED, present())


def test_the_earliest_dates_of_all_that_was_asked_with() -> None:
    whole = PARAMETER._replace(parameter="", since=date(2026, 6, 1), sunset=date(2028, 1, 1))
    of = {query: headers_for([PARAMETER, whole], "GET", "/healthz", query) for query in (b"", b"verbose=")}
    assert of[b"verbose="] == headers_for([PARAMETER], "HEAD", "/healthz", b"a=b&verbose")
    assert of[b""] == headers_for([whole], "GET", "/healthz", b"verbos=1") != of[b"verbose="]
    assert headers_for([PARAMETER], "POST", "/healthz", b"verbose=") == []


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
