"""What one keyword of a JSON Schema says in two documents in, what changed for a client out.

Each comparison takes a flat schema of either, where it stands and who writes the value; it is asked where they differ.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.contract.change import Change, Direction, Json
from app.contract.flat import ALL_TYPES, same


def compare_types(before: frozenset[str], after: frozenset[str], where: str, direction: Direction) -> Iterator[Change]:
    if before and not after:
        yield Change("breaking", where, f"cannot be anything any more, was {_told(before)}")
    elif before != after and ALL_TYPES in (before, after):
        tell = wider if after == ALL_TYPES else narrower
        yield tell(direction, where, f"may be {_told(after)} now, was {_told(before)}")
    else:
        for kind in sorted(after - before):
            yield wider(direction, where, f"may be {kind} now, was {_told(before)}")
        for kind in sorted(before - after):
            yield narrower(direction, where, f"cannot be {kind} any more, is {_told(after)}")


def compare_formats(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    was, is_now = old.get("format"), new.get("format")
    if was is None:
        yield narrower(direction, where, f"the format is {is_now}, was none")
    elif is_now is None:
        yield wider(direction, where, f"the format {was} is not promised any more")
    else:
        yield Change("breaking", where, f"the format is {is_now}, was {was}")


def compare_defaults(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    breaking = direction == "request" and "default" in old
    said = f"the default is {new.get('default')!r}, was {old.get('default')!r}"
    yield Change("breaking" if breaking else "compatible", where, said)


def compare_deprecation(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    yield Change("compatible", where, f"is {'deprecated now' if new.get('deprecated') else 'not deprecated any more'}")


def compare_values(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    before, after = old.get("enum", ()), new.get("enum", ())
    if not before or not after:
        if before:
            yield wider(direction, where, "is not one of the listed values any more")
        elif after:
            yield narrower(direction, where, "is one of a list of values now")
        return
    for value in after:
        if not any(same(value, one) for one in before):
            yield wider(direction, where, f"the value {value!r} is new")
    for value in before:
        if not any(same(value, one) for one in after):
            yield narrower(direction, where, f"the value {value!r} was removed")


def comparing_bounds(closed: str, open_: str = "") -> Callable[..., Iterator[Change]]:
    sign = 1 if closed.startswith("min") else -1

    def tightest(schema: Json) -> tuple[float, bool] | None:
        """And whether it is not itself allowed."""
        found = [(sign * schema[name], name == open_) for name in (closed, open_) if name in schema]
        return max(found) if found else None

    def told(bound: tuple[float, bool] | None) -> str:
        return f"{sign * bound[0]}{' (not itself)' if bound[1] else ''}" if bound else "none"

    def compare(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
        was, is_now = tightest(old), tightest(new)
        if was != is_now:
            tell = wider if is_now is None or (was is not None and is_now < was) else narrower
            yield tell(direction, where, f"{closed} is {told(is_now)}, was {told(was)}")

    return compare


def compare_patterns(old: Json, new: Json, where: str, direction: Direction) -> Iterator[Change]:
    was, is_now = old.get("pattern"), new.get("pattern")
    said = f"pattern is {_or_none(is_now)}, was {_or_none(was)}"
    if was is not None and is_now is not None:
        yield Change("breaking", where, said)
    else:
        yield (wider if is_now is None else narrower)(direction, where, said)


def _or_none(value: Any) -> str:
    return "none" if value is None else str(value)


def wider(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "response" else "compatible", where, what)


def narrower(direction: Direction, where: str, what: str) -> Change:
    return Change("breaking" if direction == "request" else "compatible", where, what)


def _told(kinds: frozenset[str]) -> str:
    return "anything" if kinds == ALL_TYPES else " or ".join(sorted(kinds)) or "nothing"
