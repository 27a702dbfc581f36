"""What is wrong with a document, for `$validate` (https://hl7.org/fhir/R5/operation-resource-validate.html).

Enters any JSON value, leaves a list of findings, empty if there are none: structure, types, cardinalities, unknown
elements, required bindings and targets of references from the tables of `xml_elements.py`, so that R4 is R4 4.0.1 and
every finding has its FHIRPath; then the invariants. Not checked: profiles, extensible bindings, the contents of code
systems, what a reference points at, mime types and languages.
"""

import difflib
import re
from functools import cache
from itertools import zip_longest
from typing import Any, NamedTuple

from app.fhir.validate_invariants import Placed, broken
from app.fhir.validate_values import expected, narrative
from app.fhir.xml_elements import MAX_DEPTH, Element, definitions

MAX_ISSUES = 200
SECONDS = 2.0

_RELATIVE = re.compile(r"([A-Za-z]+)(/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?|\?\S+)")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_INNER = re.compile(r"(.*\.contained\[\d+\])\.")
_ABSENT: Any = object()


class Issue(NamedTuple):
    """`severity` and `code` are FHIR's (https://hl7.org/fhir/R5/valueset-issue-type.html), `expression` a FHIRPath."""

    severity: str
    code: str
    diagnostics: str
    expression: str


class _Enough(Exception):
    """There are as many issues as anybody reads."""


def validate(release: str, document: object, seconds: float = SECONDS) -> list[Issue]:
    """The findings for a document of `r4` or `r5`, in its order, at most `MAX_ISSUES` and one that says so. It never
    raises; invariants that are not evaluated within `seconds` are named as such."""
    found = _Findings(release)
    try:
        found.resource(document, "", None, 0)
        found.contained()
        _invariants(found, release, seconds)
    except _Enough:
        text = f"only the first {MAX_ISSUES} findings are listed"
        found.issues.append(Issue("information", "too-costly", text, found.issues[0].expression.split(".")[0]))
    return found.issues


def _invariants(found: "_Findings", release: str, seconds: float) -> None:
    faults = tuple(issue.expression for issue in found.issues)
    unknown: set[str] = set()
    try:
        for path, invariant, error in broken(release, found.placed, seconds):
            if error is None:
                rule = f"{invariant.key} does not hold: {invariant.expression}"
                found.add(invariant.severity, "invariant", rule, path)
            # a value of a wrong type is reported already, and what it makes of a rule says nothing more
            elif invariant.key not in unknown and not any(fault.startswith(path) for fault in faults):
                unknown.add(invariant.key)
                found.add("information", "not-supported", f"{invariant.key} could not be evaluated: {error:.200}", path)
    except TimeoutError:
        text = f"not every invariant was evaluated within {seconds:g} seconds"
        found.add("information", "too-costly", text, found.placed[0].path)


