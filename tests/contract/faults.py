"""What a fork may break, one thing at a time, and the check that must say so."""

import json
from typing import Any

from tests.contract.altering import Alter, Passing

STUDY, PARAMETERS = "/fhir/r5/ResearchStudy", "/fhir/r5/SearchParameter"
ABSENT = "none-such-7f3a"


def openapi(change: Any) -> Alter:
    return lambda p: p.path == "/openapi.json" and p.edit(change)


def shape(name: str, document: Any) -> Any:
    return document["components"]["schemas"][name]["properties"]


def trial(change: Any) -> Alter:
    return lambda p: p.at("/api/v1/trials/NCT") and p.path.count("/") == 4 and p.edit(change)


def bundle(change: Any, *parts: str) -> Alter:
    return lambda p: p.at(*parts) and p.edit(change)


def without(name: str, *parts: str, method: str = "") -> Alter:
    return lambda p: p.at(*parts) and method in ("", p.method) and p.headers.pop(name, None)


def status(code: int, *parts: str, where: Any = lambda p: True) -> Alter:
    def alter(p: Passing) -> None:
        if p.at(*parts) and where(p):
            p.status = code

    return alter


def whole(body: bytes, kind: str, *parts: str, code: int = 200, where: Any = lambda p: True) -> Alter:
    def alter(p: Passing) -> None:
        if p.at(*parts) and where(p):
            p.status, p.body = code, body
            p.headers["content-type"] = kind

    return alter


def instead(path: str, *parts: str, where: Any = lambda p: True) -> Alter:
    """The answer of another address."""

    def alter(p: Passing) -> None:
        if p.at(*parts) and where(p):
            found = p.fetch(path)
            p.status, p.body, p.headers = found.status_code, found.content, dict(found.headers)

    return alter


def replaced(known: bytes, other: bytes, *parts: str) -> Alter:
    def alter(p: Passing) -> None:
        if p.at(*parts) and "content-encoding" not in p.headers:
            p.body = p.body.replace(known, other)

    return alter


def repeated(document: Any) -> None:
    key = "items" if "items" in document else "entry"
    document[key] = [document[key][0], *document[key]]


def first_again(p: Passing) -> None:
    """The second page shows the first one's entry."""
    if p.at(f"{STUDY}?", "_sort=_id", "_cursor="):
        known = p.fetch(f"{STUDY}?_sort=_id&_count=1").json()["entry"]
        p.edit(lambda d: d.update(entry=known))


def unlinked(relation: str) -> Any:
    return lambda d: d.update(link=[one for one in d["link"] if one["relation"] != relation])


def only_matches(document: Any) -> None:
    document["entry"] = [one for one in document["entry"] if one["search"]["mode"] == "match"]


def no_entries(document: Any) -> None:
    document.pop("entry", None)


def short_self(document: Any) -> None:
    for one in document["link"]:
        if one["relation"] == "self":
            one["url"] = one["url"].replace("_sort=", "unsorted=")


def not_type(p: Passing) -> bool:
    return ABSENT not in p.path and "?" not in p.path and "_history" not in p.path


def moved(document: Any) -> None:
    for one in document["entry"]:
        one["fullUrl"] = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def strictly(p: Passing) -> bool:
    return "prefer" not in p.asked


def conditional(p: Passing) -> bool:
    return "if-none-match" in p.asked


def asking(name: str, value: str) -> Any:
    return lambda p: p.asked.get(name) == value


def raised(total: int) -> Any:
    return lambda d: d.update(total=d["total"] + total)


TRACE = 'Traceback (most recent call last):\n  File "/srv/app.py", line 7, in read\nValueError: date'
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "value", "diagnostics": TRACE}]}
NO_PARAMETER = json.dumps({**OUTCOME, "issue": [{"severity": "error", "code": "not-supported"}]}).encode()
FHIR, HTML, PROBLEM = "application/fhir+json", "text/html", "application/problem+json"
MISSING = json.dumps({"title": "Not Found", "status": 404}).encode()
TRACED = json.dumps(OUTCOME).encode()
TOLD = json.dumps({"title": "Bad Request", "status": 400, "detail": f"limit: {TRACE}"}).encode()

