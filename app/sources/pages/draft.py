"""A trial while it is being read: every value enters through `take`, which remembers where it came from, and
every line of the document is accounted for."""

from collections.abc import Sequence
from typing import Any

from app.record.codes import CONDITION_SYSTEM
from app.record.parts import Coding, Condition, Identifier, TrialDate
from app.record.registries import REGISTRIES
from app.record.spans import Fact, Span, verbatim
from app.record.trial import Coverage, Issue, Parsed, Severity, SourceDocument, Trial
from app.sources.conversions import CONVERSIONS
from app.sources.damage import find_damage
from app.sources.document import Document, Line


class Draft:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.trial = Trial()
        self._record: set[int] = set()
        self._boilerplate: set[int] = set()
        self._altered: set[int] = set()

    def take(self, path: str, *spans: Span, conversion: str = "text") -> Any:
        """The value of `path`: what `conversion` makes of `spans`. A value that is not None gets a fact, and
        its lines count as record."""
        value = CONVERSIONS[conversion]([verbatim(self.document.read(span)) for span in spans])
        if value is not None:
            self.trial.facts.append(
                Fact(path=path, conversion=conversion, document=self.document.id, spans=list(spans))
            )
            self.keep(*spans)
        return value

    def keep(self, *spans: Span) -> None:
        """The lines of these spans are in the record."""
        for span in spans:
            last = max(span.start, span.end - 1)
            self._record.update(range(self.document.line_at(span.start), self.document.line_at(last) + 1))

    def keep_lines(self, numbers: set[int]) -> None:
        self._record |= numbers

    def pass_over(self, line: Line) -> None:
        """The line is known boilerplate."""
        self._boilerplate.add(line.number)

    def pass_by(self, line: Line) -> None:
        """The line does the work of a heading or label and is not exactly it: it stays unrecognized."""
        self._altered.add(line.number)

    def issue(self, code: str, severity: Severity, message: str, line: int | None = None) -> None:
        self.trial.issues.append(
            Issue(code=code, severity=severity, message=message, line=line, document=self.document.id)
        )

    def take_registry_id(self, span: Span) -> None:
        """The ClinicalTrials.gov number; a second, different one is an issue."""
        number = self.document.read(span)
        if self.trial.id and self.trial.id != number:
            self.issue("conflicting-identifier", "warning", f"the page also names {number}", self.line(span))
            self.keep(span)
        elif not self.trial.id:
            self.trial.id = self.take("id", span)
            self.trial.registry = "ctgov"
            value = self.take("identifiers.0.value", span)
            self.trial.identifiers = [Identifier(kind="registry", value=value, system=REGISTRIES["ctgov"].system)]
        else:
            self.keep(span)

    def take_date(self, kind: str, span: Span, type: str | None = None) -> bool:
        """Adds the date; False when the words are no date. Another date of the same kind stands, with an issue."""
        path, known = f"dates.{kind}", self.trial.date(kind)
        if known is None:
            value = self.take(path, span, conversion="date")
            if value is not None:
                self.trial.dates.append(TrialDate(kind=kind, value=value, type=type))
            return value is not None
        value = CONVERSIONS["date"]([verbatim(self.document.read(span))])
        if value is None:
            return False
        if value != known:
            self.issue(
                "conflicting-date", "warning", f"{kind}: {known} is kept, the page also says {value}", self.line(span)
            )
        self.keep(span)
        return True

    def take_condition(self, span: Span) -> None:
        path = f"conditions.{len(self.trial.conditions)}"
        text = self.take(f"{path}.text", span)
        code = self.take(f"{path}.codings.0.code", span, conversion="condition-code")
        display = self.take(f"{path}.codings.0.display", span)
        coding = Coding(system=CONDITION_SYSTEM, code=code, display=display)
        self.trial.conditions.append(Condition(text=text, codings=[coding]))

    def take_prose(self, path: str, lines: Sequence[Line]) -> str | None:
        """Lines of running text as one value: paragraphs with a blank line between, list lines one below another."""
        if not lines:
            return None
        spans = [line.span for line in lines]
        self.take(path, *spans)
        text = ""
        for before, span in zip([None, *spans], spans, strict=False):
            piece = verbatim(self.document.read(span))
            listed = before is not None and all(self.document.text[s.start] in "•-*" for s in (before, span))
            text += ("\n" if listed else "\n\n" if before else "") + piece
        return text

    def line(self, span: Span) -> int:
        return self.document.line_at(span.start)

    def finish(self, source: str, complete: bool, missing: str = "") -> Parsed:
        """Adds the issues that hold for any page and closes the account. `missing`: what an incomplete one lacks."""
        content = self.document.content
        if not self.trial.id:
            self.issue("no-identifier", "error", "the document names no registry identifier")
        if not complete:
            self.issue("incomplete", "warning", f"the document is not whole: {missing}", content[-1].number)
        unrecognized = []
        for line in content:
            if line.number in self._altered:
                unrecognized.append(line.number)
                self.issue(
                    "unrecognized-line", "warning", f"taken for a heading, but altered: {line.text}", line.number
                )
            elif line.number in self._record:
                for message in find_damage(line.text):
                    self.issue("damaged-text", "warning", message, line.number)
            elif line.number not in self._boilerplate:
                unrecognized.append(line.number)
                self.issue("unrecognized-line", "warning", f"not understood: {line.text}", line.number)
        self.trial.issues.sort(key=lambda issue: issue.line or 0)
        self.trial.sources = [
            SourceDocument(id=self.document.id, source=source, name=self.document.name, complete=complete)
        ]
        record = len(self._record - self._altered)
        coverage = Coverage(
            lines=len(content),
            record=record,
            boilerplate=len(content) - record - len(unrecognized),
            unrecognized=unrecognized,
        )
        return Parsed(trial=self.trial, coverage=coverage)
