"""Characters that neither PostgreSQL's text nor FHIR's string can hold: replaced by U+FFFD, before anything is read.

They are U+0000 to U+001F except tab, newline and return (https://hl7.org/fhir/R5/datatypes.html#string), and lone
surrogates, which no UTF-8 can hold.
"""

import re
from typing import Any

import orjson

from app.sources.ctgov.node import refuse

_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def replace_damage(study: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The study with the characters replaced, and the paths of the texts that had one.

    Raises ValueError when a key has one: no field is called so.
    """
    if not _may_be_damaged(study):
        return study, []
    found: list[str] = []
    return _replace(study, "", found), found


def _may_be_damaged(study: dict[str, Any]) -> bool:
    """Writing it as JSON takes a microsecond for a page of text, and escapes just these characters."""
    try:
        return b"\\u00" in orjson.dumps(study)
    except TypeError:  # a surrogate, or a number that is too large for orjson
        return True


def _replace(value: Any, path: str, found: list[str]) -> Any:
    if isinstance(value, str):
        if not _BAD.search(value):
            return value
        found.append(path)
        return _BAD.sub("\ufffd", value)
    if isinstance(value, dict):
        for key in value:
            if _BAD.search(key):
                refuse(path or "study", _BAD.sub("\ufffd", key), "a field's name without control characters")
        return {key: _replace(inner, f"{path}.{key}" if path else key, found) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replace(inner, f"{path}.{i}", found) for i, inner in enumerate(value)]
    return value
