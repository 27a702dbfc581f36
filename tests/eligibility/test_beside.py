"""What stands beside a constraint and restricts it, in invented sentences; and what only looks like it."""

import pytest

from app.eligibility.grammar.read import read_constraints

RESTRICTED = {
    "Lansky (for those under 15) ≥ 60": ["for those under 15"],
    "ALT ≤ 6 x ULN for the second arm only": ["for the second arm"],
    "ODI score above 40 (twice) for lumbar patients": ["for lumbar patients"],
    "LVEF < 45% or lower limit of normal (whichever is higher)": ["whichever is higher"] * 2,
    "no dose for at least 1 week and at least 3 weeks for depot forms": [None, "for depot forms"],
    "no therapy within 4 weeks (mitomycin within 7 weeks)": ["mitomycin within 7 weeks"] * 2,
    "be a man > 20 years or a woman > 55 years": ["man", "woman"],
    "Patients ≤ 12 years Lansky ≥ 60": ["≤ 12 years"] * 2,
    "For depot forms, at least 3 weeks have passed": ["For depot forms"],
    "Six months after surgery: MRD > 0.1%": ["Six months after surgery"],
    "Participants to be treated with mockumab: QTc > 450 ms": ["Participants to be treated with mockumab"],
    "Liver metastases, ALT > 5 x ULN": ["Liver metastases, ALT > 5 x ULN"],
    "Creatinine ≤ 2 mg/dL. If creatinine is > 2 mg/dL, a clearance is measured": ["If creatinine is > 2"],
    "cancer, except for a; or cancer of the skin for at least 3 years": ["except for a; or cancer of the skin"],
    "cancer, excluding that of the skin etc. within 4 years": ["excluding that of the skin"],
    "Infants aged 30 days to 5 months of age who were born early": ["who were"] * 2,
    "INR ≤ 1.5. No fever. Patients on warfarin are eligible": ["Patients on warfarin are eligible"],
    "INR ≤ 1.5. No fever. No cough": [None],
    "ECOG 0 or 1, or 2 for the elderly": ["for the elderly"],
    "For women of childbearing potential, a negative pregnancy test within 7 days": ["women", "childbearing"],
    "Fertile patients must use contraception": ["Fertile patients must use"],
    "Contraception is required of all fertile patients": ["fertile"],
    "Postmenopausal is no menses for at least 12 months": ["Postmenopausal"],
    "For women only: pregnant or nursing": ["For women only"] * 2,
    "Pregnant in the last two trimesters": ["in the last two trimesters"],
    "Cohort 1 (N=20): ECOG 0-1; age over 60 years": ["Cohort 1 (N=20"] * 2,
    "Sarcoma patients: less than 40 years of age": ["Sarcoma patients"],
    "Young adults: 18-30 years; older adults: 65+ years": ["Young adults"] * 2,
    "BMI ≥ 30 kg/m2 or BMI ≥ 27 kg/m2 and a comorbidity": ["BMI ≥ 27", "BMI ≥ 30"],
    "To be eligible to proceed with the infusion, ANC ≥ 1000/mm3": ["To be eligible"],
    "Cured. However, one year must have gone by for at least 1 year": ["However"],
    "a scan (preferably within 72 hours but soon)": ["preferably"],
    "≥18 years of age at screening (or ≥ the legal age, whichever is older)": ["or ≥ the legal age"],
    "surgery at least 6 months ago (survivor group only)": ["survivor group only"],
    "Bilirubin ≤ 1.5 x ULN for age": ["for age"],
    "Karnofsky ≥ 80 for patients 16 years and older": ["16 years and older"],
    "steroids within 4 weeks (oral) or 8 weeks (injected)": ["oral", "injected"],
    "radiation within 4 weeks or patients have recovered": ["or patients have recovered"],
    "radiation within 4 weeks or has not recovered": [None],
    "Age over 40 years (no earlier lamp group)": ["no earlier lamp group"],
    "a vaccine (when available) within 3 years": ["when available"],
    "not eligible until antibiotics were stopped for at least 3 days": ["not eligible until"],
    "radiation within 28 days, or within 14 days prior to entry for small lesions": [None, "for small lesions"],
    "They are not eligible until antibiotics were stopped for at least 3 days": ["are not eligible until"],
    "Pregnant, if not sterile": ["if not sterile"],
    "Sexually active people must use contraception": ["Sexually"],
    "Pregnant; this criterion applies only to the first arm": ["this criterion applies only"],
    # nothing restricts these
    "Pregnant or breastfeeding women": [None, None],
    "Age 18 and over Performance status: ECOG 0-2": [None, None],
    "For inclusion, ALT ≤ 3 x ULN": [None],
    "People of both sexes over 20 years of age are eligible for this study": [None, None],
    "heart disease including but not restricted to a stroke within 6 months": [None],
    "Exclude if FEV1 < 40%": [None],
    "pain despite at least 6 weeks of therapy": [None],
    "Hemoglobin ≥ 9 g/dL within 2 weeks": [None, None],
    "Patients with IgG < 6 g/L": [None],
}


@pytest.mark.parametrize("text", RESTRICTED)
def test_what_restricts(text: str) -> None:
    found = [one.exception for one in read_constraints(text)]
    expected = RESTRICTED[text]
    assert len(found) == len(expected)
    for exception, start in zip(found, expected, strict=True):
        assert (exception or "").startswith(start or "") and (exception is None) == (start is None), found
