"""Tokens in, ranges of numbers out: `≥ 1.5 x 10^9/L`, `between 18 and 75 years`, `no more than 3 times ULN`."""

import json
from importlib.resources import files
from typing import NamedTuple

from app.eligibility.constraint import Limit
from app.eligibility.phrases import Phrases
from app.eligibility.tokens import NUMBER, SIGN, Token
from app.eligibility.units import TIME_UNITS, is_power, read_unit

WORDS = json.loads(files("app.eligibility").joinpath("quantities.json").read_text())


def pairs(table: dict[str, list[str]]) -> Phrases:
    """The phrases of one table of keys and spellings."""
    return Phrases((key.strip(), word) for key, words in table.items() for word in words)


COMPARISONS = pairs(WORDS["comparisons"])
POSTFIXES = pairs(WORDS["postfixes"])
LIMITS = pairs(WORDS["limits"])
WITHIN_NORMAL = pairs({"normal": WORDS["within normal"]})
NUMBERS: dict[str, float] = WORDS["numbers"]
LIMIT_OPENERS = frozenset(WORDS["limit openers"])
STRETCHES = frozenset(("consecutive", "continuous", "full", "complete", "additional", "calendar", "whole", "completed"))
"""`12 consecutive months`."""
UNREAD = frozenset(("/", "*", "^"))
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


class Range(NamedTuple):
    """The tokens `first` to `next` (not included) and what they bound. `bare`: a number that nothing compares."""

    first: int
    next: int
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str | None = None
    limit: Limit | None = None
    bare: bool = False
    left: bool = False
    """A bound before its subject: `18 <=` age."""
    second: float | None = None
    """The other number of a pair: the 90 of 140/90."""
    aged: bool = False
    """`older`, `years of age`, `-year-old`: it bounds an age, whatever it stands beside."""
    high_unit: str | None = None
    """The upper bound's unit where it is another: `6 months to 17 years`."""
    span: bool = False
    """Two numbers with nothing but a dash or `to` between."""


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
    if decimal_comma(tokens, at):
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
    if found is None or (found.key == "normal" and not (times and multiple)):
        return None, at
    here = found.next
    if here + 2 < len(tokens) and tokens[here].word == "(":
        again = LIMITS.find(tokens, here + 1)
        if again is not None and again.next < len(tokens) and tokens[again.next].word == ")":
            here = again.next + 1
    return ("lln" if found.key == "lln" else "uln"), here


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
    if power:
        if unit in ("/L", "/uL", "/mm3", "/mL"):
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


def bounded(first: int, operator: str, amount: Amount, next: int) -> Range:
    """A range with one bound."""
    if operator in (">", ">="):
        return Range(first, next, low=amount.value, low_open=operator == ">", unit=amount.unit, limit=amount.limit)
    return Range(first, next, high=amount.value, high_open=operator == "<", unit=amount.unit, limit=amount.limit)


