"""Our own extensions: one table, from which StructureDefinition resources are made.

https://hl7.org/fhir/R5/defining-extensions.html, https://hl7.org/fhir/R4/defining-extensions.html. A URL is named
where a renderer uses it, and here only taken from there.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.fhir.conformance import FHIR_VERSIONS, definition
from app.fhir.constraints import CRITERION_TEXT
from app.fhir.contact import CONTACT_ROLE
from app.fhir.datatypes import Json, element
from app.fhir.location import COORDINATES_FROM, TRIAL_SITE
from app.fhir.study.design import ARM_INTERVENTION
from app.fhir.study.parties import CONTACT_TELECOM
from app.fhir.study.subject import INTERVENTION
from app.record.codes import BASE

NEAREST_SITE = f"{BASE}/StructureDefinition/nearest-site"
"""On `Bundle.entry.search`: a Reference to the site nearest to the place asked for."""

AGE_NOT_STATED = f"{BASE}/StructureDefinition/age-not-stated"
"""On `Bundle.entry.search`: the age asked for is taken only by cohorts that state no ages."""


class Part(NamedTuple):
    """What an extension holds: `name` is the part's URL, empty where the extension itself has the value. `binding` is
    the strength and the id of a value set of ours, `target` the resource type that a Reference is to."""

    name: str
    type: str
    max: str
    doc: str
    binding: tuple[str, str] | None = None
    target: str | None = None


class Extension(NamedTuple):
    """`contexts` are (release -> kind and expression of where it stands); it is unknown in a release without one."""

    url: str
    max: str
    contexts: Mapping[str, tuple[str, str]]
    parts: tuple[Part, ...]
    doc: str

    @property
    def id(self) -> str:
        return self.url.rsplit("/", 1)[1]


def _elements(r4: str | None, r5: str | None) -> dict[str, tuple[str, str]]:
    return {release: ("element", path) for release, path in (("r4", r4), ("r5", r5)) if path}


EXTENSIONS = (
    Extension(
        TRIAL_SITE,
        "1",
        _elements("ResearchStudy.site", "ResearchStudy.site"),
        (
            Part(
                "status",
                "CodeableConcept",
                "1",
                "Whether this trial recruits at this facility.",
                ("extensible", "recruitment-status"),
            ),
            Part("contact", "ContactDetail", "*", "Whom to ask about this trial at this facility."),
        ),
        "What is true of a facility in one trial only.",
    ),
    Extension(
        COORDINATES_FROM,
        "1",
        _elements("Location.position", "Location.position"),
        (Part("", "code", "1", "Where the coordinates come from.", ("required", "coordinates-from")),),
        "Where coordinates come from that the source did not give.",
    ),
    Extension(
        CONTACT_ROLE,
        "1",
        _elements("ContactDetail", "ContactDetail"),
        (Part("", "string", "1", "The contact's role."),),
        "The role of a contact in the trial, as a code of the record.",
    ),
    Extension(
        CONTACT_TELECOM,
        "*",
        _elements(None, "ResearchStudy.associatedParty"),
        (Part("", "ContactPoint", "1", "How to reach the contact."),),
        "How to reach a contact of the trial, for which R5 has no element.",
    ),
    Extension(
        INTERVENTION,
        "1",
        # in R5 the focus is a CodeableReference, and the concept in it holds the extension
        {"r4": ("element", "ResearchStudy.focus"), "r5": ("fhirpath", "ResearchStudy.focus.concept")},
        (
            Part("type", "string", "1", "What kind of intervention it is."),
            Part("description", "markdown", "1", "The intervention in words."),
            Part("other-name", "string", "*", "What it is called elsewhere."),
        ),
        "What the registry says of an intervention beside its name.",
    ),
    Extension(
        ARM_INTERVENTION,
        "*",
        _elements("ResearchStudy.arm", "ResearchStudy.comparisonGroup"),
        (Part("", "string", "1", "The intervention's name."),),
        "The name of an intervention that the participants of an arm get, as the source links it.",
    ),
    Extension(
        NEAREST_SITE,
        "1",
        _elements("Bundle.entry.search", "Bundle.entry.search"),
        (Part("", "Reference", "1", "The nearest site.", target="Location"),),
        "Of a trial found by a place: the site nearest to it.",
    ),
    Extension(
        AGE_NOT_STATED,
        "1",
        _elements("Bundle.entry.search", "Bundle.entry.search"),
        (Part("", "boolean", "1", "Always true."),),
        "Of a trial found by an age: only cohorts that state no ages take it.",
    ),
    Extension(
        CRITERION_TEXT,
        "1",
        _elements("Group.characteristic", "Group.characteristic"),
        (Part("", "string", "1", "The criterion as written."),),
        "The criterion that a characteristic with a code and a value of its own is read from.",
    ),
)


def structure_definitions(release: str) -> dict[str, Json]:
    """Id -> StructureDefinition of each extension that this release has."""
    return {each.id: _definition(release, each) for each in EXTENSIONS if release in each.contexts}


def _definition(release: str, extension: Extension) -> Json:
    kind, expression = extension.contexts[release]
    return definition(
        "StructureDefinition",
        extension.id,
        extension.doc,
        title=extension.id.replace("-", " ").capitalize(),
        url=extension.url,
        fhirVersion=FHIR_VERSIONS[release],
        kind="complex-type",
        abstract=False,
        context=[{"type": kind, "expression": expression}],
        type="Extension",
        baseDefinition="http://hl7.org/fhir/StructureDefinition/Extension",
        derivation="constraint",
        differential={"element": _differential(extension)},
    )


def _differential(extension: Extension) -> list[Json]:
    root = _element("", short=extension.doc, definition=extension.doc, min=0, max=extension.max)
    url = _element(".url", fixedUri=extension.url)
    if value := next((part for part in extension.parts if not part.name), None):
        return [root, _element(".extension", max="0"), url, _value("", value)]
    parts = [row for part in extension.parts for row in _part(part)]
    return [root, *parts, url, _element(".value[x]", min=0, max="0")]


def _part(part: Part) -> list[Json]:
    """A slice of the extension's own extensions."""
    slice = f".extension:{part.name}"
    return [
        _element(slice, sliceName=part.name, short=part.doc, definition=part.doc, min=0, max=part.max),
        _element(f"{slice}.extension", max="0"),
        _element(f"{slice}.url", fixedUri=part.name),
        _value(slice, part),
    ]


def _value(inside: str, part: Part) -> Json:
    target = f"http://hl7.org/fhir/StructureDefinition/{part.target}" if part.target else None
    bound = part.binding and {"strength": part.binding[0], "valueSet": f"{BASE}/ValueSet/{part.binding[1]}"}
    return _element(
        f"{inside}.value[x]",
        short=part.doc,
        definition=part.doc,
        min=1,
        max="1",
        type=[element(code=part.type, targetProfile=[target])],
        binding=bound,
    )


def _element(place: str, **content: object) -> Json:
    """An ElementDefinition; the path is the id without the slices' names."""
    id = f"Extension{place}"
    path = ".".join(step.split(":")[0] for step in id.split("."))
    return element(id=id, path=path, **content)
