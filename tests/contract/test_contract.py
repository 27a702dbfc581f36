"""The contract is the stored one: nothing that was released goes or changes, and what is added shows as a diff."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api import export, fhir
from app.api.openapi.fhir import TABLE
from app.api.routes import Route, Routes
from app.contract.diff import diff
from tests.contract.stored import STORED, present, store, told, written
from tests.servers import trials

Json = dict[str, Any]
TRIALS = "/api/v1/trials"


def test_nothing_that_was_promised_goes_or_changes() -> None:
    changes = diff(json.loads(STORED.read_text()), present())
    assert [change for change in changes if change.kind == "breaking"] == [], told(changes)


def test_a_server_breaks_no_client_of_the_released_contract(registry: httpx.Client) -> None:
    """The command, as a project that is built on this one runs it in its CI."""
    result = trials("", "contract", "diff", STORED, str(registry.base_url))
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert result.stdout.endswith("0 changes break a client, 0 do not\n")


def test_what_is_added_is_stored(registry: httpx.Client) -> None:
    served = registry.get("/openapi.json").json()
    changes = diff(json.loads(STORED.read_text()), served)
    assert written(served) == STORED.read_text(), f"run: python -m tests.contract.stored\n{told(changes)}"


def test_what_breaks_clients_is_not_stored(tmp_path: Path) -> None:
    path, document = tmp_path / "openapi.json", present()
    assert store(path, document) == [] and path.read_text() == written(document)
    worse = copy.deepcopy(document)
    del worse["paths"][TRIALS]
    assert [change.what for change in store(path, worse)] == ["was removed"]
    assert path.read_text() == written(document)


ALWAYS = {"_format", "_pretty"}
"""What every FHIR interaction takes; refusals do not always list them."""
PREFIXED = {"_has", "_type"}
"""`_has:...` has the rest of the question in its name, and `_type` is refused where the address has a type."""


def test_the_parameters_are_those_that_a_server_knows(registry: httpx.Client) -> None:
    """A refusal lists what could have been meant."""
    asked = 0
    for path, item in present()["paths"].items():
        parameters = item.get("get", {}).get("parameters", ())
        address = path
        for one in parameters:
            if one.get("in") == "path":
                address = address.replace(f"{{{one['name']}}}", one.get("example", "none"))
        if path in ("/healthz", "/readyz") or "get" not in item or "/$export-" in path:
            continue  # these take none, and pass by what they do not know
        answer = registry.get(address, params={"none-such": "1"}, headers={"Prefer": "respond-async"})
        told = answer.json().get("detail") or answer.json()["issue"][0]["diagnostics"]
        known = set(filter(None, told.partition("known: ")[2].split(", ")))
        assert answer.status_code == 400 and (known or told.endswith("it takes none")), f"{path}: {told}"
        listed = {one["name"] for one in parameters if one.get("in") == "query"}
        assert listed - ALWAYS == known - ALWAYS - PREFIXED | (listed & PREFIXED), path
        asked += 1
    assert asked > 100


def test_every_route_is_described() -> None:
    """And nothing else is."""
    routes = Routes(routes_of_fhir())
    described = set()
    for path, item in present()["paths"].items():
        for method in item if path.startswith("/fhir/") else ():
            found = routes.find(method.upper(), path)
            assert found and found.endpoint, f"{method} {path}"
            described.add((method.upper(), found.endpoint))
    assert described == {(method, route.endpoint) for route in routes_of_fhir() for method in route.methods}
    below = {(method, route.path.removeprefix("/fhir/{release}")) for route in fhir.ROUTES for method in route.methods}
    assert set(TABLE) == below


def routes_of_fhir() -> tuple[Route, ...]:
    return (*export.ROUTES, *fhir.ROUTES)


def shape(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def parameter(document: Json, name: str) -> Json:
    listed: list[Json] = document["paths"][TRIALS]["get"]["parameters"]
    return next(one for one in listed if one["name"] == name)


def renamed(document: Json) -> None:
    properties = shape(document, "TrialShape")["properties"]
    properties["name"] = properties.pop("title")


PLANTED: list[tuple[str, Callable[[Json], object]]] = [
    ("removed field", lambda d: shape(d, "TrialShape")["properties"].pop("title")),
    ("renamed field", renamed),
    ("changed type", lambda d: shape(d, "TrialShape")["properties"]["version"].update(type="string")),
    ("missing where it was not", lambda d: shape(d, "TrialShape")["required"].remove("id")),
    ("removed path", lambda d: d["paths"].pop(TRIALS)),
    ("removed method", lambda d: d["paths"]["/fhir/r5/ResearchStudy/_search"].pop("post")),
    ("removed answer", lambda d: d["paths"][TRIALS]["get"]["responses"].pop("200")),
    ("removed parameter", lambda d: d["paths"][TRIALS]["get"]["parameters"].remove(parameter(d, "limit"))),
    ("required parameter", lambda d: parameter(d, "limit").update(required=True)),
    ("narrower parameter", lambda d: parameter(d, "limit")["schema"].update(maximum=2)),
]


@pytest.mark.parametrize(("name", "plant"), PLANTED, ids=[name for name, _ in PLANTED])
def test_what_is_planted_in_the_contract_is_found(name: str, plant: Callable[[Json], object]) -> None:
    document = json.loads(STORED.read_text())
    changed = copy.deepcopy(document)
    plant(changed)
    assert changed != document
    assert any(change.kind == "breaking" for change in diff(document, changed)), name


def test_the_command(tmp_path: Path, registry: httpx.Client) -> None:
    document = json.loads(STORED.read_text())
    document["paths"]["/api/v1/added"] = document["paths"][TRIALS]
    longer = tmp_path / "longer.json"
    longer.write_text(json.dumps(document))
    added = trials("", "contract", "diff", STORED, longer)
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout == "compatible  GET /api/v1/added: is new\n0 changes break a client, 1 do not\n"
    removed = trials("", "contract", "diff", longer, str(registry.base_url), "--json")
    assert removed.returncode == 1
    assert json.loads(removed.stdout) == {
        "breaking": 1,
        "changes": [{"kind": "breaking", "where": "GET /api/v1/added", "what": "was removed"}],
    }
    served = trials("", "contract", "diff", f"{registry.base_url}/openapi.json", STORED)
    assert served.returncode == 0 and f"GET {TRIALS}" not in served.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read as JSON"),
        ("{", "cannot be read as JSON"),
        ("[]", "expected an object"),
        ("{}", "is no OpenAPI document"),
        ('{"swagger": "2.0"}', "is no OpenAPI document"),
        ('{"openapi": "3.1.0", "paths": {"/a": {"$ref": "other.json"}}}', "is in another document"),
        ('{"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/none"}}}', "#/none is not in the document"),
        ('{"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}', "refers to itself"),
    ],
)
def test_what_cannot_be_compared_is_told(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "given.json"
    if text is not None:
        path.write_text(text)
    result = trials("", "contract", "diff", STORED, path)
    assert result.returncode == 2 and words in result.stderr and not result.stdout


def test_a_server_that_does_not_answer_is_told() -> None:
    result = trials("", "contract", "diff", "http://127.0.0.1:9", STORED)
    assert result.returncode == 2 and "http://127.0.0.1:9 cannot be read" in result.stderr
