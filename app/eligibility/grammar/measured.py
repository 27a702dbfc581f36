"""Names of measured things and the range beside them in, constraints out."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.words.families import DOSE, fits
from app.eligibility.words.pieces import CLOSE, FILLER, NAME, OPEN, RANGE, Piece
from app.eligibility.words.plausible import as_meant
from app.eligibility.words.quantities import read_limit, word_at
from app.eligibility.words.ranges import Range, both
from app.eligibility.words.tokens import Token
from app.eligibility.words.vocabulary import SUBJECTS, Subject

Placed = tuple[int, int, Constraint]


def or_limit(tokens: list[Token], span: Range) -> Range | None:
    """The limit that a bound has for its alternative: `< 50 % or lower limit of normal`."""
    if span.unit is None or word_at(tokens, span.next) != "or" or (span.low is None) == (span.high is None):
        return None
    limit, next = read_limit(tokens, span.next + 1, multiple=False)
    if limit is None:
        return None
    low, high = (None if bound is None else 1.0 for bound in (span.low, span.high))
    return span._replace(next=next, low=low, high=high, unit=None, limit=limit)


def named_right(pieces: list[Piece], number: int, span: Range) -> tuple[Piece, int, Range] | None:
    """The name after a range (`≥ 50 x 10^9/L platelets`, `18 <= age <= 22`), the piece after it, the whole range."""
    here = number + 1
    # the same in another unit: `≥ 50 x 10^9/L (≥ 50,000/mm3) platelets`
    if [piece.kind for piece in pieces[here : here + 3]] == [OPEN, RANGE, CLOSE]:
        here += 3
    while here < len(pieces) and here < number + 6 and pieces[here].kind in (FILLER, OPEN):
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
    # what a range follows is the next range's: `≥ 9 g/dL, platelets ≥ ...`
    after = here + 1
    while after < len(pieces) and after < here + 4 and pieces[after].kind in (FILLER, OPEN, CLOSE):
        after += 1
    if after < len(pieces) and pieces[after].kind == RANGE and name.subject.kind != "age":
        return None
    return (name, here + 1, span) if fits(name.subject, span, 0) else None


def made(text: str, tokens: list[Token], names: list[Piece], span: Range, first: int, next: int) -> Iterator[Placed]:
    """One constraint for each name."""
    start, end = tokens[first].start, tokens[next - 1].end
    subjects: list[Subject] = []
    for name in names:
        subject = name.subject
        if subject is None or subject.kind is None:
            continue
        several = [SUBJECTS[f"measurement:{key}"] for key in subject.means] or [subject]
        if subject.key == "blood pressure" or span.second is not None:
            several = [SUBJECTS["measurement:systolic bp"], SUBJECTS["measurement:diastolic bp"]]
            if span.second is None:
                continue
        if subject.kind == "body-surface-area" and span.unit == "m2":
            several = [SUBJECTS["measurement:bsa"]]
        subjects += [one for one in several if one not in subjects]
    for subject in subjects:
        unit = "10*3/uL" if span.unit == "10*3" else span.unit
        if span.second is not None:
            unit = "mm[Hg]"
        if span.high_unit and subject.kind is not None:
            bounds = (
                (span.low, None, span.low_open, False, span.unit),
                (None, span.high, False, span.high_open, span.high_unit),
            )
            for bound in bounds:
                yield first, next, Constraint(subject.kind, start, end, text[start:end], subject.key, *bound)
            continue
        if unit == "deg" and subject.key == "temperature":
            unit = "Cel"
        if subject.key == DOSE and unit == "mg":
            unit = "mg/d"
        if unit is None and span.limit is None:
            unit = {"age": "a", "bmi": "kg/m2"}.get(subject.kind or "")
        low, high = span.low, span.high
        if span.second is not None and subject.key == "diastolic bp":
            low, high = (span.second if low is not None else None), (span.second if high is not None else None)
        if span.limit is None:
            meant = as_meant(subject, (low, high), unit, [token.word for token in tokens[span.first : span.next]])
            if meant is None:
                continue
            low, high = meant
        assert subject.kind is not None
        own = low, high, span.low_open, span.high_open, unit, span.limit
        one = Constraint(subject.kind, start, end, text[start:end], subject.key, *own)
        if span.normal:
            yield first, next, one._replace(low=1.0, high=None, limit="lln")
        yield first, next, one
