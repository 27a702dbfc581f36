"""Our own search parameters: what trial coordinators ask for and a release has no parameter for.

An own parameter exists only in the releases that lack the code, and keeps the type that the other release gives it.
Its elements are found by a FHIRPath in the served documents, or by a function in the record where no element says it.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from app.parameters import criteria
from app.parameters.dates import EVER, interval, microseconds
from app.parameters.paths import Element
from app.record.codes import BASE, RECRUITMENT_SYSTEM, STALE_AFTER_YEARS, STATUS, STUDY_STATUS_SYSTEM, UNFINISHED
from app.record.trial import Trial

XVER = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ResearchStudy"
ALTERNATE = "http://hl7.org/fhir/StructureDefinition/alternate-reference"
STUDY_TYPE = f"{BASE}/CodeSystem/study-type"
Finder = Callable[[Trial], Iterable[Element]]


class Own(NamedTuple):
    resource: str
    code: str
    kind: str
    doc: str
    expressions: dict[str, str]
    """Release -> FHIRPath, for the releases that lack the code; empty where `find` finds it."""
    find: Finder | None = None
    targets: tuple[str, ...] = ()
    components: tuple[tuple[str, str, str], ...] = ()
    """Of a composite: (definition, the part's name in the elements, type)"""


def status_codings(status: str | None) -> list[Element]:
    """The registry's word and R5's for a recruitment status."""
    if status is None:
        return []
    entry = STATUS[status]
    codings = [{"system": RECRUITMENT_SYSTEM, "code": entry.code, "display": entry.display}]
    if entry.r5:
        codings.append({"system": STUDY_STATUS_SYSTEM, "code": entry.r5})
    return [Element({"coding": codings})]


def _date(kind: str) -> Finder:
    return lambda trial: [Element(one.value) for one in trial.dates if one.kind == kind]


def _site_statuses(trial: Trial) -> Iterable[Element]:
    for status in dict.fromkeys(site.status for site in trial.sites):
        yield from status_codings(status)


def _interventions(trial: Trial) -> Iterable[Element]:
    for one in trial.interventions:
        yield Element(one.name)
        yield from map(Element, one.other_names)


def _has_results(trial: Trial) -> Iterable[Element]:
    return [Element(flag.value) for flag in trial.flags if flag.name == "has-results"]


def stale_since(trial: Trial) -> int | None:
    """Microseconds from which the record is stale; None if it never will be (https://clinicaltrials.gov/study-basics/glossary).

    An unknown state is stale at all times; one that will change is once nobody has confirmed it for two years.
    """
    if trial.overall_status == "unknown":
        return -EVER
    fresh = max((one.value for one in trial.dates if one.kind in FRESH), default=None)
    if trial.overall_status not in UNFINISHED or fresh is None:
        return None
    try:
        last = interval(fresh)[0]
    except (ValueError, OverflowError):
        return None
    day = date(last.year + STALE_AFTER_YEARS, last.month, min(last.day, 28)) if last.year < 9990 else date.max
    return microseconds(last.replace(year=day.year, month=day.month, day=day.day))


FRESH = ("verified", "last-update", "as-of")
"""Dates on which a source says that the record was right."""


def ancestors(subject: str) -> Callable[[Trial], Iterable[Element]]:
    """The MeSH terms of a trial and all above them."""

    def find(trial: Trial) -> Iterable[Element]:
        return [
            Element({"system": "http://id.nlm.nih.gov/mesh", "code": term.id})
            for term in trial.mesh
            if term.subject == subject and term.kind in ("term", "ancestor")
        ]

    return find


_BOTH: dict[str, str] = {"r4": "", "r5": ""}
_STATE = f"where(state.coding.where(system='{RECRUITMENT_SYSTEM}').exists()).state"

OWN: tuple[Own, ...] = (
    Own("Resource", "_language", "token", "The language that the resource is written in.", {"r4": "Resource.language"}),
    Own(
        "ResearchStudy",
        "condition",
        "token",
        "A condition that is studied. One that the source gives only as words has a code made from them: lower case, "
        "joined with hyphens. `:below` takes a MeSH code and finds all that stands below it.",
        {"r4": "ResearchStudy.condition"},
    ),
    Own("ResearchStudy", "phase", "token", "The phase of the study.", {"r4": "ResearchStudy.phase"}),
    Own(
        "ResearchStudy",
        "sponsor",
        "reference",
        "The lead sponsor.",
        {"r5": "ResearchStudy.associatedParty.where(role.coding.where(code='lead-sponsor').exists()).party"},
        targets=("Organization",),
    ),
    Own(
        "ResearchStudy",
        "eligibility",
        "reference",
        "Who may take part: the Groups, and the EvidenceVariable with the whole tree.",
        {"r4": f"ResearchStudy.enrollment | ResearchStudy.enrollment.extension('{ALTERNATE}').value"},
        targets=("Group", "EvidenceVariable"),
    ),
    Own(
        "ResearchStudy",
        "recruitment-status",
        "token",
        "Whether the study recruits, in the registry's words (`recruiting`, `active-not-recruiting`, ...) or in R5's "
        "codes.",
        {
            "r4": f"ResearchStudy.extension('{XVER}.progressStatus').where(extension('state').value.coding"
            f".where(system='{RECRUITMENT_SYSTEM}').exists()).extension('state').value",
            "r5": f"ResearchStudy.progressStatus.{_STATE}",
        },
    ),
    Own(
        "ResearchStudy",
        "country",
        "token",
        "A country with a site, ISO 3166-1 alpha-2 (`US`).",
        {"r4": "ResearchStudy.location", "r5": "ResearchStudy.region"},
    ),
    Own(
        "ResearchStudy",
        "near",
        "special",
        "A site within a distance of a place: `latitude|longitude|distance|units`, in km (50 unless said) or mi. The "
        "answer says which site is nearest and how far it is.",
        {"r4": "ResearchStudy.site", "r5": "ResearchStudy.site"},
    ),
    Own("ResearchStudy", "start", "date", "When the study started or will start.", _BOTH, _date("start")),
    Own("ResearchStudy", "completion", "date", "When the study ended or will end.", _BOTH, _date("completion")),
    Own("ResearchStudy", "last-update", "date", "When the last update was posted.", _BOTH, _date("last-update")),
    Own(
        "ResearchStudy",
        "intervention",
        "string",
        "The name of an intervention, or another name of it.",
        _BOTH,
        _interventions,
    ),
    Own(
        "ResearchStudy",
        "study-type",
        "token",
        "`interventional`, `observational` or `expanded-access`.",
        {
            "r4": f"ResearchStudy.category.coding.where(system='{STUDY_TYPE}')",
            "r5": f"ResearchStudy.studyDesign.coding.where(system='{STUDY_TYPE}')",
        },
    ),
    Own("ResearchStudy", "has-results", "token", "Whether results are posted.", _BOTH, _has_results),
    Own(
        "ResearchStudy",
        "stale",
        "token",
        "`true`: the state is unknown, or it is one that will change and no source has confirmed it for two years.",
        _BOTH,
    ),
    Own("ResearchStudy", "status-changed", "date", "When the study's state was noticed to have changed.", _BOTH),
    Own(
        "ResearchStudy",
        "site-status",
        "token",
        "The recruitment status of a site of the study, in the same codes as `recruitment-status`.",
        _BOTH,
        _site_statuses,
    ),
    Own(
        "ResearchStudy",
        "eligible-age",
        "special",
        "Takes somebody of this age, in at least one of its cohorts: `14`, `14||mo`, `14|http://unitsofmeasure.org|wk` "
        "(a, mo, wk, d; years unless said). A cohort that states no age takes every age: what is found only so is "
        "marked in the answer.",
        _BOTH,
        criteria.ages,
    ),
    Own(
        "ResearchStudy",
        "eligible-sex",
        "token",
        "Takes people of this sex (`female`, `male`), in at least one of its cohorts.",
        _BOTH,
        criteria.sexes,
    ),
    Own(
        "ResearchStudy",
        "healthy-volunteers",
        "token",
        "Whether healthy volunteers may take part, where the registry or a criterion says so.",
        _BOTH,
        criteria.healthy_volunteers,
    ),
    Own(
        "ResearchStudy",
        "criterion",
        "special",
        "Words that all stand in one criterion, such as `lupus nephritis`; with `inclusion$` or `exclusion$` before "
        "them, in one of that type.",
        _BOTH,
        criteria.texts,
    ),
    Own(
        "ResearchStudy",
        "criterion-code",
        "token",
        "What a criterion bounds or asks for: our code (`hemoglobin`, `ecog`, `pregnancy`) or LOINC's.",
        _BOTH,
        criteria.codes,
    ),
    Own(
        "ResearchStudy",
        "criterion-value-quantity",
        "composite",
        "What a criterion bounds, and a bound that it states without exception: `hemoglobin$lt10||g/dL`, "
        "`alt$ge3||{ULN}` (multiples of a limit of normal are in `{ULN}` or `{LLN}`).",
        _BOTH,
        criteria.values,
        components=(
            (f"{BASE}/SearchParameter/ResearchStudy-criterion-code", "code", "token"),
            ("http://hl7.org/fhir/SearchParameter/Observation-value-quantity", "value", "quantity"),
        ),
    ),
)

DOCS = {
    ("ResearchStudy", "identifier"): "An identifier of the study: the registry's own, the sponsor's or another "
    "registry's.",
    ("ResearchStudy", "title"): "The study's title, from its beginning; `:contains` anywhere in it.",
    ("ResearchStudy", "status"): "R4: the state of the study, in R4's codes. R5: the publication status of the record, "
    "`active` for all of them; the state of the study is `recruitment-status`.",
    ("Resource", "_id"): "The logical id.",
    ("Resource", "_lastUpdated"): "When this version was written.",
    ("Resource", "_tag"): "A tag: the sources of the record.",
    ("Resource", "_source"): "Where the record comes from.",
    ("Resource", "_text"): "Words in the narrative: all must be there.",
    ("Resource", "_content"): "Words anywhere in the resource: all must be there.",
    ("Resource", "_filter"): "An expression of several filters (https://hl7.org/fhir/R5/search_filter.html).",
    ("Resource", "_has"): "That another resource refers to it: `_has:ResearchStudy:site:condition=vitiligo`.",
    ("Resource", "_type"): "In a search of all types: which of them.",
    (
        "Location",
        "near",
    ): "Within a distance of a place: `latitude|longitude|distance|units`, in km (50 unless said) "
    "or mi; the answer says how far.",
}
"""What parameters mean beyond what their expression says."""

BELOW: dict[tuple[str, str], Finder] = {
    ("ResearchStudy", "condition"): ancestors("condition"),
    ("ResearchStudy", "focus"): ancestors("intervention"),
    ("ResearchStudy", "focus-code"): ancestors("intervention"),
}
"""Parameters whose codes stand in a hierarchy that records say: code and all above it, for `:below`."""
