"""The operations that are served, and OperationDefinition resources of those that are ours.

https://hl7.org/fhir/R5/operationdefinition.html, https://hl7.org/fhir/R4/operationdefinition.html. Those of the
specification and of Bulk Data 2.0 are only named here: their definitions are at their own URLs.
"""

from typing import NamedTuple

from app.fhir.conformance import EXPORT, definition
from app.fhir.datatypes import Json
from app.record.codes import BASE


class Argument(NamedTuple):
    """A parameter of an operation: `type` is a FHIR type, `max` a number or `*`."""

    name: str
    type: str
    min: int
    max: str
    doc: str
    use: str = "in"


class Operation(NamedTuple):
    """`name` stands behind `$`. `levels` are `system`, `type`, `instance`; `types` are the resource types that it is
    for (none: every one that is served)."""

    name: str
    url: str
    levels: tuple[str, ...]
    types: tuple[str, ...]
    affects_state: bool
    doc: str
    arguments: tuple[Argument, ...] = ()

    @property
    def id(self) -> str:
        return self.url.rsplit("/", 1)[1]

    @property
    def is_own(self) -> bool:
        return self.url.startswith(BASE)


_SINCE = Argument("_since", "instant", 0, "1", "Only resources that changed after this instant.")

OPERATIONS = (
    Operation(
        "match",
        f"{BASE}/OperationDefinition/ResearchStudy-match",
        ("type",),
        ("ResearchStudy",),
        False,
        "Trials for a patient, each with a score from 0 to 1 and a GuidanceResponse that says for every criterion "
        "whether it is met, not met or unknown, by which fact, and where it is written. Nothing that is sent is kept. "
        "The body is a Patient, a Bundle of a patient's resources, or these parameters.",
        (
            Argument(
                "trialMatchClinicalData",
                "Bundle",
                0,
                "1",
                "A Patient with Conditions, Observations, MedicationStatements, MedicationRequests and Procedures.",
            ),
            Argument("zipCode", "string", 0, "1", "A US ZIP code: where the patient is."),
            Argument("travelRadius", "string", 0, "1", "Miles from there within which a site must be."),
            Argument("phase", "string", 0, "1", "Only trials of this phase: `phase-2`."),
            Argument("recruitmentStatus", "string", 0, "1", "Only trials in this state: `recruiting`."),
            Argument("excluded", "boolean", 0, "1", "Also the trials that a definite failure excludes."),
            Argument("date", "date", 0, "1", "The day for which it is asked; by default today."),
            Argument("_count", "integer", 0, "1", "The most trials on a page."),
            Argument("_cursor", "string", 0, "1", "Where the page begins: from a `next` link, with the same body."),
            Argument("return", "Bundle", 1, "1", "A searchset: the trials, the best first, then why.", "out"),
        ),
    ),
    Operation(
        "everything",
        f"{BASE}/OperationDefinition/ResearchStudy-everything",
        ("instance",),
        ("ResearchStudy",),
        False,
        "The study and every resource that belongs to it: eligibility, facilities, organizations, people, provenance.",
        (
            Argument("_type", "code", 0, "*", "Only resources of these types."),
            Argument("_count", "integer", 0, "1", "The most entries on a page."),
            _SINCE,
            Argument("return", "Bundle", 1, "1", "A searchset: the study first, then what belongs to it.", "out"),
        ),
    ),
    Operation(
        "validate",
        "http://hl7.org/fhir/OperationDefinition/Resource-validate",
        ("type", "instance"),
        (),
        False,
        "Whether a resource is legal in this release.",
    ),
    Operation(
        "export",
        EXPORT,
        ("system",),
        (),
        False,
        "Every resource as NDJSON, made in the background.",
    ),
    Operation(
        "export",
        f"{BASE}/OperationDefinition/Resource-export",
        ("type",),
        (),
        False,
        "Every resource of one type as NDJSON, made in the background as the system's export is: the answer is 202 "
        "with the address of its status.",
        (
            Argument("_outputFormat", "string", 0, "1", "`application/fhir+ndjson`, which is also the default."),
            _SINCE,
            Argument("_elements", "string", 0, "*", "Only these elements, and the mandatory ones."),
        ),
    ),
)


def operation_definitions(release: str) -> dict[str, Json]:
    """Id -> OperationDefinition of each operation of ours; the same in both releases."""
    return {operation.id: _definition(operation) for operation in OPERATIONS if operation.is_own}


def _definition(operation: Operation) -> Json:
    return definition(
        "OperationDefinition",
        operation.id,
        operation.doc,
        title=f"${operation.name}",
        kind="operation",
        affectsState=operation.affects_state,
        code=operation.name,
        resource=list(operation.types or ("Resource",)),
        system="system" in operation.levels,
        type="type" in operation.levels,
        instance="instance" in operation.levels,
        parameter=[
            {
                "name": each.name,
                "use": each.use,
                "min": each.min,
                "max": each.max,
                "documentation": each.doc,
                "type": each.type,
            }
            for each in operation.arguments
        ],
    )
