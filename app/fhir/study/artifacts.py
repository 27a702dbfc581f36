"""ResearchStudy.relatedArtifact and note: publications, links, documents; and what is said about them.

https://hl7.org/fhir/R5/metadatatypes.html#RelatedArtifact. An address is `url` in R4, `document.url` in R5. A
document's size is in words: R5's integer64 is a string in JSON, which not every reader knows.
"""

from app.fhir.datatypes import Json, annotation, clean, date_time, element, web_address, words
from app.record.codes import SOURCES
from app.record.parts import DataSharing, Reference, Resource
from app.record.trial import Trial

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


def r5_artifacts(trial: Trial) -> list[Json]:
    return [*map(_r5_reference, trial.references), *map(_r5_resource, trial.resources)]


def r4_artifacts(artifacts: list[Json]) -> list[Json]:
    """From the R5 ones, in the same order."""
    return [_r4(artifact) for artifact in artifacts if artifact]


def notes(trial: Trial) -> list[Json]:
    """The plain-language summary is the listing site's, not the registry's: its author says so."""
    summary, sharing = trial.plain_language_summary, trial.data_sharing
    return [
        annotation(summary.text, SOURCES.get(summary.source, summary.source)) if summary else {},
        annotation(_data_sharing(sharing)) if sharing else {},
    ]


def _r5_reference(reference: Reference) -> Json:
    pmid = clean(reference.pmid or "")
    citation = clean(reference.citation or "") or (pmid and f"PMID {pmid}")
    if not citation:
        return {}
    return element(
        type="citation",
        display="; ".join((f"{words(reference.type or 'cited')} reference", *_retractions(reference))),
        citation=citation,
        document=element(url=f"{PUBMED}{pmid}/" if pmid.isascii() and pmid.isdigit() else None),
    )


def _retractions(reference: Reference) -> list[str]:
    made = []
    for retraction in reference.retractions:
        pmid = f"PMID {retraction.pmid}" if retraction.pmid else None
        made.append(" ".join(part for part in ("retracted:", retraction.source, pmid) if part))
    return made


def _r5_resource(resource: Resource) -> Json:
    """What has no element is in the words of `display`; what is no address is there too."""
    address, created = web_address(resource.url), date_time(resource.date)
    parts = {
        "": resource.label,
        "type": resource.type,
        "identifier": resource.identifier,
        "contents": ", ".join(map(words, resource.contents)),
        "comment": resource.comment,
        "date": None if created else resource.date,
        "uploaded": resource.uploaded,
        "size": f"{resource.size} bytes" if resource.size else None,
        "address": None if address else resource.url,
    }
    said = [(name, text) for name, text in ((name, clean(text or "")) for name, text in parts.items()) if text]
    document = element(url=address, creation=created)
    if not said and not document:
        return {}
    return element(
        type="documentation",
        display="; ".join(f"{name}: {text}" if name else text for name, text in said) or words(resource.kind),
        document=document,
    )


def _r4(artifact: Json) -> Json:
    document = artifact.get("document", {})
    if list(document) == ["url"]:
        return element(**{**artifact, "document": None}, url=document["url"])
    return artifact


def _data_sharing(sharing: DataSharing) -> str:
    answer = words(sharing.sharing).lower() if sharing.sharing else "not stated"
    parts = (
        ("", sharing.description),
        ("Supporting information: ", ", ".join(map(words, sharing.information))),
        ("Time frame: ", sharing.time_frame),
        ("Access criteria: ", sharing.access_criteria),
        ("Address: ", sharing.url),
    )
    said = [head + text for head, text in ((head, clean(text or "")) for head, text in parts) if text]
    return "\n\n".join((f"Individual participant data sharing: {answer}", *said))
