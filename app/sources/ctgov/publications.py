"""What a ClinicalTrials.gov study points to: publications, links, documents, shared data
(`referencesModule`, `ipdSharingStatementModule`, `largeDocumentModule`, `expandedAccessInfo`, results)."""

import re
from urllib.parse import quote

from app.record.parts import DataSharing, Reference, Resource, Retraction
from app.sources.ctgov import words
from app.sources.ctgov.identity import NCT
from app.sources.ctgov.node import Node, is_date

_STUDY = "https://clinicaltrials.gov/study"
_DOCUMENTS = "https://cdn.clinicaltrials.gov/large-docs"
_UPLOADED = re.compile(r"(?P<day>[0-9-]{10})T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_CONTENTS = (("hasProtocol", "protocol"), ("hasSap", "sap"), ("hasIcf", "icf"))
_NO_SHARING = DataSharing()


def read_references(nodes: list[Node]) -> list[Reference]:
    found = []
    for node in nodes:
        retractions = [Retraction(pmid=r.text("pmid"), source=r.text("source")) for r in node.nodes("retractions")]
        type, pmid, citation = node.code("type", words.REFERENCE_TYPE), node.text("pmid"), node.text("citation")
        if type or pmid or citation or retractions:
            found.append(Reference(type=type, pmid=pmid, citation=citation, retractions=retractions))
    return found


def read_links(module: Node) -> list[Resource]:
    """See-also links, then individual participant data that is available."""
    links = [
        Resource(kind="link", label=node.text("label"), url=node.text("url")) for node in module.nodes("seeAlsoLinks")
    ]
    data = [
        Resource(
            kind="data",
            identifier=node.text("id"),
            type=node.text("type"),
            url=node.text("url"),
            comment=node.text("comment"),
        )
        for node in module.nodes("availIpds")
    ]
    return links + data


def read_documents(nodes: list[Node], nct: str) -> list[Resource]:
    """`identifier` is the file's name; the address is the registry's for files of that name."""
    found = []
    for node in nodes:
        filename = node.text("filename")
        contents = [content for key, content in _CONTENTS if node.flag(key)]
        found.append(
            Resource(
                kind="document",
                label=node.text("label"),
                type=node.text("typeAbbrev"),
                identifier=filename,
                url=f"{_DOCUMENTS}/{nct[-2:]}/{nct}/{quote(filename)}" if filename else None,
                date=node.date("date"),
                uploaded=_take_time(node, "uploadDate"),
                size=node.count("size"),
                contents=contents,
            )
        )
    return found


def _take_time(node: Node, key: str) -> str | None:
    text = node.text(key)
    if text is None:
        return None
    match = _UPLOADED.fullmatch(text)
    if is_date(match["day"] if match else text):
        return text
    node.put_back(key, text, "unread-date", "is no time")
    return None


def read_expanded_access(node: Node) -> list[Resource]:
    """The record of the study's expanded access: `type` is its status."""
    nct = node.text("nctId")
    if nct is None:
        return []
    if not NCT.fullmatch(nct):
        node.put_back("nctId", nct, "unread-identifier", "is not NCT and eight digits")
        return []
    status = node.code("statusForNctId", words.EXPANDED_ACCESS_STATUS)
    url = f"{_STUDY}/{nct.upper()}"
    return [Resource(kind="link", label="Expanded access", identifier=nct.upper(), type=status, url=url)]


def results_link(nct: str) -> Resource:
    return Resource(kind="link", label="Study results", url=f"{_STUDY}/{nct}?tab=results")


def read_sharing(module: Node) -> DataSharing | None:
    sharing = DataSharing(
        sharing=module.code("ipdSharing", words.SHARING),
        description=module.text("description"),
        information=module.codes("infoTypes", words.SHARING_INFORMATION),
        time_frame=module.text("timeFrame"),
        access_criteria=module.text("accessCriteria"),
        url=module.text("url"),
    )
    return sharing if sharing != _NO_SHARING else None
