"""Fictional trials: nothing here is of a real study, person or place of care."""

from app.record.trial import (
    Age,
    Coding,
    Cohort,
    Condition,
    Contact,
    Criterion,
    Identifier,
    Outcome,
    Party,
    SourcedText,
    Title,
    Trial,
    TrialDate,
    TrialSite,
)

YEARS_12 = Age(value=12, unit="years")
YEARS_65 = Age(value=65, unit="years")

PARTICIPANTS, FAMILY = 0, 1


def bare() -> Trial:
    return Trial(id="NCT00000001", registry="ctgov")


def rich() -> Trial:
    return Trial(
        id="NCT00000002",
        registry="ctgov",
        identifiers=[
            Identifier(kind="registry", value="NCT00000002", system="https://clinicaltrials.gov"),
            Identifier(kind="organization", value="MOON-7"),
            Identifier(kind="alias", value="NCT00000009"),
        ],
        title="Moonlight for Night Blindness",
        titles=[
            Title(kind="official", text="A Randomized Study of Moonlight"),
            Title(kind="acronym", text="MOON"),
            Title(kind="listing", text="Can moonlight help?"),
        ],
        overall_status="recruiting",
        phases=["phase-2", "phase-3"],
        sex="female",
        minimum_age=YEARS_12,
        conditions=[
            Condition(text="Night Blindness"),
            Condition(text="Moon sickness", codings=[Coding(system="https://example.org/codes", code="M1")]),
        ],
        keywords=["moon", "light"],
        brief_summary="A brief summary.",
        detailed_description="First paragraph.\n\nSecond paragraph, T-VASI50 [50%] ≥ 2.",
        plain_language_summary=SourcedText(text="What this is, in plain words.", source="clinconnect"),
        dates=[
            TrialDate(kind="start", value="2024-03"),
            TrialDate(kind="completion", value="2026-12-31", type="estimated"),
            TrialDate(kind="launched", value="2022-05-31"),
            TrialDate(kind="as-of", value="2025-06-26"),
            TrialDate(kind="last-update", value="2026-01-31"),
        ],
        parties=[
            Party(role="lead-sponsor", name="Lunar Institute", kind="organization", description="Studies the moon."),
            Party(role="collaborator", name="Tide Society", kind="organization"),
            Party(
                role="principal-investigator", name="Ada Example, M.D.", kind="person", affiliation="LUNAR institute"
            ),
            Party(role="study-chair", name="Bo Example", kind="person"),
        ],
        outcomes=[
            Outcome(type="primary", measure="Lux seen", description="In lux.", time_frame="Week 24"),
            Outcome(type="secondary", measure="Steps taken", time_frame="Week 12"),
            Outcome(type="other", measure="Mood"),
        ],
        cohorts=[
            Cohort(label="Participants", minimum_age=YEARS_12, maximum_age=YEARS_65),
            Cohort(label="Family members", minimum_age=Age(value=216.5, unit="months"), sex="all"),
        ],
        criteria=[
            Criterion(type="inclusion", position=1, label="1.", text="Understands consent."),
            Criterion(type="inclusion", position=2, text="Uses one of the following:", combination="any-of"),
            Criterion(type="inclusion", parent=1, position=1, depth=1, text="A lamp."),
            Criterion(type="inclusion", parent=1, position=2, depth=1, text="A torch, such as:"),
            Criterion(type="inclusion", parent=3, position=1, depth=2, text="A wax torch."),
            Criterion(type="inclusion", role="note", parent=1, position=3, depth=1, text="Matches do not count."),
            Criterion(type="exclusion", position=1, text="Any of these findings:", combination="any-of"),
            Criterion(type="exclusion", parent=6, position=1, depth=1, text="Fear of the dark."),
            Criterion(type="exclusion", position=2, text="Sleeps at night."),
            Criterion(type="inclusion", cohort=FAMILY, position=1, text="Lives with the participant."),
            Criterion(type="exclusion", cohort=FAMILY, role="note", position=1, text="No exclusions for family."),
        ],
        sites=[
            TrialSite(
                facility="Crater Clinic",
                city="Bethesda",
                state="Maryland",
                country="United States",
                country_code="US",
                latitude=38.98,
                longitude=-77.1,
                coordinates_from="gazetteer",
                status="active-not-recruiting",
                contacts=[
                    Contact(name="Cy Example", role="Coordinator", phone="+1 555 0100", email="cy@example.org"),
                    Contact(phone="+1 555 0101"),
                ],
            ),
            TrialSite(city="Geneva", country="Switzerland", country_code="CH"),
            TrialSite(city="Geneva", country="Switzerland", country_code="CH", status="recruiting"),
            TrialSite(country="Atlantis"),
        ],
    )
