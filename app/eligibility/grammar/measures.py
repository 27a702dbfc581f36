"""Pieces in, constraints on measured things out: a range belongs to the names it stands beside.

A range whose unit does not measure the name is none of it; a name is reached over words that say nothing (`level`,
`must be`) and, where the unit tells, over a few others.
"""

from collections.abc import Generator, Iterator

from app.eligibility.grammar.kin import of_others
from app.eligibility.grammar.measured import Placed, made, named_right, or_limit
from app.eligibility.words.families import DOSE, MOST_WORDS, fits
from app.eligibility.words.pieces import CLOSE, CUE, FILLER, JOIN, NAME, OPEN, OTHER, RANGE, STOP, WORDS, Piece
from app.eligibility.words.quantities import word_at
from app.eligibility.words.ranges import Range
from app.eligibility.words.tokens import NUMBER, WORD, Token
from app.eligibility.words.vocabulary import SUBJECTS

LONGEST_ASIDE = 14
"""Pieces in parentheses that are passed over."""
ALL_OF_THE_LIVER = "liver function tests"
PRESSURES = ("systolic bp", "diastolic bp")
SEXES = frozenset(("male", "female", "males", "females", "men", "women", "boys", "girls"))
AGES = frozenset((None, "a", "mo", "wk", "d"))
PEOPLE = frozenset(WORDS["people"].split())
ORDINALS = frozenset(("th", "st", "nd", "rd", "percentile", "percentiles", "sd", "sds", "standard"))
"""After a number without a unit: it is one of a distribution."""
AWAY = frozenset(("from", "away", "proximal", "distal", "beyond", "apart"))
CHANGES = frozenset(WORDS["changes"].split())
DENIALS = frozenset(WORDS["denials"].split())
"""Words between a name and a range after which the range is not demanded: `BMI outside 18-30`, `should not be > 10`."""
RESULTS = frozenset(("positive", "negative"))
NEAR_DENIAL = 4
"""Tokens between a denial and the range that it denies."""
NOT_AGE_BEFORE = frozenset(WORDS["not an age before"].split())


