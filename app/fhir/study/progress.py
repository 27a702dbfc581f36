"""ResearchStudy's status and dates: progressStatus, period, registration activities.

- `progressStatus` has the trial's state now, and an entry `overall-study` from start to completion, as the official
  example of a registry record has it; it is actual if the completion date is.
- R4 `status` is the trial's state. For `unknown` it is that of the last known status, where the source says it; for
  other states that R4 has no word for, see `app.record.codes.STATUS`.
- A start after the completion is the source's error. A Period cannot say it (per-1): the completion becomes a
  registration activity instead, as is a date that is no FHIR date, in words.
- A trial's launch date is no `period.start`: the source does not say what was launched. It is a registration date.
- A date that has an element of its own is a registration date too where the source says whether it is actual and that
  element does not: the last update, and a start of another type than the completion.
"""

from app.fhir.datatypes import Json, coding, concept, date_time, element, extension, words
from app.fhir.releases import R4, R5, status_concept
from app.record.codes import STATUS, STUDY_STATUS_SYSTEM
from app.record.parts import TrialDate
from app.record.trial import Trial

STUDY_REGISTRATION = "http://hl7.org/fhir/StructureDefinition/researchStudy-studyRegistration"
ACTIVITY_SYSTEM = "http://hl7.org/fhir/research-study-registration-activity"

ACTIVITIES = {
    "primary-completion": "primary-outcome-data-collection",
    "first-submitted": "registration-submission",
    "first-submitted-qc": "registration-submission-qc",
    "first-posted": "registration-posting",
    "results-first-submitted": "results-submission",
    "results-first-submitted-qc": "results-submission-qc",
    "results-first-posted": "results-posting",
    "disposition-first-submitted": "disposition-submission",
    "disposition-first-submitted-qc": "disposition-submission-qc",
    "disposition-first-posted": "disposition-posting",
    "last-update-submitted": "update-submission",
    "last-update": "update-posting",
    "verified": "record-verification",
}
"""Kind of date -> code of its registration activity; a kind without one is text only."""

WORDINGS = {"as-of": "Current as of", "last-update": "Last update posted"}
"""Kinds of date that are not worded as they are spelled."""


def r4_status(trial: Trial) -> str | None:
    status = trial.overall_status
    if status == "unknown" and trial.last_known_status:
        status = trial.last_known_status
    return R4.code(STATUS[status]) if status else None


def last_update(trial: Trial) -> str | None:
    return date_time(trial.date("last-update"))


def period(trial: Trial) -> Json:
    start, end = date_time(trial.date("start")), date_time(trial.date("completion"))
    return element(start=start, end=None if _contradict(start, end) else end)


def progress(trial: Trial, period: Json) -> list[Json]:
    """R5's words in both releases: what R4 carries in the extension is the R5 element."""
    last_known = trial.last_known_status if trial.overall_status == "unknown" else None
    state = status_concept(R5, trial.overall_status, last_known)
    now = element(state=state, actual=True) if state else {}
    if not period:
        return [now]
    overall, completion = concept(coding(STUDY_STATUS_SYSTEM, "overall-study"), text="Overall study"), _type(trial)
    return [now, element(state=overall, actual=completion == "actual" if completion else None, period=period)]


def why_stopped(trial: Trial) -> Json:
    return concept(text=trial.why_stopped)


def registrations(trial: Trial, period: Json) -> list[Json]:
    """`period` is what `ResearchStudy.period` says."""
    completion = _type(trial)
    # kind -> the value said elsewhere, and the type said with it
    elsewhere = {
        "start": (period.get("start"), completion),
        "completion": (period.get("end"), completion),
        "last-update": (last_update(trial), None),
    }
    made = []
    for date in trial.dates:
        value, type = elsewhere.get(date.kind, (None, None))
        if value != date.value or (date.type and date.type != type):
            made.append(_registration(date))
    return made


def _type(trial: Trial) -> str | None:
    """Of the completion date."""
    return next((date.type for date in trial.dates if date.kind == "completion"), None)


def _registration(date: TrialDate) -> Json:
    wording, value = WORDINGS.get(date.kind) or words(date.kind), date_time(date.value)
    activity = concept(
        coding(ACTIVITY_SYSTEM, ACTIVITIES.get(date.kind)), text=wording if value else f"{wording}: {date.value}"
    )
    return extension(
        STUDY_REGISTRATION,
        extension("activity", valueCodeableConcept=activity),
        extension("actual", valueBoolean=date.type == "actual" if date.type else None),
        extension("period", valuePeriod=element(start=value, end=value)),
    )


def _contradict(start: str | None, end: str | None) -> bool:
    """Dates of different precision are compared as far as both go."""
    if not start or not end:
        return False
    known = min(len(start), len(end))
    return start[:known] > end[:known]
