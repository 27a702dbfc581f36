"""A small portal: it lists all trials of a registry and keeps what it has read. Over FHIR R5
(https://hl7.org/fhir/R5/http.html).
"""

import time
from typing import Any

import httpx

TRIES = 4


class Unavailable(Exception):
    """The registry did not answer, however often it was asked."""


class Portal:
    def __init__(self, url: str, patience: float = 5.0) -> None:
        self._client = httpx.Client(base_url=url, timeout=patience)
        self._kept: dict[str, tuple[str, dict[str, Any]]] = {}

    def studies(self, page: int = 20) -> list[str]:
        """The ids of all studies, page by page."""
        found: list[str] = []
        following: str | None = f"/fhir/r5/ResearchStudy?_sort=_id&_count={page}"
        while following:
            bundle = self._get(following).json()
            found += [entry["resource"]["id"] for entry in bundle.get("entry", ())]
            following = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
        return found

    def title(self, id: str) -> str | None:
        """None for a study that its registry has removed. What was read before is asked for by its ETag."""
        etag, study = self._kept.get(id, ("", {}))
        answer = self._get(f"/fhir/r5/ResearchStudy/{id}", {"If-None-Match": etag} if etag else {})
        if answer.status_code == 410:
            return None
        if answer.status_code == 200:
            study = answer.json()
            self._kept[id] = answer.headers["ETag"], study
        return str(study["title"])

    def _get(self, address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(TRIES):
            try:
                answer = self._client.get(address, headers=headers)
            except httpx.TransportError:
                continue
            if answer.status_code not in (429, 503):
                return answer
            time.sleep(float(answer.headers.get("Retry-After", "0")))
        raise Unavailable(address)
