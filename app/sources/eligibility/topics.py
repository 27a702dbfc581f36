"""What a list is about: the words of its lead-in, and of items that can stand below it.

`Surgery:` above `Prior nasal surgery`, `A biopsy within 7 days`: where a list is written at the level of its lead-in,
the first item with no word of the topic is after it.
"""

import re
from collections.abc import Sequence

_LEADS_AND_ITEMS = (
    (
        r"cardi(?:ac|ovascular)|hearts?",
        r"cardi\w+|heart|QT\w*|E[CK]Gs?|LVEF|ejection|myocard\w+|arr?hythmi\w+|angina|coronary|NYHA|infarct\w*|valv\w+|"
        r"\w+cardia|ventric\w+|atrial|pacemakers?|torsades?|hypertensi\w+|blood pressure|vascular",
    ),
    (
        r"surg(?:ery|eries|ical)(?: procedures?)?",
        r"surg\w+|\w+(?:ectomy|plasty|otomy)|biops\w+|procedures?|catheter\w*|ana?esth\w+|operat\w+|placement|implant\w*|replacements?|bypass\w*",
    ),
    (
        r"contracepti\w+|child-?bearing|reproductive|birth control",
        r"(?:post-?)?menopaus\w+|amenorrh\w+|sterili\w+|hysterectom\w+|oophorectom\w+|\w*salping\w+|tubal|vasectom\w+|"
        r"contracept\w+|intra-?uterine|IUDs?|condoms?|diaphragms?|abstinen\w+|barrier|birth control|child-?bearing",
    ),
    (
        r"treatments?|therap(?:y|ies)|medications?|drugs?|medicines?",
        r"treat\w*|\w*therap\w*|surger\w+|drugs?|medic(?:ation|ine)s?|agents?|inhibitors?|inducers?|vaccin\w*|steroids?|"
        r"transfus\w+|transplant\w*|BMT|radiation|inject\w+|infus\w+|antibiotics?",
    ),
)
_TOPICS = tuple(
    (re.compile(rf"\b(?:{leads})\b", re.IGNORECASE), re.compile(rf"\b(?:{items})\b", re.IGNORECASE))
    for leads, items in _LEADS_AND_ITEMS
)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_OF_PEOPLE = re.compile(r"\b(?:they|who|if|must|patients?|subjects?|participants?|he/she)[ \t]*:$", re.IGNORECASE)
_NEAR = 400
_SHORT = 10
"""Words of a lead-in that names its topic; only that of contraception may stand in a long sentence."""


def count_of_topic(lead: str, items: Sequence[str]) -> int:
    """How many items, from the first on, are about what the lead-in is about; 0 where all are, or too few."""
    if _OF_PEOPLE.search(lead):
        return 0
    for n, (leads, words) in enumerate(_TOPICS):
        if leads.search(lead[-_NEAR:]) and (n == 2 or len(lead.split()) <= _SHORT):
            fits = [_is_about(item, words) and not _opens_as(item, lead) for item in items]
            return fits.index(False) if False in fits else 0
    return 0


def _is_about(item: str, words: re.Pattern[str]) -> bool:
    return bool(words.search(_IN_BRACKETS.sub("", item[:_NEAR])))


def _opens_as(item: str, lead: str) -> bool:
    """`Male patients should` after `Female patients should` is beside it."""
    first, other = item.casefold().split()[:3], lead.casefold().split()[:3]
    return len(first) == len(other) == 3 and first[1:] == other[1:]
