"""What is known of one patient, and of when: the facts that criteria are held against.

A fact keeps the reference and the value of the resource that states it, as they were sent, so that an answer can show
them again. Days are ranges: `1980-05` is all of May 1980. Everything is sorted: the order in which resources were sent
is lost here.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

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


Timed = TypeVar("Timed", Measured, Stated, Coded)
MOST = 100
"""Facts of one thing that are all shown: of more, those that say the same are one."""
Index = dict[Hashable, dict[int, Timed]]
"""A name -> the place of a fact among the others -> the fact."""


@dataclass(frozen=True)
class Facts:
    """Of one patient, on `day`. What is of a later day is not yet so: `stated_as`, `measured_as` and `coded_as`, which
    find the facts of a constraint without going through all of them, leave it out."""

    day: date
    born: tuple[Born, ...] = ()
    stated: tuple[Stated, ...] = ()
    measured: tuple[Measured, ...] = ()
    coded: tuple[Coded, ...] = ()
    died: Fact | None = None
    ignored: tuple[str, ...] = ()
    """Types of resources that nothing was read from."""

    @property
    def sexes(self) -> tuple[str, ...]:
        return tuple(sorted({str(one.value) for one in self.stated if one.kind == "sex"}))

    def stated_as(self, kind: str) -> list[Stated]:
        return self._of(self._stated, [kind])

    def measured_as(self, keys: Iterable[Key]) -> list[Measured]:
        return self._of(self._measured, keys)

    def newest_as(self, keys: Iterable[Key]) -> list[Measured]:
        """Of `measured_as`, those that may be the newest."""
        return newest(self._of(self._newest, keys))

    def coded_as(self, names: Iterable[Hashable]) -> list[Coded]:
        """`names` are codes, as (system, code), and folded names."""
        return self._of(self._coded, names)

    @cached_property
    def _stated(self) -> Index[Stated]:
        return _index(((one.kind, one) for one in self.stated), self.day)

    @cached_property
    def _measured(self) -> Index[Measured]:
        return _index(((key, one) for one in self.measured for key in one.keys), self.day)

    @cached_property
    def _newest(self) -> Index[Measured]:
        made: Index[Measured] = {}
        for key, found in self._measured.items():
            kept = {id(one) for one in newest(list(found.values()))}
            made[key] = {place: one for place, one in found.items() if id(one) in kept}
        return made

    @cached_property
    def _coded(self) -> Index[Coded]:
        return _index(((name, one) for one in self.coded for name in (*one.codes, *one.names)), self.day)

    @staticmethod
    def _of(index: Index[Timed], names: Iterable[Hashable]) -> list[Timed]:
        """In their own order, each once."""
        found = {place: one for name in names for place, one in index.get(name, {}).items()}
        return [found[place] for place in sorted(found)]


def _index(pairs: Iterable[tuple[Hashable, Timed]], day: date) -> Index[Timed]:
    found: Index[Timed] = {}
    places: dict[int, int] = {}
    for name, one in pairs:
        if one.when is None or one.when[0] <= day:
            found.setdefault(name, {})[places.setdefault(id(one), len(places))] = one
    for name, several in found.items():
        if len(several) > MOST:  # one of each that say the same
            said = {one[:-1]: place for place, one in reversed(several.items())}
            found[name] = {place: several[place] for place in sorted(said.values())}
    return found


def newest(found: Sequence[Timed]) -> list[Timed]:
    """Those that may be the newest: undated ones may."""
    last = max((one.when[0] for one in found if one.when is not None), default=None)
    return [one for one in found if one.when is None or last is None or one.when[1] >= last]
