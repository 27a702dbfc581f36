"""Fictional trials: nothing here is of a real study, person or place of care."""

from app.record.parts import (
    Age,
    Arm,
    Coding,
    Condition,
    Contact,
    DataSharing,
    Design,
    Flag,
    Identifier,
    Intervention,
    MeshTerm,
    Party,
    Population,
    Reference,
    Resource,
    Retraction,
    SourcedText,
    Title,
    TrialDate,
)
from app.record.trial import Cohort, Criterion, Outcome, SourceDocument, Trial, TrialSite

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
            Criterion(type="inclusion", position=1, label="1.", text="Understands the plan."),
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


def full() -> Trial:
    """The rich trial with everything that only a registry's own record says."""
    return rich().model_copy(
        update={
            "sources": [SourceDocument(id="0123456789abcdef", source="ctgov", name="study.json")],
            "identifiers": [
                Identifier(kind="registry", value="NCT00000002", system="https://clinicaltrials.gov"),
                Identifier(kind="secondary", value="R01-XX", type="nih", domain="Tidal Fund", link="https://e.org/R01"),
                Identifier(kind="universal", value="U1111-0000-0001"),
            ],
            "overall_status": "unknown",
            "last_known_status": "suspended",
            "why_stopped": "The moon set.",
            "dates": [
                TrialDate(kind="start", value="2024-03", type="actual"),
                TrialDate(kind="completion", value="2026-12-31", type="estimated"),
                TrialDate(kind="primary-completion", value="2026-06", type="estimated"),
                TrialDate(kind="first-submitted", value="2023-12-01"),
                TrialDate(kind="disposition-first-posted", value="2025-01-01", type="actual"),
                TrialDate(kind="ethics-approval", value="2023-10-01"),
                TrialDate(kind="last-update", value="2026-01-31", type="actual"),
            ],
            "design": Design(
                study_type="interventional",
                allocation="na",
                intervention_model="crossover",
                intervention_model_description="Light first.",
                primary_purpose="treatment",
                masking="double",
                who_masked=["participant", "investigator"],
                target_duration="2 years",
                enrollment=40,
                enrollment_type="estimated",
            ),
            "population": Population(
                gender_description="As people say.",
                standard_ages=["adult", "older-adult"],
                study_population="Night people.",
                sampling_method="probability-sample",
            ),
            "mesh": [
                MeshTerm(subject="condition", kind="term", id="D009755", term="Night blindness"),
                MeshTerm(subject="condition", kind="term", id="D000001", term="Dim Sight"),
                MeshTerm(subject="condition", kind="ancestor", id="D000002", term="Eye Things"),
                MeshTerm(subject="intervention", kind="term", id="D000003", term="Moonlight"),
                MeshTerm(subject="intervention", kind="term", id="D000004", term="Radiance"),
            ],
            "parties": [
                Party(role="lead-sponsor", name="Lunar Institute", kind="organization", sector="fed"),
                Party(role="collaborator", name="Tide Society", kind="organization", sector="network"),
                Party(role="responsible-party", name="Ada Example", kind="person", title="Professor of Tides"),
            ],
            "contacts": [
                Contact(
                    name="Di Example", role="contact", phone="555-0102", phone_extension="7", email="d@example.org"
                ),
                Contact(name="Ed Example", role="study-chair"),
                Contact(role="contact"),
            ],
            "flags": [
                Flag(name="has-dmc", value=True),
                Flag(name="fda-regulated-drug", value=True),
                Flag(name="fda-regulated-device", value=False),
                Flag(name="healthy-volunteers", value=True),
            ],
            "arms": [
                Arm(
                    label="Moonlight",
                    type="experimental",
                    description="Every night.",
                    interventions=["Other: Moonlight", "Drug: Dew"],
                ),
                Arm(label="Moonlight ", type="other"),
                Arm(label="Lamp"),
            ],
            "interventions": [
                Intervention(name="moonlight", type="dietary-supplement", description="Pale.", other_names=["Lune"]),
                Intervention(name="Dew", arms=["Lamp"]),
            ],
            "references": [
                Reference(
                    type="result", pmid="123", citation="Example A. Light. 2020.", retractions=[Retraction(pmid="9")]
                ),
                Reference(pmid="124"),
            ],
            "resources": [
                Resource(kind="link", label="The study's site", url="https://example.org/moon"),
                Resource(kind="link", url="see the moon"),
                Resource(
                    kind="document",
                    label="Protocol",
                    url="https://example.org/p.pdf",
                    date="2024-01-01",
                    uploaded="2024-01-02T10:00",
                    size=1234,
                    contents=["protocol", "sap"],
                ),
            ],
            "data_sharing": DataSharing(
                sharing="yes", description="On request.", information=["csr"], time_frame="Soon"
            ),
            "sites": [
                TrialSite(
                    facility="Crater Clinic",
                    city="Bethesda",
                    postal_code="20814",
                    country="United States",
                    country_code="US",
                    contacts=[Contact(role="contact", phone="555-0103", phone_extension="8")],
                )
            ],
        }
    )