class Reader:
    """One pass over the pieces: the names that wait for a range, and what the last range bounded."""

    def __init__(self, text: str, tokens: list[Token], pieces: list[Piece]) -> None:
        self.text, self.tokens, self.pieces = text, tokens, pieces
        self.group: list[Piece] = []
        self.words = 0
        self.denied = False
        self.last: list[Piece] = []
        self.last_range: Range | None = None
        self.since: set[str] = set()
        """The kinds of the pieces since the last range."""

    def read(self) -> Iterator[Placed]:
        at = 0
        while at < len(self.pieces):
            piece = self.pieces[at]
            if piece.kind not in (RANGE, NAME):
                self.denied = self.denied or self.denies(piece)
            if piece.kind == RANGE and piece.range is not None:
                at = yield from self.bound(at, piece, piece.range)
                continue
            if piece.kind == NAME:
                self.name(piece)
            elif piece.kind == STOP:
                self.group, self.words, self.denied = [], 0, False
            elif piece.kind == OPEN and self.group:
                at = self.after_aside(at)
                continue
            elif piece.kind in (OTHER, CUE):
                if self.tokens[piece.first].word in RESULTS and word_at(self.tokens, piece.next) in ("and", "with"):
                    self.group = []  # `HBsAg positive and viral load > 2000 IU/mL`
                self.words += piece.next - piece.first if piece.kind == OTHER else 1
                if self.words > MOST_WORDS or self.conditional(piece):
                    self.group = []
            self.since.add(piece.kind)
            at += 1

    def name(self, piece: Piece) -> None:
        """A name joins those that wait, unless words that say something stand between."""
        if self.words:
            again = piece.subject is not None and piece.subject.key == "blood pressure"
            if again and any(name.subject and name.subject.key in PRESSURES for name in self.group):
                return  # `SBP on automated blood pressure measurement`
            self.group = []
        if not self.group:
            self.denied = False
        if self.group and all(name.subject and name.subject.key == ALL_OF_THE_LIVER for name in self.group):
            self.group = []  # a heading: `liver function tests (ALT, AST)`
        self.group.append(piece)
        self.words = 0

    def denies(self, piece: Piece) -> bool:
        """`non-smokers` and `with or without asthma` deny no range."""
        return any(
            token.word in DENIALS
            and not (token.word == "non" and word_at(self.tokens, at + 1) == "-")
            and not (token.word == "without" and at and self.tokens[at - 1].word == "or")
            for at, token in enumerate(self.tokens[piece.first : piece.next], piece.first)
        )

    def conditional(self, piece: Piece) -> bool:
        return self.tokens[piece.first].word in ("if", "when")

    def after_aside(self, at: int) -> int:
        """The piece after the parentheses at `at`; the next one where they hold names alone, or a range."""
        self.since.add(OPEN)
        kinds = set()
        for here in range(at + 1, min(at + 1 + LONGEST_ASIDE, len(self.pieces))):
            kind = self.pieces[here].kind
            if kind == CLOSE:
                return here + 1 if OTHER in kinds or CUE in kinds or NAME not in kinds else at + 1
            if kind in (RANGE, STOP):
                break
            kinds.add(kind)
        return at + 1

    def bound(self, at: int, piece: Piece, span: Range) -> Generator[Placed, None, int]:
        """What the range at the piece bounds; the piece to go on with."""
        span = self.with_unit_of_next(at, span)
        named = (
            [] if span.left else [name for name in self.group if name.subject and fits(name.subject, span, self.words)]
        )
        if span.bare and not self.minimal(named):
            named = []
        if any(name.subject and name.subject.kind == "age" for name in named) and of_others(self.tokens, piece):
            named = []
        times = piece.first > 0 and self.tokens[piece.first - 1].word in ("*", "times", "x", "fold")
        if span.limit and times and named and named[-1].next < piece.first:
            named = []
        if span.high_unit and not all(name.subject and name.subject.kind == "age" for name in named):
            named = []
        after, first = at + 1, piece.first
        named = [name for name in named if not self.not_daily(name, span, at)]
        if named and (self.of_a_change(named[0], span) or self.of_a_place(span) or self.of_a_count(named[0], span)):
            named = []
        if span.unit is None and (word_at(self.tokens, span.next) in ORDINALS or self.of_one_sex(span)):
            named = []
        if span.unit is None and span.limit is None and self.kind_at(at + 1) == OTHER:
            named = [
                one for one in named if one.subject and (one.subject.kind != "measurement" or None in one.subject.units)
            ]
        if named:
            first = named[0].first
            if self.denied or self.asked_only(named[0]):
                self.close([])
                return after
        elif not span.bare and not (self.denied and self.is_denied(piece.first)):
            named, span, after = self.beside(at, piece, span)
        if not named:
            self.words += 1
            self.since.add(RANGE)
            if not span.bare:
                self.last = [] if self.group else self.last
            return at + 1
        if span.bare:
            span = span._replace(high=None, bare=False)
        last = self.pieces[after - 1]
        yield from made(self.text, self.tokens, named, span, first, last.next)
        limit = or_limit(self.tokens, span)
        if limit is not None:
            yield from made(self.text, self.tokens, named, limit, first, limit.next)
        self.close(named)
        self.last_range = span
        return after

    def with_unit_of_next(self, at: int, span: Range) -> Range:
        """`TSH < 0.5 or > 5.0 mU/L`: the unit is written once, behind the other end."""
        other = self.pieces[at + 2].range if self.kind_at(at + 1) == JOIN and self.kind_at(at + 2) == RANGE else None
        if other is None or other.unit is None or other.bare or span.unit or span.limit or span.bare or not self.group:
            return span
        subjects = [name.subject for name in self.group if name.subject]
        # what is given in per cent and in an amount may have one unit for each of its bounds
        alike = all(fits(one, other, 0) and "%" not in one.units for one in subjects)
        return span._replace(unit=other.unit) if alike and (span.low is None) != (other.low is None) else span

    def close(self, named: list[Piece]) -> None:
        self.last, self.group, self.words, self.since, self.last_range = named, [], 0, set(), None
        self.denied = False

    def beside(self, at: int, piece: Piece, span: Range) -> tuple[list[Piece], Range, int]:
        """The names of a range that none stands before, its whole, and the piece after all that."""
        right = named_right(self.pieces, at, span)
        if right is not None:
            name, after, whole = right
            if name.subject and name.subject.kind == "age" and of_others(self.tokens, piece):
                return [], span, at + 1
            if self.tokens[name.next - 1].word == "blasts" and word_at(self.tokens, piece.first - 1) == "on":
                return [], span, at + 1  # `expressed on > 20 % of blasts`
            return ([] if self.not_daily(name, span, at) else [name]), whole, after
        if span.left:
            return [], span, at + 1
        age = Piece(NAME, piece.first, piece.next, SUBJECTS["age"])
        if ((span.aged and span.unit in AGES) or self.of_people(piece, span)) and not of_others(self.tokens, piece):
            return [age], span, at + 1
        other_end = self.other_end(span)
        if other_end is not None:
            return self.last, other_end, at + 1
        if self.last and not self.group and (span.unit or span.limit):
            again = [name for name in self.last if name.subject and fits(name.subject, span, 0)]
            joined = self.since <= {JOIN, FILLER} and JOIN in self.since
            cued = CUE in self.since or self.kind_at(at + 1) == CUE
            cued = cued or (piece.first > 0 and self.tokens[piece.first - 1].word in SEXES)
            asked = at > 0 and self.pieces[at - 1].kind == CUE and self.conditional(self.pieces[at - 1])
            aged = any(name.subject and name.subject.kind == "age" for name in again)
            if aged and word_at(self.tokens, span.next) == "of" and word_at(self.tokens, span.next + 1) != "age":
                again = []  # `60 years of age and at least 1 year of amenorrhea`
            if again and (joined or (cued and not aged)) and not asked:
                return again, span, at + 1
        return [], span, at + 1

    def other_end(self, span: Range) -> Range | None:
        """A range without a unit as the other end of the last one: `BMI < 18.5 kg/m2 or > 40`."""
        last = self.last_range
        if (
            last is None
            or not self.last
            or self.group
            or span.unit
            or span.limit
            or span.bare
            or last.second is not None
        ):
            return None
        if self.since != {JOIN} or None not in (last.low, last.high) or (span.low is None) == (last.low is None):
            return None
        return span._replace(unit=last.unit, limit=last.limit)

    def is_denied(self, first: int) -> bool:
        return any(token.word in DENIALS for token in self.tokens[max(0, first - NEAR_DENIAL) : first])

    def kind_at(self, at: int) -> str:
        return self.pieces[at].kind if at < len(self.pieces) else STOP

    def not_daily(self, name: Piece, span: Range, at: int) -> bool:
        """Whether a dose in mg is one of no day: `a cumulative 140 mg of prednisone`."""
        if name.subject is None or name.subject.key != DOSE or span.unit != "mg":
            return False
        near = {token.word for token in self.tokens[max(0, span.first - 8) : span.next + 8]}
        return not near & {"day", "daily"} or bool(near & {"cumulative", "total", "period"})

    def minimal(self, named: list[Piece]) -> bool:
        """Whether a number that nothing compares is the least: `minimum life expectancy of 12 weeks`."""
        return any(
            any(token.word in ("minimum", "minimal") for token in self.tokens[max(0, name.first - 2) : name.first])
            for name in named[:1]
        ) or any(self.tokens[name.first].word == "minimum" for name in named[:1])

    def of_a_change(self, name: Piece, span: Range) -> bool:
        """`a decrease in FEV1 of at least 20 %`; one `to less than 50 %` ends at a value."""
        before = [token.word for token in self.tokens[max(0, name.first - 4) : name.first]]
        after = [token.word for token in self.tokens[name.next : min(span.first, name.next + MOST_WORDS)]]
        if span.limit:
            return False  # `an increase in ALT above 3 x ULN` ends at a value
        at = next((at for at, word in enumerate(before) if word in CHANGES), None)
        changes = (at is not None and {"in", "of"} & set(before[at:])) or bool(set(after) & CHANGES)
        return changes and self.tokens[span.first].word not in ("below", "above") and "to" not in after

    def of_a_place(self, span: Range) -> bool:
        """`lesions ≤ 2 cm from the ventricle`: how far, not how big."""
        return word_at(self.tokens, span.next) in AWAY

    def of_a_count(self, name: Piece, span: Range) -> bool:
        """`stenosis at more than two levels`: words of number without a unit count something else."""
        if span.unit or span.limit or name.subject is None or name.subject.kind != "measurement":
            return False
        return not any(token.kind == NUMBER for token in self.tokens[span.first : span.next]) and not span.limit

    def of_one_sex(self, span: Range) -> bool:
        """`QTc ≥ 450 (men) / 470 (women) ms`: the unit comes later, and another value."""
        return word_at(self.tokens, span.next) == "(" and word_at(self.tokens, span.next + 1) in SEXES

    def asked_only(self, name: Piece) -> bool:
        """`if LVEF is > 75 %, ...`: a condition for something else, which `excluded if LVEF ...` is not."""
        if name.first == 0 or self.tokens[name.first - 1].word not in ("if", "when"):
            return False
        before = self.tokens[name.first - 2] if name.first > 1 else None
        return before is None or before.kind != WORD or before.word in ("or", "and", "but", "only")

    def of_people(self, piece: Piece, span: Range) -> bool:
        """`patients over 18 years`, and a text that is nothing but `over 18`."""
        here = piece.first - 1
        while here > 0 and self.tokens[here].word in ("(", ":", "who", "are", "is", "be", "must"):
            here -= 1
        before = self.tokens[here].word if here >= 0 else ""
        after = self.tokens[piece.next].word if piece.next < len(self.tokens) else ""
        bounds = [bound for bound in (span.low, span.high) if bound is not None]
        if not bounds or not all(1 <= bound <= 110 for bound in bounds):
            return False
        if span.unit == "a":
            if before in PEOPLE and after not in NOT_AGE_BEFORE:
                return True
            alone = piece.first <= 1 and piece.next >= len(self.tokens) - 1
            years = bounds[0] in (16, 18, 21) and len(bounds) == 1 and before != "for"
            return (alone and max(bounds) >= 12) or (years and after not in NOT_AGE_BEFORE)
        if span.high_unit == "a" and span.span and (span.high or 0) >= 12:  # `6 months to 17 years`
            return piece.first <= 1 and piece.next >= len(self.tokens) - 1
        if span.unit is None and span.limit is None and piece.first <= 1 and piece.next >= len(self.tokens) - 1:
            if span.span:
                return (span.high or 0) >= 30 and (span.high or 0) - (span.low or 0) >= 10
            words = {token.word for token in self.tokens[piece.first : piece.next]}
            return bool(words & {"over", "under"})
        if span.unit is None and span.limit is None and before in PEOPLE and max(bounds) in (16, 18, 21):
            return self.tokens[piece.next - 1].kind == "number" and after in (")", "", ".")
        return False


def read_measures(text: str, tokens: list[Token], pieces: list[Piece]) -> Iterator[Placed]:
    """Constraints on measured things, each with the tokens that carry it (first, and after the last)."""
    return Reader(text, tokens, pieces).read()
