"""The record of one trial: what every source gives, every table holds and every document shows.

Codes are those of `app.record.codes`; dates are ISO 8601 with the precision that the source gives
(`2026`, `2026-01` or `2026-01-31`). A field that is None or empty was not stated; a field that a source
names without giving it is listed in `not_reported`. Nothing here is guessed.
"""

from typing import Literal

from pydantic import Field, model_validator

from app.record.parts import (
    Age,
    Arm,
    Condition,
    Contact,
    DataSharing,
    Design,
    Flag,
    Identifier,
    Intervention,
    MeshTerm,
    Part,
    Party,
    Population,
    Reference,
    Resource,
    SourcedText,
    Title,
    TrialDate,
)
from app.record.spans import Fact, Span

CriterionType = Literal["inclusion", "exclusion"]
CriterionRole = Literal["criterion", "note"]
OutcomeType = Literal["primary", "secondary", "other"]
Severity = Literal["error", "warning", "information"]


class Outcome(Part):
    type: OutcomeType
    measure: str
    """The sentence as written."""
    description: str | None = None
    time_frame: str | None = None
    spans: list[Span] = []
    """Of `measure`."""


class Cohort(Part):
    """A group of people with criteria of their own; a trial without named groups has one, unlabelled."""

    label: str | None = None
    sex: str | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None


class Criterion(Part):
    """One node of the eligibility tree, in document order (a parent stands before its children).

    `cohort` and `parent` are indexes into the trial's `cohorts` and `criteria`; `position` counts from 1
    among the nodes of the same cohort, type and parent; `depth` is 0 at the top; `label` is the list mark
    as written. `heading` is the title that a node at the top stands below, where that states nothing itself
    (`Life expectancy:`). `combination` says how the children combine, where the text says so.
    """

    cohort: int = 0
    type: CriterionType
    role: CriterionRole = "criterion"
    parent: int | None = None
    position: int
    depth: int = 0
    label: str | None = None
    heading: str | None = Field(None, exclude_if=lambda heading: heading is None)
    text: str
    combination: Literal["any-of", "all-of"] | None = None
    spans: list[Span] = []
    """Of `text`."""

    @property
    def titled_text(self) -> str:
        """Its text behind the title that it stands below: `Life expectancy: At least 12 weeks`."""
        return f"{self.heading.rstrip(' :')}: {self.text}" if self.heading else self.text


class TrialSite(Part):
    """A facility, and what is true of it in this trial only (`status`, `contacts`).

    Latitude and longitude are degrees, WGS 84; `coordinates_from` is `source`, or `gazetteer-city` where they are
    derived: then they are the centre of the city.
    """

    facility: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_code: str | None = None
    """ISO 3166-1 alpha-2."""
    latitude: float | None = None
    longitude: float | None = None
    coordinates_from: str | None = None
    status: str | None = None
    contacts: list[Contact] = []

    @model_validator(mode="after")
    def _is_somewhere(self) -> "TrialSite":
        if not (self.facility or self.city or self.state or self.country):
            raise ValueError("a site names its facility, city, state or country: nothing else says where it is")
        return self


class Statement(Part):
    """What a source says that has no field of its own: its label there and its words, kept verbatim."""

    label: str
    text: str


class Issue(Part):
    """What could not be understood, or what a reader should know before trusting a value.

    `line` counts from 1 in `document`.
    """

    code: str
    severity: Severity
    message: str
    line: int | None = None
    document: str = ""


class SourceDocument(Part):
    """A document that the record was read from; `id` is the first 16 hex digits of its SHA-256."""

    id: str
    source: str
    name: str
    complete: bool = True


class Trial(Part):
    id: str = ""
    """The registry's own id; empty when a document names none."""
    registry: str | None = None
    identifiers: list[Identifier] = []
    title: str | None = None
    titles: list[Title] = []
    overall_status: str | None = None
    last_known_status: str | None = None
    """Behind `unknown`: what the status was when it was last verified."""
    why_stopped: str | None = None
    design: Design | None = None
    phases: list[str] = []
    """Empty: not stated. `["n-a"]`: stated to be not applicable."""
    sex: str | None = None
    minimum_age: Age | None = None
    maximum_age: Age | None = None
    population: Population | None = None
    conditions: list[Condition] = []
    mesh: list[MeshTerm] = []
    keywords: list[str] = []
    brief_summary: str | None = None
    detailed_description: str | None = None
    plain_language_summary: SourcedText | None = None
    dates: list[TrialDate] = []
    not_reported: list[str] = []
    """Fields that a source names and says it has no value for, such as `dates.completion`."""
    parties: list[Party] = []
    contacts: list[Contact] = []
    """For the trial as a whole."""
    flags: list[Flag] = []
    arms: list[Arm] = []
    interventions: list[Intervention] = []
    references: list[Reference] = []
    resources: list[Resource] = []
    data_sharing: DataSharing | None = None
    outcomes: list[Outcome] = []
    cohorts: list[Cohort] = []
    criteria: list[Criterion] = []
    sites: list[TrialSite] = []
    statements: list[Statement] = []
    issues: list[Issue] = []
    sources: list[SourceDocument] = []
    facts: list[Fact] = []

    def parties_with(self, *roles: str) -> list[Party]:
        return [party for party in self.parties if party.role in roles]

    def date(self, kind: str) -> str | None:
        return next((date.value for date in self.dates if date.kind == kind), None)


class Coverage(Part):
    """Lines of a document, by what became of them. `share` is the part of the non-blank lines that is in
    the record or is known boilerplate, 0 to 1."""

    lines: int
    record: int
    boilerplate: int
    unrecognized: list[int] = Field(default_factory=list)
    """Line numbers, counted from 1."""

    @property
    def share(self) -> float:
        return (self.record + self.boilerplate) / self.lines if self.lines else 1.0


class Parsed(Part):
    """What a source makes of a document: the record (with its issues and facts) and the lines' account."""

    trial: Trial
    coverage: Coverage


def criterion_path(criteria: list[Criterion], index: int) -> str:
    """The readable place of a criterion in its trial, used in ids: `1-i11.4` is the fourth child of the
    eleventh inclusion node of the first cohort."""
    node = criteria[index]
    places = [str(node.position)]
    parent = node.parent
    while parent is not None:
        places.append(str(criteria[parent].position))
        parent = criteria[parent].parent
    return f"{node.cohort + 1}-{node.type[0]}{'.'.join(reversed(places))}"
