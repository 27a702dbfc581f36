"""What a registrant says about the study itself: names and numbers, sponsor, oversight, references, data sharing."""

from typing import Any

from app.generate import sentences, shares, words
from app.generate.draw import Draw, day
from app.generate.people import contact, organization, person, surname
from app.generate.status import Status

_REGISTRIES = ("German registry", "Japan registry", "Australian New Zealand registry")
_INFO_TYPES = ("STUDY_PROTOCOL", "SAP", "ICF", "CSR", "ANALYTIC_CODE")


def _secondary_id(draw: Draw) -> dict[str, Any]:
    """Numbers in shapes that registries use, in ranges that they do not."""
    kind = draw.weighted(shares.SECONDARY_ID_TYPE)
    number = draw.below(1_000_000)
    if kind == "EUDRACT_NUMBER":
        return {"id": f"2099-{number:06}-{draw.below(90) + 10}", "type": kind}
    if kind == "CTIS":
        return {"id": f"2099-5{number % 100_000:05}-{draw.below(90) + 10}-00", "type": kind}
    if kind == "REGISTRY":
        ids = (f"DRKS99{number:06}", f"jRCT99{number:08}", f"ACTRN1299{number:010}")
        place = draw.below(3)
        return {"id": ids[place], "type": kind, "domain": _REGISTRIES[place]}
    if kind == "OTHER":
        if draw.number() < 0.1:
            return {"id": f"U1111-9{number % 1000:03}-{draw.below(9000) + 1000}", "type": kind, "domain": "WHO"}
        return {"id": f"QZ-{number}", **({"type": kind, "domain": "Sponsor"} if draw.number() < 0.7 else {})}
    grant = f"X99{draw.one(('CA', 'HL', 'MH'))}{number:06}"
    return {"id": grant, "type": kind, "link": f"https://example.org/grants/{grant}"}


def identification_module(
    draw: Draw, nct_id: str, sponsor: tuple[str, str], condition: str, thing: str
) -> dict[str, Any]:
    module: dict[str, Any] = {"nctId": nct_id}
    if draw.number() < 0.012:
        module["nctIdAliases"] = [f"NCT8{nct_id[4:]}"]
    own: dict[str, Any] = {"id": f"{draw.one(words.DRUG_CODES)}{draw.below(100_000)}-{draw.below(900) + 100}"}
    if draw.number() < 0.01:
        own |= {"type": draw.weighted(shares.ORG_ID_TYPE), "link": f"https://example.org/projects/{own['id']}"}
    module["orgStudyIdInfo"] = own
    if draw.number() < 0.32:
        count = 1 + int(draw.number() * draw.number() * draw.number() * 7)
        ids = [_secondary_id(draw) for _ in range(count)]
        module["secondaryIdInfos"] = list({one["id"]: one for one in ids}.values())
    module["briefTitle"] = draw.one(sentences.TITLES).format(thing=thing, condition=condition)
    if draw.number() < 0.985:
        module["officialTitle"] = draw.one(sentences.OFFICIAL_TITLES).format(
            thing=thing, condition=condition, design=draw.one(sentences.DESIGNS)
        )
    if draw.number() < 0.27:
        module["acronym"] = surname(draw).upper()[:9] + draw.one(("", "", "-2", " II"))
    module["organization"] = {"fullName": sponsor[0], "class": sponsor[1]}
    return module


def sponsor_module(draw: Draw, sponsor: tuple[str, str]) -> dict[str, Any]:
    module: dict[str, Any] = {}
    if draw.number() < 0.9:
        kind = draw.weighted(shares.RESPONSIBLE)
        party = {"type": kind}
        if kind != "SPONSOR":
            party |= {"investigatorFullName": person(draw), "investigatorTitle": draw.one(words.POSITIONS)}
            party["investigatorAffiliation"] = sponsor[0]
        module["responsibleParty"] = party
    elif draw.number() < 0.5:
        module["responsibleParty"] = {"oldNameTitle": person(draw), "oldOrganization": sponsor[0]}
    module["leadSponsor"] = {"name": sponsor[0], "class": sponsor[1]}
    if draw.number() < 0.387:
        count = 1 + int(draw.number() * draw.number() * draw.number() * 6)
        others = dict(organization(draw) for _ in range(count))
        others.pop(sponsor[0], None)
        if others:
            module["collaborators"] = [{"name": name, "class": sector} for name, sector in others.items()]
    return module


