"""The FHIR resources of one patient in, facts out.

Of both releases: Patient, Condition, Observation, MedicationStatement, MedicationRequest, Procedure, and the Medication
that one of them refers to (https://hl7.org/fhir/R4/patient.html, https://hl7.org/fhir/R5/patient.html and so on). What
a resource says of somebody else, or takes back (`entered-in-error`), is no fact. Raises RequestError 400 naming the
element that is wrong.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from app.eligibility.matching.elements import Element, Json
from app.eligibility.matching.facts import Born, Coded, Fact, Facts, Measured, Stated
from app.eligibility.matching.observed import SNOMED, read_observation
from app.errors import RequestError

BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
GENDERS = ("male", "female", "other", "unknown")
PREGNANT, BREASTFEEDING = (SNOMED, "77386006"), (SNOMED, "413712001")
PRESENT = frozenset(("active", "recurrence", "relapse"))
NOT_CONFIRMED = frozenset(("unconfirmed", "provisional", "differential"))
TAKEN = frozenset(("active", "completed", "recorded", "ended"))
ORDERS = frozenset(("order", "original-order", "reflex-order", "filler-order", "instance-order"))
"""Of https://hl7.org/fhir/valueset-medicationrequest-intent.html: a proposal, a plan or an option is not taken."""
Read = Measured | Stated | Born | Coded


class Sent(NamedTuple):
    """A resource, its FHIRPath in the body, and the `fullUrl` of its entry."""

    value: Json
    path: str
    full_url: str | None = None

    @property
    def element(self) -> Element:
        return Element(self.value, self.path)

    @property
    def address(self) -> str | None:
        """How others refer to it."""
        id = self.value.get("id")
        return self.full_url or (f"{self.value['resourceType']}/{id}" if isinstance(id, str) and id else None)


class Known(NamedTuple):
    """What every reader is told: the day, and the Medications that others refer to."""

    day: date
    medications: Sequence[Sent]


def read_patient(sent: Sequence[Sent], day: date) -> Facts:
    """The facts of the patient whom the resources are about, as of `day`."""
    patients = [one for one in sent if one.value["resourceType"] == "Patient"]
    if len(patients) > 1:
        where = patients[1].path
        raise RequestError(400, "value", f"{where} is a second Patient: expected the resources of one patient", where)
    patient = patients[0] if patients else None
    known = Known(day, [one for one in sent if one.value["resourceType"] == "Medication"])
    about: str | None = None
    found: list[Read] = []
    ignored: set[str] = set()
    for one in sent:
        kind = one.value["resourceType"]
        if kind in READERS:
            about = _subject(one, patient, about) or about
            found += READERS[kind](one, known)
        elif kind not in ("Patient", "Parameters", "Medication"):
            ignored.add(kind)
    died = None
    if patient is not None:
        found += _patient(patient)
        died = _died(patient)
    return Facts(
        day,
        _sorted(found, Born),
        _sorted(found, Stated),
        _sorted(found, Measured),
        _sorted(found, Coded),
        died,
        tuple(sorted(ignored)),
    )


def _sorted(found: Sequence[Read], kind: type[Any]) -> tuple[Any, ...]:
    """Each once, in an order that is their own."""
    kept = {canonical(one): one for one in found if isinstance(one, kind)}
    return tuple(kept[name] for name in sorted(kept))


def canonical(one: Any) -> str:
    """The same text for what is the same, whatever the order of its sets and names."""
    return json.dumps(
        one, sort_keys=True, default=lambda value: sorted(value) if isinstance(value, frozenset) else str(value)
    )


def _subject(one: Sent, patient: Sent | None, about: str | None) -> str | None:
    """The reference to whom the resource is about. Raises RequestError where that is another one than the Patient sent,
    or, where none that has an address was sent, than an earlier one is about."""
    subject = one.element.child("subject")
    reference = subject.text("reference") if subject else None
    if subject is None or reference is None:
        return None
    address = patient.address if patient else None
    known = {address, f"Patient/{patient.value.get('id')}"} if patient and address else {about} - {None}
    if known and not any(_same(reference, str(other)) for other in known):
        said = f"the Patient that was sent, {address}" if address else f"one patient: others are about {about}"
        raise subject.refuse("reference", said)
    return reference


