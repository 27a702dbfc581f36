"""Golden documents: what is served for the two trial documents, byte for byte but for the time of loading.

`python -m tests.api.test_golden` writes them anew; read the difference before you commit it.
"""

import re
import tempfile
from pathlib import Path

import httpx
import orjson
import pytest

from app.parameters.table import FHIR_TYPES
from tests.servers import ROOT, Server

GOLDEN = ROOT / "tests" / "golden"
INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def served(client: httpx.Client, release: str) -> dict[str, bytes]:
    """File name -> document, indented for reading."""
    documents = {}
    for kind in FHIR_TYPES if release != "v1" else ():
        for entry in client.get(f"/fhir/{release}/{kind}").json()["entry"]:
            documents[f"{kind}-{entry['resource']['id']}.json"] = entry["resource"]
    for collection in ("trials", "criteria", "outcomes", "sites") if release == "v1" else ():
        documents[f"{collection}.json"] = client.get(f"/api/v1/{collection}?limit=1000").json()
    return {
        name: INSTANT.sub(b"2026-01-01T00:00:00.000Z", orjson.dumps(document, option=orjson.OPT_INDENT_2)) + b"\n"
        for name, document in documents.items()
    }


@pytest.mark.parametrize("release", ["r4", "r5", "v1"])
def test_served_documents_are_golden(registry: httpx.Client, release: str) -> None:
    documents = served(registry, release)
    assert {path.name for path in (GOLDEN / release).iterdir()} == set(documents)
    for name, document in documents.items():
        assert (GOLDEN / release / name).read_bytes() == document, name


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Server(f"sqlite:///{folder}/golden.db") as client:
        for release in ("r4", "r5", "v1"):
            into = Path(GOLDEN / release)
            into.mkdir(parents=True, exist_ok=True)
            for old in into.iterdir():
                old.unlink()
            for name, document in served(client, release).items():
                (into / name).write_bytes(document)
