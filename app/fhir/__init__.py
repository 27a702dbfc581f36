"""Record -> FHIR documents of both releases: one file per resource type, each with its `r4` and `r5`. Pure."""

from app.fhir.documents import Rendered, render, serialize

__all__ = ["Rendered", "render", "serialize"]