FAULTS: list[tuple[str, str, Alter]] = [
    ("another status of /healthz", "reachable", status(404, "/healthz", where=lambda p: p.method == "GET")),
    ("another body of /readyz", "ready", whole(b"{}", "application/json", "/readyz")),
    ("no X-Request-Id", "request-id", without("x-request-id", "/")),
    ("a field removed from the contract", "contract", openapi(lambda d: shape("TrialShape", d).pop("title"))),
    ("a type in the contract", "contract", openapi(lambda d: shape("RunShape", d)["new"].update(type="string"))),
    ("no contract", "contract", whole(b"<html>", HTML, "/openapi.json")),
    ("a contract of another kind", "contract", whole(b'{"swagger": "2.0"}', "application/json", "/openapi.json")),
    ("a field removed", "plain.schemas", trial(lambda d: d.pop("title"))),
    ("a field renamed", "plain.schemas", trial(lambda d: d.update(name=d.pop("title")))),
    ("a type changed", "plain.schemas", trial(lambda d: d.update(version=str(d["version"])))),
    (
        "a value that the list has not",
        "plain.schemas",
        bundle(lambda d: d.update(type="perhaps"), "/api/v1/criteria/NCT"),
    ),
    ("a wrong status of an item", "plain.schemas", status(203, "/api/v1/trials/NCT", "/links")),
    ("CSV as something else", "plain.formats", whole(b"a,b", HTML, "/api/v1/trials?format=csv")),
    ("CSV without a row", "plain.formats", whole(b"NCT Number\r\n", "text/csv", "/api/v1/trials?format=csv")),
    ("items in another order", "plain.order", instead("/api/v1/trials?sort=-id", "/api/v1/trials", "sort=id")),
    ("a wrong total of trials", "plain.paging", bundle(raised(1), "/api/v1/trials?limit=1")),
    (
        "no changes but a total",
        "plain.paging",
        bundle(lambda d: d.update(items=[]), "/api/v1/changes?limit=1"),
    ),
    ("another title than in the list", "plain.reading", trial(lambda d: d.update(title="another"))),
    (
        "a schema without a field",
        "plain.schemas-served",
        bundle(lambda d: d["properties"].pop("title"), "/api/v1/schemas/trial"),
    ),
    ("repeated items", "plain.paging", bundle(repeated, "/api/v1/criteria", "cursor=")),
    ("a wrong total of items", "plain.paging", bundle(raised(1), "/api/v1/criteria?limit=1")),
    ("no ETag of a trial", "plain.etag", without("etag", "/api/v1/trials/NCT")),
    ("an unknown parameter taken", "plain.unknown-parameter", instead("/api/v1/sites", f"/api/v1/sites?{ABSENT}")),
    ("a wrong value taken", "plain.bad-value", instead("/api/v1/trials", "/api/v1/trials?limit=many")),
    ("an error of another shape", "plain.unknown-id", whole(b"no", HTML, f"/api/v1/sites/{ABSENT}", code=404)),
    ("an error as a page", "plain.unknown-route", whole(b"<html>", HTML, f"/{ABSENT}", code=404)),
    ("no Allow", "plain.method", without("allow", "/healthz")),
    ("another FHIR version", "r5.metadata", bundle(lambda d: d.update(fhirVersion="4.3.0"), "/fhir/r5/metadata")),
    ("a read that is none", "r5.read", status(404, "/fhir/r5/Location/", where=not_type)),
    ("a match with another address", "r4.search", bundle(moved, "/fhir/r4/Location?_count=2")),
    ("a declared parameter refused", "r5.parameters", whole(NO_PARAMETER, FHIR, STUDY, "keyword=", code=400)),
    ("a declared parameter passed over", "r5.parameters", instead(STUDY, f"{STUDY}?keyword=")),
    ("an undeclared parameter passed over", "r5.undeclared", instead(STUDY, f"{STUDY}?{ABSENT}=1", where=strictly)),
    ("what was ignored is not said", "r5.lenient", bundle(only_matches, f"{STUDY}?{ABSENT}=1")),
    (
        "a code that the list has not",
        "r5.schemas",
        replaced(b'"mode":"instance"', b'"mode":"some"', "/fhir/r5/Location"),
    ),
    ("another version", "r5.vread", bundle(lambda d: d.update(title="Another"), STUDY, "/_history/1")),
    ("no ETag", "r5.etag", without("etag", f"{STUDY}/NCT")),
    ("no 304", "r5.etag", instead(f"{STUDY}/NCT05398809", f"{STUDY}/NCT", where=conditional)),
    ("no Last-Modified", "r5.last-modified", without("last-modified", f"{STUDY}/NCT")),
    ("a version twice", "r5.history", lambda p: p.at(STUDY) and p.path.endswith("/_history") and p.edit(repeated)),
    ("XML that is none", "r4.formats", whole(b"<a>", "application/fhir+xml", "/fhir/r4/", "_format=xml")),
    ("JSON for an image", "r5.not-acceptable", instead(STUDY, STUDY, where=asking("accept", "image/png"))),
    ("an unknown type is empty", "r4.unknown-route", instead("/fhir/r4/ValueSet", "/fhir/r4/NoSuchType")),
    (
        "a problem for an OperationOutcome",
        "r5.unknown-id",
        whole(MISSING, PROBLEM, f"/fhir/r5/Group/{ABSENT}", code=404),
    ),
    ("a wrong date taken", "r5.bad-value", instead(STUDY, f"{STUDY}?date=yesterday")),
    ("a wrong method taken", "r4.method", status(200, "/fhir/r4/metadata", where=lambda p: p.method == "POST")),
    ("HEAD without ETag", "r5.head", without("etag", STUDY, method="HEAD")),
    ("no CORS", "r5.cors", without("access-control-allow-origin", "/fhir/r5/")),
    ("no gzip", "r5.gzip", instead(PARAMETERS, PARAMETERS, where=asking("accept-encoding", "gzip"))),
    ("repeated entries", "r5.paging", first_again),
    ("a wrong total", "r5.paging", bundle(raised(3), f"{STUDY}?", "_sort=_id", "_cursor=")),
    ("no next page", "r5.paging", bundle(unlinked("next"), f"{STUDY}?", "_sort=_id")),
    ("no way back", "r5.paging", bundle(unlinked("previous"), f"{STUDY}?", "_sort=_id")),
    ("a self link that is short", "r5.self", bundle(short_self, f"{STUDY}?title:missing")),
    ("a wrong count", "r4.count", bundle(raised(1), "/fhir/r4/Group?_summary=count")),
    ("nothing included", "r5.include", bundle(only_matches, STUDY, "_include=ResearchStudy:site")),
    (
        "something else by POST",
        "r5.post",
        lambda p: p.method == "POST" and p.at(STUDY, "_search") and p.edit(no_entries),
    ),
    ("a cache may keep what is of a person", "r5.match", without("cache-control", f"{STUDY}/$match")),
    ("no score", "r5.match", bundle(lambda d: d["entry"][0]["search"].pop("score"), f"{STUDY}/$match")),
    ("no reasons", "r5.match", bundle(only_matches, f"{STUDY}/$match")),
    ("no address of an export", "r5.export", without("content-location", "/fhir/r5/$export")),
    ("a stack trace in an error", "nothing-internal", whole(TRACED, FHIR, f"{STUDY}?date=yesterday", code=400)),
    ("a stack trace in a problem", "nothing-internal", whole(TOLD, PROBLEM, "/api/v1/trials?limit=many", code=400)),
]
