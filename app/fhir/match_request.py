"""The body of `$match` in, what it asks and the patient's resources out.

Three shapes: a Patient; a Bundle of the patient's resources, with or without a Parameters among them; Parameters with
a Bundle in `trialMatchClinicalData`. The last two are those of the trial-matching guide
(https://build.fhir.org/ig/standardhealth/fsh-pct/OperationDefinition-ClinicalTrialMatchService.html) and of the
services before it (https://github.com/mcode/clinical-trial-matching-service): there `zipCode`, `travelRadius` in miles,
`phase` and `recruitmentStatus` are strings; any other type that says the same is taken too. Raises RequestError 400.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from app.eligibility.matching.elements import Element, shown
from app.eligibility.matching.patient import Sent
from app.errors import RequestError
from app.record.codes import PHASE, STATUS
from app.record.ids import fold

MILE, KILOMETRE = 1609.344, 1000.0
_UNITS = {"": MILE, "mi": MILE, "mile": MILE, "miles": MILE, "[mi_i]": MILE, "[mi_us]": MILE, "km": KILOMETRE}
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FARTHEST = 20_038_000.0
"""Metres: half of the earth's circumference."""
CLINICAL_DATA = "trialMatchClinicalData"
NAMES = ("zipCode", "travelRadius", "phase", "recruitmentStatus", "excluded", "date", "_count", "_cursor")


class Given(NamedTuple):
    """A parameter: its text and where it stands."""

    value: Any
    path: str

    def refuse(self, expected: str) -> RequestError:
        return RequestError(400, "value", f"{self.path} is {shown(self.value)}: expected {expected}", self.path)


class MatchRequest(NamedTuple):
    """`radius` is in metres, `phases` and `statuses` are our codes (`app.record.codes`)."""

    sent: tuple[Sent, ...]
    zip_code: Given | None = None
    radius: float | None = None
    phases: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    excluded: bool = False
    day: date | None = None
    size: Given | None = None
    cursor: Given | None = None


def read_match_request(body: dict[str, Any], query: Iterable[tuple[str, str]] = ()) -> MatchRequest:
    """`query` are parameters of the address; one that the body has too must say the same."""
    given = {name: Given(value, name) for name, value in query if value}
    kind = body.get("resourceType")
    stated: dict[str, Given] = {}
    sent: list[Sent] = []
    if kind == "Bundle":
        sent += _entries(body, "Bundle")
    elif kind == "Parameters":
        sent.append(Sent(body, "Parameters"))
        sent += _clinical_data(body)
    elif kind == "Patient":
        sent.append(Sent(body, "Patient"))
    else:
        raise RequestError(
            400,
            "invalid",
            f"resourceType is {'missing' if kind is None else shown(kind)}: "
            "expected a Patient, a Bundle of a patient's resources or Parameters with "
            f"{CLINICAL_DATA}",
            "Bundle.resourceType",
        )
    for one in sent:
        if one.value["resourceType"] == "Parameters":
            for name, value in _parameters(one, kind):
                if name in stated:
                    raise value.refuse(f"{name} once: {stated[name].path} is the first")
                if name in given and given[name].value != _as_in_address(value.value):
                    raise value.refuse(f"{shown(given[name].value)}, as in the address")
                stated[name] = value
    given |= stated
    return _request(tuple(sent), given)


