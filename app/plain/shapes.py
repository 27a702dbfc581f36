"""The shapes of `/api/v1`, kept from one release to the next: fields are added, never renamed or removed.

Codes are lower case with hyphens; dates are ISO 8601 with the precision of the source; instants are UTC.
"""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.record.trial import AgeUnit, CriterionRole, CriterionType, OutcomeType, Severity

Item = TypeVar("Item")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AgeShape(Shape):
    value: int | float
    unit: AgeUnit


class CodingShape(Shape):
    system: str
    code: str
    display: str | None


class ConditionShape(Shape):
    text: str
    codings: list[CodingShape]


class SponsorShape(Shape):
    name: str
    description: str | None = Field(description="what the source says of the sponsor")


class OfficialShape(Shape):
    name: str
    role: str = Field(description="`principal-investigator`, `study-director`, `study-chair` or `sub-investigator`")
    affiliation: str | None


class SourcedTextShape(Shape):
    text: str
    source: str = Field(description="the source whose text this is; it is not the registry's")


class DatesShape(Shape):
    """None: the sources do not say."""

    start: str | None = None
    primary_completion: str | None = None
    completion: str | None = None
    launched: str | None = Field(None, description="the listing's launch date; not known to be a start or a posting")
    first_submitted: str | None = None
    last_update: str | None = None
    as_of: str | None = Field(None, description="the day for which the listing says that it is current")


class IdentifierShape(Shape):
    kind: str
    value: str
    system: str | None


class TitleShape(Shape):
    kind: str
    text: str


class CohortShape(Shape):
    label: str | None
    sex: str | None
    minimum_age: AgeShape | None
    maximum_age: AgeShape | None


class StatementShape(Shape):
    label: str
    text: str


class IssueShape(Shape):
    code: str
    severity: Severity
    message: str
    line: int | None = Field(description="line of the document, from 1")
    document: str


class SourceShape(Shape):
    document: str = Field(description="the document's id: the first 16 hex digits of its SHA-256")
    source: str
    name: str
    complete: bool


class TrialShape(Shape):
    """One trial."""

    id: str = Field(description="the registry's own id", examples=["NCT05398809"])
    title: str | None
    overall_status: str | None = Field(examples=["recruiting"])
    phase: list[str] = Field(description='`[]`: not stated; `["n-a"]`: stated to be not applicable')
    sex: str | None = Field(description="`all`, `female` or `male`")
    minimum_age: AgeShape | None
    maximum_age: AgeShape | None
    conditions: list[ConditionShape]
    keywords: list[str]
    lead_sponsor: SponsorShape | None
    officials: list[OfficialShape]
    brief_summary: str | None
    detailed_description: str | None
    plain_language_summary: SourcedTextShape | None
    dates: DatesShape
    not_reported: list[str] = Field(description="fields that a source names and says it has no value for")
    identifiers: list[IdentifierShape]
    titles: list[TitleShape]
    cohorts: list[CohortShape]
    statements: list[StatementShape] = Field(description="what a source says that has no field of its own, verbatim")
    issues: list[IssueShape]
    sources: list[SourceShape]
    version: int = Field(description="of the record: rises with every change of it")
    last_updated: str


class SpanShape(Shape):
    """Characters `start` (included) to `end` (excluded), Unicode code points, of a source document."""

    document: str
    start: int
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
    text: str
    combination: Literal["any-of", "all-of"] | None = Field(description="how the children combine, where the text says")
    spans: list[SpanShape]


class OutcomeShape(Shape):
    id: str
    trial_id: str
    type: OutcomeType
    measure: str
    description: str | None
    time_frame: str | None
    position: int = Field(description="among the trial's outcomes of its type, from 1")
    spans: list[SpanShape]


class SiteShape(Shape):
    """A facility, shared by the trials that use it."""

    id: str
    facility: str | None
    city: str | None
    state: str | None
    country: str | None
    country_code: str | None = Field(description="ISO 3166-1 alpha-2")
    latitude: float | None = Field(description="degrees, WGS 84")
    longitude: float | None = Field(description="degrees, WGS 84")
    coordinates_from: str | None = Field(description="`source` or `gazetteer`")


class ContactShape(Shape):
    name: str | None
    role: str | None
    phone: str | None
    email: str | None


class TrialSiteShape(SiteShape):
    """A facility as one trial uses it."""

    status: str | None
    contacts: list[ContactShape]


class Listing(Shape, Generic[Item]):
    items: list[Item]
    total: int = Field(description="of all pages")
    next: str | None = Field(description="the address of the next page, or null on the last one")


class Problem(BaseModel):
    """An error (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457)."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None
