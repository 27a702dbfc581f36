"""A query string as a Query (https://hl7.org/fhir/R5/search.html#escaping, #modifiers, #errors).

Raises RequestError 400 naming the parameter, the value and what was expected. An unknown name is an error
unless the request says `Prefer: handling=lenient`; an unknown modifier and a bad value always are.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from app.errors import RequestError
from app.search.cursor import Cursors
from app.search.dates import PREFIXED, interval, split_prefix
from app.search.params import Parameter, parameters_of
from app.search.query import Filter, Ignored, Query
from app.search.reads import Chosen, Dates, Stale

LARGEST_PAGE = 1000
MOST_VALUES = 500
CONTROLS = {"r4": ("_count", "_cursor"), "r5": ("_count", "_cursor"), "v1": ("limit", "cursor")}
"""Names of the page size and of the paging position."""


def split(text: str, separator: str) -> list[str]:
    r"""Parts at unescaped separators; `\,` `\|` `\$` `\\` stay escaped.

    >>> split(r"a\,b,c", ",")
    ['a\\,b', 'c']
    """
    parts, current, escaped = [], "", False
    for character in text:
        if character == separator and not escaped:
            parts.append(current)
            current = ""
        else:
            current += character
        escaped = character == "\\" and not escaped
    return [*parts, current]


def unescape(text: str) -> str:
    return re.sub(r"\\([,|$\\])", r"\1", text)


def parse(
    release: str,
    resource: str,
    pairs: Sequence[tuple[str, str]],
    cursors: Cursors,
    page_size: int,
    *,
    lenient: bool = False,
    also: Iterable[str] = (),
) -> Query:
    """`pairs` are the decoded names and values; `also` are names that the route handles itself."""
    known = parameters_of(release, resource)
    count_name, cursor_name = CONTROLS[release]
    count, after = page_size, None
    filters: list[Filter] = []
    ignored: list[Ignored] = []
    cursor: str | None = None
    for name, value in pairs:
        if name in also:
            continue
        if name == count_name:
            count = read_count(name, value)
        elif name == cursor_name:
            cursor = value
        else:
            code, _, modifier = name.partition(":")
            if code not in known:
                reason = unknown(name, release, resource, (*known, count_name, *also))
                if not lenient:
                    raise RequestError(400, "not-supported", reason, name)
                ignored.append(Ignored(name, reason))
            elif value != "":
                filters.append(read_filter(known[code], modifier, name, value))
    if cursor is not None:
        after = cursors.read(cursor, cursor_name, _scope(release, resource, filters))
    return Query(release, resource, count, tuple(filters), after, tuple(ignored))


def scope_of(query: Query) -> str:
    return _scope(query.release, query.resource, query.filters)


def _scope(release: str, resource: str, filters: Iterable[Filter]) -> str:
    """What a cursor is bound to: it continues this question and no other."""
    return repr((release, resource, sorted(f.pair for f in filters)))


def unknown(name: str, release: str, resource: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name.partition(":")[0], names, n=1, cutoff=0.6)
    guess = f"; did you mean '{near[0]}'?" if near else ""
    listed = f"known: {', '.join(names)}" if names else "it takes none"
    return f"'{name}' is not a parameter of {resource}{guess or ';'} {listed}"


def read_count(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise RequestError(400, "value", f"{name} is '{value}': expected a whole number from 0 to {LARGEST_PAGE}", name)
    if name == "limit" and not 1 <= int(value) <= LARGEST_PAGE:
        raise RequestError(400, "value", f"{name} is '{value}': expected a whole number from 1 to {LARGEST_PAGE}", name)
    return min(int(value), LARGEST_PAGE)


def read_filter(parameter: Parameter, modifier: str, name: str, value: str) -> Filter:
    if ":" in name and modifier not in parameter.modifiers:
        allowed = ", ".join(f":{m}" for m in parameter.modifiers)
        raise RequestError(400, "not-supported", f"'{name}': the modifier is not one of {allowed}", name)
    if "\x00" in value:
        raise RequestError(400, "value", f"'{name}' holds a NUL character, which no value can", name)
    values = tuple(part for part in split(value, ",") if part != "")
    if len(values) > MOST_VALUES:
        raise RequestError(400, "too-costly", f"'{name}' has {len(values)} values: at most {MOST_VALUES}", name)
    if modifier == "missing" or isinstance(parameter.reads, Stale):
        if value not in ("true", "false"):
            raise RequestError(400, "value", f"{name} is '{value}': expected true or false", name)
    elif isinstance(parameter.reads, Dates):
        for one in values:
            try:
                interval(split_prefix(one)[1])
            except (ValueError, OverflowError) as error:
                raise RequestError(400, "value", f"{name}: {error}; {PREFIXED}", name) from error
    elif isinstance(parameter.reads, Chosen):
        for one in values:
            if one not in parameter.reads.allowed:
                raise RequestError(
                    400, "value", f"{name} is '{one}': expected one of {', '.join(parameter.reads.allowed)}", name
                )
    return Filter(parameter, modifier or None, values, (name, value))
