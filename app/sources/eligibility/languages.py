"""How headings say inclusion or exclusion, in the languages of the registries: the words of a heading in, its type out.

The words are those of the trial registers' own forms: the EU's (https://euclinicaltrials.eu), and the primary registers
of the WHO's network (https://www.who.int/tools/clinical-trials-registry-platform/network/primary-registries).
"""

import re
from typing import Literal

CriterionType = Literal["inclusion", "exclusion"]

# stems of the whole phrase: exclusion is looked for first, because several languages make it of the word for inclusion
_EXCLUSION = (
    r"crit[eè]res? (?:de non[- ]?inclusion|d['’ ]?(?:exclusion|[ée]viction)|d['’]in[ée]ligibilit[ée])"
    r"|(?:aus|nicht ?ein)schluss[- ]?kriteri(?:en|um)"
    r"|criterios? de (?:exclusi[oó]n|no inclusi[oó]n|eliminaci[oó]n)"
    r"|crit[eé]rios? de (?:exclus[aã]o|n[aã]o inclus[aã]o)"
    r"|criteri(?:o)? (?:di|d['’]) ?(?:esclusione|non inclusione)"
    r"|(?:exclusie|uitsluitings)criteri(?:a|um)"
    r"|e(?:x|ks)klus[ij]onskriteri(?:er|um|ene)|utesl?utningskriterier|poissulkukriteerit"
    r"|kryteri(?:a|um) (?:wy[lł][aą]czeni[ae]|wykluczeni[ae]|niew[lł][aą]czeni[ae])"
    r"|(?:vylu[cč]ovac[ií]|vyra[dď]ovacie) krit[eé]ri[ae]|kiz[aá]r[aá]si krit[eé]rium(?:ok)?"
    r"|kriter(?:ii|ije|iji) (?:za )?(?:isklju[cč]enja|neuklju[cč]enja)|criterii? de excludere"
    r"|критери[ийя]+ (?:исключения|невключения|не включения|изключване)"
    r"|κριτήρια αποκλεισμού|(?:dışlama|dışlanma|hariç tutma) kriterleri|(?:çalışma )?dışı bırakılma kriterleri"
    r"|معايير الاستبعاد|معیارهای خروج|排除标准|排除標準|排除条件|剔除标准|除外基準|除外条件|제외 ?기준"
    r"|tiêu chuẩn loại trừ|เกณฑ์การคัดออก"
)
_INCLUSION = (
    r"crit[eè]res? (?:d['’ ]?inclusion|d['’ ]?[ée]ligibilit[ée])"
    r"|einschluss[- ]?kriteri(?:en|um)"
    r"|criterios? de (?:inclusi[oó]n|elegibilidad)"
    r"|crit[eé]rios? de (?:inclus[aã]o|elegibilidade)"
    r"|criteri(?:o)? (?:di|d['’]) ?inclusione"
    r"|(?:inclusie|insluitings)criteri(?:a|um)"
    r"|inklus[ij]onskriteri(?:er|um|ene)|sisäänottokriteerit|mukaanottokriteerit"
    r"|kryteri(?:a|um) w[lł][aą]czeni[ae]"
    r"|(?:za[rř]azovac[ií]|vstupn[ií]|zara[dď]ovacie) krit[eé]ri[ae]|bev[aá]laszt[aá]si krit[eé]rium(?:ok)?"
    r"|kriter(?:ii|ije|iji) (?:za )?uklju[cč]enja|criterii? de includere"
    r"|критери[ийя]+ (?:включения|включване)"
    r"|κριτήρια (?:ένταξης|εισαγωγής|συμπερίληψης)|(?:dahil (?:edilme|etme|olma)|alınma) kriterleri"
    r"|معايير (?:الاشتمال|الإدراج|التضمين)|معیارهای ورود"
    r"|(?:纳入|入选|入组)标准|(?:納入|收案|選擇)標準|納入条件|(?:選択|選定|組み?入れ|適格)基準|(?:선정|포함|선택) ?기준"
    r"|tiêu chuẩn (?:lựa chọn|nhận vào|chọn)|เกณฑ์การคัดเข้า"
)
PHRASE = re.compile(f"(?P<exclusion>{_EXCLUSION})|(?P<inclusion>{_INCLUSION})", re.IGNORECASE)
_SENTENCE_OUT = re.compile(
    r"\bexclu(?:de|des|ded|sions?)\b|\bineligib"
    r"|\b(?:not|n't) (?:be )?(?:eligible|enrolled|included|participate|take part|enter)\b"
    r"|\bcannot (?:be (?:included|enrolled)|participate|take part)"
)
_SENTENCE_IN = re.compile(
    r"\beligib|\b(?:included|inclusions?|enrol+ed|enter|participate|take part|entry|enrol+ment)\b"
)
_TOLD = re.compile(
    r"\b(?:(?P<out>(?:are|is|be) (?:considered )?(?:excluded|ineligible)|(?:are|is) not eligible"
    r"|(?<!unless )(?<!if )ineligible)"
    r"|(?:are|is) (?:also )?eligible)(?: (?:for|from) (?:the|this) (?:study|trial|protocol))?[\s.;*]*$",
    re.IGNORECASE,
)
_NONE_OF = re.compile(r"[\W_]*(?:must have )?none of the following\b", re.IGNORECASE)


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


def read_type(text: str) -> CriterionType | None:
    """The type that the words of a heading name: a phrase of any of the languages, or an English sentence."""
    folded = text.casefold()
    if "exclusion" in folded or "non-inclusion" in folded or "noninclusion" in folded:
        return "exclusion"
    phrase = PHRASE.search(folded)
    if phrase:
        return "exclusion" if phrase["exclusion"] else "inclusion"
    if "inclusion criteri" not in folded and _SENTENCE_OUT.search(folded):
        return "exclusion"
    return "inclusion" if "inclusion" in folded or _SENTENCE_IN.search(folded) else None


def told_type(text: str) -> CriterionType | None:
    """The type that a criterion of a text without headings says itself: `... are not eligible`, `None of the
    following:`."""
    if _NONE_OF.match(text):
        return "exclusion"
    if ";" in text or ". " in text:
        return None
    told = _TOLD.search(text[-80:])
    return None if told is None else "exclusion" if told["out"] else "inclusion"
