"""A criterion's text and the record's own names in, where the text names one of them out.

A name is found as the record writes it and in its plain variants: without what stands in parentheses, by the
abbreviation in parentheses, turned round at a comma (`Leukemia, Lymphoid`), in the singular or plural, a drug without
its dose or form. Nothing is looked up anywhere: names are normalized against the record alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from app.eligibility.constraint import Constraint
from app.eligibility.pieces import WORDS
from app.eligibility.tokens import MARK, Token, read_tokens

Name = tuple[Literal["condition", "drug"], str]
LONGEST_NAME = 200
"""Characters of a name that is looked for: longer ones are sentences."""
ASIDE = re.compile(r"\(([^()]{2,40})\)")
FORMS = frozenset(WORDS["drug forms"].split())
QUALIFIERS = frozenset(WORDS["name qualifiers"].split())
NOT_INITIALS = frozenset(
    ("PS", "ID", "IV", "IT", "US", "UK", "OR", "AND", "IP", "PI", "CT", "IN", "AM", "PM", "BP", "HR")
)
"""Initials that are other words of these texts."""
STOP_WORDS = frozenset(WORDS["not a name"].split())


class Entry(NamedTuple):
    """A variant of a name: its record's name, its kind, whether capitals matter."""

    kind: Literal["condition", "drug"]
    name: str
    cased: str | None


def read_mentions(text: str, names: Iterable[Name]) -> tuple[Constraint, ...]:
    """Where the text names one of the record's own conditions or drugs, each name once; `code` is the record's name."""
    entries: dict[tuple[str, ...], Entry] = {}
    longest = 0
    # what is a drug and a keyword is the drug
    for kind, name in sorted(names, key=lambda pair: pair[0] != "drug"):
        for variant in variants(kind, name.strip()):
            key = tuple(word_of(token) for token in read_tokens(variant) if token.kind != MARK)
            if key and not set(key) <= STOP_WORDS:
                # an abbreviation is one only in capitals: `ALL`, `AS`
                cased = variant if variant.isupper() and len(variant) <= 5 else None
                entries.setdefault(key, Entry(kind, name, cased))
                longest = max(longest, len(key))
    tokens = [token for token in read_tokens(text) if token.kind != MARK]
    words = [word_of(token) for token in tokens]
    firsts = {key[0] for key in entries}
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
        start, end = tokens[at].start, tokens[at + size - 1].end
        written = " ".join(words[at : at + size])
        if (entry.kind, written) not in said:
            said.add((entry.kind, written))
            found.append(Constraint(entry.kind, start, end, text[start:end], entry.name))
        at += size
    return tuple(found)


def matches(
    text: str, tokens: list[Token], words: list[str], at: int, size: int, entries: dict[tuple[str, ...], Entry]
) -> bool:
    """Whether the `size` words at `at` are a name, in capitals where it has to be."""
    if at + size > len(words):
        return False
    entry = entries.get(tuple(words[at : at + size]))
    if entry is None:
        return False
    return entry.cased is None or text[tokens[at].start : tokens[at + size - 1].end] == entry.cased


def word_of(token: Token) -> str:
    """A word without its plural and possessive endings."""
    word = token.word.removesuffix("'s")
    if word.endswith(("stases", "noses", "choses", "roses")):
        return word[:-2] + "is"
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def short_forms(name: str) -> Iterator[str]:
    """A condition's initials (`Hidradenitis Suppurativa`: `HS`), and its name without stage or course."""
    words = [word for word in re.split(r"[\s-]+", name) if word and word[0].isalpha()]
    initials = "".join(word[0] for word in words if word.lower() not in ("of", "the", "and", "with", "in")).upper()
    if 2 <= len(initials) <= 6 and initials not in NOT_INITIALS:
        yield initials
    if re.search(r"[a-z]\d", name):
        yield re.sub(r"([a-z])(\d)", r"\1 \2", name)
    rest = name.split()
    while len(rest) > 1 and rest[0].lower().strip(",") in QUALIFIERS:
        rest.pop(0)
    if len(rest) < len(name.split()) and (len(rest) > 1 or len(rest[0]) > 5):
        yield " ".join(rest)


def variants(kind: str, name: str) -> Iterator[str]:
    """The spellings under which a name is looked for, the record's own first."""
    if not 2 <= len(name) <= LONGEST_NAME:
        return
    yield name
    plain = ASIDE.sub(" ", name).strip()
    if plain != name and len(plain) > 2:
        yield plain
        for aside in ASIDE.findall(name):
            if (aside.isupper() and len(aside) > 2) or kind == "drug":
                yield aside
    if kind == "condition":
        yield from short_forms(plain)
    if kind == "condition" and plain.count(",") == 1:
        head, _, tail = plain.partition(",")
        yield f"{tail.strip()} {head.strip()}"
    if kind == "drug":
        for part in re.split(r"\s(?:\+|and|plus|with|&)\s|\+|/", plain):
            words = part.split()
            while len(words) > 1 and (words[-1].lower().strip(",.") in FORMS or words[-1][0].isdigit()):
                words.pop()
            while len(words) > 1 and words[0].lower() in FORMS:
                words.pop(0)
            if words and len(" ".join(words)) > 3:
                yield " ".join(words)
