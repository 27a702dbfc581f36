"""How a parameter's values are compared with the rows: one small description for each way."""

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True)
class Stated:
    """Of the constraints that a criterion states: all that a request asks so must hold of one and the same. `part` is
    what is asked of it; `allowed` are the only values, if there are such."""

    part: Literal["kind", "analyte", "value"]
    allowed: tuple[str, ...] = ()


Reads = Words | Tokens | Chosen | Stated
