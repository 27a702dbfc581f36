"""The spellings of a record's own names: a name in, its plain variants out.

Without what stands in parentheses, by the abbreviation in parentheses, turned round at a comma (`Leukemia, Lymphoid`),
without stage or course, by its initials or a synonym (`synonyms.json`), a drug without its dose or form, and the names
of a list (`drug A, drug B, drug C`) each by itself.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

from app.eligibility.words.pieces import WORDS
from app.eligibility.words.tokens import MARK, Token, read_tokens
from app.eligibility.words.vocabulary import NAMES, SUBJECTS

LONGEST_NAME = 200
"""Characters of a name that is looked for: longer ones are sentences."""
ASIDE = re.compile(r"\(([^()]{2,40})\)")
ROMAN = re.compile(r"[IVX]+$")
FORMS = frozenset(WORDS["drug forms"].split())
QUALIFIERS = frozenset(WORDS["name qualifiers"].split())
COURSES = frozenset(("acute", "chronic"))
SALTS = frozenset(WORDS["salts"].split())
SPELLINGS = (
    ("aemi", "emi"),
    ("tumour", "tumor"),
    ("haem", "hem"),
    ("oedema", "edema"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("rrhoea", "rrhea"),
    ("paediatr", "pediatr"),
    ("gynaeco", "gyneco"),
    ("anaesth", "anesth"),
    ("faecal", "fecal"),
    ("coeliac", "celiac"),
    ("leucopen", "leukopen"),
    ("orthopaed", "orthoped"),
)
"""British spellings, written as the American ones are."""
SAME_WORD = {
    "disk": "disc",
    "disks": "disc",
    "transplantation": "transplant",
    "transplantations": "transplant",
    **dict.fromkeys(("carcinoma", "carcinomas", "neoplasm", "neoplasms", "cancers"), "cancer"),
    **dict.fromkeys(("adenocarcinoma", "adenocarcinomas"), "cancer"),
}
MOST_WORDS = 6
"""Of a name that is taken apart: longer ones are sentences."""
LONGEST_LIST = 12
"""Words of an intervention's name that is split at `and`, `or`, `+` and `/`: a longer one is a description."""
GIVING = frozenset(("chemotherapy", "immunotherapy", "vaccination", "administration", "pretreatment", "premedication"))
"""Words before the `with` behind which the drug stands: `treatment with mockumab`."""
MOST_INITIALS = 7
MOST_INVERTED = 3
"""Parts between commas of a name that is turned round: `Leukemia, Lymphocytic, Acute`; more are a list."""
SPINE = frozenset(("lumbar", "thoracic", "lumbosacral"))
"""Words without which a disease of the spine is still called the same."""
CODE = re.compile(r"[A-Za-z]+-?\w*\d\w*")
"""A drug's code in its name: `antibody hu3S193`."""
FEWEST_DIGITS = 3
BRAND = re.compile(r"[A-Z][a-z]+[A-Z0-9][A-Za-z0-9]+")
"""A word of no language: `NanoLamp Flex Matrix`."""
HEADS = frozenset(("cancer", "tumor", "leukemia", "lymphoma", "sarcoma"))
PEOPLE = frozenset(WORDS["people"].split())
PLACES = frozenset(WORDS["places"].split())
"""Adjectives that are no intervention: `Cervical or Lumbar Fusion`."""
NOT_INITIALS = frozenset(
    ("PS", "ID", "IV", "IT", "US", "UK", "OR", "AND", "IP", "PI", "CT", "IN", "AM", "PM", "BP", "HR", "AI", "RT", "SRT")
)
"""Initials that are other words of these texts."""


def word_of(token: Token) -> str:
    """A word without its plural and possessive endings, in one spelling; carcinomas and neoplasms are cancers."""
    word = token.word.removesuffix("'s")
    if not word.isascii():
        word = "".join(one for one in unicodedata.normalize("NFKD", word) if not unicodedata.combining(one))
    for british, american in SPELLINGS:
        word = word.replace(british, american)
    if word in SAME_WORD:
        return SAME_WORD[word]
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
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
    for row in json.loads(files("app.eligibility.grammar").joinpath("synonyms.json").read_text()):
        for name in row:
            found.setdefault(key_of(name), []).extend(row)
    return found


