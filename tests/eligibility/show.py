"""What is read wrong in a labelled text: its label and the text in, a line for each mistake out."""

from collections.abc import Iterator

from app.sources.document import split_lines
from app.sources.eligibility.criteria import Eligibility, read_eligibility
from tests.eligibility.labels import LabelledNode, LabelledText
from tests.eligibility.score_trees import is_node, match_nodes, parent_of, same_cohorts

_WIDTH = 70


def mistakes(label: LabelledText, text: str) -> list[str]:
    """A line for each node, parent, cohort, type or role that is not the reader's, in the order of the text."""
    tree = read_eligibility(split_lines(text), with_facts=False)
    matched = match_nodes(label, text, tree)
    found = [*_missing(label, text, matched), *_unexpected(text, tree, matched)]
    for i, j in matched.items():
        node = label.nodes[i]
        found += [
            (node.start, f"{wrong}  {_quote(text, node.start, node.end)}")
            for wrong in _differences(label, text, tree, matched, i, j)
        ]
    return [line for _, line in sorted(found)]


def _missing(label: LabelledText, text: str, matched: dict[int, int]) -> Iterator[tuple[int, str]]:
    for i, node in enumerate(label.nodes):
        if is_node(node, text) and i not in matched:
            yield node.start, f"node     labelled {node.role} {node.type}  {_quote(text, node.start, node.end)}"


def _unexpected(text: str, tree: Eligibility, matched: dict[int, int]) -> Iterator[tuple[int, str]]:
    taken = set(matched.values())
    for j, criterion in enumerate(tree.criteria):
        if j not in taken:
            start, end = criterion.spans[0].start, criterion.spans[-1].end
            yield start, f"node     found {criterion.role} {criterion.type}  {_quote(text, start, end)}"


def _differences(
    label: LabelledText, text: str, tree: Eligibility, matched: dict[int, int], i: int, j: int
) -> Iterator[str]:
    node, criterion = label.nodes[i], tree.criteria[j]
    above = parent_of(label, i)
    if criterion.parent != (None if above is None else matched.get(above, -1)):
        wanted = _name(text, label.nodes[above]) if above is not None else "-"
        parent = tree.criteria[criterion.parent].text if criterion.parent is not None else "-"
        yield f"parent   labelled [{wanted}] found [{parent[:40]}]"
    cohort = tree.cohorts[criterion.cohort].label
    if same_cohorts(label, tree, matched).get(criterion.cohort) != node.cohort:
        yield f"cohort   labelled {node.cohort} found {criterion.cohort} [{cohort}]"
    if node.role == "N" and node.type != "unk" and not criterion.type.startswith(node.type):
        yield f"type     labelled {node.type} found {criterion.type}"
    told = node.role == "T" or node.type != "unk"
    if told and (criterion.role == "note") != (node.role == "T"):
        yield f"role     labelled {node.role} {node.type} found {criterion.role}"


def _name(text: str, node: LabelledNode) -> str:
    return _quote(text, node.start, node.end)[:40]


def _quote(text: str, start: int, end: int) -> str:
    quoted = " ".join(text[start:end].split())
    return quoted if len(quoted) <= _WIDTH else f"{quoted[: _WIDTH - 20]} … {quoted[-17:]}"
