"""`python -m tests.eligibility.score_constraints --sample PATH`: how well typed constraints are read, for each half.

What enters are the labels and a sample of ClinicalTrials.gov studies (gzip, one JSON study on each line); what leaves
are counts for each kind. A constraint is right when its kind is the label's, its span overlaps the label's, and its
code (where one is labelled), numbers, openness, unit (after UCUM, https://ucum.org/ucum) and limit are the same. Each
criterion is read from its own labelled text, so that the tree's mistakes are not counted twice; what restricts it in
the criteria around it is read from the labelled tree, where readers marked that something does (how criteria are joined
they did not mark).

Readers were to mark a name once in a node: which of several places they marked makes no difference, nor whether they
marked its abbreviation too. The same is true of pregnancy, breastfeeding and contraception, and of a constraint that a
node repeats (`a stroke within 6 months, an infarction within 6 months`). They could write `more than 6 months` as a
closed bound, per cent of a scale with or without the sign, and QTcF as QTc.
"""

import argparse
from collections import Counter, defaultdict
from functools import cache
from typing import Any

from app.eligibility.constraint import Constraint
from app.eligibility.grammar.below import restrictions
from app.eligibility.grammar.read import read_constraints, read_mentions
from app.eligibility.words.tokens import read_tokens
from app.eligibility.words.units import comparable, read_unit
from app.eligibility.words.vocabulary import NAMES, SUBJECTS
from app.record.trial import Criterion
from tests.eligibility.labels import (
    HALVES,
    LabelledConstraint,
    LabelledNode,
    LabelledText,
    criteria_text,
    is_labelled_text,
    load_labels,
    load_sample,
)
from tests.eligibility.score_trees import Score, parent_of

WITHOUT_NUMBERS = (
    "sex",
    "gender",
    "pregnancy",
    "breastfeeding",
    "contraception",
    "language",
    "consent",
    "healthy-volunteers",
    "condition",
    "drug",
)
UNLABELLED = ("daily prednisone dose",)
"""Doses were not to be labelled."""
SHOWN = "kinds whose mistakes in the development half are printed; `plain`, `restricted`: mistaken exceptions"
WITHOUT_CODES = ("condition", "drug")
ONCE = ("pregnancy", "breastfeeding", "contraception")
WITHOUT_UNITS = ("performance-status", "score")
NARROWER = {
    "qtcf": "qtc",
    "qtcb": "qtc",
    "bone marrow blasts": "blasts",
    "granulocytes": "anc",
    "bsa": "body surface area",
}
"""Keys of the vocabulary that readers could write as the wider one."""


def is_lower_half(one: Constraint) -> bool:
    """Of `within normal limits`, which readers wrote as no more than the upper one."""
    return one.limit == "lln" and "lower" not in one.text.lower() and "lln" not in one.text.lower()


def listed(value: Any) -> list[str]:
    """A list of one may be written as its one."""
    return [value] if isinstance(value, str) else value


def record_names(study: dict[str, Any]) -> list[tuple[Any, str]]:
    """The study's own conditions with its keywords, and its interventions with their other names."""
    section = study["protocolSection"]
    conditions = section.get("conditionsModule", {})
    names: list[tuple[Any, str]] = []
    for part in ("conditions", "keywords"):
        names += [("condition", name) for name in listed(conditions.get(part, []))]
    for intervention in section.get("armsInterventionsModule", {}).get("interventions", []):
        names += [("drug", name) for name in [intervention["name"], *listed(intervention.get("otherNames", []))]]
    return names


@cache
def same_unit(one: str | None, other: str | None) -> bool:
    """Whether one of the first is one of the second; the reader wrote some units as text does (`copies/mL`)."""
    if one is None or other is None:
        return one == other
    return any(comparable(1.0, unit, other) == 1.0 for unit in (one, read_unit(read_tokens(one), 0)[0] or one))


def codes_of(code: str) -> tuple[str, ...]:
    """The vocabulary's keys for a reader's word."""
    found = NAMES.find(read_tokens(code), 0)
    if found is None or found.key not in SUBJECTS:
        return (code,)
    subject = SUBJECTS[found.key]
    return subject.means or (subject.key or code,)


def expected(label: LabelledConstraint) -> list[tuple[LabelledConstraint, str | None]]:
    """The label once for each key its word stands for: `transaminases` are two."""
    if label.code is None or label.kind in WITHOUT_CODES:
        return [(label, None)]
    return [(label, code) for code in codes_of(label.code)]


