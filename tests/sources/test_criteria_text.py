"""Criteria text as people write it: what is a heading, where an item begins, and that nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sources.document import split_lines
from app.sources.eligibility.criteria import Eligibility, read_eligibility
from app.sources.eligibility.languages import read_type

HEAD = "Inclusion Criteria:\n\n"


def read(text: str) -> Eligibility:
    return read_eligibility(split_lines(text))


def outline(text: str) -> list[str]:
    return [">" * c.depth + (f"[{c.text}]" if c.role == "note" else c.text) for c in read(text).criteria]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("* any of: 1) A; 2) B\n* C", ["any of:", ">A;", ">B", "C"]),
        ("* Organs: (i) A, (ii) B, (iii) C", ["Organs:", ">A,", ">B,", ">C"]),
        ("1. A. 2. B. 3. C\n4. D", ["A.", "B.", "C", "D"]),
        ("1. A grade 2. Bruise\n2. B", ["A grade 2. Bruise", "B"]),
        ("* went home, and a) slept, and b) woke", ["went home, and a) slept, and b) woke"]),
        ("1. Blood: A. Red cells; B. White cells\n2. C", ["Blood:", ">Red cells;", ">White cells", "C"]),
        ("1. Any of:\n\n   a. A;b. B\n   c. C", ["Any of:", ">A;", ">B", ">C"]),
        ("1. Any of:\n   1. A\n   2. B. 2. C\n3. D", ["Any of:", ">A", ">B.", "C", "D"]),
        ("* A • B • C\n* D", ["A", ">B", ">C", "D"]),
        ("1) As this:\na) Aa\nb) Bb\n2) C", ["As this:", ">Aa", ">Bb", "C"]),
        ("A. Aa\nB. Bb", ["Aa", "Bb"]),
        ("* E. coli in the elbow\n* No", ["E. coli in the elbow", "No"]),
        ("I. Aa\nII. Bb\nIII. Cc", ["Aa", "Bb", "Cc"]),
        ("1、甲\n2、乙", ["甲", "乙"]),
        ("①甲\n②乙", ["甲", "乙"]),
        ("\\- A\n\\- B", ["A", "B"]),
        ("\\*A footnote", ["*A footnote"]),
        ("* A:\n\n  * B\n  * C\n\n* D", ["A:", ">B", ">C", "D"]),
        ("* • A\n\n  * B\n  * C", ["A", "B", "C"]),
        ("* A\n* i. B\n* ii. C\n* D", ["A", ">B", ">C", "D"]),
        ("1. A\n\n   Note: B\n2. C", ["A", ">[Note: B]", "C"]),
        ("Methods include:\n\n* A\n* B\n\nSigned.", ["Methods include:", ">A", ">B", "Signed."]),
        ("* A\n\nMethods include:\n\n* B\n* C\n  * D\n  * E", ["A", "Methods include:", ">B", ">C", "D", "E"]),
        ("Signs:\nA\nB\n\nSigned.", ["Signs:", ">A", ">B", "Signed."]),
        ("Age:\n\n* 18 or more\n\nBlood:\n\n* Red", ["18 or more", "Red"]),
        ("1. A\n\nBlood values:\n\n2. B", ["A", "B"]),
        ("* A\n* Other protocol-defined criteria may apply.", ["A", "[Other protocol-defined criteria may apply.]"]),
        ("* Red cells\n* Blue. Further criteria apply.", ["Red cells", "Blue.", "[Further criteria apply.]"]),
        ("1. A\n1.1 Bb\n1.2 Cc\n2. D\n2.1 Ee\n2.2 Ff", ["A", ">Bb", ">Cc", "D", ">Ee", ">Ff"]),
        ("1. A\n1.1. B\n1.2. C\n1.2.1. D\n1.3. E", ["A", ">B", ">C", ">>D", ">E"]),
        ("* A\n\n2.1 Liters of tea", ["A", "2.1 Liters of tea"]),
        ("I. A\nII. B:\n1. c\n2. d\na. e\nb. f\nIII. G", ["A", "B:", ">c", ">d", ">>e", ">>f", "G"]),
        ("* first; ②second; ③third\n* fourth", ["first;", "second;", "third", "fourth"]),
        ("* A: ①b; ②c\n* D", ["A:", ">b;", ">c", "D"]),
        ("* A.• B\n* C", ["A.", "B", "C"]),
        ("\ufffd A\n\ufffd B", ["A", "B"]),
        ("* Any of:\n\n  (i) A. (ii) B.\n\n(iii) C\n\n* D", ["Any of:", ">A.", ">B.", ">C", "D"]),
        ("1. A\n\n   Prior and Other Therapy\n2. B", ["A", "B"]),
        ("* A\n\nTea and coffee:\n\n* B", ["A", "B"]),
        ("* Methods are:\n\nA or B.\n* C", ["Methods are:", ">A or B.", "C"]),
        ("Persons with\n* A\n* B", ["Persons with", ">A", ">B"]),
        ("Aa\nBb\n\nGeneral state\n\nCc", ["Aa", "Bb", "Cc"]),
        ("Signs:\n\nAa,\nBb,\nCc.\nDd", ["Signs:", ">Aa,", ">Bb,", ">Cc.", "Dd"]),
        (
            "Has any of:\n\nA red elbow\nA blue knee\nHas a green ear",
            ["Has any of:", ">A red elbow", ">A blue knee", "Has a green ear"],
        ),
        ("* Hue at least 5 g/dL Tint ≤ 4 mm", ["Hue at least 5 g/dL", "Tint ≤ 4 mm"]),
        ("* Grade ≥ 2 mm and Tint ≤ 4 mm", ["Grade ≥ 2 mm and Tint ≤ 4 mm"]),
        ("* Aged below thirty Patients who whistle", ["Aged below thirty", "Patients who whistle"]),
        ("* a) Aa; b) Bb; d) dd; e) ee", ["Aa;", "Bb;", "dd;", "ee"]),
        ("1. A\n\n   (a). Bb (b). Cc (c). Dd", ["A", ">Bb", ">Cc", ">Dd"]),
        (
            "1. Aa; 2. bb; 3. one of:\n* cc\n* dd (ee.) 4. ff; 5. gg",
            ["Aa;", "bb;", "one of:", ">cc", ">dd (ee.)", "ff;", "gg"],
        ),
        ("Red hue of ear. No prior tea. Able to hum.", ["Red hue of ear.", "No prior tea.", "Able to hum."]),
        ("Red hue of ear. No prior tea. This is to be shown.", ["Red hue of ear. No prior tea. This is to be shown."]),
        ("* Red hue of ear. No prior tea. Able to hum.", ["Red hue of ear. No prior tea. Able to hum."]),
        ("* A, one of:\n  * B\n* NOTE: C\n* D", ["A, one of:", ">B", ">[NOTE: C]", "D"]),
        ("* A\n  * B\n  * Note: C\n* D", ["A", ">B", ">[Note: C]", "D"]),
        ("* NOTE- Additional criteria apply, ask", ["[NOTE- Additional criteria apply, ask]"]),
        ("1. A:\n\n   * B\n\nNote: C\n\n* D\n* E", ["A:", ">B", "[Note: C]", ">D", ">E"]),
        ("Signs:\n\nAa;\nBb;\n\nCc;\n\nLabs:\n\nDd;", ["Signs:", ">Aa;", ">Bb;", ">Cc;", "Labs:", ">Dd;"]),
        ("Either of:\n\n0 to 5 cups\n6 cups\nTea at hand", ["Either of:", ">0 to 5 cups", ">6 cups", "Tea at hand"]),
        ("Either of:\n\nTea\nSalt\nHues;\n\nTints;", ["Either of:", ">Tea", ">Salt", "Hues;", "Tints;"]),
        ("* None", ["[None]"]),
        ("1. A\n\n   Please note:\n   * B\n2. C", ["A", ">[Please note:]", ">>[B]", "C"]),
        ("* Refer to the tea protocol for more.", ["[Refer to the tea protocol for more.]"]),
        ("* A\n\nOR\n\n* B", ["A", "[OR]", "B"]),
        ("* Tea (strong.) Patients who whistle", ["Tea (strong.) Patients who whistle"]),
    ],
)
def test_items(text, rows):
    assert outline(HEAD + text) == rows


INCLUDED = ["inclusion", "exclusion"]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("* INCLUSION CRITERIA:\na\n* EXCLUSION CRITERIA:\nb", INCLUDED),
        ("Inclusion\n- a\nExclusion\n- b", INCLUDED),
        ("Inclusion criteria-\n- a\nExclusion criteria-\n- b", INCLUDED),
        ("Inclusion: a; Exclusion: b", INCLUDED),
        ("Inclusion Criteria: adults. Exclusion Criteria: minors", INCLUDED),
        ("List of inclusion criteria:\n- a\nThe exclusion criteria are:\n- b", INCLUDED),
        ("Key Inclusion Criteria:\n- a\nExclusion Criteria Organ Related\n- b", INCLUDED),
        ("Inclusion Criteria:\n* a Exclusion Criteria:\n* b", INCLUDED),
        (
            "Volunteers may take part in this study if they:\n- a\nVolunteers will not be eligible if they:\n- b",
            INCLUDED,
        ),
        ("Inclusion Criteria:\nAll of the following inclusion criteria must be met:\n- a\nExclusion:\n- b", INCLUDED),
        ("Inclusion Criteria:\n- a\n\nAny of the following will exclude a person from the study:\n\n- b", INCLUDED),
        (
            "Inclusion:\n- a\nExclusion:\n- b\n\nPatients may not enter the study if they:\n\n- c",
            ["inclusion", "exclusion", "exclusion"],
        ),
        ("Inclusion Criteria: All answers must be YES.\n1. a\nExclusion Criteria:\n1. b", INCLUDED),
        (
            "Inclusion:\n- a\n\nTo be eligible for the study, people had to:\n\n- b\n\nExclusion:\n- c",
            [*INCLUDED[:1], *INCLUDED],
        ),
        ("The following inclusion criteria should be checked:\n- a\nExclusion:\n- b", INCLUDED),
        ("Inclusion Criteria:\n- does not meet the exclusion criteria", INCLUDED[:1]),
        ("Inclusion Criteria:\n- meets the inclusion/exclusion criteria of another study:", INCLUDED[:1]),
        ("A subject is eligible for inclusion if:\n- a\n\nA subject is not eligible for inclusion if:\n- b", INCLUDED),
        ("Critères d'inclusion :\n- a\nCritères de non-inclusion :\n- b", INCLUDED),
        ("CRITERES D'INCLUSION\n- a\nCRITÈRES D’EXCLUSION\n- b", INCLUDED),
        ("Einschlusskriterien:\n- a\nAusschlusskriterien:\n- b", INCLUDED),
        ("Criterios de inclusión:\n- a\nCriterios de exclusión:\n- b", INCLUDED),
        ("Critérios de inclusão:\n- a\nCritérios de exclusão:\n- b", INCLUDED),
        ("Criteri di inclusione:\n- a\nCriteri di esclusione:\n- b", INCLUDED),
        ("Inclusiecriteria\n- a\nExclusiecriteria\n- b", INCLUDED),
        ("Inklusionskriterier:\n- a\nExklusionskriterier:\n- b", INCLUDED),
        ("Критерии включения:\n- a\nКритерии исключения:\n- b", INCLUDED),
        ("纳入标准：\n1、甲\n排除标准：\n1、乙", INCLUDED),
        ("入选标准：甲。排除标准：乙", INCLUDED),
        ("選択基準\n甲\n除外基準\n乙", INCLUDED),
        ("선정기준\n- a\n제외기준\n- b", INCLUDED),
    ],
)
def test_types(text, types):
    found = read(text)
    assert [criterion.type for criterion in found.criteria] == types
    assert all(criterion.role == "criterion" for criterion in found.criteria)
    for fact in found.facts:
        if fact.conversion == "criterion-type":
            assert [read_type(text[a:b]) for a, b in fact.spans] == [found.criteria[int(fact.path.split(".")[1])].type]


def test_eligibility_criteria_beside_exclusion_criteria_are_inclusion():
    found = read("Eligibility criteria:\n\n- a\n\nExclusion criteria:\n\n- b")
    assert [(c.role, c.type) for c in found.criteria] == [("criterion", "inclusion"), ("criterion", "exclusion")]
    alone = read("Eligibility criteria:\n\n- a")
    assert [(c.role, c.text) for c in alone.criteria] == [("note", "a")]


def test_text_without_headings_is_one_note_for_each_paragraph():
    found = read("Adults who whistle.\n\nThose who do not hum.")
    assert [(c.role, c.text) for c in found.criteria] == [
        ("note", "Adults who whistle."),
        ("note", "Those who do not hum."),
    ]
    assert [issue.code for issue in found.issues] == ["before-heading"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("* Twins are not eligible.", [("criterion", "exclusion")]),
        ("* Twins are eligible for this study", [("criterion", "inclusion")]),
        ("* Tea unless ineligible", [("note", "inclusion")]),
        ("* Twins are eligible; triplets are not eligible", [("note", "inclusion")]),
        ("* None of the following:\n  * Tea\n* Salt", [("criterion", "exclusion")] * 2 + [("note", "inclusion")]),
    ],
)
def test_a_criterion_without_a_heading_may_say_its_type(text, rows):
    assert [(c.role, c.type) for c in read(text).criteria] == rows


def test_a_form_on_one_line_is_taken_apart():
    text = (
        "PATIENT CHARACTERISTICS: Age: 17 and over Renal: Creatinine below 2 mg/dL OR Uric tint at most 3 "
        "Other: No purple elbow Never Karnofsky 5 Loss of whistling if: Asked by day OR Asked by night Not blue"
    )
    assert outline(text) == [
        "[Age: 17 and over]",
        "[Renal:]",
        ">[Creatinine below 2 mg/dL OR]",
        ">[Uric tint at most 3]",
        "[Other:]",
        ">[No purple elbow Never Karnofsky 5]",
        ">[Loss of whistling if:]",
        ">>[Asked by day OR]",
        ">>[Asked by night]",
        ">[Not blue]",
    ]


def left_out(text: str, found: Eligibility) -> dict[int, int]:
    """Characters that are not white space and are in no criterion, heading or mark, or in several: how often."""
    counts = [0] * len(text)
    for span in [*found.headings, *found.marks, *(span for c in found.criteria for span in c.spans)]:
        for i in range(span.start, span.end):
            counts[i] += 1
    return {i: n for i, n in enumerate(counts) if n != 1 and not text[i].isspace() and text[i] != "\ufeff"}


PIECES = [
    *(
        "Patients ",
        "Control group:",
        "TWIN: ",
        "①",
        "②",
        "1.2 Aa",
        "OR ",
        "≥ 5 mm ",
        "Age: ",
        "PATIENT CHARACTERISTICS: ",
    ),
    *(
        "1. ",
        "2. ",
        "3) ",
        "(a) ",
        "(b) ",
        "A. ",
        "B. ",
        "ii. ",
        "• ",
        "* ",
        "- ",
        "\\- ",
        "-- ",
        "o ",
        "①",
        "1、",
        "1.1. ",
    ),
    *("  ", "\t", "\n", "\n\n", "\r\n", "\u3000", "\ufeff", " ", ":", "：", ";", ".", "*", "**", "_"),
    *(
        "Inclusion Criteria:",
        "Exclusion criteria",
        "Key Exclusion Criteria - ",
        "Inclusion: ",
        "Part A",
        "For x:",
        "Note: ",
    ),
    *(
        "Patients: ",
        "Patient Inclusion Criteria:",
        "Donor Exclusion Criteria (x):",
        "critères d'inclusion : ",
        "排除标准：",
    ),
    *("any of the following:", "will be excluded from the study if:", "and so on", "Ends.", "E", "≥6", "—", "(", ")"),
]


@settings(max_examples=300)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_no_character_is_lost(text):
    found = read(text)
    assert left_out(text, found) == {}
    assert all(criterion.text for criterion in found.criteria)
