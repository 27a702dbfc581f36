"""Criteria that stand one after the other on a line, with no mark between them: a line in, where each begins out.

`Creatinine normal No prior surgery At least 6 weeks since radiotherapy`: some records lost their line breaks. A
criterion begins at a capital that no sentence has inside it: at a word that opens criteria, or at what is measured
(`Platelets at least 5`) right after a measured value.
"""

import re
from collections.abc import Iterator

from app.sources.eligibility.languages import words_of

_FORM = re.compile(r"(?:DISEASE|PATIENT) CHARACTERISTICS:|PRIOR CONCURRENT THERAPY:")
_PART = (
    r"(?:Age|Sex|Gender|Menopausal status|Hormone receptor status|Performance status|Life expectancy|"
    r"Hematopoietic|Hematologic|Hepatic|Renal|Cardiovascular|Pulmonary|Neurologic|Immunologic|Gastrointestinal|"
    r"Biologic therapy|Chemotherapy|Endocrine therapy|Radiotherapy|Surgery|Other):"
)
"""Headings of the form that the US National Cancer Institute filled in until 2010; some records have it on one line."""
_FORM_PART = re.compile(rf"(?<=\s){_PART} ?(?=\S)")
_CLOSING = re.compile(
    r"(?<=[^:\s]\s)(?:Further|Other|Additional) (?:[\w/-]{1,20} ){0,4}criteria (?:may |also |will ){0,2}apply\.?\s*$"
)
_BEFORE_CAPITAL = re.compile(r"(?<!\S)(?P<before>\S++)\s++(?=(?P<word>[A-Z]\S*+))")
_PEOPLE = words_of("Patients Patient Subjects Participants Women Men Females Must Currently")
_OPENS = words_of(
    "No Not None At More Less Greater Must May Prior Concurrent See Recovered Fully Fertile Negative Able Any "
    "Patients Measurable Evaluable Unidimensionally Bidimensionally Histologically Cytologically Evidence Effective "
    "Confirmation Registered Documented Known Ineligible Eligible Inoperable"
)
"""What opens criteria even inside a list that the sentence has after a colon."""
_GOES_ON = words_of(
    "a an the and or and/or of in on at to by for from with without within than as per via no not non is are was were "
    "be been any all each other another both either if who whose that this these those their his her its only since "
    "prior known current previous active adequate signed new every between before after during until under over above "
    "below including except unless when where while against versus vs plus positive CNS OR AND No Not"
)
_NAME = re.compile(
    r".*['’]s\b|(?:Karnofsky|Zubrod|Lansky|Gleason|Western|Southwest|Eastern|Philadelphia|Child|Gram|Ann|New|Ewing|"
    r"Wilms|Doppler|Fuhrman|Breslow|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|Mullerian|Barrett|Hodgkin)\b"
)
_COMPARES = re.compile(
    r"\b(?:(?:no|not) )?(?:greater|less|more|higher|lower) than\b|\bat (?:least|most)\b|\bwithin normal\b|\bnormal\b|"
    r"\\?[<>]|[≤≥=⩽⩾≧≦]"
)
_POLAR = re.compile(r"(?:required|allowed|positive|negative|permitted|eligible)\b")
_VALUE = re.compile(
    r"%$|\d[a-z%]*$|/[\w³^*]+$|\)$|(?:normal|limits?|ULN|UNL|ms|msec|mm|seconds|months|weeks|days|years|negative)$"
)
_ENUMERATED = re.compile(r"[(\[]?[\w.]{1,4}\)$")
_MEASURED = re.compile(
    r"(?:[A-Z][a-z]+|[A-Z]{2,4}[a-z]?\d?|QTc\w?|Hb|Hgb)(?:/[A-Z]+)?"
    r"(?: (?:and |or )?(?:[\w/()+-]{2,30}|[A-C])){0,4} ?(?:is |of |must be )?"
)
_NO_MEASURE = re.compile(r"(?:ULN|UNL|IU|OR|AND|DNA|RNA|HG|Grade|Hg|Units?|Stage|NCI|CTC\w*|Version|Class)\b")
_SEE = ("See Disease Characteristics", "See Patient Characteristics")
_ANALYTE = re.compile(r"AST|ALT|SGOT|SGPT|BUN|ANC|WBC|PTT?|INR|LVEF|DLCO|FEV1|LDH")
_LISTS = ("i.e.:", "follows:", "following:")
_NAMES = (*_LISTS, "including:", "include:", "includes:", "measurable:")
_NEAR = 80
_STOP = re.compile(r"(?<=[\w)%]\w[.])[ \t]{1,4}(?=[A-Z<>≤≥])")
_FOLLOWING = re.compile(r"\bfollowing(?: \w{1,20}){0,2}: (?=[A-Z])")
_SEMICOLON = re.compile(r"[;；][ \t]*")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_VERBS = words_of(
    "is are was were be been must will would may might should can cannot could has have had do does did shall if who"
)
_BACK = words_of("This These That Those Such Note Notes The If It They However Refer See Exception Exceptions For")
"""What begins a sentence on the one before it."""


