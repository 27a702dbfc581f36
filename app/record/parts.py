"""The parts of a record that stand for themselves: ages, identifiers, dates, parties, design, arms, publications.

Codes are those of `app.record.codes` or ClinicalTrials.gov's in lower case with hyphens.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AgeUnit = Literal["years", "months", "weeks", "days"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class Age(Part):
    value: float
    unit: AgeUnit


class Identifier(Part):
    """`kind` is `registry` (the id of the registry of record), `organization`, `secondary`, `alias` (an earlier id
    of the same record) or `universal` (WHO's UTN); `type`, `domain` and `link` are the registry's words about it."""

    kind: str
    value: str
    system: str | None = None
    type: str | None = None
    domain: str | None = None
    link: str | None = None


class Title(Part):
    """A title beside the brief one; `kind` is `official`, `acronym` or `listing` (the listing site's own)."""

    kind: str
    text: str


class Coding(Part):
    system: str
    code: str
    display: str | None = None


class Condition(Part):
    text: str
    codings: list[Coding] = []


class SourcedText(Part):
    """A text that is the source's own, not the registry's."""

    text: str
    source: str


DATE_KINDS = (
    "start",
    "primary-completion",
    "completion",
    "first-submitted",
    "first-submitted-qc",
    "first-posted",
    "results-first-submitted",
    "results-first-submitted-qc",
    "results-first-posted",
    "disposition-first-submitted",
    "disposition-first-submitted-qc",
    "disposition-first-posted",
    "last-update-submitted",
    "last-update",
    "verified",
    "registered",
    "enrollment-start",
    "ethics-approval",
    "launched",
    "as-of",
)
"""`last-update` is the day the last update was posted, `verified` the one on which the record was last confirmed."""


class TrialDate(Part):
    """`type` is `actual` or `estimated` where the source says so. `kind` is one of `DATE_KINDS`."""

    kind: str
    value: str
    type: str | None = None


class Party(Part):
    """An organization or a person with a role in the trial (`app.record.codes.PARTY_ROLE`).

    `affiliation` is a person's organization; `title` is the person's position there; `description` is what the
    source says of an organization, `sector` its kind (`industry`, `nih`, `fed`, `other-gov`, `network`, `other`, ...).
    """

    role: str
    name: str = Field(min_length=1)
    kind: Literal["organization", "person"]
    affiliation: str | None = None
    title: str | None = None
    description: str | None = None
    sector: str | None = None


class Contact(Part):
    """Whom to ask; `role` is `contact` or one of `app.record.codes.PARTY_ROLE`."""

    name: str | None = None
    role: str | None = None
    phone: str | None = None
    phone_extension: str | None = None
    email: str | None = None


class Flag(Part):
    """A yes or no that the source states, such as `has-dmc`, `healthy-volunteers` or `fda-regulated-drug`."""

    name: str
    value: bool


class Design(Part):
    """How the study is made: codes are ClinicalTrials.gov's in lower case with hyphens."""

    study_type: str | None = None
    allocation: str | None = None
    intervention_model: str | None = None
    intervention_model_description: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking: str | None = None
    masking_description: str | None = None
    who_masked: list[str] = []
    biospecimen_retention: str | None = None
    biospecimen_description: str | None = None
    target_duration: str | None = None
    enrollment: int | None = None
    """Number of participants; `enrollment_type` is `actual` or `estimated`."""
    enrollment_type: str | None = None


class Population(Part):
    """Who is meant, beyond sex, ages and criteria."""

    gender_description: str | None = None
    standard_ages: list[str] = []
    """`child`, `adult`, `older-adult`."""
    study_population: str | None = None
    sampling_method: str | None = None
    criteria_text: str | None = None
    """The criteria as the source gives them, in one text; the spans of `criteria` are places in it."""


class Arm(Part):
    """`interventions` are names of the trial's interventions, as the source links them."""

    label: str
    type: str | None = None
    description: str | None = None
    interventions: list[str] = []


class Intervention(Part):
    """`arms` are labels of the trial's arms."""

    name: str
    type: str | None = None
    description: str | None = None
    other_names: list[str] = []
    arms: list[str] = []


class MeshTerm(Part):
    """A MeSH term that the registry derived. `subject` is `condition` or `intervention`; `kind` is `term`,
    `ancestor`, `leaf` (a term in the registry's browse tree) or `branch` (a branch of it)."""

    subject: Literal["condition", "intervention"]
    kind: Literal["term", "ancestor", "leaf", "branch"]
    id: str
    term: str
    as_found: str | None = None
    relevance: str | None = None


class Retraction(Part):
    pmid: str | None = None
    source: str | None = None


class Reference(Part):
    """A publication; `type` is `background`, `result` or `derived`."""

    type: str | None = None
    pmid: str | None = None
    citation: str | None = None
    retractions: list[Retraction] = []


class Resource(Part):
    """Something about the trial elsewhere. `kind` is `link` (see also), `data` (individual participant data that is
    available) or `document` (a protocol, an analysis plan, a consent form)."""

    kind: Literal["link", "data", "document"]
    label: str | None = None
    url: str | None = None
    type: str | None = None
    identifier: str | None = None
    comment: str | None = None
    date: str | None = None
    uploaded: str | None = None
    size: int | None = None
    """Bytes."""
    contents: list[str] = []
    """Of a document: `protocol`, `sap`, `icf`."""


class DataSharing(Part):
    """The statement on sharing individual participant data."""

    sharing: str | None = None
    """`yes`, `no` or `undecided`."""
    description: str | None = None
    information: list[str] = []
    """`study-protocol`, `sap`, `icf`, `csr`, `analytic-code`."""
    time_frame: str | None = None
    access_criteria: str | None = None
    url: str | None = None
