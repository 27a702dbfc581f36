"""fhir-kit-client, a client for Node, against a real server: `fhir_kit.mjs` asks, and here is what must come.

The package is installed once into pytest's cache folder; where that fails, so do the tests. They need Node 20 and npm.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.parameters.table import FHIR_TYPES

PACKAGE = "fhir-kit-client"
VERSION = "2.0.3"
SCRIPT = Path(__file__).with_name("fhir_kit.mjs")
STUDIES = ["NCT05398809", "NCT07153666"]

pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and shutil.which("npm")), reason="node and npm are not installed"
)


@pytest.fixture(scope="session")
def package(request: pytest.FixtureRequest) -> Path:
    """The folder of the installed package."""
    cache = request.config.cache
    assert cache is not None
    home = Path(cache.mkdir(PACKAGE))
    folder = home / "node_modules" / PACKAGE
    about = folder / "package.json"
    if not about.exists() or json.loads(about.read_text())["version"] != VERSION:
        run("npm", "install", "--prefix", str(home), "--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}")
    return folder


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", params=["r4", "r5"])
def said(registry: httpx.Client, package: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Step -> status and answer."""
    base = f"{str(registry.base_url).rstrip('/')}/fhir/{request.param}"
    told: dict[str, Any] = json.loads(run("node", str(SCRIPT), str(package), base))
    return told


def ids(bundle: dict[str, Any]) -> list[str]:
    return [each["resource"]["id"] for each in bundle.get("entry", [])]


def test_reads(said: dict[str, Any]) -> None:
    study = said["read"]["answer"]
    assert study["id"] == STUDIES[0] and said["read"]["status"] == 200
    assert said["vread"]["answer"] == said["conditionalRead"]["answer"] == study
    assert said["resolve"]["answer"]["address"]["city"] == "Bethesda"
    assert said["absent"]["status"] == 404 and outcome(said["absent"])["code"] == "not-found"


def test_pages(said: dict[str, Any]) -> None:
    assert ids(said["first"]["answer"]) == STUDIES[:1] and ids(said["second"]["answer"]) == STUDIES[1:]
    assert said["third"]["answer"] is None and said["beforeFirst"]["answer"] is None
    assert ids(said["back"]["answer"]) == STUDIES[:1]
    assert {said[name]["answer"]["total"] for name in ("first", "second", "back")} == {2}


def test_searches(said: dict[str, Any]) -> None:
    assert ids(said["repeated"]["answer"]) == ids(said["posted"]["answer"]) == ["NCT07153666"]
    assert said["posted"]["status"] == 200
    assert said["system"]["answer"]["total"] == 3 and "entry" not in said["system"]["answer"]
    assert {each["resource"]["resourceType"] for each in said["systemPosted"]["answer"]["entry"]} == {"Group"}
    assert said["misspelt"]["status"] == 400 and "'condition'" in outcome(said["misspelt"])["diagnostics"]


def test_histories(said: dict[str, Any]) -> None:
    assert ids(said["instanceHistory"]["answer"]) == STUDIES[:1]
    assert sorted(ids(said["typeHistory"]["answer"])) == STUDIES
    kinds = {each["resource"]["resourceType"] for each in said["systemHistory"]["answer"]["entry"]}
    assert kinds == set(FHIR_TYPES)


def test_the_capability_statement(said: dict[str, Any]) -> None:
    statement = said["capabilityStatement"]["answer"]
    assert statement["resourceType"] == "CapabilityStatement" and statement["kind"] == "instance"


def test_batch(said: dict[str, Any]) -> None:
    bundle = said["batch"]["answer"]
    assert bundle["type"] == "batch-response"
    assert [each["response"]["status"] for each in bundle["entry"]] == ["200", "200", "404", "200"]
    assert bundle["entry"][0]["resource"] == said["read"]["answer"]
    assert said["transaction"]["status"] == 400 and outcome(said["transaction"])["code"] == "not-supported"


@pytest.mark.parametrize("step", ["create", "update", "remove", "patch"])
def test_writes_are_refused(said: dict[str, Any], step: str) -> None:
    assert said[step]["status"] == 405 and outcome(said[step])["code"] == "not-supported"


def test_operations(said: dict[str, Any]) -> None:
    assert outcome(said["validate"])["severity"] == outcome(said["validateInstance"])["severity"] == "information"
    everything = said["everything"]["answer"]
    assert everything["total"] == 9 and len(everything["entry"]) == 3 and ids(everything)[0] == STUDIES[0]
    assert ids(said["everythingPosted"]["answer"]) == [f"{STUDIES[0]}-cohort-1", f"{STUDIES[0]}-cohort-2"]


def outcome(step: dict[str, Any]) -> dict[str, Any]:
    """The issue of an outcome that has one."""
    [issue] = step["answer"]["issue"]
    assert isinstance(issue, dict)
    return issue
