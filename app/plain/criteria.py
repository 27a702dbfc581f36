"""The shapes of criteria in `/api/v1` (see `app.plain.shapes`)."""

from typing import Literal

from pydantic import Field

from app.plain.shapes import Shape, SpanShape
from app.record.trial import CriterionRole, CriterionType


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
    text: str
    combination: Literal["any-of", "all-of"] | None = Field(description="how the children combine, where the text says")
    spans: list[SpanShape]
