"""Lines in, one number out: 0 to 1, the better the more of a trial's criteria are known to be met.

A line that is met counts 1, an unknown one a half, one that is not met nothing; the score is the mean of them, a half
where there are none. So a met line never lowers it and an unmet one never raises it. A definite failure makes it 0.
"""

from collections.abc import Iterable
from typing import Literal

Result = Literal["met", "not-met", "unknown"]
WEIGHT: dict[Result, float] = {"met": 1.0, "unknown": 0.5, "not-met": 0.0}


def score(results: Iterable[Result], failed: bool) -> float:
    """`failed`: whether something that the trial demands is definitely not met."""
    weights = [WEIGHT[result] for result in results]
    if failed:
        return 0.0
    return round(sum(weights) / len(weights), 6) if weights else WEIGHT["unknown"]