def initials_of(name: str) -> Iterator[str]:
    """The initials of a name, with a number behind them: `Hidradenitis Suppurativa` `HS`, `Fever Type 2` `FT2`."""
    words = [word for word in re.split(r"[\s-]+", name) if word and word[0].isalnum()]
    if len(words) > MOST_INITIALS or not words or words[0][0].isdigit():
        return
    words = [word for word in words if word.lower() not in ("of", "the", "and", "with", "in")]
    if any(word[0].isdigit() and len(word) > 1 for word in words):
        return
    initials = "".join(word[0] for word in words).upper()
    if 2 <= len(initials) <= 6 and initials not in NOT_INITIALS and not is_measured(initials):
        yield initials
        if len(words) > 2 and words[-1][0].isdigit() and words[-2].lower() == "type":
            yield initials[:-2] + initials[-1]


def without(words: list[str], removed: frozenset[str]) -> list[str]:
    """The words without those at both ends that are to be removed; one stays."""
    rest = list(words)
    while len(rest) > 1 and set(rest[0].lower().strip(",").split("/")) <= removed:
        rest.pop(0)
    while len(rest) > 1 and set(rest[-1].lower().strip(",").split("/")) <= removed:
        rest.pop()
    return rest


def short_forms(name: str) -> Iterator[str]:
    """A condition's initials, and its name without stage or course."""
    yield from initials_of(name)
    if re.search(r"[a-z]\d", name):
        yield re.sub(r"([a-z])(\d)", r"\1 \2", name)
    rest = name.split()
    for removed in (QUALIFIERS - COURSES, QUALIFIERS):
        if removed >= COURSES and rest[-1].lower().startswith("leuk"):
            break  # an acute leukemia is no chronic one
        before = len(rest)
        rest = without(rest, removed)
        if len(rest) < before and (len(rest) > 1 or len(rest[0]) > 5):
            yield " ".join(rest)
            yield from initials_of(" ".join(rest))
    spine = without(rest, SPINE)
    if 1 < len(spine) < len(rest):
        yield " ".join(spine)
    if len(rest) > 2 and rest[-2].lower() == "type" and "diabetes" not in name.lower():
        yield " ".join(rest[:-2]).rstrip(",")
        return
    # `cancer of the breast`
    if 2 <= len(rest) <= MOST_WORDS and not {"of", "in", "with"} & set(rest) and "," not in name:
        yield f"{rest[-1]} of {' '.join(rest[:-1])}"
        yield f"{rest[-1]} of the {' '.join(rest[:-1])}"


SYNONYMS = synonyms()


def variants(kind: str, name: str) -> Iterator[str]:
    """The spellings under which a name is looked for, the record's own first."""
    for variant in plain_variants(kind, name):
        yield variant
        made_up = variant.isupper() and variant not in name  # initials may be another disease's
        if not made_up and not (len(variant) <= 5 and variant.islower()):
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
    if kind == "condition" and name.endswith("+"):
        return  # `EGFR +` is no `EGFR`
    yield name
    if ";" in name:
        for part in name.split(";"):
            yield from plain_variants(kind, part.strip())
        return
    plain = ASIDE.sub(" ", name).strip()
    if plain != name and len(plain) > 2:
        yield plain
        for found in ASIDE.finditer(name):
            aside, behind = found[1], name[found.end() :].strip()
            # `epidermal growth factor receptor (EGFR) mutation` has no abbreviation
            whole = not behind or behind[0] in ",/"
            if (aside.isupper() and len(aside) > 2 and whole) or (kind == "drug" and is_alias(aside)):
                yield aside
    if not plain:
        return
    if kind == "drug":
        yield from drugs_of(plain)
        return
    yield from short_forms(plain)
    head, comma, tail = plain.partition(",")
    if comma and head.strip() and tail.split()[-1:] in (["positive"], ["Positive"], ["negative"], ["Negative"]):
        yield from short_forms(head)  # `Leukemia, BCR-ABL1 positive`
        yield head
    yield from alternatives(plain)
    short = is_short(tail.strip())
    if comma and len(head.split()) > 1 and (short or set(tail.lower().replace("-", " ").split()) <= QUALIFIERS):
        yield head
    if comma and short:
        yield tail.strip()
    parts = [part.strip() for part in plain.split(",")]
    if len(parts) > MOST_INVERTED and ":" not in plain and not any(part.lower() in QUALIFIERS for part in parts):
        yield from (part for part in parts if len(part) > 2)
    elif len(parts) > 1 and all(parts):
        turned = " ".join(reversed(parts))
        yield turned
        yield from short_forms(turned)


