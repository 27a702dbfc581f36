"""FHIR: one resource, its versions, formats and errors (https://hl7.org/fhir/R5/http.html)."""

import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.contract.checks.check import Failure, Nothing, ReleaseCheck
from app.contract.checks.plain import not_modified
from app.contract.checks.server import ABSENT, STUDY, Server, refused

_HTTP = "https://hl7.org/fhir/R5/http.html"
_NAMESPACE = "{http://hl7.org/fhir}"
_ORIGIN = "https://portal.example"


def vread(server: Server, release: str) -> Iterator[Failure]:
    looked_at = 0
    for one in server.types(release, "vread"):
        try:
            known = server.first(release, one["type"])
        except Nothing:
            continue
        looked_at += 1
        place = f"/fhir/{release}/{one['type']}/{known['id']}/_history"
        answer = server.get(f"{place}/{known['meta']['versionId']}")
        if answer.object() != known:
            yield answer.failure("the current resource, as it is that version", "another")
    if not looked_at:
        raise Nothing("there are no resources with versions")
    yield from refused(server.get(f"{server.study(release)}/_history/999999"), 404)


def etag(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    yield from not_modified(server, path)
    answer = server.get(path)
    version = answer.object()["meta"]["versionId"]
    tag = answer.headers.get("etag")
    if tag and tag != f'W/"{version}"':
        yield answer.failure(f'ETag: W/"{version}", as meta.versionId is', f"ETag: {tag}")


def last_modified(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    answer = server.get(path)
    when = answer.headers.get("last-modified")
    if not when:
        yield answer.failure("a Last-Modified", "none")
        return
    again = server.get(path, {"If-Modified-Since": when})
    if again.status != 304:
        yield again.failure("status 304")


def history(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    current = server.get(path).object()
    versions = server.bundle(f"{path}/_history", "history").get("entry", [])
    answer = server.get(f"{path}/_history")
    if not versions or versions[0].get("resource", {}).get("meta") != current["meta"]:
        yield answer.failure("the current version first")
    ids = [one["resource"]["meta"]["versionId"] for one in versions if "resource" in one]
    if len(set(ids)) != len(ids):
        yield answer.failure("each version once", f"versions {', '.join(ids)}")
    for one in versions:
        if not one.get("request", {}).get("method") or not one.get("response", {}).get("status"):
            yield answer.failure("request.method and response.status in every entry (invariants bdl-3, bdl-4)")
            break
    for each in (f"/fhir/{release}/{STUDY}/_history?_count=1", f"/fhir/{release}/_history?_count=1"):
        server.bundle(each, "history")


def formats(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    for asked, query, kind in (
        ("application/fhir+json", "", "json"),
        ("application/fhir+xml", "", "xml"),
        ("application/xml;q=0.9, application/json;q=0.1", "", "xml"),
        ("application/fhir+xml", "?_format=json", "json"),
        ("application/fhir+json", "?_format=xml", "xml"),
    ):
        answer = server.get(path + query, {"Accept": asked})
        if answer.status != 200 or answer.kind != f"application/fhir+{kind}":
            yield answer.failure(f"status 200 and application/fhir+{kind}")
        elif kind == "xml":
            yield from _is_study(server, answer.body, path, query, asked)


def _is_study(server: Server, body: bytes, path: str, query: str, asked: str) -> Iterator[Failure]:
    answer = server.get(path + query, {"Accept": asked})
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        yield answer.failure("well-formed XML", str(error))
        return
    id = root.find(f"{_NAMESPACE}id")
    if root.tag != f"{_NAMESPACE}{STUDY}" or id is None or id.get("value") != path.rpartition("/")[2]:
        yield answer.failure("the same study as in JSON")


def not_acceptable(server: Server, release: str) -> Iterator[Failure]:
    path = f"/fhir/{release}/{STUDY}?_count=1"
    yield from refused(server.get(path, {"Accept": "image/png"}), 406)
    yield from refused(server.get(f"{path}&_format=png"), 406, naming="_format")


def unknown_route(server: Server, release: str) -> Iterator[Failure]:
    for path in (f"/fhir/{release}/NoSuchType", f"/fhir/{release}/{STUDY}/a/b/c"):
        yield from refused(server.get(path), 404)


def unknown_id(server: Server, release: str) -> Iterator[Failure]:
    for one in server.types(release, "read"):
        yield from refused(server.get(f"/fhir/{release}/{one['type']}/{ABSENT}"), 404)


def bad_value(server: Server, release: str) -> Iterator[Failure]:
    for name, value in (("date", "yesterday"), ("_count", "many"), ("_cursor", "forged"), ("_sort", ABSENT)):
        yield from refused(server.get(f"/fhir/{release}/{STUDY}?{name}={value}"), 400, naming=name)


def method(server: Server, release: str) -> Iterator[Failure]:
    """Sent to an address where there is nothing to write."""
    answer = server.ask("POST", f"/fhir/{release}/metadata")
    yield from refused(answer, 405)
    if answer.status == 405 and "GET" not in answer.headers.get("allow", ""):
        yield answer.failure("an Allow header that names GET", f"Allow: {answer.headers.get('allow')}")


def head(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    answer, known = server.ask("HEAD", path), server.get(path)
    if answer.status != known.status or answer.body:
        yield answer.failure(f"status {known.status} without a body")
    for name in ("content-type", "etag", "last-modified", "content-length"):
        if answer.headers.get(name) != known.headers.get(name):
            yield answer.failure(
                f"{name}: {known.headers.get(name)}, as with GET", f"{name}: {answer.headers.get(name)}"
            )


def cors(server: Server, release: str) -> Iterator[Failure]:
    path = server.study(release)
    answer = server.get(path, {"Origin": _ORIGIN})
    if answer.headers.get("access-control-allow-origin") not in ("*", _ORIGIN):
        came = f"Access-Control-Allow-Origin: {answer.headers.get('access-control-allow-origin')}"
        yield answer.failure(f"Access-Control-Allow-Origin: * or {_ORIGIN}", came)
    if "etag" not in answer.headers.get("access-control-expose-headers", "").lower():
        yield answer.failure("Access-Control-Expose-Headers with ETag")
    asked = {"Origin": _ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "prefer"}
    before = server.ask("OPTIONS", path, asked)
    if before.status not in (200, 204) or "GET" not in before.headers.get("access-control-allow-methods", ""):
        yield before.failure("status 200 or 204 and Access-Control-Allow-Methods with GET")


def gzip(server: Server, release: str) -> Iterator[Failure]:
    """Of an answer that is long enough; unpacked here."""
    path = f"/fhir/{release}/SearchParameter"
    answer, known = server.get(path, {"Accept-Encoding": "gzip"}), server.get(path)
    if answer.headers.get("content-encoding") != "gzip":
        yield answer.failure("Content-Encoding: gzip", f"Content-Encoding: {answer.headers.get('content-encoding')}")
    elif "accept-encoding" not in answer.headers.get("vary", "").lower():
        yield answer.failure("Vary with Accept-Encoding", f"Vary: {answer.headers.get('vary')}")
    else:
        try:
            same = zlib.decompress(answer.body, 31) == known.body
        except zlib.error as error:
            yield answer.failure("a body that gzip can unpack", str(error))
        else:
            if not same:
                yield answer.failure("the same as without compression", "another body")


CHECKS = (
    ReleaseCheck("vread", vread, "A version is read by its number; one that there is not is 404.", f"{_HTTP}#vread"),
    ReleaseCheck("etag", etag, "ETag is the version; who has it is answered with 304.", f"{_HTTP}#versioning"),
    ReleaseCheck("last-modified", last_modified, "Last-Modified answers If-Modified-Since with 304.", f"{_HTTP}#cread"),
    ReleaseCheck("history", history, "History has the current version first, each one once.", f"{_HTTP}#history"),
    ReleaseCheck("formats", formats, "JSON and XML, as Accept and before it _format ask.", f"{_HTTP}#mime-type"),
    ReleaseCheck("not-acceptable", not_acceptable, "Other formats are 406.", f"{_HTTP}#mime-type"),
    ReleaseCheck("unknown-route", unknown_route, "An address that there is not is 404.", f"{_HTTP}#summary"),
    ReleaseCheck("unknown-id", unknown_id, "An id that there is not is 404.", f"{_HTTP}#read"),
    ReleaseCheck("bad-value", bad_value, "A wrong value is 400; the parameter is named.", f"{_HTTP}#search"),
    ReleaseCheck("method", method, "A method that an address does not have is 405, with Allow.", f"{_HTTP}#summary"),
    ReleaseCheck("head", head, "HEAD has the headers of GET and no body.", f"{_HTTP}#summary"),
    ReleaseCheck(
        "cors", cors, "Pages of other origins may read answers.", "https://fetch.spec.whatwg.org/#http-cors-protocol"
    ),
    ReleaseCheck("gzip", gzip, "Answers are compressed for who accepts it.", f"{_HTTP}#general"),
)
