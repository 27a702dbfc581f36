"""Tokens in, pieces of a sentence out: names of measured things, ranges of numbers, and the words and marks between."""

import json
from importlib.resources import files
from typing import NamedTuple

from app.eligibility.words.phrases import Phrases
from app.eligibility.words.quantities import COMPARISONS, NUMBERS, WITHIN_NORMAL
from app.eligibility.words.ranges import Range, is_negative, read_range
from app.eligibility.words.tokens import NUMBER, SIGN, WORD, Token
from app.eligibility.words.vocabulary import CASED, NAMES, SUBJECTS, Subject

WORDS = json.loads(files("app.eligibility.words").joinpath("sentences.json").read_text())
NAME, RANGE, FILLER, JOIN, OPEN, CLOSE, OTHER, STOP, CUE = (
    "name",
    "range",
    "filler",
    "join",
    "open",
    "close",
    "other",
    "stop",
    "cue",
)
FILLERS = frozenset(WORDS["fillers"].split())
"""Words and marks that may stand between a name and its range."""
JOINS = frozenset(("and", "or", "/", "and/or", ",", "&", "plus", "nor"))
SHORTENED = frozenset(("etc", "eg", "ie", "approx", "incl", "excl", "vs", "max", "min", "resp"))
"""Words with a full stop that ends no sentence before a small letter."""
STOPS = frozenset((";", ".", "•", "?", "!"))
EXCEPTION, ALLOWANCE, CONDITION, NOTHING = "exceptions", "allowances", "conditions", "no exceptions"
CUES = Phrases((key, word) for key in (EXCEPTION, ALLOWANCE, CONDITION, NOTHING) for word in WORDS[key])
"""What opens an exception or a condition, what says that something is allowed, and what only sounds so."""
OPENERS = ("within", "between", "from", "range", "ranges", "ranged", "ranging", "not", "no", "normal", "birth")
STARTS = frozenset((*COMPARISONS.firsts, *WITHIN_NORMAL.firsts, *NUMBERS, *OPENERS))

KNOWN = STARTS | NAMES.firsts | CUES.firsts | STOPS | JOINS | FILLERS | {"(", ")"}


class Piece(NamedTuple):
    """The tokens `first` to `next` (not included)."""

    kind: str
    first: int
    next: int
    subject: Subject | None = None
    range: Range | None = None
    cue: str | None = None


def is_stop(text: str, tokens: list[Token], at: int) -> bool:
    """Whether the mark ends a clause: `;`, or a full stop that no abbreviation or number has."""
    token = tokens[at]
    if token.word == ";":
        return True
    if token.end < len(text) and not text[token.end].isspace():
        return False
    if at and tokens[at - 1].word in SHORTENED and at + 1 < len(tokens) and text[tokens[at + 1].start].islower():
        return False
    return not (at > 0 and tokens[at - 1].end - tokens[at - 1].start == 1 and tokens[at - 1].kind == WORD)


def read_pieces(text: str, tokens: list[Token]) -> list[Piece]:
    """The pieces in order, each token in one of them; words in a row that say nothing here are one."""
    pieces: list[Piece] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        word = token.word
        if word not in KNOWN and token.kind not in (NUMBER, SIGN):
            next = at + 1
            while next < len(tokens) and tokens[next].word not in KNOWN and tokens[next].kind not in (NUMBER, SIGN):
                next += 1
            pieces.append(Piece(OTHER, at, next))
            at = next
            continue
        found = NAMES.find(tokens, at) if word in NAMES.firsts else None
        if found is not None and (
            found.word not in CASED or text[token.start : tokens[found.next - 1].end] == found.word
        ):
            pieces.append(Piece(NAME, at, found.next, subject=SUBJECTS[found.key]))
            at = found.next
            continue
        if token.kind in (NUMBER, SIGN) or word in STARTS or (word == "-" and is_negative(tokens, at)):
            span = read_range(tokens, at)
            if span is not None:
                pieces.append(Piece(RANGE, at, span.next, range=span))
                at = span.next
                continue
        cue = CUES.find(tokens, at) if word in CUES.firsts else None
        if word == "but" and cue is not None and COMPARISONS.find(tokens, at + 1) is not None:
            cue = None  # `but not more than`
        if cue is not None:
            kind = OTHER if cue.key == NOTHING else CUE
            pieces.append(Piece(kind, at, cue.next, cue=cue.key))
            at = cue.next
            continue
        if word in ("(", ")"):
            kind = OPEN if word == "(" else CLOSE
        elif word in STOPS and is_stop(text, tokens, at):
            kind = STOP
        elif word in JOINS:
            kind = JOIN
        elif word in FILLERS:
            kind = FILLER
        else:
            kind = OTHER
        pieces.append(Piece(kind, at, at + 1))
        at += 1
    return pieces
