"""The specification's invariants (https://hl7.org/fhir/R5/conformance-rules.html#constraints), by FHIRPath.

Enter the objects of a document with their types, leave the invariants that are false of them.
`validate_invariants.json` holds of each: releases, key, types, severity, FHIRPath. Left out are
ele-1, ext-1, ref-1, dom-3, txt-1 and txt-2, which `validate.py` checks itself; sdf-24 and sdf-25 (a minute for a
thousand elements), sdf-26 and R5's eld-11 (FHIRPath that cannot be evaluated); and those that need other resources than
the document. `hasValue()` and the boundaries of imprecise values, which the library lacks, are put in simpler terms,
false only where the original is.

`fhirpathpy` is imported at the first use: 30 ms and 5 MB.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from app.fhir.xml_elements import definitions


class Placed(NamedTuple):
    """An object of a document: `path` where it stands, `type` (`Period`, `Group.characteristic`), the resource it is
    in, and the one that contains that."""

    path: str
    type: str
    data: dict[str, Any]
    resource: dict[str, Any]
    root: dict[str, Any]


class Invariant(NamedTuple):
    key: str
    severity: str
    expression: str


class Broken(NamedTuple):
    """`invariant` is false at `path`; or, with an `error`, could not be evaluated there."""

    path: str
    invariant: Invariant
    error: str | None = None


_LOCK = threading.Lock()
"""fhirpathpy keeps the model and the time of an evaluation in its modules."""

_CONTAINED = re.compile(r"contained\b")


def broken(release: str, placed: Iterable[Placed], seconds: float) -> Iterator[Broken]:
    """Raises TimeoutError when that takes longer than `seconds`, the reading of the rules apart."""
    invariants = _invariants(release)
    left = seconds
    for each in placed:
        for invariant in invariants.get(each.type, ()):
            if "contained" not in each.data and _CONTAINED.match(invariant.expression):
                continue
            evaluate = _compiled(release, invariant.expression)
            start = time.monotonic()
            found = _evaluate(evaluate, each, invariant)
            left -= time.monotonic() - start
            if found:
                yield found
            if left < 0:
                raise TimeoutError


def _evaluate(evaluate: Callable[..., list[Any]], each: Placed, invariant: Invariant) -> Broken | None:
    from fhirpathpy.engine.nodes import ResourceNode

    node = ResourceNode(each.data, each.type)  # type: ignore[no-untyped-call]
    variables = {"context": node, "resource": each.resource, "rootResource": each.root}
    try:
        with _LOCK:
            result = evaluate(node, variables)
    except Exception as error:
        return Broken(each.path, invariant, f"{type(error).__name__}: {error}")
    return Broken(each.path, invariant) if result == [False] else None


@cache
def _invariants(release: str) -> dict[str, list[Invariant]]:
    types = definitions(release).types
    made: dict[str, list[Invariant]] = {}
    for releases, key, on, *rest in json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")):
        if release in releases.split():
            for type_ in types if on == "DomainResource" else on.split():
                if on != "DomainResource" or "contained" in types[type_]:
                    made.setdefault(type_, []).append(Invariant(key, *rest))
    return made


@cache
def _compiled(release: str, expression: str) -> Callable[..., list[Any]]:
    import fhirpathpy
    from fhirpathpy.models import models

    with _LOCK:
        made: Callable[..., list[Any]] = fhirpathpy.compile(expression, models[release])
    return made
