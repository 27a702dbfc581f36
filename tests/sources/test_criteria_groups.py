"""Whom criteria are for: the headings, items and prefixes of criteria text that name a group or a part of a study."""

import pytest

from tests.sources.test_criteria_text import read


@pytest.mark.parametrize(
    ("text", "cohorts"),
    [
        ("Donor Inclusion Criteria:\n- a\nRecipient Inclusion Criteria:\n- b", ["Donor", "Recipient"]),
        ("Patient Inclusion Criteria:\n- a\nPatient Exclusion Criteria:\n- b", [None]),
        ("Patient Inclusion Criteria:\n- a\nDonor Inclusion Criteria:\n- b", ["Patient", "Donor"]),
        ("Inclusion Criteria for All Subjects:\n- a\nInclusion Criteria for Twins:\n- b", [None, "Twins"]),
        ("Inclusion Criteria:\n\nPart A:\n\n- a\n\nPart B only:\n\n- b", ["Part A", "Part B only"]),
        ("Inclusion Criteria:\n\nScreening Phase:\n\n1. a\n\nStudy Phase:\n\n1. b", ["Screening Phase", "Study Phase"]),
        (
            "Inclusion Criteria:\n\nHealthy Volunteers:\n\n* a\n\nPatients must:\n\n* b",
            ["Healthy Volunteers", "Patients"],
        ),
        ("Inclusion Criteria:\n\n- a\n\nArm B must also satisfy the following criteria:\n\n- b", [None, "Arm B"]),
        ("Inclusion Criteria:\n\n- a\n\nExclusion Criteria for randomization:\n\n- b", [None]),
        ("Inclusion Criteria:\n\n* For women:\n  * a", [None]),
        ("Inclusion Criteria:\n\n- a\n\nfor whistlers\n\n- b", [None, "whistlers"]),
        ("Inclusion Criteria:\n\n- a\n\nPersons with a red elbow:\n\n- b", [None, "Persons with a red elbow"]),
        ("Inclusion Criteria:\n\n- a\n\nCriteria for donor eligibility:\n\n- b", [None, "donor"]),
        ("Inclusion Criteria:\n\n- a\n\n[Extension Part]\n\n- b", [None, "Extension Part"]),
        (
            "Inclusion Criteria:\n\n**Cohort 1**\n\n- a\n\nPhase 2 Dose Finding:\n\n- b",
            ["Cohort 1", "Phase 2 Dose Finding"],
        ),
        ("Inclusion Criteria:\n\nParticipants must:\n\n- a\n\nExclusion Criteria:\n\nParticipants:\n\n- b", [None]),
        ("Exclusion criteria for these volunteers are:\n- b", [None]),
        (
            "Tea drinkers group\n\nInclusion:\n- a\n\nExclusion:\n- b\n\nControls\n\nInclusion:\n- c",
            ["Tea drinkers group", "Controls"],
        ),
        ("Twins:\n\n- a\n\nAll participants:\n\n- b", ["Twins", None]),
        ("Inclusion: Controls\n\n- a\n\nExclusion: all\n\n- b", ["Controls", None]),
        ("Group A inclusion\n\n- a\n\nGroup B exclusion\n\n- b", ["Group A", "Group B"]),
        ("Inclusion:\n\n- Twins group:\n  - a\n- b", ["Twins group", None]),
        ("Inclusion:\n\n* Patients:\n* a\n* Caregivers:\n* b", ["Patients", "Caregivers"]),
        ("Inclusion:\n\n* a\n* TWIN: b\n  * c\n* TWIN: d\n* e", [None, "TWIN"]),
        ("Inclusion:\n\nTo join Part 2, persons must:\n\n- a\n\nPart 2 (whistling) only:\n\n- b", ["Part 2"]),
        ("Controls inclusion criteria:\n- a\nInclusion criteria for the control group:\n- b", ["Controls"]),
        ("Inclusion:\n\nCases:\n- a\n\nTwins:\n- b\n\nExclusion:\n\nCases and twins:\n- c", ["Cases", "Twins", None]),
        ("Inclusion:\n\nTwins:\n- a\n\nDonors:\n- b\n\nExclusion:\n\nDonors\n\n- c", ["Twins", "Donors"]),
        ("Inclusion:\n\nStage IV tumors must have:\n\n- a", [None]),
        (
            "Inclusion:\n1. Inclusion criteria tea drinkers group\n  1. a\n2. Inclusion criteria Twins group.\n  1. b",
            ["tea drinkers group", "Twins group"],
        ),
        (
            "Inclusion criteria for joining H1.\n\n- a\n\nInclusion criteria for joining H2.\n\n- b",
            ["joining H1", "joining H2"],
        ),
        (
            "Inclusion criteria for the tea study:\n\n- a\n\nInclusion criteria for the salt study:\n\n- b",
            ["the tea study", "the salt study"],
        ),
        ("Inclusion criteria for the TEA study:\n\n- a\n\nExclusion criteria for the TEA study:\n\n- b", [None]),
        ("Inclusion:\n\n- a\n\nExclusion criteria for medical history:\n\n- b", [None]),
        ("Inclusion:\n\nGroup A:\n\n- a\n\nExclusion criteria for all randomisations\n\n- b", ["Group A", None]),
        ("Non tea group inclusion:\n\n- a\n\nNon-tea group exclusion:\n\n- b", ["Non tea group"]),
        ("Graft Inclusion:\n\n- a\n\nGraft Exclusion:\n\n- b", [None]),
        (
            "Inclusion:\n\n* a\n* STAGE X PATIENTS:\n* b\n* TEA HUE STUDY PATIENTS:\n* c",
            [None, "STAGE X PATIENTS", "TEA HUE STUDY PATIENTS"],
        ),
        (
            "Inclusion:\n\n- a\n\nSleep-related for persons with a red elbow\n\n- b",
            [None, "persons with a red elbow"],
        ),
        ("Inclusion:\n\n- a\n\n\\[Extension Part\\]\n\n- b", [None, "Extension Part"]),
        ("Inclusion:\n\nCohort A:\n\n- a\n\nGeneral criteria:\n\n- b", ["Cohort A", None]),
    ],
)
def test_cohorts(text, cohorts):
    assert [cohort.label for cohort in read(text).cohorts] == cohorts


def test_what_hangs_below_a_groups_name_is_the_groups():
    found = read("Inclusion:\n\n* a\n* Control group:\n  * b\n    * c\n* DONOR: d\n  * e\n* f\n* DONOR: g")
    labels = [cohort.label for cohort in found.cohorts]
    assert [(labels[c.cohort], c.text[-1]) for c in found.criteria] == [
        (None, "a"),
        ("Control group", ":"),
        ("Control group", "b"),
        ("Control group", "c"),
        ("DONOR", "d"),
        ("DONOR", "e"),
        (None, "f"),
        ("DONOR", "g"),
    ]


def test_groups_of_a_part_are_that_parts():
    types = "Inclusion:\n\nInclusion for all:\n\n1. {0}\n\nInclusion for twins:\n\n1. {0}\n\nExclusion:\n\n1. {0}\n\n"
    found = read("A. Of tea.\n\n" + types.format("a") + "B. Of salt.\n\n" + types.format("b"))
    labels = [cohort.label for cohort in found.cohorts]
    assert labels == ["Of tea.", "twins", "Of salt.", "twins"]
    assert [c.cohort for c in found.criteria] == [0, 1, 0, 2, 3, 2]
