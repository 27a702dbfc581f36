"""Inclusion and exclusion criteria as two texts -> one text, the tree in it, and whom it is for (ICTRP and CTIS)."""

import re

from app.record.parts import Population
from app.record.trial import Cohort, Trial
from app.sources.conversions import read_criterion_type
from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility
from app.sources.eligibility.items import read_items
from app.sources.eligibility.titles import read_title
from app.sources.exports.leaves import Record

_SAME_LINE = re.compile(r"(?P<heading>\s*(?:inclusion|exclusion) criteria ?:)[^\S\n]*(?=\S)", re.IGNORECASE)
_TIGHT_MARK = re.compile(r"^([ \t]{0,99}[-*•])(?=[A-Za-z])", re.MULTILINE)


def join_criteria(inclusion: str, exclusion: str) -> str:
    """Both texts below headings, which are added only where a text has none of its type."""
    parts = [_head(text, kind) for text, kind in ((inclusion, "inclusion"), (exclusion, "exclusion")) if text.strip()]
    return "\n".join(parts)


def take_criteria(trial: Trial, text: str, record: Record) -> None:
    """The tree of `text`; each cohort gets the trial's sex and ages. The spans are places in `text`."""
    if text:
        found = read_eligibility(split_lines(text))
        trial.cohorts, trial.criteria = found.cohorts, found.criteria
        trial.population = (trial.population or Population()).model_copy(update={"criteria_text": text})
        for issue in found.issues:
            where = f"line {issue.line} of the criteria: " if issue.line else ""
            record.issue(issue.code, f"{where}{issue.message}", issue.severity)
    if not trial.cohorts and (trial.sex or trial.minimum_age or trial.maximum_age):
        trial.cohorts = [Cohort()]
    for cohort in trial.cohorts:
        cohort.sex, cohort.minimum_age, cohort.maximum_age = trial.sex, trial.minimum_age, trial.maximum_age


def _head(text: str, kind: str) -> str:
    text = _TIGHT_MARK.sub(r"\1 ", text)
    # on its own line, the heading leaves the number of the first criterion to be read
    text = _SAME_LINE.sub(r"\g<heading>\n", text, count=1) if _SAME_LINE.match(text) else text
    titles = (read_title(item) for item in read_items(split_lines(text)))
    kinds = {read_criterion_type(text[title.span.start : title.span.end]) for title in titles if title}
    return text if kind in kinds else f"{kind.capitalize()} criteria:\n{text}"
