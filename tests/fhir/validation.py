"""Is a document legal FHIR? `validate(release, document)` answers with what is wrong, an empty list if nothing is.

- structure: the models of `fhir.resources`, R5 and R4B. R4B is R4 for every resource served, but for EvidenceVariable,
  whose R4 elements are listed here;
- bindings: the codes of required bindings, which those models do not check;
- shape: no empty string, array, object or null (https://hl7.org/fhir/R5/json.html);
- narratives: well-formed XHTML of the elements that they may hold, with some content (txt-1, txt-2);
- extensions: known ones only, with the parts and value types of `extensions.json`;
- evv-1, ext-1 and per-1, the invariants that this project's documents could break.
"""

import importlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic import ValidationError

BASE = "https://trial-registry.example/fhir/StructureDefinition"
OWN = {
    f"{BASE}/trial-site": {
        "parts": {
            "status": {"min": 0, "max": "1", "value": ["CodeableConcept"]},
            "contact": {"min": 0, "max": "*", "value": ["ContactDetail"]},
        }
    },
    f"{BASE}/contact-role": {"value": ["string"]},
    f"{BASE}/coordinates-from": {"value": ["code"]},
    f"{BASE}/criterion-text": {"value": ["string"]},
    f"{BASE}/contact-telecom": {"value": ["ContactPoint"], "releases": ["r5"]},
    f"{BASE}/arm-intervention": {"value": ["string"]},
    f"{BASE}/intervention": {
        "parts": {
            "type": {"min": 0, "max": "1", "value": ["string"]},
            "description": {"min": 0, "max": "1", "value": ["markdown"]},
            "other-name": {"min": 0, "max": "*", "value": ["string"]},
        }
    },
}
LAYOUTS = json.loads((Path(__file__).parent / "extensions.json").read_text())["layouts"] | OWN
CHARACTERISTIC = "http://hl7.org/fhir/5.0/StructureDefinition/extension-EvidenceVariable.characteristic"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

PUBLICATION = {"draft", "active", "retired", "unknown"}
R4_STUDY_STATUS = {
    "active",
    "administratively-completed",
    "approved",
    "closed-to-accrual",
    "closed-to-accrual-and-intervention",
    "completed",
    "disapproved",
    "in-review",
    "temporarily-closed-to-accrual",
    "temporarily-closed-to-accrual-and-intervention",
    "withdrawn",
}
NARRATIVE = {"generated", "extensions", "additional", "empty"}
ENTITY_ROLES = {"revision", "quotation", "source", "removal"}
COMBINATIONS = {"all-of", "any-of", "at-least", "at-most", "statistical", "net-effect", "dataset"}
IDENTIFIER_USE = {"usual", "official", "temp", "secondary", "old"}
RELATED_ARTIFACT = {"documentation", "justification", "citation", "predecessor", "successor", "derived-from"}
CONTACT_SYSTEM = {"phone", "fax", "email", "pager", "url", "sms", "other"}

REQUIRED = {
    ("ResearchStudy", "status"): {"r4": R4_STUDY_STATUS, "r5": PUBLICATION},
    ("EvidenceVariable", "status"): {"r4": PUBLICATION, "r5": PUBLICATION},
    ("Group", "type"): {"r4": {"person"}, "r5": {"person"}},
    ("Group", "membership"): {"r4": set(), "r5": {"definitional", "enumerated"}},
    ("Location", "mode"): {"r4": {"instance", "kind"}, "r5": {"instance", "kind"}},
    ("text", "status"): {"r4": NARRATIVE, "r5": NARRATIVE},
    ("entity", "role"): {"r4": {*ENTITY_ROLES, "derivation"}, "r5": {*ENTITY_ROLES, "instantiates"}},
    ("definitionByCombination", "code"): {"r4": set(), "r5": COMBINATIONS},
    ("identifier", "use"): {"r4": IDENTIFIER_USE, "r5": IDENTIFIER_USE},
    ("telecom", "system"): {"r4": CONTACT_SYSTEM, "r5": CONTACT_SYSTEM},
    ("valueContactPoint", "system"): {"r4": CONTACT_SYSTEM, "r5": CONTACT_SYSTEM},
    ("relatedArtifact", "type"): {"r4": RELATED_ARTIFACT, "r5": RELATED_ARTIFACT},
}
"""(resource type or element, its field) -> release -> the codes of the value set that the release binds as required."""

# fmt: off
R4_EVIDENCE_VARIABLE = {
    "resourceType", "id", "meta", "text", "extension", "url", "identifier", "version", "name",
    "title", "shortTitle", "subtitle", "status", "date", "publisher", "contact", "description",
    "note", "useContext", "jurisdiction", "copyright", "approvalDate", "lastReviewDate", "effectivePeriod", "topic",
    "author", "editor", "reviewer", "endorser", "relatedArtifact", "type", "characteristic",
}
# fmt: on
R4_CHARACTERISTIC = {"extension", "description", "usageContext", "exclude", "timeFromStart", "groupMeasure"}
R4_DEFINITIONS = {
    f"definition{kind}"
    for kind in ("Reference", "Canonical", "CodeableConcept", "Expression", "DataRequirement", "TriggerDefinition")
}
ONE_OF_EVV_1 = {
    f"definition{kind}"
    for kind in ("Reference", "Canonical", "CodeableConcept", "Id", "ByTypeAndValue", "ByCombination")
}


