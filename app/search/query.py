"""A parsed search: plain data between the query string and the SQL."""

from dataclasses import dataclass, field

from app.search.params import Parameter


@dataclass(frozen=True)
class Filter:
    """One parameter of the request: any of `values` (OR). `pair` is the parameter as it was sent, for `self`."""

    parameter: Parameter
    modifier: str | None
    values: tuple[str, ...]
    pair: tuple[str, str]


@dataclass(frozen=True)
class Ignored:
    """A parameter that a lenient request named and nobody knows."""

    name: str
    reason: str


@dataclass(frozen=True)
class Query:
    release: str
    resource: str
    count: int
    filters: tuple[Filter, ...] = ()
    """All must hold (AND)."""
    after: tuple[str | int, ...] | None = None
    """The order key of the last row of the page before."""
    ignored: tuple[Ignored, ...] = field(default=())