def _same(one: str, other: str) -> bool:
    """Two addresses of one resource, the one perhaps without its server."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _patient(sent: Sent) -> Iterator[Read]:
    patient = sent.element
    born = patient.days("birthDate")
    if born is not None:
        yield Born(born, Fact("Patient", sent.address, "birthDate", ("valueDate", patient.value["birthDate"])))
    gender = patient.text("gender")
    if gender not in (None, *GENDERS):
        raise patient.refuse("gender", f"one of {', '.join(GENDERS)}")
    if gender in ("male", "female"):
        yield Stated("sex", gender, None, Fact("Patient", sent.address, "gender", ("valueCode", gender)))
    for extension in patient.children("extension"):
        code = extension.text("valueCode") if extension.text("url") == BIRTH_SEX else None
        if code in ("M", "F"):
            fact = Fact("Patient", sent.address, "birth sex", ("valueCode", code))
            yield Stated("sex", "male" if code == "M" else "female", None, fact)
    for spoken in patient.children("communication"):
        language = spoken.child("language")
        for _, code in sorted(language.codes()) if language else ():
            fact = Fact("Patient", sent.address, "communication", ("valueCode", code))
            yield Stated("language", code.lower(), None, fact)


def _died(sent: Sent) -> Fact | None:
    patient = sent.element
    if patient.days("deceasedDateTime") is not None:
        return Fact("Patient", sent.address, "deceased", ("valueDateTime", patient.value["deceasedDateTime"]))
    if patient.flag("deceasedBoolean"):
        return Fact("Patient", sent.address, "deceased", ("valueBoolean", True))
    return None


def _condition(sent: Sent, known: Known) -> Iterator[Read]:
    condition = sent.element
    verification = {code for _, code in _codes(condition, "verificationStatus")}
    clinical = {code for _, code in _codes(condition, "clinicalStatus")}
    code = condition.child("code")
    if code is None or "entered-in-error" in verification:
        return
    holds: bool | None = True
    if "refuted" in verification:
        holds = False
    elif verification & NOT_CONFIRMED or (clinical and not clinical & PRESENT) or _abated(condition, known.day):
        holds = None
    when = condition.days("onsetDateTime") or condition.days("recordedDate")
    fact = Fact("Condition", sent.address, code.title() or "", ("valueCodeableConcept", code.value))
    codes = code.codes()
    yield Coded("condition", codes, code.names(), holds, when, fact)
    for marker, kind in ((PREGNANT, "pregnancy"), (BREASTFEEDING, "breastfeeding")):
        if marker in codes and holds is not None:
            yield Stated("pregnancy" if kind == "pregnancy" else "breastfeeding", holds, when, fact)


def _abated(condition: Element, day: date) -> bool:
    """Whether it says that it is over, or may be."""
    when = condition.days("abatementDateTime") or condition.period("abatementPeriod")
    if when is not None:
        return when[0] <= day
    if condition.value.get("abatementBoolean") is not None:
        return bool(condition.flag("abatementBoolean"))
    return any(condition.value.get(f"abatement{kind}") is not None for kind in ("Age", "Range", "String"))


def _medication(sent: Sent, known: Known) -> Iterator[Read]:
    medication = sent.element
    status, concept = medication.text("status"), _concept(medication, known.medications)
    if concept is None or status in ("entered-in-error", "cancelled", "draft"):
        return
    if sent.value["resourceType"] == "MedicationRequest" and medication.text("intent") not in (None, *ORDERS):
        return
    holds: bool | None = True if status in TAKEN else None
    adherence = medication.child("adherence")
    if status == "not-taken" or medication.flag("doNotPerform"):
        holds = False
    elif adherence is not None and any(code.startswith("not-taking") for _, code in _codes(adherence, "code")):
        holds = None
    when = medication.days("effectiveDateTime") or medication.period("effectivePeriod") or medication.days("authoredOn")
    fact = Fact(
        sent.value["resourceType"], sent.address, concept.title() or "", ("valueCodeableConcept", concept.value)
    )
    yield Coded("drug", concept.codes(), concept.names(), holds, when, fact)


def _concept(medication: Element, others: Sequence[Sent]) -> Element | None:
    """What is taken: the statement's own concept, or that of the Medication it contains or refers to."""
    concept, reference = medication.child("medicationCodeableConcept"), medication.child("medicationReference")
    if (either := medication.child("medication")) is not None:  # R5
        concept, reference = either.child("concept"), either.child("reference")
    address = reference.text("reference") if reference else None
    if concept is not None or address is None:
        return concept
    contained = (one for one in medication.children("contained") if f"#{one.text('id')}" == address)
    sent = (one.element for one in others if address in (one.address, f"Medication/{one.value.get('id')}"))
    found = next(chain(contained, sent), None)
    return found.child("code") if found else None


def _procedure(sent: Sent, known: Known) -> Iterator[Read]:
    procedure = sent.element
    status, code = procedure.text("status"), procedure.child("code")
    if code is None or status == "entered-in-error":
        return
    holds = {"completed": True, "in-progress": True, "not-done": False}.get(status or "")
    names = ("performedDateTime", "occurrenceDateTime")
    when = next(filter(None, (procedure.days(name) for name in names)), None)
    when = when or procedure.period("performedPeriod") or procedure.period("occurrencePeriod")
    fact = Fact("Procedure", sent.address, code.title() or "", ("valueCodeableConcept", code.value))
    yield Coded("procedure", code.codes(), code.names(), holds, when, fact)


def _observation(sent: Sent, known: Known) -> Iterator[Read]:
    return read_observation(sent.element, sent.address, known.day)


def _codes(holder: Element, name: str) -> frozenset[tuple[str, str]]:
    concept = holder.child(name)
    return concept.codes() if concept else frozenset()


READERS: dict[str, Callable[[Sent, Known], Iterator[Read]]] = {
    "Condition": _condition,
    "Observation": _observation,
    "MedicationStatement": _medication,
    "MedicationRequest": _medication,
    "Procedure": _procedure,
}