def validate(release: str, document: dict[str, Any]) -> list[str]:
    """What is wrong with a document of `r4` or `r5`, as `path: message`; a Bundle's entries are checked one by one."""
    errors: list[str] = []
    if document.get("resourceType") == "Bundle":
        entries = document.get("entry", [])
        errors += [error for each in entries if "resource" in each for error in validate(release, each["resource"])]
        bare = [{name: each[name] for name in each if name != "resource"} for each in entries]
        document = {**document, "entry": bare} if entries else document
        return [*errors, *_structure(release, document)]
    resource_type = document["resourceType"]
    where = f"{resource_type}/{document.get('id')}"
    errors += _structure(release, document)
    if release == "r4" and resource_type == "EvidenceVariable":
        errors += _r4_evidence_variable(document)
    for path, holder, fields in _objects(document, resource_type, resource_type):
        errors += [f"{where} {path}: {error}" for error in _object_errors(release, holder, fields)]
    return errors


def _structure(release: str, document: dict[str, Any]) -> list[str]:
    resource_type = document["resourceType"]
    package = "fhir.resources" if release == "r5" else "fhir.resources.R4B"
    try:
        model = getattr(importlib.import_module(f"{package}.{resource_type.lower()}"), resource_type)
    except ModuleNotFoundError:
        return [f"{resource_type}: no such resource type"]
    try:
        model.model_validate(document)
    except ValidationError as error:
        where = f"{resource_type}/{document.get('id')}"
        return [f"{where} {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    return []


def _r4_evidence_variable(document: dict[str, Any]) -> Iterator[str]:
    yield from (f"EvidenceVariable.{name}: not in R4" for name in document.keys() - R4_EVIDENCE_VARIABLE)
    if not document.get("characteristic"):
        yield "EvidenceVariable.characteristic: at least one"
    for characteristic in document.get("characteristic", []):
        definitions = characteristic.keys() & R4_DEFINITIONS
        if len(definitions) != 1:
            yield f"EvidenceVariable.characteristic: one definition[x], not {sorted(definitions)}"
        unknown = characteristic.keys() - R4_CHARACTERISTIC - R4_DEFINITIONS
        yield from (f"EvidenceVariable.characteristic.{name}: not in R4" for name in unknown)


def _objects(value: Any, holder: str, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every JSON object with its path and the name it is held by; what is in an extension's parts too."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, holder, f"{path}[{index}]")
    elif isinstance(value, dict):
        yield path, holder, value
        for name, item in value.items():
            yield from _objects(item, name, f"{path}.{name}")


def _object_errors(release: str, holder: str, fields: dict[str, Any]) -> Iterator[str]:
    if not fields:
        yield "empty object"
    for name, value in fields.items():
        if value is None or value == "" or value == []:
            yield f"{name} is empty"
        if isinstance(value, str) and value.strip() == "":
            yield f"{name} is blank"
        codes = REQUIRED.get((holder, name))
        if codes and value not in codes[release]:
            yield f"{name} is {value!r}, not one of {sorted(codes[release])}"
    if holder == "characteristic" and len(fields.keys() & ONE_OF_EVV_1) > 1:
        yield "evv-1: one definition for each characteristic"
    if holder == "text":
        yield from narrative_errors(fields.get("div", ""))
    if holder in ("period", "valuePeriod") and "start" in fields and "end" in fields:
        known = min(len(fields["start"]), len(fields["end"]))
        if fields["start"][:known] > fields["end"][:known]:
            yield "per-1: the start is after the end"
    for extension in fields.get("extension", []):
        # the parts of a complex extension are checked with the whole
        if holder != "extension" or extension.get("url") in LAYOUTS:
            yield from _extension_errors(release, extension)


XHTML = "{http://www.w3.org/1999/xhtml}"
BASIC = {f"{XHTML}{tag}" for tag in ("div", "p", "b", "i", "br", "ul", "ol", "li", "table", "tr", "th", "td", "span")}


def narrative_errors(div: str) -> Iterator[str]:
    try:
        root = ElementTree.fromstring(div)
    except (ElementTree.ParseError, UnicodeEncodeError) as error:
        yield f"div is no XML: {error}"
        return
    if root.tag != f"{XHTML}div":
        yield f"div is a {root.tag}"
    yield from (f"txt-1: {each.tag} in div" for each in root.iter() if each.tag not in BASIC or each.attrib)
    if not "".join(root.itertext()).strip():
        yield "txt-2: div is empty"


def _extension_errors(release: str, extension: dict[str, Any]) -> Iterator[str]:
    url = extension.get("url", "")
    layout = LAYOUTS.get(url)
    if layout is None:
        yield f"unknown extension {url}"
    elif release not in layout.get("releases", ("r4", "r5")):
        yield f"extension {url} does not belong in {release}"
    else:
        yield from _layout_errors(extension, layout)


def _layout_errors(extension: dict[str, Any], layout: dict[str, Any]) -> Iterator[str]:
    url = extension["url"]
    values = [name.removeprefix("value") for name in extension if name.startswith("value")]
    parts = extension.get("extension", [])
    if len(values) + bool(parts) != 1:
        yield f"ext-1: {url} has {values} and {len(parts)} parts"
    for value in values:
        if value.lower() not in [each.lower() for each in layout.get("value", [])]:
            yield f"{url} holds a {value}, not one of {layout.get('value')}"
    if not layout.get("parts"):
        yield from (f"{url} has a part {part['url']}" for part in parts if part["url"] != ABSENT)
        return
    counts = Counter(part["url"] for part in parts)
    for name, part in layout["parts"].items():
        if counts[name] < part["min"] or (part["max"] == "1" and counts[name] > 1):
            yield f"{url} has {counts[name]} {name}, not {part['min']}..{part['max']}"
    for part in parts:
        if part["url"] not in layout["parts"]:
            yield f"{url} has an unknown part {part['url']}"
        elif part["url"] != CHARACTERISTIC:  # a nested characteristic is met on its own
            yield from _layout_errors(part, layout["parts"][part["url"]])
