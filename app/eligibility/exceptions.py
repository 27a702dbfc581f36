"""Constraints in, the same with what restricts them out: `unless ...`, `except ...`, `for patients with ...`.

An exception reaches from its first word to the end of its sentence or parentheses, at most `LONGEST` characters: it is
kept as text. What stands before a range restricts it too (`in men > 13.5 g/dL`).
"""

from bisect import bisect_left

from app.eligibility.constraint import Constraint
from app.eligibility.pieces import CLOSE, CUE, OPEN, STOP, WORDS, Piece
from app.eligibility.tokens import Token

Placed = tuple[int, int, Constraint]
LONGEST = 300
"""Characters of an exception that are kept."""
REACH = 40
"""Tokens after a constraint in which its exception may start."""
BEFORE = 10
"""Tokens before an alternate value in which its condition may start."""
ALWAYS = frozenset(WORDS["exceptions"])
"""Cues that restrict whatever stands before them in the sentence, at any distance within reach."""
RANGED = ("measurement", "performance-status", "score", "age", "weight", "bmi")


def with_exceptions(text: str, tokens: list[Token], pieces: list[Piece], found: list[Placed]) -> list[Placed]:
    """Every constraint with the text that restricts it, if there is any."""
    cues = [piece for piece in pieces if piece.kind == CUE]
    firsts = [piece.first for piece in cues]
    stops = [piece.first for piece in pieces if piece.kind == STOP]
    marks = [(piece.first, piece.kind == OPEN) for piece in pieces if piece.kind in (OPEN, CLOSE)]
    places = [place for place, _ in marks]
    starts = sorted(first for first, _, _ in found)
    answer = []
    for first, next, constraint in found:
        stop = at_or_after(stops, next, len(tokens))
        following = at_or_after(starts, next, len(tokens))
        closed = closing(marks, bisect_left(places, next), first)
        start = None
        for number in range(bisect_left(firsts, next), min(bisect_left(firsts, next) + 4, len(cues))):
            cue = cues[number]
            if cue.first >= min(stop, next + REACH):
                break
            word = " ".join(token.word for token in tokens[cue.first : cue.next])
            near = cue.first - next <= 3 and cue.first < following
            if near or (word in ALWAYS and (closed is None or cue.first < closed)):
                start = cue.first
                break
        if start is None and constraint.kind in RANGED:
            start = before(tokens, cues, firsts, stops, first)
        if start is not None:
            end = stop if start >= next else next
            inside = closing(marks, bisect_left(places, start), start)
            if inside is not None and start >= next:
                end = min(end, inside)
            opening = tokens[start].start
            kept = text[opening : min(tokens[end - 1].end, opening + LONGEST)].strip()
            constraint = constraint._replace(exception=kept)
        answer.append((first, next, constraint))
    return answer


def at_or_after(places: list[int], at: int, otherwise: int) -> int:
    number = bisect_left(places, at)
    return places[number] if number < len(places) else otherwise


def closing(marks: list[tuple[int, bool]], number: int, since: int) -> int | None:
    """Where the parentheses close that are open at the mark of this number; None if none is near."""
    depth = 0
    for place, opens in marks[number : number + 8]:
        if opens:
            depth += 1
        elif depth:
            depth -= 1
        else:
            return place
    return None


def before(tokens: list[Token], cues: list[Piece], firsts: list[int], stops: list[int], first: int) -> int | None:
    """Where a condition starts that stands just before a constraint: `for patients with metastases: ≤ 5 x ULN`."""
    number = bisect_left(firsts, first) - 1
    if number < 0 or first - cues[number].next > BEFORE:
        return None
    cue = cues[number]
    if at_or_after(stops, cue.first, len(tokens)) < first:
        return None
    word = tokens[cue.first].word
    return cue.first if word in ("for", "in", "if", "when") else None
