"""One vocabulary table: the source's word, our code, the R4 and the R5 code, the display.

Our codes are ClinicalTrials.gov's enum values in lower case with hyphens
(https://clinicaltrials.gov/data-api/about-api/study-data-structure).
"""

from collections.abc import Iterator
from typing import NamedTuple

BASE = "https://trial-registry.example/fhir"
"""Our own canonical base: a name that never changes, not an address that must answer."""

CONDITION_SYSTEM = f"{BASE}/CodeSystem/condition"
CRITERION_SYSTEM = f"{BASE}/CodeSystem/criterion"
RECRUITMENT_SYSTEM = f"{BASE}/CodeSystem/recruitment-status"
STUDY_STATUS_SYSTEM = "http://hl7.org/fhir/research-study-status"


class Code(NamedTuple):
    code: str
    display: str
    r4: str | None
    r5: str | None
    words: tuple[str, ...] = ()
    """Further spellings that sources use, folded to lower case; the display is always one."""


class Vocabulary:
    """A closed set of codes of one kind, looked up by our code or by a source's word."""

    def __init__(self, *codes: Code) -> None:
        self.codes = {code.code: code for code in codes}
        self._words = {word: code.code for code in codes for word in (code.display.lower(), *code.words)}

    def __getitem__(self, code: str) -> Code:
        return self.codes[code]

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes.values())

    def read(self, word: str) -> str | None:
        """Our code for a source's word, or None when the word is not known: never a guess."""
        return self._words.get(" ".join(word.split()).lower())


# R4: http://hl7.org/fhir/R4/valueset-research-study-status.html, R5: http://hl7.org/fhir/R5/valueset-research-study-status.html
# R4 requires a status and has no word for the last five: `active` while the trial may be under way or
# treatment can be had, `completed` once it no longer can. The source's word always stands beside it.
STATUS = Vocabulary(
    Code("not-yet-recruiting", "Not yet recruiting", "approved", "not-yet-recruiting"),
    Code("recruiting", "Recruiting", "active", "recruiting"),
    Code("enrolling-by-invitation", "Enrolling by invitation", "active", "enrolling-by-invitation"),
    Code(
        "active-not-recruiting",
        "Active, not recruiting",
        "closed-to-accrual",
        "active-but-not-recruiting",
        ("active not recruiting", "active - not recruiting"),
    ),
    Code("suspended", "Suspended", "temporarily-closed-to-accrual", "temporarily-closed-to-accrual"),
    Code("completed", "Completed", "completed", "completed"),
    Code("terminated", "Terminated", "administratively-completed", "terminated"),
    Code("withdrawn", "Withdrawn", "withdrawn", "withdrawn"),
    Code("unknown", "Unknown status", "active", None, ("unknown",)),
    Code("withheld", "Withheld", "active", None),
    Code("available", "Available", "active", None),
    Code("temporarily-not-available", "Temporarily not available", "active", None),
    Code("no-longer-available", "No longer available", "completed", None),
    Code("approved-for-marketing", "Approved for marketing", "completed", None),
)

UNFINISHED = (
    "not-yet-recruiting",
    "recruiting",
    "enrolling-by-invitation",
    "active-not-recruiting",
    "suspended",
    "available",
    "temporarily-not-available",
)
"""Statuses that will change: a record with one of them grows stale when nobody confirms it."""

STALE_AFTER_YEARS = 2
"""ClinicalTrials.gov shows a study as UNKNOWN when its status was not verified for two years
(https://clinicaltrials.gov/study-basics/glossary)."""

# R4 http://terminology.hl7.org/CodeSystem/research-study-phase, R5 http://hl7.org/fhir/research-study-phase: same codes
PHASE = Vocabulary(
    Code("n-a", "N/A", "n-a", "n-a", ("not applicable",)),
    Code("early-phase-1", "Early Phase 1", "early-phase-1", "early-phase-1"),
    Code("phase-1", "Phase 1", "phase-1", "phase-1"),
    Code("phase-2", "Phase 2", "phase-2", "phase-2"),
    Code("phase-3", "Phase 3", "phase-3", "phase-3"),
    Code("phase-4", "Phase 4", "phase-4", "phase-4"),
)

# http://hl7.org/fhir/administrative-gender; `all` has no code there: nothing is excluded
SEX = Vocabulary(
    Code("all", "All", None, None),
    Code("female", "Female", "female", "female"),
    Code("male", "Male", "male", "male"),
)

# R4 has no value set for an outcome's type beyond the objective's; both name the third one exploratory
OUTCOME_TYPE = Vocabulary(
    Code("primary", "Primary", "primary", "primary"),
    Code("secondary", "Secondary", "secondary", "secondary"),
    Code("other", "Exploratory", "exploratory", "exploratory"),
)

# http://hl7.org/fhir/R5/valueset-research-study-party-role.html (R4 carries it in the cross-version extension)
PARTY_ROLE = Vocabulary(
    Code("lead-sponsor", "lead-sponsor", "lead-sponsor", "lead-sponsor"),
    Code("collaborator", "collaborator", "collaborator", "collaborator"),
    Code("principal-investigator", "Principal Investigator", "primary-investigator", "primary-investigator"),
    Code("sub-investigator", "Sub-Investigator", "sub-investigator", "sub-investigator"),
    Code("study-director", "Study Director", "study-director", "study-director"),
    Code("study-chair", "Study Chair", "study-chair", "study-chair"),
)

AGE_UNITS = {"years": "a", "months": "mo", "weeks": "wk", "days": "d"}
"""Our unit -> UCUM code (https://ucum.org/ucum)."""

TERMS = {
    "ctgov": "https://clinicaltrials.gov/about-site/terms-conditions",
    "ictrp": "https://www.who.int/about/policies/publishing/copyright",
    "ctis": "https://euclinicaltrials.eu/legal-notice",
    "clinconnect": "the site's own terms; none are stated on the page",
    "trialx": "the site's own terms; none are stated on the page",
}
"""Source -> the terms on which its data is used."""

REGISTRY_SOURCES = ("ctgov", "ictrp", "ctis")
"""Sources that publish registries' own records; the others are listings, which a registry's removal outlives."""

SOURCES = {
    "ctgov": "ClinicalTrials.gov",
    "ictrp": "WHO ICTRP",
    "ctis": "EU CTIS",
    "clinconnect": "ClinConnect",
    "trialx": "TrialX",
}
"""Source -> the name people know it by."""
