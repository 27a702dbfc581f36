"""A trial and a patient's facts in; a line for each thing that the trial demands out, and what they come to.

A line is *met*, *not met* or *unknown*. An inclusion criterion is met by whoever is as it says. An exclusion criterion
is not met by whoever is as it says, and met by whoever is known not to be. Unknown is what no typed constraint says,
what no fact tells, and whatever has an exception; nothing is assumed from silence.

What stands below a criterion is combined as the text says (`any-of`, `all-of`); where it does not say, only what holds
of every child holds of the parent. A *definite failure* is a line at the top of a cohort's tree that is not met: who
is in an `any-of` list for another of its items has not failed. A trial takes who fits one of its cohorts, so it is
excluded where each of them is, and its score is that of the best.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.below import restrictions
from app.eligibility.grammar.mentions import Name, read_mentions
from app.eligibility.grammar.read import read_constraints
from app.eligibility.grammar.wording import Wording, read_wording
from app.eligibility.matching.cohorts import SEXES, takes_both
from app.eligibility.matching.demands import Demand, Place, demands, names_of
from app.eligibility.matching.facts import Fact, Facts
from app.eligibility.matching.judge import Names, Verdict, judge, start_of
from app.eligibility.matching.score import Result, score
from app.record.trial import Criterion, Trial, criterion_path

NOT_UNDERSTOOD = "nothing in the text can be computed with"
DURATION = "a time alone is not computed with"
BOTH_SEXES = "others of the cohort are of the other sex"
IN_PART = "only a part of the text can be computed with"


DECISIVE = {
    ("inclusion", "and"): False,
    ("inclusion", "with"): False,
    ("exclusion", "with"): False,
    ("exclusion", "or"): True,
}
"""What one constraint decides for all that are so joined."""


class Check(NamedTuple):
    """A constraint and whether it holds of the patient."""

    constraint: Constraint
    verdict: Verdict


class Line(NamedTuple):
    """`path` names it in its trial: a criterion's (`app.record.trial.criterion_path`) or `1-minimum-age`. `parent` is
    the path of the line that it is a part of: whether that one is met decides. `why` says why it is unknown."""

    path: str
    cohort: int
    parent: str | None
    type: Literal["inclusion", "exclusion"]
    text: str
    combination: str | None
    result: Result
    why: str
    checks: tuple[Check, ...]
    source: Place


class CohortMatch(NamedTuple):
    label: str | None
    score: float
    excluded: bool


class Match(NamedTuple):
    trial_id: str
    score: float
    excluded: bool
    cohorts: tuple[CohortMatch, ...]
    lines: tuple[Line, ...]


def match(trial: Trial, facts: Facts) -> Match:
    """The lines in the order of the record, the demands that are no criteria first in each cohort."""
    names = names_of(trial)
    lines: list[Line] = []
    cohorts: list[CohortMatch] = []
    for number, cohort in enumerate(demands(trial)):
        own = [_demanded(number, one, facts, names) for one in cohort.demands]
        own += _criteria(trial, number, facts, names)
        failed = any(line.result == "not-met" and line.parent is None for line in own)
        cohorts.append(CohortMatch(cohort.label, score((line.result for line in own), failed), failed))
        lines += own
    excluded = all(one.excluded for one in cohorts)
    return Match(trial.id, max(one.score for one in cohorts), excluded, tuple(cohorts), tuple(lines))


def _demanded(cohort: int, demand: Demand, facts: Facts, names: Names) -> Line:
    verdict = demand.judge(facts) if demand.judge else judge(demand.constraint, facts, names)
    result, why = _result("inclusion", verdict.holds), verdict.why
    path = f"{cohort + 1}-{demand.field}"
    checks = (Check(demand.constraint, verdict),)
    return Line(path, cohort, None, "inclusion", demand.text, None, result, why, checks, demand.place)


def _criteria(trial: Trial, cohort: int, facts: Facts, names: Names) -> list[Line]:
    """A line for each criterion, the parents decided by what stands below them."""
    below: dict[int | None, list[int]] = {}
    restricted = restrictions(trial.criteria)
    for number, criterion in enumerate(trial.criteria):
        if criterion.cohort == cohort and criterion.role == "criterion" and criterion.text.strip():
            below.setdefault(_parent(trial.criteria, number), []).append(number)
    made: dict[int, Line] = {}
    for number in sorted((one for children in below.values() for one in children), reverse=True):
        parts = [made[child] for child in below.get(number, ())]
        made[number] = _line(trial, number, restricted.get(number), parts, facts, names)
    return [made[number] for number in sorted(made)]


def _parent(criteria: Sequence[Criterion], number: int) -> int | None:
    """The criterion above, past notes."""
    parent = criteria[number].parent
    while parent is not None and (criteria[parent].role == "note" or not criteria[parent].text.strip()):
        parent = criteria[parent].parent
    return parent


def _line(trial: Trial, number: int, restricted: str | None, parts: Sequence[Line], facts: Facts, names: Names) -> Line:
    """`restricted`: what around the criterion makes an exception of it."""
    criterion = trial.criteria[number]
    wording = _wording(criterion.text, criterion.heading, tuple(names))
    if restricted is not None:
        judged = (one._replace(exception=one.exception or restricted) for one in wording.judged)
        wording = wording._replace(judged=tuple(judged))
    since = start_of(wording.window, facts.day) if wording.window else None
    verdicts = [judge(one, facts, names, since) for one in wording.judged]
    if any(one.kind == "sex" and one.code in SEXES for one in wording.judged) and takes_both(trial, criterion.cohort):
        of_sex = Verdict(None, (), BOTH_SEXES)
        verdicts = [of_sex if one.kind == "sex" else made for one, made in zip(wording.judged, verdicts, strict=True)]
    checks = (
        *(Check(one, verdict) for one, verdict in zip(wording.judged, verdicts, strict=True)),
        *(Check(one, Verdict(None, (), DURATION)) for one in wording.durations),
    )
    own = _stated(criterion.type, wording, [verdict.holds for verdict in verdicts])
    result, why = own, _why(wording, checks)
    if parts:
        result = _combined(criterion, wording, own, [part.result for part in parts])
        why = "what stands below it does not decide it"
    if restricted is not None and result != "unknown":
        result, why = "unknown", "the criteria around it restrict it"
    parent = _parent(trial.criteria, number)
    return Line(
        criterion_path(trial.criteria, number),
        criterion.cohort,
        None if parent is None else criterion_path(trial.criteria, parent),
        criterion.type,
        criterion.titled_text,
        criterion.combination,
        result,
        why if result == "unknown" else "",
        checks,
        Place.of(trial, f"criteria.{number}.text", criterion.spans),
    )


@lru_cache(maxsize=1 << 13)  # registries' words, which come again with every patient: nothing of a patient is kept
def _wording(text: str, heading: str | None, names: tuple[Name, ...]) -> Wording:
    stated = read_constraints(text, heading)
    mentions = [
        one
        for one in read_mentions(text, names)
        if not any(one.start < other.end and other.start < one.end for other in stated)
    ]
    return read_wording(text, sorted((*stated, *mentions), key=lambda one: (one.start, one.end)))


def _stated(type: Literal["inclusion", "exclusion"], wording: Wording, truths: Sequence[bool | None]) -> Result:
    """What the text itself comes to. Names joined by `or` in an inclusion criterion, or by `and` in an exclusion
    criterion, are often meant the other way: there, only what all of them say is said."""
    if not truths or any(one.exception is not None for one in wording.judged):
        return "unknown"
    if type == "exclusion" and wording.demand:  # it may say who may take part, or who may not
        return "unknown"
    clause = wording.clause == "with" or (wording.clause is not None and type == "inclusion")
    holds = truths[0] if len(set(truths)) == 1 else None
    decisive = DECISIVE.get((type, wording.join))
    if decisive is not None and decisive in truths:
        holds = decisive
    conjoined = ("one", "and", "with") if type == "inclusion" else ("one", "with")
    if not wording.covered and not (clause and False in truths and wording.join in conjoined):
        return "unknown"
    if not wording.covered:  # one part of a conjunction fails: all of it does
        holds = False
    return _result(type, holds)


def _result(type: str, holds: bool | None) -> Result:
    if holds is None:
        return "unknown"
    return "met" if holds is (type == "inclusion") else "not-met"


def _combined(criterion: Criterion, wording: Wording, own: Result, parts: Sequence[Result]) -> Result:
    """What a criterion comes to with what stands below it. An exclusion criterion holds of whoever does not meet its
    lines: `any-of` those is not met where one is not."""
    every = {("inclusion", "all-of"), ("exclusion", "any-of")}
    one = {("inclusion", "any-of"), ("exclusion", "all-of")}
    said = (criterion.type, criterion.combination)
    result: Result = parts[0] if len(set(parts)) == 1 else "unknown"
    if said in every and "not-met" in parts:
        result = "not-met"
    if said in one and "met" in parts:
        result = "met"
    if wording.judged:
        return result if result == own else "unknown"
    if wording.leads_in or (criterion.type == "exclusion" and result == "met" and wording.exhaustive):
        return result
    return "unknown"


def _why(wording: Wording, checks: Iterable[Check]) -> str:
    """The first thing that is missing."""
    if not wording.judged and not wording.durations:
        return NOT_UNDERSTOOD
    return next((check.verdict.why for check in checks if check.verdict.why not in ("", DURATION)), IN_PART)


def facts_of(line: Line) -> tuple[Fact, ...]:
    """The facts that a line's checks looked at, each once."""
    found = {id(fact): fact for check in line.checks for fact in check.verdict.facts}
    return tuple(found.values())
