"""Clients that others wrote, against a real server: fhirpy (R4 and R5) and fhirclient, whose models are R4's."""

import importlib
from typing import Any

import fhirpy
import httpx
import pytest
from fhirclient import server
from fhirclient.models.bundle import Bundle
from fhirclient.models.location import Location
from fhirclient.models.provenance import Provenance
from fhirclient.models.researchstudy import ResearchStudy
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from app.fhir.conformance import DEFINITION_TYPES
from app.parameters.table import FHIR_TYPES

RELEASES = ("r4", "r5")
STUDIES = ["NCT05398809", "NCT07153666"]


def ids(resources: list[Any]) -> list[str]:
    return [each["id"] for each in resources]


@pytest.fixture(params=RELEASES)
def client(registry: httpx.Client, request: pytest.FixtureRequest) -> fhirpy.SyncFHIRClient:
    return fhirpy.SyncFHIRClient(f"{str(registry.base_url).rstrip('/')}/fhir/{request.param}")


class TestFhirpy:
    def test_gets_by_id(self, client: fhirpy.SyncFHIRClient) -> None:
        study = client.get("ResearchStudy", "NCT07153666")
        assert study["resourceType"] == "ResearchStudy"
        assert client.reference("ResearchStudy", "NCT07153666").to_resource()["title"] == study["title"]
        assert client.resources("ResearchStudy").search(_id="NCT07153666").get()["id"] == "NCT07153666"
        with pytest.raises(ResourceNotFound, match="NCT00000000"):
            client.get("ResearchStudy", "NCT00000000")
        with pytest.raises(ResourceNotFound):
            client.resources("ResearchStudy").search(_id="NCT00000000").get()

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ({}, STUDIES),
            ({"condition": "vitiligo"}, ["NCT07153666"]),
            ({"title__contains": "alopecia"}, ["NCT05398809"]),
            ({"status__not": "completed"}, STUDIES),
            ({"condition__missing": True}, ["NCT05398809"]),
            ({"recruitment_status": ["recruiting"], "condition": "eczema,vitiligo"}, ["NCT07153666"]),
            ({"site__Location__address_city": "bethesda"}, ["NCT05398809"]),
            ({"site__address_country": "united states"}, ["NCT05398809"]),
            ({"site__Location__organization__Organization__name": "nobody"}, []),
            ({"_lastUpdated__ge": "2020-01-01"}, STUDIES),
            ({"_lastUpdated__lt": "2020-01-01"}, []),
        ],
        ids=str,
    )
    def test_searches(self, client: fhirpy.SyncFHIRClient, question: dict[str, Any], expected: list[str]) -> None:
        found = client.resources("ResearchStudy").search(**question)
        assert ids(found.fetch()) == ids(found.fetch_all()) == expected
        assert found.count() == len(expected)
        first = found.first()
        assert (first and first["id"]) == (expected[0] if expected else None)

    def test_pages_and_sorts(self, client: fhirpy.SyncFHIRClient) -> None:
        studies = client.resources("ResearchStudy")
        assert ids(studies.limit(1).fetch()) == STUDIES[:1]
        assert ids(studies.limit(1).fetch_all()) == STUDIES
        assert ids(studies.sort("-_id").limit(1).fetch_all()) == STUDIES[::-1]
        assert ids(studies.sort("title", "-_id").fetch()) == ["NCT07153666", "NCT05398809"]
        assert len(ids(client.resources("Group").limit(1).fetch_all())) == client.resources("Group").count() == 3

    def test_elements_includes_and_has(self, client: fhirpy.SyncFHIRClient) -> None:
        studies = client.resources("ResearchStudy").search(_id="NCT05398809")
        [part] = studies.elements("title").fetch()
        assert part["title"] and "description" not in part
        raw = studies.include("ResearchStudy", "site").revinclude("Provenance", "target").fetch_raw()
        kinds = {(each["resource"]["resourceType"], each["search"]["mode"]) for each in raw["entry"]}
        assert kinds == {("ResearchStudy", "match"), ("Location", "include"), ("Provenance", "include")}
        held = client.resources("Location").has("ResearchStudy", "site", _id="NCT05398809")
        assert [each["address"]["city"] for each in held.fetch()] == ["Bethesda"]

    def test_total_method_is_a_hint(self, registry: httpx.Client, client: fhirpy.SyncFHIRClient) -> None:
        """fhirpy's count() sends `_totalMethod`, which is no parameter of FHIR: ignored with a warning."""
        counted = client.resources("ResearchStudy").search(_totalMethod="count", _count=0).fetch_raw()
        assert counted["total"] == 2
        [outcome] = [each["resource"] for each in counted["entry"] if each["search"]["mode"] == "outcome"]
        [issue] = outcome["issue"]
        assert issue["severity"] == "warning" and "_totalMethod" in issue["diagnostics"]

    def test_operations(self, client: fhirpy.SyncFHIRClient) -> None:
        study = client.resources("ResearchStudy").search(_id="NCT05398809").get()
        assert study.is_valid()
        study["status"] = "running"
        assert not study.is_valid()
        with pytest.raises(OperationOutcome, match="running"):
            study.is_valid(raise_exception=True)
        everything = study.execute("$everything", method="get")
        assert everything["entry"][0]["resource"]["id"] == "NCT05398809" and everything["total"] == 9

    def test_refreshes(self, client: fhirpy.SyncFHIRClient) -> None:
        study = client.resources("ResearchStudy").search(_id="NCT05398809").get()
        assert study.refresh()["id"] == "NCT05398809"

    def test_errors_are_outcomes(self, client: fhirpy.SyncFHIRClient) -> None:
        with pytest.raises(OperationOutcome) as refused:
            client.resources("ResearchStudy").search(conditon="vitiligo").fetch()
        assert "did you mean 'condition'?" in str(refused.value)
        with pytest.raises(OperationOutcome) as read_only:
            client.resource("ResearchStudy", id="NCT05398809", status="active").save()
        assert read_only.value.resource["issue"][0]["code"] == "not-supported"


