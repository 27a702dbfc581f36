"""What the registry adds to what was registered: terms and their ancestors, its own account, documents, annotations."""

from typing import Any

from app.generate.conditions import ALL, RARE, Condition, Term
from app.generate.draw import Draw, day
from app.generate.status import TODAY, Status
from app.generate.words import DRUG_HEADS, DRUG_TAILS

_AGENTS = Term("D099500001", "M9500001", "Invented Agents")
_CLASSES = tuple(Term(f"D09951{n:04}", f"M951{n:04}", f"{tail.title()} Agents") for n, tail in enumerate(DRUG_TAILS))
_VIOLATIONS = (
    "VIOLATION_IDENTIFIED",
    "CORRECTION_CONFIRMED",
    "PENALTY_IMPOSED",
    "ISSUES_IN_LETTER_ADDRESSED_CONFIRMED",
)
_DOCUMENTS = (
    ("Prot_SAP", "Study Protocol and Statistical Analysis Plan", True, True, False),
    ("Prot", "Study Protocol", True, False, False),
    ("SAP", "Statistical Analysis Plan", False, True, False),
    ("ICF", "Informed Consent Form", False, False, True),
)


def _browse(found: list[tuple[Term, str]], above: list[Term], branches: list[tuple[str, str]]) -> dict[str, Any]:
    """A browse module of terms with the words they were found as, and of the terms above them."""
    leaves: list[dict[str, Any]] = [
        {"id": term.leaf, "name": term.name, "asFound": words, "relevance": "HIGH"} for term, words in found
    ]
    leaves += [{"id": term.leaf, "name": term.name, "relevance": "LOW"} for term in above]
    return {
        "meshes": [{"id": term.id, "term": term.name} for term, _ in found],
        "ancestors": [{"id": term.id, "term": term.name} for term in above],
        "browseLeaves": leaves,
        "browseBranches": [{"abbrev": abbreviation, "name": name} for abbreviation, name in branches],
    }


def _condition_browse(draw: Draw, conditions: list[Condition]) -> dict[str, Any]:
    some = conditions[:6]
    branches = list(dict.fromkeys(condition.branch for condition in some))
    branches.append(ALL)
    if draw.number() < 0.4:
        branches.append(RARE)
    above = list(dict.fromkeys(term for condition in some for term in condition.ancestors))
    return _browse([(condition.term, condition.term.name.split()[0]) for condition in some], above, branches)


def _intervention_browse(names: list[str]) -> dict[str, Any] | None:
    found, above = [], []
    for name in names:
        for n, tail in enumerate(DRUG_TAILS):
            if name.endswith(tail) and name.removesuffix(tail) in DRUG_HEADS:
                number = DRUG_HEADS.index(name.removesuffix(tail)) * len(DRUG_TAILS) + n
                found.append((Term(f"C09952{number:04}", f"M952{number:04}", name), name))
                above.append(_CLASSES[n])
    if not found:
        return None
    return _browse(found, list(dict.fromkeys([*above, _AGENTS])), [("QInv", _AGENTS.name), ("All", "All Drugs")])


def derived_section(draw: Draw, conditions: list[Condition], names: list[str], status: Status) -> dict[str, Any]:
    misc: dict[str, Any] = {"versionHolder": day(TODAY)}
    if draw.number() < 0.011:
        misc["removedCountries"] = draw.some(("Romania", "Czechia", "Poland", "Russian Federation"), 2)
    if draw.number() < 0.01:
        sent = day(status.updated)
        info = {"releaseDate": sent, "unreleaseDate": sent, "unreleaseDateUnknown": False}
        misc["submissionTracking"] = {
            "estimatedResultsFirstSubmitDate": sent,
            "firstMcpInfo": {"postDateStruct": {"date": sent, "type": "ACTUAL"}},
            "submissionInfos": [{**info, "resetDate": day(status.updated + 20), "mcpReleaseN": 1 + draw.below(12)}],
        }
    section: dict[str, Any] = {"miscInfoModule": misc}
    if draw.number() < 0.88:
        section["conditionBrowseModule"] = _condition_browse(draw, conditions)
    browse = _intervention_browse(names)
    if browse:
        section["interventionBrowseModule"] = browse
    return section


def document_section(draw: Draw, status: Status) -> dict[str, Any]:
    module: dict[str, Any] = {"noSap": True} if draw.number() < 0.1 else {}
    docs = []
    for n, (kind, label, protocol, sap, icf) in enumerate(draw.some(_DOCUMENTS, 2)):
        doc: dict[str, Any] = {"typeAbbrev": kind, "hasProtocol": protocol, "hasSap": sap, "hasIcf": icf}
        doc |= {"label": label, "date": day(status.submitted)}
        doc |= {"uploadDate": f"{day(status.updated)}T{draw.below(24):02}:{draw.below(60):02}"}
        docs.append(doc | {"filename": f"{kind}_{n:03}.pdf", "size": 50_000 + draw.below(5_000_000)})
    return {"largeDocumentModule": {**module, "largeDocs": docs}}


def annotation_section(draw: Draw, sponsor: str, status: Status) -> dict[str, Any]:
    sent = day(status.updated)
    if draw.number() < 0.5:
        unknown = {"type": "UNRELEASE", "dateUnknown": True}
        events = [{"type": "RELEASE", "date": sent}, {"type": "RESET", "date": day(status.updated + 20)}, unknown]
        return {
            "annotationModule": {"unpostedAnnotation": {"unpostedResponsibleParty": sponsor, "unpostedEvents": events}}
        }
    event = {"type": draw.one(_VIOLATIONS), "description": "Results were not submitted in time (invented)."}
    event |= {"creationDate": sent, "issuedDate": sent, "releaseDate": sent, "postedDate": day(status.updated + 5)}
    return {"annotationModule": {"violationAnnotation": {"violationEvents": [event]}}}


def results_section(draw: Draw, sponsor: str) -> dict[str, Any]:
    """A small one: this project keeps whether there are results, not what they are."""
    group = {"id": "FG000", "title": "All participants", "description": "Everyone who was enrolled"}
    achieved = [{"groupId": "FG000", "numSubjects": str(draw.below(400))}]
    period = {"title": "Overall Study", "milestones": [{"type": "STARTED", "achievements": achieved}]}
    contact = {"title": "Study Director", "organization": sponsor, "email": "results@example.org"}
    return {
        "participantFlowModule": {"groups": [group], "periods": [period]},
        "moreInfoModule": {"pointOfContact": contact},
    }
