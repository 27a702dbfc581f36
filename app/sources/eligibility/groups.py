"""Whom a list of criteria is for: a line in, the group of people or the part of the study that it names out.

`Arm B only:`, `For family members:`, `Healthy Volunteers` above a list, `Criteria for donor eligibility:`. Two names of
one group (`Controls`, `the control group`) have one key.
"""

import re
from typing import NamedTuple

from app.record.spans import Span
from app.sources.eligibility.headings import read_group
from app.sources.eligibility.languages import words_of
from app.sources.eligibility.marks import Item

_PEOPLE = (
    r"(?:patients?|donors?|recipients?|subjects?|participants?|controls?|volunteers?|care-?givers?|carers?|relatives|"
    r"siblings?|twins?|parents?|mothers?|fathers?|infants?|newborns?|neonates?|child(?:ren)?|adolescents?|adults?|"
    r"women|men|females?|males?|partners?|spouses?|famil(?:y|ies)|members?|clinicians?|physicians?|providers?|"
    r"professionals?|workers?|officials?|staff|nurses?|students?|teachers?|healthy|practices?|hospitals?|cases?|"
    r"individuals?|persons?|people|employees|residents?|users?|respondents?|survivors?|dyads?|stakeholders?|"
    r"informants?|youths?|teens?|couples?|boys?|girls?|peers?|coaches|leaders?|supervisors?|managers?|experts?|guardians?|"
    r"friends?|therapists?|doctors?|counsell?ors?|trainees?|veterans?|athletes?|representatives?)"
)
_PARTS = r"(?:cohorts?|groups?|arms?|parts?|phases?|stages?|strat(?:um|a)|sub-?stud(?:y|ies)|steps?|periods?)"
GROUP_WORD = re.compile(rf"\b(?:{_PEOPLE}|{_PARTS})\b", re.IGNORECASE)
_PERSON = re.compile(rf"\b{_PEOPLE}\b", re.IGNORECASE)
_WEAK = words_of(
    "patient participant subject individual person people study trial the a an all of for in only group cohort these "
    "those this such each must have following enrolled eligible population"
)
"""What names no group by itself, in the singular."""
_EVERYONE = re.compile(
    r"(?:all|everyone|everybody)|(?:these|those|such) \w+|"
    r"(?:all|both|every|any) (?:of )?(?:the )?(?:enrolled |eligible )?"
    r"(?:subjects?|patients?|participants?|volunteers?|individuals|people|cohorts?|arms?|groups?|parts?|phases?|"
    r"study participants|study subjects|trial participants|randomi[sz]ations|stud(?:y|ies))",
    re.IGNORECASE,
)
_PART = (
    r"(?:(?:cohorts?|groups?|arms?|parts?|phases?|stages?|strat(?:um|a)|sub-?study|steps?) "
    r"(?:(?-i:[A-Z]{1,4})|[a-z]|\d{1,2}[A-Za-z]?)(?![\w-])"
    r"(?:(?:,| and|,? or| &|/) ?(?:(?:cohort|group|arm|part|phase|stage|stratum|step) )?"
    r"(?:(?-i:[A-Z]{1,2})|[a-z]|\d{1,2}[A-Za-z]?)\b)*"
    r"|(?:aim|study|module|experiment|track|project|trial) (?:\d{1,2}[A-Za-z]?|(?-i:[A-Z]))(?![\w-])"
    r"|(?:first|second|third|fourth|fifth) (?:cohort|group|arm|part|phase|stage|stratum)\b)"
)
_PART_NAMED = re.compile(rf"\b{_PART}", re.IGNORECASE)
_FOR = r"(?:(?:additional|specific|eligibility)? ?(?:criteria|requirements)? ?(?:for|in) )?"
_PART_TITLE = re.compile(
    rf"{_FOR}(?P<label>{_PART}(?: only)?(?: ?[:–—-]? ?\([^()]{{1,120}}\)| ?[:–—-] [^.:;]{{1,80}})?)"
    r"(?: criteria)?[ \t]*[:–—-]*",
    re.IGNORECASE,
)
_PART_ALONE = re.compile(
    rf"(?P<label>{_PART}(?: only)?(?: ?:? ?\([^()]{{1,120}}\))?)(?: criteria)?[ \t]*:?", re.IGNORECASE
)
_PHASE_TITLE = re.compile(
    r"(?P<label>(?:[\w/+-]{1,30} ){1,5}(?:cohort|group|arm|phase|stage|part|sub-?study|period|escalation|expansion))s?"
    r"(?: only)?"
    r"(?P<end>[ \t]*:)?",
    re.IGNORECASE,
)
_PEOPLE_TITLE = re.compile(r"(?P<label>[^:.;,]{1,80}?)(?: only| must| must be| must have)?(?P<end>[ \t]*:)?")
_GROUP_ITEM = re.compile(
    r"(?:(?:inclusion )?(?:criteria )?for )?(?P<label>patients?|participants?|subjects?|(?:[\w-]{1,30} ){0,3}"
    r"(?:cohorts?|groups?|arms?|controls?|cases|donors?|recipients?|"
    r"volunteers?|care-?givers?|carers?|siblings?|relatives|clinicians?|providers?))[ \t]*:?",
    re.IGNORECASE,
)
_CAPITALS = re.compile(rf"(?P<label>(?:[\w/-]{{1,30}} ){{1,5}}{_PEOPLE}):", re.IGNORECASE)
_PREFIX = re.compile(r"(?P<label>[A-Z]{4,20}(?: [A-Z]{2,20}){0,2}):(?=[ \t]*\S)")
_CRITERIA_TITLE = re.compile(
    r"(?:eligibility )?criteria for (?P<label>[^:.;,]{1,60}?)(?: eligibility)?[ \t]*:?"
    r"|(?P<before>[^:.;,]{1,60}?)(?: eligibility)? criteria[ \t]*:?",
    re.IGNORECASE,
)
_RELATED = re.compile(
    rf"[\w/-]{{1,30}}(?: [\w/-]{{1,30}}){{0,2}} (?:for|in) (?P<label>{_PEOPLE}(?: [\w/-]{{1,30}}){{1,4}}):?",
    re.IGNORECASE,
)
"""`Sleep-related for participants with a purple elbow`, apart from the list below it."""
CRITERIA_OF = re.compile(
    r"(?:eligibility|inclusion|exclusion) criteria (?:to participate|for participation) in (?:the )?"
    r"(?P<label>(?:[\w-]{1,30} ){1,8}?[\w-]{1,30})(?= ?\(| ?:|\.?$| Note\b)",
    re.IGNORECASE,
)
_WHO = re.compile(r"\b(?:of|with|without|in|receiving|from|for|on)\b", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?:following|below|includ\w*|either|one|any|all|each|if|who|that|than|are|is|was|be|have|has|having|or|such|"
    r"not|no|history|at least|both|inclusion|exclusion)\b|[<>≤≥=]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\b(?:criteria|following|must|eligible|need|should|meet|have)\b|^(?:for|in|only) ", re.I)
