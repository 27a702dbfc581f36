"""The rows of the index that one test names, as a `Source`: those of one release, by their `marks`
(https://hl7.org/fhir/R5/search.html#modifiers).
"""

from collections.abc import Callable, Iterable, Sequence

from app.parameters.dates import instant, moment
from app.parameters.table import BELOW_SLOT, COMMON, FHIR_TYPES, PARAMETERS, Parameter, bit_of
from app.parameters.values import CRITERIA, START, sounds_of
from app.record.ids import fold
from app.search import conditions as c
from app.search.query import (
    Around,
    Interval,
    Parts,
    Target,
    Test,
    Token,
    Value,
    Where,
    words_column,
)
from app.search.sql import Binder, Source, all_of, any_of
from app.store.words import words_source

MESH = "http://id.nlm.nih.gov/mesh"
SITE, ELIGIBILITY = (
    next(p.number for p in PARAMETERS if (p.resource, p.code) == ("ResearchStudy", code))
    for code in ("site", "eligibility")
)
TABLES = {
    "token": "search_token",
    "uri": "search_token",
    "canonical": "search_token",
    "string": "search_string",
    "phonetic": "search_string",
    "date": "search_date",
    "number": "search_number",
    "quantity": "search_number",
    "reference": "search_reference",
}
OnRow = Callable[[str], str]
"""The condition on a row, by its alias."""


