"""The XHTML of a narrative, a string in JSON and elements in XML (https://hl7.org/fhir/R5/narrative.html#xhtml).

Enters a `div` in either form, leaves the other. Both pass through the parser, so that what is written into an answer is
well-formed whatever was stored.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

import defusedxml
import defusedxml.ElementTree

XHTML = "http://www.w3.org/1999/xhtml"
MAX_DEPTH = 100

_XML = "{http://www.w3.org/XML/1998/namespace}"
_VOID = frozenset(("br", "hr", "img", "col"))
_SPECIAL = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_REPLACEMENT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Text as it stands in an attribute, where a bare line end would be read as a space."""
    return _SPECIAL.sub(lambda found: _REPLACEMENT.get(found[0], "\ufffd"), text) if _SPECIAL.search(text) else text


def parse_div(value: Any, where: str) -> Node:
    """The element tree of a narrative's `div`. Raises ValueError when it is not one."""
    if not isinstance(value, str):
        raise ValueError(f"{where}: {value!r:.80}: expected XHTML")
    try:
        node: Node = defusedxml.ElementTree.fromstring(value, forbid_dtd=True)
    except defusedxml.DefusedXmlException:
        raise ValueError(f"{where}: declares a document type or entities: expected none") from None
    except (ParseError, UnicodeError) as error:
        raise ValueError(f"{where}: not well-formed XHTML: {error}") from None
    if node.tag != f"{{{XHTML}}}div":
        raise ValueError(f"{where}: {node.tag!r:.80}: expected a div in the namespace {XHTML}")
    return node


def write_div(value: Any, where: str) -> str:
    """The `div` as it stands in a document. Raises ValueError when it is not well-formed XHTML."""
    return read_div(parse_div(value, where), where)


def read_div(node: Node, where: str = "Narrative.div") -> str:
    """The string of a parsed `div`. Raises ValueError for elements of another namespace."""
    out: list[str] = []
    _write(out, node, where, f' xmlns="{XHTML}"', 0)
    return "".join(out)


def _write(out: list[str], node: Node, where: str, namespace: str, depth: int) -> None:
    space, _, name = node.tag.rpartition("}")
    if space != "{" + XHTML:
        raise ValueError(f"{where}: {node.tag!r:.80}: expected elements in the namespace {XHTML}")
    if depth > MAX_DEPTH:
        raise ValueError(f"{where}: nested too deeply: expected at most {MAX_DEPTH} levels")
    out.append(f"<{name}{namespace}")
    for key, text in node.attrib.items():
        label = key.replace(_XML, "xml:")
        if "}" in label:
            raise ValueError(f"{where}: attribute {key!r:.80}: expected no namespace")
        out.append(f' {label}="{escape(text)}"')
    if not len(node) and not node.text and name in _VOID:
        out.append("/>")
        return
    out.append(">" + _content(node.text))
    for child in node:
        _write(out, child, where, "", depth + 1)
        out.append(_content(child.tail))
    out.append(f"</{name}>")


def _content(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
