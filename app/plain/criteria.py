"""The shapes of criteria and of the constraints that they state, in `/api/v1` (see `app.plain.shapes`)."""

from typing import Literal

from pydantic import Field

from app.eligibility.constraint import Kind, Limit
from app.plain.shapes import Shape, SpanShape
from app.record.trial import CriterionRole, CriterionType


class ConstraintShape(Shape):
    """What a criterion states in a form that can be computed with: what the phrase says, not whether it admits."""

    kind: Kind
    code: str = Field(description="what is bounded or asked for; of a `condition` or `drug` the record's name for it")
    loinc: str | None
    value: str | None = Field(description="of a sex: `all`, `female` or `male`")
    low: float | None
    low_open: bool = Field(description="the bound itself is not allowed")
    high: float | None
    high_open: bool
    unit: str | None = Field(description="UCUM")
    limit_of_normal: Limit | None = Field(description="the bounds are multiples of the upper or lower limit of normal")
    negated: bool = Field(description="the phrase denies it, such as `not pregnant`")
    exception: str | None = Field(description="what restricts it: with one it does not hold plainly")
    text: str = Field(description="the phrase")
    start: int = Field(description="its place in the criterion's text, Unicode code points")
    end: int


class CriterionShape(Shape):
    """One node of a trial's eligibility tree."""

    id: str
    trial_id: str
    cohort: str | None = Field(description="the label of the cohort; None where the trial has only one, unnamed")
    type: CriterionType
    role: CriterionRole
    parent_id: str | None
    position: int = Field(description="among its siblings, from 1")
    depth: int = Field(description="0 at the top")
    label: str | None = Field(description="the list mark as written")
    heading: str | None = Field(description="the title it stands below, such as `Life expectancy:`, at the top")
    text: str
    combination: Literal["any-of", "all-of"] | None = Field(description="how the children combine, where the text says")
    spans: list[SpanShape]
    constraints: list[ConstraintShape] = Field(description="those that the text states for certain, in its order")