@pytest.fixture
def smart(registry: httpx.Client) -> server.FHIRServer:
    return server.FHIRServer(None, f"{str(registry.base_url).rstrip('/')}/fhir/r4")


class TestFhirclient:
    @pytest.mark.parametrize("kind", (*FHIR_TYPES, *DEFINITION_TYPES))
    def test_reads_every_type(self, registry: httpx.Client, smart: server.FHIRServer, kind: str) -> None:
        """Its models are strict: an unknown element, a wrong type or a missing element raises."""
        model = getattr(importlib.import_module(f"fhirclient.models.{kind.lower()}"), kind)
        served = [each["resource"] for each in registry.get(f"/fhir/r4/{kind}").json()["entry"]]
        assert served
        for document in served:
            read = model.read(document["id"], smart).as_json()
            # it keeps no extensions of primitives: `_status` and its like
            assert read == {name: value for name, value in document.items() if not name.startswith("_")}

    def test_parses_bundles_of_all_kinds(self, registry: httpx.Client, smart: server.FHIRServer) -> None:
        for path in ("ResearchStudy?_include=*", "_history", "ResearchStudy/NCT05398809/$everything", "Group?_count=1"):
            bundle = Bundle(registry.get(f"/fhir/r4/{path}").json())
            assert bundle.entry and all(each.resource for each in bundle.entry), path

    def test_searches_and_follows_next(self, smart: server.FHIRServer) -> None:
        search = ResearchStudy.where({"recruitment-status": "recruiting", "_count": "1"})
        pages = list(search.perform_iter(smart))
        assert [each.resource.id for page in pages for each in page.entry] == STUDIES
        assert [page.total for page in pages] == [2, 2]

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ({"condition": {"$or": ["eczema", "vitiligo"]}}, ["NCT07153666"]),
            ({"condition": {"$and": ["eczema", "vitiligo"]}}, []),
            ({"condition": {"$missing": "true"}}, ["NCT05398809"]),
            ({"title": {"$exact": "nothing"}}, []),
            ({"site": {"address-city": "bethesda"}}, ["NCT05398809"]),
            ({"site": {"$type": "Location", "address-city": "bethesda"}}, ["NCT05398809"]),
        ],
        ids=str,
    )
    def test_searches(self, smart: server.FHIRServer, question: dict[str, Any], expected: list[str]) -> None:
        assert [each.id for each in ResearchStudy.where(question).perform_resources_iter(smart)] == expected

    def test_includes(self, smart: server.FHIRServer) -> None:
        search = ResearchStudy.where({"_id": "NCT05398809"}).include("site").include("target", Provenance, reverse=True)
        found = {each.resource_type for each in search.perform_resources_iter(smart)}
        assert found == {"ResearchStudy", "Location", "Provenance"}

    def test_follows_references(self, smart: server.FHIRServer) -> None:
        study = ResearchStudy.read("NCT05398809", smart)
        site = study.site[0].resolved(Location)
        assert site.address.city == "Bethesda"

    def test_reads_the_capability_statement(self, smart: server.FHIRServer) -> None:
        statement = smart.capabilityStatement
        assert statement.fhirVersion == "4.0.1" and {each.type for each in statement.rest[0].resource} >= {*FHIR_TYPES}
