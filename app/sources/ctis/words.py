"""The codes of the EU's CTIS -> ours, only where the meaning is the same.

Status and phase codes are those of the public portal (https://euclinicaltrials.eu/search-for-clinical-trials).
"""

PUBLIC_STATUS = {
    2: "not-yet-recruiting",
    3: "recruiting",
    4: "recruiting",
    5: "active-not-recruiting",
    6: "suspended",
    7: "suspended",
}
"""2 Authorised, recruitment pending; 3 Authorised, recruiting; 4 Ongoing, recruiting; 5 Ongoing, recruitment ended;
6 Temporarily halted; 7 Suspended. Not in it: 1 Under evaluation, 8 Ended (as planned or early), 9 Expired, 10 Revoked,
11 Not authorised, 12 Cancelled and above."""

STATUS_WORDS = {
    "authorised, not started": "not-yet-recruiting",
    "authorised, recruitment pending": "not-yet-recruiting",
    "authorised, recruiting": "recruiting",
    "ongoing, not yet recruiting": "not-yet-recruiting",
    "ongoing, recruiting": "recruiting",
    "ongoing, recruitment ended": "active-not-recruiting",
    "temporarily halted": "suspended",
    "suspended": "suspended",
}
"""The words of the public status. `Authorised` alone is the status of the application: no word on recruitment."""

PHASES = {
    **{code: ["phase-1"] for code in ("1", "2", "3")},
    "4": ["phase-2"],
    "5": ["phase-3"],
    "6": ["phase-4"],
    **{code: ["phase-1", "phase-2"] for code in ("7", "8", "9")},
    "10": ["phase-2", "phase-3"],
    "11": ["phase-3", "phase-4"],
}
AGE_GROUPS = {"0-17 years": "child", "18-64 years": "adult", "65+ years": "older-adult"}
"""The same bounds as ClinicalTrials.gov's."""


def read_public_status(word: str) -> str | None:
    """The code of the portal's number (`4`) or word (`Ongoing, recruiting`)."""
    folded = " ".join(word.lower().split())
    return PUBLIC_STATUS.get(int(folded)) if folded.isascii() and folded.isdigit() else STATUS_WORDS.get(folded)
