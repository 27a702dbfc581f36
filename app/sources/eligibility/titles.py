"""The headings of free criteria text: a line in, what it is the heading of out.

Registries' texts head their lists in many ways: `Key Inclusion Criteria:`, `Donor exclusion criteria`, `Subjects will
be excluded if any of the following criteria are met:`, `Critères d'inclusion`, `Arm B only:`, `Laboratory values:`. A
line with a list mark is a heading only where nothing else is left of it.
"""

import re
from typing import NamedTuple

from app.record.spans import Span
from app.sources.eligibility.groups import GROUP_WORD, is_everyone, is_name, names_part
from app.sources.eligibility.headings import is_whole_study, read_criteria_heading
from app.sources.eligibility.languages import PHRASE, read_type, words_of
from app.sources.eligibility.marks import Item


class Title(NamedTuple):
    """`span` is the heading. `group` is whom it is for; `everyone`: it says that it is for all. `rest` follows it."""

    span: Span
    group: Span | None = None
    everyone: bool = False
    rest: Span | None = None


_CRITERIA = re.compile(
    r"(?P<before>(?:[^\s.;]{1,30} ){0,8})(?P<type>non-?inclusion|inclusion|exclusion)s?"
    r"(?P<word> ?(?:criteri(?:a|on|as|um)))?s?(?![\w/])",
    re.IGNORECASE,
)
_ADJECTIVES = words_of(
    "additional and basic common core eligibility further general key list main major minimum of other overall "
    "patient patients participant participants primary principal protocol specific specified study subject "
    "subjects the trial following our some selected summary detailed"
)
_WEAK = words_of("patient patients participant participants subject subjects study trial")
_EVENTS = words_of(
    "randomization randomisation enrollment enrolment entry screening participation inclusion registration "
    "surgery treatment eligibility the at study initial and or both"
)
_TOPICS = words_of(
    "and or the of for in with medical history comorbidities comorbidity diseases disease laboratory tests values "
    "results medication medications concomitant prior treatments treatment therapy health safety status clinical "
    "conditions general imaging mri"
)
_VERBS = words_of(
    "no not are do does has have is meet meets met meeting fulfil fulfill fulfils fulfills fulfilling satisfy "
    "satisfies satisfying reach reaching violate violating violation see per refer according apply applies"
)
_NO_HEADING = _VERBS | words_of(
    "any all as by if in to with without above below protocol-defined defined protocol-specified"
)
_AFTER = re.compile(
    r"(?:[ \t]*\((?P<named>[^()]{1,200})\)| (?:for|in|-|–|—)[ \t]+(?P<group>[^:]{1,200}?))?"
    r"[ \t]*(?:(?P<colon>[:：])|(?P<dash>[-–—])(?=[ \t]*$)|\.?[ \t]*$)"
)
_SAID = re.compile(r"(?<=\w)[ \t]+(?:are|is|will be|were|includes?|only)$", re.IGNORECASE)
_IS = re.compile(
    r"[ \t]*(?:are|is|will be|were|include[sd]?|as follows|to be met|must be|should|that)\b[^:]{0,120}:[ \t]*$", re.I
)
_STUDY = re.compile(
    r"\b(?:stud(?:y|ies)|trial|participat\w+|take part|enrol\w*|recruit\w*|inclu(?:sion|ded?)|exclu(?:sion|ded?)|"
    r"(?:in)?eligib(?:le|ility) (?:if|for (?:inclusion|entry|participation|enrol\w*|(?:the|this) (?:study|trial)))|"
    r"entry)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:following|below|criteria|if (?:he|she|they|the|any|one|meet\w*|it)|if(?=[:：])|"
    r"any of|all of|must|ha(?:ve|d) to|who|on the basis|as follows)(?!\w)",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"eligib|criteri|exclu|\binclu(?:ded|sion)\b|\b(?:not|be) enrol|\bcannot\b|"
    r"\b(?:take part in|participate in|enter) th",
    re.IGNORECASE,
)
_OF_STUDY = re.compile(
    r"(?=.{0,300}\b(?:from|in|into|for|enter) (?:participa\w+ in )?(?:the|this) (?:study|trial)\b)"
    r"(?:(?:the|a|an|any|all|each|potential|eligible) ){0,2}"
    r"(?:subjects?|patients?|participants?|individuals?|volunteers?|candidates?|people|persons?) "
    r"(?:(?:who|that) (?:meet|fulfil|satisfy|have|has)|will|may|must|are|is|shall|should|cannot)\b"
    r"|to be eligible (?:for|to)\b",
    re.IGNORECASE,
)
"""Somebody of whom nothing else is said is eligible or not: all that follows is a list of the study's criteria."""
_STATED = re.compile(
    r"(?:[\w-]{1,30} ){0,2}(?:subjects?|patients?|participants?|individuals?|volunteers?)"
    r"(?:, (?!who|that)| (?:with|aged?|diagnosed|undergoing) (?!(?:any|one|all|either|each|the following)\b))",
    re.IGNORECASE,
)
"""`Patients, left-handed, are eligible if:` and `Patients with asthma are eligible if:` state one themselves."""
_ELSEWHERE = re.compile(r"\b(?:defined|described|listed|specified|stated|mentioned|outlined) in\b|\bcriterion #", re.I)


