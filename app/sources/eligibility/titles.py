"""The headings of free criteria text: a line in, what it is the heading of out.

Registries' texts head their lists in many ways: `Key Inclusion Criteria:`, `Donor exclusion criteria`, `Subjects will
be excluded if any of the following criteria are met:`, `Critères d'inclusion`, `Arm B only:`, `Laboratory values:`. A
line with a list mark is a heading only where nothing else is left of it.
"""

import re
from typing import NamedTuple

from app.record.spans import Span
from app.sources.eligibility.headings import read_criteria_heading, read_group
from app.sources.eligibility.languages import PHRASE, read_type
from app.sources.eligibility.marks import Item


class Title(NamedTuple):
    """`span` is the heading. `group` is whom it is for; `everyone`: it says that it is for all; `weak`: the group is a
    word such as `Patient`, which names a group only where there is another. `rest` follows it on the line."""

    span: Span
    group: Span | None = None
    everyone: bool = False
    weak: bool = False
    rest: Span | None = None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CRITERIA = re.compile(
    r"(?P<before>(?:[^\s.;]{1,30} ){0,8})(?P<type>non-?inclusion|inclusion|exclusion)s?"
    r"(?P<word> ?(?:criteri(?:a|on|as|um)))?s?(?![\w/])",
    re.IGNORECASE,
)
_ADJECTIVES = _words(
    "additional and basic common core eligibility further general key list main major minimum of other overall "
    "patient patients participant participants primary principal protocol specific specified study subject "
    "subjects the trial following our some selected summary detailed"
)
_WEAK = _words("patient patients participant participants subject subjects study trial")
_EVENTS = _words(
    "randomization randomisation enrollment enrolment entry screening participation inclusion registration "
    "surgery treatment eligibility the at study initial and or both"
)
_VERBS = _words(
    "no not are do does has have is meet meets met meeting fulfil fulfill fulfils fulfills fulfilling satisfy "
    "satisfies satisfying reach reaching violate violating violation see per refer according apply applies"
)
_NO_HEADING = _VERBS | _words(
    "any all as by if in to with without above below protocol-defined defined protocol-specified"
)
_GROUP_WORD = re.compile(
    r"\b(?:cohorts?|groups?|arms?|parts?|phases?|stages?|strat(?:um|a)|sub-?stud(?:y|ies)|steps?|periods?|patients?|donors?|"
    r"recipients?|subjects?|participants?|controls?|volunteers?|care-?givers?|carers?|relatives|siblings?|twins?|"
    r"parents?|mothers?|fathers?|infants?|newborns?|neonates?|child(?:ren)?|adolescents?|adults?|women|men|females?|"
    r"males?|partners?|spouses?|famil(?:y|ies)|members?|clinicians?|physicians?|providers?|professionals?|workers?|staff|"
    r"nurses?|students?|teachers?|healthy|practices?|sites?|hospitals?|cases?|individuals?|persons?|people|employees|"
    r"residents?|users?|respondents?|survivors?|dyads?|stakeholders?|informants?)\b",
    re.IGNORECASE,
)
_EVERYONE = re.compile(
    r"(?:all|both|every) (?:of )?(?:the )?(?:enrolled )?"
    r"(?:subjects?|patients?|participants?|volunteers?|individuals|people|cohorts?|arms?|groups?|parts?|phases?|"
    r"study participants|study subjects|trial participants)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[ \t]*\((?P<named>[^()]{1,200})\)| (?:for|in|-|–|—)[ \t]+(?P<group>[^:]{1,200}?))?"
    r"[ \t]*(?:(?P<colon>[:：])|(?P<dash>[-–—])(?=[ \t]*$)|\.?[ \t]*$)"
)
_SAID = re.compile(r"(?<=\w)[ \t]+(?:are|is|will be|were|includes?|only)$", re.IGNORECASE)
_IS = re.compile(
    r"[ \t]*(?:are|is|will be|were|include[sd]?|as follows|to be met|must be|that)\b[^:]{0,120}:[ \t]*$", re.I
)
_STUDY = re.compile(
    r"\b(?:stud(?:y|ies)|trial|participat\w+|take part|enrol\w*|recruit\w*|inclu(?:sion|ded?)|exclu(?:sion|ded?)|"
    r"(?:in)?eligib(?:le|ility) (?:if|for (?:inclusion|entry|participation|enrol\w*|(?:the|this) (?:study|trial)))|"
    r"entry)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:following|below|criteria|if (?:he|she|they|the|any|one|meet\w*|it)|if(?=[:：])|"
    r"any of|all of|must|who|on the basis|as follows)(?!\w)",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"eligib|criteri|exclu|\binclu(?:ded|sion)\b|\b(?:not|be) enrol|\bcannot\b|\b(?:take part|participate) in th",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"\b(?:defined|described|listed|specified|stated|mentioned|outlined) in\b|\bcriterion #", re.I)
