"""Suggestions: lay words and misspellings lead to conditions that are there; what is no mistake leads nowhere."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generate.conditions import CONDITIONS
from app.record.ids import fold
from app.search.suggest import CORRECT, LAY, Vocabulary, lay, similar, suggestions

REGISTRY = Vocabulary(
    """
Acne Vulgaris;Acute Myeloid Leukemia;Alopecia Areata;Alzheimer's Disease;Amyotrophic Lateral Sclerosis;Anemia
Anemia, Sickle Cell;Arthritis, Rheumatoid;Asthma;Atrial Fibrillation;Breast Cancer;Breast Neoplasms;COVID-19
Celiac Disease;Chronic Obstructive Pulmonary Disease;Crohn Disease;Dermatitis, Atopic;Diabetes;Diabetes Mellitus
Diabetes Mellitus, Type 2;Diarrhea;Endometriosis;Epilepsy;Esophageal Cancer;Fibromyalgia;Fluid Overload
Glaucoma, Open-Angle;HER2-positive Breast Cancer;HIV Infections;HNSCC;Heart Failure;Hemorrhoids;Hepatoma;Herpes Zoster
Hypertension;Hyperkalemia;Influenza, Human;Insomnia;Kidney Failure, Chronic;Liver Cirrhosis;Lung Neoplasms
Lupus Erythematosus, Systemic;Lymphoma;Migraine Disorders;Multiple Sclerosis;Myocardial Infarction;NSCLC;Nephritis
Obesity;Osteoporosis;Parkinson Disease;Peroneal Neuropathy;Pneumonia;Prostate Cancer;Psoriasis;Schizophrenia
Sleep Apnea, Obstructive;Spinocerebellar Ataxia Type 3;Stroke;Tuberculosis;Type 2 Diabetes;Ulcerative Colitis
Urinary Tract Infections;Vitiligo;Dystonia;Dysphagia;Trial NCT99990001
""".replace("\n", ";").split(";")
)

LAY_WORDS = [
    ("heart attack", "Myocardial Infarction"),
    ("Heart Attacks", "Myocardial Infarction"),
    ("high blood pressure", "Hypertension"),
    ("high blood-pressure", "Hypertension"),
    ("shingles", "Herpes Zoster"),
    ("the flu", None),
    ("flu", "Influenza, Human"),
    ("zits", "Acne Vulgaris"),
    ("piles", "Hemorrhoids"),
    ("TB", "Tuberculosis"),
    ("a-fib", "Atrial Fibrillation"),
    ("COPD", "Chronic Obstructive Pulmonary Disease"),
    ("AML", "Acute Myeloid Leukemia"),
    ("ALS", "Amyotrophic Lateral Sclerosis"),
    ("Lou Gehrig's disease", "Amyotrophic Lateral Sclerosis"),
    ("eczema", "Dermatitis, Atopic"),
    ("UTI", "Urinary Tract Infections"),
    ("lupus", "Lupus Erythematosus, Systemic"),
    ("bald spots", "Alopecia Areata"),
    ("can’t sleep", "Insomnia"),
    ("coeliac", "Celiac Disease"),
    ("low iron", None),
    ("cold sore", None),
]

MISSPELT = [
    ("vitilgo", "Vitiligo"),
    ("vitaligo", "Vitiligo"),
    ("diabetis", "Diabetes"),
    ("type 2 diabetis", "Type 2 Diabetes"),
    ("psoriosis", "Psoriasis"),
    ("soriasis", "Psoriasis"),
    ("neumonia", "Pneumonia"),
    ("pnuemonia", "Pneumonia"),
    ("astma", "Asthma"),
    ("asthama", "Asthma"),
    ("lukemia", "Acute Myeloid Leukemia"),
    ("acute myeloid leukaemia", "Acute Myeloid Leukemia"),
    ("hypertention", "Hypertension"),
    ("hipertension", "Hypertension"),
    ("alzhimers", "Alzheimer's Disease"),
    ("alzheimer disease", "Alzheimer's Disease"),
    ("alzheimers disease", "Alzheimer's Disease"),
    ("parkinsons disease", "Parkinson Disease"),
    ("brest cancer", "Breast Cancer"),
    ("breast canser", "Breast Cancer"),
    ("prostrate cancer", "Prostate Cancer"),
    ("oesophageal cancer", "Esophageal Cancer"),
    ("diarhea", "Diarrhea"),
    ("diarrhoea", "Diarrhea"),
    ("hemoroids", "Hemorrhoids"),
    ("fibromialgia", "Fibromyalgia"),
    ("ostioporosis", "Osteoporosis"),
    ("rheumatoid arthritus", "Arthritis, Rheumatoid"),
    ("schizofrenia", "Schizophrenia"),
    ("endometreosis", "Endometriosis"),
    ("tubercolosis", "Tuberculosis"),
    ("mutiple scelrosis", "Multiple Sclerosis"),
    ("alopesia", "Alopecia Areata"),
    ("glaucomma", "Glaucoma, Open-Angle"),
    ("migrane", "Migraine Disorders"),
    ("epilepsi", "Epilepsy"),
    ("kidny failure", "Kidney Failure, Chronic"),
    ("covid19", "COVID-19"),
    ("Covid 19", "COVID-19"),
    ("her2 positive breast canser", "HER2-positive Breast Cancer"),
]

NO_MISTAKE = [
    "vitiligo",
    "Diabetes mellitus",
    "breast",
    "NCT99990001",
    "NCT99990002",
    "NCT9999000",
    "2099-512345-11-00",
    "D003920",
    "D0039201",
    "C04.588.180",
    "E11.9",
    "NSCLL",
    "nsccl",
    "HNSC",
    "SCA3",
    "spinocerebellar ataxia type 4",
    "her3 positive breast cancer",
    "type 3 diabetes",
    "hypotension",
    "hypotention",
    "hypokalemia",
    "hematoma",
    "nephrosis",
    "perineal",
    "dystocia",
    "dysphasia",
    "typhoid",
    "fever",
    "asdfgh",
    "my diabetis problem",
    "cat",
    "",
    "   ",
    "%",
    "NOT asthma",
    "AREA[Condition]asthma",
    "x" * 100_000,
    "asthma " * 10_000,
    "astma " * 12,
    "\ud800",
]


@pytest.mark.parametrize(("text", "condition"), LAY_WORDS)
def test_lay_words(text: str, condition: str | None) -> None:
    """What the registry has nothing for is not suggested."""
    found = suggestions(text, REGISTRY)
    assert found[:1] == ([condition] if condition else [])


@pytest.mark.parametrize(("text", "condition"), MISSPELT)
def test_misspellings(text: str, condition: str | None) -> None:
    found = similar(text, REGISTRY)
    assert found[:1] == ([condition] if condition else [])
    assert set(found) <= set(REGISTRY)
    if condition:
        assert found[0] in suggestions(text, REGISTRY)


@pytest.mark.parametrize("text", NO_MISTAKE, ids=lambda text: ascii(text)[:30])
def test_what_is_no_mistake(text: str) -> None:
    assert similar(text, REGISTRY) == []
    assert suggestions(text, REGISTRY) == []


def test_a_misspelt_lay_word_leads_to_medical_terms_too() -> None:
    assert suggestions("brest cancer", REGISTRY) == ["Breast Cancer", "Breast Neoplasms"]
    assert suggestions("shingels", REGISTRY) == ["Herpes Zoster"]
    assert suggestions("high blod pressur", REGISTRY) == []  # four letters are too few to correct


def test_a_lay_term_is_one_that_finds_something() -> None:
    assert lay("flu") == ("influenza, human", "influenza")
    assert suggestions("flu", ["Influenza A", "Fluid Overload"]) == ["influenza"]
    assert suggestions("flu", ["INFLUENZA", "Human Influenza"]) == ["INFLUENZA"]
    assert suggestions("flu", ["Influenzas", "Human Influenza"]) == []
    assert suggestions("flu", ["Fluid Overload", "Flu Vaccine"]) == []
    assert suggestions("migraine", ["Migraine", "Migraine Disorders"]) == ["Migraine Disorders"]


def test_a_word_that_is_wrong_in_the_registry_too() -> None:
    right = [f"Diabetes, Form {number}" for number in range(100)]
    assert similar("diabetis", [*right, "Diabetes", "Diabetis"]) == ["Diabetes"]
    assert similar("diabetis", [*right[:40], "Diabetes", "Diabetis"]) == []
    assert similar("diabetes", [*right, "Diabetes", "Diabetis"]) == []
    assert similar("diabete", [*right, "Diabetes", "Diabete"]) == []
    assert similar("hypotension", [*(one.replace("Diabetes", "Hypertension") for one in right), "Hypotension"]) == []


def test_the_order_of_suggestions() -> None:
    """The nearest word, then the fewest words, then the order of the vocabulary; no more than asked for."""
    forms = ["Asthma in Late Life", "Asthma, Mild", "Asthma Acute", "Severe Asthma", "Asthma acute"]
    assert similar("astma", forms) == ["Asthma, Mild", "Asthma Acute", "Asthma in Late Life"]
    assert similar("astma", forms, 2) == ["Asthma, Mild", "Asthma Acute"]
    assert similar("severe astma", forms) == ["Severe Asthma"]
    assert similar("astma late", forms) == ["Asthma in Late Life"]
    assert similar("diabetis", ["Diabetic Foot", "Diabetes Care"]) == ["Diabetes Care"]


def test_no_condition_suggests_itself() -> None:
    generated = Vocabulary(name for one in CONDITIONS for name in (one.term.name, *one.also))
    for known in (REGISTRY, generated):
        for condition in known:
            assert similar(condition, known) == []
            assert condition not in suggestions(condition.upper(), known)
    for text in LAY:
        assert fold(text) not in map(fold, suggestions(text, [text, *LAY[text]]))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Brena Fever", "Brenna Fever"),
        ("corvane carcenoma", "Corvane Carcinoma"),
        ("ardint carcinoma", "Ardent Carcinoma"),
        ("mestral hepatits", "Mistral Hepatitis"),
        ("kestrel", None),
    ],
)
def test_words_of_a_registry_that_no_dictionary_has(text: str, condition: str | None) -> None:
    assert similar(text, [one.term.name for one in CONDITIONS])[:1] == ([condition] if condition else [])


def test_the_table_of_lay_words() -> None:
    assert len(LAY) >= 150
    for word, terms in LAY.items():
        assert word == fold(word) and lay(word) == terms and lay(word.upper()) == terms
        assert terms and word not in terms
        assert all(term == fold(term) for term in terms) and len(set(terms)) == len(terms)
    assert all(word == fold(word) and word.isalpha() for word in CORRECT)
    assert lay("vitiligo") == lay("") == lay("s") == ()


def test_speed() -> None:
    """60,000 conditions of 20,000 words: far more than a registry's page of text takes to read them."""
    parts = ("ba", "che", "di", "fro", "gu", "ka", "le", "mi", "no", "pa", "que", "ro", "si", "tu", "vo", "xe", "zi")
    words = [a + b + c + d for a in parts for b in parts for c in parts for d in parts][:20_000]
    conditions = [f"{words[n * 7 % 20_000]} {words[n * 13 % 20_000]} {n % 5} syndrome" for n in range(60_000)]
    known = Vocabulary(conditions)
    began = time.perf_counter()
    for text in ("vitilgo", "bachedidi sindrome", "chefrogutu", "NCT99990001"):
        suggestions(text, known)
    assert time.perf_counter() - began < 1


@given(st.text(max_size=60) | st.text("aegimortvx '-,0", max_size=40))
def test_any_text(text: str) -> None:
    found = suggestions(text, REGISTRY)
    assert len(found) <= 5 and fold(text) not in map(fold, found)
    folded = [fold(condition) for condition in REGISTRY]
    for term in found:
        assert any(condition.startswith(fold(term)) for condition in folded)