def read_title(item: Item, below: Item | None = None) -> Title | None:
    """The heading of a list of inclusion or of exclusion criteria; what stands `below` it settles doubts."""
    start = item.raw[:400]
    if start.isascii() and not any(word in start.casefold() for word in ("clusion", "riter")):
        return None
    strict = read_criteria_heading(item)
    if strict:
        group = strict.group
        rest = _rest(item, strict.rest.start - item.span.start) if strict.rest else None
        span = strict.span if rest else item.span
        return _titled(item, span, group, rest) if group else Title(span, rest=rest)
    return _read_english(item, below) or _read_phrase(item)


def _read_english(item: Item, below: Item | None) -> Title | None:
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
    if not plain and not match["word"] and not _names_list(item, match["before"], after):
        return None
    if not plain and item.mark and not (end and end["colon"] and GROUP_WORD.search(match["before"])):
        return None
    span = Span(item.span.start, item.span.end)
    heads_list = below is not None and below.mark is not None and below.indent <= item.indent
    if not end:
        if match["word"] and below and below.mark and (group := _group_after(item, match.end())):
            return _titled(item, span, group, None)
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
        and (len(label.split()) > (6 if item.mark else 24) or (after.endswith(".") and (item.mark or not heads_list)))
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
    if kept and name in match["before"] and (plain or GROUP_WORD.search(name)):
        begin = item.span.start + match.start("before") + match["before"].index(name)
        return _titled(item, span, Span(begin, begin + len(name)), rest)
    return Title(span, rest=rest)


def _names_list(item: Item, before: str, after: str) -> bool:
    """`Controls inclusion`, `Transplant Inclusion:`: without the word `criteria`, the whole line is a name."""
    words = before.split()
    named = len(words) <= 3 and all(word[0].isupper() for word in words) and after.strip() in (":", "：")
    return not item.mark and (named or is_name(before.strip(" -–—:")))


def _group_after(item: Item, at: int) -> Span | None:
    """The group of `Inclusion criteria tea drinkers group`, which the line says without `for`."""
    words = item.raw[at:].split()
    if not 1 < len(words) <= 6 or not GROUP_WORD.fullmatch(words[-1].rstrip(".:")) or set(words) & _NO_HEADING:
        return None
    stop = len(item.raw.rstrip(" \t.:"))
    return Span(item.span.start + stop - len(item.raw[at:stop].lstrip()), item.span.start + stop)


def _titled(item: Item, span: Span, group: Span, rest: Span | None) -> Title:
    said = _SAID.search(item.raw, group.start - item.span.start, group.end - item.span.start)
    if said:
        group = Span(group.start, item.span.start + said.start())
    label = item.read(group)
    everyone = is_everyone(label)
    words = set(label.casefold().split())
    named = not everyone and not is_whole_study(label) and not words <= _EVENTS and not words <= _TOPICS
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
    if item.mark and (item.numbered or not first):
        return None
    raw = item.raw
    if len(raw) > 400:
        return None
    leads = raw.rstrip("*_ ").endswith((":", "：")) or (first and "following" in raw[-120:].casefold())
    if not leads or not _LEADS.search(raw) or not _STUDY.search(raw) or _is_both(raw):
        return None
    type = read_type(raw)
    if first and current:
        if _STATED.match(raw):
            return None
        choice = "one of" in raw and "criteria" not in raw
        return type if type == current and not choice else None
    opens = (type != current or _OF_STUDY.match(raw)) and _OPENS.search(raw)
    return type if opens and not _ELSEWHERE.search(raw) and not names_part(raw) else None
