"""What may change between two documents, as the comparing parts tell it."""

from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

Json = dict[str, Any]
Kind = Literal["breaking", "compatible"]
Direction = Literal["request", "response"]
"""Who writes a value: the client, or the server. What widens one narrows the other."""


class Change(NamedTuple):
    """`where` is the operation and the place in it, `what` says what became of it."""

    kind: Kind
    where: str
    what: str


def part(holder: Json, name: str, where: str) -> Json:
    """The object of this name; an empty one where there is none. Raises ValueError for what is no object."""
    found = holder.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f"{where}: '{name}' is {str(found)[:80]!r}, expected an object")
    return found


class Document:
    """An OpenAPI document whose references are looked up (within the document)."""

    def __init__(self, document: Json) -> None:
        if not str(document.get("openapi", "")).startswith("3."):
            raise ValueError("is no OpenAPI document: expected an object with 'openapi': '3...'")
        self.document = document

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` names; keywords beside it are added. Raises ValueError."""
        seen: list[str] = []
        while isinstance(node, dict) and "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen:
                raise ValueError(f"{reference} refers to itself")
            seen.append(reference)
            beside = {name: value for name, value in node.items() if name != "$ref"}
            node = self._find(reference)
            if beside and isinstance(node, dict):
                node = {**node, **beside}
        return node

    def part(self, holder: Json, name: str, where: str) -> Json:
        """What `holder` has of this name, or what that refers to. Raises ValueError for what is no object."""
        return part({name: self.resolve(holder.get(name))}, name, where)

    def _find(self, reference: str) -> Any:
        found: Any = self.document
        if not reference.startswith("#/"):
            raise ValueError(f"{reference} is in another document: expected one that begins with '#/'")
        for part in reference[2:].split("/"):
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or name not in found:
                raise ValueError(f"{reference} is not in the document")
            found = found[name]
        return found