def is_short(part: str) -> bool:
    """`SLE` in `Systemic Lupus Erythematosus, SLE`."""
    return part.isupper() and part.isalpha() and 2 < len(part) < 6


def alternatives(name: str) -> Iterator[str]:
    """`Obesity and Overweight`, `mycosis fungoides/Sezary syndrome`, `Artery Disease With Need for Surgery`."""
    both = [part.strip() for part in re.split(r" (?:and|or) ", name)]
    if len(both) == 2 and all(part.isalpha() and len(part) > 5 for part in both):
        yield from both
    sides = without(name.split(), QUALIFIERS)
    joined = [part.split() for part in " ".join(sides).split("/")]
    if len(joined) == 2 and all(1 < len(part) < 4 for part in joined):
        yield from (" ".join(part) for part in joined)
    head, apart, _ = name.partition(" With ")
    if apart and 1 < len(head.split()) <= MOST_WORDS and head.split()[-1].lower() not in PEOPLE:
        yield head
    first, *rest = sides
    if word_of(read_tokens(first)[0]) in HEADS and 1 <= len(rest) <= 2 and all(word.isalpha() for word in rest):
        yield f"{' '.join(rest)} {first}"  # `Carcinoma Breast Stage I`


def digits_of(word: str) -> int:
    return sum(letter.isdigit() for letter in word)


def drugs_of(name: str) -> Iterator[str]:
    """What of an intervention's name is a name by itself: each of several, without its dose, its form, what it is
    given with, for or by."""
    listed = name.split(", ")
    if len(listed) > 1 and all(len(part) > 3 and len(part.split()) == 1 for part in listed):
        yield from listed
    yield from (word for word in name.split() if CODE.fullmatch(word) and digits_of(word) >= FEWEST_DIGITS)
    yield from (word for word in name.split() if BRAND.fullmatch(word))
    given, size = name, len(name.split())
    if size > LONGEST_LIST:
        return
    if size <= MOST_WORDS:
        given, *behind = re.split(r"\s(?:with|in|via|by|during)\s", name)
        if behind and set(given.lower().split()) <= FORMS | GIVING:
            given = behind[0]
    parts = re.split(r"\s(?:\+|and|plus|or|&)\s|\+|/|，", given)
    for part in parts:
        words = part.split()
        if "for" in words and words[0].isupper():
            words = words[:1]
        while len(words) > 1 and (words[-1].lower().strip(",.") in FORMS or words[-1][0].isdigit()):
            words.pop()
        while len(words) > 1 and (words[0].lower() in FORMS or words[0][0].isdigit()):
            words.pop(0)
        if len(words) == 1 and (words[0].lower() in SALTS | FORMS or (len(parts) > 1 and words[0].lower() in PLACES)):
            continue
        rest = " ".join(words)
        if len(rest) > 3 or (len(rest) == 3 and rest.isupper() and rest not in NOT_INITIALS):
            yield rest
        if len(words) > 2 or (len(words) == 2 and "-" in words[0]):
            yield from (initials for initials in initials_of(rest) if len(initials) > 2)
