"""Sentences and paragraphs of a wanted length, in characters."""

from app.generate.draw import Draw
from app.generate.sentences import ACTS, CIRCUMSTANCES, SUBJECTS


def sentence(draw: Draw) -> str:
    number = draw.number  # the innermost loop of all: the calls of `draw.one` would cost a third more
    subject, act = SUBJECTS[int(number() * len(SUBJECTS))], ACTS[int(number() * len(ACTS))]
    return f"{subject} {act} {CIRCUMSTANCES[int(number() * len(CIRCUMSTANCES))]}."


def prose(draw: Draw, first: str, length: int) -> str:
    """`first`, and sentences after it until the length is near."""
    parts, size = [first], len(first)
    while size < length - 50:
        parts.append(sentence(draw))
        size += len(parts[-1]) + 1
    return " ".join(parts)


def paragraphs(draw: Draw, first: str, length: int) -> str:
    """Prose in paragraphs; long texts have lists and headings in CommonMark too."""
    parts, size = [prose(draw, first, min(length, 600))], min(length, 600)
    while size < length - 50:
        if draw.number() < 0.25:
            text = "\n".join(f"* {sentence(draw)}" for _ in range(4))
        elif draw.number() < 0.1:
            text = f"OBJECTIVES:\n\n{prose(draw, sentence(draw), 300)}"
        else:
            text = prose(draw, sentence(draw), min(length - size, 700))
        parts.append(text)
        size += len(text) + 2
    return "\n\n".join(parts)