def oversight_module(draw: Draw, industry: bool) -> dict[str, Any]:
    module: dict[str, Any] = {}
    if draw.number() < 0.81:
        module["oversightHasDmc"] = draw.number() < 0.45
    if draw.number() < 0.6:
        module["isFdaRegulatedDrug"] = draw.number() < (0.5 if industry else 0.1)
        module["isFdaRegulatedDevice"] = draw.number() < 0.1
        if module["isFdaRegulatedDevice"] and draw.number() < 0.3:
            module["isUnapprovedDevice"] = True
            module["isPpsd"] = draw.number() < 0.3
        if draw.number() < 0.22:
            module["isUsExport"] = draw.number() < 0.18
    if draw.number() < 0.005:
        module["fdaaa801Violation"] = True
    return module


def contacts(draw: Draw, affiliation: str) -> dict[str, Any]:
    """The contacts for the study as a whole and its officials; sites are drawn apart."""
    module: dict[str, Any] = {}
    if draw.number() < 0.49:
        module["centralContacts"] = [contact(draw, "CONTACT") for _ in range(1 + (draw.number() < 0.5))]
    if draw.number() < 0.77:
        officials = []
        for _ in range(1 + int(draw.number() * draw.number() * 2.2)):
            role = draw.weighted(shares.OFFICIAL_ROLE)
            officials.append({"name": person(draw), "affiliation": affiliation, "role": role})
        module["overallOfficials"] = officials
    return module


def references_module(draw: Draw, condition: str, thing: str) -> dict[str, Any]:
    module: dict[str, Any] = {}
    if draw.number() < 0.24:
        module["references"] = [_reference(draw, condition, thing) for _ in range(draw.amount(shares.REFERENCES))]
    if draw.number() < 0.16:
        link = f"https://example.org/studies/{draw.below(100_000)}"
        module["seeAlsoLinks"] = [{"label": f"Plain-language page about {condition}", "url": link}]
    if draw.number() < 0.01:
        module["availIpds"] = [
            {"id": f"QD-{n}", "type": kind, "url": f"https://example.org/data/{n}", "comment": "On request (invented)."}
            for n, kind in enumerate(draw.some(words.AVAILABLE_DATA, 2))
        ]
    return module


def _reference(draw: Draw, condition: str, thing: str) -> dict[str, Any]:
    authors = ", ".join(f"{surname(draw)} {draw.one('ABCDEFGHIJKLM')}" for _ in range(1 + draw.below(8)))
    title = draw.one(sentences.TITLES).format(condition=condition, thing=thing)
    year = 1990 + draw.below(36)
    place = f"{draw.below(60) + 1}({draw.below(12) + 1}):{draw.below(900)}-{draw.below(90) + 900}"
    citation = f"{authors}. {title}. {draw.one(words.JOURNALS)}. {year};{place}. doi: 10.5555/{draw.below(10**8)}."
    found: dict[str, Any] = {}
    if draw.number() < 0.94:
        found["pmid"] = str(90_000_000 + draw.below(10_000_000))
    found |= {"type": draw.weighted(shares.REFERENCE_TYPE), "citation": citation}
    if draw.number() < 0.01:
        retracting = str(90_000_000 + draw.below(10_000_000))
        found["retractions"] = [{"pmid": retracting, "source": f"{draw.one(words.JOURNALS)}. {year + 1}"}]
    return found


def sharing_module(draw: Draw, status: Status) -> dict[str, Any]:
    module: dict[str, Any] = {"ipdSharing": draw.weighted(shares.IPD)}
    if draw.number() < 0.4:
        module["description"] = draw.one(sentences.STATEMENTS)
    if module["ipdSharing"] == "YES" and draw.number() < 0.5:
        module["infoTypes"] = list(_INFO_TYPES[: 1 + draw.below(5)])
        module["timeFrame"] = f"From {day(status.updated)} for five years"
        module["accessCriteria"] = "Researchers with a methodologically sound proposal"
        module["url"] = "https://example.org/data-sharing"
    return module
