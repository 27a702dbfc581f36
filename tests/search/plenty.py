"""A registry of 100,000 studies for the tests of query plans, filled by SQL alone: of every parameter a few resources
with the values of `full`, more with those of `other` (tests/search/full.py), and the values that a real registry has
for the parameters that are asked most. Every table that grows has rows."""

import zlib
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Connection, Float, Integer, MetaData, Table, text

from app.parameters.extract import search_rows
from app.parameters.table import FHIR_TYPES, PARAMETERS, PLAIN_PARAMETERS
from app.plain.render import trial_shape
from app.record.codes import PHASE, STATUS
from app.record.trial import Trial
from app.store import search_tables as s
from app.store.columns import metadata
from app.store.engine import engine_for, insert_rows, writing
from app.store.migrate import migrate
from app.store.words import put_words
from tests.search.filled import trial
from tests.search.full import FULL, OTHER, documents

STUDIES, OTHERS = 100_000, 10_000
"""Studies, and resources of each other type."""
PLACES = {FULL: range(100), OTHER: range(100, 500)}
"""Which of the resources of a type have the values of a role; the first one has its id."""
FIRST = {type: 1 if n == 0 else 1 + STUDIES + (n - 1) * OTHERS for n, type in enumerate(FHIR_TYPES)}
"""Keys of a type begin here."""
EVERY_MARK = 63
COUNTRIES = ("US", "FR", "DE", "GB", "CA", "IT", "ES", "BE", "NL", "AU", "JP", "BR", "PL")
_MANY = {"trial", "resource_version", "change", "identifier", "criterion", "outcome", "trial_site"}
"""Tables of the record with as many rows as there are studies; the others are read by the key of their trial only."""
_FILLED_OTHERWISE = {table.name for table in s.ALL} | {"state", "resource", "sync", "export_job"}
_SHARED = {"organization": "Organization", "practitioner": "Practitioner", "site": "Location"}
_SHARED |= {"practitioner_role": "PractitionerRole"}


def _pick(words: Iterable[str], by: str = "n") -> str:
    listed = list(words)
    cases = " ".join(f"WHEN {n} THEN '{word}'" for n, word in enumerate(listed))
    return f"(CASE ({by}) % {len(listed)} {cases} END)"


def _id(type: str) -> str:
    first = " ".join(f"WHEN {places.start} THEN '{role}'" for role, places in PLACES.items())
    return f"(CASE n {first} ELSE '{type.lower()}-' || n END)"


_STATE = f"(CASE WHEN n % 3 = 0 THEN 'recruiting' ELSE {_pick(STATUS.codes)} END)"
_AT = "'20' || (10 + n / 10000) || '-0' || (1 + n / 1000 % 9) || '-1' || (n / 100 % 10) || 'T00:00:00.' || (100000 + n)"
_AT = f"({_AT} || 'Z')"
_VALUES: dict[str, str] = {
    "key": "n + 1",
    "trial_key": "n + 1",
    "resource_key": "n + 1",
    "trial.id": _id("ResearchStudy"),
    "trial.overall_status": _STATE,
    "trial.title": "'Study ' || n",
    "site_key": f"{FIRST['Location']} + n % {OTHERS}",
    "practitioner_key": f"{FIRST['Practitioner']} + n",
    "group_key": f"{FIRST['Group']} + n",
    "change.number": "n + 1",
    "change.fields": "'[]'",
    "change.run_id": "1 + n % 1000",
    "change.kind": "'new'",
    "run.id": "n + 1",
    "run_refusal.run_id": "1 + n % 1000",
    "run_refusal.position": "n",
    "run_seen.run_id": "1 + n % 1000",
    "criterion.path": "'1-i' || n",
    "criterion.type": "'inclusion'",
    "criterion.role": "'criterion'",
    "outcome.type": "'primary'",
    "outcome.number": "1",
    "spans": "'[]'",
    "position": "0",
    "item": "0",
    "version": "1",
    "country_code": _pick(COUNTRIES),
    "latitude": "(n % 160) - 80.0",
    "longitude": "(n % 340) - 170.0",
    "city": "'City ' || (n % 900)",
    "city_folded": "'city ' || (n % 900)",
    "country_folded": "'country ' || (n % 90)",
    "identifier.kind": "'registry'",
    **dict.fromkeys(("last_updated", "at", "started", "loaded", "heartbeat", "requested", "expires"), _AT),
}
"""Values of `column` or `table.column` by the row's number `n`; of other columns by their type."""


