"""Versions of resources: what differs from what is stored becomes a new version, the old bytes stay beside it."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from app.parameters.extract import Searched, search_rows
from app.store import tables as t
from app.store.counters import allocate
from app.store.engine import among, insert_rows
from app.store.index import Entry, put_index
from app.store.prepare import Document, with_meta

Keys = dict[tuple[str, str], int]
"""(FHIR type, id) -> key"""

_COLUMNS = ("key", "type", "id", "version", "last_updated", "deleted", "rendered", "digest", "r4", "r5")
_OLD = ("resource_key", "version", "last_updated", "deleted", "rendered", "r4", "r5")
_UPDATE = (
    update(t.resource)
    .where(t.resource.c.key == bindparam("of"))
    .values({name: bindparam(name) for name in _COLUMNS if name not in ("key", "type", "id")})
)


def put_documents(
    connection: Connection,
    documents: Iterable[Document],
    instant: str,
    gone: Iterable[int] = (),
    *,
    keep: frozenset[tuple[str, str]] = frozenset(),
    rendered: bool = False,
) -> Keys:
    """A new version of every resource whose documents differ from the stored ones; `gone` (keys) become deleted.

    Those of `keep` are only written when they are new. `rendered` marks versions that only a new renderer made.
    Gives the keys of all `documents`.
    """
    wanted = {(document.type, document.id): document for document in documents}
    r = t.resource.c
    stored = {
        (row.type, row.id): row
        for row in connection.execute(
            select(r.key, r.type, r.id, r.version, r.deleted, r.digest).where(
                among(connection, t.resource.c.id, {id for _, id in wanted})
            )
        )
    }
    fresh = [name for name in wanted if name not in stored]
    keys = {name: stored[name].key for name in wanted if name in stored}
    keys.update(zip(fresh, allocate(connection, "next_key", len(fresh)), strict=True))
    changed = [
        (stored[name], document)
        for name, document in wanted.items()
        if name in stored and (stored[name].digest != document.digest or stored[name].deleted)
        if name not in keep or stored[name].deleted
    ]
    insert_rows(
        connection,
        t.resource,
        _COLUMNS,
        [(keys[name], *name, *_written(wanted[name], 1, instant, rendered)) for name in fresh],
    )
    tombstones = [(row, None) for row in _live(connection, set(gone) - set(keys.values()))]
    _supersede(connection, [*changed, *tombstones], instant, rendered)
    written = [*((keys[name], wanted[name]) for name in fresh), *((row.key, document) for row, document in changed)]
    if not rendered:
        # what is searched of a study is of its record too: of criteria, which its own document does not hold
        done = {key for key, _ in written}
        written += [
            (keys[name], one) for name, one in wanted.items() if one.searched_of_record and keys[name] not in done
        ]
    entries = [Entry(key, document.searched or _searched(document)) for key, document in written]
    put_index(connection, entries, keys, [row.key for row, _ in tombstones])
    return keys


def _searched(document: Document) -> Searched:
    return search_rows(orjson.loads(document.r4), orjson.loads(document.r5))


def _written(document: Document, version: int, instant: str, rendered: bool) -> tuple[Any, ...]:
    kind, id, digest, r4, r5, _ = document
    bodies = (with_meta(body, kind, id, version, instant) for body in (r4, r5))
    return (version, instant, False, rendered, digest, *bodies)


def _live(connection: Connection, keys: set[int]) -> Sequence[Any]:
    r = t.resource.c
    statement = select(r.key, r.version).where(among(connection, r.key, keys), r.deleted.is_(False))
    return connection.execute(statement).all() if keys else ()


def _supersede(connection: Connection, pairs: list[tuple[Any, Document | None]], instant: str, rendered: bool) -> None:
    if not pairs:
        return
    r = t.resource.c
    before = connection.execute(select(t.resource).where(among(connection, r.key, [row.key for row, _ in pairs])))
    insert_rows(
        connection,
        t.resource_version,
        _OLD,
        [
            (
                old.key,
                old.version,
                old.last_updated,
                old.deleted,
                old.rendered,
                zlib.compress(old.r4),
                zlib.compress(old.r5),
            )
            for old in before
        ],
    )
    rows = []
    for row, document in pairs:
        values = (
            (row.version + 1, instant, True, False, "", b"", b"")
            if document is None
            else _written(document, row.version + 1, instant, rendered)
        )
        rows.append({"of": row.key, **dict(zip(_COLUMNS[3:], values, strict=True))})
    connection.execute(_UPDATE, rows)
