"""Word lists: invented people, places of work and products. Nobody and nothing here exists."""


def _words(text: str, between: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(between))


GIVEN = _words(
    "Adela Anouk Arjun Astrid Bela Bruno Carla Chidi Dagny Dario Elif Emeka Esme Farid Flora Goran Hana Henrik Ines "
    "Ivo Jae-won Jelena Joao Kaito Katya Lars Leila Lucía Mahdi Mei Milan Nadia Niko Odile Omar Paloma Priya Quentin "
    "Rafael Rosa Sanne Søren Tariq Tomás Uma Viktor Wei Ximena Yara Zoltán"
)
SURNAME_HEADS = _words(
    "Al Ban Bor Cal Cor Dal Dor Ebb Fal Fen Gar Gol Hal Har Ist Jor Kal Kor Lan Lor Mar Mor Nor Ost Pel Quar Ral Ros "
    "Sal Sten Tal Tor Ul Val Vor Wal Wes Yar Zel Zor"
)
SURNAME_TAILS = _words(
    "aby amund andez anin ard asek avic berg borne cott dale den dóttir esco feld ford gate grove hagen hurst iani "
    "idis ikova ina ington isch itz kamp ksen land lowe man mere mont nès oglu omi ova quist rell rick sen shaw "
    "sky son stad stein ström tani thal ton uchi vik wald well wick wood worth yama zadeh"
)
DEGREES = ("MD", "MD, PhD", "PhD", "M.D.", "MBBS", "PharmD", "RN", "Prof.")
POSITIONS = (
    "Principal Investigator",
    "Professor of Medicine",
    "Associate Professor",
    "Assistant Professor",
    "Head of Department",
    "Clinical Research Director",
    "Consultant Physician",
    "Chief Resident",
)
STUDY_DESKS = ("Clinical Trials Information Desk", "Study Coordinator", "Medical Director", "Trial Transparency Team")

PLACE_HEADS = _words(
    "Alder Amber Ash Bay Birch Bright Brook Cedar Clear Copper Crest Dawn East Elm Fair Fern Glen Gold Green Harbor "
    "Hazel Heron High Holly Iron Ivory Juniper Kings Lake Linden Maple Meadow Mill Moon North Oak Opal Pine Queens "
    "Raven Ridge River Rose Silver South Spring Stone Summer Sun Swan Thorn Vale West Willow Winter Wolf"
)
PLACE_TAILS = _words(
    "bridge brook bury crest dale field ford gate grove ham haven hill holm hurst lake land leigh mere mont moor port "
    "ridge shore side stead stone ton vale view ville wick wood worth"
)
FACILITIES = (
    "{place} University Hospital",
    "{place} General Hospital",
    "{place} Medical Center",
    "{place} Cancer Center",
    "{place} Children's Hospital",
    "{place} Clinical Research",
    "{place} Institute of Medical Sciences",
    "{place} Clinic",
    "Hospital {place}",
    "St. {place} Hospital",
    "{place} Memorial Hospital, Department of Clinical Studies",
    "{place} Health System - {city}",
    "University of {place}, School of Medicine",
    "{city} {place} Hospital",
)
SPONSORS = {
    "OTHER": ("University of {place}", "{place} University Hospital", "{place} Medical Center", "{place} Foundation"),
    "INDUSTRY": ("{place} Therapeutics", "{place} Pharmaceuticals", "{place}bio, Inc.", "{place} Medical Devices GmbH"),
    "NIH": ("National Institute of {place} Research (NIR)", "National Center for {place} Health (NCH)"),
    "OTHER_GOV": ("Ministry of Health, {place}", "Regional Health Authority of {place}"),
    "FED": ("Federal Office of {place} Research", "{place} Veterans Medical Center"),
    "NETWORK": ("{place} Cooperative Study Group", "{place} Clinical Trials Network"),
    "INDIV": ("{person}",),
    "UNKNOWN": ("{place} Collaboration",),
    "AMBIG": ("{place} Partners",),
}
DRUG_HEADS = _words(
    "Abro Belvi Cendo Dravi Elso Favro Gendi Hulva Ixora Jolvi Kesta Luvra Mendo Norvi Olsta Pravo Quelvi Rusto Selvo "
    "Tavri Umbra Vesto Wendra Xalvi Yorvi Zelta"
)
DRUG_TAILS = _words("bexine cortal dorine faxel glimor lisane medrol nafil pramide quinar rolimas statix tovir zolane")
DRUG_CODES = ("QX", "ZN", "VR", "LMB", "TRQ")
BIOLOGICAL = ("{drug} vaccine", "{drug} antibody infusion", "autologous {drug} T cells", "{drug} conjugate vaccine")
THINGS = {
    "OTHER": ("Questionnaire assessment", "Standard of care", "Medical chart review", "Quality-of-life assessment"),
    "DEVICE": ("{place} infusion pump", "{place} wearable sensor", "{place} implant", "{place} stent system"),
    "PROCEDURE": (
        "Biospecimen collection",
        "Laparoscopic {place} repair",
        "{place} nerve block",
        "Tomography",
    ),
    "BEHAVIORAL": ("{place} coping course", "Motivational interviews", "{place} exercise program", "Sleep diary"),
    "RADIATION": ("Hypofractionated radiotherapy", "{place} stereotactic radiation", "Whole-body irradiation"),
    "DIETARY_SUPPLEMENT": ("{place} fiber blend", "Vitamin mix {place}", "Omega blend"),
    "DIAGNOSTIC_TEST": ("{place} rapid test", "Serial blood sampling", "{place} gene panel"),
    "COMBINATION_PRODUCT": ("{drug} autoinjector", "{drug} patch system"),
    "GENETIC": ("{drug} gene transfer", "Sequencing of stored samples"),
}
DOSES = ("5 mg", "10 mg", "25 mg", "50 mg", "100 mg", "200 mg", "0.5 mg/kg", "3 mg/kg", "75 mg/m^2")
ROUTES = ("orally once daily", "orally twice daily", "intravenously every 3 weeks", "subcutaneously every 2 weeks")
KEYWORDS = _words(
    "quality of life|biomarkers|dose escalation|adherence|telemedicine|pediatric|elderly|pharmacokinetics|prevention|"
    "screening|survival|imaging|rehabilitation|placebo|open label|real-world evidence|registry|relapse|remission|"
    "pain|fatigue|exercise|nutrition|combination therapy|first-line treatment|maintenance|genomics|immunotherapy|"
    "self-management|primary care|intensive care|follow-up|randomized|pilot|feasibility|cost effectiveness",
    "|",
)
WHY_STOPPED = (
    "Slow accrual",
    "Sponsor decision, not related to safety",
    "Funding withdrawn",
    "The investigator left the institution",
    "Futility at the planned interim analysis",
    "Product no longer manufactured",
    "Recruitment was paused and never taken up again because the participating sites had other obligations.",
)
JOURNALS = ("J Invent Med", "Ann Fict Clin Res", "Imaginary Trial Rev", "Acta Fabulosa", "Proc Soc Made Up Trials")
AVAILABLE_DATA = (
    "Individual Participant Data Set",
    "Study Protocol",
    "Statistical Analysis Plan",
    "Clinical Study Report",
)
