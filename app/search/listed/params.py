"""The one table of search parameters (https://hl7.org/fhir/R5/search.html).

Parsing, SQL, CapabilityStatement, SearchParameter resources, OpenAPI and the README's table are all made from
`PARAMETERS`. A parameter belongs to a FHIR resource type (releases `r4`, `r5`) or to a collection of the plain
API (release `v1`); nothing that is not declared here is accepted.
"""

from dataclasses import dataclass
from typing import Literal

from app.record.codes import (
    BASE,
    OUTCOME_TYPE,
    PHASE,
    RECRUITMENT_SYSTEM,
    SEX,
    STATUS,
    STUDY_STATUS_SYSTEM,
    Vocabulary,
)
from app.search.reads import Chosen, Dates, Reads, Stale, Tokens, Translated, Words
from app.store import lists
from app.store import tables as t

_MODIFIERS: dict[str, tuple[str, ...]] = {
    "string": ("contains", "exact", "missing"),
    "token": ("missing", "not"),
    "date": ("missing",),
    "reference": ("missing",),
}
Kind = Literal["token", "string", "date", "reference"]
PUBLICATION_SYSTEM = "http://hl7.org/fhir/publication-status"


@dataclass(frozen=True)
class Parameter:
    resource: str
    code: str
    kind: Kind
    reads: Reads
    doc: str
    urls: dict[str, str]
    """Release -> canonical URL of its definition; the plain API has none."""
    expression: str = ""

    @property
    def releases(self) -> tuple[str, ...]:
        return tuple(self.urls)

    @property
    def own(self) -> dict[str, str]:
        return {release: url for release, url in self.urls.items() if url.startswith(BASE)}

    @property
    def modifiers(self) -> tuple[str, ...]:
        """The modifiers that may follow the name (https://hl7.org/fhir/R5/search.html#modifiers)."""
        if isinstance(self.reads, Stale):
            return ()
        return _MODIFIERS[self.kind]


