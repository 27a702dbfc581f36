"""The shapes of `/api/v1`, kept from one release to the next: fields are added, never renamed or removed.

Codes are lower case with hyphens; dates are ISO 8601 with the precision of the source; instants are UTC.
"""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.plain.codes import ChangeKind, PhaseCode, SexCode, StatusCode
from app.record.parts import (
    AgeUnit,
    Arm,
    Contact,
    DataSharing,
    Design,
    Identifier,
    Intervention,
    MeshTerm,
    Population,
    Reference,
    Resource,
)
from app.record.trial import OutcomeType, Severity

Item = TypeVar("Item")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


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
    sector: str | None = Field(None, description="the kind of sponsor, such as `industry` or `nih`")


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
    first_submitted: str | None = None
    first_submitted_qc: str | None = None
    first_posted: str | None = None
    results_first_submitted: str | None = None
    results_first_submitted_qc: str | None = None
    results_first_posted: str | None = None
    disposition_first_submitted: str | None = None
    disposition_first_submitted_qc: str | None = None
    disposition_first_posted: str | None = None
    last_update_submitted: str | None = None
    last_update: str | None = Field(None, description="the day on which the last update was posted")
    verified: str | None = Field(None, description="the day on which the record was last confirmed")
    registered: str | None = None
    enrollment_start: str | None = None
    ethics_approval: str | None = None
    launched: str | None = Field(None, description="the listing's launch date; not known to be a start or a posting")
    as_of: str | None = Field(None, description="the day for which the listing says that it is current")


class TitleShape(Shape):
    kind: str
    text: str


class CohortShape(Shape):
    label: str | None
    sex: SexCode | None
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
    overall_status: StatusCode | None = Field(examples=["recruiting"])
    last_known_status: StatusCode | None = Field(description="behind `unknown`: the status when it was last verified")
    why_stopped: str | None
    design: Design | None
    phase: list[PhaseCode] = Field(description='`[]`: not stated; `["n-a"]`: stated to be not applicable')
    sex: SexCode | None
    minimum_age: AgeShape | None
    maximum_age: AgeShape | None
    population: Population | None
    conditions: list[ConditionShape]
    mesh: list[MeshTerm]
    keywords: list[str]
    lead_sponsor: SponsorShape | None
    collaborators: list[str]
    officials: list[OfficialShape]
    brief_summary: str | None
    detailed_description: str | None
    plain_language_summary: SourcedTextShape | None
    dates: DatesShape
    date_types: dict[str, str] = Field(description="`actual` or `estimated`, for the dates of which the source says so")
    not_reported: list[str] = Field(description="fields that a source names and says it has no value for")
    identifiers: list[Identifier]
    contacts: list[Contact]
    flags: dict[str, bool] = Field(description="what the source answers with yes or no")
    arms: list[Arm]
    interventions: list[Intervention]
    references: list[Reference]
    resources: list[Resource]
    data_sharing: DataSharing | None
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
    postal_code: str | None
    country: str | None
    country_code: str | None = Field(description="ISO 3166-1 alpha-2")
    latitude: float | None = Field(description="degrees, WGS 84")
    longitude: float | None = Field(description="degrees, WGS 84")
    coordinates_from: str | None = Field(description="`source`, or `gazetteer-city`: derived, the city's centre")


class ContactShape(Shape):
    name: str | None
    role: str | None
    phone: str | None
    phone_extension: str | None
    email: str | None


class TrialSiteShape(SiteShape):
    """A facility as one trial uses it."""

    status: str | None
    contacts: list[ContactShape]


class TrialContactShape(ContactShape):
    """Whom to ask about a trial; of a site of it where `site_id` says so."""

    site_id: str | None
    facility: str | None


class TransitionShape(Shape):
    """The trial's status was `before` and is `after`, as noticed at the instant `since`."""

    before: str
    after: str
    since: str


class VersionShape(Shape):
    """A version of a trial's record."""

    kind: ChangeKind = Field(description="`deleted`: its registry removed it")
    version: int = Field(description="of `deleted`: the last that there was")
    at: str
    run: int | None = Field(description="the load or sync that noticed")
    fields: list[str] = Field(description="the record's fields that differ from the version before")
    status: TransitionShape | None


class ChangeShape(VersionShape):
    """One change of one trial."""

    number: int = Field(description="rises from change to change")
    trial_id: str


class DiffShape(Shape):
    """A difference of two versions."""

    path: str
    before: Any
    after: Any


class OriginShape(Shape):
    """Where the value of a field comes from."""

    field: str
    source: str
    source_name: str
    terms: str = Field(description="the terms on which the source's data is used")
    document: str
    conversion: str = Field(
        description="`text`: verbatim; `source`: as the source's record has it; else how it was made"
    )
    spans: list[list[int]] = Field(description="places [start, end] in the document, where it is a text")


class LinkShape(Shape):
    """Another record of the same trial."""

    trial_id: str
    evidence: list[str]


class RunShape(Shape):
    """A load or sync."""

    id: int
    kind: str
    origin: str = Field(description="the paths, or the query")
    started: str
    finished: str | None = Field(description="null: it runs, or was interrupted")
    new: int
    changed: int
    unchanged: int
    refused: int
    removed: int


class RefusalShape(Shape):
    """A record that was refused."""

    file: str
    line: int
    trial_id: str | None
    reason: str


class SchemaShape(Shape):
    """A JSON Schema that is served."""

    name: str
    url: str


class Listing(Shape, Generic[Item]):
    items: list[Item]
    total: int | None = Field(description="of all pages; null where the request says `total=none`")
    next: str | None = Field(description="the address of the next page, or null on the last one")


class FacetShape(Shape):
    value: str
    count: int


class FacetedListing(Listing[Item], Generic[Item]):
    model_config = ConfigDict(json_schema_serialization_defaults_required=False)
    facets: dict[str, list[FacetShape]] | None = Field(
        None, description="for each facet that was asked for its most frequent values among all matches"
    )


class Problem(Shape):
    """An error (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457)."""

    type: str
    title: str
    status: int
    detail: str
    parameter: str | None = None
