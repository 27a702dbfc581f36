"""ClinicalTrials.gov's API v2: the JSON of one study -> Trial
(https://clinicaltrials.gov/data-api/about-api/study-data-structure).

Every value of the study arrives, in a field of the record or as a statement labelled with its path
(`app.sources.ctgov.node`); results are not modelled: whether there are any is a flag, and a link leads to them.
A registry's text is not a page: there are no facts, and the criteria's spans are places in `population.criteria_text`.
"""

from collections.abc import Mapping
from typing import Any

from app.record.parts import Flag, Title
from app.record.trial import SourceDocument, Trial
from app.sources.ctgov import words
from app.sources.ctgov.damage import replace_damage
from app.sources.ctgov.design import read_arms, read_design, read_interventions, read_outcomes
from app.sources.ctgov.eligibility import read_conditions, read_mesh, read_population
from app.sources.ctgov.identity import read_dates, read_identifiers, read_nct_id
from app.sources.ctgov.node import Account, Node
from app.sources.ctgov.people import read_contacts, read_parties, read_sites
from app.sources.ctgov.publications import (
    read_documents,
    read_expanded_access,
    read_links,
    read_references,
    read_sharing,
    results_link,
)

NAME = "ctgov"
LOOKS_LIKE = "a study of ClinicalTrials.gov's API v2 is JSON with `protocolSection.identificationModule.nctId`"

_RESULTS = "resultsSection"
_OVERSIGHT = (
    ("oversightHasDmc", "has-dmc"),
    ("isFdaRegulatedDrug", "fda-regulated-drug"),
    ("isFdaRegulatedDevice", "fda-regulated-device"),
    ("isUnapprovedDevice", "unapproved-device"),
    ("isPpsd", "pediatric-postmarket-surveillance"),
    ("isUsExport", "us-export"),
    ("fdaaa801Violation", "fdaaa-801-violation"),
)
_EXPANDED_ACCESS_TYPES = (
    ("individual", "expanded-access-individual"),
    ("intermediate", "expanded-access-intermediate"),
    ("treatment", "expanded-access-treatment"),
)


def recognize_json(study: Mapping[str, Any]) -> bool:
    """Whether it is a study of the API v2: one with a `protocolSection` that has an `identificationModule`."""
    section = study.get("protocolSection")
    return isinstance(section, Mapping) and "identificationModule" in section


def parse_json(study: dict[str, Any], document: str) -> Trial:
    """The record of one study; `document` is the id that its source document and its issues are given.

    Raises ValueError, with path, value and what was expected, when it has no NCT number, or when a value that has
    a field of the record is of another JSON type than that field's.
    """
    has_section = bool(study.get(_RESULTS))
    study = {key: value for key, value in study.items() if key != _RESULTS}
    try:
        study, damaged = replace_damage(study)
        return _read(study, Account(document), damaged, has_section)
    except RecursionError:
        raise ValueError("study: expected at most a few hundred levels of nesting") from None


def _read(study: dict[str, Any], account: Account, damaged: list[str], has_section: bool) -> Trial:
    root = Node(account, study)
    for path in damaged:
        message = f"{path}: characters that cannot be stored were replaced by U+FFFD"
        account.issue("damaged-text", message)
    protocol, derived = root.node("protocolSection"), root.node("derivedSection")
    identification, status = protocol.node("identificationModule"), protocol.node("statusModule")
    nct = read_nct_id(identification)
    titles = ((kind, identification.text(key)) for key, kind in (("officialTitle", "official"), ("acronym", "acronym")))
    access, places = status.node("expandedAccessInfo"), protocol.node("contactsLocationsModule")
    description, topics = protocol.node("descriptionModule"), protocol.node("conditionsModule")
    design, arms = protocol.node("designModule"), protocol.node("armsInterventionsModule")
    eligibility, publications = protocol.node("eligibilityModule"), protocol.node("referencesModule")
    documents = root.node("documentSection").node("largeDocumentModule")
    has_results = _take_has_results(root, has_section)
    mesh = [
        *read_mesh(derived.node("conditionBrowseModule"), "condition"),
        *read_mesh(derived.node("interventionBrowseModule"), "intervention"),
    ]
    who = read_population(eligibility)
    trial = Trial(
        id=nct,
        registry=NAME,
        identifiers=read_identifiers(identification, nct),
        title=identification.text("briefTitle"),
        titles=[Title(kind=kind, text=text) for kind, text in titles if text],
        overall_status=status.code("overallStatus", words.STATUS),
        last_known_status=status.code("lastKnownStatus", words.STATUS),
        why_stopped=status.text("whyStopped"),
        design=read_design(design),
        phases=design.codes("phases", words.PHASES),
        sex=who.sex,
        minimum_age=who.minimum_age,
        maximum_age=who.maximum_age,
        population=who.population,
        conditions=read_conditions(topics.texts("conditions"), mesh),
        mesh=mesh,
        keywords=topics.texts("keywords"),
        brief_summary=description.text("briefSummary"),
        detailed_description=description.text("detailedDescription"),
        dates=read_dates(status, derived.node("miscInfoModule")),
        parties=read_parties(
            protocol.node("sponsorCollaboratorsModule"),
            identification.node("organization"),
            places.nodes("overallOfficials"),
        ),
        contacts=read_contacts(places.nodes("centralContacts")),
        flags=[
            *_read_flags(status, ("delayedPosting", "delayed-posting")),
            *_read_flags(access, ("hasExpandedAccess", "has-expanded-access")),
            *_read_flags(protocol.node("oversightModule"), *_OVERSIGHT),
            *_read_flags(design, ("patientRegistry", "patient-registry")),
            *_read_flags(design.node("expandedAccessTypes"), *_EXPANDED_ACCESS_TYPES),
            *_read_flags(eligibility, ("healthyVolunteers", "healthy-volunteers"), ("genderBased", "gender-based")),
            *_read_flags(documents, ("noSap", "no-sap")),
            *([Flag(name="has-results", value=has_results)] if has_results is not None else []),
        ],
        arms=read_arms(arms.nodes("armGroups")),
        interventions=read_interventions(arms.nodes("interventions")),
        references=read_references(publications.nodes("references")),
        resources=[
            *read_expanded_access(access),
            *read_links(publications),
            *read_documents(documents.nodes("largeDocs"), nct),
            *([results_link(nct)] if has_results else []),
        ],
        data_sharing=read_sharing(protocol.node("ipdSharingStatementModule")),
        outcomes=read_outcomes(protocol.node("outcomesModule")),
        cohorts=who.cohorts,
        criteria=who.criteria,
        sites=read_sites(places.nodes("locations")),
        sources=[SourceDocument(id=account.document, source=NAME, name=nct, complete=True)],
    )
    trial.statements, trial.issues = account.statements(), account.issues
    return trial


def _read_flags(node: Node, *names: tuple[str, str]) -> list[Flag]:
    return [Flag(name=name, value=value) for key, name in names if (value := node.flag(key)) is not None]


def _take_has_results(root: Node, has_section: bool) -> bool | None:
    """None when the study does not say."""
    stated = root.flag("hasResults")
    return True if has_section else stated