def is_marked_twice(label: LabelledConstraint, others: list[LabelledConstraint]) -> bool:
    """Whether it is the keyword of what is marked as a drug as well: a name that stands in both lists is the drug's."""
    return label.kind == "condition" and any(
        other.kind == "drug" and other.start < label.end and label.start < other.end for other in others
    )


def is_right(label: LabelledConstraint, code: str | None, start: int, end: int, found: Constraint) -> bool:
    """Whether the constraint, `start` to `end` of the whole text, is the labelled one."""
    if found.kind != label.kind or start >= label.end or label.start >= end:
        return False
    if code is not None and code not in (found.code, NARROWER.get(found.code or "")):
        return False
    if label.kind in WITHOUT_NUMBERS:
        return True
    unit = label.unit or ("kg/m2" if label.kind == "bmi" else None)  # it has no other: readers left it out
    if label.kind in WITHOUT_UNITS and (unit in ("%", None) or found.unit is None):
        unit = found.unit
    low_open = found.low_open and not (label.kind == "duration" and not label.low_open)
    bounds = found.low, found.high, low_open, found.high_open, found.limit
    labelled = label.low, label.high, label.low_open, label.high_open, label.limit
    return bounds == labelled and same_unit(unit, found.unit)


def is_same_name(name: str, names: list[tuple[Any, str]], found: Constraint) -> bool:
    """Whether a marked name is the mention's, at another place of the node."""
    return any((one.kind, one.code) == (found.kind, found.code) for one in read_mentions(name, names))


def is_said_again(one: Constraint, other: Constraint) -> bool:
    """Whether a node's constraint repeats another of it."""
    if one.kind in ONCE:
        return one.kind == other.kind
    return one.kind not in WITHOUT_CODES and one[0] == other[0] and one[4:11] == other[4:11]


def is_repeated(label: LabelledConstraint, code: str | None, other: Constraint) -> bool:
    """Whether a label that nothing was found for repeats what was found at another place of its node."""
    if label.kind in ONCE:
        return label.kind == other.kind
    return label.kind not in WITHOUT_CODES and is_right(label, code, label.start, label.end, other)


def is_marked(found: Constraint, labelled: list[tuple[LabelledConstraint, str | None]], places: list[int]) -> bool:
    """Whether the mention is marked where it stands."""
    start, end = places[found.start], places[found.end - 1] + 1
    return any(is_right(one, code, start, end, found) for one, code in labelled)


def reason(label: LabelledConstraint, code: str | None, places: list[int], found: list[Constraint]) -> str:
    """What stands where a constraint was missed."""
    there = [c for c in found if places[c.start] < label.end and label.start <= places[c.end - 1]]
    same = [c for c in there if c.kind == label.kind]
    if not same:
        if code is not None and not NAMES.find(read_tokens(code), 0):
            return "nothing, no such word"
        return "another kind" if there else "nothing"
    if code is not None and all(c.code != code for c in same):
        return "another code"
    if all((c.low, c.high) != (label.low, label.high) for c in same):
        return "other numbers"
    return "another unit or openness"


class ConstraintScores:
    """Scores by kind; of criteria, how many there are and how many have a typed constraint that is no mention."""

    def __init__(self) -> None:
        self.kinds: dict[str, Score] = defaultdict(Score)
        self.exceptions = Score()
        self.missed: Counter[tuple[str, str]] = Counter()
        """Of what was missed: its kind and what stood there instead."""
        self.criteria = 0
        self.typed = 0

    @property
    def all(self) -> Score:
        scores = self.kinds.values()
        return Score(sum(s.right for s in scores), sum(s.found for s in scores), sum(s.labelled for s in scores))


def own_text(node: LabelledNode, text: str) -> str:
    """The node's pieces as one text."""
    return "\n".join(text[start:end] for start, end in node.spans)


def heading_of(label: LabelledText, number: int, text: str) -> str | None:
    """The labelled heading above a node that stands at the top."""
    above = next((node for node in label.nodes[:number][::-1] if node.role == "H"), None)
    return own_text(above, text) if above and parent_of(label, number) is None else None


