"""OperationOutcome: the one shape of a FHIR error (https://hl7.org/fhir/R5/operationoutcome.html)."""

import re

import orjson

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""Characters that no string may have (https://hl7.org/fhir/R5/datatypes.html#string), nor XML."""


def issue(severity: str, code: str, diagnostics: str, expression: str | None = None) -> dict[str, object]:
    """`expression` is a FHIRPath, or `http.NAME` for a parameter or header of the request."""
    made: dict[str, object] = {"severity": severity, "code": code, "diagnostics": _CONTROL.sub("\ufffd", diagnostics)}
    return {**made, "expression": [_CONTROL.sub("\ufffd", expression)]} if expression else made


def outcome(*issues: dict[str, object]) -> bytes:
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": list(issues)})
