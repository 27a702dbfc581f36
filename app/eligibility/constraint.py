"""A typed constraint: one condition that a criterion's text states, with the piece of the text that states it.

A constraint says what the phrase says, in an inclusion and in an exclusion criterion alike; nothing is turned round and
nothing is guessed. Units are UCUM (https://ucum.org/ucum).
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "age",
    "sex",
    "gender",
    "pregnancy",
    "breastfeeding",
    "contraception",
    "bmi",
    "weight",
    "height",
    "body-surface-area",
    "performance-status",
    "measurement",
    "score",
    "duration",
    "life-expectancy",
    "language",
    "consent",
    "healthy-volunteers",
    "condition",
    "drug",
]
Limit = Literal["uln", "lln"]
"""Upper or lower limit of normal."""


class Constraint(NamedTuple):
    """`start` and `end` are offsets into the criterion's text of the phrase, which is `text`.

    `code` is a key of the kind's vocabulary (`app.eligibility.words.vocabulary`): an analyte (`hemoglobin`), a scale
    (`ecog`), `male`, `within`. `low` and `high` are bounds in `unit`, or multiples of `limit`; an open bound is not
    itself allowed. `negated`: the phrase denies it (`not pregnant`). `exception` is the text of what restricts the
    constraint (`unless ...`, `for patients with ...`): with one it never holds plainly.
    """

    kind: Kind
    start: int
    end: int
    text: str
    code: str | None = None
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str | None = None
    limit: Limit | None = None
    negated: bool = False
    exception: str | None = None

    @property
    def plain(self) -> bool:
        """Holds without any condition."""
        return self.exception is None