def restricted(label: LabelledText, text: str) -> set[int]:
    """The nodes that the criteria around them restrict, in the tree as it is labelled."""
    numbers = [number for number, node in enumerate(label.nodes) if node.role != "H"]
    places = {number: place for place, number in enumerate(numbers)}
    criteria = []
    for number in numbers:
        node = label.nodes[number]
        parent = places.get(node.parent) if node.parent is not None else None
        type: Any = "exclusion" if node.type == "exc" else "inclusion"
        role: Any = "note" if node.role == "T" else "criterion"
        own = own_text(node, text)
        criteria.append(Criterion(cohort=node.cohort, type=type, role=role, parent=parent, position=1, text=own))
    return {numbers[place] for place in restrictions(criteria)}


def score_constraints(
    label: LabelledText, text: str, names: list[tuple[Any, str]], scores: ConstraintScores
) -> list[tuple[str, Any, str]]:
    """Adds what is right in one text to `scores`; what is wrong is returned as (how, what, its text).

    `missed`, `false`; `plain` what something restricts, `restricted` what nothing does.
    """
    wrong: list[tuple[str, Any, str]] = []
    around = restricted(label, text)
    for number, node in enumerate(label.nodes):
        own_labels = [one for one in label.constraints if one.node == number]
        labelled = [pair for one in own_labels if not is_marked_twice(one, own_labels) for pair in expected(one)]
        if node.role == "H" and not labelled:
            continue
        # where each character of the node's text stands in the whole
        places = [place for start, end in node.spans for place in (*range(start, end), end)]
        own = own_text(node, text)
        read = read_constraints(own, heading_of(label, number, text))
        typed = tuple(one for one in read if one.code not in UNLABELLED and not is_lower_half(one))
        scores.criteria += node.role == "N"
        scores.typed += node.role == "N" and bool(typed)
        found = [*typed, *read_mentions(own, names)]
        for one in found:
            scores.kinds[one.kind].found += 1
        left = list(found)
        marked = [c for c in found if c.kind in WITHOUT_CODES and is_marked(c, labelled, places)]
        for one, code in labelled:
            scores.kinds[one.kind].labelled += 1
            match = next((c for c in left if is_right(one, code, places[c.start], places[c.end - 1] + 1, c)), None)
            if match is None and one.kind in WITHOUT_CODES:
                name = text[one.start : one.end]
                match = next((c for c in left if c not in marked and is_same_name(name, names, c)), None)
                if match is None and any(is_same_name(name, names, c) for c in found if c not in left):
                    scores.kinds[one.kind].labelled -= 1
                    continue
            if match is None and any(is_repeated(one, code, c) for c in found if c not in left):
                scores.kinds[one.kind].labelled -= 1
                continue
            if match is None:
                scores.missed[one.kind, reason(one, code, places, left)] += 1
                wrong.append(("missed", (one, code, text[one.start : one.end]), own))
                continue
            left.remove(match)
            scores.kinds[one.kind].right += 1
            if one.kind not in WITHOUT_CODES:
                scores.exceptions.labelled += one.excepted
                plain = match.plain and not (one.excepted and number in around)
                scores.exceptions.found += not plain
                scores.exceptions.right += one.excepted and not plain
                if one.excepted == plain:
                    wrong.append(("plain" if plain else "restricted", match, own))
        taken = [c for c in found if c not in left]
        for one in left:
            if any(is_said_again(one, other) for other in taken):
                scores.kinds[one.kind].found -= 1
            else:
                wrong.append(("false", one, own))
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", required=True, help="a gzip file of studies, one JSON object on each line")
    parser.add_argument("--show", nargs="*", help=SHOWN)
    given = parser.parse_args()
    studies = load_sample(given.sample)
    scores = {half: ConstraintScores() for half in HALVES}
    for label in load_labels():
        text = criteria_text(studies[label.id]) if label.id in studies else ""
        if not is_labelled_text(label, text):
            continue
        wrong = score_constraints(label, text, record_names(studies[label.id]), scores[label.half])
        if given.show and label.half == "development":
            for which, what, own in wrong:
                kind = what.kind if isinstance(what, Constraint) else what[0].kind
                if which in given.show or (kind in given.show and which in ("missed", "false")):
                    print(which, label.id, what, "|", own[:160].replace("\n", " "))
    for half, score in scores.items():
        print(half)
        for kind, one in sorted(score.kinds.items()):
            print(f"  {kind:20} {one}")
        print(f"  {'all':20} {score.all}")
        print(f"  {'exceptions':20} {score.exceptions}")
        for (kind, why), count in sorted(score.missed.items(), key=lambda item: -item[1])[:14]:
            print(f"  missed {count:4} {kind}: {why}")
        print(f"  criteria with a typed constraint: {score.typed} of {score.criteria}")


if __name__ == "__main__":
    main()
