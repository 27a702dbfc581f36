"""Bundles put together from stored bytes: nothing is parsed (https://hl7.org/fhir/R5/bundle.html)."""

from collections.abc import Iterable, Sequence

import orjson


def searchset(
    base: str,
    kind: str,
    links: Sequence[tuple[str, str]],
    matches: Iterable[tuple[str, bytes]],
    total: int,
    outcome: bytes | None = None,
) -> bytes:
    """`base` is the FHIR base URL of the release, `matches` are (id, stored document) of resources of one `kind`;
    `outcome` is an OperationOutcome that goes with the answer."""
    entries = [
        b'{"fullUrl":%s,"resource":%s,"search":{"mode":"match"}}' % (orjson.dumps(f"{base}/{kind}/{id}"), document)
        for id, document in matches
    ]
    if outcome is not None:
        entries.append(b'{"resource":%s,"search":{"mode":"outcome"}}' % outcome)
    return _bundle(b'"type":"searchset","total":%d' % total, links, entries)


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


def _bundle(head: bytes, links: Sequence[tuple[str, str]], entries: list[bytes]) -> bytes:
    link = orjson.dumps([{"relation": relation, "url": url} for relation, url in links])
    body = b',"entry":[%s]' % b",".join(entries) if entries else b""
    return b'{"resourceType":"Bundle",%s,"link":%s%s}' % (head, link, body)
