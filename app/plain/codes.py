"""Texts that are one of a vocabulary's codes: JSON Schema lists them
(https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.2). They are not checked again on the way out.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import WithJsonSchema

from app.record.codes import PHASE, SEX, STATUS


def _one_of(codes: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(codes)})


StatusCode = Annotated[str, _one_of(STATUS.codes)]
PhaseCode = Annotated[str, _one_of(PHASE.codes)]
SexCode = Annotated[str, _one_of(SEX.codes)]
ChangeKind = Annotated[str, _one_of(("new", "changed", "deleted", "restored"))]