_STAGE = re.compile(r"\bstages? [IVX\d]", re.IGNORECASE)
_DESCRIBED = re.compile(rf"(?P<label>{_PART} [^.:;,]{{1,60}}):", re.IGNORECASE)
_BETWEEN = re.compile(r", (?:and )?|/ ?| and | & ")
_INSIDE = re.compile(r" ?\([^()]*\)")
_NON = re.compile(r"\bnon(?:- | )(?=\w)", re.IGNORECASE)
_SEXES = re.compile(r"\b(?:wom[ae]n|m[ae]n|(?:fe)?males?)\b", re.IGNORECASE)


class Part(NamedTuple):
    """`label` None: everyone. `nested`: the groups that the headings below it name are groups of this part."""

    label: Span | None
    nested: bool = False


def is_everyone(label: str) -> bool:
    return bool(_EVERYONE.fullmatch(label))


def names_part(text: str) -> bool:
    return bool(_PART_NAMED.search(text))


def group_key(label: str) -> str:
    """One key for the names of one group; empty for a word such as `Patients`, which names one only beside others."""
    part = _PART_NAMED.search(label)
    bare = _INSIDE.sub("", label)
    if not part and bare != label and (key := group_key(bare)):
        return key
    text = part.group() if part else _NON.sub("non-", label)
    words = [_singular(word) for word in re.findall(r"[^\W_]+(?:[-/+][^\W_]+)*", text.casefold())]
    if part:
        kept = [word for n, word in enumerate(words) if word not in words[:n]]
    else:
        kept = [word for word in words if word not in _WEAK]
    return " ".join(kept)


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith("ss"):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def names_all(label: str, keys: set[str]) -> bool:
    """Whether a label names all the groups there are: `Cases and controls`."""
    several = {group_key(name) for name in _BETWEEN.split(label.rstrip(": "))}
    others = keys - {group_key(label)}
    return len(several) > 1 and len(others) > 1 and several >= others


def names_known(label: str, keys: set[str]) -> bool:
    """Whether most of the names in a label are groups'."""
    several = [group_key(name) for name in _BETWEEN.split(label.rstrip(": "))]
    return len(several) > 1 and sum(one in keys for one in several if one) > len(several) / 2


def is_of_people(label: str) -> bool:
    return bool(_PERSON.search(label)) and not names_part(label)


