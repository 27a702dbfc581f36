"""A query string as a ListQuery. Raises RequestError 400 naming the parameter, the value and what was expected."""

from collections.abc import Iterable, Sequence

from app.errors import RequestError
from app.search.cursor import Cursors
from app.search.limits import MOST_VALUES, over
from app.search.listed.constraints import check_value
from app.search.listed.params import Listed, listed_parameters
from app.search.listed.query import Filter, ListQuery
from app.search.listed.reads import Chosen, Stated
from app.search.names import unknown
from app.search.parse import read_count
from app.search.values import split

CONTROLS = ("limit", "cursor")


def parse_list(
    collection: str, pairs: Sequence[tuple[str, str]], cursors: Cursors, page_size: int, also: Iterable[str] = ()
) -> ListQuery:
    """`pairs` are the decoded names and values; `also` are names that the route handles itself."""
    known = listed_parameters(collection)
    count, cursor = page_size, None
    filters: list[Filter] = []
    for name, value in pairs:
        code, _, modifier = name.partition(":")
        if name == "limit":
            count = read_count(name, value, 1)
        elif name == "cursor":
            cursor = value
        elif name in also:
            continue
        elif code not in known:
            raise unknown(name, collection, (*known, *CONTROLS, *also))
        elif value != "":
            filters.append(read_filter(known[code], modifier, name, value))
    query = ListQuery(collection, count, tuple(filters))
    if cursor is not None:
        total, *after = cursors.read(cursor, "cursor", query.scope)
        return ListQuery(collection, count, tuple(filters), tuple(after), int(total or 0))
    return query


def read_filter(parameter: Listed, modifier: str, name: str, value: str) -> Filter:
    if ":" in name and modifier not in parameter.modifiers:
        allowed = ", ".join(f":{m}" for m in parameter.modifiers)
        raise RequestError(400, "not-supported", f"'{name}': the modifier is not one of {allowed}", name)
    if "\x00" in value:
        raise RequestError(400, "value", f"'{name}' holds a NUL character, which no value can", name)
    values = tuple(part for part in split(value, ",") if part != "")
    if len(values) > MOST_VALUES:
        raise over(name, "values", len(values), MOST_VALUES)
    if modifier == "missing":
        if value not in ("true", "false"):
            raise RequestError(400, "value", f"{name} is '{value}': expected true or false", name)
    elif isinstance(parameter.reads, Stated) and parameter.reads.part == "value":
        for one in values:
            check_value(name, one)
    elif isinstance(parameter.reads, Chosen | Stated) and parameter.reads.allowed:
        for one in values:
            if one not in parameter.reads.allowed:
                raise RequestError(
                    400, "value", f"{name} is '{one}': expected one of {', '.join(parameter.reads.allowed)}", name
                )
    return Filter(parameter, modifier or None, values, (name, value))
