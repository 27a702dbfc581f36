"""FHIR JSON <-> FHIR XML (https://hl7.org/fhir/R5/xml.html, https://hl7.org/fhir/R4/xml.html).

`to_xml` takes a document as `orjson.loads` gives it and leaves UTF-8 bytes; `from_xml` takes bytes from a stranger and
leaves such a document. Both know the resource types of `xml_elements.py` and refuse what that does not list, with a
ValueError that names the element.

Why no library: `fhir.resources` has R5 and R4B, not R4, whose EvidenceVariable is another; its XML needs lxml as well.
The two formats differ only in order, in what is an attribute, and in where a primitive's extensions stand.

- A decimal is a float on either side, as in the rest of this server: 1.10 becomes 1.1 before it comes here. A
  `decimal.Decimal` is written as it stands.
- What XML cannot hold (most control characters; FHIR forbids them as well) is written as U+FFFD.
- Elements may come in any order; comments and processing instructions are dropped.
"""

import io
import math
import re
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import ParseError

import defusedxml
import defusedxml.ElementTree

from app.fhir.xml_elements import MAX_DEPTH, Definitions, Element, definitions
from app.fhir.xml_narrative import XHTML, escape, read_div, write_div

FHIR = "http://hl7.org/fhir"
MAX_BYTES = 10_000_000
MAX_ELEMENTS = 200_000
"""A parsed element takes some 500 bytes of memory, however few it has in the document."""

