"""A study's status and its dates, which follow from one another: submitted, started, completed, updated, posted."""

from datetime import date
from typing import Any, NamedTuple

from app.generate import shares, words
from app.generate.draw import Draw, Weighted, day

TODAY = date(2026, 6, 30).toordinal()
"""The day on which this registry was read."""
_DAYS_POSTED_FOR_CERTAIN = date(2017, 1, 18).toordinal()
"""Before, the registry estimated the day on which a record had been posted."""
_FIRST = date(1999, 9, 20).toordinal()
_OPEN = ("RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION", "SUSPENDED")


class Status(NamedTuple):
    """`module` is the statusModule; `submitted` and `updated` are day numbers."""

    module: dict[str, Any]
    overall: str
    submitted: int
    updated: int
    has_results: bool

    @property
    def site_statuses(self) -> Weighted[str] | None:
        """Of what its sites say, as long as they say anything."""
        if self.overall == "AVAILABLE":
            return shares.ACCESS_SITE_STATUS
        return shares.SITE_STATUS if self.overall in _OPEN else None

    @property
    def enrollment_type(self) -> str:
        return "ESTIMATED" if self.overall in (*_OPEN, "UNKNOWN") else "ACTUAL"

    @property
    def nobody(self) -> bool:
        return self.overall == "WITHDRAWN"


def _partial(draw: Draw, ordinal: int, dated: str) -> dict[str, Any]:
    """A date to the day, or, half as often, to the month; seldom without its type."""
    text = day(ordinal)
    found = {"date": text[:7] if draw.number() < 0.35 else text}
    if draw.number() < 0.97:
        found["type"] = dated
    return found


def _posted(draw: Draw, submitted: int) -> dict[str, Any]:
    when = min(submitted + draw.amount(shares.TO_POST), TODAY)
    return {"date": day(when), "type": "ESTIMATED" if when < _DAYS_POSTED_FOR_CERTAIN else "ACTUAL"}


def status(draw: Draw, nct_id: str, study_type: str) -> Status:
    access = study_type == "EXPANDED_ACCESS"
    overall = draw.weighted(shares.ACCESS_STATUS if access else shares.STATUS)
    submitted = max(_FIRST, TODAY - draw.amount(shares.SUBMITTED_BEFORE))
    if overall in _OPEN:
        submitted = max(submitted, TODAY - draw.below(2200))
    start = submitted + draw.amount(shares.SUBMIT_TO_START)
    lasts = draw.amount(shares.START_TO_PRIMARY)
    if overall == "NOT_YET_RECRUITING":
        start = TODAY + draw.below(240)
    elif overall in ("COMPLETED", "TERMINATED"):
        start = min(start, TODAY - 40)
        lasts = min(lasts, TODAY - start - 30)
    elif overall in _OPEN:
        start = min(start, TODAY - 1)
        lasts = max(lasts, TODAY - start + 60)
    primary = start + lasts
    end = primary + draw.amount(shares.PRIMARY_TO_END)
    if overall == "COMPLETED":
        end = min(end, TODAY)
    done = "ACTUAL" if overall in ("COMPLETED", "TERMINATED") else "ESTIMATED"
    has_results = overall in ("COMPLETED", "TERMINATED") and primary + 30 < TODAY and draw.number() < 0.31
    updated = min(TODAY - 3, submitted + draw.amount(shares.SUBMIT_TO_UPDATE))
    if overall in _OPEN:
        updated = max(updated, TODAY - 3 - draw.below(600))
    elif overall == "UNKNOWN":
        updated = min(updated, TODAY - 800)
    updated = max(updated, submitted)

    module: dict[str, Any] = {"statusVerifiedDate": day(updated)[:7], "overallStatus": overall}
    if overall == "UNKNOWN":
        module["lastKnownStatus"] = draw.weighted(shares.LAST_KNOWN)
    if overall == "WITHHELD" or draw.number() < 0.006:
        module["delayedPosting"] = True
    if overall in ("TERMINATED", "WITHDRAWN", "SUSPENDED") and draw.number() < 0.92:
        module["whyStopped"] = draw.one(words.WHY_STOPPED)
    if not access:
        expanded: dict[str, Any] = {"hasExpandedAccess": draw.number() < 0.012}
        if expanded["hasExpandedAccess"]:
            expanded["nctId"] = f"NCT7{nct_id[4:]}"
            expanded["statusForNctId"] = draw.weighted(shares.ACCESS_STATUS)
            if expanded["statusForNctId"] == "WITHHELD":
                expanded["statusForNctId"] = "AVAILABLE"
        module["expandedAccessInfo"] = expanded
        module["startDateStruct"] = _partial(draw, start, "ACTUAL" if start < TODAY else "ESTIMATED")
        if draw.number() < 0.95:
            module["primaryCompletionDateStruct"] = _partial(draw, primary, done)
        if draw.number() < 0.94:
            module["completionDateStruct"] = _partial(draw, end, done if end <= TODAY else "ESTIMATED")
    module["studyFirstSubmitDate"] = day(submitted)
    passed = min(submitted + draw.below(9), TODAY)
    module["studyFirstSubmitQcDate"] = day(passed)
    module["studyFirstPostDateStruct"] = _posted(draw, passed)
    if has_results:
        sent = min(primary + draw.amount(shares.PRIMARY_TO_RESULTS), TODAY - 20)
        module["resultsFirstSubmitDate"] = day(sent)
        passed = min(sent + draw.below(60), TODAY)
        module["resultsFirstSubmitQcDate"] = day(passed)
        module["resultsFirstPostDateStruct"] = _posted(draw, passed)
        updated = max(updated, sent)
    if draw.number() < 0.01:
        sent = min(max(primary, submitted) + 300, TODAY - 20)
        module["dispFirstSubmitDate"] = day(sent)
        module["dispFirstSubmitQcDate"] = day(sent + 2)
        module["dispFirstPostDateStruct"] = _posted(draw, sent)
    module["lastUpdateSubmitDate"] = day(updated)
    module["lastUpdatePostDateStruct"] = _posted(draw, updated)
    return Status(module, overall, submitted, updated, has_results)
