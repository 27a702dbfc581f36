"""A query string as a Query (https://hl7.org/fhir/R5/search.html#errors).

Raises RequestError 400 naming the parameter, the value and what was expected. An unknown name is an error unless the
request says `Prefer: handling=lenient`; an unknown modifier and a bad value always are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from app.parameters.table import FHIR_TYPES, Parameter, parameters_of
from app.search.cursor import Cursors
from app.search.filter_language import read_filter
from app.search.limits import LARGEST_PAGE, LONGEST_QUERY, MOST_PARAMETERS, MOST_SORT_KEYS, over
from app.search.names import Names, UnknownParameter, unknown
from app.search.query import Include, Node, Notice, Pair, Query, SortKey, Test, refuse
from app.search.values import Reader

HINTS = {
    "_totalMethod": "fhirpy asks so for a total, which is in the answer anyway",
    "_maxresults": "the answer is given in pages",
    "_graph": "references are followed with _include and _revinclude",
    "_explain": "the plan of a query is not shown",
    "_timeout": "the server's own limit holds",
}
"""Names that known clients send as hints: ignored, with a warning that says why."""
SUMMARIES = ("true", "text", "data", "count", "false")


def parse(
    release: str,
    types: tuple[str, ...],
    pairs: Sequence[Pair],
    cursors: Cursors,
    page_size: int,
    *,
    base: str = "",
    lenient: bool = False,
    also: Sequence[str] = (),
) -> Query:
    """`pairs` are the decoded names and values; `base` is the address of the endpoint; `also` are names that the route
    handles itself, named among the known ones."""
    if len(pairs) > MOST_PARAMETERS:
        raise over("the request", "parameters", len(pairs), MOST_PARAMETERS)
    length = sum(len(name) + len(value) for name, value in pairs)
    if length > LONGEST_QUERY:
        raise over("the request", "characters", length, LONGEST_QUERY)
    return _Parser(release, types, cursors, page_size, base, lenient, also).query(pairs)


class _Parser:
    def __init__(
        self,
        release: str,
        types: tuple[str, ...],
        cursors: Cursors,
        page_size: int,
        base: str,
        lenient: bool,
        also: Sequence[str],
    ) -> None:
        self.release, self.types, self.cursors, self.lenient = release, types, cursors, lenient
        self.controls = _PLAIN_READERS if release == "v1" else _READERS
        self.names = Names(release, Reader(release, base), (*self.controls, *also))
        self.query_made = Query(release, types, page_size)
        self.nodes: list[Node] = []
        self.includes: list[Include] = []
        self.processed: list[Pair] = []
        self.notices: list[Notice] = []
        self.cursor: str | None = None
        self.given: set[str] = set()

    def query(self, pairs: Sequence[Pair]) -> Query:
        for name, value in pairs:
            try:
                self._parameter(name, value)
            except UnknownParameter as error:
                if not self.lenient:
                    raise
                self.notices.append(Notice("warning", error.code, error.diagnostics, error.expression or name))
        made = replace(
            self.query_made,
            nodes=tuple(self.nodes),
            includes=tuple(self.includes),
            processed=tuple(self.processed),
            notices=tuple(self.notices),
        )
        self._check(made)
        if self.cursor is not None:
            return replace(
                made,
                position=self.cursors.read_position(
                    self.cursor, "_cursor" if self.controls is _READERS else "cursor", made.scope
                ),
            )
        return made

    def _parameter(self, name: str, value: str) -> None:
        code, _, modifier = name.partition(":")
        if code in HINTS:
            warning = f"'{code}' is ignored: {HINTS[code]}"
            self.notices.append(Notice("warning", "not-supported", warning, code))
            return
        if value == "":
            return
        if code in self.controls:
            self._control(name, code, modifier, value)
            if code in _OF_PAGE:
                return
        elif name == "_filter":
            self.nodes.append(read_filter(self.names, self.types, value))
        else:
            self.nodes.append(self.names.node(self.types, name, value))
        self.processed.append((name, value))

    def _control(self, name: str, code: str, modifier: str, value: str) -> None:
        if code in ("_include", "_revinclude"):
            self._include(name, code, modifier, value)
            return
        if ":" in name:
            raise refuse("not-supported", f"'{name[:200]}': {code} takes no modifier", name[:200])
        if code in self.given:
            raise refuse("value", f"{code} is given twice: expected once", code)
        self.given.add(code)
        self.controls[code](self, code, value)

    def _set(self, **fields: Any) -> None:
        self.query_made = replace(self.query_made, **fields)

    def _count(self, name: str, value: str) -> None:
        self._set(count=read_count(name, value, int(name == "limit")))

    def _place(self, name: str, value: str) -> None:
        self.cursor = value

    def _total(self, name: str, value: str) -> None:
        self._set(total=_one_of(name, value, ("none", "estimate", "accurate")))

    def _summary(self, name: str, value: str) -> None:
        self._set(summary=_one_of(name, value, SUMMARIES))

    def _contained(self, name: str, value: str) -> None:
        self._set(contained=_one_of(name, value, ("true", "false", "both")))

    def _contained_type(self, name: str, value: str) -> None:
        _one_of(name, value, ("container", "contained"))

    def _elements(self, name: str, value: str) -> None:
        self._set(elements=read_elements(name, value))

    def _score(self, name: str, value: str) -> None:
        _one_of(name, value, ("true", "false"))

    def _sort(self, name: str, value: str) -> None:
        keys = []
        if value.count(",") >= MOST_SORT_KEYS:
            raise over(name, "keys", value.count(",") + 1, MOST_SORT_KEYS)
        for one in value.split(","):
            code = one.removeprefix("-")
            if code == "_score":
                keys.append(SortKey(None, not one.startswith("-")))  # https://hl7.org/fhir/R5/search.html#_sort
                continue
            parameter = self._sortable(name, code)
            if parameter is None:
                return
            keys.append(SortKey(parameter, one.startswith("-")))
        self._set(sort=tuple(keys))

    def _sortable(self, name: str, code: str) -> Parameter | None:
        tables = [parameters_of(self.release, type) for type in self.types]
        found = {table.get(code) for table in tables}
        parameter = found.pop() if len(found) == 1 else None
        if parameter is not None and parameter.sortable:
            return parameter
        names = {c for c, p in tables[0].items() if p.sortable and all(table.get(c) == p for table in tables)}
        if parameter is None:
            raise unknown(code, f"{name} of {' and '.join(self.types)}", names)
        raise refuse("not-supported", f"{name} is '{code}', a {parameter.kind}: {', '.join(sorted(names))} sort", name)

    def _include(self, name: str, code: str, modifier: str, value: str) -> None:
        if modifier not in ("", "iterate", "recurse") or name.endswith(":"):
            raise refuse("not-supported", f"'{name[:200]}': {code} takes :iterate and no other modifier", name[:200])
        reverse = code == "_revinclude"
        for one in value.split(","):
            source, _, rest = one.partition(":")
            wanted, _, target = rest.partition(":")
            self.includes.append(
                Include(
                    self._followed(code, one, source, wanted, target or None, reverse or modifier != ""),
                    reverse,
                    modifier != "",
                    target or None,
                )
            )

    def _followed(
        self, name: str, text: str, source: str, code: str, target: str | None, any_type: bool
    ) -> tuple[Parameter, ...]:
        """The references that a value names; `any_type`: from resources of other types than those searched."""
        expected = "expected Type:parameter or Type:parameter:Target, Type:* or *"
        sources = FHIR_TYPES if any_type else self.types
        if text == "*":
            return tuple(one for source in sources for one in references_of(self.release, source))
        if source not in FHIR_TYPES:
            raise refuse("value", f"{name} is '{text[:200]}': '{source[:60]}' is no type served here; {expected}", name)
        if target is not None and target not in FHIR_TYPES:
            raise refuse("value", f"{name} is '{text[:200]}': '{target[:60]}' is no type served here; {expected}", name)
        if code == "*":
            return references_of(self.release, source)
        if not code:
            raise refuse("value", f"{name} is '{text[:200]}': {expected}", name)
        return self.names.references(source, code, code, target)

    def _check(self, query: Query) -> None:
        text = query.summary == "text"
        if text and query.includes:
            raise refuse(
                "value", "_summary is 'text', which cannot be combined with _include or _revinclude", "_summary"
            )
        if query.elements and query.summary not in ("false", "count"):
            raise refuse("value", "_summary and _elements are both given: expected one of them", "_elements")
        if any(key.parameter is None for key in query.sort) and scored(query) is None:
            raise refuse("value", "_sort is '_score', which needs _text, _content or :text", "_sort")


Control = Callable[[_Parser, str, str], None]
_READERS: dict[str, Control] = {
    "_count": _Parser._count,
    "_cursor": _Parser._place,
    "_total": _Parser._total,
    "_summary": _Parser._summary,
    "_contained": _Parser._contained,
    "_containedType": _Parser._contained_type,
    "_elements": _Parser._elements,
    "_score": _Parser._score,
    "_sort": _Parser._sort,
    **dict.fromkeys(("_include", "_revinclude"), _Parser._score),  # read before, as they take modifiers
}
"""Parameters that say what the answer looks like (https://hl7.org/fhir/R5/search.html#modifyingresults)."""
_PLAIN_READERS: dict[str, Control] = {
    "limit": _Parser._count,
    "cursor": _Parser._place,
    "total": _Parser._total,
    "sort": _Parser._sort,
}
CONTROLS = tuple(sorted(_READERS))
_OF_PAGE = ("_count", "_cursor", "limit", "cursor")
"""Not part of the question."""


def references_of(release: str, type: str) -> tuple[Parameter, ...]:
    return tuple(p for p in parameters_of(release, type).values() if p.reads == "reference")


def scored(query: Query) -> Test | None:
    """The test that says how well a resource matches."""
    return next((test for test in query.tests() if _searches_words(test)), None)


def _searches_words(test: Test) -> bool:
    first = test.parameters[0]
    asks = first.reads in ("text", "content") or (test.modifier == "text" and first.kind == "string")
    return asks and any(isinstance(one, tuple) and one for one in test.values)


def read_count(name: str, value: str, least: int = 0) -> int:
    """The size of a page; of FHIR more than the largest gives the largest, `limit` says what is wrong."""
    most = LARGEST_PAGE if name == "limit" else 10**9
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or not least <= int(value) <= most:
        raise refuse("value", f"{name} is '{value[:60]}': expected a whole number from {least} to {LARGEST_PAGE}", name)
    return min(int(value), LARGEST_PAGE)


def read_elements(name: str, value: str) -> tuple[str, ...]:
    names = tuple(one.strip() for one in value.split(","))
    if not all(one.replace(".", "").isalnum() and one.isascii() for one in names):
        raise refuse("value", f"{name} is '{value[:200]}': expected names of elements with commas between them", name)
    return names


def _one_of(name: str, value: str, allowed: Sequence[str]) -> Any:
    if value not in allowed:
        raise refuse("value", f"{name} is '{value[:60]}': expected one of {', '.join(allowed)}", name)
    return value
