"""Random FHIR searches: what the documents hold, cut, changed and mixed with nonsense, as names and values of a query.

Enters an Oracle, which knows the documents; leaves hypothesis strategies of (types, pairs).
"""

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from app.parameters.table import FHIR_TYPES, Parameter, parameters_of
from tests.search.oracle import Oracle, modifiers
from tests.search.oracle_values import PREFIXES, codings, displays, parts_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
MOST_ELEMENTS = 300
"""Different ones of a parameter, to draw from."""
NONSENSE = (
    "zzz", "%", "_", "'", "a\\,b", "\\", "|", "$", "ge", "2026-13", "true", "false", "1", "-5", "1e2", "NCT", " x", "é",
    "http://x/y", "ResearchStudy/NCT00000000", "Nowhere/1", "2026", "ge2020-02-30", "a$b", "a|b", "a|b|c", "*",
    "\U0010ffff",
)  # fmt: skip


def is_judged(parameter: Parameter, release: str) -> bool:
    """Whether the documents alone say what matches: an own parameter without a path is found in the record."""
    return (
        bool(parameter.expression(release)) and parameter.kind in ("special", *_VALUES) and parameter.reads != "stale"
    )


class Queries:
    def __init__(self, oracle: Oracle) -> None:
        self.oracle, self.release = oracle, oracle.release
        self._elements: dict[tuple[str, str], list[Any]] = {}

    def parameters(self, type: str) -> list[Parameter]:
        """Those judged, in order: with something behind them first."""
        found = [one for one in parameters_of(self.release, type).values() if is_judged(one, self.release)]
        return sorted(found, key=lambda one: not self.elements(type, one))

    def with_elements(self, type: str) -> list[Parameter]:
        return [one for one in self.parameters(type) if self.elements(type, one)]

    def elements(self, type: str, parameter: Parameter) -> list[Any]:
        """Different elements of the parameter in the documents."""
        key = (type, parameter.code)
        if key not in self._elements:
            found: dict[str, Any] = {}
            for document in self.oracle.by_type[type]:
                for one in self.oracle.values(document, parameter):
                    found.setdefault(json.dumps(one, default=str, sort_keys=True), one)
                    if parameter.code == "near" and type != "Location":
                        break
            step = max(1, len(found) // MOST_ELEMENTS)
            self._elements[key] = list(found.values())[::step]
        return self._elements[key]

    def queries(self, types: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, str]]]:
        return st.composite(lambda draw: self._query(draw, types))()

    def _query(self, draw: Draw, types: tuple[str, ...]) -> list[tuple[str, str]]:
        pairs = [self._clause(draw, types, 3) for _ in range(draw(st.sampled_from((1, 1, 1, 2, 2, 3))))]
        if draw(st.integers(0, 3)) == 0:
            names = self.sortable(types)
            chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
            pairs.append(("_sort", ",".join(draw(st.sampled_from(("", "-"))) + one for one in chosen)))
        return pairs

    def sortable(self, types: tuple[str, ...]) -> list[str]:
        """Names that results can be sorted by; of several types, a few that all have."""
        found = [
            {one.code for one in self.parameters(type) if one.kind not in ("special", "composite", "reference")}
            for type in types
        ]
        names = set.intersection(*found)
        return sorted(name for name in names if len(types) == 1 or name.startswith("_") or name == "name")

    def _clause(self, draw: Draw, types: tuple[str, ...], depth: int) -> tuple[str, str]:
        way = draw(st.integers(0, 9)) if depth else 9
        if way <= 1:
            made = self._chain(draw, types, depth)
        elif way == 2:
            made = self._has(draw, types, depth)
        else:
            made = None
        return made or self._plain(draw, types)

    def _chain(self, draw: Draw, types: tuple[str, ...], depth: int) -> tuple[str, str] | None:
        type = draw(st.sampled_from(types))
        references = [one for one in self.with_elements(type) if one.kind == "reference"]
        if not references:
            return None
        parameter = draw(st.sampled_from(references))
        led = {one["reference"].split("/")[0] for one in self.elements(type, parameter) if one.get("reference")}
        if not led:
            return None
        target = draw(st.sampled_from(sorted(led)))
        name, value = self._clause(draw, (target,), depth - 1)
        said = f":{target}" if draw(st.booleans()) else ""
        return f"{parameter.code}{said}.{name}", value

    def _has(self, draw: Draw, types: tuple[str, ...], depth: int) -> tuple[str, str] | None:
        type = draw(st.sampled_from(types))
        leading = [
            (source, one.code)
            for source in FHIR_TYPES
            for one in self.with_elements(source)
            if one.kind == "reference" and type in one.targets(self.release)
        ]
        if not leading:
            return None
        source, code = draw(st.sampled_from(leading))
        name, value = self._clause(draw, (source,), depth - 1)
        return f"_has:{source}:{code}:{name}", value

    def _plain(self, draw: Draw, types: tuple[str, ...]) -> tuple[str, str]:
        type = draw(st.sampled_from(types))
        found = self.with_elements(type) if draw(st.integers(0, 7)) else self.parameters(type)
        if draw(st.integers(0, 15)):  # else a name that not all the types have
            found = [one for one in found if all(one.code in parameters_of(self.release, other) for other in types)]
        parameter = draw(st.sampled_from(found))
        modifier = draw(st.sampled_from(("", "", *modifiers(self.release, parameter))))
        if parameter.kind == "reference" and draw(st.integers(0, 5)) == 0:
            modifier = draw(st.sampled_from((*FHIR_TYPES, "nonsense")))
        if modifier == "missing":
            return f"{parameter.code}:missing", draw(st.sampled_from(("true", "false", "yes")))
        values = [self.value(draw, type, parameter, modifier) for _ in range(draw(st.sampled_from((1, 1, 2, 3))))]
        return f"{parameter.code}{modifier and ':'}{modifier}", ",".join(values)

    def value(self, draw: Draw, type: str, parameter: Parameter, modifier: str) -> str:
        """One alternative, escaped."""
        elements = self.elements(type, parameter)
        if not elements or draw(st.integers(0, 11)) == 0:
            return draw(st.sampled_from(NONSENSE))
        element = draw(st.sampled_from(elements))
        if parameter.code == "_id":
            return escaped(element)
        if parameter.kind == "composite":
            kinds = [kind for _, _, kind in parameter.definition(self.release).components]
            return "$".join(
                _VALUES[kind](draw, draw(st.sampled_from(found)), "", self.oracle) if found else "nothing"
                for kind, found in zip(kinds, element, strict=True)
            )
        if parameter.code == "near":
            return _near(draw, element if "latitude" in element else self._position(element))
        return _VALUES[parameter.kind](draw, element, modifier, self.oracle)

    def exactly(self, element: Any, parameter: Parameter, modifier: str) -> str:
        """A value that finds the element, if it says anything that the modifier looks at."""
        if parameter.code == "near":
            place = element if "latitude" in element else self._position(element)
            return f"{place['latitude']}|{place['longitude']}|1|km"
        if parameter.kind == "composite":
            kinds = [kind for _, _, kind in parameter.definition(self.release).components]
            parts = zip(kinds, element, strict=True)
            return "$".join(said(kind, found[0], "") if found else "nothing" for kind, found in parts)
        return escaped(element) if parameter.code == "_id" else said(parameter.kind, element, modifier)

    def _position(self, reference: dict[str, str]) -> dict[str, Any]:
        for one in self.oracle.by_type["Location"]:
            if f"Location/{one['id']}" == reference["reference"] and "position" in one:
                return dict(one["position"])
        return {"latitude": 50, "longitude": 8}


