"""What is asked of a search parameter by the shape of the elements that it reads: for each modifier, values and whom
they find among `full`, `other` and `bare` (tests/search/full.py), https://hl7.org/fhir/R5/search.html#modifiers.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from app.record.codes import BASE
from tests.search.full import BARE, CODES, FULL, ID_TYPES, IDS, OTHER

Roles = frozenset[str]
F, O, B, NONE = frozenset({FULL}), frozenset({OTHER}), frozenset({BARE}), frozenset[str]()  # noqa: E741
UNFINISHED, FINISHED = f"{BASE}/ValueSet/unfinished", f"{BASE}/ValueSet/finished"
"""What `full` and `other` have a code of."""


class Case(NamedTuple):
    """`modifier` is what stands after the colon; `{base}` in a value is the address of the endpoint."""

    modifier: str
    value: str
    found: Roles


@dataclass(frozen=True)
class Line:
    """`cannot`: modifiers that are declared for the type of parameter and find nobody by elements of this shape."""

    cases: tuple[Case, ...]
    cannot: tuple[str, ...] = ()
    ascending: tuple[str, ...] = (FULL, OTHER, BARE)
    descending: tuple[str, ...] = (OTHER, FULL, BARE)

    def plus(self, *cases: Case) -> "Line":
        return replace(self, cases=(*self.cases, *cases))


def plain(found: dict[str, Roles]) -> tuple[Case, ...]:
    return tuple(Case("", value, roles) for value, roles in found.items())


_MISSING = (Case("missing", "true", B), Case("missing", "false", F | O))
_NO_SET = (Case("in", UNFINISHED, NONE), Case("not-in", UNFINISHED, F | O | B))


def concept(name: str, *, system: str = CODES, full: str = "", other: str = "") -> Line:
    """A CodeableConcept or Coding of `Maker.concept(name)`."""
    full, other = full or f"alpha-{name}", other or f"zeta-{name}"
    cases = (
        Case("", full, F),
        Case("", f"nothing,{other.upper()}", O),
        Case("", full[:-1], NONE),
        Case("", f"{system}|{full}", F),
        Case("", f"https://example.org/none|{full}", NONE),
        Case("", f"{system}|", F | O),
        Case("not", f"nothing,{full}", O | B),
        *_MISSING,
        Case("text", f"alpha words of {name}" if system == CODES else "alpha state", F),
        Case("text", f"Zeta {name}" if system == CODES else "zeta", O),
        Case("text", "words", NONE),
        Case("in", UNFINISHED, F),
        Case("in", FINISHED, O),
        Case("not-in", f"{UNFINISHED}|1.0.0", O | B),
        Case("code-text", full[:-1].upper(), F),
        Case("code-text", full[1:], NONE),
    )
    return Line(cases)


def coding(name: str) -> Line:
    """A Coding has no text beside its display."""
    line = concept(name)
    cases = [case._replace(value=f"alpha {name}") if "words of" in case.value else case for case in line.cases]
    return replace(line, cases=tuple(cases))


def code(full: str, other: str, system: str, value_set: str = "") -> Line:
    """A code, whose system is the one of its value set (https://hl7.org/fhir/R5/search.html#token)."""
    cases = (
        Case("", full, F),
        Case("", f"{other},nothing", O),
        Case("", full[:-1], NONE),
        Case("", f"{system}|{full}", F),
        Case("", f"https://example.org/none|{full}", NONE),
        Case("not", full, O | B),
        *_MISSING,
        Case("text", full, NONE),
        Case("code-text", full[:-1], F),
        Case("code-text", other, O),
    )
    if not value_set:
        return Line((*cases, *_NO_SET), ("text", "in", "not-in"))
    others = f"{BASE}/ValueSet/sources"
    found = (Case("in", value_set, F), Case("in", others, NONE), Case("not-in", value_set, O | B))
    return Line((*cases, *found, Case("not-in", others, F | O | B)), ("text",))


def word(full: str, other: str) -> Line:
    """A string, a ContactPoint's value or a boolean, compared as a token: without a system."""
    cases = (
        Case("", full, F),
        Case("", f"{other},nothing", O),
        Case("", full[:-1], NONE),
        Case("", f"|{full}", F),
        Case("", f"{CODES}|{full}", NONE),
        Case("not", full, O | B),
        Case("not", f"{full},{other}", B),
        *_MISSING,
        Case("text", full, NONE),
        Case("code-text", full[:-1], F),
        Case("code-text", full[1:], NONE),
    )
    return Line((*cases, *_NO_SET), ("text", "in", "not-in"))


def boolean() -> Line:
    return word("false", "true")


def identifier(*names: str) -> Line:
    cases = [
        Case("", f"{IDS}|", F | O),
        Case("", "|Alpha/identifier", NONE),
        Case("", f"{CODES}|Alpha/identifier", NONE),
        Case("", "Alpha", NONE),
        Case("not", "Alpha/identifier", O | B),
        *_MISSING,
        Case("of-type", f"{ID_TYPES}|MR|Alpha/identifier", F),
        Case("of-type", f"{ID_TYPES}|MR|zeta/identifier", O),
        Case("of-type", f"{ID_TYPES}|PRN|Alpha/identifier", NONE),
        Case("of-type", f"{CODES}|MR|Alpha/identifier", NONE),
        Case("text", "alpha num", F),
        Case("text", "number", NONE),
        Case("code-text", "alpha/id", F),
        Case("code-text", "identifier", NONE),
        *_NO_SET,
    ]
    for name in names or ("identifier",):
        cases += [Case("", f"alpha/{name}", F), Case("", f"{IDS}|Zeta/{name}", O)]
    return Line(tuple(cases), ("in", "not-in"))


def string(full: str, other: str) -> Line:
    cases = (
        Case("", full[:-1].upper().replace("Ü", "u"), F),
        Case("", f"{other},nothing", O),
        Case("", full[1:], NONE),
        Case("contains", full[1:-1].upper(), F),
        Case("contains", other[1:].replace("Ü", "U"), O),
        Case("contains", f"{full}x", NONE),
        Case("exact", full, F),
        Case("exact", other, O),
        Case("exact", full.upper(), NONE),
        Case("exact", full[:-1], NONE),
        *_MISSING,
        Case("text", " ".join(reversed(full.split())), F),
        Case("text", other.lower(), O),
        Case("text", f"{full} nowhere", NONE),
    )
    return Line(cases)


def text(name: str) -> Line:
    return string(f"Alpha {name} over Übermoon", f"Zeta {name} over Übermoon")


def address() -> Line:
    line = string("Alphaville", "Zetaville")
    more = ("alpha street", "alphaland", "ab-1", "alphania")
    return line.plus(*(Case("", part, F) for part in more))


def date() -> Line:
    """A day or a period, in 1999 and in 2024."""
    return _dates(
        {
            "1999": F,
            "eq2024": O,
            "2010": NONE,
            "1999-06-15T10:00:00Z": NONE,
            "ne1999": O,
            "gt1999": O,
            "gt2024": NONE,
            "lt2024": F,
            "lt1999": NONE,
            "ge1999": F | O,
            "ge2010": O,
            "ge2025": NONE,
            "le2024": F | O,
            "le2010": F,
            "le1998": NONE,
            "sa1999": O,
            "sa2024": NONE,
            "eb2024": F,
            "eb1999": NONE,
            "ap1999": F,
            "ap2010": NONE,
        }
    )


def _dates(found: dict[str, Roles]) -> Line:
    return Line((*plain(found), *_MISSING))


def instant() -> Line:
    """When the resources were written: `bare` in 2010."""
    found = {
        "1999": F,
        "2010-07": B,
        "2000": NONE,
        "ne1999": O | B,
        "gt1999": O | B,
        "lt2024": F | B,
        "ge2010": O | B,
        "le2010": F | B,
        "sa2010": O,
        "eb2010": F,
        "ap1999": F,
    }
    never = (Case("missing", "true", NONE), Case("missing", "false", F | O | B))
    return Line((*plain(found), *never), (), ascending=(FULL, BARE, OTHER), descending=(OTHER, BARE, FULL))


def number(low: int, high: int, unit: str = "") -> Line:
    """Numbers of full and other, far from one another."""
    found = {
        f"{low}": F,
        f"eq{high}.0": O,
        f"{low + 1}": NONE,
        f"{low}.4": NONE,
        f"{low / 10}e1": F,
        f"ne{low}": O,
        f"gt{low}": O,
        f"gt{high}": NONE,
        f"lt{high}": F,
        f"lt{low}": NONE,
        f"ge{low}": F | O,
        f"ge{low + 1}": O,
        f"le{high}": F | O,
        f"le{low}": F,
        f"sa{low}": O,
        f"sa{high}": NONE,
        f"eb{high}": F,
        f"eb{low}": NONE,
        f"ap{low * 1.05}": F,
        f"ap{low * 1.5}": NONE,
    }
    return Line((*plain({f"{value}{unit}": roles for value, roles in found.items()}), *_MISSING))


def reference(type: str, name: str) -> Line:
    cases = (
        Case("", f"{type}/full", F),
        Case("", "other", O),
        Case("", f"{{base}}/{type}/full", F),
        Case("", f"{type}/nobody,nobody", NONE),
        Case("", "https://example.org/elsewhere/full", NONE),
        Case(type, "full", F),
        Case(type, f"{type}/other", O),
        Case(type, "nobody", NONE),
        *_MISSING,
        Case("identifier", f"{IDS}|Alpha/{name}", F),
        Case("identifier", f"zeta/{name}", O),
        Case("identifier", f"{CODES}|Alpha/{name}", NONE),
        Case("text", f"alpha {name}", F),
        Case("text", name, NONE),
    )
    return Line(cases)


def artifact(kind: str) -> Line:
    """A canonical (https://hl7.org/fhir/R5/references.html#canonical): it has neither identifier nor display."""
    url = f"https://example.org/Alpha/{kind}"
    cases = (
        Case("", url, F),
        Case("", f"https://example.org/Zeta/{kind},nothing", O),
        Case("", rf"{url}\|1.0", F),
        Case("", rf"{url}\|2.0", NONE),
        Case("", url[:-1], NONE),
        *_MISSING,
        Case("identifier", url, NONE),
        Case("text", url, NONE),
    )
    return Line(cases, ("identifier", "text"))


def uri(place: str) -> Line:
    """`https://example.org/Alpha/{place}`"""
    full, other = f"https://example.org/Alpha/{place}", f"https://example.org/Zeta/{place}"
    cases = (
        Case("", full, F),
        Case("", f"{other},nothing", O),
        Case("", full.lower(), NONE),
        Case("", full[:-1], NONE),
        Case("below", "https://example.org/Alpha", F),
        Case("below", full, F),
        Case("below", "https://example.org/Al", NONE),
        Case("above", f"{full}/part/of", F),
        Case("above", f"{full}-part", NONE),
        Case("contains", f"Alpha/{place}"[2:], F),
        Case("contains", f"Beta/{place}", NONE),
        *_MISSING,
    )
    return Line(cases)


def special(found: dict[str, Roles]) -> Line:
    """What takes no modifier."""
    return Line(plain(found))
