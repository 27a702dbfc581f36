"""OperationOutcome: the one shape of a FHIR error (https://hl7.org/fhir/R5/operationoutcome.html)."""

import orjson


def issue(severity: str, code: str, diagnostics: str, expression: str | None = None) -> dict[str, object]:
    """`expression` is a FHIRPath, or `http.NAME` for a parameter or header of the request."""
    made: dict[str, object] = {"severity": severity, "code": code, "diagnostics": diagnostics}
    return {**made, "expression": [expression]} if expression else made


def outcome(*issues: dict[str, object]) -> bytes:
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": list(issues)})
