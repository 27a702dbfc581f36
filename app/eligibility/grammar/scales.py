"""Pieces in, performance status and rating scales out: `ECOG 0, 1 or 2`, `Karnofsky >= 60%`, `NYHA class III or IV`."""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.words.pieces import NAME, WORDS, Piece
from app.eligibility.words.quantities import POSTFIXES, SIGNS, read_comparison, word_at
from app.eligibility.words.ranges import Range, both
from app.eligibility.words.tokens import NUMBER, SIGN, WORD, Token
from app.eligibility.words.units import TIME_UNITS, read_unit
from app.eligibility.words.vocabulary import Subject

Placed = tuple[int, int, Constraint]
NOT_GRADES = TIME_UNITS | {"mg", "g", "mL", "cm", "kg"}
ROMAN = {"i": 1.0, "ii": 2.0, "iii": 3.0, "iv": 4.0, "v": 5.0, "vi": 6.0}
BETWEEN = frozenset(WORDS["scale words"].split())
"""Words and marks that may stand between a scale and its grades."""
JOINS = frozenset(("-", "to", "or", "and", "&", ",", "/", "through", "~"))
GRADES = frozenset(("class", "classes", "grade", "grades", "score", "scores", "scoring", "stage", "status"))
ON = frozenset(("(", ")", "on", "the", "by", "of", "scale", "-", ",", "criteria", "as", "defined", "according", "to"))
RUNS = frozenset(("a", "an", "point", "points", "cm", "mm", "low", "back", "leg", "neck", "pain"))
"""Words of what a scale runs from and to, before its name."""
MOST_BETWEEN = 9
LONGEST_ASIDE = 18
MOST_GRADES = 6
"""Of a scale whose grades stand bare behind its name: `ASA III`."""
GOES_ON = frozenset(("to", "up", "through", "~"))
SUBGRADES = frozenset("abc")
"""`class 2B`."""
MOST_EXPLAINED = 40
"""Tokens of what a grade means."""
MOST_APART = 6
MOST_BEFORE = 16
"""Tokens before a scale in which its grades may stand."""
OF_WHO = [(low, high) for low in (0.0, None) for high in (1.0, 2.0, 3.0)]
"""`WHO 0-2`, without a word of a performance status."""
MOST_UNNAMED = 4
"""The highest grade of a performance status whose scale is not named: those of one digit mean the same."""
SCALES = ("performance-status", "score")


def read_scales(text: str, tokens: list[Token], pieces: list[Piece]) -> Iterator[Placed]:
    """Constraints on scales, each with its tokens."""
    reached = 0
    names = [piece for piece in pieces if piece.kind == NAME and piece.subject and piece.subject.kind in SCALES]
    for number, piece in enumerate(names):
        subject = piece.subject
        assert subject is not None
        if piece.first < reached or explains(tokens, piece.first):
            continue
        skipped = reached
        found, first, next = after_name(tokens, piece), piece.first, piece.next
        if found is not None and subject.key is None:
            # `performance status of 0 or 1 (ECOG)`
            named = named_behind(tokens, names, number, found.next)
            if named is not None and named.subject is not None:
                subject, next = named.subject, named.next
            elif (found.high or found.low or 0) > MOST_UNNAMED or not is_status(tokens, piece):
                continue
        elif found is None:
            found = before_name(tokens, piece, reached)
            if found is None or subject.key is None:
                continue
            first = found.first
        next = max(next, found.next)
        if found.span:
            # `1 or better`: which end is the better one the scale tells
            upper = (tokens[found.next - 1].word == "better") == subject.better_is_low
            found = found._replace(low=None) if upper else found._replace(high=None)
        alone = text[tokens[piece.first].start : tokens[piece.next - 1].end] == "WHO"
        if alone and (found.first != piece.next or (found.low, found.high) not in OF_WHO):
            continue  # the 2016 classification, a tumour's grade
        low, high = subject.low or 0.0, subject.high or 0.0
        if any(bound is not None and not low <= bound <= high for bound in (found.low, found.high)):
            continue
        if (found.low, found.high) == (low, high) and high > MOST_GRADES:
            continue  # what the scale runs from and to: `NRS 0-10`
        reached = next
        yield first, next, placed(text, tokens, subject, first, next, found)
        # `Karnofsky/Lansky score >= 50`
        before = names[number - 1] if number else piece
        if before.next > skipped and before.subject and joined(tokens, before, piece, subject):
            yield before.first, next, placed(text, tokens, before.subject, before.first, next, found)
        # `a score of at least 50 on the Karnofsky/Lansky scale`
        other = names[number + 1] if number + 1 < len(names) else piece
        if found.next <= piece.first and other.subject and joined(tokens, piece, other, other.subject):
            yield first, other.next, placed(text, tokens, other.subject, first, other.next, found)


