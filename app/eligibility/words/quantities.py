"""Tokens in, amounts out: comparisons (`no more than`), numbers (`two`, `1.5 x 10^9`), units, multiples of a limit."""

import json
from importlib.resources import files
from typing import NamedTuple

from app.eligibility.constraint import Limit
from app.eligibility.words.phrases import Phrases
from app.eligibility.words.tokens import MARK, NUMBER, SIGN, Token
from app.eligibility.words.units import TIME_UNITS, is_power, read_unit

WORDS = json.loads(files("app.eligibility.words").joinpath("quantities.json").read_text())


def pairs(table: dict[str, list[str]]) -> Phrases:
    """The phrases of one table of keys and spellings."""
    return Phrases((key.strip(), word) for key, words in table.items() for word in words)


COMPARISONS = pairs(WORDS["comparisons"])
POSTFIXES = pairs(WORDS["postfixes"])
LIMITS = pairs(WORDS["limits"])
WITHIN_NORMAL = pairs({"normal": WORDS["within normal"]})
NUMBERS = {word: float(value) for word, value in WORDS["numbers"].items()}
LIMIT_OPENERS = frozenset(WORDS["limit openers"])
STRETCHES = frozenset(("consecutive", "continuous", "full", "complete", "additional", "calendar", "whole", "completed"))
"""`12 consecutive months`."""
UNREAD = frozenset(("/", "*", "^"))
DETECTED = frozenset(("detection", "quantification", "quantitation", "detectability"))
"""`the lower limit of detection` is none of normal."""
UNKNOWN = "?"
"""A unit that is none of the vocabulary's: what has it bounds nothing."""
SIGNS = frozenset(("<", "<=", ">", ">=", "="))
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class Amount(NamedTuple):
    """A number with its unit or limit, and the token after it."""

    value: float
    unit: str | None
    limit: Limit | None
    next: int


def word_at(tokens: list[Token], at: int) -> str:
    """The token's word; empty after the last."""
    return tokens[at].word if at < len(tokens) else ""


def read_comparison(tokens: list[Token], at: int) -> tuple[str | None, int]:
    """The comparison (`<`, `<=`, `>`, `>=`) that starts at the token and the token after it."""
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    if token.kind == SIGN and token.word != "=":
        operator, here = token.word, at + 1
    else:
        found = COMPARISONS.find(tokens, at)
        if found is None:
            if token.word in ("not", "no") and at + 1 < len(tokens) and tokens[at + 1].word in OPPOSITE:
                return OPPOSITE[tokens[at + 1].word], at + 2
            if token.word == "not" and at + 1 < len(tokens) and COMPARISONS.find(tokens, at + 1):  # `not under`
                denied, here = read_comparison(tokens, at + 1)
                return OPPOSITE[denied or ">"], here
            return None, at
        operator, here = found.key, found.next
    # the sign once more: `greater than or equal to (≥)`
    if word_at(tokens, here) == "(" and word_at(tokens, here + 1) in SIGNS and word_at(tokens, here + 2) == ")":
        return operator, here + 3
    if here < len(tokens) and tokens[here].word in ("to", "of", "than", "="):
        here += 1
    return operator, here


def read_number(tokens: list[Token], at: int) -> tuple[float | None, int]:
    """A number in digits or words; `two (2)` and `2 (two)` are one."""
    if at >= len(tokens):
        return None, at
    token = tokens[at]
    value = token.value if token.kind == NUMBER else NUMBERS.get(token.word)
    if value is None:
        return None, at
    here = at + 1
    if word_at(tokens, here) == "," and decimal_comma(tokens, at):
        value, here = float(f"{token.word}.{tokens[at + 2].word}"), at + 3
    if token.kind != NUMBER and here + 1 < len(tokens) and tokens[here].word == "-":
        joined = NUMBERS.get(f"{token.word}-{tokens[here + 1].word}")
        if joined is not None:
            value, here = joined, here + 2
    if here + 2 < len(tokens) and tokens[here].word == "(" and tokens[here + 2].word == ")":
        again = tokens[here + 1]
        if (again.value if again.kind == NUMBER else NUMBERS.get(again.word)) == value:
            here += 3
    return value, here


def decimal_comma(tokens: list[Token], at: int) -> bool:
    """Whether a number is written `2,5` and has a unit or a limit: `0,1` of a scale is two grades."""
    if at + 3 >= len(tokens) or tokens[at].kind != NUMBER or tokens[at + 2].kind != NUMBER:
        return False
    whole, comma, part, after = tokens[at : at + 4]
    if comma.word != "," or whole.end != comma.start or comma.end != part.start or not whole.word.isdigit():
        return False
    if len(part.word) > 2 or not part.word.isdigit():
        return False
    return after.word in ("*", "times") or read_unit(tokens, at + 3)[0] is not None


