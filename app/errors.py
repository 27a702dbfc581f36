"""Errors that a user can act on: what was given, what was wrong with it, what was expected."""


class SourceError(Exception):
    """A document that cannot be taken: names the file, the line (from 1) and the reason."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}: line {line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class RequestError(Exception):
    """A request that is refused. `code` is a FHIR issue type (https://hl7.org/fhir/R5/valueset-issue-type.html),
    `expression` names the parameter or element at fault."""

    def __init__(self, status: int, code: str, diagnostics: str, expression: str | None = None) -> None:
        super().__init__(diagnostics)
        self.status, self.code, self.diagnostics, self.expression = status, code, diagnostics, expression


class Moved(Exception):
    """The record has another id now; `location` is its address."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location