class _Findings:
    def __init__(self, release: str) -> None:
        self.table = definitions(release)
        self.issues: list[Issue] = []
        self.placed: list[Placed] = []
        self.within: list[tuple[int, str, str, bool]] = []
        """References to contained resources: the containing one, the text, where, whether in a contained one."""

    def add(self, severity: str, code: str, diagnostics: str, expression: str) -> None:
        text = diagnostics.encode("utf-8", "backslashreplace").decode()  # a lone surrogate cannot be answered
        self.issues.append(Issue(severity, code, text, expression))
        if len(self.issues) >= MAX_ISSUES:
            raise _Enough

    def error(self, code: str, expression: str, value: Any, expectation: str) -> None:
        self.add("error", code, f"{_shown(value)}: expected {expectation}", expression)

    def resource(self, value: Any, path: str, root: dict[str, Any] | None, depth: int) -> None:
        """`root` is the resource that contains this one."""
        where = path or "Resource"
        if not isinstance(value, dict):
            self.error("structure", where, value, "a resource")
            return
        type_ = value.get("resourceType", _ABSENT)
        if type_ is _ABSENT:
            self.add("error", "required", "no resourceType: expected the name of a resource type", where)
        elif not isinstance(type_, str) or type_ not in self.table.known:
            close = difflib.get_close_matches(type_[:80], self.table.known, 1) if isinstance(type_, str) else []
            hint = f"; did you mean {close[0]}?" if close else ""
            self.error("value", where, type_, f"a resource type of FHIR {self.table.version}{hint}")
        elif type_ not in self.table.resources:
            served = ", ".join(sorted(self.table.resources))
            text = f"{type_} is not checked here: expected one of {served}"
            self.add("warning" if path else "error", "not-supported", text, where)
        else:
            self.object(value, type_, path or type_, (value, root or value), depth)

    def object(self, value: Any, type_: str, path: str, inside: tuple[Any, Any], depth: int) -> None:
        """`inside` is the resource that the object is in, and the one that contains that."""
        if depth > MAX_DEPTH:
            self.add("error", "too-costly", f"nested too deeply: expected at most {MAX_DEPTH} levels", path)
            return
        if not isinstance(value, dict):
            self.error("structure", path, value, f"an object ({type_})")
            return
        self.placed.append(Placed(path, type_, value, *inside))
        resource = value is inside[0] and type_ in self.table.resources
        if not value:
            self.error("structure", path, value, "at least one element (ele-1)")
        chosen: dict[int, Element] = {}
        for key in value:
            if key == "resourceType" and resource:
                continue
            element = self.table.types[type_].get(key.removeprefix("_"))
            if element is None or (key[0] == "_" and not element.primitive):
                self.unknown(type_, key, path)
            elif chosen.setdefault(element.order, element) is not element:
                first = chosen[element.order].name
                text = f"{first} and {element.name}: expected one {element.choice}"
                self.add("error", "structure", text, f"{path}.{element.path}")
        for order, (name, label) in _required(self.table.version, type_).items():
            if order not in chosen:
                self.add("error", "required", f"no {label}: expected one in every {type_}", f"{path}.{name}")
        for element in chosen.values():
            self.element(value, element, f"{path}.{element.path}", inside, depth + 1)
        if type_ == "Extension" and chosen and "url" in value:
            has = ("extension" in value) + any(element.choice == "value[x]" for element in chosen.values())
            if has != 1:
                which = "both" if has else "neither"
                text = f"ext-1: {which} extensions and a value: expected either"
                self.add("error", "invariant", text, path)

    def contained(self) -> None:
        """ref-1 and dom-3, whose FHIRPath takes the square of the time that the document's size warrants."""
        ids: dict[int, dict[str, str]] = {}
        for each in self.placed:
            if each.data is each.resource and each.resource is not each.root and isinstance(each.data.get("id"), str):
                ids.setdefault(id(each.root), {})["#" + each.data["id"]] = each.path
        for root, text, path, inner in self.within:
            if text not in ids.get(root, {}) and not (text == "#" and inner):
                known = ", ".join(list(ids.get(root, {}))[:10]) or "no contained resource"
                self.add("error", "invariant", f"ref-1: {_shown(text)}: expected one of {known}", path)
        used = {(root, text) for root, text, _, _ in self.within}
        upward = {found[1] for _, text, path, _ in self.within if text == "#" and (found := _INNER.match(path))}
        for root, there in ids.items():
            for text, path in there.items():
                if (root, text) not in used and path not in upward:
                    self.add("error", "invariant", f"dom-3: nothing refers to contained {_shown(text)}", path)

    def unknown(self, type_: str, key: str, path: str) -> None:
        close = difflib.get_close_matches(key[:80], self.table.types[type_], 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        text = f"{_shown(key)}: {type_} of FHIR {self.table.version} has no such element{hint}"
        self.add("error", "structure", text, f"{path}.{key}" if _NAME.fullmatch(key) else path)

    def element(self, holder: dict[str, Any], element: Element, path: str, inside: tuple[Any, Any], depth: int) -> None:
        value, more = holder.get(element.name, _ABSENT), holder.get("_" + element.name, _ABSENT)
        if not element.primitive:
            more = _ABSENT
        if not element.many:
            for each in (value, more):
                if isinstance(each, list):
                    self.error("structure", path, each, "one value, not an array")
                    return
                if each is None:
                    self.error("structure", path, each, "no null: leave out what has no value")
                    return
            self.value(value, more, element, path, inside, depth)
            return
        for each in (value, more):
            if each is not _ABSENT and (not isinstance(each, list) or not each):
                self.error("structure", path, each, "an array with at least one value")
                return
        values, extras = ([] if each is _ABSENT else each for each in (value, more))
        for index, (each, extra) in enumerate(zip_longest(values, extras)):
            here = f"{path}[{index}]"
            if each is None and extra is None:
                self.error("structure", here, None, "no null: leave out what has no value")
            else:
                both = [_ABSENT if part is None else part for part in (each, extra)]
                self.value(both[0], both[1], element, here, inside, depth)

    def value(self, value: Any, more: Any, element: Element, path: str, inside: tuple[Any, Any], depth: int) -> None:
        if more is not _ABSENT:
            self.object(more, "Element", path, inside, depth)
        if value is _ABSENT:
            return
        if element.primitive:
            self.primitive(value, element, path)
        elif element.type == "Resource":
            self.resource(value, path, inside[1] if element.name == "contained" else None, depth)
        else:
            self.object(value, element.type, path, inside, depth)
            if element.type == "Reference":
                self.reference(value, element, path, inside)
            elif element.type == "CodeableReference" and isinstance(value, dict) and "reference" in value:
                self.reference(value["reference"], element, f"{path}.reference", inside)

    def primitive(self, value: Any, element: Element, path: str) -> None:
        expectation = expected(element.type, value)
        if expectation:
            self.error("value" if isinstance(value, str) else "structure", path, value, expectation)
        elif element.codes is not None and value not in element.codes:
            some = sorted(element.codes)
            listed = ", ".join(some) if len(some) <= 30 else f"{', '.join(some[:10])} ... ({len(some)} codes)"
            self.error("code-invalid", path, value, f"a code of {element.code_set}: {listed}")
        elif element.type == "xhtml":
            try:
                for key, reason in narrative(value):
                    self.add("error", "invariant", f"{key}: {reason}", path)
            except ValueError as error:
                self.add("error", "structure", str(error), path)

    def reference(self, value: Any, element: Element, path: str, inside: tuple[Any, Any]) -> None:
        """https://hl7.org/fhir/R5/references.html#literal"""
        if not isinstance(value, dict):
            return
        target, text = value.get("type"), value.get("reference")
        if isinstance(text, str) and text.startswith("#"):
            self.within.append((id(inside[1]), text, f"{path}.reference", inside[0] is not inside[1]))
        elif isinstance(text, str) and text.strip() and not _ABSOLUTE.fullmatch(text):
            relative = _RELATIVE.fullmatch(text)
            if not relative or relative[1] not in self.table.known:
                self.error(
                    "value", f"{path}.reference", text, "Type/id, an absolute URL or #id of a contained resource"
                )
                return
            target = relative[1]
        if isinstance(target, str) and element.targets and target in self.table.known - element.targets:
            self.error("value", path, target, f"a reference to {' or '.join(sorted(element.targets))}")


@cache
def _required(version: str, type_: str) -> dict[int, tuple[str, str]]:
    """Order -> path and label of the elements that the type must have."""
    table = definitions("r4" if version.startswith("4") else "r5")
    return {each.order: (each.path, each.choice) for each in table.types[type_].values() if each.required}


def _shown(value: Any) -> str:
    """The value as its sender wrote it, cut short."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'an array'} of {len(value)}"
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    return f"{value!r:.80}"
