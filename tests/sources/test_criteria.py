"""The eligibility parser on lists of every shape."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.record.spans import verbatim
from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility, read_listed_eligibility

HEAD = "Inclusion Criteria:\n"


def outline(text: str) -> tuple[list[str], list[str]]:
    """The tree as indented texts, notes in brackets, and the codes of the issues."""
    found = read_eligibility(split_lines(text))
    rows = [">" * c.depth + (f"[{c.text}]" if c.role == "note" else c.text) for c in found.criteria]
    return rows, [issue.code for issue in found.issues]


@pytest.mark.parametrize(
    ("text", "rows", "issues"),
    [
        ("1. a\n2. b", ["a", "b"], []),
        ("• 1. a:\n• 1. b\n• 2. c\n• 2. d", ["a:", ">b", ">c", "d"], []),
        ("1. a:\n1. b\n2. c\n3. d\n2. e", ["a:", ">b", ">c", ">d", "e"], []),
        ("1. a\n1. b\n2. c\n3. d\n2. e", ["a", ">b", ">c", ">d", "e"], []),
        ("1. a\n2. b\n1. c\n2. d\n3. e\n3. f", ["a", "b", ">c", ">d", ">e", "f"], []),
        ("1. a\n2. b:\n1. c\n2. d\n3. e\n4. f", ["a", "b:", ">c", ">d", "e", "f"], ["ambiguous-level"]),
        ("1. a\n2. b\n3. c\n1. d\n2. e\n4. f", ["a", "b", "c", ">d", ">e", "f"], []),
        ("1. a\n2. b\n1. c\n2. d", ["a", "b", "c", "d"], ["ambiguous-level"]),
        ("1. a:\na. b\nb. c\n2. d", ["a:", ">b", ">c", "d"], []),
        ("1. a:\ni. b\nii. c\niii. e\n2. d", ["a:", ">b", ">c", ">e", "d"], []),
        ("1. a\n  - b\n    - c\n  - d\n2. e", ["a", ">b", ">>c", ">d", "e"], []),
        ("1) a\n(2) b", ["a", "b"], ["ambiguous-level"]),
        ("1. a\n2. b\n5. c", ["a", "b", "c"], ["ambiguous-level"]),
        ("3. a\n4. b", ["a", "b"], ["ambiguous-level"]),
        ("1. Age\n2. Pain of\n• the hand.\n3. c", ["Age", "Pain of the hand.", "c"], ["joined-line"]),
        ("1. A.\n• Never b.\n2. C.", ["A.", ">Never b.", "C."], ["unnumbered-item"]),
        ("1. A.\n2. B.\n• Never c.\n• D.", ["A.", "B.", "Never c.", "D."], ["unnumbered-item"]),
        ("1. A:\n• b;\n• c;\n2. D.", ["A:", ">b;", ">c;", "D."], []),
        ("- A\n- B, one of:\n- C", ["A", "B, one of:", "C"], ["flattened-list"]),
        ("- A:\n  * b\n  * c\n- D", ["A:", ">b", ">c", "D"], []),
        ("  1. A long\n     line\n  2. B", ["A long line", "B"], []),
        ("A:\n- b\n- c\nD:\n- e", ["A:", ">b", ">c", "D:", ">e"], []),
        ("Adults\nAble to walk", ["Adults", "Able to walk"], []),
        ("Adults\nable to walk", ["Adults", "able to walk"], []),
        ("• -5 degrees\n• 1.5 mg", ["-5 degrees", "1.5 mg"], []),
    ],
)
def test_lists(text, rows, issues):
    found, codes = outline(HEAD + text)
    assert (found, codes) == (rows, issues)


@pytest.mark.parametrize(
    ("text", "cohorts", "types"),
    [
        ("Inclusion Criteria:\n- a\nExclusion criteria\n- b", [None], "ie"),
        ("**Key Inclusion Criteria:**\n- a\nNON-INCLUSION CRITERIA:\n- b", [None], "ie"),
        ("Inclusion Criteria: a\nExclusion Criteria: b", [None], "ie"),
        ("Inclusion criteria for adults:\n- a\nInclusion Criteria (children):\n- b", ["adults", "children"], "ii"),
        ("Inclusion criteria for this study:\n- a", [None], "i"),
        ("Inclusion Criteria:\nFor carers:\n1. a\nCohort A:\n1. b", ["carers", "Cohort A"], "ii"),
        ("Inclusion Criteria:\n- For women:\n- a", [None], "ii"),
        ("Inclusion Criteria:\nFor X:\n1. a\nExclusion Criteria:\nFor x:\n1. b", ["X"], "ie"),
    ],
)
def test_headings(text, cohorts, types):
    found = read_eligibility(split_lines(text))
    assert [cohort.label for cohort in found.cohorts] == cohorts
    assert "".join(criterion.type[0] for criterion in found.criteria) == types
    assert found.lines == {line.number for line in split_lines(text)}


def test_text_above_any_heading_is_a_note():
    assert outline("Please read.\nInclusion Criteria:\n- a") == (["[Please read.]", "a"], ["before-heading"])


def test_a_note_stays_with_the_group_it_names():
    text = "Inclusion Criteria:\nFor twins:\n1. a\nFor carers:\n1. b\nExclusion Criteria:\nFor twins:\n1. c\n{}"
    for line, cohort, issues in (
        ("There are no exclusion criteria for carers.", 1, []),
        ("There are no exclusion criteria for aunts.", 0, ["unnumbered-item"]),
    ):
        found = read_eligibility(split_lines(text.format(f"• {line}")))
        note = found.criteria[-1]
        assert (note.role, note.cohort, note.type) == ("note", cohort, "exclusion")
        assert [issue.code for issue in found.issues] == issues


@pytest.mark.parametrize("line", ["Exclusion Criterias:", "Exclusion Criteria of sorts, if any:", "xclusion criteria"])
def test_below_an_altered_heading_of_a_page_nothing_is_attributed(line):
    text = f"Inclusion Criteria:\n- a\n{line}\n- b\nInclusion Criteria:\n- c"
    assert [criterion.text for criterion in read_listed_eligibility(split_lines(text)).criteria] == ["a", "c"]


@pytest.mark.parametrize(
    ("text", "combination"),
    [
        ("Presence of one or more of the following:", "any-of"),
        ("At least one of the following:", "any-of"),
        ("Methods include:", None),
        ("All of the following:", "all-of"),
        ("Laboratory values:", None),
    ],
)
def test_how_children_combine(text, combination):
    found = read_eligibility(split_lines(f"{HEAD}1. {text}\n  - a\n  - b\n2. Any of the following"))
    assert [criterion.combination for criterion in found.criteria] == [combination, None, None, None]


def trees(depth: int):
    if depth == 0:
        return st.just([])
    return st.lists(trees(depth - 1), min_size=0, max_size=4)


def flatten(nodes, depth=0):
    """A tree as list lines of one level: a nested list restarts at 1 below a lead-in; styles differ by depth."""
    for number, children in enumerate(nodes, 1):
        mark = (f"{number}.", f"{'abcd'[number - 1]}.", f"({number})")[depth]
        yield f"• {mark} Item{':' if children else '.'}", depth
        yield from flatten(children, depth + 1)


@given(trees(3))
def test_a_flattened_tree_is_rebuilt(nodes):
    rows = list(flatten(nodes))
    found = read_eligibility(split_lines(HEAD + "\n".join(row for row, _ in rows)))
    assert [criterion.depth for criterion in found.criteria] == [depth for _, depth in rows]
    assert found.issues == []


PIECES = [
    "1. ",
    "2. ",
    "10) ",
    "a. ",
    "• ",
    "* ",
    "- ",
    "  ",
    "For x:",
    "Inclusion Criteria:",
    "and so on",
    "Ends.",
    "Leads:",
    "\n",
    "\n\n",
    "\t",
    "≥6",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_text_gives_a_tree_with_true_spans(pieces):
    text = "".join(pieces)
    found = read_eligibility(split_lines(text))
    counts: dict[tuple[int, str, int | None], int] = {}
    for i, c in enumerate(found.criteria):
        assert c.parent is None or (c.parent < i and found.criteria[c.parent].depth == c.depth - 1)
        key = (c.cohort, c.type, c.parent)
        counts[key] = counts.get(key, 0) + 1
        assert c.position == counts[key]
        assert c.text == verbatim(" ".join(text[span.start : span.end] for span in c.spans))
        if c.parent is not None:
            above = found.criteria[c.parent]
            assert (above.cohort, above.type) == (c.cohort, c.type)


def test_a_paragraph_of_the_other_type_ends_a_list_of_numbers():
    text = (
        "Inclusion Criteria:\n\n1. a\n2. b\n\nPatients will be excluded if they meet any of the following:\n\n"
        "   * c\n   * d\n\nExclusion Criteria:\n\n3. e\n"
    )
    criteria = read_eligibility(split_lines(text)).criteria
    assert [(one.text, one.type) for one in criteria] == [
        *(("a", "inclusion"), ("b", "inclusion")),
        *(("c", "exclusion"), ("d", "exclusion"), ("e", "exclusion")),
    ]
