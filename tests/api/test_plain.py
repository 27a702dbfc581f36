"""The plain API: collections, items, filters, paging, errors, and that OpenAPI says exactly what is returned."""

import re
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from app.parameters.table import FHIR_TYPES, PLAIN_PARAMETERS, parameters_of
from app.plain.criteria import CriterionShape
from app.plain.shapes import (
    Listing,
    OutcomeShape,
    SiteShape,
    TrialShape,
    TrialSiteShape,
)
from app.search.listed.params import PARAMETERS
from app.search.listed.reads import Chosen
from app.search.parse import CONTROLS

SHAPES: dict[str, Any] = {
    "trials": TrialShape,
    "criteria": CriterionShape,
    "outcomes": OutcomeShape,
    "sites": SiteShape,
}


@pytest.mark.parametrize("collection", SHAPES)
def test_collections_items_and_shapes(registry: httpx.Client, collection: str) -> None:
    listing = registry.get(f"/api/v1/{collection}?limit=1000").json()
    TypeAdapter(Listing[SHAPES[collection]]).validate_python(listing)
    assert list(listing) == ["items", "total", "next"]
    assert listing["total"] == len(listing["items"]) > 0 and listing["next"] is None
    for item in listing["items"]:
        assert registry.get(f"/api/v1/{collection}/{item['id']}").json() == item


@pytest.mark.parametrize(
    ("under", "shape"), [("criteria", CriterionShape), ("outcomes", OutcomeShape), ("sites", TrialSiteShape)]
)
def test_under_a_trial(registry: httpx.Client, under: str, shape: Any) -> None:
    for trial in ("NCT05398809", "NCT07153666"):
        below = registry.get(f"/api/v1/trials/{trial}/{under}").json()
        TypeAdapter(Listing[shape]).validate_python(below)
        beside = registry.get(f"/api/v1/{under}?trial={trial}&limit=1000").json()
        assert below["total"] == beside["total"]
        assert [item["id"] for item in below["items"]] == [item["id"] for item in beside["items"]]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("trials?condition=vitiligo", 1),
        ("trials?title=vitiligo", 1),
        ("trials?overall_status=recruiting", 2),
        ("trials?overall_status=completed", 0),
        ("trials?phase=n-a", 1),
        ("trials?sex=all", 2),
        ("trials?sex=female", 0),
        ("trials?identifier=nct05398809", 1),
        ("trials?id=NCT05398809", 1),
        ("criteria?type=exclusion&role=criterion&trial=NCT07153666", 3),
        ("criteria?cohort=Family", 4),
        ("criteria?cohort=family&type=inclusion", 3),
        ("criteria?text=serum alt", 1),
        ("criteria?role=note", 2),
        ("criteria?analyte=anc&value=le1000||/uL&type=exclusion", 1),
        ("criteria?kind=body-surface-area&value=10", 1),
        ("criteria?kind=measurement&value=3||{ULN}", 1),
        ("outcomes?type=primary", 1),
        ("outcomes?type=secondary&trial=NCT07153666", 4),
        ("outcomes?trial=NCT05398809", 0),
        ("sites?city=bethesda", 1),
        ("sites?country=united", 1),
        ("sites?country_code=US&state=Maryland", 1),
        ("sites?country_code=CN", 0),
        ("sites?trial=NCT05398809", 1),
        ("sites?trial=NCT07153666", 0),
    ],
)
def test_filters(registry: httpx.Client, query: str, total: int) -> None:
    listing = registry.get(f"/api/v1/{query}").json()
    assert listing["total"] == len(listing["items"]) == total


@pytest.mark.parametrize("collection", SHAPES)
def test_paging_gives_everything_once(registry: httpx.Client, collection: str) -> None:
    whole = registry.get(f"/api/v1/{collection}?limit=1000").json()
    for size in (1, 7):
        place, found = f"/api/v1/{collection}?limit={size}", []
        while place:
            page = registry.get(place).json()
            assert page["total"] == whole["total"] and len(page["items"]) <= size
            found += page["items"]
            place = page["next"]
        assert found == whole["items"]


