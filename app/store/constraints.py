"""The constraints of a record's criteria as rows of `criterion_constraint`: derived from the texts, like documents are.

They are written with the record, and again when what reads them changes (`app.store.rerender`).
"""

from typing import Any

from sqlalchemy import Connection, delete

from app.eligibility.below import read_criteria
from app.eligibility.coded import MENTIONED, loinc_code, own_code
from app.eligibility.constraint import Constraint
from app.record.trial import Trial
from app.store.engine import among, insert_rows
from app.store.lists import criterion_constraint

COLUMNS = tuple(column.name for column in criterion_constraint.columns)


def constraint_rows(trial: Trial) -> list[tuple[Any, ...]]:
    """Rows without the trial's key. A note states no constraint."""
    rows = []
    for item, constraints in read_criteria(trial.criteria):
        for position, one in enumerate(constraints):
            rows.append((item, position, *_columns(one)))
    return rows


def replace_constraints(connection: Connection, rows: dict[int, list[tuple[Any, ...]]]) -> None:
    """Trial key -> its rows, in place of those that it has."""
    table = criterion_constraint
    connection.execute(delete(table).where(among(connection, table.c.trial_key, list(rows))))
    insert_rows(connection, table, COLUMNS, [(key, *row) for key, found in rows.items() for row in found])


def _columns(one: Constraint) -> tuple[Any, ...]:
    mentioned = one.kind in MENTIONED
    return (
        one.kind,
        one.code if mentioned else own_code(one.kind, one.code),
        None if mentioned else loinc_code(one.kind, one.code),
        one.code if one.kind in ("sex", "gender") else None,
        one.low,
        one.low_open,
        one.high,
        one.high_open,
        one.unit,
        one.limit,
        one.negated,
        one.exception,
        one.text,
        one.start,
        one.end,
    )
