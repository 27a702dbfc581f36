"""How well trees are read: labelled nodes and the parser's criteria in, counts of what agrees out.

A criterion matches a labelled node when both start and end at the same place, but for the list mark before the text and
for what is neither letter nor digit at its ends. Headings of the labels are no nodes, and no parents: what a reader
hung below one hangs below the heading's own parent. A mark with no text after it is no node either.
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from app.sources.document import split_lines
from app.sources.eligibility.criteria import Eligibility, read_eligibility
from tests.eligibility.labels import LabelledNode, LabelledText

_MARKS = re.compile(r"[\W_]*(?:(?:\d{1,3}[a-z]?(?:\.\d{1,2})*|[A-Za-z]|[ivxIVX]{2,5})[\W_]+){0,3}")
"""What may stand between the starts: bullets, and numbers, letters or Roman numbers with what ends them."""


@dataclass
class Score:
    """`right` of `found` (by the parser) and of `labelled` (by the reader)."""

    right: int = 0
    found: int = 0
    labelled: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labelled if self.labelled else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.labelled) if self.found + self.labelled else 1.0

    def __str__(self) -> str:
        counts = f"{self.right}/{self.found} found, /{self.labelled} labelled"
        return f"precision {self.precision:.4f} recall {self.recall:.4f} F1 {self.f1:.4f} ({counts})"


@dataclass
class TreeScores:
    """`parents` counts every node (a node at the top has none: that is an answer too), `edges` only nodes that have a
    parent; `types` the matched criteria whose type the text says, and `roles` those and the notes: where no heading
    says a type, the record keeps criteria as notes, because it knows two types only. `grouped` counts the nodes of
    cohorts other than everybody.
    """

    nodes: Score = field(default_factory=Score)
    types: Score = field(default_factory=Score)
    roles: Score = field(default_factory=Score)
    parents: Score = field(default_factory=Score)
    edges: Score = field(default_factory=Score)
    cohorts: Score = field(default_factory=Score)
    grouped: Score = field(default_factory=Score)


def score_tree(label: LabelledText, text: str, scores: TreeScores) -> dict[int, int]:
    """Adds what is right in one text to `scores`. Returns which criterion each labelled node is."""
    tree = read_eligibility(split_lines(text))
    matched = match_nodes(label, text, tree)
    labelled = [i for i, node in enumerate(label.nodes) if is_node(node, text)]
    scores.nodes.right += len(matched)
    cohorts = same_cohorts(label, tree, matched)
    for score in (scores.nodes, scores.parents, scores.cohorts):
        score.found += len(tree.criteria)
        score.labelled += len(labelled)
    scores.edges.found += sum(criterion.parent is not None for criterion in tree.criteria)
    scores.edges.labelled += sum(parent_of(label, i) is not None for i in labelled)
    scores.grouped.found += sum(cohorts.get(criterion.cohort) != 0 for criterion in tree.criteria)
    scores.grouped.labelled += sum(label.nodes[i].cohort != 0 for i in labelled)
    for i, j in matched.items():
        node, criterion = label.nodes[i], tree.criteria[j]
        if node.role == "N" and node.type != "unk":
            _count(scores.types, criterion.type.startswith(node.type))
        if node.role == "T" or node.type != "unk":
            _count(scores.roles, (criterion.role == "note") == (node.role == "T"))
        above = parent_of(label, i)
        same = criterion.parent is None if above is None else matched.get(above, -1) == criterion.parent
        scores.parents.right += same
        scores.edges.right += same and above is not None
        same = cohorts.get(criterion.cohort) == node.cohort
        scores.cohorts.right += same
        scores.grouped.right += same and node.cohort != 0
    return matched


def is_node(node: LabelledNode, text: str) -> bool:
    return node.role != "H" and any(character.isalnum() for character in text[node.start : node.end])


def parent_of(label: LabelledText, i: int) -> int | None:
    above = label.nodes[i].parent
    while above is not None and label.nodes[above].role == "H":
        above = label.nodes[above].parent
    return above


def _count(score: Score, right: bool) -> None:
    score.right += right
    score.found += 1
    score.labelled += 1


def match_nodes(label: LabelledText, text: str, tree: Eligibility) -> dict[int, int]:
    by_end: dict[int, list[int]] = {}
    for j, criterion in enumerate(tree.criteria):
        by_end.setdefault(_trim_end(text, criterion.spans[-1].end), []).append(j)
    matched = {}
    for i, node in enumerate(label.nodes):
        for j in by_end.get(_trim_end(text, node.end), ()) if is_node(node, text) else ():
            if _starts_same(text, node, tree.criteria[j].spans[0].start):
                matched[i] = j
                break
    return matched


def _trim_end(text: str, end: int) -> int:
    while end and not text[end - 1].isalnum():
        end -= 1
    return end


def _starts_same(text: str, node: LabelledNode, start: int) -> bool:
    low, high = sorted((node.start, start))
    return high - low < 30 and bool(_MARKS.fullmatch(text[low:high]))


def same_cohorts(label: LabelledText, tree: Eligibility, matched: dict[int, int]) -> dict[int, int]:
    """Which labelled cohort each of the parser's is: one to one, those with the most nodes in common first."""
    common = Counter((tree.criteria[j].cohort, label.nodes[i].cohort) for i, j in matched.items())
    same: dict[int, int] = {}
    for (found, labelled), _ in common.most_common():
        if found not in same and labelled not in same.values():
            same[found] = labelled
    return same
