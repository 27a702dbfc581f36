"""Boilerplate is a closed list of exact lines: any alteration shows up as an unrecognized line, and never as data."""

import pytest

from app.record.trial import Parsed
from app.sources.pages import clinconnect, trialx
from tests.sources.documents import CLINCONNECT, TRIALX, codes, read, read_text

KNOWN = {
    CLINCONNECT: {*clinconnect.BOILERPLATE, *clinconnect.HEADINGS, *clinconnect.TIMELINE},
    TRIALX: {*trialx.BOILERPLATE, *trialx.HEADINGS},
}
LINES = [
    pytest.param(path, number, id=f"{path.stem}-{number}")
    for path in KNOWN
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1)
    if line in KNOWN[path]
]


def mutations(line: str) -> set[str]:
    words, middle = line.split(), len(line) // 2
    return {
        *(line + "x", line + ".", line + " ", "The " + line, line + " now"),
        *(line[1:], line[:-1], line[:middle] + line[middle + 1 :], line[:middle] + "q" + line[middle + 1 :]),
        *(line.upper(), line.lower(), line.swapcase(), line.replace("e", "3")),
        *(line.replace(words[0], "zebra", 1), line.replace(words[-1], "zebra"), " ".join(reversed(words)), "zebra"),
    } - {line}


def mutate(path, number: int, to: str) -> Parsed:
    lines = path.read_text("utf-8").split("\n")
    lines[number - 1] = to
    return read_text("\n".join(lines))


def test_the_seeds_have_the_boilerplate_that_is_mutated():
    found = {path: sum(case.values[0] == path for case in LINES) for path in KNOWN}
    assert found[CLINCONNECT] == 15
    assert found[TRIALX] == 36


@pytest.mark.parametrize(("path", "number"), LINES)
def test_an_altered_line_is_unrecognized(path, number):
    line = path.read_text("utf-8").split("\n")[number - 1]
    whole = {criterion.text: criterion.type for criterion in read(path).trial.criteria}
    for altered in mutations(line):
        parsed = mutate(path, number, altered)
        assert number in parsed.coverage.unrecognized, altered
        assert any(i.line == number and altered in i.message for i in parsed.trial.issues), altered
        assert all(whole.get(c.text) == c.type for c in parsed.trial.criteria), altered


def test_what_follows_an_altered_heading_is_attributed_to_nothing():
    parsed = mutate(TRIALX, 45, "Study detail")
    assert parsed.coverage.unrecognized == [45, 46, 48, 50, 52]
    assert parsed.trial.conditions == [] and parsed.trial.id == ""
    assert len([c for c in parsed.trial.criteria if c.type == "exclusion"]) == 3


def test_an_altered_criteria_heading_leaves_its_criteria_out():
    parsed = mutate(CLINCONNECT, 52, "  • EXCLUSION CRITERIAS:")
    assert parsed.coverage.unrecognized == list(range(52, 88))
    assert {criterion.type for criterion in parsed.trial.criteria} == {"inclusion"}


@pytest.mark.parametrize("left_out", ["", "Peking University Third Hospital\n\n31 January 2026\n"])
def test_a_template_that_was_filled_in_never_becomes_data(left_out):
    text = TRIALX.read_text("utf-8").replace("{{SITE_NAME}}", "Riverbank Hospital").replace(left_out, "", 1)
    parsed = read_text(text)
    lines = enumerate(text.split("\n"), 1)
    assert parsed.coverage.unrecognized == [number for number, line in lines if "Riverbank" in line]
    dump = parsed.trial.model_dump_json(exclude={"issues"})
    assert "Riverbank" not in dump and "SITE_NAME" not in dump


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_a_document_that_ends_early_says_so(path):
    text = path.read_text("utf-8")
    whole = read(path)
    assert whole.trial.sources[0].complete and "incomplete" not in codes(whole)
    for cut in range(400, len(text) - 1, 397):
        parsed = read_text(text[:cut])
        assert "incomplete" in codes(parsed)
        assert parsed.trial.sources[0].complete is False
        kept = [criterion.text for criterion in parsed.trial.criteria]
        assert [c.text for c in whole.trial.criteria][: max(len(kept) - 1, 0)] == kept[:-1]
