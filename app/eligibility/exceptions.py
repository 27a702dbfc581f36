"""Constraints in, the same with what restricts them out: `unless ...`, `except ...`, `for patients with ...`."""

from bisect import bisect_left

from app.eligibility.constraint import Constraint
from app.eligibility.pieces import CUE, STOP, Piece
from app.eligibility.tokens import Token

LONGEST = 300
"""Characters of an exception that are kept."""
Placed = tuple[int, int, Constraint]


def with_exceptions(text: str, tokens: list[Token], pieces: list[Piece], found: list[Placed]) -> list[Placed]:
    """Every constraint with the text from the first cue after it to the end of its sentence."""
    cues = [piece.first for piece in pieces if piece.kind == CUE]
    stops = [piece.first for piece in pieces if piece.kind == STOP]
    answer = []
    for first, next, constraint in found:
        number = bisect_left(cues, next)
        stop_number = bisect_left(stops, next)
        stop = stops[stop_number] if stop_number < len(stops) else len(tokens)
        if number < len(cues) and cues[number] < stop:
            start = tokens[cues[number]].start
            end = min(tokens[stop - 1].end, start + LONGEST)
            constraint = constraint._replace(exception=text[start:end].strip())
        answer.append((first, next, constraint))
    return answer