def said(kind: str, element: Any, modifier: str) -> str:
    """What an element says, as a value of a search."""
    if modifier == "identifier":
        kind, element = "token", element.get("identifier", {"value": "nothing"})
    if modifier == "text" and kind != "string":
        return escaped((displays(element) or ["nothing"])[0])
    if kind == "string":
        part = parts_of(element)[0]
        return escaped(" ".join(part.split()[:30]) if modifier == "text" else part)
    if kind == "token":
        system, code = (*codings(element), ("", "nothing"))[0]
        if modifier == "of-type":
            coding = element.get("type", {}).get("coding", [{}])[0] if isinstance(element, dict) else {}
            return "|".join(map(escaped, (coding.get("system", "http://x"), coding.get("code", "y"), code)))
        return f"{escaped(system)}|{escaped(code)}" if system and modifier != "code-text" else escaped(code)
    if kind == "reference":
        return str(element.get("reference", "Location/nothing"))
    if kind == "date":
        if isinstance(element, str):
            return element
        return f"ge{element['start']}" if "start" in element else f"le{element['end']}"
    return escaped(str(element["value"] if isinstance(element, dict) else element))


def escaped(text: str) -> str:
    for mark in "\\,$|":
        text = text.replace(mark, f"\\{mark}")
    return text


