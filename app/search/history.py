"""History of one type or of all: versions, newest first (https://hl7.org/fhir/R5/http.html#history).

Versions are in two tables, the current ones and the superseded ones; a page takes the newest of each. The order is
by time, then by the resource's key and version, so that a page goes on exactly where the last one ended.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all

from app.store import tables as t

Position = tuple[str, int, int]
"""(last updated, resource key, version) of the last version of a page."""
Period = tuple[str, str]
"""The first instant, and the first one after."""


def compile_history(
    release: str,
    kind: str | None,
    id: str | None,
    since: str | None,
    at: Period | None,
    after: Position | None,
    count: int,
) -> Select[Any]:
    """(id, version, last updated, deleted, compressed, document, type, key) of `count` + 1 versions."""
    current, old = t.resource, t.resource_version
    newest = select(
        current.c.id,
        current.c.version,
        current.c.last_updated,
        current.c.deleted,
        literal(False).label("compressed"),
        current.c[release].label("document"),
        current.c.type,
        current.c.key,
    )
    former = select(
        current.c.id,
        old.c.version,
        old.c.last_updated,
        old.c.deleted,
        literal(True).label("compressed"),
        old.c[release].label("document"),
        current.c.type,
        current.c.key,
    ).join(current, current.c.key == old.c.resource_key)
    if at is not None:  # begun before its end, and not superseded before its beginning
        newest = newest.where(current.c.last_updated < at[1])
        former = former.where(old.c.last_updated < at[1], _superseded(old, current) > at[0])
    halves = [
        _page(newest, current.c.last_updated, current.c.key, current.c.version, kind, id, since, after, count),
        _page(former, old.c.last_updated, old.c.resource_key, old.c.version, kind, id, since, after, count),
    ]
    both = union_all(*(select(half.subquery()) for half in halves)).subquery()
    order = (both.c.last_updated.desc(), both.c.key.desc(), both.c.version.desc())
    return select(both).order_by(*order).limit(count + 1)


def _superseded(old: Any, current: Any) -> ColumnElement[str]:
    """The instant of the version after an old one."""
    following = old.alias("following")
    is_next = (following.c.resource_key == old.c.resource_key) & (following.c.version == old.c.version + 1)
    return func.coalesce(select(following.c.last_updated).where(is_next).scalar_subquery(), current.c.last_updated)


def _page(
    statement: Select[Any],
    updated: ColumnElement[str],
    key: ColumnElement[int],
    version: ColumnElement[int],
    kind: str | None,
    id: str | None,
    since: str | None,
    after: Position | None,
    count: int,
) -> Select[Any]:
    if kind is not None:
        statement = statement.where(t.resource.c.type == kind)
    if id is not None:
        statement = statement.where(t.resource.c.id == id)
    if since is not None:
        statement = statement.where(updated >= since)
    if after is not None:
        statement = statement.where(tuple_(updated, key, version) < tuple_(*(literal(value) for value in after)))
    return statement.order_by(updated.desc(), key.desc(), version.desc()).limit(count + 1)
