"""The examples of the contract: addresses in, what a pinned server answers out. `python -m tests.contract.examples`
writes `app/api/openapi/examples.json` anew.
"""

import json
from typing import Any

import httpx
from trial_registry_plugin import TrialRegistry

from app.api.openapi.examples import PLACE

TRIAL, OTHER = "NCT05398809", "NCT07153666"
BASE = "http://localhost:8000"
IDS = {
    "trials": TRIAL,
    "criteria": f"{TRIAL}-1-i1",
    "outcomes": f"{OTHER}-primary-1",
    "sites": "bethesda-maryland-united-states-53f8f94e",
    "runs": "1",
    "schemas": "trial",
}
"""Of the plain API; those of FHIR are found."""
DEFINITIONS = ("SearchParameter", "CodeSystem", "ValueSet", "OperationDefinition", "StructureDefinition")
TYPES = (
    "ResearchStudy",
    "Group",
    "EvidenceVariable",
    "Location",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
)
PLAIN = {
    "trials": "trials?fields=title,overall_status&limit=1&facets=phase",
    "criteria": "criteria?limit=1",
    "outcomes": "outcomes?limit=1",
    "sites": "sites?limit=1",
    "changes": "changes?limit=1",
    "runs": "runs?limit=1",
    "trials/{id}": f"trials/{TRIAL}",
    "trials/{id}/criteria": f"trials/{OTHER}/criteria",
    "trials/{id}/outcomes": f"trials/{OTHER}/outcomes",
    "trials/{id}/sites": f"trials/{TRIAL}/sites",
    "trials/{id}/contacts": f"trials/{TRIAL}/contacts",
    "trials/{id}/versions": f"trials/{TRIAL}/versions",
    "trials/{id}/versions/{version}": f"trials/{OTHER}/versions/1",
    "trials/{id}/versions/{before}/diff/{after}": f"trials/{TRIAL}/versions/1/diff/1",
    "trials/{id}/links": f"trials/{TRIAL}/links",
    "criteria/{id}": f"criteria/{IDS['criteria']}",
    "outcomes/{id}": f"outcomes/{IDS['outcomes']}",
    "sites/{id}": f"sites/{IDS['sites']}",
    "runs/{id}": "runs/1",
    "runs/{id}/refusals": "runs/1/refusals",
}
LONGEST = 40_000
"""Characters of an answer that is shown."""
Json = dict[str, Any]


def made(client: httpx.Client) -> Json:
    """What belongs into `examples.json`."""
    ids, addresses = dict(IDS), {f"/api/v1/{path}": f"/api/v1/{address}" for path, address in PLAIN.items()}
    addresses |= {"/healthz": "/healthz", "/readyz": "/readyz"}
    for kind in (*TYPES, *DEFINITIONS):
        found = client.get(f"/fhir/r5/{kind}").raise_for_status().json()["entry"]
        ids[kind] = TRIAL if kind == "ResearchStudy" else found[0]["resource"]["id"]
    for release in ("r5", "r4"):
        for kind in TYPES:
            place = f"/fhir/{release}/{kind}"
            addresses[f"{place}/{{id}}"] = f"{place}/{ids[kind]}"
            addresses[place] = f"{place}?_summary=count"
    answers = {}
    for path, address in addresses.items():
        text = client.get(address).raise_for_status().text
        if len(text) < LONGEST:
            answers[path] = {"address": address, "answer": json.loads(text.replace(str(client.base_url), BASE))}
    return {"ids": ids, "answers": answers}


if __name__ == "__main__":
    with TrialRegistry() as registry:
        PLACE.write_text(json.dumps(made(registry.client), indent=1, ensure_ascii=False) + "\n")
