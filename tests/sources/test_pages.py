"""Shapes of the two layouts that the seeds do not have, and documents that are refused."""

import pytest

from app.errors import SourceError
from app.record.parts import Age
from app.sources import SOURCES, detect, parse, read_document
from tests.sources.documents import CLINCONNECT, PAGES, TRIALX, codes, read_page, read_text


def test_clinconnect_without_its_head():
    parsed = read_page("clinconnect_bare")
    trial = parsed.trial
    assert parsed.coverage.unrecognized == []
    assert (trial.id, trial.registry, trial.sources[0].complete) == ("", None, False)
    assert trial.title == "A Study of Moonwort Extract in Children With Lunar Rash"
    assert (trial.sex, trial.keywords, trial.maximum_age) == ("female", [], None)
    assert trial.plain_language_summary.text.count("\n\n") == 1
    assert [(c.label, c.depth) for c in trial.criteria] == [("•", 0), ("*", 0), ("•", 0), ("•", 0)]
    assert sorted(codes(parsed)) == [
        *("damaged-text", "flattened-list", "incomplete", "no-identifier", "upper-case-name"),
    ]


def test_clinconnect_with_everything():
    parsed = read_page("clinconnect_whole")
    trial = parsed.trial
    assert parsed.coverage.share == 1 and trial.sources[0].complete
    assert trial.overall_status == "active-not-recruiting"
    assert [(d.kind, d.value, d.type) for d in trial.dates] == [
        ("launched", "2021-03-09", None),
        ("as-of", "2025-05-02", None),
        ("first-submitted", "2021-03-01", None),
        ("last-update", "2025-04-30", None),
        ("completion", "2027-12-31", "estimated"),
    ]
    assert [(p.role, p.name, p.affiliation) for p in trial.parties] == [
        ("lead-sponsor", "Harbour Institute of Sleep", None),
        ("study-director", "Ada Brightwell, MD", "Harbour Institute of Sleep"),
        ("principal-investigator", "Bo Lindqvist", None),
    ]
    assert [(s.facility, s.city, s.state, s.country_code) for s in trial.sites] == [
        ("Nightingale Hospital", "Saltmarsh", "Oregon", "US"),
        (None, "Leuven", None, "BE"),
        ("Westport Clinic", "Cork", None, "IE"),
        (None, "Old Town", "Lower Region", None),
    ]
    assert codes(parsed) == ["unknown-country"]


def test_trialx_without_its_head():
    parsed = read_page("trialx_bare")
    trial = parsed.trial
    assert parsed.coverage.unrecognized == []
    assert (trial.title, trial.brief_summary[:11], trial.detailed_description[:5]) == (None, "This survey", "Those")
    assert trial.minimum_age == Age(value=18, unit="years")
    assert [(c.type, c.label) for c in trial.criteria] == [("inclusion", "-"), ("inclusion", "-"), ("exclusion", "-")]
    assert sorted(codes(parsed)) == ["incomplete", "no-identifier"]


def test_trialx_with_a_summary_and_a_title_of_its_own():
    parsed = read_page("trialx_listing")
    trial = parsed.trial
    assert parsed.coverage.unrecognized == [29]
    assert [(t.kind, t.text) for t in trial.titles] == [("listing", "The Bracelet Trial: Copper Against River Fever.")]
    assert (trial.overall_status, trial.sex, trial.phases) == ("not-yet-recruiting", "male", ["phase-1", "phase-2"])
    assert (trial.minimum_age, trial.maximum_age) == (Age(value=18, unit="years"), Age(value=65, unit="years"))
    assert [c.text for c in trial.conditions] == ["River Fever", "Marsh Cough"]
    assert trial.plain_language_summary.source == "trialx"
    assert trial.plain_language_summary.text.endswith("bracelet.\n\n• Length: One year.\n• Visits: Four visits.")
    assert (trial.cohorts, trial.criteria) == ([], [])


@pytest.mark.parametrize(
    ("seed", "old", "new", "code"),
    [
        (CLINCONNECT, "\nRecruiting\n", "\nPaused\n", "unknown-word"),
        (CLINCONNECT, "\nALL\n", "\nEVERYONE\n", "unknown-word"),
        (TRIALX, "\nRecruiting\n", "\nPaused\n", "unknown-word"),
        (CLINCONNECT, "Trial launched\n", "Trial launched\n\nJune 1, 2022\n", "conflicting-date"),
        (TRIALX, "NCT07153666\n", "NCT07153666\n\nNCT00000001\n", "conflicting-identifier"),
    ],
)
def test_words_that_cannot_be_taken_are_issues(seed, old, new, code):
    parsed = read_text(seed.read_text("utf-8").replace(old, new))
    assert code in codes(parsed)
    if code == "unknown-word":
        assert None in (parsed.trial.overall_status, parsed.trial.sex)
        assert parsed.trial.title and len(parsed.coverage.unrecognized) == 1


def test_sources_are_chosen_by_content():
    chosen = {
        path.stem: detect(read_document("x.json", path.read_bytes())).NAME for path in [CLINCONNECT, TRIALX, *PAGES]
    }
    assert all(name.endswith(source) or name.startswith(source) for name, source in chosen.items())
    assert {source.NAME for source in SOURCES} == {"clinconnect", "trialx"}


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "empty"),
        (b" \n\t\r\n", 1, "empty"),
        (b"\xef\xbb\xbf\n", 1, "empty"),
        (b"Overview\nna\xefve\n", 2, "0xef"),
        ("Overview\nDescription".encode("utf-16"), 1, "0xff"),
        (b"Dear diary,\n", 1, "clinconnect"),
        (b"Overview\nand nothing more", 1, "trialx"),
        (b"Inclusion Criteria:\n- a\nExclusion Criteria:\n- b", 1, "not known"),
    ],
)
def test_documents_that_are_refused(data, line, words):
    with pytest.raises(SourceError) as caught:
        parse("diary.txt", data)
    assert (caught.value.file, caught.value.line) == ("diary.txt", line)
    assert words in caught.value.reason
