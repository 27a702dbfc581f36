"""Tokens in, ranges of numbers out: `≥ 1.5 x 10^9/L`, `between 18 and 75 years`, `no more than 3 times ULN`."""

from typing import NamedTuple

from app.eligibility.constraint import Limit
from app.eligibility.words.quantities import (
    LIMIT_OPENERS,
    POSTFIXES,
    UNKNOWN,
    WITHIN_NORMAL,
    Amount,
    read_amount,
    read_comparison,
    read_limit,
    read_signed,
    word_at,
)
from app.eligibility.words.tokens import NUMBER, SIGN, WORD, Token
from app.eligibility.words.units import TIME_UNITS, read_unit

OF_THE_LIMIT = frozenset(("institutional", "reference", "standard", "study", "hospital", "testing", "upper"))
LIMITED = frozenset(("limit", "limits", "range", "ranges", "values", "levels", "bounds"))
UPPER = frozenset(("upper", "uln", "unl", "iuln", "ulrr", "high", "maximum", "highest"))
"""Words of the upper limit of normal alone."""
CLOSES = frozenset((".", ";", ",", "(", ")"))
GOES_ON = frozenset(
    ("at", "on", "in", "by", "inclusive", "for", "during", "and", "or", "with", "who", "prior", "before")
)
MOST_OPENERS = 6
LONGEST_ASIDE = 10
"""Tokens in parentheses between two bounds."""


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
    normal: bool = False
    """Between both limits of normal: `high` is the upper one."""
    word: bool = False
    """Nothing but the word `normal`."""


def bounded(first: int, operator: str, amount: Amount, next: int) -> Range:
    """A range with one bound."""
    if operator in (">", ">="):
        return Range(first, next, low=amount.value, low_open=operator == ">", unit=amount.unit, limit=amount.limit)
    return Range(first, next, high=amount.value, high_open=operator == "<", unit=amount.unit, limit=amount.limit)


def read_range(tokens: list[Token], at: int) -> Range | None:
    """The range that starts at the token."""
    normal = WITHIN_NORMAL.find(tokens, at)
    next = normal.next if normal is not None else read_within_limits(tokens, at) or read_normal(tokens, at)
    if next:
        upper = any(token.word in UPPER for token in tokens[at:next])
        return Range(at, next, high=1.0, limit="uln", normal=not upper, word=tokens[at].word == "normal")
    word = tokens[at].word
    if word in ("between", "from", "range", "ranges", "ranged", "ranging"):
        here = at + 1
        while here < at + 6 and word_at(tokens, here) in ("from", "of", "between", ":", "the", "ages", "age"):
            here += 1
        first = read_amount(tokens, here)
        found = read_two(tokens, at, here, first) if first is not None else None
        aged = any(token.word in ("ages", "age") for token in tokens[at:here])
        return found._replace(span=False, aged=aged) if found else None
    if word == "-":
        return read_negative(tokens, at)
    if word == "birth":
        return read_two(tokens, at, at, Amount(0.0, None, None, at + 1))
    operator, here = read_comparison(tokens, at)
    if operator is None and word == "within":
        amount = read_amount(tokens, at + 1)
        within = amount is not None and amount.limit is not None
        return bounded(at, "<=", amount, amount.next) if amount is not None and within else None
    if operator is None:
        own = read_amount(tokens, at)
        return None if own is None else read_two(tokens, at, at, own) or read_one(tokens, at, own)
    amount = read_signed(tokens, here) or read_one_time(tokens, here)
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
    here = start = past_age(tokens, past_aside(tokens, amount.next))
    aged = start > amount.next and tokens[start - 1].word in ("old", "age")
    while here < start + 2 and word_at(tokens, here) in ("and", "to", "but", "-", ","):
        here += 1
    other_operator, after = read_comparison(tokens, here)
    if other_operator is not None and other_operator[0] != operator[0] and (here > start or aged):
        other = read_amount(tokens, after)
        if other is not None and not counts_others(tokens, one, other):
            two = both(one, bounded(at, other_operator, other, other.next))
            if two is not None:
                return two
    if here == start + 1 and operator in (">", ">=") and word_at(tokens, start) in ("-", "to"):
        other = read_amount(tokens, here)
        if other is not None:
            two = both(one, bounded(at, "<=", other, other.next))
            if two is not None:
                return two
    return one


