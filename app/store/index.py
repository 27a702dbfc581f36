"""Writes the search index: what was found of resources, in the transaction that writes their documents."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from app.parameters.dates import interval, microseconds
from app.parameters.extract import HIGHEST, LOWEST, Place, Searched
from app.parameters.table import BITS, PARAMETERS
from app.store import search_tables as s
from app.store import tables as t
from app.store.engine import among, insert_rows
from app.store.words import put_words, remove_words

STATUS_CHANGED = next(p.number for p in PARAMETERS if p.code == "status-changed")
_BOTH = sum(BITS.values())


class Entry(NamedTuple):
    key: int
    searched: Searched


def put_index(
    connection: Connection, entries: Collection[Entry], known: Mapping[tuple[str, str], int], gone: Iterable[int] = ()
) -> None:
    """Replaces what the index has of these resources, and takes out those that are `gone`. `known` are keys of
    resources by (type, id)."""
    remove_index(connection, [*(entry.key for entry in entries), *gone])
    rows: dict[str, list[tuple[Any, ...]]] = {}
    places = []
    for key, searched in entries:
        for name, found in searched.rows.items():
            rows.setdefault(name, []).extend((*row, key) for row in found)
        if searched.place:
            places.append((key, cell(searched.place), *point(searched.place)))
    if "search_reference" in rows:
        rows["search_reference"] = _resolved(connection, rows["search_reference"], known)
    for name, found in rows.items():
        table = s.BY_KIND[name]
        insert_rows(connection, table, [column.name for column in table.columns], found)
    insert_rows(connection, s.search_place, [column.name for column in s.search_place.columns], places)
    put_words(connection, [(entry.key, entry.searched.words) for entry in entries])


def remove_index(connection: Connection, keys: Collection[int]) -> None:
    if keys:
        for table in s.ALL:
            connection.execute(delete(table).where(among(connection, table.c.key, keys)))
        remove_words(connection, keys)


def _resolved(
    connection: Connection, rows: list[tuple[Any, ...]], known: Mapping[tuple[str, str], int]
) -> list[tuple[Any, ...]]:
    """The keys of what is referred to in place of its name; 0 for what is no resource here."""
    names = {row[1]: tuple(row[1].split("/", 1)) for row in rows if row[1].count("/") == 1}
    unknown = {name[1] for name in names.values() if name not in known}
    stored: dict[Any, int] = {}
    if unknown:
        r = t.resource.c
        found = connection.execute(select(r.type, r.id, r.key).where(among(connection, r.id, unknown)))
        stored = {(row.type, row.id): row.key for row in found}
    made: dict[tuple[int, int, int], int] = {}
    for param, target, marks, key in rows:
        name: Any = names.get(target)
        place = (param, known.get(name) or stored.get(name, 0), key)
        made[place] = made.get(place, 0) | marks
    return [(param, target, marks, key) for (param, target, key), marks in made.items()]


def index_status_changes(connection: Connection, trial_keys: Collection[int]) -> None:
    """The instants at which the trials' states changed, from the changes feed: no document says them."""
    c = t.change.c
    moved = select(c.trial_key, c.at).where(
        among(connection, c.trial_key, trial_keys), c.status_before != c.status_after
    )
    instants: dict[int, list[int]] = {}
    for key, at in connection.execute(moved.order_by(c.trial_key, c.number)):
        instants.setdefault(key, []).append(microseconds(interval(at)[0]))
    rows = []
    for key, found in instants.items():
        for n, at in enumerate(found):
            marks = _BOTH | (_BOTH << LOWEST) * (n == 0) | (_BOTH << HIGHEST) * (n == len(found) - 1)
            rows.append((STATUS_CHANGED, at, at + 1, 0, marks, key))
    insert_rows(connection, s.search_date, [column.name for column in s.search_date.columns], rows)


def cell(place: Place) -> int:
    """The square of one degree each way in which the place is."""
    return math.floor(place.latitude) * 360 + math.floor((place.longitude + 180) % 360)


def point(place: Place) -> tuple[float, float, float]:
    """On a sphere of radius 1: the straight distance of two points tells the one on the surface, without the
    trigonometry that not every SQLite has."""
    latitude, longitude = math.radians(place.latitude), math.radians(place.longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )
