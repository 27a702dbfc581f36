"""Pieces in, constraints on measured things out: a range belongs to the names it stands beside.

A range whose unit does not measure the name is none of it; a name is reached over words that say nothing (`level`,
`must be`) and, where the unit tells, over a few others.
"""

import re
from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.pieces import CLOSE, CUE, FILLER, NAME, OPEN, OTHER, RANGE, STOP, Piece
from app.eligibility.quantities import Range, both
from app.eligibility.tokens import Token
from app.eligibility.units import TIME_UNITS
from app.eligibility.vocabulary import SUBJECTS, Subject

MOST_WORDS = 4
"""Words that say nothing of the range, between a name and a range whose unit is the name's."""
CONCENTRATION = re.compile(
    r"(?:(k?g|[munp]g)|([munp]?mol|meq)|([mu]?(?:U|\[IU\]))|(\{copies\})|((?:10\*\d+)?))/(?:[dmu]?L|mm3)$"
)
FAMILIES = ("mass", "amount", "activity", "copies", "count")
SAME = {
    "mL/min/{1.73_m2}": "clearance",
    "mL/min": "clearance",
    "mL/min/m2": "clearance",
    "mL/s": "clearance",
    "L/min": "clearance",
    "mm": "length",
    "cm": "length",
    "m": "length",
    "[in_i]": "length",
    "kg": "mass",
    "g": "mass",
    "mg": "mass",
    "[lb_av]": "mass",
    "g/(24.h)": "excretion",
    "mg/(24.h)": "excretion",
    "mm[Hg]": "pressure",
    "kPa": "pressure",
    "Cel": "temperature",
    "[degF]": "temperature",
    "ms": "short",
    "s": "short",
    "mg/g": "ratio",
    "g/g": "ratio",
    "mg/mmol": "ratio",
    **dict.fromkeys(TIME_UNITS, "time"),
}


def family(unit: str | None) -> str | None:
    """What a unit measures, as far as units of one analyte are told apart."""
    if unit is None:
        return None
    found = CONCENTRATION.match(unit)
    if found is not None:
        return FAMILIES[(found.lastindex or 5) - 1] + "/volume"
    return SAME.get(unit, unit)


def fits(subject: Subject, span: Range, words: int) -> bool:
    """Whether the range can bound the subject, with so many words between them."""
    if subject.kind is None or (span.second is not None and subject.key != "blood pressure"):
        return False
    if span.limit is not None:
        return subject.kind == "measurement" and words <= MOST_WORDS
    families = {family(unit) for unit in subject.units}
    if span.unit is None:
        if subject.kind == "age":
            return words == 0 and (span.high or 120) <= 120 and (span.low or 0) < 120
        return words == 0 and (subject.kind in ("bmi", "measurement"))
    if span.unit == "10*3":
        return "count/volume" in families
    return family(span.unit) in families and (words <= MOST_WORDS if subject.kind == "measurement" else words <= 1)


def read_measures(text: str, tokens: list[Token], pieces: list[Piece]) -> Iterator[tuple[int, int, Constraint]]:
    """Constraints on measured things, each with the tokens that carry it (first, and after the last)."""
    group: list[Piece] = []
    words = 0
    last: list[Piece] = []
    cue = False
    used: set[int] = set()
    for number, piece in enumerate(pieces):
        if piece.kind == NAME:
            if words or not group:
                group, words = [], 0
            group.append(piece)
        elif piece.kind == STOP:
            group, words, cue = [], 0, False
        elif piece.kind in (OTHER, CUE):
            words += 1
            cue = cue or piece.kind == CUE
            if words > MOST_WORDS:
                group = []
        elif piece.kind == RANGE and piece.range is not None:
            span = piece.range
            named = [name for name in group if name.subject and fits(name.subject, span, words)]
            if group and span.left:
                named = []
            if not named or (span.bare and not _bare_counts(tokens, named, span)):
                right = named_right(pieces, number, span)
                if right is not None and (not span.bare):
                    name, after, whole = right
                    if whole is not None or not span.left:
                        used.add(number)
                        used.update(range(number, after))
                        last = [name]
                        cue = False
                        yield from made(text, tokens, [name], whole or span, piece.first, pieces[after - 1].next)
                        group = []
                        words = 0
                        continue
                named = []
            if number in used:
                continue
            if not named and span.aged and span.unit in (None, "a", "mo", "wk", "d"):
                named = [Piece(NAME, piece.first, piece.next, SUBJECTS["age"])]
            if named and not span.left:
                last, cue = named, False
                yield from made(text, tokens, named, span, named[0].first, piece.next)
                group, words = [], 0
            elif last and not group and not span.bare and (cue or cued_right(pieces, number)):
                again = [
                    name for name in last if name.subject and fits(name.subject, span, 0) and (span.unit or span.limit)
                ]
                if again:
                    yield from made(text, tokens, again, span, piece.first, piece.next)
            else:
                words += 1


def _bare_counts(tokens: list[Token], named: list[Piece], span: Range) -> bool:
    """Whether a number that nothing compares bounds these names."""
    subject = named[0].subject
    if subject is None:
        return False
    if span.second is not None:
        return False
    return subject.kind == "life-expectancy" and tokens[named[0].first - 1].word in ("minimum", "minimal")


def cued_right(pieces: list[Piece], number: int) -> bool:
    """Whether a condition follows the range before its clause ends."""
    return number + 1 < len(pieces) and pieces[number + 1].kind == CUE


def named_right(pieces: list[Piece], number: int, span: Range) -> tuple[Piece, int, Range | None] | None:
    """The name after a range (`≥ 50 x 10^9/L platelets`, `18 <= age <= 22`), the piece after it, the whole range."""
    here = number + 1
    while here < len(pieces) and here < number + 3 and pieces[here].kind in (FILLER, OPEN):
        here += 1
    if here >= len(pieces) or pieces[here].kind != NAME:
        return None
    name = pieces[here]
    if name.subject is None or name.subject.kind is None:
        return None
    if span.left:
        after = here + 1
        while after < len(pieces) and after < here + 6 and pieces[after].kind in (FILLER, OPEN, NAME, CLOSE):
            after += 1
        if after < len(pieces):
            other = pieces[after].range
            whole = both(span, other) if other is not None else None
            if whole is not None and fits(name.subject, whole, 0):
                return name, after + 1, whole
        return None
    if span.unit is None and name.subject.kind != "age":
        return None
    return (name, here + 1, None) if fits(name.subject, span, 0) else None


def made(
    text: str, tokens: list[Token], names: list[Piece], span: Range, first: int, next: int
) -> Iterator[tuple[int, int, Constraint]]:
    """One constraint for each name."""
    start, end = tokens[first].start, tokens[next - 1].end
    seen = set()
    for name in names:
        subject = name.subject
        if subject is None or subject.kind is None or (subject.kind, subject.key) in seen:
            continue
        seen.add((subject.kind, subject.key))
        unit = span.unit
        if unit == "10*3":
            unit = "10*3/uL"
        if unit is None and span.limit is None:
            unit = {"age": "a", "bmi": "kg/m2"}.get(subject.kind)
        yield (
            first,
            next,
            Constraint(
                subject.kind,
                start,
                end,
                text[start:end],
                subject.key,
                span.low,
                span.high,
                span.low_open,
                span.high_open,
                unit,
                span.limit,
            ),
        )
