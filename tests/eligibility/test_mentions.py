"""The variants under which a record's own name is found, each with a text that has it, or something like it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.eligibility.grammar.read import read_mentions

CONDITIONS = [
    ("Grey Fever Type 2", "GFT2 or not", ["GFT2"]),
    ("Grey Fever Type 2", "GF2 or not", ["GF2"]),
    ("Marrow Cancer", "adenocarcinoma of the marrow", ["adenocarcinoma of the marrow"]),
    ("Marrow Cancer", "carcinoma of marrow", ["carcinoma of marrow"]),
    ("Cancer", "a mole's carcinoma", []),
    ("Cancer", "no other cancer", ["cancer"]),
    ("Sclerosis, Grey, Slow", "slow grey sclerosis", ["slow grey sclerosis"]),
    ("Grey Fever; Marrow Blight", "marrow blight", ["marrow blight"]),
    ("TX-1, Blightumab, marrow blight, greyness", "marked greyness", ["greyness"]),
    ("Melanoma", "non-melanoma skin disease", []),
    ("Melanoma", "the Melanoma Foundation", []),
    ("Acute Marrow Blight", "chronic marrow blight", []),
    ("Acute Marrow Blight", "marrow blight", ["marrow blight"]),
    ("Relapsed/Refractory Marrow Blight", "marrow blight", ["marrow blight"]),
    ("Acute Grey Leukemia", "grey leukaemia", []),
    ("relapsed adult acute grey leukemia", "AGL and acute grey leukaemia", ["AGL"]),
    ("Fever of Barré", "fever of Barre", ["fever of Barre"]),
    ("Disk Blight", "disc blights", ["disc blights"]),
    ("Paediatric Diarrhoea", "pediatric diarrhea", ["pediatric diarrhea"]),
    ("Knee", "knee", []),
    ("Lymphoma", "anaplastic lymphoma kinase", []),
    ("Adolescents", "adolescents", []),
    ("Lumbar Grey Blight", "a grey blight", ["grey blight"]),
    ("Grey Fever Type 1", "grey fever", ["grey fever"]),
    ("Complicated Grey Belly Fever", "a cGBF", ["cGBF"]),
    ("Grey Keratosis", "four GKs", ["GKs"]),
    ("Marrow Blight, XYZ-1 Positive", "marrow blight", ["marrow blight"]),
    ("Grey Fever", "GF, a scale of it", ["GF"]),
    ("Grey Fever", "the GF scale", []),
    ("Grey Fever", "GF-ADL of 3", []),
    ("Cancer", "an anti-cancer drug", []),
    ("Marrow Blight", "anti-marrow blight drugs", []),
    ("Lumen Rash", "a lumen rash-free interval", []),
    ("Lumen Rash and Marrow", "lumen rash", []),
    ("Blushing and Numbness", "no numbness", ["numbness"]),
    ("Grey's Fever, Juvenile-Onset", "grey's fever", ["grey's fever"]),
    ("LMN1 +", "the LMN1 gene", []),
    ("Lumen Growth Receptor (LGR) Mutation", "LGR blockers", []),
    ("Lumen rash/Grey fever, stage II", "grey fever", ["grey fever"]),
    ("Lumen Marrow Disease With Need for Surgery", "lumen marrow disease", ["lumen marrow disease"]),
    ("Carcinoma Thumb Stage I", "thumb cancer", ["thumb cancer"]),
    ("Lumen Rash Blight, LRBX", "LRBX", ["LRBX"]),
    ("Grey Cancer Female", "grey cancer", ["grey cancer"]),
    ("Childhood Blight", "chronic blight", ["blight"]),
    ("Childhood Leukemia", "lymphoblastic leukemia", []),
    ("Dental Caries", "active caries", ["caries"]),
    ("Diabetes Mellitus Type 2", "type 1 diabetes mellitus", []),
]
DRUGS = [
    ("NanoLamp Flex Matrix", "before the NanoLamp is placed", ["NanoLamp"]),
    ("Lampol", "treated for a lampol use disorder", []),
    ("Lampol", "no use of lampol", ["lampol"]),
    ("CLAMP regimen", "a course of CLAMP", ["CLAMP"]),
    ("chemotherapy", "no prior chemotherapy", ["chemotherapy"]),
    ("Radiation Therapy", "no radiation therapy", ["radiation therapy"]),
    ("AXT for 2 months", "prior AXT", ["AXT"]),
    ("Slow Grey Radiation", "prior SGR", ["SGR"]),
    ("Grey infusion via pump", "a grey infusion", ["grey"]),
    ("Marrow transplantation", "a marrow transplant", ["marrow transplant"]),
    ("Mockumab, Examplumab", "prior examplumab", ["examplumab"]),
    ("Cervical or Lumbar Weld", "cervical pain, lumbar weld", ["lumbar weld"]),
    ("Antibody xq4S217", "prior xq4S217", ["xq4S217"]),
    ("Treatment with Mockumab", "prior mockumab", ["mockumab"]),
    ("Fluorouracil", "prior 5-FU", ["5-FU"]),
    ("5 XQ", "prior 5-XQ", ["5-XQ"]),
    ("radiation therapy", "prior radiotherapy", ["radiotherapy"]),
    ("radiation therapy", "Radiotherapy: not specified", []),
    ("Cut of the marrow (procedure)", "another procedure", []),
    ("Walking with water", "water", []),
    ("Mockumab with Examplumab", "prior mockumab", ["mockumab"]),
    ("The team watches all who come to the ward, the planned and the urgent cases alike", "urgent cases", []),
]


@pytest.mark.parametrize(("name", "text", "expected"), CONDITIONS)
def test_conditions(name: str, text: str, expected: list[str]) -> None:
    assert [one.text for one in read_mentions(text, [("condition", name)])] == expected


@pytest.mark.parametrize(("name", "text", "expected"), DRUGS)
def test_drugs(name: str, text: str, expected: list[str]) -> None:
    assert [one.text for one in read_mentions(text, [("drug", name)])] == expected


JOINS = ["and", "or", ",", ";", "With", "/", "+", "of"]
WORDS = st.sampled_from([*JOINS, "cancer", "(AB)", "(", "Stage", "II", "positive", "®"])


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=6).map(" ".join)))
@example("(AB)")
@example(", positive")
def test_any_name_is_looked_for(name: str) -> None:
    for kind in ("condition", "drug"):
        for one in read_mentions(f"a {name} of both", [(kind, name)]):
            assert one.code == name