_PART = (
    r"(?:cohorts?|groups?|arms?|parts?|phases?|stages?|strat(?:um|a)|sub-?study|steps?) "
    r"(?:(?-i:[A-Z]{1,4})|[a-z]|\d{1,2}[A-Za-z]?)(?![\w-])"
    r"(?:(?:,| and|,? or| &|/) ?(?:(?:cohort|group|arm|part|phase|stage|stratum|step) )?"
    r"(?:(?-i:[A-Z]{1,2})|[a-z]|\d{1,2}[A-Za-z]?)\b)*"
)
_PART_TITLE = re.compile(
    rf"(?:(?:additional|specific)? ?(?:criteria|requirements)? ?(?:for|in) )?(?P<label>{_PART}(?: only)?"
    r"(?: ?[:–—-]? ?\([^()]{1,120}\)| ?[:–—-] [^.:;]{1,80})?)[ \t]*[:–—-]*",
    re.IGNORECASE,
)
_PART_NAMED = re.compile(rf"\b{_PART}", re.IGNORECASE)
_PHASE_TITLE = re.compile(
    r"(?P<label>(?:[\w/+-]{1,30} ){1,5}(?:cohort|group|arm|phase|stage|part|sub-?study|period))s?(?: only)?[ \t]*:",
    re.I,
)
_PEOPLE_TITLE = re.compile(r"(?P<label>[^:.;,]{1,60}?)(?: only| must| must be| must have)?[ \t]*:")
_LEAD_IN = re.compile(
    r"\b(?:following|below|includ\w*|either|one of|any of|all of|each of|as follows|defined|must|if|who|with|that|than|"
    r"are|is|was|be|have|has|having|by|or|and|such as|e\.g|for example|not|no|without|history of|criteria|at least)\b"
    r"|[<>≤≥=\d]",
    re.IGNORECASE,
)


def read_title(item: Item) -> Title | None:
    """The heading of a list of inclusion or of exclusion criteria."""
    start = item.raw[:400]
    if start.isascii() and not any(word in start.casefold() for word in ("clusion", "riter")):
        return None
    strict = read_criteria_heading(item)
    if strict:
        group = strict.group
        rest = _rest(item, strict.rest.start - item.span.start) if strict.rest else None
        span = strict.span if rest else item.span
        return _titled(item, span, group, rest) if group else Title(span, rest=rest)
    return _read_english(item) or _read_phrase(item)


def _read_english(item: Item) -> Title | None:
    raw = item.raw
    lead = len(raw) - len(raw.lstrip("*_#-–— \t"))
    match = _CRITERIA.match(raw, lead)
    if not match:
        return None
    words = [word.casefold().strip(",:()-–—*_") for word in match["before"].split()]
    after = raw[match.end() :].rstrip().rstrip("*_")
    named = match["type"][0].isupper() and after.strip() in (":", "：")
    if (_VERBS if named else _NO_HEADING) & set(words) or _is_both(raw[:200]):
        return None
    plain = all(word in _ADJECTIVES for word in words if word)
    end = _AFTER.match(after)
    if not plain and not match["word"]:
        return None
    if not plain and item.mark and not (end and end["colon"] and _GROUP_WORD.search(match["before"])):
        return None
    span = Span(item.span.start, item.span.end)
    if not end:
        titled = plain and not item.mark and match["word"] and len(after.split()) <= 4 and after[1:2].isupper()
        said = not item.mark and match["word"] and _IS.match(after)
        return Title(span) if said or (titled and after[-1:] not in ".,;") else None
    if not match["word"] and not (end["colon"] or end["dash"] or not after.strip()):
        return None
    label = end["named"] or end["group"]
    if (
        label
        and not end["colon"]
        and end["group"]
        and (len(label.split()) > (6 if item.mark else 16) or after.endswith("."))
    ):
        return None
    rest = _rest(item, match.end() + end.end())
    if rest:
        span = Span(span.start, span.start + len(raw[: match.end() + end.end()].rstrip()))
    if label:
        begin = item.span.start + match.end() + end.start("named" if end["named"] else "group")
        return _titled(item, span, Span(begin, begin + len(label.rstrip())), rest)
    kept = [word for word in match["before"].split() if word.casefold() not in _ADJECTIVES - _WEAK]
    name = " ".join(kept).strip(",:()-–—*_ ")
    if kept and name in match["before"] and (plain or _GROUP_WORD.search(name)):
        begin = item.span.start + match.start("before") + match["before"].index(name)
        title = _titled(item, span, Span(begin, begin + len(name)), rest)
        return title._replace(weak=all(word.casefold() in _WEAK for word in kept))
    return Title(span, rest=rest)


