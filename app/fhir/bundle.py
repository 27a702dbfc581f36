"""Bundles put together from stored bytes: nothing is parsed (https://hl7.org/fhir/R5/bundle.html)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

import orjson


def searchset(
    base: str,
    links: Sequence[tuple[str, str]],
    entries: Sequence[tuple[str, str, bytes]],
    total: int | None,
    outcome: bytes | None = None,
    *,
    matches: int | None = None,
    search: Sequence[bytes] = (),
    more: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """`entries` are (type, id, document), the first `matches` of them (by default all) found, the others included;
    `more` are included resources that have no address here: (fullUrl, document).
    `base` is the FHIR base URL of the release; `outcome` is an OperationOutcome that goes with the answer; `search` is
    more JSON of the `search` element of each match, as bytes: `,"score":0.5`."""
    parts = [b'{"resourceType":"Bundle","type":"searchset"', b"" if total is None else b',"total":%d' % total]
    parts.append(b',"link":%s' % _links(links))
    between = b',"entry":[{"fullUrl":"'
    address = orjson.dumps(base)[1:-1].decode()
    found = len(entries) if matches is None else matches
    mode = b',"search":{"mode":"match"'
    for n, (type, id, document) in enumerate(entries):  # a type and an id need no escapes
        if n == found:
            mode = b',"search":{"mode":"include"'
        parts += (between, f"{address}/{type}/{id}".encode(), b'","resource":', document, mode)
        if search and n < found:
            parts.append(search[n])
        between = b'}},{"fullUrl":"'
    for address, document in more:
        opening = b',"entry":[{' if between.startswith(b",") else b"}},{"
        parts += (opening, b'"fullUrl":"', address.encode(), b'","resource":', document, b',"search":{"mode":"include"')
        between = b"}},"
    if outcome is not None:
        opening = b',"entry":[{' if between.startswith(b",") else b"}},{"
        # bdl-15: every entry has a fullUrl, and an outcome has no address
        name = str(uuid5(NAMESPACE_OID, outcome.decode())).encode()
        parts += (opening, b'"fullUrl":"urn:uuid:', name, b'","resource":', outcome, b',"search":{"mode":"outcome"')
        between = b"}},"
    parts.append(b"}" if between.startswith(b",") else b"}}]}")
    return b"".join(parts)


def history(
    base: str,
    links: Sequence[tuple[str, str]],
    versions: Iterable[tuple[str, str, int, str, bool, bytes]],
) -> bytes:
    """`versions` are (type, id, version, last updated, deleted, document), newest first."""
    entries = []
    for kind, id, version, updated, deleted, document in versions:
        method, status = ("DELETE", "204") if deleted else ("POST", "201") if version == 1 else ("PUT", "200")
        request = {"method": method, "url": kind if method == "POST" else f"{kind}/{id}"}
        response = {"status": status, "etag": f'W/"{version}"', "lastModified": updated}
        entries.append(
            b'{"fullUrl":%s,%s"request":%s,"response":%s}'
            % (
                orjson.dumps(f"{base}/{kind}/{id}"),
                b"" if deleted else b'"resource":%s,' % document,
                orjson.dumps(request),
                orjson.dumps(response),
            )
        )
    return _bundle(b'"type":"history"', links, entries)


class Answered(NamedTuple):
    """What became of an entry of a batch: a document, or the OperationOutcome that says why not."""

    status: int
    document: bytes = b""
    outcome: bytes = b""
    etag: str = ""
    last_modified: str = ""
    location: str = ""


def batch_response(answers: Iterable[Answered]) -> bytes:
    entries = []
    for one in answers:
        said = {"status": str(one.status), "location": one.location, "etag": one.etag}
        said["lastModified"] = one.last_modified
        response = orjson.dumps({name: value for name, value in said.items() if value})
        if one.outcome:
            response = b'%s,"outcome":%s}' % (response[:-1], one.outcome)
        resource = b'"resource":%s,' % one.document if one.document else b""
        entries.append(b'{%s"response":%s}' % (resource, response))
    return _bundle(b'"type":"batch-response"', (), entries)


def _bundle(head: bytes, links: Sequence[tuple[str, str]], entries: list[bytes]) -> bytes:
    return b'{"resourceType":"Bundle",%s%s%s}' % (
        head,
        b',"link":%s' % _links(links) if links else b"",
        b',"entry":[%s]' % b",".join(entries) if entries else b"",
    )


def _links(links: Sequence[tuple[str, str]]) -> bytes:
    return orjson.dumps([{"relation": relation, "url": url} for relation, url in links])
