"""Mirrors ClinicalTrials.gov from its public API into the database: pages, runs and the place, all kept."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import httpx
import orjson
from sqlalchemy import Engine, delete, insert, select

from app.intake.ctgov_api import Pace, Page, Retries, fetch_pages
from app.intake.load import Loaded, load_records
from app.intake.read import Refused
from app.intake.records import Raw
from app.intake.sync import Place, Seen, Synced, sync
from app.store import tables as t
from app.store.engine import reading, writing


class TableState(NamedTuple):
    """The place of a query, in the table `sync`."""

    engine: Engine
    name: str

    def get(self) -> Place | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(t.sync).where(t.sync.c.name == self.name)).one_or_none()
        if row is None:
            return None
        since = date.fromisoformat(row.since) if row.since else None
        return Place(row.token, since, Seen.model_validate_json(row.seen))

    def set(self, token: str | None, since: date | None, seen: Seen) -> None:
        with writing(self.engine) as connection:
            connection.execute(delete(t.sync).where(t.sync.c.name == self.name))
            row = {"token": token, "since": since and since.isoformat(), "seen": seen.model_dump_json()}
            connection.execute(insert(t.sync).values(name=self.name, **row))


def mirror(
    engine: Engine,
    base_url: str,
    term: str | None,
    since: date | None,
    tell: Callable[[Loaded | Refused], None],
    *,
    pace: Pace | None = None,
    retries: Retries | None = None,
) -> Synced:
    """Loads what the API gives for the search `term` (None: everything), updated on `since` or later (None: where
    the last sync ended). Raises ApiError when the registry cannot be read further; the next call goes on there."""
    query = {"query.term": term} if term else {}
    origin = f"{base_url}?{term or ''}"

    def load_page(studies: list[Any]) -> dict[str, int]:
        raws = [Raw(origin, n, "json", orjson.dumps(study)) for n, study in enumerate(studies, 1)]
        return dict(load_records(engine, raws, "sync", origin, tell).counts)

    headers = {"User-Agent": "clinical-trial-registry", "Accept": "application/json"}
    with httpx.Client(timeout=60, follow_redirects=True, headers=headers) as client:

        def pages(start: date | None, token: str | None) -> Iterator[Page]:
            return fetch_pages(client, base_url, query, start, token, pace=pace, retries=retries)

        return sync(pages, load_page, TableState(engine, origin), since=since)