def is_status(tokens: list[Token], piece: Piece) -> bool:
    """A performance status, and no `physical performance score`."""
    return tokens[piece.next - 1].word in ("status", "ps")


def named_behind(tokens: list[Token], names: list[Piece], number: int, next: int) -> Piece | None:
    """The scale that is named behind the grades of one that is not: `status (PS) of 0-1 (according to the ECOG)`."""
    for other in names[number + 1 : number + 3]:
        aside = word_at(tokens, next) == "(" and ")" not in [token.word for token in tokens[next : other.first]]
        near = other.first <= next + 3 and says_on(tokens, next, other.first)
        if other.subject and other.subject.key and (near or (aside and other.first <= next + LONGEST_ASIDE)):
            return other
    return None


def explains(tokens: list[Token], first: int) -> bool:
    """Whether a scale only says what the grades of another one mean: `(0 = fully active [Karnofsky 90-100]; ...`."""
    if not first or tokens[first - 1].word != "(":
        return False
    return any(
        tokens[at].kind == NUMBER and tokens[at + 1].word == "=" and tokens[at - 1].word in ("(", ";", ",")
        for at in range(max(1, first - MOST_EXPLAINED), first - 1)
    )


def joined(tokens: list[Token], before: Piece, piece: Piece, subject: Subject) -> bool:
    """Whether two scales of one length stand side by side: `Karnofsky or Lansky`."""
    if before.subject is None or before.subject.key is None or before.subject.high != subject.high:
        return False
    if before.subject.key == subject.key:
        return False
    return piece.first - before.next == 1 and tokens[before.next].word in ("/", "or", "and")


def placed(text: str, tokens: list[Token], subject: Subject, first: int, next: int, found: Range) -> Constraint:
    length = tokens[found.next - 1].word == "mm"  # of a visual analogue scale's line
    start, end = tokens[first].start, tokens[next - 1].end
    bounds = found.low, found.high, found.low_open, found.high_open
    assert subject.kind is not None
    return Constraint(subject.kind, start, end, text[start:end], subject.key, *bounds, unit="mm" if length else None)


def says_on(tokens: list[Token], first: int, next: int, more: frozenset[str] = frozenset()) -> bool:
    """Whether the tokens say no more than `on the` or `(`; with `more` also `on a 0 to 10`."""
    runs = bool(more) and tokens[first].word == "on"
    return all(
        token.word in ON or (runs and (token.word in more or token.kind == NUMBER)) for token in tokens[first:next]
    )


def after_name(tokens: list[Token], piece: Piece) -> Range | None:
    """The grades after a scale's name; a comparison before the name is theirs: `greater than NYHA class II`."""
    here, between = piece.next, 0
    if is_version(tokens, here):
        here += 2
    found = read_grades(tokens, here)
    while found is None and between < MOST_BETWEEN and here < len(tokens) and tokens[here].word in BETWEEN:
        if tokens[here].word == "(" and (after := after_aside(tokens, here)):
            here = after
        else:
            here, between = here + 1, between + 1
        found = read_grades(tokens, here)
    if found is None or found.low is None or found.low != found.high:
        return found
    many = piece.subject is None or (piece.subject.high or 0) > MOST_GRADES
    if many and (not between or tokens[found.first].word in ROMAN):
        return None  # `PASI 75` is a response, `UPDRS-II` a part of a scale
    least = piece.first > 0 and tokens[piece.first - 1].word in ("minimum", "minimal")
    if least:
        return found._replace(high=None)
    return compared(tokens, found, piece.first)


