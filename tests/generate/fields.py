"""Every field of the API's format but those of results, for what must use, read or keep all of them
(https://clinicaltrials.gov/data-api/about-api/study-data-structure)."""

from collections.abc import Iterator
from typing import Any

_TABLE = """
protocolSection.identificationModule: nctId nctIdAliases briefTitle officialTitle acronym
protocolSection.identificationModule.orgStudyIdInfo: id type link
protocolSection.identificationModule.secondaryIdInfos: id type domain link
protocolSection.identificationModule.organization: fullName class
protocolSection.statusModule: statusVerifiedDate overallStatus lastKnownStatus delayedPosting whyStopped
    studyFirstSubmitDate studyFirstSubmitQcDate resultsFirstSubmitDate resultsFirstSubmitQcDate dispFirstSubmitDate
    dispFirstSubmitQcDate lastUpdateSubmitDate
protocolSection.statusModule.expandedAccessInfo: hasExpandedAccess nctId statusForNctId
protocolSection.statusModule.startDateStruct: date type
protocolSection.statusModule.primaryCompletionDateStruct: date type
protocolSection.statusModule.completionDateStruct: date type
protocolSection.statusModule.studyFirstPostDateStruct: date type
protocolSection.statusModule.resultsFirstPostDateStruct: date type
protocolSection.statusModule.dispFirstPostDateStruct: date type
protocolSection.statusModule.lastUpdatePostDateStruct: date type
protocolSection.sponsorCollaboratorsModule.responsibleParty: type investigatorFullName investigatorTitle
    investigatorAffiliation oldNameTitle oldOrganization
protocolSection.sponsorCollaboratorsModule.leadSponsor: name class
protocolSection.sponsorCollaboratorsModule.collaborators: name class
protocolSection.oversightModule: oversightHasDmc isFdaRegulatedDrug isFdaRegulatedDevice isUnapprovedDevice isPpsd
    isUsExport fdaaa801Violation
protocolSection.descriptionModule: briefSummary detailedDescription
protocolSection.conditionsModule: conditions keywords
protocolSection.designModule: studyType nPtrsToThisExpAccNctId patientRegistry targetDuration phases
protocolSection.designModule.expandedAccessTypes: individual intermediate treatment
protocolSection.designModule.designInfo: allocation interventionModel interventionModelDescription primaryPurpose
    observationalModel timePerspective
protocolSection.designModule.designInfo.maskingInfo: masking maskingDescription whoMasked
protocolSection.designModule.bioSpec: retention description
protocolSection.designModule.enrollmentInfo: count type
protocolSection.armsInterventionsModule.armGroups: label type description interventionNames
protocolSection.armsInterventionsModule.interventions: type name description armGroupLabels otherNames
protocolSection.outcomesModule.primaryOutcomes: measure description timeFrame
protocolSection.outcomesModule.secondaryOutcomes: measure description timeFrame
protocolSection.outcomesModule.otherOutcomes: measure description timeFrame
protocolSection.eligibilityModule: eligibilityCriteria healthyVolunteers sex genderBased genderDescription
    minimumAge maximumAge stdAges studyPopulation samplingMethod
protocolSection.contactsLocationsModule.centralContacts: name role phone phoneExt email
protocolSection.contactsLocationsModule.overallOfficials: name affiliation role
protocolSection.contactsLocationsModule.locations: facility status city state zip country
protocolSection.contactsLocationsModule.locations.geoPoint: lat lon
protocolSection.contactsLocationsModule.locations.contacts: name role phone phoneExt email
protocolSection.referencesModule.references: pmid type citation
protocolSection.referencesModule.references.retractions: pmid source
protocolSection.referencesModule.seeAlsoLinks: label url
protocolSection.referencesModule.availIpds: id type url comment
protocolSection.ipdSharingStatementModule: ipdSharing description infoTypes timeFrame accessCriteria url
annotationSection.annotationModule.unpostedAnnotation: unpostedResponsibleParty
annotationSection.annotationModule.unpostedAnnotation.unpostedEvents: type date dateUnknown
annotationSection.annotationModule.violationAnnotation.violationEvents: type description creationDate issuedDate
    releaseDate postedDate
documentSection.largeDocumentModule: noSap
documentSection.largeDocumentModule.largeDocs: typeAbbrev hasProtocol hasSap hasIcf label date uploadDate filename
    size
derivedSection.miscInfoModule: versionHolder removedCountries
derivedSection.miscInfoModule.submissionTracking: estimatedResultsFirstSubmitDate
derivedSection.miscInfoModule.submissionTracking.firstMcpInfo.postDateStruct: date type
derivedSection.miscInfoModule.submissionTracking.submissionInfos: releaseDate unreleaseDate unreleaseDateUnknown
    resetDate mcpReleaseN
derivedSection.conditionBrowseModule.meshes: id term
derivedSection.conditionBrowseModule.ancestors: id term
derivedSection.conditionBrowseModule.browseLeaves: id name asFound relevance
derivedSection.conditionBrowseModule.browseBranches: abbrev name
derivedSection.interventionBrowseModule.meshes: id term
derivedSection.interventionBrowseModule.ancestors: id term
derivedSection.interventionBrowseModule.browseLeaves: id name asFound relevance
derivedSection.interventionBrowseModule.browseBranches: abbrev name
.: hasResults
"""


def _fields() -> Iterator[str]:
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        place, names = line.split(":")
        yield from (name if place == "." else f"{place}.{name}" for name in names.split())


FIELDS = tuple(_fields())
"""Paths of leaves, such as `protocolSection.statusModule.overallStatus`; lists have no step of their own."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each leaf value of a study with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, value
