"""A vocabulary of 300 invented conditions, the common ones first, each with a descriptor id and ancestors that look
like MeSH's (https://www.nlm.nih.gov/mesh/) but lie in ranges that it does not use."""

import re
from typing import NamedTuple

from app.generate.draw import zipf


class Term(NamedTuple):
    """`leaf` is the id in the browse tree; `branch` is the abbreviation and the name of the branch it hangs in."""

    id: str
    leaf: str
    name: str


class Condition(NamedTuple):
    term: Term
    also: tuple[str, ...]
    """Other names that a study may use."""
    ancestors: tuple[Term, ...]
    branch: tuple[str, str]


_BRANCHES = """
QC01|Lumeral Infections|Brenna,Castor,Dunmere,Ostrel,Quillan
    {0} Fever;Recurrent {0} Infection;{0} Pneumonitis;Congenital {0} Virus Infection;{0} Sepsis
QC02|Corvane Neoplasms|Ardent,Belmar,Corvane,Merrow,Sabelle
    {0} Carcinoma;Metastatic {0} Carcinoma;{0} Cell Lymphoma;{0} Sarcoma;Refractory {0} Leukemia
QC03|Tessaline Musculoskeletal Conditions|Fenwick,Harrow,Jarrod,Lindle,Tessal
    {0} Arthropathy;{0} Spinal Pain;{0} Myositis;Juvenile {0} Arthritis;{0} Bone Fragility
QC04|Gastrine Digestive Conditions|Alder,Borrin,Colvane,Mistral,Pellin
    {0} Colitis;{0} Reflux Disease;{0} Hepatitis;Fatty Liver of {0} Type;{0} Pancreatitis
QC05|Aerine Respiratory Conditions|Aerin,Calder,Foxley,Winslow,Zephrin
    {0} Asthma;Chronic {0} Lung Disease;{0} Bronchiolitis;{0} Apnea;Fibrosing {0} Lung Disease
QC06|Nervane Conditions|Elmore,Kestrel,Nervane,Rowan,Velmor
    {0} Neuropathy;{0} Migraine;{0} Dementia;Early Onset {0} Epilepsy;{0} Sclerosis
QC07|Oculine Eye Conditions|Iriden,Lumen,Ocular Dell,Prism,Vesper
    {0} Retinopathy;{0} Glaucoma;{0} Keratitis;Dry {0} Eye;{0} Cataract
QC08|Renine Urologic Conditions|Ashby,Merrin,Nephral,Rillen,Tarn
    {0} Nephropathy;Chronic {0} Kidney Disease;{0} Cystitis;{0} Incontinence;{0} Kidney Stones
QC09|Cardine Heart and Vessel Conditions|Bellamy,Cardine,Halden,Morven,Stroma
    {0} Cardiomyopathy;{0} Hypertension;{0} Atrial Arrhythmia;Acute {0} Heart Failure;{0} Stroke
QC10|Hemine Blood Conditions|Crimson,Ferrel,Hemine,Sanguine,Thrall
    {0} Anemia;{0} Thrombocytopenia;Severe {0} Hemophilia;{0} Thrombosis;{0} Neutropenia
QC11|Metaline Metabolic Conditions|Dulcet,Garland,Ketrin,Metal Bay,Savory
    {0} Diabetes;{0} Obesity;{0} Dyslipidemia;Gestational {0} Diabetes;{0} Thyroiditis
QC12|Mentine Mind and Behavior Conditions|Anwell,Dorrin,Mentine,Solace,Tolland
    {0} Depression;{0} Anxiety;{0} Insomnia;{0} Dependence;Acute {0} Delirium
"""


def _conditions() -> list[Condition]:
    found: list[Condition] = []
    for number, block in enumerate(re.split(r"\n(?! )", _BRANCHES.strip()), 1):
        first, forms = block.split("\n")
        abbreviation, name, stems = first.split("|")
        root = Term(f"D0990{number:05}", f"M9{number:05}", name)
        for place, stem in enumerate(stems.split(","), 1):
            below = number * 100 + place
            group = Term(f"D0991{below:05}", f"M91{below:05}", f"{stem} Disorders")
            for form in forms.strip().split(";"):
                term = Term(f"D0992{len(found):05}", f"M92{len(found):05}", form.format(stem))
                last = term.name.split()[-1]
                also = (term.name.lower(), f"{last}, {term.name.removesuffix(last).strip()}", f"{term.name} in Adults")
                found.append(Condition(term, also, (group, root), (abbreviation, name)))
    return [found[place * 137 % len(found)] for place in range(len(found))]


CONDITIONS = tuple(_conditions())
COMMON = zipf(CONDITIONS)
ALL = ("All", "All Conditions")
RARE = ("Rare", "Rare Diseases")
