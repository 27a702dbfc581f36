"""Lines, offsets, and any document at all."""

from hypothesis import given
from hypothesis import strategies as st

from app.sources.document import Document, read_document, split_lines
from app.sources.pages import clinconnect, trialx
from tests.sources.documents import read_text

LINES = sorted({*clinconnect.HEADINGS, *clinconnect.BOILERPLATE, *clinconnect.TIMELINE, *trialx.HEADINGS})
TEXT = [
    *("Search / Trial NCT00000404", "Launched by A B · May 1, 2020", "Current as of May 1, 2020", "Recruiting", "ALL"),
    *(
        "  • Inclusion Criteria:",
        "  • 1. Aged >=18 years.",
        "- a",
        "Exclusion Criteria:",
        "NCT00000404",
        "    Vitiligo",
    ),
    *("Primary outcome measure: x at Week 2.", "(1) y; (2) z", "Bern, Switzerland", "3 patients applied", "A Title"),
    *("Principal Investigator", "Ada B", "12 years and older", "Phase 2", "A sentence, with an end.", "Not reported"),
    *("1 May 2020", "About A B", "", " ", "\u2028"),
]


@given(st.text(alphabet="ab\n\r\u2028\x0b é\U0001f600"))
def test_lines_stand_where_they_say(text):
    lines = split_lines(text)
    assert [line.number for line in lines] == list(range(1, text.count("\n") + 2))
    document = Document("x", text, "", lines)
    for line in lines:
        assert text[line.start : line.end] == line.text and "\n" not in line.text
        assert document.line_at(line.start) == line.number
        assert document.read(line.span) == line.text.strip()


def test_the_id_is_of_the_bytes():
    assert read_document("a", b"x").id == "2d711642b726b044" == read_document("b", b"x").id


@given(st.lists(st.sampled_from([*LINES, *TEXT]), max_size=40))
def test_any_page_is_read_and_all_its_lines_are_accounted_for(lines):
    for head in (["Trial Information", "Similar Trials"], ["Image", "Powered by AI"]):
        text = "\n".join([*head, *lines])
        parsed = read_text(text)
        coverage = parsed.coverage
        numbers = [n for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        assert coverage.lines == len(numbers) == coverage.record + coverage.boilerplate + len(coverage.unrecognized)
        assert set(coverage.unrecognized) <= set(numbers)
        flagged = [issue.line for issue in parsed.trial.issues if issue.code == "unrecognized-line"]
        assert flagged == coverage.unrecognized
        assert type(parsed).model_validate(parsed.model_dump()) == parsed