class Rows:
    """For one release; all goes into one statement."""

    def __init__(self, release: str, bind: Binder) -> None:
        self.release, self.bit, self.bind = release, bit_of(release), bind

    def is_of(self, key: str, types: Iterable[str]) -> str:
        """That the resource of this key is of one of the types, and there."""
        row = self.bind.alias("k")
        return self.bind.exists(
            f"resource {row} WHERE {row}.key = {key} AND {row}.type {self.bind.among(types)} AND {row}.deleted = FALSE"
        )

    def holds(self, row: str, shift: int = 0) -> str:
        return f"({row}.marks & {self.bit << shift}) <> 0"

    def _of(self, row: str, numbers: Sequence[int]) -> str:
        """Of these parameters: numbers of the program's own, so that a planner sees them."""
        return (
            f"{row}.param = {numbers[0]}" if len(numbers) == 1 else f"{row}.param IN ({', '.join(map(str, numbers))})"
        )

    def _rows(self, table: str, parameters: Sequence[Parameter], where: OnRow, slots: Sequence[int] = (0,)) -> Source:
        row = self.bind.alias("i")
        numbers = [one.number + slot for one in parameters for slot in slots]
        conditions = [self._of(row, numbers), where(row), self.holds(row)]
        return Source(f"{table} {row}", all_of(conditions), f"{row}.key", typed=parameters[0].resource != COMMON)

    def _in_order(self, test: Test, slots: Sequence[int]) -> bool:
        """Whether an index has the rows in the order of keys: those of one code."""
        [value, *more] = test.values or ("",)
        one = len(test.parameters) == len(slots) == 1 and not more
        return one and isinstance(value, Token) and bool(value.code) and test.modifier in (None, "of-type")

    def _any(self, row: str, parameter: Parameter, modifier: str | None, values: Iterable[Value]) -> str:
        """Plain codes in one list: an index answers it for any number of them."""
        values = list(values)
        codes = [one.code for one in values if isinstance(one, Token) and one.system is None]
        if codes and len(codes) == len(values) and modifier in (None, "not", "of-type", "identifier"):
            return f"{row}.code {self.bind.among(codes)}"
        if targets := [one for one in values if isinstance(one, Target)]:
            return self._targets(row, parameter, targets)
        conditions = [self._one(row, parameter, modifier, value) for value in values]
        return conditions[0] if len(conditions) == 1 else any_of(f"({one})" for one in conditions)

    def _one(self, row: str, parameter: Parameter, modifier: str | None, value: Value) -> str:
        bind = self.bind
        if modifier == "text":
            return c.starts(bind, f"{row}.start", fold(str(value))[:START])
        if modifier == "code-text":
            return c.starts(bind, f"{row}.code", fold(str(value)))
        if modifier in ("in", "not-in") and isinstance(value, Parts):
            return any_of(f"({c.compared(bind, row, 'token', one)})" for one in value.values)
        if modifier == "above" and isinstance(value, Token):
            return self._above(row, parameter, value)
        if isinstance(value, Token | Interval):
            return c.compared(bind, row, parameter.kind, value)
        if parameter.reads == "phonetic":
            sounds = sounds_of(str(value))
            return f"{row}.start {bind.among(sounds)}" if sounds else "FALSE"
        if parameter.reads == "canonical" and modifier is None:
            return c.canonical(bind, row, str(value))
        if parameter.reads in ("uri", "canonical"):
            return c.address(bind, row, modifier, str(value))
        return c.string(bind, row, modifier, str(value))

    def _resources(self, test: Test) -> Source:
        """By what stands in the resource's own row."""
        row, conditions = self.bind.alias("k"), []
        ids = [one.code if not one.system else "" for one in test.values if isinstance(one, Token)]
        if ids:
            # no index has the id alone
            conditions.append(f"({row}.type {self.bind.among(FHIR_TYPES)} AND {row}.id {self.bind.among(ids)})")
        for value in test.values:
            if isinstance(value, Interval):
                low, high = (instant(moment(int(end))) for end in (value.low, value.high))
                conditions.append(c.instants(self.bind, f"{row}.last_updated", low, high, value.prefix))
        # that it is there is asked of all that is not typed
        return Source(f"resource {row}", any_of(conditions), f"{row}.key", typed=False)

    def _words(self, where: Where, values: Iterable[Value]) -> list[Source]:
        alternatives = [value for value in values if isinstance(value, tuple) and value]
        if not alternatives:
            return []
        row = self.bind.alias("w")
        tables, condition, key = words_source(self.bind.dialect, row, where, alternatives, self.bind.text)
        return [Source(tables, condition, key, ordered=self.bind.dialect == "sqlite", typed=False)]

    def _words_of(self, parameters: tuple[Parameter, ...], value: Value) -> list[Source]:
        """All the words in one text of this parameter: candidates from the full-text index, then the texts."""
        column = words_column(parameters[0])
        words = self._words(column, [value])
        if column == "title" or not isinstance(value, tuple):
            return words
        each = lambda row: all_of(f"({c.string(self.bind, row, 'contains', word)})" for word in value)  # noqa: E731
        says = self._rows("search_string", parameters, each, [0])
        return [one._replace(where=f"{one.where} AND {says.holds(one.key, self.bind)}") for one in words]

    def _composite(self, parameter: Parameter, parts: Parts) -> Source:
        """All parts in rows of the same element."""
        kinds = [kind for _, _, kind in parameter.definition(self.release).components]
        rows = [self.bind.alias("i") for _ in kinds]
        conditions = []
        for n, (row, kind, value) in enumerate(zip(rows, kinds, parts.values, strict=True), 1):
            conditions += [self._of(row, [parameter.number + n]), f"({c.compared(self.bind, row, kind, value)})"]
            conditions.append(self.holds(row))
            if n > 1:
                conditions += [f"{row}.key = {rows[0]}.key", f"{row}.item = {rows[0]}.item"]
        tables = ", ".join(f"{TABLES[kind]} {row}" for kind, row in zip(kinds, rows, strict=True))
        return Source(tables, all_of(conditions), f"{rows[0]}.key")

    def _near(self, parameter: Parameter, around: Around) -> Source:
        place = self.bind.alias("p")
        near = c.within(self.bind, place, around)
        if parameter.resource == "Location":
            return Source(f"search_place {place}", near, f"{place}.key")
        row = self.bind.alias("r")
        held = f"{self._of(row, [SITE])} AND {row}.target = {place}.key AND {self.holds(row)}"
        tables = f"search_place {place} CROSS JOIN search_reference {row}"
        return Source(tables, f"{near} AND {held}", f"{row}.key")

    def taking(self, test: Test, unit: str = "") -> Source:
        """Cohorts that take somebody of one of the ages; `unit` says whether they state their ages."""
        ages = [value for value in test.values if isinstance(value, Interval)]

        def takes(row: str) -> str:
            # the ends of all the ages, which an index answers; alternatives it would not
            first, last = min(age.low for age in ages), max(age.high for age in ages)
            ends = [f"{row}.low <= {self.bind.real(last)}", f"{row}.high >= {self.bind.real(first)}"]
            if len(ages) > 1:
                each = [(self.bind.real(age.high), self.bind.real(age.low)) for age in ages]
                ends.append(any_of(f"({row}.low <= {high} AND {row}.high >= {low})" for high, low in each))
            return all_of([*ends, *([f"{row}.unit = {self.bind.text(unit)}"] if unit else [])])

        return self._rows("search_number", test.parameters, takes)

    def _criterion(self, parameter: Parameter, value: Parts) -> Source:
        """Candidates from the full-text index of what holds the criteria, then the texts of the criteria."""
        kind, words = value.values
        assert isinstance(kind, str) and isinstance(words, tuple)
        slots = [CRITERIA[kind]] if kind else list(CRITERIA.values())
        [found] = self._words("all", [words])
        each = lambda row: all_of(c.like(self.bind, f"{row}.whole", f"% {c.escaped(word)} %") for word in words)  # noqa: E731
        row = self.bind.alias("r")
        held = f"{self._of(row, [ELIGIBILITY])} AND {row}.target = {found.key} AND {self.holds(row)}"
        says = self._rows("search_string", [parameter], each, slots).holds(f"{row}.key", self.bind)
        tables = f"{found.tables} CROSS JOIN search_reference {row}"
        return Source(tables, f"{found.where} AND {held} AND {says}", f"{row}.key")

    def _targets(self, row: str, parameter: Parameter, values: Iterable[Target]) -> str:
        target, ids = self.bind.alias("k"), dict[tuple[str, ...], list[str]]()
        for value in values:
            ids.setdefault(self._types(parameter, value), []).append(value.id)
        named = any_of(
            f"({target}.type {self.bind.among(types)} AND {target}.id {self.bind.among(listed)})"
            for types, listed in ids.items()
            if types
        )
        return f"{row}.target IN (SELECT {target}.key FROM resource {target} WHERE {named})"

    def _types(self, parameter: Parameter, value: Target) -> tuple[str, ...]:
        """Of resources of this server that it may be."""
        types = parameter.targets(self.release) if value.type is None else (value.type,)
        return tuple(type for type in FHIR_TYPES if type in types)

    def _literals(self, parameter: Parameter, values: Iterable[Value]) -> list[str]:
        """References to what cannot be a resource of this server, as they would be written."""
        made = []
        for one in values:
            if isinstance(one, Target):
                types = parameter.targets(self.release) if one.type is None else (one.type,)
                made += [f"{type}/{one.id}" if type else one.id for type in types if type not in FHIR_TYPES]
        return made

    def _above(self, row: str, parameter: Parameter, value: Token) -> str:
        """The code itself and those above it: as a record says that has no other code of the hierarchy."""
        bind = self.bind
        own, other, above = (bind.alias("i") for _ in range(3))
        code, mesh, number = bind.text(value.code), bind.text(MESH), parameter.number
        another = (
            f"SELECT 1 FROM search_token {other} WHERE {other}.key = {own}.key AND {other}.param = {number} "
            f"AND {other}.system = {mesh} AND {other}.code <> {code}"
        )
        alone = (
            f"SELECT {own}.key FROM search_token {own} WHERE {own}.param = {number} AND {own}.code = {code} "
            f"AND {own}.system = {mesh} AND NOT EXISTS ({another}) LIMIT 1"
        )
        ancestors = (
            f"SELECT {above}.code FROM search_token {above} WHERE {above}.key = ({alone}) "
            f"AND {above}.param = {number + BELOW_SLOT}"
        )
        among = f"{row}.code IN (SELECT {code} UNION ALL {ancestors})"
        if value.system is None:
            return among
        return f"{among} AND {any_of([f'{row}.code <> {code}', f'{row}.system = {bind.text(value.system)}'])}"