def find_phrases(text: str) -> list[int]:
    """Where each of three or more short sentences without a verb begins, in a line of nothing else.

    Each is a criterion of its own.
    """
    starts = [0, *(match.end() for match in _STOP.finditer(text))]
    if len(starts) < 3 or not text.rstrip().endswith("."):
        return []
    phrases = [text[a:b].split() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    if any(not 1 < len(words) < 30 or words[0] in _BACK or not _VERBS.isdisjoint(_main(words)) for words in phrases):
        return []
    return starts[1:]


def _main(words: list[str]) -> list[str]:
    """A phrase without its clause: the verb of `a disorder that is treated` is not its own."""
    return next((words[:at] for at, word in enumerate(words) if word in ("that", "which")), words)


def find_clauses(text: str) -> list[int]:
    """Where each of three or more criteria begins that only semicolons part, in a line that is a whole list."""
    bare = _IN_BRACKETS.sub(lambda match: "x" * len(match.group()), text)
    cuts = [match.end() for match in _SEMICOLON.finditer(bare.rstrip("; ."))]
    capitals = all(text[at : at + 1].isupper() or not text[at : at + 1].isascii() for at in cuts)
    return cuts if len(cuts) > 1 and capitals and ":" not in bare else []


def find_listed(text: str) -> list[int]:
    """Where three or more criteria begin after `all of the following criteria:`, up to the end of the line."""
    lead = _FOLLOWING.search(text)
    inner = find_clauses(text[lead.end() :]) if lead else []
    return [lead.end(), *(lead.end() + at for at in inner)] if lead and inner else []


def find_joined(text: str) -> list[tuple[int, int]]:
    """Where further criteria begin in a line, each with its level: 1 for those of a part of a form.

    In a form on one line, a part with one criterion stays whole; where it has several, its heading leads them in.
    """
    form = _FORM.match(text)
    if not form:
        closing = _CLOSING.search(text, max(0, len(text) - 2 * _NEAR))
        return [*_find_joined(text, 0, len(text), False), *([(closing.start(), 0)] if closing else [])]
    parts = list(_FORM_PART.finditer(text))
    starts = [form.end(), *(part.start() for part in parts)]
    ends = [form.end(), *(part.end() for part in parts)]
    cuts = [(start, 0) for start in starts]
    for end, stop in zip(ends, [*starts[1:], len(text)], strict=True):
        joined = list(_find_joined(text, end, stop, True))
        inside = int(bool(joined) and end != form.end())
        cuts += [(end, 1)] * inside + [(at, inside + level) for at, level in joined]
    return sorted(set(cuts))


class _Run:
    """A list after `as follows:`: up to the end of its part, or as long as its items begin with one word.

    One of `names` goes up to a word that opens a criterion.
    """

    def __init__(self, word: str | None = None, names: bool = False) -> None:
        self.word = word
        self.names = names
        self.alike: bool | None = None

    def take(self, word: str) -> int:
        """The level of the next criterion."""
        if self.names:
            self.word = None if word in _OPENS else self.word
            return int(self.word is not None)
        if self.alike is None:
            self.alike = word == self.word
        if self.alike and word != self.word:
            self.word = None
        return int(self.word is not None)


def _find_joined(text: str, begins: int, stop: int, form: bool) -> Iterator[tuple[int, int]]:
    """In a form sentences have no full stop, and most capitals begin one; elsewhere only words for people do.

    Alternatives after a colon (`if: A OR B`) are one level deeper.
    """
    compared = scanned = begins
    listed = level = 0
    run = _Run()
    for match in _BEFORE_CAPITAL.finditer(text, begins, stop):
        before, word, at = match["before"], match["word"], match.end()
        colon = text.find(": ", scanned, at) if form and not listed else -1
        listed = colon + 2 if colon >= 0 else listed
        scanned = at
        if (
            form
            and before in ("OR", "AND")
            and word[1:2].islower()
            and (listed or word in _OPENS or _is_measured(text, at, form))
        ):
            if listed and not level:
                level = 1
                yield listed, level
        elif form and before in _LISTS and word in _OPENS:
            run = _Run(word)
            level = 1
        elif form and before in _NAMES and word[1:].islower():
            run, listed = _Run(word, names=True), 0
            level = 1
        elif before in _GOES_ON:
            continue
        else:
            end = at + len(word)
            after = text[end : end + 2].lstrip()[:1]
            listing = bool(listed) and not level
            opens = _opens_in_form(before, word, after, listing) if form else _opens(before, word, after)
            near = max(compared, at - _NEAR)
            opens = opens or (form and _is_whole(text, at, before, word))
            valued = not opens and _VALUE.search(before[-12:]) and (form or _COMPARES.search(text, near, at))
            if not opens and not (valued and _is_measured(text, at, form)):
                continue
            listed = 0
            level = run.take(word)
        compared = at
        yield compared, level


def _opens(before: str, word: str, after: str) -> bool:
    if word not in _PEOPLE or not after.islower() or len(before) < 3 or _ENUMERATED.fullmatch(before):
        return False
    return (before.isalpha() and before.islower()) or (before[-1] == ")" and before[-2] != ".")


def _opens_in_form(before: str, word: str, after: str, listing: bool) -> bool:
    if before[-1] in ",;:-–(/":
        return False
    if word in _OPENS:
        return after.isalnum()
    lower = after.islower() or after == ","
    named = _NAME.match(word) or (before[0].isupper() and before[1:].islower())
    return not listing and lower and word.rstrip(",")[1:].islower() and not named


def _is_whole(text: str, at: int, before: str, word: str) -> bool:
    """Whether what stands before is a whole criterion: it refers to another part, or an analyte's own name follows."""
    if before == "Characteristics":
        return text.endswith(_SEE, 0, at - 1)
    return bool(_ANALYTE.fullmatch(word)) and before[-1] not in ",;:-–(/" and _is_measured(text, at, True)


def _is_measured(text: str, at: int, form: bool) -> bool:
    """Whether up to six words stand here before a comparison, in one phrase."""
    if _NO_MEASURE.match(text, at):
        return False
    compared = _COMPARES.search(text, at, at + _NEAR) or (_POLAR.search(text, at, at + 40) if form else None)
    return bool(compared and _MEASURED.fullmatch(text, at, compared.start()))
