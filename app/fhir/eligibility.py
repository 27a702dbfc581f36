"""The eligibility criteria as a tree for each cohort: what Group and EvidenceVariable are both made from.

Enters a Trial, whose criteria are a flat list; leaves a `CohortTree` for each cohort. Notes are kept apart
from criteria: a criterion that stands under a note belongs to the criterion (or cohort) above the note.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.eligibility.grammar.below import restrictions
from app.eligibility.matching.cohorts import bounds_of
from app.fhir.datatypes import Json, clean, coding, concept
from app.record.codes import CRITERION_SYSTEM
from app.record.parts import Age
from app.record.trial import Cohort, Criterion, Trial, criterion_path


@dataclass(slots=True)
class Branch:
    """What stands directly below a cohort or a criterion, in document order."""

    below: list["Node"] = field(default_factory=list)

    @property
    def children(self) -> list["Node"]:
        return [node for node in self.below if node.criterion.role == "criterion"]

    @property
    def notes(self) -> list[str]:
        return [node.criterion.titled_text for node in self.below if node.criterion.role == "note"]


@dataclass(slots=True, kw_only=True)
class Node(Branch):
    path: str
    """`app.record.trial.criterion_path`."""
    criterion: Criterion
    restricted: bool
    """Whether a criterion around it makes an exception of what it says, or holds it under a condition."""

    def text_with_children(self) -> str:
        """The criterion's text, then what stands below it, a line each: `- ` before a criterion, two spaces a level."""
        return "\n".join((self.criterion.titled_text, *self._lines(0)))

    def _lines(self, depth: int) -> Iterator[str]:
        for node in self.below:
            mark = "- " if node.criterion.role == "criterion" else ""
            yield f"{'  ' * depth}{mark}{node.criterion.text}"
            yield from node._lines(depth + 1)


@dataclass(slots=True, kw_only=True)
class CohortTree(Branch):
    """A cohort with the bounds that hold for it: what it does not state of itself, the trial as a whole may."""

    index: int
    label: str | None
    sex: str | None
    minimum_age: Age | None
    maximum_age: Age | None


def cohort_trees(trial: Trial) -> list[CohortTree]:
    """A tree for each cohort; none for a trial without criteria."""
    if not trial.criteria:
        return []
    cohorts = trial.cohorts or [Cohort()]
    trees = [_bounded(trial, index, cohort) for index, cohort in enumerate(cohorts)]
    nodes: dict[int, Node] = {}
    restricted = restrictions(trial.criteria)
    for index, criterion in enumerate(trial.criteria):
        if not clean(criterion.text):
            continue
        parent = criterion.parent
        while parent is not None and (parent not in nodes or nodes[parent].criterion.role == "note"):
            parent = trial.criteria[parent].parent
        path = criterion_path(trial.criteria, index)
        node = nodes[index] = Node(path=path, criterion=criterion, restricted=index in restricted)
        branch: Branch = trees[criterion.cohort] if parent is None else nodes[parent]
        branch.below.append(node)
    return trees


def criterion_concept(text: str | None = None) -> Json:
    """The fixed local code of a criterion given as free text."""
    return concept(coding(CRITERION_SYSTEM, "free-text", "Free-text criterion"), text=text)


def _bounded(trial: Trial, index: int, cohort: Cohort) -> CohortTree:
    return CohortTree(index=index, label=cohort.label, **bounds_of(trial, cohort)._asdict())
