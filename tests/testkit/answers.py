"""Everything that a pinned server answers: a server in, request -> digest of the answer out.

What may differ is left out: the server's address is replaced, `Date` and `X-Request-Id` are dropped, and so are
relevance scores with the validators that are made from them.
"""

import hashlib
import json
import re
import time
from typing import Any

import httpx

_VARYING = ("date", "x-request-id", "content-length")
"""The length is that of the address too; httpx checks it."""
_SCORE = re.compile(rb'"score":[0-9.eE+-]+|<score value="[^"]+"/>')
BOTH = ("NCT05398809", "NCT07153666")
FOLLOWED = 12
"""Pages of one list."""

LISTS = (
    "ResearchStudy?_sort=-last-update,title&_count=1",
    "ResearchStudy?condition=vitiligo&_include=*&_revinclude=Provenance:target&_total=accurate",
    "ResearchStudy?near=38.9|-77.1|5000|km",
    "ResearchStudy?stale=false&_lastUpdated=ap2026-01-31",
    "ResearchStudy?_text=patients&_sort=title",
    "ResearchStudy?_content=disease&_sort=_score",
    "ResearchStudy?condition=vitilgo",
    "ResearchStudy?_summary=true",
    "ResearchStudy?_elements=title&_pretty=true",
    "ResearchStudy?_summary=count",
    "Group?_count=1&_sort=name",
    "EvidenceVariable?_format=xml",
    "Location?_has:ResearchStudy:site:status=active&_count=1",
    "Organization?name=peking",
    "Practitioner?_format=xml&_count=1",
    "PractitionerRole?_include=PractitionerRole:organization",
    "Provenance?target=ResearchStudy/NCT05398809",
    "?_type=ResearchStudy,Group&_count=2",
    "_history?_count=3",
    "ResearchStudy/_history?_count=1",
    "ResearchStudy/NCT05398809/_history",
    "ResearchStudy/NCT05398809/$everything?_count=5",
    "CodeSystem",
    "SearchParameter?name=stale",
    "StructureDefinition?_format=xml",
)
PLAIN = (
    "trials?limit=1&sort=-start",
    "trials?text=patients&facets=overall_status,phase,country",
    "trials?format=csv",
    "trials?fields=title,overall_status",
    "trials/NCT05398809",
    "trials/NCT07153666/origins",
    "trials/NCT05398809/links",
    "trials/NCT05398809/sites?format=geojson",
    "trials/NCT05398809/sites?format=csv",
    "trials/NCT05398809/contacts?format=csv",
    "trials/NCT05398809/versions",
    "trials/NCT05398809/versions/1",
    "trials/NCT05398809/versions/1/diff/1",
    "criteria?trial=NCT05398809&type=exclusion&limit=5",
    "outcomes?limit=3",
    "sites?country_code=US&format=geojson",
    "changes?limit=1",
    "changes?since=2026-01-31T00:00:01Z",
    "runs",
    "runs/1/refusals",
)
REFUSED = (
    ("GET", "/fhir/r5/ResearchStudy?titel=x"),
    ("GET", "/fhir/r5/ResearchStudy?_cursor=x"),
    ("GET", "/fhir/r4/ResearchStudy/NCT00000000"),
    ("GET", "/fhir/r5/ResearchStudy/NCT05398809?_format=turtle"),
    ("GET", "/fhir/r5/Nothing"),
    ("PUT", "/fhir/r5/ResearchStudy/NCT05398809"),
    ("GET", "/api/v1/trials?limit=0"),
    ("GET", "/api/v1/trials/NCT00000000"),
    ("GET", "/nothing"),
)


class Answers:
    """`digests` grows with every request."""

    def __init__(self, client: httpx.Client) -> None:
        self._client, self._base = client, str(client.base_url).rstrip("/")
        self.digests: dict[str, str] = {}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The digest's name is the request, and how often it was sent before."""
        answer = self._client.request(method, path, **more)
        scored = bool(_SCORE.search(answer.content))
        dropped = (*_VARYING, "etag") if scored else _VARYING
        said = [
            f"{name}: {value}".replace(self._base, "") for name, value in answer.headers.items() if name not in dropped
        ]
        body = _SCORE.sub(b"", answer.content.replace(self._base.encode(), b""))
        whole = repr((answer.status_code, sorted(said))).encode() + body
        name = f"{method} {path} {json.dumps(more)}".replace(self._base, "")
        name = f"{name} #{sum(known.startswith(f'{name} #') for known in self.digests) + 1}"
        self.digests[name] = hashlib.sha256(whole).hexdigest()
        return answer

    def follow(self, path: str) -> None:
        """A list with its further pages."""
        following: str | None = path
        for _ in range(FOLLOWED):
            if following is None:
                return
            answer = self.ask("GET", following)
            if not answer.headers["content-type"].startswith(("application/json", "application/fhir+json")):
                return
            found = answer.json()
            links = {one["relation"]: one["url"] for one in found.get("link", ())}
            further = links.get("next") or found.get("next")
            following = further if further != following else None

    def export(self, release: str) -> None:
        """The files of an export, by way of its status."""
        started = self.ask("GET", f"/fhir/{release}/$export", headers={"Prefer": "respond-async"})
        place = started.headers["content-location"]
        deadline = time.monotonic() + 30
        while self._client.get(place).status_code == 202:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        for file in self.ask("GET", place).json()["output"]:
            self.ask("GET", file["url"])
        self.ask("DELETE", place)

    def read_all(self) -> None:
        """All that is in the tables above, and every resource in every release, format and version."""
        for release in ("r5", "r4"):
            base = f"/fhir/{release}"
            self.ask("GET", f"{base}/metadata")
            for listed in LISTS:
                self.follow(f"{base}/{listed}")
            self.ask("POST", f"{base}/ResearchStudy/_search", data={"condition": "vitiligo"})
            entries = [{"request": {"method": "GET", "url": f"ResearchStudy/{id}"}} for id in (*BOTH, "none")]
            self.ask("POST", f"{base}/", json={"resourceType": "Bundle", "type": "batch", "entry": entries})
            self.ask("POST", f"{base}/ResearchStudy/$validate", json={"resourceType": "ResearchStudy", "status": "x"})
            found = self._client.get(f"{base}/?_type={_TYPES}&_count=1000").json()["entry"]
            for one in found:
                at = f"{base}/{one['resource']['resourceType']}/{one['resource']['id']}"
                read = self.ask("GET", at)
                self.ask("GET", f"{at}?_format=xml")
                self.ask("GET", at, headers={"If-None-Match": read.headers["etag"]})
                for version in range(1, int(one["resource"]["meta"]["versionId"]) + 1):
                    self.ask("GET", f"{at}/_history/{version}")
            self.export(release)
        for listed in PLAIN:
            self.follow(f"/api/v1/{listed}")
        for method, path in REFUSED:
            self.ask(method, path)
        for path in ("/openapi.json", "/docs", "/healthz", "/readyz"):
            self.ask("GET", path)


_TYPES = "ResearchStudy,Group,EvidenceVariable,Location,Organization,Practitioner,PractitionerRole,Provenance"