def word_at(tokens: list[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def read_range(tokens: list[Token], at: int) -> Range | None:
    """The range that starts at the token."""
    normal = WITHIN_NORMAL.find(tokens, at)
    if normal is not None:
        return Range(at, normal.next, high=1.0, limit="uln")
    word = tokens[at].word
    if word in ("between", "from", "range", "ranging"):
        here = at + 1
        while here < at + 6 and word_at(tokens, here) in ("from", "of", "between", ":", "the", "ages", "age"):
            here += 1
        found = read_two(tokens, at, here)
        aged = any(token.word in ("ages", "age") for token in tokens[at:here])
        return found._replace(span=False, aged=aged) if found else None
    operator, here = read_comparison(tokens, at)
    if operator is None and word == "within":
        amount = read_amount(tokens, at + 1)
        within = amount is not None and amount.limit is not None
        return bounded(at, "<=", amount, amount.next) if amount is not None and within else None
    if operator is None:
        return read_two(tokens, at, at) or read_one(tokens, at)
    amount = read_signed(tokens, here)
    if amount is None:
        limit, after = read_limit(tokens, here, multiple=False)
        if limit is None:
            return None
        return bounded(at, operator, Amount(1.0, None, limit, after), after)
    if amount.unit == UNKNOWN and word_at(tokens, amount.next) == "/":
        # blood pressure: both numbers are bounded alike
        second = read_amount(tokens, amount.next + 1)
        if second is not None and second.unit in (None, "mm[Hg]"):
            pair = bounded(at, operator, amount._replace(unit=second.unit), second.next)
            return pair._replace(second=second.value)
    one = bounded(at, operator, amount, amount.next)
    if tokens[at].word in ("older", "younger") or any(token.word == "age" for token in tokens[at:here]):
        one = one._replace(aged=True)
    # the other bound: `> 65 and < 75 years`; what `or` joins is outside of both
    here = amount.next
    while here < amount.next + 2 and word_at(tokens, here) in ("and", "to", "but", "-", ","):
        here += 1
    other_operator, after = read_comparison(tokens, here)
    if other_operator is not None and other_operator[0] != operator[0] and here > amount.next:
        other = read_amount(tokens, after)
        if other is not None:
            two = both(one, bounded(at, other_operator, other, other.next))
            if two is not None:
                return two
    if here == amount.next + 1 and operator in (">", ">=") and word_at(tokens, amount.next) in ("-", "to"):
        other = read_amount(tokens, here)
        if other is not None:
            two = both(one, bounded(at, "<=", other, other.next))
            if two is not None:
                return two
    return one


def both(one: Range, other: Range) -> Range | None:
    """Two bounds as one range; None when they do not fit each other."""
    unit, limit = one.unit or other.unit, one.limit or other.limit
    low = one if one.low is not None else other
    high = other if one.low is not None else one
    if low.unit and high.unit and low.unit != high.unit and {low.unit, high.unit} <= TIME_UNITS:
        if low.low is None or high.high is None:
            return None
        first, next = min(one.first, other.first), max(one.next, other.next)
        return Range(first, next, low.low, high.high, low.low_open, high.high_open, low.unit, high_unit=high.unit)
    if low.low is None or high.high is None:
        return None
    if (one.unit and other.unit and one.unit != other.unit) or (unit and limit):
        return None
    if one.limit and other.limit and one.limit != other.limit:
        return None
    if low.low > high.high:
        return None
    return Range(
        min(one.first, other.first),
        max(one.next, other.next),
        low.low,
        high.high,
        low.low_open,
        high.high_open,
        unit,
        limit,
    )


def read_two(tokens: list[Token], first: int, at: int) -> Range | None:
    """`18 to 75 years`, `18 years - 75 years`, `18 and 75` after `between`."""
    one = read_amount(tokens, at)
    if one is None:
        return None
    here = one.next
    joins = ("-", "to", "~", "through", "until", "till", "and") if first < at else ("-", "to", "~", "through")
    if word_at(tokens, here) in ("of", "old") and word_at(tokens, here + 1) in ("age", "to", "-"):
        here += 2 if word_at(tokens, here) == "of" else 1
    if word_at(tokens, here) not in joins:
        return None
    here += 2 if word_at(tokens, here) == "-" and word_at(tokens, here + 1) == "to" else 1
    if word_at(tokens, here) in ("less", "<", "<=", "up"):
        operator, here = read_comparison(tokens, here)
    else:
        operator = "<="
    other = read_amount(tokens, here)
    if other is None or operator not in ("<", "<="):
        return None
    unit = other.unit or one.unit
    high_unit = None
    if one.unit and other.unit and one.unit != other.unit:
        if one.unit not in TIME_UNITS or other.unit not in TIME_UNITS:
            return None
        unit, high_unit = one.unit, other.unit
    elif one.value >= other.value or (other.limit and unit):
        return None
    return Range(
        first,
        other.next,
        one.value,
        other.value,
        high_open=operator == "<",
        unit=unit,
        limit=other.limit,
        high_unit=high_unit,
        span=True,
    )


def read_one(tokens: list[Token], at: int) -> Range | None:
    """A number and what follows it: `18 or older`, `18 years <=` its subject, `140/90 mmHg`, or nothing."""
    amount = read_amount(tokens, at)
    if amount is None:
        return None
    here = amount.next
    aged = here
    if word_at(tokens, aged) == "of" and word_at(tokens, aged + 1) == "age":
        aged += 2
    elif word_at(tokens, aged) in ("old", "points", "point", "+"):
        aged += 1
    elif word_at(tokens, aged) == "-" and word_at(tokens, aged + 1) == "old":
        aged += 2
    if amount.unit is None and word_at(tokens, here) == "+":
        unit, after = read_unit(tokens, here + 1)
        if unit in TIME_UNITS:
            return bounded(at, ">=", amount._replace(unit=unit), after)
    if word_at(tokens, aged) == ",":
        aged += 1
    found = POSTFIXES.find(tokens, aged)
    if found is not None:
        older = aged > here or found.word.rsplit(maxsplit=1)[-1] in ("older", "younger")
        return bounded(at, found.key, amount, found.next)._replace(aged=older)
    if here < len(tokens) and tokens[here].kind == SIGN and tokens[here].word in ("<", "<="):
        low_open = tokens[here].word == "<"
        return Range(at, here + 1, low=amount.value, low_open=low_open, unit=amount.unit, limit=amount.limit, left=True)
    return Range(at, here, amount.value, amount.value, unit=amount.unit, limit=amount.limit, bare=True)
