"""Eligibility criteria as registrants write them: bulleted, numbered, nested, under headings or in one paragraph."""

from app.generate import sentences, shares
from app.generate.draw import Draw
from app.generate.texts import sentence

_NUMBERING = ("{0}. ", "{0}) ", "({0}) ")


def criterion(draw: Draw, texts: tuple[str, ...], condition: str, thing: str) -> str:
    text = draw.one(texts).format(condition=condition, thing=thing, n=10 + draw.below(80), d=2 + draw.below(7))
    if draw.number() < 0.42:
        text = f"{text}. {sentence(draw)}"
    return text


def criteria(draw: Draw, condition: str, thing: str) -> str:
    """One text with line breaks, as `eligibilityModule.eligibilityCriteria` has it."""
    count = draw.amount(shares.CRITERIA)
    shape = draw.weighted(shares.CRITERIA_SHAPE)
    headings = draw.weighted(shares.CRITERIA_HEADINGS)
    included = max(1, int(count * (0.35 + draw.number() * 0.3)))
    if shape == "prose":
        some = (criterion(draw, sentences.INCLUSION, condition, thing) for _ in range(min(count, 5)))
        text = " ".join(f"{one.removesuffix('.')}." for one in some)
        return f"Inclusion Criteria: {text}" if draw.chance(0.4) else text
    parts: list[str] = []

    def add(texts: tuple[str, ...], some: int) -> None:
        numbered = shape == "numbered" or (shape == "mixed" and texts is sentences.EXCLUSION)
        parts.append(_list(draw, texts, some, numbered, condition, thing))

    if headings == "cohorts":
        cohorts = draw.some(sentences.COHORTS, 3)
        each = max(1, count // (2 * len(cohorts)))
        for cohort in cohorts:
            parts.append(f"{cohort} Inclusion Criteria:")
            add(sentences.INCLUSION, each)
            parts.append(f"{cohort} Exclusion Criteria:")
            add(sentences.EXCLUSION, each)
    elif headings == "none":
        add(sentences.INCLUSION, count)
    else:
        parts.append("Inclusion Criteria:")
        add(sentences.INCLUSION, included)
        if headings == "two":
            parts.append("Exclusion Criteria:")
            add(sentences.EXCLUSION, max(1, count - included))
    return "\n\n".join(parts)


def _list(draw: Draw, texts: tuple[str, ...], count: int, numbered: bool, condition: str, thing: str) -> str:
    """The items of one list; those with lists below them count with these."""
    deepest = draw.weighted(shares.CRITERIA_DEPTH)
    mark = draw.one(_NUMBERING) if draw.chance(0.15) else _NUMBERING[0]
    step = "   " if numbered else "  "
    lines: list[str] = []
    numbers = [0] * (deepest + 1)
    depth = 0
    for left in range(count, 0, -1):
        numbers[depth] += 1
        bullet = mark.format(numbers[depth]) if numbered else "* "
        indent = step * depth
        if depth + 1 < deepest and left > 2 and draw.number() < 0.5:
            lines.append(f"{indent}{bullet}{draw.one(sentences.LEAD_INS)}")
            lines.append("")
            depth += 1
            numbers[depth] = 0
            continue
        lines.append(f"{indent}{bullet}{criterion(draw, texts, condition, thing)}")
        if depth and numbers[depth] >= 2 and draw.number() < 0.4:
            depth -= 1
    return "\n".join(lines)
