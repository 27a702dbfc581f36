"""The labelled eligibility texts: `labels.jsonl` in, `LabelledText` out; the texts come from a sample that is given.

The file holds no text: for each study its registry id, the SHA-256 of its eligibility text (UTF-8), the half it is in,
and what readers marked in it, by offsets in code points. `held-out` was labelled by readers who did not know the
grammar, and scored once, when it was written; grammar and vocabulary were written on `development`. The texts are
ClinicalTrials.gov's `eligibilityModule.eligibilityCriteria`
(https://clinicaltrials.gov/data-api/about-api/study-data-structure), one study on each line of a gzip file.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABELS = Path(__file__).parent / "labels.jsonl"
HALVES = ("development", "held-out")


@dataclass(frozen=True)
class LabelledNode:
    """`spans` are the pieces of the text it takes, list marks included, white space around them not.

    `role` is `N` a criterion, `T` a note, `H` a heading that is no criterion; `type` is `inc`, `exc` or `unk` (the text
    does not say); `parent` is an index into the text's nodes; `cohort` 0 is everybody.
    """

    spans: tuple[tuple[int, int], ...]
    role: str
    type: str
    parent: int | None
    cohort: int

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True)
class LabelledConstraint:
    """A phrase `start` to `end` of the whole text, in the node of this index; bounds as the phrase states them.

    `excepted`: something restricts it (`unless ...`), so that it does not hold plainly. `code` is the reader's word for
    the analyte or scale, in lower case.
    """

    node: int
    kind: str
    start: int
    end: int
    code: str | None = None
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str | None = None
    limit: str | None = None
    excepted: bool = False


@dataclass(frozen=True)
class LabelledText:
    """`shape` is the stratum that the study was drawn from."""

    id: str
    sha256: str
    half: str
    shape: str
    nodes: tuple[LabelledNode, ...]
    constraints: tuple[LabelledConstraint, ...]


def load_labels() -> list[LabelledText]:
    with LABELS.open(encoding="utf-8") as lines:
        return [_read(json.loads(line)) for line in lines]


def load_sample(path: str) -> dict[str, dict[str, Any]]:
    """The studies of the sample at `path` (gzip, one JSON study on each line) by registry id."""
    found = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            study = json.loads(line)
            found[study["protocolSection"]["identificationModule"]["nctId"]] = study
    return found


def criteria_text(study: dict[str, Any]) -> str:
    """The study's eligibility text, empty where it has none."""
    text = study["protocolSection"].get("eligibilityModule", {}).get("eligibilityCriteria")
    return text if isinstance(text, str) else ""


def is_labelled_text(label: LabelledText, text: str) -> bool:
    """Whether this is the text that was labelled: registries change theirs."""
    return hashlib.sha256(text.encode()).hexdigest() == label.sha256


def _read(row: dict[str, Any]) -> LabelledText:
    """A node is [[start, end, start, end, ...], role, type, parent, cohort], a constraint [node, kind, start, end] and,
    where it has more, an object of that."""
    nodes = tuple(
        LabelledNode(tuple(zip(places[::2], places[1::2], strict=True)), *rest) for places, *rest in row["nodes"]
    )
    constraints = tuple(LabelledConstraint(*one[:4], **(one[4] if len(one) > 4 else {})) for one in row["constraints"])
    return LabelledText(row["id"], row["sha256"], row["half"], row["shape"], nodes, constraints)
