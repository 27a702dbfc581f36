"""The labels, and how well the trees of the labelled texts are read where the texts are given."""

import os
from collections import Counter

import pytest

from app.sources.document import split_lines
from app.sources.eligibility.criteria import read_eligibility
from tests.eligibility.labels import HALVES, LABELS, criteria_text, load_labels, load_sample
from tests.eligibility.score import score_trees
from tests.eligibility.score_trees import Score
from tests.sources.test_criteria_text import left_out


def test_the_labels_are_whole() -> None:
    labels = load_labels()
    halves = Counter(label.half for label in labels)
    assert halves == {"development": 611, "held-out": 70} and set(HALVES) == set(halves)
    assert len({label.id for label in labels}) == len(labels)
    for label in labels:
        ends = [0]
        for node in label.nodes:
            assert node.role in ("N", "T", "H") and node.type in ("inc", "exc", "unk")
            assert node.parent is None or label.nodes[node.parent].start < node.start
            ends += [place for span in node.spans for place in span]
        assert ends == sorted(ends), label.id
        for one in label.constraints:
            spans = label.nodes[one.node].spans
            assert any(start <= one.start < one.end <= end for start, end in spans), (label.id, one)


def test_the_labels_hold_no_text() -> None:
    """Words are names of fields, kinds, analytes and units: none is as long as a phrase of a criterion."""
    for label in load_labels():
        for one in label.constraints:
            assert all(len(word.split()) <= 8 for word in (one.code, one.unit, one.limit) if word), (label.id, one)
    assert LABELS.stat().st_size < 1_200_000


def test_scores() -> None:
    assert str(Score(3, 4, 6)) == "precision 0.7500 recall 0.5000 F1 0.6000 (3/4 found, /6 labelled)"
    assert Score().f1 == 1.0


if "TRIALS_SAMPLE" in os.environ:

    @pytest.mark.parametrize(("half", "parents"), [("development", 0.965), ("held-out", 0.95)])
    def test_trees_of_the_labelled_texts(half: str, parents: float) -> None:
        scores = score_trees(os.environ["TRIALS_SAMPLE"])[half]
        for name, score in vars(scores).items():
            print(f"{half} {name}: {score}")
        assert scores.types.precision >= 0.998
        assert scores.parents.f1 >= parents

    def test_no_text_of_the_sample_is_lost() -> None:
        for id, study in load_sample(os.environ["TRIALS_SAMPLE"]).items():
            text = criteria_text(study)
            assert left_out(text, read_eligibility(split_lines(text), with_facts=False)) == {}, id
