"""Whom a trial takes: the eligibility tree of a page, with the sex and the ages of cohorts and trial."""

from collections.abc import Sequence

from app.record.parts import Age
from app.record.spans import Span
from app.sources.ages import read_age_criterion, read_age_line
from app.sources.document import Line
from app.sources.eligibility.criteria import read_listed_eligibility
from app.sources.pages.draft import Draft


def take_population(draft: Draft, lines: Sequence[Line], sex: Span | None, ages: Span | None) -> None:
    """`sex` and `ages` are where the page states them for the trial as a whole. Without such ages, the trial's
    are the widest over its cohorts, and unknown as soon as one cohort has none."""
    _take_eligibility(draft, lines)
    trial = draft.trial
    if sex:
        trial.sex = draft.take("sex", sex, conversion="sex")
        for i, cohort in enumerate(trial.cohorts):
            cohort.sex = draft.take(f"cohorts.{i}.sex", sex, conversion="sex")
    if ages:
        trial.minimum_age, trial.maximum_age = _take_ages(draft, "", ages)
    found: list[Span] = []
    stated = _find_ages(draft)
    for i, cohort in enumerate(trial.cohorts):
        own = ages if ages and len(trial.cohorts) == 1 else stated.get(i)
        if own:
            cohort.minimum_age, cohort.maximum_age = _take_ages(draft, f"cohorts.{i}.", own)
            found.append(own)
    if not ages and found and len(found) == len(trial.cohorts):
        trial.minimum_age = draft.take("minimum_age", *found, conversion="lowest-minimum-age")
        trial.maximum_age = draft.take("maximum_age", *found, conversion="highest-maximum-age")


def is_age_line(text: str) -> bool:
    return read_age_line(text) is not None


def _take_eligibility(draft: Draft, lines: Sequence[Line]) -> None:
    found = read_listed_eligibility(lines)
    draft.trial.cohorts, draft.trial.criteria = found.cohorts, found.criteria
    draft.trial.facts += [fact.model_copy(update={"document": draft.document.id}) for fact in found.facts]
    for issue in found.issues:
        draft.issue(issue.code, issue.severity, issue.message, issue.line)
    draft.keep_lines(found.lines)


def _take_ages(draft: Draft, prefix: str, span: Span) -> tuple[Age | None, Age | None]:
    return (
        draft.take(f"{prefix}minimum_age", span, conversion="minimum-age"),
        draft.take(f"{prefix}maximum_age", span, conversion="maximum-age"),
    )


def _find_ages(draft: Draft) -> dict[int, Span]:
    """For each cohort, the one inclusion criterion that says its ages; a cohort with none, or several, is left out."""
    spans: dict[int, list[Span]] = {}
    for criterion in draft.trial.criteria:
        top = criterion.type == "inclusion" and criterion.role == "criterion" and criterion.depth == 0
        if top and len(criterion.spans) == 1 and read_age_criterion(criterion.text):
            spans.setdefault(criterion.cohort, []).append(criterion.spans[0])
    return {cohort: found[0] for cohort, found in spans.items() if len(found) == 1}
