"""How a parameter's values are compared with the rows: one small description for each way."""

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
class Chosen:
    """A column of our codes, asked for by those codes only; any other value is an error."""

    column: Column[str]
    allowed: tuple[str, ...]


Reads = Words | Tokens | Chosen
