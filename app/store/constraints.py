"""The constraints of a record's criteria as rows of `criterion_constraint`: derived from the texts, like documents are.

They are written with the record, and again when what reads them changes (`app.store.rerender`).
"""

from typing import Any

from sqlalchemy import Connection, delete

from app.eligibility.coded import MENTIONED, loinc_code, own_code, unit_of
from app.eligibility.constraint import Constraint
from app.eligibility.grammar.below import read_criteria
from app.eligibility.grammar.mentions import Name, read_mentions
from app.eligibility.grammar.read import order
from app.record.trial import Trial
from app.store.engine import among, insert_rows
from app.store.lists import criterion_constraint

COLUMNS = tuple(column.name for column in criterion_constraint.columns)


def constraint_rows(trial: Trial) -> list[tuple[Any, ...]]:
    """Rows without the trial's key. A note states no constraint."""
    rows = []
    names = _names(trial)
    for item, constraints in read_criteria(trial.criteria):
        found = [*constraints, *read_mentions(trial.criteria[item].text, names)]
        for position, one in enumerate(sorted(found, key=order)):
            rows.append((item, position, *_columns(one)))
    return rows


NO_DRUGS = ("behavioral", "device", "diagnostic-test", "procedure", "radiation")


def _names(trial: Trial) -> tuple[Name, ...]:
    """What the record names itself, and what criteria may mention."""
    conditions = [*(condition.text for condition in trial.conditions), *trial.keywords]
    drugs = [one for one in trial.interventions if one.type not in NO_DRUGS]
    found: list[Name] = [("condition", text) for text in conditions]
    found += [("drug", name) for one in drugs for name in (one.name, *one.other_names)]
    return tuple(dict.fromkeys(found))


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
        None if one.limit else unit_of(one),
        one.limit,
        one.negated,
        one.exception,
        one.text,
        one.start,
        one.end,
    )