def fill(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":  # every foreign key leads somewhere: no look-up for each row
            _run(connection, "SET LOCAL session_replication_role = replica")
        else:
            _run(connection, "PRAGMA cache_size = -200000")
        _run(connection, "CREATE TEMPORARY TABLE numbers (n INTEGER PRIMARY KEY)")
        counted = f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {STUDIES - 1})"
        _run(connection, f"INSERT INTO numbers (n) {counted} SELECT n FROM c")
        _resources(connection)
        _record(connection)
        _roles(connection)
        _ranges(connection)
        _asked_most(connection)
        _run(connection, "DROP TABLE numbers")
    engine.dispose()


def _run(connection: Connection, sql: str) -> None:
    connection.execute(text(sql.replace(":", "\\:")))


def _insert(connection: Connection, table: str, columns: Iterable[str], values: Iterable[str], rows: str) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    _run(connection, f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} FROM {rows}')


def _rows(type: str, first: int = 0) -> str:
    return f"numbers WHERE n >= {first} AND n < {STUDIES if type == 'ResearchStudy' else OTHERS}"


def _binary(connection: Connection, data: bytes) -> str:
    return f"'\\x{data.hex()}'::bytea" if connection.dialect.name == "postgresql" else f"x'{data.hex()}'"


def _resources(connection: Connection) -> None:
    columns = ("key", "type", "id", "version", "last_updated", "deleted", "rendered", "digest", "r4", "r5")
    for type in FHIR_TYPES:
        body = f"""'{{"resourceType":"{type}","id":"' || {_id(type)} || '"}}'"""
        postgresql = connection.dialect.name == "postgresql"
        body = f"convert_to({body}, 'UTF8')" if postgresql else f"CAST({body} AS BLOB)"
        values = (f"n + {FIRST[type]}", f"'{type}'", _id(type), "2", _AT, "FALSE", "FALSE", "'x'", body, body)
        _insert(connection, "resource", columns, values, _rows(type))


def _record(connection: Connection) -> None:
    before = Trial(id="study", registry="ctgov")
    shape = orjson.dumps(trial_shape(before, 1, "2024-01-01T00:00:00Z").model_dump())
    known = _VALUES | {
        # a row for each of them were most of the database
        "plain": f"CASE WHEN n < 2000 THEN {_binary(connection, shape)} ELSE {_binary(connection, b'{}')} END",
        "record": _binary(connection, zlib.compress(before.model_dump_json().encode())),
        "r4": _binary(connection, zlib.compress(b"{}")),
        "r5": _binary(connection, zlib.compress(b"{}")),
    }
    for table in metadata.sorted_tables:
        if table.name in _FILLED_OTHERWISE:
            continue
        values = {}
        for column in table.columns:
            value = known.get(f"{table.name}.{column.name}") or known.get(column.name)
            if value or not column.nullable:
                values[column.name] = value or _made(column)
        if table.name in _SHARED:
            values["key"] = f"n + {FIRST[_SHARED[table.name]]}"
        many = "ResearchStudy" if table.name in _MANY else ""
        _insert(connection, table.name, values, values.values(), _rows(many))


def _made(column: Column[Any]) -> str:
    if isinstance(column.type, Boolean):
        return "FALSE"
    return "n" if isinstance(column.type, Integer | Float) else f"'{column.name} ' || n"


