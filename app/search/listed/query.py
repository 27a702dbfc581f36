"""A parsed question to a collection: plain data between the query string and the SQL."""

from dataclasses import dataclass

from app.search.listed.params import Listed


@dataclass(frozen=True)
class Filter:
    """One parameter of the request: any of `values` (OR). `pair` is the parameter as it was sent."""

    parameter: Listed
    modifier: str | None
    values: tuple[str, ...]
    pair: tuple[str, str]


@dataclass(frozen=True)
class ListQuery:
    collection: str
    count: int
    filters: tuple[Filter, ...] = ()
    """All must hold (AND)."""
    after: tuple[str | int | float | None, ...] | None = None
    """The order key of the last row of the page before."""
    total: int | None = None
    """That of the first page, carried along."""

    @property
    def scope(self) -> str:
        """What a cursor is bound to: it continues this question and no other."""
        return repr((self.collection, sorted(one.pair for one in self.filters)))