_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_INTEGERS = frozenset(("integer", "positiveInt", "unsignedInt"))
_INTEGER = re.compile(r"[+-]?[0-9]{1,10}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def to_xml(document: dict[str, Any], release: str) -> bytes:
    """The document as XML of `r4` or `r5`. Raises ValueError when it is not of that release's shape."""
    out = ['<?xml version="1.0" encoding="UTF-8"?>']
    _write_resource(out, definitions(release), document, "", 0)
    return "".join(out).encode("utf-8")


def from_xml(data: bytes, release: str) -> dict[str, Any]:
    """The document that XML of `r4` or `r5` says. Raises ValueError for XML that is malformed, has a document type,
    is larger than the limits above, or holds what the release does not define."""
    return _read_resource(definitions(release), _parse(data), "", 0)


# ---------------------------------------------------------------------------------------------------------- writing


def _write_resource(out: list[str], table: Definitions, resource: Any, where: str, depth: int) -> None:
    type_ = _object(resource, where or "the document").get("resourceType")
    if not isinstance(type_, str) or type_ not in table.resources:
        raise _unknown_resource(table, str(type_), where)
    out.append(f"<{type_}>" if where else f'<{type_} xmlns="{FHIR}">')
    _write_elements(out, table, resource, type_, where or type_, depth + 1)
    out.append(f"</{type_}>")


def _write_elements(
    out: list[str], table: Definitions, holder: dict[str, Any], type_: str, where: str, depth: int
) -> None:
    if depth > MAX_DEPTH:
        raise _too_deep(where)
    elements = table.types[type_]
    present: dict[int, Element] = {}
    for key in holder:
        element = elements.get(key.removeprefix("_"))
        if element is None or (key[0] == "_" and not element.primitive):
            if key == "resourceType" and type_ in table.resources:
                continue
            raise _unknown_element(table, type_, f"{where}.{key}")
        if present.setdefault(element.order, element) is not element:
            raise ValueError(
                f"{where}: {present[element.order].name} and {element.name}: expected one {element.choice}"
            )
    for order in sorted(present):
        element = present[order]
        if not element.attribute:
            _write_element(out, table, holder, element, f"{where}.{element.name}", depth)


def _write_element(
    out: list[str], table: Definitions, holder: dict[str, Any], element: Element, where: str, depth: int
) -> None:
    value, more = holder.get(element.name), holder.get("_" + element.name)
    if not element.many:
        _write_value(out, table, element, value, more, where, depth)
        return
    for index, (each, extra) in enumerate(zip_longest(_list(value, where), _list(more, where))):
        _write_value(out, table, element, each, extra, f"{where}[{index}]", depth)


def _write_value(
    out: list[str], table: Definitions, element: Element, value: Any, more: Any, where: str, depth: int
) -> None:
    name = element.name
    if element.type == "xhtml":
        out.append(write_div(value, where))
    elif element.primitive:
        text = "" if value is None else f' value="{escape(_text(element.type, value, where))}"'
        if more is None and text:
            out.append(f"<{name}{text}/>")
        else:
            extra = _object(more, where)
            out.append(f"<{name}{_attributes(table.types['Element'], extra, where)}{text}>")
            _write_within(out, table, extra, "Element", name, where, depth)
    elif element.type == "Resource":
        out.append(f"<{name}>")
        _write_resource(out, table, value, where, depth)
        out.append(f"</{name}>")
    else:
        out.append(f"<{name}{_attributes(table.types[element.type], _object(value, where), where)}>")
        _write_within(out, table, value, element.type, name, where, depth)


def _write_within(
    out: list[str], table: Definitions, holder: dict[str, Any], type_: str, name: str, where: str, depth: int
) -> None:
    start = len(out)
    _write_elements(out, table, holder, type_, where, depth + 1)
    if len(out) == start:
        out[-1] = out[-1].removesuffix(">") + "/>"
    else:
        out.append(f"</{name}>")


def _attributes(elements: dict[str, Element], holder: dict[str, Any], where: str) -> str:
    found = [name for name in ("id", "url") if name in holder and name in elements and elements[name].attribute]
    return "".join(f' {name}="{escape(_text(elements[name].type, holder[name], f"{where}.{name}"))}"' for name in found)


def _text(type_: str, value: Any, where: str) -> str:
    if type_ == "boolean":
        if isinstance(value, bool):
            return "true" if value else "false"
    elif type_ in _INTEGERS:
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    elif type_ == "decimal":
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
            return str(value)
    elif isinstance(value, str) and value:
        return value
    raise ValueError(f"{where}: {value!r:.80}: expected a {type_}")


def _object(value: Any, where: str) -> dict[str, Any]:
    if isinstance(value, dict) and value:
        return value
    raise ValueError(f"{where}: {value!r:.80}: expected an object")


def _list(value: Any, where: str) -> list[Any]:
    if value is None or isinstance(value, list):
        return value or []
    raise ValueError(f"{where}: {value!r:.80}: expected an array")


# ---------------------------------------------------------------------------------------------------------- reading


def _parse(data: bytes) -> Node:
    if len(data) > MAX_BYTES:
        raise ValueError(f"the XML has {len(data)} bytes: expected at most {MAX_BYTES}")
    root: Node | None = None
    depth = count = 0
    try:
        for event, node in defusedxml.ElementTree.iterparse(io.BytesIO(data), ("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            root, depth, count = node if root is None else root, depth + 1, count + 1
            # a resource within a resource is two elements for one object; narratives are counted as well
            if depth > 2 * MAX_DEPTH:
                raise _too_deep(node.tag)
            if count > MAX_ELEMENTS:
                raise ValueError(f"the XML has more than {MAX_ELEMENTS} elements")
    except defusedxml.DefusedXmlException as error:
        raise ValueError(f"the XML declares a document type or entities: expected none ({error})") from None
    except (ParseError, LookupError, UnicodeError) as error:
        raise ValueError(f"the XML is malformed: {error}") from None
    if root is None:
        raise ValueError("the XML is malformed: no element found")
    return root


def _read_resource(table: Definitions, node: Node, where: str, depth: int) -> dict[str, Any]:
    type_ = _local(node, FHIR, where)
    if type_ not in table.resources:
        raise _unknown_resource(table, type_, where)
    return {"resourceType": type_, **_read_elements(table, node, type_, where or type_, depth + 1)}


def _read_elements(table: Definitions, node: Node, type_: str, where: str, depth: int) -> dict[str, Any]:
    if depth > MAX_DEPTH:
        raise _too_deep(where)
    elements = table.types[type_]
    made: dict[str, Any] = {}
    for name, text in node.attrib.items():
        if name in elements and elements[name].attribute:
            made[name] = _value(elements[name].type, text, f"{where}.{name}")
        elif not name.startswith(_SCHEMA_INSTANCE) and not (name == "value" and type_ == "Element"):
            raise ValueError(f"{where}: attribute {name}: no such attribute of {type_}")
    _no_text(node.text, where)
    chosen: dict[int, str] = {}
    for child in node:
        _no_text(child.tail, where)
        name = _local(child, XHTML if type_ == "Narrative" and child.tag.endswith("}div") else FHIR, where)
        element = elements.get(name)
        if element is None or element.attribute:
            raise _unknown_element(table, type_, f"{where}.{name}")
        if chosen.setdefault(element.order, name) != name:
            raise ValueError(f"{where}: {chosen[element.order]} and {name}: expected one {element.choice}")
        _read_element(table, child, element, made, f"{where}.{name}", depth)
    for name in [
        name for name, value in made.items() if isinstance(value, list) and all(each is None for each in value)
    ]:
        del made[name]
    if not made and type_ not in table.resources and not (type_ == "Element" and "value" in node.attrib):
        raise ValueError(f"{where}: empty: expected a value, elements or extensions")
    return made


def _read_element(
    table: Definitions, node: Node, element: Element, made: dict[str, Any], where: str, depth: int
) -> None:
    name, more = element.name, None
    value: Any
    if element.type == "xhtml":
        value = read_div(node)
    elif element.primitive:
        more = _read_elements(table, node, "Element", where, depth + 1) or None
        text = node.get("value")
        value = None if text is None else _value(element.type, text, where)
    elif element.type == "Resource":
        _no_text(node.text, where)
        if len(node) != 1 or node.attrib:
            raise ValueError(f"{where}: {len(node)} elements, {len(node.attrib)} attributes: expected one resource")
        _no_text(node[0].tail, where)
        value = _read_resource(table, node[0], where, depth)
    else:
        value = _read_elements(table, node, element.type, where, depth + 1)
    if element.many:
        values = made.setdefault(name, [])
        values.append(value)
        if more is not None or "_" + name in made:
            extras = made.setdefault("_" + name, [])
            extras += [None] * (len(values) - 1 - len(extras)) + [more]
        return
    if name in made or "_" + name in made:
        raise ValueError(f"{where}: more than once: expected at most one")
    if value is not None:
        made[name] = value
    if more is not None:
        made["_" + name] = more


def _value(type_: str, text: str, where: str) -> Any:
    if type_ == "boolean":
        if text in ("true", "false"):
            return text == "true"
    elif type_ in _INTEGERS:
        if _INTEGER.fullmatch(text):
            return int(text)
    elif type_ == "decimal":
        if _DECIMAL.fullmatch(text) and len(text) <= 100 and math.isfinite(number := float(text)):
            return int(text) if text.lstrip("-").isdigit() and number else number
    elif text:
        return text
    raise ValueError(f"{where}: {text!r:.80}: expected a {type_}")


def _local(node: Node, namespace: str, where: str) -> str:
    space, _, name = node.tag.rpartition("}")
    if space != "{" + namespace:
        raise ValueError(
            f"{where}{'.' * bool(where)}{name}: namespace {space.removeprefix('{')!r:.80}: expected {namespace!r}"
        )
    return name


def _no_text(text: str | None, where: str) -> None:
    if text and not text.isspace():
        raise ValueError(f"{where}: text {text.strip()!r:.80}: expected elements and attributes only")


def _unknown_element(table: Definitions, type_: str, where: str) -> ValueError:
    return ValueError(f"{where:.300}: {type_} of FHIR {table.version} has no such element")


def _unknown_resource(table: Definitions, type_: str, where: str) -> ValueError:
    place = f"{where}: " if where else ""
    return ValueError(f"{place}resource type {type_!r:.80}: expected one of {', '.join(sorted(table.resources))}")


def _too_deep(where: str) -> ValueError:
    return ValueError(f"{where:.300}: nested too deeply: expected at most {MAX_DEPTH} levels")
