"""How a parameter's values are compared with the tables: one small description for each way."""

from dataclasses import dataclass

from sqlalchemy import Column


@dataclass(frozen=True)
class Words:
    """Text: `raw` as written, `folded` what is compared; `anywhere` matches inside the text, not at its start."""

    raw: Column[str]
    folded: Column[str]
    anywhere: bool = False


@dataclass(frozen=True)
class Tokens:
    """Codes as they stand in rows; `system` is the column beside them, if they have one."""

    code: Column[str]
    system: Column[str] | None = None
    fold: bool = False
    """Compared without regard to case: `code` then holds folded text."""


@dataclass(frozen=True)
class Translated:
    """A column of our codes, asked for by (system, code) pairs; more than one pair may mean the same code."""

    column: Column[str]
    meanings: tuple[tuple[str, str, str], ...]
    """(system, code, our code)"""
    fixed: bool = False
    """The pairs do not depend on the row: every row has our code `*`."""


@dataclass(frozen=True)
class Chosen:
    """A column of our codes, asked for by those codes only; any other value is an error."""

    column: Column[str]
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Dates:
    """Instants."""

    column: Column[str]


@dataclass(frozen=True)
class Stale:
    """Whether the record's state may no longer be right: `true` or `false`."""

    status: Column[str]
    fresh_on: Column[str]


Reads = Words | Tokens | Translated | Chosen | Dates | Stale