def compared(tokens: list[Token], found: Range, first: int | None = None) -> Range:
    """One grade with the comparison that stands before it: `greater than NYHA class II`, `> class II`."""
    start = found.first if first is None else first
    if found.low is None or found.low != found.high:
        return found
    for back in range(start - 1, max(-1, start - 7), -1):
        operator, after = read_comparison(tokens, back)
        if operator is not None and after == start:
            if operator in (">", ">="):
                return found._replace(high=None, low_open=operator == ">", first=back)
            return found._replace(low=None, high_open=operator == "<", first=back)
    return found


def is_version(tokens: list[Token], at: int) -> bool:
    """Whether a number with a hyphen belongs to the name: `Depression Rating Scale-6`, not that of `ECOG-0`."""
    if word_at(tokens, at) != "-" or at + 1 >= len(tokens) or tokens[at + 1].kind != NUMBER or not at:
        return False
    if tokens[at - 1].word not in ("scale", "questionnaire"):
        return False
    return tokens[at - 1].end == tokens[at].start and tokens[at].end == tokens[at + 1].start


def after_aside(tokens: list[Token], at: int) -> int:
    """The token after parentheses that hold no grades; 0 where they do or do not close."""
    here = at + 1
    while here < min(at + MOST_BETWEEN, len(tokens)) and tokens[here].word in BETWEEN:
        here += 1
    if read_grades(tokens, here) is not None:
        return 0
    for here in range(at + 1, min(at + LONGEST_ASIDE, len(tokens))):
        if tokens[here].word == ")":
            # `(ECOG)` and `(KPS)` are read word by word: what follows is counted
            return here + 1 if here > at + 2 or tokens[at + 1].word not in BETWEEN else 0
        if tokens[here].word == "(":
            return 0
    return 0


def before_name(tokens: list[Token], piece: Piece, reached: int) -> Range | None:
    """The grades before a scale's name: `class III or IV (NYHA)`, `a score of at least 20 on the ...`."""
    if word_at(tokens, piece.next) in ("item", "items", "question", "-") and not is_version(tokens, piece.next):
        return None  # of a part of the scale
    for back in range(piece.first - 1, max(reached - 1, piece.first - MOST_BEFORE, -1), -1):
        word = tokens[back].word
        if word in (";", "."):
            return None
        if word in GRADES:
            here = back + 1
            while here < piece.first and tokens[here].word in ("of", "is", "at", "was", ":"):
                here += 1
            found = read_grades(tokens, here)
            if found is not None and found.next <= piece.first:
                heart = piece.subject is not None and piece.subject.key == "nyha"
                if (heart and word in ("class", "classes")) or says_on(tokens, found.next, piece.first):
                    return compared(tokens, found._replace(first=back))
            return None
        found = widest(tokens, back, reached)
        if (
            found is not None
            and (None in (found.low, found.high) or tokens[found.first].kind == SIGN)
            and (found.next < piece.first)
        ):
            return found if says_on(tokens, found.next, piece.first, RUNS) else None
    return None


def widest(tokens: list[Token], at: int, reached: int) -> Range | None:
    """The grades at a token with the bound before them: `≥ 40 to ≤ 90`."""
    found = read_grades(tokens, at)
    if found is None or None not in (found.low, found.high):
        return found
    for back in range(at - 1, max(reached - 1, at - MOST_APART, -1), -1):
        whole = read_grades(tokens, back)
        if whole is not None and whole.next == found.next and None not in (whole.low, whole.high):
            return whole
    return found


def grade_at(tokens: list[Token], at: int) -> float | None:
    if at >= len(tokens):
        return None
    if tokens[at].kind != NUMBER:
        return ROMAN.get(tokens[at].word)
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following is not None and following.kind == WORD and following.start == tokens[at].end:
        return None if following.word in SUBGRADES else tokens[at].value
    return tokens[at].value


