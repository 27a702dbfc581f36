"""The spellings of a record's own names: a name in, its plain variants out.

Without what stands in parentheses, by the abbreviation in parentheses, turned round at a comma (`Leukemia, Lymphoid`),
without stage or course, by its initials or a synonym (`synonyms.json`), a drug without its dose or form.
"""

import json
import re
from collections.abc import Iterator
from importlib.resources import files

from app.eligibility.pieces import WORDS
from app.eligibility.tokens import MARK, Token, read_tokens
from app.eligibility.vocabulary import NAMES, SUBJECTS

LONGEST_NAME = 200
"""Characters of a name that is looked for: longer ones are sentences."""
ASIDE = re.compile(r"\(([^()]{2,40})\)")
ROMAN = re.compile(r"[IVX]+$")
FORMS = frozenset(WORDS["drug forms"].split())
QUALIFIERS = frozenset(WORDS["name qualifiers"].split())
SALTS = frozenset(WORDS["salts"].split())
SPELLINGS = (("aemi", "emi"), ("tumour", "tumor"), ("haem", "hem"), ("oedema", "edema"), ("oesoph", "esoph"))
"""British spellings, written as the American ones are."""
CANCERS = frozenset(("carcinoma", "carcinomas", "neoplasm", "neoplasms", "cancers"))
MOST_WORDS = 6
"""Of a drug's name that `with` takes apart: longer ones are sentences."""
NOT_INITIALS = frozenset(
    ("PS", "ID", "IV", "IT", "US", "UK", "OR", "AND", "IP", "PI", "CT", "IN", "AM", "PM", "BP", "HR", "AI", "RT", "SRT")
)
"""Initials that are other words of these texts."""


def word_of(token: Token) -> str:
    """A word without its plural and possessive endings, in one spelling; carcinomas and neoplasms are cancers."""
    word = token.word.removesuffix("'s")
    for british, american in SPELLINGS:
        word = word.replace(british, american)
    if word in CANCERS:
        return "cancer"
    if word.endswith(("stases", "noses", "choses", "roses")):
        return word[:-2] + "is"
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def key_of(name: str) -> tuple[str, ...]:
    """The words of a name by which it is found."""
    return tuple(word_of(token) for token in read_tokens(name) if token.kind != MARK)


def synonyms() -> dict[tuple[str, ...], list[str]]:
    """Each name's other names."""
    found: dict[tuple[str, ...], list[str]] = {}
    for row in json.loads(files("app.eligibility").joinpath("synonyms.json").read_text()):
        for name in row:
            found.setdefault(key_of(name), []).extend(row)
    return found


def short_forms(name: str) -> Iterator[str]:
    """A condition's initials (`Hidradenitis Suppurativa`: `HS`), and its name without stage or course."""
    words = [word for word in re.split(r"[\s-]+", name) if word and word[0].isalpha()]
    initials = "".join(word[0] for word in words if word.lower() not in ("of", "the", "and", "with", "in")).upper()
    if 2 <= len(initials) <= 6 and initials not in NOT_INITIALS and not is_measured(initials):
        yield initials
    if re.search(r"[a-z]\d", name):
        yield re.sub(r"([a-z])(\d)", r"\1 \2", name)
    rest = name.split()
    while len(rest) > 1 and rest[0].lower().strip(",") in QUALIFIERS:
        rest.pop(0)
    while len(rest) > 1 and rest[-1].lower().strip(",") in QUALIFIERS:
        rest.pop()
    if len(rest) < len(name.split()) and (len(rest) > 1 or len(rest[0]) > 5):
        yield " ".join(rest)


SYNONYMS = synonyms()


def variants(kind: str, name: str) -> Iterator[str]:
    """The spellings under which a name is looked for, the record's own first."""
    for variant in plain_variants(kind, name):
        yield variant
        if not (len(variant) <= 5 and variant.islower()):
            yield from SYNONYMS.get(key_of(variant), ())


def is_alias(aside: str) -> bool:
    """Whether parentheses hold another name of a drug, not its number or strength: `(II)`, `(high dose)`."""
    return not ROMAN.match(aside) and not set(re.split(r"[\s-]+", aside.lower())) <= FORMS


def is_measured(initials: str) -> bool:
    """Whether initials are also those of something measured: `AST`, `PT`."""
    found = NAMES.find(read_tokens(initials), 0)
    return found is not None and SUBJECTS[found.key].kind == "measurement"


def plain_variants(kind: str, name: str) -> Iterator[str]:
    if not 2 <= len(name) <= LONGEST_NAME:
        return
    yield name
    plain = ASIDE.sub(" ", name).strip()
    if plain != name and len(plain) > 2:
        yield plain
        for aside in ASIDE.findall(name):
            if (aside.isupper() and len(aside) > 2) or (kind == "drug" and is_alias(aside)):
                yield aside
    if kind == "condition":
        yield from short_forms(plain)
    if kind == "condition" and plain.count(",") == 1:
        head, _, tail = plain.partition(",")
        yield f"{tail.strip()} {head.strip()}"
    if kind == "drug":
        given = plain
        if len(plain.split()) <= MOST_WORDS:  # behind `with` stands what it is given with, or for
            given = re.split(r"\swith\s", plain)[0]
        for part in re.split(r"\s(?:\+|and|plus|or|&)\s|\+|/|，", given):
            words = part.split()
            if words[1:2] == ["for"] and words[0].isupper():
                words = words[:1]
            while len(words) > 1 and (words[-1].lower().strip(",.") in FORMS or words[-1][0].isdigit()):
                words.pop()
            while len(words) > 1 and (words[0].lower() in FORMS or words[0][0].isdigit()):
                words.pop(0)
            if len(words) == 1 and words[0].lower() in SALTS | FORMS:
                continue
            if words and len(" ".join(words)) > 3:
                yield " ".join(words)
