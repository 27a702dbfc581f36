"""FHIR: pages, totals, links and what is included (https://hl7.org/fhir/R5/search.html); the start of an export."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.contract.checks.check import Failure, Nothing, ReleaseCheck
from app.contract.checks.server import STUDY, Server, link, matches, place, refused

_SEARCH = "https://hl7.org/fhir/R5/search.html"
_EXPORT = "https://hl7.org/fhir/uv/bulkdata/export.html"
_WHOLE, _FEW, _PAGES = 400, 7, 8
_LATER = "2100-01-01T00:00:00Z"
"""An export of what changed since then has no files."""


def paging(server: Server, release: str) -> Iterator[Failure]:
    """All studies where they are few, otherwise some of them by their ids."""
    base = f"/fhir/{release}/{STUDY}"
    start = server.bundle(f"{base}?_sort=_id&_count={_FEW}")
    total = int(start["total"])
    if not total:
        raise Nothing(f"there is no {STUDY}")
    narrowed, size = "", -(-total // 4)
    if total > _WHOLE:
        ids = [one["resource"]["id"] for one in matches(start["entry"])]
        total, narrowed, size = len(ids), f"_id={','.join(ids)}&", 2
    following: str | None = f"{base}?{narrowed}_sort=_id&_count={size}"
    seen: list[str] = []
    before: str | None = None
    pages = 0
    while following and pages < _PAGES:
        page = server.bundle(following)
        answer = server.get(following)
        ids = [one["resource"]["id"] for one in matches(page.get("entry", ()))]
        again = sorted(set(ids) & set(seen)) + [one for one in set(ids) if ids.count(one) > 1]
        if again:
            yield answer.failure("no entry that was on a page before", f"again {', '.join(again[:5])}")
            return
        if page.get("total") != total:
            yield answer.failure(f"total {total}, as of the whole search", f"total {page.get('total')}")
        if pages:
            yield from _leads_back(server, following, before or "")
        before, following = following, link(page, "next")
        seen += ids
        pages += 1
    if len(seen) != total or following:
        came = f"{len(seen)}{' and a further page' if following else ''}"
        yield answer.failure(f"as many entries on all pages as 'total' says: {total}", came)


def _leads_back(server: Server, path: str, before: str) -> Iterator[Failure]:
    answer = server.get(path)
    back = link(server.bundle(path), "previous|prev")
    if back is None:
        yield answer.failure("a link 'previous'", "none")
    elif _ids(server, back) != _ids(server, before):
        yield server.get(back).failure(f"the page before, as {before}", "other entries")


def _ids(server: Server, path: str) -> list[str]:
    return [one["resource"]["id"] for one in matches(server.bundle(path).get("entry", ()))]


def own_link(server: Server, release: str) -> Iterator[Failure]:
    path = f"/fhir/{release}/{STUDY}?title:missing=false&_sort=-_lastUpdated&_count=1"
    found = link(server.bundle(path), "self")
    answer = server.get(path)
    if found is None:
        yield answer.failure("a link 'self'", "none")
        return
    given = set(parse_qsl(urlsplit(found).query))
    asked = set(parse_qsl(urlsplit(path).query))
    if place(found).partition("?")[0] != path.partition("?")[0] or not asked <= given:
        yield answer.failure("a self link with what was processed", found)
    elif _ids(server, found) != _ids(server, path):
        yield server.get(found).failure(f"the same entries as {path}", "others")


def count(server: Server, release: str) -> Iterator[Failure]:
    for one in server.types(release, "search-type"):
        path = f"/fhir/{release}/{one['type']}"
        if not server.takes(path, "_summary"):
            continue
        bundle = server.bundle(f"{path}?_summary=count")
        if "entry" in bundle or not isinstance(bundle.get("total"), int):
            yield server.get(f"{path}?_summary=count").failure("a total and no entries")
            continue
        listed = server.bundle(server.listing(release, one["type"], 2))
        if listed.get("total", bundle["total"]) != bundle["total"]:
            came = f"total {bundle['total']}"
            yield server.get(f"{path}?_summary=count").failure(f"total {listed['total']}, as the search says", came)


def included(server: Server, release: str) -> Iterator[Failure]:
    """What is included is referred to by what is there, and each resource is there once."""
    server.first(release, STUDY)
    for asked in ("_include=ResearchStudy:site", "_include=*", "_revinclude=Provenance:target"):
        path = f"/fhir/{release}/{STUDY}?_count=2&{asked}"
        entries = server.bundle(path).get("entry", [])
        answer = server.get(path)
        names = [f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries if _mode(e) != "outcome"]
        if len(set(names)) != len(names):
            yield answer.failure("each resource once", f"again {sorted(n for n in names if names.count(n) > 1)[0]}")
        found = [one for one in entries if _mode(one) == "include"]
        matched = [one["resource"] for one in entries if _mode(one) == "match"]
        for one in found:
            resource = one["resource"]
            name = f"{resource['resourceType']}/{resource['id']}"
            back = any(f"{STUDY}/{study['id']}" in str(resource) for study in matched)
            if name not in str(matched) and not back:
                yield answer.failure("included resources that have to do with a match", f"{name} has not")
        if asked == "_include=ResearchStudy:site":
            wanted = {site["reference"] for study in matched for site in study.get("site", ()) if "reference" in site}
            for name in sorted(wanted - {*names}):
                yield answer.failure(f"{name}, as a match refers to it", "no such entry")


def _mode(entry: dict[str, dict[str, str]]) -> str:
    return entry.get("search", {}).get("mode", "match")


def by_post(server: Server, release: str) -> Iterator[Failure]:
    asked = {"_sort": "_id", "_count": "2"}
    path = f"/fhir/{release}/{STUDY}/_search"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = server.ask("POST", path, form, urlencode(asked).encode())
    ids = [one["resource"]["id"] for one in matches(answer.object().get("entry", ()))]
    if ids != _ids(server, f"/fhir/{release}/{STUDY}?{urlencode(asked)}"):
        yield answer.failure("the same entries as by GET", f"{', '.join(ids)}")
    yield from refused(server.ask("POST", path, {"Content-Type": "text/plain"}, b"_count=2"), 415)


def export(server: Server, release: str) -> Iterator[Failure]:
    """Of nothing, and it is ended at once: what was begun here is all that is deleted."""
    declared = {one["name"] for one in server.capabilities(release).get("operation", ())}
    if "export" not in declared:
        raise Nothing("$export is not declared")
    path = f"/fhir/{release}/$export?_type={STUDY}&_since={_LATER}"
    yield from refused(server.get(path), 400, naming="Prefer")
    begun = server.ask("GET", path, {"Prefer": "respond-async", "Accept": "application/fhir+json"})
    status = place(begun.headers.get("content-location", ""))
    if begun.status != 202 or not status:
        yield begun.failure("status 202 and a Content-Location")
        return
    if not status.startswith(f"/fhir/{release}/"):
        yield begun.failure(f"a Content-Location under /fhir/{release}/", status)
        return
    progress, ended = server.ask("GET", status), server.ask("DELETE", status)
    if progress.status not in (200, 202):
        yield progress.failure("status 202 while it runs, 200 when it is done")
    if progress.status == 200:
        missing = {"transactionTime", "request", "requiresAccessToken", "output", "error"} - progress.object().keys()
        if missing:
            yield progress.failure("a manifest with all that it must have", f"none of {', '.join(sorted(missing))}")
    if ended.status != 202:
        yield ended.failure("status 202, as the export is deleted")


CHECKS = (
    ReleaseCheck(
        "paging",
        paging,
        "'total' is as many as all pages have, each once; 'next' and 'previous' lead on and back.",
        f"{_SEARCH}#paging",
    ),
    ReleaseCheck(
        "self", own_link, "The link 'self' says what was processed, and finds the same.", f"{_SEARCH}#conformance"
    ),
    ReleaseCheck("count", count, "_summary=count gives the total of the search and no entries.", f"{_SEARCH}#summary"),
    ReleaseCheck(
        "include", included, "_include and _revinclude bring what is referred to, once.", f"{_SEARCH}#include"
    ),
    ReleaseCheck(
        "post",
        by_post,
        "A search by POST finds the same; other bodies are 415.",
        "https://hl7.org/fhir/R5/http.html#search",
    ),
    ReleaseCheck(
        "export",
        export,
        "An export is begun with 202, asked after, and deleted.",
        f"{_EXPORT}#bulk-data-kick-off-request",
    ),
)