def one_bound(first: int, next: int, operator: str, value: float) -> Range:
    if operator in (">", ">="):
        return Range(first, next, low=value, low_open=operator == ">")
    return Range(first, next, high=value, high_open=operator == "<")


def read_second(tokens: list[Token], one: Range) -> Range:
    """The range with its other bound, if one follows: `> 30 and <= 80`."""
    here = one.next
    while here < one.next + 2 and word_at(tokens, here) in ("and", "but", "to", ","):
        here += 1
    operator, after = read_comparison(tokens, here)
    value = grade_at(tokens, after)
    if here == one.next or operator is None or value is None or read_unit(tokens, after + 1)[0] in NOT_GRADES:
        return one
    if word_at(tokens, after + 1) == "of":
        return one  # `and at least 1 of the following`
    end = after + 1 + (word_at(tokens, after + 1) == "mm")
    return both(one, one_bound(here, end, operator, value)) or one


def read_upto(tokens: list[Token], at: int, here: int, value: float) -> Range | None:
    """`0 up to 2`, `0 to less than 3`; None where it is no grade that follows: half of a range is none."""
    operator, after = read_comparison(tokens, here if word_at(tokens, here) == "up" else here + 1)
    high = grade_at(tokens, after)
    if operator not in ("<", "<=") or high is None or high <= value:
        return None
    return Range(at, after + 1, low=value, high=high, high_open=operator == "<")


def read_grades(tokens: list[Token], at: int) -> Range | None:
    """`>= 2`, `0-1`, `0, 1 or 2`, `III or IV`, `2 or more`."""
    operator, here = read_comparison(tokens, at)
    while operator is not None and here < at + 8 and here < len(tokens) and tokens[here].word in ("class", "grade"):
        here += 1
    value = grade_at(tokens, here)
    if value is None:
        return None
    here += 1
    if here < len(tokens) and tokens[here].word in ("%", "points", "point", "mm"):
        here += 1
    follows = word_at(tokens, here)
    if follows == "+" or follows in SIGNS or read_unit(tokens, here)[0] in NOT_GRADES:
        return None  # a sum of two: `4 + 3`; `KPS: 18-75 years of age, at least 60`
    if follows == "-" and word_at(tokens, here + 1) in ("item", "items", "point", "question"):
        return None  # `the 17-item scale`
    if operator is not None:
        if follows == "/" and word_at(tokens, here + 1).isdigit():
            here += 2  # `40/100`
            here += word_at(tokens, here) == "mm"
        return read_second(tokens, one_bound(at, here, operator, value))
    found = POSTFIXES.find(tokens, here)
    if found is None and here < len(tokens) and tokens[here].kind == WORD:
        found = POSTFIXES.find(tokens, here + 1)  # `grade II changes or less`
    if found is not None:
        return Range(at, found.next, low=value) if found.key == ">=" else Range(at, found.next, high=value)
    high = value
    for _ in range(6):
        after = here
        while after < len(tokens) and after < here + 2 and tokens[after].word in JOINS:
            after += 1
        following = grade_at(tokens, after)
        if after == here or following is None:
            break
        listed = {token.word for token in tokens[here:after]} & {"or", "and"}
        ranged = at > 0 and tokens[at - 1].word in ("between", "from")
        if listed and not ranged and following not in (high + 1, high + 10):
            return None  # `0 or 2`
        if following <= high:
            break
        if tokens[here].word == "/" and following != high + 1:
            break  # `7/10` is one grade
        high, here = following, after + 1
        if read_unit(tokens, here)[0] in NOT_GRADES:
            return None
        if here < len(tokens) and tokens[here].word == "%":
            here += 1
    if high == value and word_at(tokens, here) in GOES_ON:
        return read_upto(tokens, at, here, value)
    if high == value and word_at(tokens, here) == "or" and word_at(tokens, here + 1) in ("better", "worse"):
        return Range(at, here + 2, low=value, high=value, span=True)
    return Range(at, here, low=value, high=high)
