"""Sizes of lesions, what is normal, and numbers that bound something else than what they stand beside."""

import pytest

from app.eligibility.grammar.read import read_constraints
from tests.eligibility.bounds import bounds

SIZES = {
    "a lesion measuring at least 2 cm": [">= 2 cm"],
    "each tumour must be ≥ 5 mm": [">= 5 mm"],
    "maximum diameter of the largest mass < 4 cm": ["< 4 cm"],
    "tumors of < 1 cm or > 6 cm": ["< 1 cm", "> 6 cm"],
    "a metastasis that can be seen, ≥ 12 mm in longest diameter": [">= 12 mm"],
    "at least one > 3 cm mass": ["> 3 cm"],
    # how far, how deep, of something else
    "lesions within 5 mm of the nerve": [],
    "tumor ≤ 1 cm in proximity to the duct": [],
    "tumor margin < 2 mm": [],
    "lymph node metastasis > 2 cm": [],
    "masses of at least 2 cm x 3 cm": [],
    "a lesion and an incision of at least 4 cm": [],
    "needle > 3 cm": [],
}
MEASURED = {
    "Bilirubin normal": [("bilirubin", "<= 1 uln"), ("bilirubin", ">= 1 lln")],
    "Blood pressure normal": [],
    "Creatinine normal or": [("creatinine", "<= 1 uln"), ("creatinine", ">= 1 lln")],
    "PT > ULN + 3 seconds": [],
    "partial prothrombin time (PTT) ≤ 2 x ULN": [("aptt", "<= 2 uln")],
    "HbA1c ≤ 6.5 or > 97 mmol/mol": [("hba1c", "<= 6.5"), ("hba1c", "> 97 mmol/mol")],
    "Creatinine < 1.5 or > 60 mL/min": [("creatinine", "< 1.5")],
    "TSH < 0.4 or > 6.0 mU/L": [("tsh", "< 0.4 mU/L"), ("tsh", "> 6 mU/L")],
    "HCV RNA ≥ 10 ³ copies/mL": [("hcv rna", ">= 1000 {copies}/mL")],
    "PT greater than 1.5 normal": [("pt", "> 1.5 uln")],
    "HCV RNA above the lower limit of detection": [],
    "HBsAg positive and viral load > 2000 copies/mL": [("viral load", "> 2000 {copies}/mL")],
    "ANC > 1, 500/mm3": [],
    "QTc > 450 (men) or 470 (women) ms": [],
    "T-score 2.5 SD below the mean": [],
    "MRD by a test with a sensitivity of > 0.1%": [],
    "pH below 7.2 during rest": [("ph", "< 7.2")],
    "only if creatinine > 2 mg/dL": [],
    "Liver function tests (ALT, AST) > 2 x ULN": [("alt", "> 2 uln"), ("ast", "> 2 uln")],
    "liver function tests ≤ 3 x ULN": [("liver function tests", "<= 3 uln")],
    "body surface area (BSA) ≥ 0.6 m2": [("bsa", ">= 0.6 m2")],
    "Creatinine clearance or radioisotope GFR ≥ 60 mL/min": [
        ("creatinine clearance", ">= 60 mL/min"),
        ("egfr", ">= 60 mL/min"),
    ],
}
GRADES = {
    "ECOG 0 up to 2": [">= 0 <= 2"],
    "ECOG of 0 to less than 3": [">= 0 < 3"],
    "ECOG 0 to any grade": [],
    "pain ≥ 5 on a 0 to 10 numeric rating scale": [">= 5"],
    "NYHA class 2B or better": [],
    "Modic type 2 changes": [],
    "score ≥ 9 on the Hamilton Depression Rating Scale-6": [">= 9"],
    "Performance status: 0-2": [">= 0 <= 2"],
    "Performance status of 70-100": [],
    "performance status (PS) of 0-1 (as of the Eastern Cooperative Oncology Group)": [">= 0 <= 1"],
    "WHO 0-2": [">= 0 <= 2"],
    "WHO 2016": [],
    "Oral mucositis WHO grade 0-2": [],
    "ECOG-0-2": [">= 0 <= 2"],
    "NYHA-3": [">= 3 <= 3"],
    "Short physical performance score ≤ 4": [],
    "WHO 4 glioma": [],
    "NIHSS ≤ 8 and at least 2 of the following": ["<= 8"],
    "a score of at least 60 on the Karnofsky/Lansky scale": [">= 60", ">= 60"],
}


@pytest.mark.parametrize("text", SIZES)
def test_sizes(text: str) -> None:
    assert [bounds(one) for one in read_constraints(text) if one.kind == "measurement"] == SIZES[text]


@pytest.mark.parametrize("text", MEASURED)
def test_measured(text: str) -> None:
    found = [(one.code or "", bounds(one)) for one in read_constraints(text) if one.kind == "measurement"]
    assert sorted(found) == sorted(MEASURED[text])


@pytest.mark.parametrize("text", GRADES)
def test_grades(text: str) -> None:
    assert [bounds(one) for one in read_constraints(text)] == GRADES[text]
