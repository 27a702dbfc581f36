"""Every value remembers where it came from, and every line is accounted for."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from app.record.parts import Age
from app.record.spans import fold_space, verbatim
from app.sources import parse
from app.sources.conversions import CONVERSIONS
from tests.sources.documents import CLINCONNECT, PAGES, TRIALX, read

DOCUMENTS = [CLINCONNECT, TRIALX, *PAGES]
# Constants of the layout, places in the tree, and what describes the document: nothing of these stands in the text
CONSTANT = re.compile(
    r"id|registry|(issues|sources|facts)\..*|identifiers\.\d+\.(kind|system)|titles\.\d+\.kind|dates\.\d+\.(kind|type)"
    r"|conditions\.\d+\.codings\.\d+\.system|parties\.\d+\.kind|plain_language_summary\.source"
    r"|criteria\.\d+\.(cohort|role|parent|position|depth|combination|spans.*)|outcomes\.\d+\.spans.*"
)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, BaseModel) and not isinstance(value, Age):
        for name in type(value).model_fields:
            yield from leaves(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            yield from leaves(item, f"{path}.{i}")
    elif value is not None:
        yield path, value


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_value_is_proved_by_its_spans(path):
    text = path.read_bytes().decode()
    trial = read(path).trial
    facts = {fact.path: fact for fact in trial.facts}
    assert len(facts) == len(trial.facts)
    seen = {"id"}
    for place, value in leaves(trial):
        if match := re.fullmatch(r"dates\.(\d+)\.value", place):
            place = f"dates.{trial.dates[int(match[1])].kind}"
        elif CONSTANT.fullmatch(place) or (place == "parties.0.role" and value == "lead-sponsor"):
            continue
        elif re.fullmatch(r"criteria\.\d+\.type", place) and place not in facts:
            assert "before-heading" in {issue.code for issue in trial.issues}
            continue
        fact = facts[place]
        seen.add(place)
        pieces = [verbatim(text[span.start : span.end]) for span in fact.spans]
        assert fact.document == trial.sources[0].id
        assert all(0 <= span.start < span.end <= len(text) for span in fact.spans)
        if fact.conversion == "text":
            assert fold_space(" ".join(pieces)) == fold_space(value)
        else:
            assert CONVERSIONS[fact.conversion](pieces) == value
    assert seen | {"id"} == set(facts) | {"id"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_spans_of_criteria_and_outcomes_are_those_of_their_facts(path):
    trial = read(path).trial
    facts = {fact.path: fact.spans for fact in trial.facts}
    for i, criterion in enumerate(trial.criteria):
        assert criterion.spans == facts[f"criteria.{i}.text"]
    for i, outcome in enumerate(trial.outcomes):
        assert outcome.spans == facts[f"outcomes.{i}.measure"]


@pytest.mark.parametrize("path", [CLINCONNECT, TRIALX], ids=lambda path: path.stem)
def test_every_line_of_the_seeds_is_accounted_for(path):
    coverage = read(path).coverage
    lines = [line for line in path.read_text("utf-8").split("\n") if line.strip()]
    assert coverage.unrecognized == []
    assert coverage.share == 1
    assert coverage.record + coverage.boilerplate == coverage.lines == len(lines)


def test_the_same_values_with_other_line_ends_and_a_byte_order_mark():
    for path in (CLINCONNECT, TRIALX):
        plain, windows = read(path), b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
        changed = {"facts", "sources", "issues", "criteria", "outcomes"}
        other = parse(path.name, windows)
        assert other.coverage == plain.coverage
        assert other.trial.model_dump(exclude=changed) == plain.trial.model_dump(exclude=changed)
        assert [c.text for c in other.trial.criteria] == [c.text for c in plain.trial.criteria]
