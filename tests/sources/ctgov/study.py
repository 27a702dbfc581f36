"""A fictional study with every field of the API, and where the values of a study arrive in its record."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.record.trial import Trial
from app.sources.ctgov import parse_json
from app.sources.ctgov.eligibility import read_age
from app.sources.ctgov.node import leaves

HERE = Path(__file__).parent
DOCUMENT = "0123456789abcdef"
FIELDS = dict(line.split(" ") for line in (HERE / "fields.txt").read_text().splitlines())
"""Path of the format (lists marked `[]`) -> `text`, `date`, `word`, `flag`, `count` or `number`."""

_SECTIONS = ("protocolSection", "derivedSection", "documentSection", "annotationSection", "hasResults")
_CONTENTS = (".hasProtocol", ".hasSap", ".hasIcf")


def study() -> dict[str, Any]:
    """A new copy."""
    found: dict[str, Any] = json.loads((HERE / "study.json").read_text())
    return found


def changed(path: str, value: Any) -> dict[str, Any]:
    """The study with another value at a dotted path."""
    return edited(path, lambda holder, key: holder.__setitem__(key, value))


def without(path: str) -> dict[str, Any]:
    return edited(path, lambda holder, key: holder.__delitem__(key))


def edited(path: str, edit: Callable[[Any, Any], None]) -> dict[str, Any]:
    whole = study()
    holder: Any = whole
    *above, last = path.split(".")
    for part in above:
        holder = holder[int(part) if isinstance(holder, list) else part]
    edit(holder, int(last) if isinstance(holder, list) else last)
    return whole


def read(whole: dict[str, Any] | None = None) -> Trial:
    return parse_json(whole if whole is not None else study(), DOCUMENT)


def codes(trial: Trial) -> list[str]:
    return [issue.code for issue in trial.issues]


def statements(trial: Trial) -> dict[str, Any]:
    return {statement.label: json.loads(statement.text) for statement in trial.statements}


def general(path: str) -> str:
    """`a.0.b` -> `a[].b`: the path of the format."""
    return re.sub(r"\.\d+(?=\.|$)", "[]", path)


def containers(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every object and list below `value` with its path."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        here = f"{path}.{key}" if path else str(key)
        if isinstance(one, dict | list):
            yield here, one
            yield from containers(one, here)


def arrivals(whole: dict[str, Any], trial: Trial) -> Iterator[tuple[str, str]]:
    """Each value's path with `typed`, `statement` or `nowhere`."""
    kept = {statement.label: statement.text for statement in trial.statements}
    fields = trial.model_dump(exclude={"statements", "issues", "sources", "cohorts", "criteria"}, exclude_none=True)
    typed = {(type(value) is bool, value) for _, value in leaves(fields)}
    for section in _SECTIONS:
        for path, value in leaves(whole[section], section) if section in whole else ():
            if path in kept:
                yield path, "statement" if json.loads(kept[path]) == value else "nowhere"
            else:
                yield path, "typed" if _is_typed(path, value, trial, typed) else "nowhere"


def _is_typed(path: str, value: Any, trial: Trial, typed: set[tuple[bool, Any]]) -> bool:
    if path.endswith(_CONTENTS):
        return True
    if path.endswith(("imumAge", "aximumAge")):
        age = read_age(value)
        return age is not None and age in (trial.minimum_age, trial.maximum_age)
    if not isinstance(value, str):
        return (type(value) is bool, value) in typed
    code = value.lower().replace("_", "-")
    words = (value, value.strip(), code, code.replace("phase", "phase-"), {"na": "n-a"}.get(code))
    return any((False, word) in typed for word in words if word)
