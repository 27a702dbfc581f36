"""What stands on a page -> the value, and nothing where the words leave a doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.record.parts import Age
from app.sources.ages import read_age_criterion, read_age_line
from app.sources.conversions import CONVERSIONS, read_date, read_phases, read_time_frame
from app.sources.countries import country_code, split_place
from app.sources.damage import find_damage


def years(value: float | None) -> Age | None:
    return None if value is None else Age(value=value, unit="years")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("May 31, 2022", "2022-05-31"),
        ("Jan 22, 2021", "2021-01-22"),
        ("Sept. 1, 2021", "2021-09-01"),
        ("31 January 2026", "2026-01-31"),
        ("January 2026", "2026-01"),
        ("2026-01-31", "2026-01-31"),
        ("2026-01", "2026-01"),
        ("February 30, 2022", None),
        ("01/02/2022", None),
        ("Marbles 3, 2022", None),
        ("soon", None),
    ],
)
def test_dates(text, value):
    assert read_date(text) == value


@given(st.dates())
def test_every_date_is_read_back(day):
    long = f"{day:%B} {day.day}, {day.year:04}"
    assert read_date(long) == read_date(f"{day.day} {day:%b} {day.year:04}") == day.isoformat()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Phase N/A", ["n-a"]),
        ("Phase 3", ["phase-3"]),
        ("Phase 1/2", ["phase-1", "phase-2"]),
        ("Phase 2/Phase 3", ["phase-2", "phase-3"]),
        ("Early Phase 1", ["early-phase-1"]),
        ("Phase 9", None),
        ("Phased return", None),
        ("Step 1", None),
    ],
)
def test_phases(text, value):
    assert read_phases(text) == value


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("12 years and older", (years(12), None)),
        ("22 years and younger", (None, years(22))),
        ("18 - 65 years", (years(18), years(65))),
        ("18 to 65 years", (years(18), years(65))),
        ("6 months - 2 years", (Age(value=6, unit="months"), years(2))),
        ("1 Day to 3 Weeks", (Age(value=1, unit="days"), Age(value=3, unit="weeks"))),
        ("All ages", None),
        ("12 years and older people", None),
    ],
)
def test_age_lines(text, bounds):
    assert read_age_line(text) == bounds


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Aged >=12 to <=65 years.", (years(12), years(65))),
        ("Aged >=18 years.", (years(18), None)),
        ("Age12 years or older, any gender;", (years(12), None)),
        ("Age ≥ 18 years at the time of consent", (years(18), None)),
        ("Any participant of age 18 years and over", (years(18), None)),
        ("Participant aged 18 years or older", (years(18), None)),
        ("Patients must be less than 22 years of age at enrollment", None),
        ("Aged >=18 years for men and >=20 years for women", None),
        ("Aged >=18 years, or 16 years with consent", None),
        ("Married, aged 18 years or older", None),
        ("Agree to wait 2 years or longer", None),
    ],
)
def test_age_criteria(text, bounds):
    assert read_age_criterion(text) == bounds


@pytest.mark.parametrize(
    ("name", "pieces", "value"),
    [
        ("lowest-minimum-age", ["Aged >=12 to <=65 years.", "Aged >=18 months."], Age(value=18, unit="months")),
        ("lowest-minimum-age", ["22 years and younger", "Aged >=18 years."], None),
        ("highest-maximum-age", ["Aged >=12 to <=65 years.", "Aged >=18 years."], None),
        ("highest-maximum-age", ["18 to 65 years", "2 to 70 years"], Age(value=70, unit="years")),
        ("respelled-name", ["NORTH WIND", "North Wind"], "North Wind"),
        ("respelled-name", ["NORTH WIND", "South Wind"], None),
        ("not-reported", ["Estimated completion", "Not reported"], "dates.completion"),
        ("not-reported", ["Estimated completion", "Tomorrow"], None),
        ("status", ["Active, not recruiting"], "active-not-recruiting"),
        ("status", ["Paused"], None),
        ("criterion-type", ["* EXCLUSION CRITERIA:"], "exclusion"),
        ("criterion-type", ["Non-inclusion criteria"], "exclusion"),
        ("outcome-type", ["Secondary outcome measures:"], "secondary"),
        ("text", ["two ", " pieces"], "two pieces"),
    ],
)
def test_named_conversions(name, pieces, value):
    assert CONVERSIONS[name](pieces) == value


@pytest.mark.parametrize(
    ("pieces", "value"),
    [
        (["At Week 24"], "Week 24"),
        (["Week 12", "Week24", "Week 12"], "Week 12 and Week 24"),
        (["Day 1", "Day 8", "Month 2"], "Day 1, Day 8 and Month 2"),
        (["Weeks 12 and 24"], "Weeks 12 and 24"),
        (["T-VASI 50"], None),
    ],
)
def test_time_frames(pieces, value):
    assert read_time_frame(pieces) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Bethesda, Maryland, United States", "city=Bethesda state=Maryland country=United States"),
        ("Leuven, Belgium", "city=Leuven country=Belgium"),
        ("Busan, Korea, Republic of", "city=Busan country=Korea, Republic of"),
        ("Hill Clinic, Bern, Switzerland", "facility=Hill Clinic city=Bern country=Switzerland"),
        (
            "Unit, Wing, Austin, Texas, United States",
            "facility=Unit, Wing city=Austin state=Texas country=United States",
        ),
        ("Singapore", "country=Singapore"),
        ("Somewhere", ""),
        ("A,, B", ""),
    ],
)
def test_places(text, place):
    spans = split_place(text, 0)
    parts = ((part, spans.get(part)) for part in ("facility", "city", "state", "country"))
    assert " ".join(f"{part}={text[span.start : span.end]}" for part, span in parts if span) == place


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Viet Nam", "VN"),
        ("South Korea", "KR"),
        ("IT", None),
    ],
)
def test_countries(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Is na(SqrRoot) ve or not", 1),
        ("the participant s ability", 1),
        ("Down s", 1),
        ("na\ufffdve", 1),
        ("the patientâ€™s", 1),
        ("a &lt; b", 1),
        ("the participants' ability; it's fine, Phase 2 s.c.", 0),
        ("R&D at St. Mary's", 0),
    ],
)
def test_damage(text, found):
    assert len(find_damage(text)) == found
