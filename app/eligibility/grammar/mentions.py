"""A criterion's text and the record's own names in, where the text names one of them out.

A name is found as the record writes it and in its plain variants (`app.eligibility.grammar.variants`). Names are
normalized against the record and a small table of synonyms; no terminology is looked up.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.variants import COURSES, PLACES, QUALIFIERS, key_of, variants, word_of
from app.eligibility.words.pieces import WORDS
from app.eligibility.words.tokens import MARK, Token, read_tokens

Name = tuple[Literal["condition", "drug"], str]
STOP_WORDS = frozenset(WORDS["not a name"].split())
INSTRUMENTS = frozenset(
    (
        "index",
        "scale",
        "score",
        "questionnaire",
        "inventory",
        "daily",
        "subscale",
        "form",
        "assessment",
        "interview",
        "schedule",
    )
)
SOCIETIES = frozenset(("foundation", "society", "association", "institute", "federation"))
OF_GENES = frozenset(("kinase", "kinases"))
AGAINST = frozenset(("non", "anti", "post", "pre"))
COMPOUND = re.compile(r"-(?:specific|administration|modifying|targeted)\b", re.IGNORECASE)
ADDICTION = frozenset(("abuse", "dependence", "addiction", "misuse", "intoxication"))
"""Behind a drug's name: a disease."""
WITHOUT = re.compile(r"-free\b", re.IGNORECASE)
"""Behind a name of what is not there: a `gluten-free` diet."""
IN_CAPITALS = re.compile(r"-[A-Z]{2}")
KINDS_OF = re.compile(r"(?:ic|ous|oid|tial|ar)$")
BREAKS = re.compile(r"[,;:.()]")
"""Marks behind which a scale is another thing than the name before it: `AD, the scale`."""
OPPOSED = (COURSES, frozenset(("lumbar", "cervical", "thoracic")))


class Entry(NamedTuple):
    """A variant of a name: its record's name, its kind, whether capitals matter."""

    kind: Literal["condition", "drug"]
    name: str
    cased: str | None
    opposed: frozenset[str] = frozenset()
    """`acute` or `chronic`, `lumbar` or `cervical`, as the record's name says."""
    reduced: bool = False
    """One word is left of the name, a disease of which there are kinds."""


def read_mentions(text: str, names: Iterable[Name]) -> tuple[Constraint, ...]:
    """Where the text names one of the record's own conditions or drugs, each name once; `code` is the record's name."""
    entries, firsts, longest = entries_of(tuple(names))
    tokens = [token for token in read_tokens(text) if token.kind != MARK]
    words = [word_of(token) for token in tokens]
    found: list[Constraint] = []
    said: set[tuple[str, str]] = set()
    at = 0
    while at < len(tokens):
        size = longest if words[at] in firsts else 0
        while size and not matches(text, tokens, words, at, size, entries):
            size -= 1
        if not size:
            at += 1
            continue
        entry = entries[tuple(words[at : at + size])]
        if is_of_another(text, tokens, words, at, at + size, entry):
            at += size
            continue
        start, end = tokens[at].start, tokens[at + size - 1].end
        if (entry.kind, entry.name) not in said:
            said.add((entry.kind, entry.name))
            found.append(Constraint(entry.kind, start, end, text[start:end], entry.name))
        at += size
    return tuple(found)


def is_instrument(text: str, tokens: list[Token], words: list[str], next: int) -> bool:
    """Whether the name goes on to be that of a scale: `Parkinson's Disease Rating Scale`."""
    for at in range(next, min(next + 4, len(words))):
        if BREAKS.search(text, tokens[at - 1].end, tokens[at].start):
            return False
        if words[at] in INSTRUMENTS:
            return True
    return False