def _changed(draw: Draw, text: str) -> str:
    """A text, or a part of it, or one that reads alike, or another."""
    way = draw(st.integers(0, 9))
    if way < 3 or not text:
        return text
    if way < 5:
        return text[: draw(st.integers(1, len(text)))]
    if way == 5:
        start = draw(st.integers(0, len(text) - 1))
        return text[start : start + draw(st.integers(1, 12))]
    if way == 6:
        return text.swapcase()
    if way == 7:
        return unicodedata.normalize("NFD", text)
    if way == 8:
        return text.replace("e", "é").replace("o", "O")
    return text + draw(st.sampled_from(("x", "é", "%", ",", "$", "|", "\\")))


def _string(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    part = draw(st.sampled_from(parts_of(element) or ["x"]))
    if modifier in ("", "contains") and " " in part and draw(st.booleans()):
        part = " ".join(part.split(" ")[draw(st.integers(0, part.count(" "))) :])
    if modifier == "text":
        part = " ".join(draw(st.lists(st.sampled_from(part.split() or ["x"]), min_size=1, max_size=3)))
    return escaped(_changed(draw, part))


def _token(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    if modifier == "text":
        return escaped(_changed(draw, draw(st.sampled_from(displays(element) or ["x"]))))
    found = list(codings(element)) or [("", "x")]
    system, code = draw(st.sampled_from(found))
    if modifier == "of-type":
        kind = element.get("type", {}).get("coding", [{}])[0] if isinstance(element, dict) else {}
        return "|".join(map(escaped, (kind.get("system", "http://x"), kind.get("code", "y"), code)))
    if modifier == "code-text":
        return escaped(_changed(draw, code))
    way = draw(st.integers(0, 6))
    if way == 0:
        return f"{escaped(system or 'http://x')}|"
    if way == 1:
        return f"|{escaped(code)}"
    code = escaped(_changed(draw, code) if draw(st.integers(0, 3)) == 0 else code)
    return f"{escaped(system)}|{code}" if way < 4 and system else code


def _reference(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    if modifier == "text":
        return escaped(_changed(draw, element.get("display", "x")))
    if modifier == "identifier":
        return _token(draw, element.get("identifier", {"value": "x"}), "", oracle)
    place = element.get("reference", "Location/x")
    return draw(
        st.sampled_from(
            (place, place.split("/")[-1], f"{oracle.base}/{place}", f"{place}/_history/1", f"http://x/{place}")
        )
    )


def _uri(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    if modifier == "above":
        return escaped(element + draw(st.sampled_from(("", "/", "/x", "x"))))
    if modifier == "below" and "/" in element:
        return escaped(element[: draw(st.integers(1, len(element)))])
    return escaped(_changed(draw, element))


def _date(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    ends = [element] if isinstance(element, str) else [element[name] for name in ("start", "end") if name in element]
    date = draw(st.sampled_from(ends))
    way = draw(st.integers(0, 6))
    if way < 3:
        date = date[: (4, 7, 10)[way]]
    elif way == 3:
        date = (
            f"{date[:10]:-<10}"[:10].replace("--", "")
            + "T12:30:00"
            + draw(st.sampled_from(("Z", "", "+05:30", "-11:00")))
        )
    elif way == 4 and len(date) >= 10:
        date = f"{date[:8]}{draw(st.integers(1, 28)):02}"
    elif way == 5 and "." in date:
        date = f"{date[: draw(st.integers(20, 26))]}Z".replace(".Z", "Z")
    return draw(st.sampled_from(("", *PREFIXES))) + date


def _number(draw: Draw, element: Any, modifier: str, oracle: Oracle) -> str:
    value = element["value"] if isinstance(element, dict) else element
    number = draw(
        st.sampled_from(
            (str(value), f"{value}.0", f"{float(value):.0e}", f"{value + 1}", f"{float(value):.1e}", f"{value}.5")
        )
    )
    return draw(st.sampled_from(("", *PREFIXES))) + number


def _near(draw: Draw, element: Any) -> str:
    aside = draw(st.floats(-1.5, 1.5))
    distance = draw(
        st.sampled_from(("", "|10|km", "|333.3|km", "|90|mi", "|5000|km", "|25000|km", "|7|parsec", "|-1|km"))
    )
    return f"{element['latitude']}|{float(element['longitude']) + aside:.4f}{distance}"


_VALUES: dict[str, Callable[[Draw, Any, str, Oracle], str]] = {
    "string": _string,
    "token": _token,
    "reference": _reference,
    "uri": _uri,
    "date": _date,
    "number": _number,
    "quantity": _number,
    "composite": _string,
}
