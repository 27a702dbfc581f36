"""Constraints that criteria state, as they are asked for and as they are shown.

Enters what a request asks of a constraint (its kind, what it bounds, a bound); leaves conditions on rows of
`criterion_constraint`, and the shapes of the constraints of the criteria on a page.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import starmap
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, tuple_

from app.eligibility.coded import NAMED, UCUM, own_code
from app.eligibility.words.conversions import usual_units
from app.errors import RequestError
from app.plain.criteria import ConstraintShape
from app.record.ids import fold
from app.search.listed.query import Filter
from app.search.listed.reads import Stated
from app.search.query import Interval
from app.search.values import read_number, split, unescape
from app.store import tables as t
from app.store.lists import criterion, criterion_constraint

_c = criterion_constraint.c
_SHOWN = (
    *(_c.kind, _c.code, _c.loinc, _c.value, _c.low, _c.low_open, _c.high, _c.high_open, _c.unit, _c.limit_of_normal),
    *(_c.negated, _c.exception, _c.text, _c.text_start, _c.text_end),
)
Place = tuple[str, int]
"""A criterion: the trial's id and its position there."""


def constraint_conditions(filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
    """On a criterion; what is asked without a modifier must hold of one constraint."""
    asked = [one for one in filters if isinstance(one.parameter.reads, Stated)]
    together = [_condition(one) for one in asked if one.modifier is None]
    made = [_stated(*together)] if together else []
    for one in asked:
        if one.modifier == "missing":
            present = _stated(_present(one.parameter.reads))
            made.append(not_(present) if one.values == ("true",) else present)
        elif one.modifier == "not":
            made.append(not_(_stated(_condition(one))))
    return made


def check_value(name: str, text: str) -> None:
    """Raises RequestError 400 for a value that is no quantity, or not in UCUM."""
    read_number(name, text, True)
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 3 and parts[1] not in ("", UCUM):
        raise RequestError(400, "value", f"{name} is '{text[:100]}': expected units of {UCUM}", name)


def constraints_of(places: Sequence[Place]) -> Select[Any]:
    """(trial id, criterion's position, what is shown) of the constraints of the trials that have these criteria."""
    trials = list(dict.fromkeys(trial for trial, _ in places))
    source = criterion_constraint.join(t.trial, t.trial.c.key == _c.trial_key)
    columns = (t.trial.c.id, _c.item, *_SHOWN)
    order = (t.trial.c.id, _c.item, _c.position)
    # positions are of few criteria where the page is of one trial or begins within one
    low, high = min(place[1] for place in places), max(place[1] for place in places)
    chosen = [t.trial.c.id.in_(trials), _c.item.between(low, high)]
    return select(*columns).select_from(source).where(*chosen).order_by(*order)


def constraint_shapes(rows: Sequence[Sequence[Any]]) -> dict[Place, list[ConstraintShape]]:
    made: dict[Place, list[ConstraintShape]] = {}
    for trial, item, *shown in rows:
        made.setdefault((trial, item), []).append(_shape(*shown))
    return made


def _shape(*row: Any) -> ConstraintShape:
    *fields, start, end = row
    names = list(ConstraintShape.model_fields)[: len(fields)]
    return ConstraintShape(**dict(zip(names, fields, strict=True)), start=start, end=end)


def _stated(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # IN and not EXISTS: SQLite then begins with the constraints' index instead of asking for every criterion
    stated = select(_c.trial_key, _c.item).where(and_(*conditions))
    return tuple_(criterion.c.trial_key, criterion.c.position).in_(stated)


def _present(reads: Any) -> ColumnElement[bool]:
    if reads.part == "value":
        return or_(_c.low.is_not(None), _c.high.is_not(None))
    return _c.kind.in_(NAMED) if reads.part == "analyte" else _c.kind.is_not(None)


def _condition(one: Filter) -> ColumnElement[bool]:
    part = one.parameter.reads.part if isinstance(one.parameter.reads, Stated) else ""
    if part == "kind":
        return _c.kind.in_(one.values)
    if part == "analyte":
        codes = [fold(unescape(value)) for value in one.values]
        return and_(_c.kind.in_(NAMED), or_(_c.code.in_(codes), _c.loinc.in_(codes)))
    return or_(*(_bounded(one.parameter.code, value) for value in one.values))


def _bounded(name: str, text: str) -> ColumnElement[bool]:
    """One of the bounds passes, in the unit that is asked for or in another that is usual for what is measured."""
    number = read_number(name, text, True)
    parts = [unescape(part) for part in split(text, "|")]
    bound = _either(number)
    if len(parts) < 3 or not parts[2]:
        return bound
    if parts[2] in ("{ULN}", "{LLN}"):
        return and_(bound, _c.limit_of_normal == parts[2][1:-1].lower())
    converted = [
        and_(_c.unit == other, _either(_scaled(number, factor)), or_(*starmap(_is_of, subjects)))
        for (other, factor), subjects in usual_units(parts[2]).items()
    ]
    return or_(and_(bound, _c.unit == parts[2]), *converted)


def _either(number: Interval) -> ColumnElement[bool]:
    return or_(*(_passes(column, number) for column in (_c.low, _c.high)))


def _scaled(number: Interval, factor: float) -> Interval:
    low, high, exact = (float(f"{value * factor:.12g}") for value in (number.low, number.high, number.exact))
    return replace(number, low=low, high=high, exact=exact)


def _is_of(kind: str, key: str | None) -> ColumnElement[bool]:
    return and_(_c.kind == kind, _c.code == own_code(kind, key)) if key else _c.kind == kind


def _passes(bound: Any, number: Interval) -> ColumnElement[bool]:
    """`eq`, `ne` and `ap` by the range that is meant, the others by the number itself."""
    if number.prefix in ("eq", "ne", "ap"):
        within: ColumnElement[bool] = and_(bound >= number.low, bound < number.high)
        return and_(bound.is_not(None), not_(within)) if number.prefix == "ne" else within
    compared: dict[str, ColumnElement[bool]] = {
        "gt": bound > number.exact,
        "sa": bound > number.exact,
        "ge": bound >= number.exact,
        "lt": bound < number.exact,
        "eb": bound < number.exact,
        "le": bound <= number.exact,
    }
    return compared[number.prefix]