@pytest.mark.parametrize(
    ("path", "status", "parameter", "words"),
    [
        ("/api/v1/trials/NCT00000000", 404, None, "NCT00000000"),
        ("/api/v1/trials/NCT00000000/criteria", 404, None, "NCT00000000"),
        ("/api/v1/criteria/NCT05398809-9-i1", 404, None, "NCT05398809-9-i1"),
        ("/api/v1/criteria/nonsense", 404, None, "nonsense"),
        ("/api/v1/nothing", 404, None, "/api/v1/nothing"),
        ("/nothing", 404, None, "/nothing"),
        ("/api/v1/trials?conditon=x", 400, "conditon", "did you mean 'condition'?"),
        ("/api/v1/trials/NCT05398809?x=1", 400, "x", "'x'"),
        ("/api/v1/trials?overall_status=recrutiing", 400, "overall_status", "recruiting"),
        ("/api/v1/trials?limit=0", 400, "limit", "from 1 to 1000"),
        ("/api/v1/trials?limit=1001", 400, "limit", "from 1 to 1000"),
        ("/api/v1/trials?limit=ten", 400, "limit", "ten"),
        ("/api/v1/trials?cursor=zzz", 400, "cursor", "next"),
    ],
)
def test_errors(registry: httpx.Client, path: str, status: int, parameter: str | None, words: str) -> None:
    answer = registry.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["parameter"] == parameter
    assert words in problem["detail"]


def test_method_not_allowed(registry: httpx.Client) -> None:
    answer = registry.post("/api/v1/trials")
    assert answer.status_code == 405 and answer.headers["content-type"] == "application/problem+json"


def test_conditional(registry: httpx.Client) -> None:
    for path in ("trials/NCT05398809", "trials", "trials/NCT05398809/criteria"):
        first = registry.get(f"/api/v1/{path}")
        again = registry.get(f"/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content
    assert "last-modified" in registry.get("/api/v1/trials/NCT05398809").headers


def test_criterion_spans_are_the_text(registry: httpx.Client) -> None:
    from app.record.spans import fold_space, verbatim
    from tests.servers import CLINCONNECT, TRIALX

    for trial, file in (("NCT05398809", CLINCONNECT), ("NCT07153666", TRIALX)):
        text = file.read_bytes().decode()
        [source] = registry.get(f"/api/v1/trials/{trial}").json()["sources"]
        assert source["complete"]
        for item in registry.get(f"/api/v1/trials/{trial}/criteria").json()["items"]:
            assert {span["document"] for span in item["spans"]} == {source["document"]}
            pieces = [verbatim(text[span["start"] : span["end"]]) for span in item["spans"]]
            assert fold_space(" ".join(pieces)) == item["text"]


def queried(item: dict[str, Any]) -> dict[str, Any]:
    """Name -> parameter; headers are elsewhere in the document."""
    return {one["name"]: one for one in item["get"]["parameters"] if one.get("in") == "query"}


def test_openapi_lists_every_parameter_and_only_those(registry: httpx.Client) -> None:
    paths = registry.get("/openapi.json").json()["paths"]
    for collection in ("criteria", "outcomes", "sites"):
        names = queried(paths[f"/api/v1/{collection}"])
        declared = {p.code: p for p in PARAMETERS if p.resource == collection}
        assert set(declared) <= set(names) <= {*declared, "limit", "cursor", "fields", "format"}
        for code, parameter in declared.items():
            if isinstance(parameter.reads, Chosen):
                assert names[code]["schema"]["items"]["enum"] == list(parameter.reads.allowed)
    names = queried(paths["/api/v1/trials"])
    table = parameters_of("v1", "ResearchStudy")
    assert set(names) - set(table) == {"limit", "cursor", "fields", "format", "sort", "total", "facets"}
    assert set(table) - set(names) == {"_has", "_type"}
    for parameter in PLAIN_PARAMETERS:
        if parameter.choices:
            assert names[parameter.code]["schema"]["items"]["enum"] == list(parameter.choices)
    for release in ("r4", "r5"):
        for kind in FHIR_TYPES:
            names = set(queried(paths[f"/fhir/{release}/{kind}"]))
            declared = set(parameters_of(release, kind)) - {"_has", "_type"}
            assert names - declared == {*CONTROLS, "_format", "_pretty"}
            assert declared <= names


def test_pages_people_see(registry: httpx.Client) -> None:
    page = registry.get("/docs").text
    needed = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(needed) >= 2
    for address in needed:
        assert address.startswith("/"), "the page needs nothing from elsewhere"
        assert registry.get(address).status_code == 200
    assert registry.get("/healthz").json() == {"status": "ok"}
    assert registry.get("/readyz").json() == {"status": "ok"}
