"""Spelt units in, UCUM codes out; amounts in one UCUM unit in, in another out.

UCUM: https://ucum.org/ucum. Spellings are data (`units.json`). Conversion is the library's (`ucumvert`: the whole UCUM
grammar, units as pint's); it takes half a second to load and is loaded when it is first asked.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from app.eligibility.words.phrases import Phrases
from app.eligibility.words.tokens import MARK, NUMBER, Token

ROOM = files("app.eligibility.words")
SPELLINGS: dict[str, dict[str, list[str]]] = json.loads(ROOM.joinpath("units.json").read_text())


def spelt(*tables: str) -> Phrases:
    """The phrases of the tables."""
    return Phrases((code, word) for table in tables for code, words in SPELLINGS[table].items() for word in words)


TIMES = spelt("time")
ATOMS = spelt("time", "atoms")
BELOW = spelt("atoms", "denominators")
TIME_UNITS = frozenset(SPELLINGS["time"])


def read_unit(tokens: list[Token], at: int) -> tuple[str | None, int]:
    """The UCUM code of the unit that starts at the token and the token after it; None and `at` if there is none."""
    code, here = read_atom(tokens, at)
    code, here = read_denominators(tokens, here, code)
    if code is None or code == "{cells}":
        return None, at
    # the unit once more in short: `grams per deciliter (g/dL)`, `milligrams (mg)/24 hours`
    if here + 1 < len(tokens) and tokens[here].word == "(":
        again, after = read_atom(tokens, here + 1)
        again, after = read_denominators(tokens, after, again)
        if again is not None and after < len(tokens) and tokens[after].word == ")":
            here = after + 1
            if "/" not in again:
                code, here = read_denominators(tokens, here, code)
    return code, here


def read_atom(tokens: list[Token], at: int) -> tuple[str | None, int]:
    here = at + 1 if at < len(tokens) and tokens[at].word == "-" else at
    found = ATOMS.find(tokens, here)
    return (found.key, found.next) if found else (None, at)


def read_denominators(tokens: list[Token], at: int, code: str | None) -> tuple[str | None, int]:
    """What stands under the line: `/L`, `per mm3`, `/min/1.73 m2`."""
    here = at
    for _ in range(2):
        after = here
        if after < len(tokens) and tokens[after].word == ".":
            after += 1
        if after >= len(tokens) or tokens[after].word not in ("/", "per"):
            break
        found = BELOW.find(tokens, after + 1)
        if found is None:
            break
        if code in (None, "{cells}", "10*3", "10*6") and here == at:
            code = f"{code}/{found.key}" if code in ("10*3", "10*6") else f"/{found.key}"
        else:
            code = f"{code}/{found.key}"
        here = found.next
    return code, here


def is_power(tokens: list[Token], at: int) -> tuple[int, int]:
    """The power of ten that starts at the token (`10^9`, `10E9`, `109` as plain text has it) and the token after it."""
    if at >= len(tokens) or tokens[at].kind != NUMBER:
        return 0, at
    digits = tokens[at].word
    if digits in ("103", "106", "109", "1012"):
        return int(digits[2:]), at + 1
    if digits != "10":
        return 0, at
    here = at + 1
    if here < len(tokens) and tokens[here].word in ("e3", "e6", "e9", "e12"):
        return int(tokens[here].word[1:]), here + 1
    while here < len(tokens) and here < at + 4 and tokens[here].kind == MARK and tokens[here].word in ("^", "*", "("):
        here += 1
    if here < len(tokens) and tokens[here].word in ("2", "3", "4", "5", "6", "9", "12"):
        power = int(tokens[here].word)
        here += 1
        while here < len(tokens) and here < at + 7 and tokens[here].word in (")", "^"):
            here += 1
        return power, here
    return 0, at


@cache
def registry() -> Any:
    """The library's units, loaded once."""
    from ucumvert import PintUcumRegistry

    return PintUcumRegistry()


@cache
def unit_quantity(code: str) -> Any:
    """The library's quantity of one UCUM unit; None if it is no UCUM unit."""
    try:
        return registry().from_ucum(code)
    except Exception:  # the library raises its parser's errors and pint's, which share no class
        return None


def is_ucum(code: str) -> bool:
    """Whether the code is a UCUM unit."""
    return unit_quantity(code) is not None


def comparable(value: float, unit: str, other: str, molar_mass: float | None = None) -> float | None:
    """The value, in `unit`, as a number of `other` (both UCUM); None where the two do not measure the same.

    Mass and amount of substance (mg/dL, umol/L) are converted only with the analyte's molar mass in g/mol.
    """
    if unit == other:
        return value
    here, there = unit_quantity(unit), unit_quantity(other)
    if here is None or there is None:
        return None
    from pint.errors import DimensionalityError

    try:
        amount = registry().Quantity(value * here.magnitude, here.units)
        try:
            turned = amount.to(there.units)
        except DimensionalityError:
            if molar_mass is None:
                return None
            mass = registry().Quantity(molar_mass, "g/mol")
            turned = None
            for changed in (amount / mass, amount * mass):
                if changed.is_compatible_with(there.units):
                    turned = changed.to(there.units)
            if turned is None:
                return None
        return float(f"{turned.magnitude / there.magnitude:.12g}")
    except (DimensionalityError, ArithmeticError):
        return None