def _status(release: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((STUDY_STATUS_SYSTEM, getattr(code, release), code.code) for code in STATUS if getattr(code, release))


_RECRUITMENT = tuple((RECRUITMENT_SYSTEM, code.code, code.code) for code in STATUS) + _status("r5")


def _official(resource: str, code: str, *releases: str) -> dict[str, str]:
    return dict.fromkeys(releases, f"http://hl7.org/fhir/SearchParameter/{resource}-{code}")


def _own(resource: str, code: str, *releases: str) -> dict[str, str]:
    return dict.fromkeys(releases, f"{BASE}/SearchParameter/{resource}-{code}")


_STALE = "`true`: the state is unknown, or it is one that will change and no source has confirmed it for two years."

_FHIR: list[Parameter] = [
    Parameter(
        "ResearchStudy",
        "identifier",
        "token",
        Tokens(lists.identifier.c.value_folded, lists.identifier.c.system, fold=True),
        "An identifier of the study: the registry's own, the sponsor's or another registry's.",
        _official("ResearchStudy", "identifier", "r4", "r5"),
        "ResearchStudy.identifier",
    ),
    Parameter(
        "ResearchStudy",
        "title",
        "string",
        Words(t.trial.c.title, t.trial.c.title_folded),
        "The study's title, from its beginning; `:contains` anywhere in it.",
        _official("ResearchStudy", "title", "r4", "r5"),
        "ResearchStudy.title",
    ),
    Parameter(
        "ResearchStudy",
        "status",
        "token",
        Translated(t.trial.c.overall_status, _status("r4")),
        "The state of the study, in R4's codes.",
        _official("ResearchStudy", "status", "r4"),
        "ResearchStudy.status",
    ),
    Parameter(
        "ResearchStudy",
        "status",
        "token",
        Translated(t.trial.c.id, ((PUBLICATION_SYSTEM, "active", "*"),), fixed=True),
        "The publication status of the record, `active` for all of them; the state of the study is "
        "`recruitment-status`.",
        _official("ResearchStudy", "status", "r5"),
        "ResearchStudy.status",
    ),
    Parameter(
        "ResearchStudy",
        "condition",
        "token",
        Tokens(lists.condition_coding.c.code_folded, lists.condition_coding.c.system, fold=True),
        "A condition that is studied. One that the source gives only as words has a code made from them: "
        "lower case, joined with hyphens.",
        {**_own("ResearchStudy", "condition", "r4"), **_official("ResearchStudy", "condition", "r5")},
        "ResearchStudy.condition",
    ),
    Parameter(
        "ResearchStudy",
        "recruitment-status",
        "token",
        Translated(t.trial.c.overall_status, _RECRUITMENT),
        "Whether the study recruits, in the registry's words (`recruiting`, `active-not-recruiting`, ...) or in "
        "R5's codes.",
        _own("ResearchStudy", "recruitment-status", "r4", "r5"),
        "",
    ),
    Parameter(
        "ResearchStudy",
        "status-changed",
        "date",
        Dates(t.change.c.at),
        "When the study's state was noticed to have changed.",
        _own("ResearchStudy", "status-changed", "r4", "r5"),
    ),
    Parameter(
        "ResearchStudy",
        "stale",
        "token",
        Stale(t.trial.c.overall_status, t.trial.c.fresh_on),
        _STALE,
        _own("ResearchStudy", "stale", "r4", "r5"),
    ),
    Parameter(
        "Location",
        "name",
        "string",
        Words(t.site.c.facility, t.site.c.facility_folded),
        "The facility's name, from its beginning.",
        _official("Location", "name", "r4", "r5"),
        "Location.name | Location.alias",
    ),
    *(
        Parameter(
            "Location",
            f"address-{part}",
            "string",
            Words(t.site.c[part], t.site.c[f"{part}_folded"]),
            f"The {part} of the facility's address, from its beginning.",
            _official("Location", f"address-{part}", "r4", "r5"),
            f"Location.address.{part}",
        )
        for part in ("city", "state", "country")
    ),
    Parameter(
        "Organization",
        "name",
        "string",
        Words(t.organization.c.name, t.organization.c.name_folded),
        "The organization's name, from its beginning.",
        _official("Organization", "name", "r4", "r5"),
        "Organization.name | Organization.alias",
    ),
    Parameter(
        "Practitioner",
        "name",
        "string",
        Words(t.practitioner.c.name, t.practitioner.c.name_folded),
        "The person's name, from its beginning.",
        {
            "r4": "http://hl7.org/fhir/SearchParameter/Practitioner-name",
            "r5": "http://hl7.org/fhir/SearchParameter/Practitioner-name",
        },
        "Practitioner.name",
    ),
]

FHIR_TYPES = (
    "ResearchStudy",
    "Group",
    "EvidenceVariable",
    "Location",
    "Organization",
    "Practitioner",
    "PractitionerRole",
)
"""The resource types that are served, in both releases."""

OWN_TABLES = {
    "ResearchStudy": t.trial,
    "Location": t.site,
    "Organization": t.organization,
    "Practitioner": t.practitioner,
    "PractitionerRole": t.practitioner_role,
}
"""The tables of the types that have one; the others stand in `resource` only."""

_EVERYWHERE = [
    Parameter(
        resource,
        "_id",
        "token",
        Tokens(OWN_TABLES.get(resource, t.resource).c.id),
        "The logical id.",
        dict.fromkeys(("r4", "r5"), "http://hl7.org/fhir/SearchParameter/Resource-id"),
        "Resource.id",
    )
    for resource in FHIR_TYPES
]


def _plain(resource: str, code: str, kind: Kind, reads: Reads, doc: str) -> Parameter:
    return Parameter(resource, code, kind, reads, doc, {"v1": ""})


def _codes(vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(vocabulary.codes)


_PLAIN: list[Parameter] = [
    _plain("trials", "id", "token", Tokens(t.trial.c.id), "The trial's id."),
    _plain(
        "trials",
        "identifier",
        "token",
        Tokens(lists.identifier.c.value_folded, lists.identifier.c.system, fold=True),
        "Any identifier of the trial.",
    ),
    _plain(
        "trials",
        "title",
        "string",
        Words(t.trial.c.title, t.trial.c.title_folded, anywhere=True),
        "Words that stand in the title.",
    ),
    _plain("trials", "overall_status", "token", Chosen(t.trial.c.overall_status, _codes(STATUS)), "The trial's state."),
    _plain("trials", "phase", "token", Chosen(lists.trial_phase.c.code, _codes(PHASE)), "A phase of the trial."),
    _plain("trials", "sex", "token", Chosen(t.trial.c.sex, _codes(SEX)), "Who may take part, by sex."),
    _plain(
        "trials",
        "condition",
        "token",
        Tokens(lists.condition_coding.c.code_folded, lists.condition_coding.c.system, fold=True),
        "The code of a condition, such as `vitiligo`.",
    ),
    _plain(
        "trials",
        "status_changed",
        "date",
        Dates(t.change.c.at),
        "When the trial's state was noticed to have changed, such as `ge2026-03-01`.",
    ),
    _plain("trials", "stale", "token", Stale(t.trial.c.overall_status, t.trial.c.fresh_on), _STALE),
    _plain("criteria", "trial", "token", Tokens(t.trial.c.id), "The trial's id."),
    _plain(
        "criteria",
        "cohort",
        "string",
        Words(lists.cohort.c.label, lists.cohort.c.label_folded),
        "The beginning of the cohort's label.",
    ),
    _plain(
        "criteria",
        "type",
        "token",
        Chosen(lists.criterion.c.type, ("inclusion", "exclusion")),
        "Inclusion or exclusion.",
    ),
    _plain(
        "criteria",
        "role",
        "token",
        Chosen(lists.criterion.c.role, ("criterion", "note")),
        "A criterion, or a note on one.",
    ),
    _plain(
        "criteria",
        "text",
        "string",
        Words(lists.criterion.c.text, lists.criterion.c.text_folded, anywhere=True),
        "Words that stand in the text.",
    ),
    _plain("outcomes", "trial", "token", Tokens(t.trial.c.id), "The trial's id."),
    _plain("outcomes", "type", "token", Chosen(lists.outcome.c.type, _codes(OUTCOME_TYPE)), "The outcome's type."),
    _plain("sites", "trial", "token", Tokens(t.trial.c.id), "The id of a trial that uses the site."),
    *(
        _plain(
            "sites",
            name,
            "string",
            Words(t.site.c[name], t.site.c[f"{name}_folded"]),
            f"The {name}, from its beginning.",
        )
        for name in ("facility", "city", "state", "country")
    ),
    _plain("sites", "country_code", "token", Tokens(t.site.c.country_code), "ISO 3166-1 alpha-2."),
]

PARAMETERS: tuple[Parameter, ...] = (*_EVERYWHERE, *_FHIR, *_PLAIN)

_INDEX: dict[tuple[str, str], dict[str, Parameter]] = {}
for _parameter in PARAMETERS:
    for _release in _parameter.releases:
        _INDEX.setdefault((_release, _parameter.resource), {})[_parameter.code] = _parameter


def parameters_of(release: str, resource: str) -> dict[str, Parameter]:
    """The parameters of a resource type (or plain collection) in a release, by name."""
    return _INDEX.get((release, resource), {})
