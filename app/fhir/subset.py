"""Parts of a resource: `_summary` and `_elements` (https://hl7.org/fhir/R5/search.html#summary, #elements).

Enters a document, leaves a copy with the elements asked for and the tag SUBSETTED. `elements.json` says of each element
(and of those inside backbone elements) whether it belongs to the summary (`s`), is mandatory (`m`), modifies (`x`).
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = ("resourceType", "id", "meta")
_NEEDED = {("Organization", "name")}
"""Elements that an invariant asks for (org-1): mandatory as served here."""


def summarized(document: Json, release: str, mode: str) -> Json:
    """`mode` is `true`, `text` or `data`."""
    if mode == "data":
        return _marked({name: value for name, value in document.items() if name != "text"})
    if mode == "text":
        return _marked(_kept(document, release, lambda path, flags: path == "text" or "m" in flags))
    # mandatory ones too: R4 has no `agent` in the summary of a Provenance, which must have one
    return _marked(_kept(document, release, lambda path, flags: "s" in flags or "m" in flags, nested=True))


def only(document: Json, release: str, names: tuple[str, ...]) -> Json:
    """The elements of these names (`title` or `ResearchStudy.title`), and what is mandatory or modifies."""
    kind = document.get("resourceType", "")
    roots = {name.removeprefix(f"{kind}.").split(".")[0] for name in names}

    def wanted(path: str, flags: str) -> bool:
        return path.removesuffix("[x]") in roots or "m" in flags or "x" in flags

    return _marked(_kept(document, release, wanted))


@cache
def elements_of(release: str, kind: str) -> dict[str, str]:
    """Path below the type -> flags."""
    return _table()[release].get(kind, {})


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    table: dict[str, dict[str, dict[str, str]]] = json.loads(Path(__file__).with_name("elements.json").read_text())
    return table


def _kept(document: Json, release: str, wanted: Callable[[str, str], bool], nested: bool = False) -> Json:
    elements = elements_of(release, document.get("resourceType", ""))
    return _pruned(document, elements, wanted, "", nested)


def _pruned(node: Json, elements: dict[str, str], wanted: Callable[[str, str], bool], above: str, nested: bool) -> Json:
    kept: Json = {}
    for key, value in node.items():
        path = above + _element(key, above, elements)
        flags = elements.get(path, "")
        if not above and (node.get("resourceType"), path) in _NEEDED:
            flags += "m"
        if (not above and key in _ALWAYS) or wanted(path, flags):
            inner = f"{path}."
            if nested and any(one.startswith(inner) for one in elements):
                parts = value if isinstance(value, list) else [value]
                parts = [one for one in (_pruned(one, elements, wanted, inner, nested) for one in parts) if one]
                value = parts if isinstance(value, list) else parts[0] if parts else None
            if value not in (None, []):
                kept[key] = value
    return kept


def _element(key: str, above: str, elements: dict[str, str]) -> str:
    """The element that a key of JSON is of: `_status` is `status`, `valueCode` is `value[x]`."""
    name = key.removeprefix("_")
    if above + name in elements:
        return name
    choices = (path.removeprefix(above)[:-3] for path in elements if path.startswith(above) and path.endswith("[x]"))
    return next((f"{choice}[x]" for choice in choices if name.startswith(choice)), name)


def _marked(document: Json) -> Json:
    meta = document.get("meta", {})
    return {
        name: {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]} if name == "meta" else value
        for name, value in document.items()
    }
