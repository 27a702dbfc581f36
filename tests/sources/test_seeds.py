"""What the two seed documents say, field by field."""

from app.record.parts import Age
from app.record.trial import Statement
from tests.sources.documents import CLINCONNECT, TRIALX, codes, read


def tree(trial, cohort, type):
    """Top nodes of one list, each with its children's labels."""
    at = {i: c for i, c in enumerate(trial.criteria) if c.cohort == cohort and c.type == type}
    return [
        (c.label, c.role, [(d.label, d.role, d.position, d.depth) for d in at.values() if d.parent == i])
        for i, c in at.items()
        if c.parent is None
    ]


def test_trialx():
    trial = read(TRIALX).trial
    assert (trial.id, trial.registry, trial.overall_status, trial.sex) == ("NCT07153666", "ctgov", "recruiting", "all")
    assert trial.title == "A Real-world Study on the Influencing Factors of Efficacy of Ruxolitinib Cream in Vitiligo"
    assert (trial.titles, trial.phases, trial.sites, trial.plain_language_summary) == ([], ["n-a"], [], None)
    assert (trial.minimum_age, trial.maximum_age) == (Age(value=12, unit="years"), None)
    assert [(c.text, c.codings[0].code) for c in trial.conditions] == [("Vitiligo", "vitiligo")]
    assert [(p.role, p.kind, p.name) for p in trial.parties] == [
        ("lead-sponsor", "organization", "Peking University Third Hospital")
    ]
    assert [(d.kind, d.value) for d in trial.dates] == [("last-update", "2026-01-31")]
    assert trial.brief_summary.startswith("Vitiligo is a common") and trial.brief_summary.endswith("vitiligo.")
    assert "T-VASI50 [50% improvement" in trial.detailed_description
    assert "measures:\n\n(1) At Week 12" in trial.detailed_description
    assert "\\" not in trial.detailed_description
    assert trial.issues == []


def test_trialx_outcomes():
    outcomes = read(TRIALX).trial.outcomes
    assert [(o.type, o.time_frame) for o in outcomes] == [
        ("primary", "Week 24"),
        *[("secondary", "Week 12 and Week 24")] * 4,
    ]
    assert outcomes[0].measure.startswith("At Week 24, the clinical") and outcomes[0].measure.endswith("(T-VASI)].")
    assert outcomes[3].measure == "Proportion achieving T-VASI 50/75/90 at Week 12 and Week 24"
    assert outcomes[4].measure.endswith("at Week 12 and Week24.")


def test_trialx_criteria():
    trial = read(TRIALX).trial
    assert [(c.label, c.sex, c.minimum_age, c.maximum_age) for c in trial.cohorts] == [
        (None, "all", Age(value=12, unit="years"), None)
    ]
    bullets = [("•", "criterion", i, 1) for i in range(1, 5)]
    assert tree(trial, 0, "inclusion") == [(f"{i}.", "criterion", bullets if i == 6 else []) for i in range(1, 7)]
    assert tree(trial, 0, "exclusion") == [(f"{i}.", "criterion", []) for i in range(1, 4)]
    assert [c.combination for c in trial.criteria if c.combination] == []
    assert trial.criteria[0].text == "Age12 years or older, any gender;"


def test_clinconnect():
    trial = read(CLINCONNECT).trial
    assert (trial.id, trial.overall_status, trial.sex, trial.phases) == ("NCT05398809", "recruiting", "all", [])
    assert (trial.minimum_age, trial.maximum_age) == (Age(value=12, unit="years"), None)
    assert (trial.conditions, trial.keywords) == ([], ["Aps 1 Aire Jak Autiommunity Hair Loss"])
    assert (trial.date("launched"), trial.date("as-of"), trial.date("completion")) == ("2022-05-31", "2025-06-26", None)
    assert trial.not_reported == ["dates.completion"]
    sponsor, official = trial.parties
    assert (sponsor.role, sponsor.kind) == ("lead-sponsor", "organization")
    assert sponsor.name == official.affiliation == "National Institute of Allergy and Infectious Diseases (NIAID)"
    assert sponsor.description.startswith("The National Institute") and sponsor.description.endswith("immunology.")
    assert (official.role, official.name) == ("principal-investigator", "Michail S Lionakis, M.D.")
    assert trial.plain_language_summary.source == "clinconnect"
    assert len(trial.plain_language_summary.text.split("\n\n")) == 2
    assert [(s.city, s.state, s.country, s.country_code) for s in trial.sites] == [
        ("Bethesda", "Maryland", "United States", "US")
    ]
    assert trial.statements == [Statement(label="Patients applied", text="0 patients applied")]
    assert (trial.outcomes, trial.brief_summary) == ([], None)


def test_clinconnect_criteria():
    trial = read(CLINCONNECT).trial
    assert [(c.label, c.minimum_age, c.maximum_age) for c in trial.cohorts] == [
        ("participants with APECED-associated AA", Age(value=12, unit="years"), Age(value=65, unit="years")),
        ("family members or household contacts", Age(value=18, unit="years"), None),
    ]
    nested = [(f"{i}.", "criterion", i, 1) for i in range(1, 7)]
    eleventh = [*nested[:4], ("•", "note", 5, 1)]
    assert tree(trial, 0, "inclusion") == [(f"{i}.", "criterion", eleventh if i == 11 else []) for i in range(1, 12)]
    assert tree(trial, 1, "inclusion") == [(f"{i}.", "criterion", []) for i in range(1, 4)]
    assert tree(trial, 0, "exclusion") == [(f"{i}.", "criterion", nested if i == 10 else []) for i in range(1, 27)]
    assert tree(trial, 1, "exclusion") == [("•", "note", [])]
    assert [c.label for c in trial.criteria if c.combination == "any-of"] == ["10."]
    joined = [c for c in trial.criteria if len(c.spans) == 2]
    assert [c.label for c in joined] == ["14."] and "infections of abnormal frequency" in joined[0].text


def test_clinconnect_issues():
    issues = read(CLINCONNECT).trial.issues
    assert [(issue.line, issue.code) for issue in issues] == [
        (16, "keywords-unsplit"),
        (37, "damaged-text"),
        (47, "unnumbered-item"),
        (74, "joined-line"),
        (86, "damaged-text"),
    ]
    assert "na(SqrRoot) ve" in issues[1].message and "participant s" in issues[4].message
    assert "no-identifier" not in codes(read(CLINCONNECT))