def is_of_another(text: str, tokens: list[Token], words: list[str], at: int, next: int, entry: Entry) -> bool:
    """Whether the name is part of another: of a scale, of a society, of what is said not to be it (`non-melanoma`)."""
    if is_instrument(text, tokens, words, next) or SOCIETIES.intersection(words[next : next + 2]):
        return True
    if words[next : next + 1] and words[next] in OF_GENES:
        return True  # `anaplastic lymphoma kinase`
    joined = at and tokens[at].start - tokens[at - 1].end == 1 and text[tokens[at].start - 1] == "-"
    end = tokens[next - 1].end
    if (joined and words[at - 1] in AGAINST) or WITHOUT.match(text, end) or COMPOUND.match(text, end):
        return True
    disorder = words[next : next + 2] == ["use", "disorder"] or ADDICTION.intersection(words[next : next + 1])
    if entry.kind == "drug" and disorder and text[end : tokens[next].start] == " ":
        return True
    if entry.reduced and at and words[at - 1] not in QUALIFIERS and KINDS_OF.search(words[at - 1]):
        return True  # a lymphoblastic leukemia is not any `Childhood Leukemia`
    if not at and entry.kind == "drug" and text[tokens[next - 1].end :].startswith(":"):
        return True  # a heading: `Radiotherapy: not specified`
    if at and any(words[at - 1] in group - entry.opposed and group & entry.opposed for group in OPPOSED):
        return True  # the chronic one is not the acute one, nor the neck's the back's
    if entry.cased and IN_CAPITALS.match(text, tokens[next - 1].end):
        return True  # `MG-ADL`
    return words[at:next] == ["cancer"] and not tokens[at].word.startswith("cancer")


Entries = dict[tuple[str, ...], Entry]


@lru_cache(maxsize=16)  # a record's criteria are read one after another
def entries_of(names: tuple[Name, ...]) -> tuple[Entries, frozenset[str], int]:
    """The words of each variant, the first words, and how many words the longest has."""
    entries: Entries = {}
    plurals: Entries = {}
    # what is a drug and a keyword is the drug
    for kind, name in sorted(names, key=lambda pair: pair[0] != "drug"):
        for variant in variants(kind, name.strip()):
            key = key_of(variant)
            if (
                key
                and (is_treatment(kind, key) or not set(key) <= STOP_WORDS)
                and not (len(key) == 1 and key[0] in PLACES)
            ):
                # an abbreviation is one only in capitals: `ALL`, `AS`
                cased = variant if variant.isupper() and len(variant) <= 5 else None
                opposed = frozenset(word for group in OPPOSED for word in group.intersection(key_of(name)))
                reduced = kind == "condition" and len(key) == 1 < len(key_of(name)) and not cased
                entry = Entry(kind, name, cased, opposed, reduced)
                entries.setdefault(key, entry)
                if cased and len(key) == 1:
                    plurals.setdefault((f"{key[0]}s",), entry)
    entries = plurals | entries
    return entries, frozenset(key[0] for key in entries), max(map(len, entries), default=0)


def is_treatment(kind: str, key: tuple[str, ...]) -> bool:
    """`radiation therapy`, two words that are no names by themselves."""
    return kind == "drug" and key == ("radiation", "therapy")


def matches(
    text: str, tokens: list[Token], words: list[str], at: int, size: int, entries: dict[tuple[str, ...], Entry]
) -> bool:
    """Whether the `size` words at `at` are a name, in capitals where it has to be."""
    if at + size > len(words):
        return False
    entry = entries.get(tuple(words[at : at + size]))
    if entry is None:
        return False
    written = text[tokens[at].start : tokens[at + size - 1].end]
    return entry.cased is None or written_alike(written, entry.cased)


def written_alike(written: str, cased: str) -> bool:
    """An abbreviation in its capitals, or with a small letter before them: `cIAI`; with a hyphen or without."""
    written = written.removesuffix("s").replace("-", " ")
    cased = cased.removesuffix("s").replace("-", " ")
    return written == cased or (len(cased) > 3 and written == cased[0].lower() + cased[1:])
