"""Lists that nothing but their words tells from what is around them."""

import pytest

from tests.sources.test_criteria_text import HEAD, outline


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
