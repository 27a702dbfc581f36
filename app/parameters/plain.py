"""Names of the plain API for trials: other words for parameters of FHIR, and what FHIR has no parameter for."""

from collections.abc import Iterable
from typing import NamedTuple

from app.parameters.own import Finder
from app.parameters.paths import Element
from app.record.codes import PHASE, SEX, SOURCES, STATUS
from app.record.trial import Trial


class Plain(NamedTuple):
    """`means` is the FHIR parameter that it is another name of, with the modifier that is meant when none is given;
    `choices` are the only values. Without `means`, `find` finds the elements in the record."""

    name: str
    doc: str
    means: str = ""
    choices: tuple[str, ...] = ()
    kind: str = "token"
    find: Finder | None = None


def _phases(trial: Trial) -> Iterable[Element]:
    return map(Element, trial.phases)


def _sex(trial: Trial) -> Iterable[Element]:
    return [Element(trial.sex)] if trial.sex else []


def _sponsors(trial: Trial) -> Iterable[Element]:
    return [Element(party.name) for party in trial.parties_with("lead-sponsor")]


def _keywords(trial: Trial) -> Iterable[Element]:
    return map(Element, trial.keywords)


_STUDY_TYPES = ("interventional", "observational", "expanded-access")
_STATUSES = tuple(STATUS.codes)
_YES = ("true", "false")

PLAIN: tuple[Plain, ...] = (
    Plain("id", "The trial's id.", "_id"),
    Plain("identifier", "Any identifier of the trial.", "identifier"),
    Plain("title", "Words that stand in the title.", "title:contains"),
    Plain("overall_status", "The trial's state.", "recruitment-status", _STATUSES),
    Plain("phase", "A phase of the trial.", choices=tuple(PHASE.codes), find=_phases),
    Plain("sex", "Who may take part, by sex.", choices=tuple(SEX.codes), find=_sex),
    Plain("condition", "The code of a condition, such as `vitiligo`.", "condition"),
    Plain("condition_text", "The beginning of a condition's name.", "condition:text"),
    Plain("intervention", "The beginning of an intervention's name.", "intervention"),
    Plain("keyword", "The beginning of a keyword.", kind="string", find=_keywords),
    Plain("sponsor", "The beginning of the lead sponsor's name.", kind="string", find=_sponsors),
    Plain("country", "A country with a site, ISO 3166-1 alpha-2 (`US`).", "country"),
    Plain("near", "A site near a place: `latitude|longitude|distance|units`.", "near"),
    Plain("site_status", "The state of a site of the trial.", "site-status", _STATUSES),
    Plain("study_type", "The kind of study.", "study-type", _STUDY_TYPES),
    Plain("has_results", "Whether results are posted.", "has-results", _YES),
    Plain("start", "When the trial started or will start, such as `ge2026-03`.", "start"),
    Plain("completion", "When the trial ended or will end.", "completion"),
    Plain("last_update", "When the last update was posted.", "last-update"),
    Plain("status_changed", "When the state was noticed to have changed, such as `ge2026-03-01`.", "status-changed"),
    Plain(
        "stale",
        "`true`: the state is unknown, or it is one that will change and no source has confirmed it for two years.",
        "stale",
    ),
    Plain("source", "A source of the record.", "_tag", tuple(SOURCES)),
    Plain("updated", "When this version of the record was written.", "_lastUpdated"),
    Plain("text", "Words anywhere in the record: all must be there.", "_content"),
)
