"""Pieces in, sizes of lesions out: `a tumor of at least 2 cm`, `< 3 cm in diameter`.

A length is a size only where a lesion stands beside it with words of measuring alone between, or where it is said to be
one (`in diameter`) of a lesion named before. How far a lesion is from something is none.
"""

from collections.abc import Iterator

from app.eligibility.constraint import Constraint
from app.eligibility.words.pieces import RANGE, WORDS, Piece
from app.eligibility.words.plausible import as_meant
from app.eligibility.words.quantities import word_at
from app.eligibility.words.ranges import Range
from app.eligibility.words.tokens import MARK, WORD, Token
from app.eligibility.words.vocabulary import SUBJECTS

Placed = tuple[int, int, Constraint]
LENGTHS = ("cm", "mm")
LESIONS = frozenset(WORDS["lesions"].split())
MEASURING = frozenset(WORDS["measuring"].split())
"""Words that may stand between a lesion and its size."""
DIAMETERS = frozenset(("diameter", "diameters", "dimension", "dimensions", "size", "extent", "measurement", "axis"))
AWAY = frozenset(
    ("from", "of", "away", "to", "above", "below", "beyond", "apart", "proximal", "distal", "*", "x", "by")
)
NEARNESS = frozenset(("proximity", "vicinity", "contact"))
"""What follows a distance, or one of several diameters."""
MOST_BETWEEN = 8
MOST_BEFORE = 24
"""Tokens before a diameter in which its lesion is named."""
OF_OTHERS = frozenset(WORDS["no lesion"].split())
"""What is measured near a lesion and is none: a margin, a lymph node, a vessel."""


def read_sizes(text: str, tokens: list[Token], pieces: list[Piece], taken: set[int]) -> Iterator[Placed]:
    """Sizes, each with its tokens; `taken` are the tokens of other constraints."""
    subject = SUBJECTS["measurement:lesion size"]
    last: Range | None = None
    for piece in pieces:
        span = piece.range
        if piece.kind != RANGE or span is None or span.unit not in LENGTHS or span.bare or span.left or span.second:
            continue
        nearness = {word_at(tokens, piece.next + 1), word_at(tokens, piece.next + 2)} & NEARNESS
        if piece.first in taken or nearness or word_at(tokens, piece.next) in AWAY:
            last = None
            continue
        first = start_of(tokens, piece)
        if first is None and last is not None and word_at(tokens, last.next) == "or" and last.next + 1 == piece.first:
            first = piece.first
        last = None
        if first is None or first in taken:
            continue
        words = [token.word for token in tokens[span.first : span.next]]
        meant = as_meant(subject, (span.low, span.high), span.unit, words)
        if meant is None:
            continue
        start, end = tokens[first].start, tokens[piece.next - 1].end
        bounds = *meant, span.low_open, span.high_open, span.unit
        yield first, piece.next, Constraint("measurement", start, end, text[start:end], subject.key, *bounds)
        last = span


def start_of(tokens: list[Token], piece: Piece) -> int | None:
    """The token with which the phrase of a size begins; None where the length is no size of a lesion."""
    first = piece.first
    for back in range(first - 1, max(-1, first - 1 - MOST_BETWEEN), -1):
        word = tokens[back].word
        if word in LESIONS:
            return back if not of_others(tokens, back, piece.next) else None
        if word not in MEASURING:
            break
    if word_at(tokens, piece.next) in LESIONS:
        return first if not of_others(tokens, first, piece.next) else None
    after = [token.word for token in tokens[piece.next : piece.next + 5]]
    if after[:1] != ["in"] or not DIAMETERS.intersection(after):
        return None
    for back in range(first - 1, max(-1, first - MOST_BEFORE), -1):
        if tokens[back].word in LESIONS:
            return first if not of_others(tokens, back, piece.next) else None
        if tokens[back].kind == MARK and tokens[back].word in (".", ";"):
            return None
    return None


def of_others(tokens: list[Token], first: int, next: int) -> bool:
    """Whether something else beside the lesion is what is so long."""
    near = tokens[max(0, first - 4) : next]
    return any(token.kind == WORD and token.word in OF_OTHERS for token in near)