def read_one_time(tokens: list[Token], at: int) -> Amount | None:
    """The year of `at least a year`."""
    if word_at(tokens, at) not in ("a", "an"):
        return None
    unit, next = read_unit(tokens, at + 1)
    return Amount(1.0, unit, None, next) if unit in TIME_UNITS else None


def past_age(tokens: list[Token], at: int) -> int:
    """The token after `old` or `of age` before another bound: `≥ 2 years old and < 12 years old`."""
    after = at + 1 if word_at(tokens, at) == "old" else at
    after = at + 2 if word_at(tokens, at) == "of" and word_at(tokens, at + 1) == "age" else after
    joined = word_at(tokens, after) in ("and", "to", "but", "-", ",")
    return after if after > at and read_comparison(tokens, after + joined)[0] is not None else at


def counts_others(tokens: list[Token], one: Range, other: Amount) -> bool:
    """Whether a number behind a range counts something else: `for less than 3 months and at least two episodes`."""
    if one.unit is None or other.unit is not None or other.limit is not None or other.next >= len(tokens):
        return False
    follows = tokens[other.next]
    return follows.kind == WORD and follows.word not in GOES_ON


def read_within_limits(tokens: list[Token], at: int) -> int:
    """The token after `within the local laboratory's upper limit of normal`; 0 if it is something else."""
    if tokens[at].word != "within" or word_at(tokens, at + 1) in ("*", "times"):
        return 0
    limit, next = read_limit(tokens, at + 1, multiple=False)
    if limit == "uln":
        return next
    here = at + 1
    while here < at + MOST_OPENERS and word_at(tokens, here) in LIMIT_OPENERS | OF_THE_LIMIT:
        here += 1
    words = word_at(tokens, here), word_at(tokens, here + 1), word_at(tokens, here + 2)
    if words[0] == "normal" and words[1] in LIMITED:
        return here + 2
    return here + 3 if words[0] in LIMITED and words[1:] == ("of", "normal") else 0


def read_normal(tokens: list[Token], at: int) -> int:
    """The token after a `normal` that closes a clause: `bilirubin normal`; 0 if it says more, or of something else."""
    last = at + 2 == len(tokens) and tokens[at + 1].word in ("or", "and")
    closed = at + 1 >= len(tokens) or last or tokens[at + 1].word in CLOSES
    return at + 1 if at and tokens[at].word == "normal" and closed else 0


def past_aside(tokens: list[Token], at: int) -> int:
    """The token after `(...)`, the same in another unit, before another bound: `≥ 7 % (53 mmol/mol) to ≤ 9 %`."""
    if word_at(tokens, at) != "(":
        return at
    close = next((here for here in range(at, min(at + LONGEST_ASIDE, len(tokens))) if tokens[here].word == ")"), at)
    joined = word_at(tokens, close + 1) in ("and", "to", "-", "but")
    return close + 1 if joined and read_comparison(tokens, close + 2)[0] is not None else at


def read_negative(tokens: list[Token], at: int) -> Range | None:
    """`-1.0 or lower`, `-2.5 to -1`: a `-` that touches a number and follows a space is a sign."""
    if not is_negative(tokens, at):
        return None
    first = read_amount(tokens, at + 1)
    if first is None:
        return None
    here = first.next
    if word_at(tokens, here) in ("to", "and") and is_negative(tokens, here + 1):
        other = read_amount(tokens, here + 2)
        if other is not None and other.value < first.value:
            return Range(at, other.next, -first.value, -other.value, unit=other.unit or first.unit)
        return None
    found = POSTFIXES.find(tokens, here)
    return None if found is None else bounded(at, found.key, first._replace(value=-first.value), found.next)


def is_negative(tokens: list[Token], at: int) -> bool:
    if word_at(tokens, at) != "-" or at + 1 >= len(tokens) or tokens[at + 1].kind != NUMBER:
        return False
    return tokens[at].end == tokens[at + 1].start and (at == 0 or tokens[at - 1].end < tokens[at].start)


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


def read_two(tokens: list[Token], first: int, at: int, one: Amount) -> Range | None:
    """`18 to 75 years`, `18 years - 75 years`, `18 and 75` after `between`; `one` is the first of them."""
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


def read_one(tokens: list[Token], at: int, amount: Amount) -> Range:
    """A number and what follows it: `18 or older`, `18 years <=` its subject, or nothing."""
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
