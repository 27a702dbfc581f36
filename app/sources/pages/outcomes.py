"""Outcomes that a page states in running text: `Primary outcome measure: …`, `Secondary outcome measures: (1) …`."""

import re
from collections.abc import Sequence

from app.record.spans import Span
from app.record.trial import Outcome
from app.sources.conversions import TIME
from app.sources.document import Line
from app.sources.pages.draft import Draft

_LABEL = re.compile(r"\b(?P<type>Primary|Secondary|Other) outcome(?: measure)?s?:", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|(?<=[\s;:,.]))\((?P<number>\d{1,3})\)(?=\s)")
_NEXT_SENTENCE = re.compile(r"\. [A-Z]")


def take_outcomes(draft: Draft, lines: Sequence[Line]) -> None:
    """Adds the outcomes found. Numbered ones are cut at their numbers; one without a number is kept whole."""
    labels: list[tuple[Span, Span]] = []
    for line in lines:
        labels += [
            (Span(line.start + m.start(), line.start + m.end()), Span(line.start + m.end(), line.end))
            for m in _LABEL.finditer(line.text)
        ]
    for i, (label, rest) in enumerate(labels):
        stop = labels[i + 1][0].start if i + 1 < len(labels) else lines[-1].end
        parts = [Span(rest.start, min(rest.end, stop))]
        parts += [Span(line.start, min(line.end, stop)) for line in lines if rest.end < line.start < stop]
        parts = [part for part in parts if draft.document.read(part).strip()]
        _take_one_type(draft, label, parts)


def _take_one_type(draft: Draft, label: Span, parts: list[Span]) -> None:
    """The first part with text holds the outcomes; parts after it only when they go on with its numbers."""
    number = 1
    for i, part in enumerate(parts):
        text = draft.document.read(part)
        marks: list[re.Match[str]] = []
        for match in _NUMBER.finditer(text):
            if int(match["number"]) == number:
                marks.append(match)
                number += 1
        if not marks:
            if i == 0:
                _take_outcome(draft, label, _trim(draft, part))
                if _NEXT_SENTENCE.search(text):
                    message = "more than one sentence stands under one outcome label: they are kept as one outcome"
                    draft.issue("unsplit-outcomes", "information", message, draft.line(part))
            return
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        for mark, end in zip(marks, ends, strict=True):
            _take_outcome(draft, label, _trim(draft, Span(part.start + mark.end(), part.start + end)))


def _trim(draft: Draft, span: Span) -> Span:
    """Without white space around it and the semicolon that parts it from the next."""
    text = draft.document.read(span)
    end = len(text.rstrip().removesuffix(";").rstrip())
    start = len(text) - len(text.lstrip())
    return Span(span.start + start, span.start + max(start, end))


def _take_outcome(draft: Draft, label: Span, span: Span) -> None:
    if span.start == span.end:
        return
    path = f"outcomes.{len(draft.trial.outcomes)}"
    times = [
        Span(span.start + match.start(), span.start + match.end()) for match in TIME.finditer(draft.document.read(span))
    ]
    draft.trial.outcomes.append(
        Outcome(
            type=draft.take(f"{path}.type", label, conversion="outcome-type"),
            measure=draft.take(f"{path}.measure", span),
            time_frame=draft.take(f"{path}.time_frame", *times, conversion="time-frame") if times else None,
            spans=[span],
        )
    )