def _as_in_address(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _entries(bundle: dict[str, Any], path: str) -> Iterator[Sent]:
    for entry in Element(bundle, path).children("entry"):
        resource = entry.child("resource")
        if resource is None:
            raise RequestError(400, "required", f"{entry.path}.resource is missing", f"{entry.path}.resource")
        if resource.text("resourceType") is None:
            where = f"{resource.path}.resourceType"
            raise RequestError(400, "required", f"{where} is missing", where)
        yield Sent(resource.value, resource.path, entry.text("fullUrl"))


def _clinical_data(body: dict[str, Any]) -> Iterator[Sent]:
    found = [one for one in Element(body, "Parameters").children("parameter") if one.value.get("name") == CLINICAL_DATA]
    if len(found) > 1:
        raise RequestError(400, "value", f"{found[1].path}: {CLINICAL_DATA} is given twice", found[1].path)
    for one in found:
        resource = one.child("resource")
        kind = resource.text("resourceType") if resource else None
        if resource is not None and kind == "Bundle":
            yield from _entries(resource.value, resource.path)
        elif resource is not None and kind == "Patient":
            yield Sent(resource.value, resource.path)
        else:
            where = f"{one.path}.resource"
            raise RequestError(400, "value", f"{where} is {shown(kind)}: expected a Bundle or a Patient", where)


def _parameters(sent: Sent, body: str) -> Iterator[tuple[str, Given]]:
    """Those of a Parameters resource, which is the body or in it."""
    for one in sent.element.children("parameter"):
        name = one.text("name")
        if name == CLINICAL_DATA and body == "Parameters":
            continue
        if name == CLINICAL_DATA:
            raise one.refuse("name", "the patient's resources as entries beside the Parameters, or Parameters alone")
        if name not in NAMES:
            expected = f"one of {', '.join((*NAMES, CLINICAL_DATA))}"
            raise one.refuse("name", expected)
        values = sorted(key for key in one.value if key.startswith("value"))
        if len(values) != 1:
            raise RequestError(400, "value", f"{one.path}: {name} has {len(values)} values: expected one", one.path)
        value = one.value[values[0]]
        if isinstance(value, str) and not value.strip():
            continue
        yield name, Given(value, f"{one.path}.{values[0]}")


def _request(sent: tuple[Sent, ...], given: dict[str, Given]) -> MatchRequest:
    zip_code, radius = given.get("zipCode"), given.get("travelRadius")
    if radius is not None and zip_code is None:
        where = radius.path
        raise RequestError(400, "required", f"{where} is given without a zipCode to measure from", where)
    if zip_code is not None and not isinstance(zip_code.value, str):
        raise zip_code.refuse("a string: a US ZIP code such as '20814'")
    return MatchRequest(
        sent,
        zip_code,
        _metres(radius) if radius else None,
        _phases(given["phase"]) if "phase" in given else (),
        _statuses(given["recruitmentStatus"]) if "recruitmentStatus" in given else (),
        _flag(given["excluded"]) if "excluded" in given else False,
        _day(given["date"]) if "date" in given else None,
        given.get("_count"),
        given.get("_cursor"),
    )


def _metres(given: Given) -> float:
    """A number is of miles; `80 km`, or a quantity in km, is taken as well."""
    value: Any = given.value
    unit = ""
    if isinstance(value, dict):
        unit, value = str(value.get("code") or value.get("unit") or ""), value.get("value")
    elif isinstance(value, str):
        value, _, unit = value.strip().partition(" ")
    expected = f"a distance in miles, more than 0, such as '50'; units: {', '.join(filter(None, _UNITS))}"
    written = "" if isinstance(value, bool) else str(value)
    if unit not in _UNITS or not _NUMBER.fullmatch(written) or float(written) <= 0:
        raise given.refuse(expected)
    return max(1.0, min(float(written) * _UNITS[unit], _FARTHEST))


def _words(given: Given) -> list[str]:
    """The codes of a string, a code, a Coding or a CodeableConcept, with commas between them; what has no code is read
    by its display or text."""
    value = given.value
    if isinstance(value, dict):
        coded: Any = value.get("coding")
        codings = coded if isinstance(coded, list) else [value]
        said = [one.get("code") or one.get("display") for one in codings if isinstance(one, dict)]
        value = ",".join(one for one in said if isinstance(one, str)) or value.get("text")
    words = [fold(word) for word in value.split(",") if word.strip()] if isinstance(value, str) else []
    if not words:
        raise given.refuse("a code, or several with commas between them")
    return words


def _phases(given: Given) -> tuple[str, ...]:
    """`phase-2`, `Phase 2`; `phase-1-phase-2` is either."""
    found: dict[str, None] = {}
    for word in _words(given):
        parts = word.replace(" ", "-").replace("_", "-").replace("/", "-").replace("-phase-", " phase-").split()
        for part in parts:
            code = part if part in PHASE.codes else PHASE.read(word)
            if code is None:
                raise given.refuse(f"one of {', '.join(PHASE.codes)}")
            found[code] = None
    return tuple(found)


def _statuses(given: Given) -> tuple[str, ...]:
    """Our codes of a registry's word, or of a code of R4's or R5's: R4's `active` stands for several."""
    found: dict[str, None] = {}
    for word in _words(given):
        code = word.replace(" ", "-").replace("_", "-")
        own = [one.code for one in STATUS if code == one.code or word == one.display.lower() or word in one.words]
        own = own or [one.code for one in STATUS if code in (one.r4, one.r5)]
        if not own:
            known = dict.fromkeys(filter(None, (name for one in STATUS for name in (one.code, one.r4, one.r5))))
            raise given.refuse(f"one of {', '.join(known)}")
        found.update(dict.fromkeys(own))
    return tuple(found)


def _flag(given: Given) -> bool:
    if given.value is True or given.value == "true":
        return True
    if given.value is False or given.value == "false":
        return False
    raise given.refuse("true or false")


def _day(given: Given) -> date:
    try:
        if not _DAY.fullmatch(given.value):
            raise ValueError
        return date.fromisoformat(given.value)
    except (TypeError, ValueError):
        raise given.refuse("a day such as 2026-03-01") from None