def is_part(tokens: list[Token], at: int) -> bool:
    """Whether a `,` stands between digits: `0,5` of no known unit, and `1, 500/uL`, may be one number or two."""
    if at == 0 or word_at(tokens, at) != "," or at + 1 >= len(tokens):
        return False
    before, comma, after = tokens[at - 1 : at + 2]
    if before.kind != NUMBER or after.kind != NUMBER or before.end != comma.start:
        return False
    thousands = len(after.word) == 3 and len(before.word) <= 3 and read_unit(tokens, at + 2)[0] is not None
    return comma.end == after.start or thousands


def read_limit(tokens: list[Token], at: int, multiple: bool) -> tuple[Limit | None, int]:
    """`x ULN`, `times the upper limit of normal (ULN)`; after a number also `times normal`."""
    here = at
    times = False
    if here < len(tokens) and tokens[here].word in ("*", "times", "fold", "x", "-fold", "time"):
        times, here = True, here + 1
    elif here + 1 < len(tokens) and tokens[here].word == "-" and tokens[here + 1].word == "fold":
        times, here = True, here + 2
    openers = 0
    found = LIMITS.find(tokens, here)
    while found is None and openers < 4 and here < len(tokens) and tokens[here].word in LIMIT_OPENERS:
        here, openers = here + 1, openers + 1
        found = LIMITS.find(tokens, here)
    if found is None or (found.key == "normal" and not (multiple and (times or ends(tokens, found.next, here == at)))):
        return None, at
    here = found.next
    if word_at(tokens, here) == "of" and word_at(tokens, here + 1) in DETECTED:
        return None, at
    if here + 2 < len(tokens) and tokens[here].word == "(":
        again = LIMITS.find(tokens, here + 1)
        if again is not None and again.next < len(tokens) and tokens[again.next].word == ")":
            here = again.next + 1
    if word_at(tokens, here) == "+" and here + 1 < len(tokens) and tokens[here + 1].kind == NUMBER:
        return None, at  # `> ULN + 4 seconds`
    return ("lln" if found.key == "lln" else "uln"), here


def ends(tokens: list[Token], at: int, next: bool) -> bool:
    """Whether a number's `normal` is a multiple of it: `PT > 1.5 normal`, and nothing else follows."""
    return next and (at >= len(tokens) or tokens[at].kind == MARK)


def read_amount(tokens: list[Token], at: int) -> Amount | None:
    """A number, its power of ten, its unit or limit."""
    value, here = read_number(tokens, at)
    if value is None:
        return None
    power = 0
    if here < len(tokens) and tokens[here].word in ("*", "x"):
        power, after = is_power(tokens, here + 1)
        here = after if power else here
    elif tokens[at].word == "10" and here < len(tokens) and tokens[here].word == "^":
        power, after = is_power(tokens, at)
        value, here = (1.0, after) if power else (value, here)
    if not power:
        limit, after = read_limit(tokens, here, multiple=True)
        if limit is not None:
            return Amount(value, None, limit, after)
    unit, after = read_unit(tokens, here)
    if unit is None and word_at(tokens, here) in STRETCHES:
        unit, after = read_unit(tokens, here + 1)
        if unit not in TIME_UNITS:
            unit, after = None, here
    if unit is None and word_at(tokens, here) in UNREAD and word_at(tokens, here + 1) != "/":
        unit = UNKNOWN
    if unit is None and is_part(tokens, here):
        unit = UNKNOWN
    if power:
        if unit in ("/L", "/uL", "/mm3", "/mL", "/kg"):
            unit = f"10*{power}{unit}"
        else:
            value *= 10.0**power
    return Amount(value, unit, None, after)


def read_signed(tokens: list[Token], at: int) -> Amount | None:
    """After a comparison also `-2.5` and `x 1.5 ULN`."""
    word = word_at(tokens, at)
    if word not in ("-", "*") or at + 1 >= len(tokens):
        return read_amount(tokens, at)
    amount = read_amount(tokens, at + 1)
    if amount is None:
        return None
    if word == "-":
        return amount._replace(value=-amount.value) if tokens[at].end == tokens[at + 1].start else None
    if amount.limit is not None:
        return amount
    limit, after = read_limit(tokens, amount.next, multiple=False)
    return Amount(amount.value, None, limit, after) if limit is not None and amount.unit is None else None
