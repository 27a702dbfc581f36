"""Where a trial's own resources come from: their `meta`, and the identifiers of sources and of documents.

https://hl7.org/fhir/R5/resource.html#Meta. `meta.source` is the source whose document goes before the others, and
`meta.tag` has a coding for each source: so `_source` and `_tag` find what a source gave. The documents themselves are
named in the Provenance only: a resource whose own part says the same keeps its version whatever document says it.
"""

from functools import lru_cache
from urllib.parse import quote

from app.fhir.datatypes import Json, clean, coding, element
from app.record.codes import BASE, SOURCES
from app.record.trial import SourceDocument, Trial

SOURCE_SYSTEM = f"{BASE}/CodeSystem/source"
DOCUMENT_SYSTEM = f"{BASE}/source-document"


def meta(trial: Trial) -> Json:
    """Empty for a trial without sources."""
    return _meta(sources(trial))


def sources(trial: Trial) -> tuple[str, ...]:
    """Their codes, each once, the best first."""
    return tuple(dict.fromkeys([source.source for source in trial.sources]))


# millions of resources share a few of these
@lru_cache(maxsize=1 << 8)
def _meta(sources: tuple[str, ...]) -> Json:
    if not sources:
        return {}
    tags = [coding(SOURCE_SYSTEM, source, SOURCES.get(source)) for source in sources]
    return element(source=source_uri(sources[0]), tag=tags)


def source_uri(source: str) -> str:
    return f"{BASE}/source/{quote(clean(source), safe='')}"


def document_uri(source: SourceDocument) -> str:
    return f"{source_uri(source.source)}#{quote(clean(source.id), safe='')}"
