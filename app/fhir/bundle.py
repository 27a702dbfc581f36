"""Bundles put together from stored bytes: nothing is parsed (https://hl7.org/fhir/R5/bundle.html)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

import orjson


class Entry(NamedTuple):
    """An entry of a searchset. `search` is further JSON of its `search` element, as bytes: `,"score":0.5`."""

    type: str
    id: str
    document: bytes
    mode: bytes = b"match"
    search: bytes = b""


def searchset(
    base: str,
    links: Sequence[tuple[str, str]],
    entries: Iterable[Entry],
    total: int | None,
    outcome: bytes | None = None,
) -> bytes:
    """`base` is the FHIR base URL of the release; `outcome` is an OperationOutcome that goes with the answer."""
    made = [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"%s"%s}}'
        % (orjson.dumps(f"{base}/{one.type}/{one.id}"), one.document, one.mode, one.search)
        for one in entries
    ]
    if outcome is not None:
        name = uuid5(NAMESPACE_OID, outcome.decode())  # bdl-15: every entry has a fullUrl, and an outcome no address
        made.append(
            b'{"fullUrl":"urn:uuid:%s","resource":%s,"search":{"mode":"outcome"}}' % (str(name).encode(), outcome)
        )
    return _bundle(b'"type":"searchset"' + (b"" if total is None else b',"total":%d' % total), links, made)


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
    link = orjson.dumps([{"relation": relation, "url": url} for relation, url in links]) if links else b""
    return b'{"resourceType":"Bundle",%s%s%s}' % (
        head,
        b',"link":%s' % link if link else b"",
        b',"entry":[%s]' % b",".join(entries) if entries else b"",
    )
