"""Draws from one stream of random numbers: seeded text in, the same draws on every machine and Python version.

Only `random.random()` of a text-seeded generator is used, which Python promises to keep
(https://docs.python.org/3/library/random.html#notes-on-reproducibility), and only sums and products of its numbers:
powers and logarithms may differ in the last bit between platforms.
"""

from bisect import bisect
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things and how often each is drawn; the weights need not sum to one."""

    def __init__(self, *pairs: tuple[T, float]) -> None:
        self.items = tuple(item for item, _ in pairs)
        weights = list(accumulate(weight for _, weight in pairs))
        self.bounds = [weight / weights[-1] for weight in weights[:-1]]


def zipf(items: Sequence[T]) -> Weighted[T]:
    """The first item often, the n-th one n times less often."""
    return Weighted(*((item, 1 / (rank + 2)) for rank, item in enumerate(items)))


class Spread:
    """A distribution of whole numbers by its quantiles: `(share, value)`, from share 0 to 1, straight in between."""

    def __init__(self, *points: tuple[float, int]) -> None:
        self.shares = [share for share, _ in points]
        self.values = [value for _, value in points]


class Draw:
    """The draws of one study. `number` is the next number from 0 up to 1."""

    __slots__ = ("number",)

    def __init__(self, seed: str) -> None:
        self.number = Random(seed).random

    def chance(self, share: float) -> bool:
        return self.number() < share

    def below(self, bound: int) -> int:
        """A whole number from 0, less than `bound`."""
        return int(self.number() * bound)

    def one(self, items: Sequence[T]) -> T:
        return items[int(self.number() * len(items))]

    def weighted(self, table: Weighted[T]) -> T:
        return table.items[bisect(table.bounds, self.number())]

    def amount(self, spread: Spread) -> int:
        share = self.number()
        n = bisect(spread.shares, share)
        low, high = spread.shares[n - 1], spread.shares[n]
        below, above = spread.values[n - 1], spread.values[n]
        return below + int((share - low) / (high - low) * (above - below) + 0.5)

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` of them at most, each place once, in the order drawn."""
        places = dict.fromkeys(int(self.number() * len(items)) for _ in range(count))
        return [items[place] for place in places]

    def several(self, table: Weighted[T], count: int) -> list[T]:
        """`count` different ones at most, in the order drawn."""
        return list(dict.fromkeys(self.weighted(table) for _ in range(count)))


@lru_cache(maxsize=40_000)
def day(ordinal: int) -> str:
    """A day of the proleptic Gregorian calendar as `yyyy-MM-dd`."""
    return date.fromordinal(ordinal).isoformat()