def _roles(connection: Connection) -> None:
    """What the index has of `full` and `other`, many times over."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    words = []
    for type in FHIR_TYPES:
        for role, places in PLACES.items():
            made = search_rows(*documents(type, role), trial(role) if type == "ResearchStudy" else None)
            for name, rows in made.rows.items():
                found.setdefault(name, []).extend((FIRST[type] + places.start, len(places), *row) for row in rows)
            words += [(FIRST[type] + n, made.words) for n in places]
    put_words(connection, words)
    for name, rows in found.items():
        columns = [column for column in s.BY_KIND[name].columns if column.name != "key"]
        kinds = [f'"{one.name}" {one.type.compile(connection.dialect)}' for one in columns]
        _run(connection, f"CREATE TEMPORARY TABLE template (first BIGINT, number BIGINT, {', '.join(kinds)})")
        if name == "search_reference":
            rows = [(*row[:3], _target(row[3]), row[4]) for row in rows]
        template = Table("template", MetaData())
        insert_rows(connection, template, ("first", "number", *(one.name for one in columns)), rows)
        names = [one.name for one in columns]
        # as many resources are referred to as refer
        values = ["CASE WHEN target > 0 THEN target + n ELSE 0 END" if one == "target" else one for one in names]
        rows_of_each = "template JOIN numbers ON n < number ON CONFLICT DO NOTHING"
        _insert(connection, name, (*names, "key"), (*values, "first + n"), rows_of_each)
        _run(connection, "DROP TABLE template")


def _target(name: str) -> int:
    type, _, id = name.partition("/")
    return FIRST[type] + (PLACES[id].start if id in PLACES else PLACES[OTHER].stop) if type in FIRST else 0


_CODES = {
    "recruitment-status": _STATE,
    "status": _pick(("active", "completed", "withdrawn")),
    "phase": _pick(PHASE.codes),
    "condition": "'condition-' || (n % 3000)",
    "country": _pick(COUNTRIES, "n / 7"),
    "study-type": _pick(("interventional", "interventional", "observational")),
    "identifier": "'number-' || n",
}
_TEXTS = {"title": "'study of number ' || (n * 7919 % 100003)", "condition": "'condition ' || (n % 3000)"}
_DAYS = dict.fromkeys(
    ("date", "start", "completion", "last-update", "stale"), "63700000000000000 + n / 20 * 86400000000"
)
_REFERENCES = {
    ("ResearchStudy", "site"): ("Location", "n * 7"),
    ("ResearchStudy", "sponsor"): ("Organization", "n"),
    ("ResearchStudy", "eligibility"): ("EvidenceVariable", "n"),
    ("Provenance", "target"): ("ResearchStudy", "n"),
}
_NAMES = {("Location", "address-city"): "'city ' || (n % 900)", ("Location", "name"): "'hospital ' || n"}


def _ranges(connection: Connection) -> None:
    """Of every date and number values far and near: those of the roles alone pass most tests, all of them."""
    rest = PLACES[OTHER].stop
    for one in PARAMETERS:
        type = one.resource
        if type not in FIRST or one.reads not in ("date", "number", "quantity"):
            continue
        values = (str(one.number), f"{EVERY_MARK}", "0", f"n + {FIRST[type]}")
        columns, rows = ("param", "marks", "item", "key", "low", "high"), f"numbers WHERE n >= {rest} AND n < 4000"
        if one.reads == "date":
            ends = ("61500000000000000 + n * 1000000000000", "61500000000000000 + n * 1000000000000 + 86400000000")
            _insert(connection, "search_date", columns, (*values, *ends), rows)
        else:
            more = (*columns, "system", "unit")
            _insert(connection, "search_number", more, (*values, "n - 2000", "n - 2000", "''", "''"), rows)


def _asked_most(connection: Connection) -> None:
    """The values of the other studies, and of the places, for what coordinators ask."""
    numbers = {(one.resource, one.code): one.number for one in (*PARAMETERS, *PLAIN_PARAMETERS)}
    rest = PLACES[OTHER].stop
    studies, key = _rows("ResearchStudy", rest), f"n + {FIRST['ResearchStudy']}"
    columns = ("param", "code", "item", "system", "marks", "key")
    for name, code in _CODES.items():
        values = (str(numbers["ResearchStudy", name]), code, "0", "'https://example.org/codes'", f"{EVERY_MARK}", key)
        _insert(connection, "search_token", columns, values, studies)
    texts = {**{("ResearchStudy", name): value for name, value in _TEXTS.items()}, **_NAMES}
    for (type, name), start in texts.items():
        values = (str(numbers[type, name]), start, "n", f"{EVERY_MARK}", f"n + {FIRST[type]}")
        _insert(connection, "search_string", ("param", "start", "exact", "marks", "key"), values, _rows(type, rest))
    for name, low in _DAYS.items():
        values = (str(numbers["ResearchStudy", name]), low, f"{low} + 86400000000", "0", f"{EVERY_MARK}", key)
        _insert(connection, "search_date", ("param", "low", "high", "item", "marks", "key"), values, studies)
    for (type, name), (target, place) in _REFERENCES.items():
        number = STUDIES if target == "ResearchStudy" else OTHERS
        values = (str(numbers[type, name]), f"{FIRST[target]} + {place} % {number}", "3", f"n + {FIRST[type]}")
        _insert(connection, "search_reference", ("param", "target", "marks", "key"), values, _rows(type, rest))
    axes = ("n % 7 / 7.0", "n % 11 / 11.0", "n % 13 / 13.0")
    values = (f"n + {FIRST['Location']}", "n % 3000", *axes)
    _insert(connection, "search_place", ("key", "cell", "x", "y", "z"), values, _rows("Location"))
    title, narrative = "'study number' || (n % 5000)", "'about drug' || (n % 700) || ' and arm' || (n % 9)"
    if connection.dialect.name == "sqlite":
        words = (key, title, narrative, "'rest' || n")
        _insert(connection, "search_words", ("rowid", "title", "narrative", "rest"), words, studies)
    else:
        first, second = f"setweight(to_tsvector('simple', {title}), 'A')", f"to_tsvector('simple', {narrative})"
        _insert(
            connection,
            "search_words",
            ("key", "title", "narrative", "whole"),
            (key, first, second, f"{first} || {second}"),
            studies,
        )