def read_part(item: Item, below: Item | None, heads_types: bool = False) -> Part | None:
    """The group or part whose list a line heads; None where it heads no such list.

    `heads_types`: a heading of inclusion or exclusion criteria follows right below.
    """
    raw = item.raw.strip()
    if below is None or item.numbered or item.inside or len(raw) > 300 or below.indent > item.indent + 6:
        return None
    if item.mark:
        match = _PART_ALONE.fullmatch(raw)
        alone = (
            raw.endswith((":", ")")) or raw.isupper() or (below.numbered and below.line.number > item.line.number + 1)
        )
        return Part(_label(item, match)) if match and alone and below.indent <= item.indent else None
    part = None if _STAGE.search(raw) else _PART_NAMED.search(raw)
    if part and raw.endswith(":") and _SENTENCE.search(raw):
        return Part(Span(item.span.start + part.start(), item.span.start + part.end()))
    group = read_group(item) or _for_group(item, below)
    if group:
        return Part(None if is_everyone(item.read(group)) else group)
    inner = raw.strip("[]*_ \\")
    apart = heads_types or inner != raw or _stands_apart(item, below)
    found = _PART_TITLE.fullmatch(inner) or (part and _DESCRIBED.fullmatch(inner)) or _people(inner, apart)
    found = found or (_RELATED.fullmatch(inner) if apart else None)
    if not found:
        return None
    label = _label(item, found)
    return Part(None if is_everyone(item.read(label)) else label)


def read_group_item(item: Item, below: Item | None) -> Span | None:
    """The group that a marked item names, where that is all it does and the list below it is for that group."""
    if not item.mark or below is None:
        return None
    part = CRITERIA_OF.match(item.raw)
    if part:
        return _label(item, part)
    other = item.text.endswith(":") and below.mark and below.numbered != item.numbered
    if below.indent <= item.indent and not other:
        return None
    return read_name(item)


def is_name(label: str) -> bool:
    match = _PART_ALONE.fullmatch(label) or _GROUP_ITEM.fullmatch(label)
    return is_everyone(label) or bool(match and not _LEAD.search(label))


def read_name(item: Item) -> Span | None:
    """The group whose name is all of an item."""
    raw = item.raw.strip()
    match = _PART_ALONE.fullmatch(raw) or _GROUP_ITEM.fullmatch(raw) or (raw.isupper() and _CAPITALS.fullmatch(raw))
    return _label(item, match) if match and not _LEAD.search(match["label"]) else None


def read_prefix(item: Item) -> Span | None:
    """`DONOR: ...`: the group that a criterion names in capitals before its text."""
    match = _PREFIX.match(item.raw)
    if not match or not _PERSON.search(match["label"]) or not group_key(match["label"]):
        return None
    return Span(item.span.start, item.span.start + match.end("label"))


def _stands_apart(item: Item, below: Item) -> bool:
    return below.line.number > item.line.number + 1 and below.mark is not None


def _for_group(item: Item, below: Item) -> Span | None:
    """`for siblings` above a list, without a colon."""
    raw = item.raw.rstrip()
    words = raw.split()
    if raw[:4].casefold() != "for " or len(words) > 5 or raw[-1] in ".;:," or not below.mark:
        return None
    return Span(item.span.start + 4, item.span.start + len(raw))


def _people(raw: str, apart: bool) -> re.Match[str] | None:
    """A line that is the name of a group, with a colon or apart from the list below it."""
    match = _PHASE_TITLE.fullmatch(raw)
    if match and (match["end"] or apart) and not _LEAD.search(raw):
        return match
    match = _CRITERIA_TITLE.fullmatch(raw)
    if match and not _LEAD.search(raw):
        name = match["label"] or match["before"]
        if len(name.split()) <= 6 and GROUP_WORD.search(name) and group_key(name):
            return match
    match = _PEOPLE_TITLE.fullmatch(raw)
    if not match or not (match["end"] or apart):
        return None
    words = _INSIDE.sub("", match["label"]).split()
    if not words or len(words) > 8:
        return None
    if is_everyone(match["label"]):
        return match
    if _LEAD.search(match["label"]):
        return None
    last = GROUP_WORD.fullmatch(words[-1]) and len(words) <= 6
    first = match["end"] and GROUP_WORD.fullmatch(words[0]) and not _SEXES.fullmatch(words[0]) and _WHO.search(raw)
    return match if last or first else None


def _label(item: Item, match: re.Match[str]) -> Span:
    name = "label" if match["label"] else "before"
    start = item.span.start + item.raw.index(match.string) + match.start(name)
    return Span(start, start + len(match[name].rstrip(" \t:–—-")))