def _titled(item: Item, span: Span, group: Span, rest: Span | None) -> Title:
    said = _SAID.search(item.raw, group.start - item.span.start, group.end - item.span.start)
    if said:
        group = Span(group.start, item.span.start + said.start())
    label = item.read(group)
    everyone = bool(_EVERYONE.fullmatch(label))
    words = set(label.casefold().split())
    named = not everyone and not {"study", "trial"} & words and not words <= _EVENTS
    return Title(span, group if named else None, everyone, rest=rest)


def _rest(item: Item, at: int) -> Span | None:
    """What stands after a heading on its line, if that is more than punctuation."""
    rest = item.raw[at:].lstrip("*_ \t-–—\u00a0")
    return Span(item.span.end - len(rest), item.span.end) if any(c.isalnum() for c in rest) else None


def _is_both(text: str) -> bool:
    folded = text.casefold()
    return "exclusion" in folded and folded.replace("non-inclusion", "").find("inclusion") >= 0


def _read_phrase(item: Item) -> Title | None:
    """A heading in another language."""
    raw = item.raw
    match = PHRASE.search(raw, 0, 120)
    if not match or len(raw[: match.start()].split()) > 3 or any(c in ".:;,：。" for c in raw[: match.start()]):
        return None
    end = _AFTER.match(raw[match.end() :])
    if not end:
        return None
    rest = _rest(item, match.end() + end.end())
    stop = match.end() + end.end() if rest else len(raw)
    return Title(Span(item.span.start, item.span.start + len(raw[:stop].rstrip())), rest=rest)


def read_type_sentence(item: Item, current: str | None, first: bool) -> str | None:
    """The type that a sentence opens: `Subjects will be excluded from the study if:`. The first one below a heading
    need not say more than the heading does."""
    raw = item.raw
    if len(raw) > 400 or item.numbered or (item.mark and not first):
        return None
    leads = raw.rstrip("*_ ").endswith((":", "：")) or (first and "following" in raw[-120:].casefold())
    if not leads or not _LEADS.search(raw) or not _STUDY.search(raw) or _is_both(raw):
        return None
    type = read_type(raw)
    if first and current:
        choice = "one of" in raw and "criteria" not in raw
        return type if type == current and not choice else None
    opens = type != current and _OPENS.search(raw)
    return type if opens and not _ELSEWHERE.search(raw) and not _PART_NAMED.search(raw) else None


def read_part(item: Item, below: Item | None) -> tuple[Span | None, bool] | None:
    """The group of people, or the part of the study, whose list a line heads: its label (None: everyone), and whether
    the line is a sentence. None where it heads no such list."""
    raw = item.raw
    if below is None or item.numbered or len(raw) > 300 or below.indent > item.indent + 6:
        return None
    if item.mark:
        match = _PART_TITLE.fullmatch(raw)
        if not match or below.indent > item.indent or raw[:5] not in ("GROUP", "COHOR", "Group", "Cohor"):
            return None
        return _label(item, match), False
    part = _PART_NAMED.search(raw)
    if part and raw.rstrip().endswith(":") and re.search(r"\b(?:criteria|following)\b", raw, re.I):
        return Span(item.span.start + part.start(), item.span.start + part.end()), True
    group = read_group(item)
    if group:
        return (None if _EVERYONE.fullmatch(item.read(group)) else group), False
    match = _PART_TITLE.fullmatch(raw) or _PHASE_TITLE.fullmatch(raw)
    if match:
        return _label(item, match), False
    match = _PEOPLE_TITLE.fullmatch(raw)
    if match and len(match["label"].split()) <= 6:
        label = match["label"].strip()
        if _EVERYONE.fullmatch(label):
            return None, False
        words = label.split()
        if _GROUP_WORD.fullmatch(words[-1]) or (_GROUP_WORD.fullmatch(words[0]) and " of " in label):
            return _label(item, match), False
    return None


def _label(item: Item, match: re.Match[str]) -> Span:
    start = item.span.start + match.start("label")
    return Span(start, start + len(match["label"].rstrip(" \t:–—-")))


def is_section_title(item: Item, below: Item | None) -> bool:
    """`Laboratory values:` above a list: a heading that is no criterion, because it states nothing.

    It has no mark and a blank line below it, or is in capitals; what leads in a list as a sentence does is a criterion.
    """
    if item.mark or below is None or len(item.text) > 80:
        return False
    words = item.text.split()
    colon = item.text.endswith((":", "："))
    if below.line.number == item.line.number + 1 or len(words) > 8 or _LEAD_IN.search(item.text):
        return False
    if not below.mark:
        return colon and item.text.isupper()
    return colon or (words[0][0].isupper() and item.text[-1] not in ".;,!?" and len(words) <= 6)
