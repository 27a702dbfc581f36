"""What is known of one patient, and of when: the facts that criteria are held against.

A fact keeps the reference and the value of the resource that states it, as they were sent, so that an answer can show
them again. Days are ranges: `1980-05` is all of May 1980. Everything is sorted: the order in which resources were sent
is lost here.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

Days = tuple[date, date]
"""The first and the last day that something may have been on."""
Key = tuple[str, str | None]
"""Kind and code of a constraint: (`measurement`, `hemoglobin`), (`bmi`, None)."""


class Fact(NamedTuple):
    """`reference` is the address of the resource in what was sent, None where it has none; `name` says what it states
    and `value` is its FHIR value, (`valueQuantity`, {...})."""

    type: str
    reference: str | None
    name: str
    value: tuple[str, Any]


class Born(NamedTuple):
    days: Days
    fact: Fact


class Stated(NamedTuple):
    """`kind` is `sex` (`male`, `female`), `pregnancy` or `breastfeeding` (a boolean), `language` (a BCP 47 tag)."""

    kind: Literal["sex", "pregnancy", "breastfeeding", "language"]
    value: str | bool
    when: Days | None
    fact: Fact


class Measured(NamedTuple):
    """A value from `low` to `high` (None: no bound; an open bound is not itself possible) in `unit`, UCUM; `normal` are
    its lower and upper limit of normal in that unit."""

    keys: frozenset[Key]
    low: float | None
    high: float | None
    low_open: bool
    high_open: bool
    unit: str | None
    normal: tuple[float | None, float | None]
    when: Days | None
    fact: Fact


class Coded(NamedTuple):
    """A condition, drug or procedure. `holds`: the patient has or had it; False: it was ruled out; None: not certain.
    `codes` are (system, code), `names` folded."""

    kind: Literal["condition", "drug", "procedure"]
    codes: frozenset[tuple[str, str]]
    names: frozenset[str]
    holds: bool | None
    when: Days | None
    fact: Fact


@dataclass(frozen=True)
class Facts:
    """Of one patient, on `day`."""

    day: date
    born: tuple[Born, ...] = ()
    stated: tuple[Stated, ...] = ()
    measured: tuple[Measured, ...] = ()
    coded: tuple[Coded, ...] = ()
    died: Fact | None = None
    ignored: tuple[str, ...] = ()
    """Types of resources that nothing was read from."""
