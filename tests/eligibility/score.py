"""`python -m tests.eligibility.score --sample PATH`: how well the labelled eligibility texts are read, for each half.

What enters are the labels and a sample of ClinicalTrials.gov studies (gzip, one JSON study on each line); what leaves
is one line for each measure. `--show` lists what is wrong in each text of the development half instead.
"""

import argparse
from collections.abc import Iterator

from tests.eligibility.labels import HALVES, LabelledText, criteria_text, is_labelled_text, load_labels, load_sample
from tests.eligibility.score_trees import TreeScores, score_tree
from tests.eligibility.show import mistakes


def labelled_texts(sample: str) -> Iterator[tuple[LabelledText, str]]:
    """The labels whose text the sample has, unchanged, each with the text."""
    studies = load_sample(sample)
    for label in load_labels():
        text = criteria_text(studies[label.id]) if label.id in studies else ""
        if is_labelled_text(label, text):
            yield label, text


def score_trees(sample: str) -> dict[str, TreeScores]:
    scores = {half: TreeScores() for half in HALVES}
    for label, text in labelled_texts(sample):
        score_tree(label, text, scores[label.half])
    return scores


def show_mistakes(sample: str) -> None:
    for label, text in labelled_texts(sample):
        lines = mistakes(label, text) if label.half == "development" else []
        if lines:
            print(f"{label.id} {label.shape}", *lines, sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", required=True, help="a gzip file of studies, one JSON object on each line")
    parser.add_argument("--show", action="store_true", help="what is wrong in each text of the development half")
    asked = parser.parse_args()
    if asked.show:
        show_mistakes(asked.sample)
        return
    for half, scores in score_trees(asked.sample).items():
        print(half)
        for name, score in vars(scores).items():
            print(f"  {name:10} {score}")


if __name__ == "__main__":
    main()
