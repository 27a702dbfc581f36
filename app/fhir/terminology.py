"""CodeSystem, ValueSet and TerminologyCapabilities resources, and what is in a value set.

https://hl7.org/fhir/R5/codesystem.html, https://hl7.org/fhir/R5/valueset.html,
https://hl7.org/fhir/R5/terminologycapabilities.html, and the same under R4. All of it is made from code tables
(`app.fhir.terminology_systems`, `app.fhir.terminology_sets`); `release` is `r4` or `r5`.
"""

from functools import cache

from app.fhir.conformance import VERSION, definition, instance
from app.fhir.datatypes import Json, element
from app.fhir.terminology_sets import OWN_SETS, RELEASES, STANDARD_SETS, Codings, OwnSet
from app.fhir.terminology_systems import SYSTEMS, System
from app.record.codes import BASE

Members = frozenset[tuple[str, str]]
"""(system, code)"""


def code_systems(release: str) -> dict[str, Json]:
    """Id -> CodeSystem of each system of ours; the same in both releases."""
    return {system.id: _code_system(system) for system in SYSTEMS}


def value_sets(release: str) -> dict[str, Json]:
    """Id -> ValueSet of each set of ours, with the codes of this release's systems."""
    return {own.id: _value_set(release, own) for own in OWN_SETS}


def members(release: str, canonical: str) -> Members | None:
    """What is in the value set of that canonical URL, with or without `|version`; None for one that is not known.

    Of HL7's sets these are the codes that a document here can have.
    """
    return _sets(release).get(canonical)


def terminology_capabilities(release: str, base: str, software_version: str) -> Json:
    """https://hl7.org/fhir/R5/terminologycapabilities.html: which code systems are known, with no operation on them."""
    return definition(
        "TerminologyCapabilities",
        f"terminology-{release}",
        "The code systems that this server defines. It has no terminology operations.",
        **instance(release, base, software_version),
        codeSystem=[
            {
                "uri": system["url"],
                "version": [{"code": system["version"], "isDefault": True}],
                **({"content": system["content"]} if release == "r5" else {}),
            }
            for system in code_systems(release).values()
        ],
    )


@cache
def _sets(release: str) -> dict[str, Members]:
    known: dict[str, Members] = {}
    for standard in STANDARD_SETS:
        content = frozenset(standard.codings(RELEASES[release]))
        known[standard.url] = content
        known |= {f"{standard.url}|{version}": content for version in standard.versions(release)}
    for own in OWN_SETS:
        url, content = f"{BASE}/ValueSet/{own.id}", frozenset(own.codings(RELEASES[release]))
        known |= {url: content, f"{url}|{VERSION}": content}
    return known


def _code_system(system: System) -> Json:
    concepts = system.concepts
    return definition(
        "CodeSystem",
        system.id,
        system.description,
        title=system.title,
        caseSensitive=True,
        content="not-present" if concepts is None else "complete",
        count=None if concepts is None else len(concepts),
        concept=[element(**concept._asdict()) for concept in concepts or ()],
    )


def _value_set(release: str, own: OwnSet) -> Json:
    codings = own.codings(RELEASES[release])
    return definition(
        "ValueSet",
        own.id,
        own.description,
        title=own.title,
        compose={"include": [_include(system, codings) for system in dict.fromkeys(system for system, _ in codings)]},
    )


def _include(system: str, codings: Codings) -> Json:
    """Displays are those of our own systems: HL7's words for its codes are HL7's to give."""
    displays = {concept.code: concept.display for own in SYSTEMS if own.url == system for concept in own.concepts or ()}
    return {
        "system": system,
        "concept": [element(code=code, display=displays.get(code)) for of, code in codings if of == system],
    }
