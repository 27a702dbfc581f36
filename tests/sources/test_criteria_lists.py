"""Lists that nothing but their words tells from what is around them."""

import pytest

from tests.sources.test_criteria_text import HEAD, outline, read


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("* Aa\n* Must have:\n* tea\n* salt\n* Bb", ["Aa", "Must have:", ">tea", ">salt", "Bb"]),
        ("* aa\n* Must have:\n* tea\n* salt\n* Bb", ["aa", "Must have:", "tea", "salt", "Bb"]),
        ("* Must have:\n* tea\n* Bb", ["Must have:", "tea", "Bb"]),
        ("* Aa\n* As follows:\n* Arm A: tea\n* Arm B: salt", ["Aa", "As follows:", ">Arm A: tea", ">Arm B: salt"]),
        (
            "* Good blood values:\n* Hue ≥ 5\n* Tint < 3\n* Good ear function:\n* Pitch ≤ 9\n* Age > 7",
            ["Good blood values:", ">Hue ≥ 5", ">Tint < 3", "Good ear function:", "Pitch ≤ 9", "Age > 7"],
        ),
        (
            "* Good tea values:\n* Hue ≥ 5\n  * Tea\n* Tint < 3\n* Bb",
            ["Good tea values:", ">Hue ≥ 5", ">>Tea", ">Tint < 3", "Bb"],
        ),
        ("* Aa\n* One of:\n* Tea;\n* Salt; or\n* Oil\n* Bb", ["Aa", "One of:", ">Tea;", ">Salt; or", ">Oil", "Bb"]),
        ("* Aa;\n* One of:\n* Tea;\n* Salt;\n* Oil", ["Aa;", "One of:", "Tea;", "Salt;", "Oil"]),
        ("* Aa\n* BEFORE TEA:\n* b\n* C\n* AFTER TEA:\n* D", ["Aa", "BEFORE TEA:", ">b", ">C", "AFTER TEA:", "D"]),
        (
            "* BEFORE TEA:\n* Bb\n  * Cc\n* Dd\n* AFTER TEA:\n* Ee\n* Ff",
            ["BEFORE TEA:", ">Bb", ">>Cc", ">Dd", "AFTER TEA:", ">Ee", ">Ff"],
        ),
        ("* Surgery:\n* Of ears (now)\n* A nasal biopsy\n* Bb", ["Surgery:", "Of ears (now)", "A nasal biopsy", "Bb"]),
        (
            "* Surgery:\n* Nasal surgery\n* A biopsy\n* Bb (surgery)",
            ["Surgery:", ">Nasal surgery", ">A biopsy", "Bb (surgery)"],
        ),
        ("* Surgery:\n* Nasal surgery\n* A biopsy", ["Surgery:", "Nasal surgery", "A biopsy"]),
        ("* Any cardiac sign:\n* QTc > 5\n* Angina\n* Itch", ["Any cardiac sign:", ">QTc > 5", ">Angina", "Itch"]),
        (
            "* Girls should use contraception, or be:\n* menopausal\n* sterilised\n* Boys should use contraception",
            ["Girls should use contraception, or be:", ">menopausal", ">sterilised", "Boys should use contraception"],
        ),
        (
            "* Of drug Q if they:\n* Had a drug\n* Had therapy\n* Bb",
            ["Of drug Q if they:", "Had a drug", "Had therapy", "Bb"],
        ),
        (
            "* Who had tea if:\n* Aa\n* Bb\n* Who had salt if:\n* Cc\n* Dd",
            ["Who had tea if:", ">Aa", ">Bb", "Who had salt if:", "Cc", "Dd"],
        ),
        (
            "* Aa\n\nExamples include:\n\n* Bb\n* Cc\n* Dd:\n* Ee\n* Ff",
            ["Aa", "Examples include:", ">Bb", ">Cc", "Dd:", "Ee", "Ff"],
        ),
    ],
)
def test_a_list_at_the_level_of_its_lead_in(text, rows):
    assert outline(HEAD + text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("* Aa\n* Notes:\n  * Bb\n* Cc", ["Aa", "[Notes:]", ">[Bb]", "Cc"]),
        ("* Aa\n* Note: Bb\n* Cc", ["Aa", ">[Note: Bb]", "Cc"]),
        (
            "Not so:\n\nThey are red;\n\nThey are blue\n\nThey are big.\n\nAa",
            ["Not so:", ">They are red;", ">They are blue", ">They are big.", "Aa"],
        ),
        ("* Aa:\n\n  i. Bb\n\nii. Cc\n\niii. Dd\n* Ee", ["Aa:", ">Bb", ">Cc", ">Dd", "Ee"]),
        (
            "* Aa\n* Eligibility criteria to participate in the tea substudy (taste)\n* Bb\n* Cc:\n  * Dd",
            ["Aa", "Eligibility criteria to participate in the tea substudy (taste)", ">Bb", ">Cc:", ">>Dd"],
        ),
        ("* The information listed above is not all.", ["[The information listed above is not all.]"]),
        (
            "Of the elbow:\n\nBy its hue:\n\nBlue;\nRed;\n\nBy its size:\n\nBig;",
            ["Of the elbow:", ">By its hue:", ">>Blue;", ">>Red;", ">By its size:", ">>Big;"],
        ),
        ("1. One of: 1). Aa; 2). Bb\n2. Cc", ["One of:", ">Aa;", ">Bb", "Cc"]),
        ("* Aa\n\nPrior to the tea:\n\n* Bb\n* Cc", ["Aa", "Prior to the tea:", ">Bb", ">Cc"]),
        (
            "Patients, left-handed, are eligible for the study if:\n\n* Aa\n* Bb",
            ["Patients, left-handed, are eligible for the study if:", ">Aa", ">Bb"],
        ),
        ("Patients are eligible for the study if:\n\n* Aa\n* Bb", ["Aa", "Bb"]),
    ],
)
def test_what_leads_in_a_list_or_not(text, rows):
    assert outline(HEAD + text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("* Likes tea; Hates salt (a; b); Naps", ["Likes tea;", "Hates salt (a; b);", "Naps"]),
        ("* Likes tea; hates salt; Naps", ["Likes tea; hates salt; Naps"]),
        ("* Likes tea; Naps", ["Likes tea; Naps"]),
        ("* Drinks: Tea; Salt; Oil", ["Drinks: Tea; Salt; Oil"]),
        (
            "* Any of the following drinks: Tea; Salt; Oil\n* Bb",
            ["Any of the following drinks:", ">Tea;", ">Salt;", ">Oil", "Bb"],
        ),
        ("* Any of the following: Tea; Salt", ["Any of the following: Tea; Salt"]),
        ("* The following: Tea; and salt; Oil", ["The following: Tea; and salt; Oil"]),
        ("* Likes tea; Hates salt; Naps\n* Bb", ["Likes tea; Hates salt; Naps", "Bb"]),
    ],
)
def test_a_whole_list_in_one_line(text, rows):
    assert outline(HEAD + text) == rows


def test_a_part_of_the_study_that_a_list_heads_has_the_rest_of_the_list():
    found = read(HEAD + "* Aa\n* Eligibility criteria to participate in the tea substudy:\n* Bb\n  * Cc")
    assert [found.cohorts[one.cohort].label for one in found.criteria] == [None, *["tea substudy"] * 3]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Spot size must be as follows: At least 4 cm At least 5 cm No blue spot",
            ["Spot size must be as follows:", ">At least 4 cm", ">At least 5 cm", "No blue spot"],
        ),
        ("Spot, i.e.: No red part At least 5 cm", ["Spot, i.e.:", ">No red part", ">At least 5 cm"]),
        ("Purple elbow OR Blue knee with tea", ["Purple elbow OR Blue knee with tea"]),
        ("Not tea AST no greater than 5 times ULN", ["Not tea", "AST no greater than 5 times ULN"]),
        ("See Patient Characteristics Tint below 5", ["See Patient Characteristics", "Tint below 5"]),
    ],
)
def test_criteria_that_stand_joined_in_a_form(text, rows):
    assert outline("DISEASE CHARACTERISTICS: " + text) == [f"{'>' * row.count('>')}[{row.lstrip('>')}]" for row in rows]
