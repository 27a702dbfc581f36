"""What a ClinicalTrials.gov study is called and where it stands: ids and dates
(`identificationModule`, `statusModule`)."""

import re

from app.record.parts import Identifier, TrialDate
from app.record.registries import REGISTRIES, UNIVERSAL, registry_of
from app.sources.ctgov import words
from app.sources.ctgov.node import Node, refuse

NCT = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)
_SYSTEM = REGISTRIES["ctgov"].system
_DATES = (
    ("studyFirstSubmitDate", "first-submitted"),
    ("studyFirstSubmitQcDate", "first-submitted-qc"),
    ("resultsFirstSubmitDate", "results-first-submitted"),
    ("resultsFirstSubmitQcDate", "results-first-submitted-qc"),
    ("dispFirstSubmitDate", "disposition-first-submitted"),
    ("dispFirstSubmitQcDate", "disposition-first-submitted-qc"),
    ("lastUpdateSubmitDate", "last-update-submitted"),
    ("statusVerifiedDate", "verified"),
)
_TYPED_DATES = (
    ("startDateStruct", "start"),
    ("primaryCompletionDateStruct", "primary-completion"),
    ("completionDateStruct", "completion"),
    ("studyFirstPostDateStruct", "first-posted"),
    ("resultsFirstPostDateStruct", "results-first-posted"),
    ("dispFirstPostDateStruct", "disposition-first-posted"),
    ("lastUpdatePostDateStruct", "last-update"),
)


def read_nct_id(module: Node) -> str:
    """The study's number, in capitals. Raises ValueError when it has none."""
    given = module.rest.get("nctId")
    text = module.text("nctId")
    if text is None or not NCT.fullmatch(text):
        refuse(module.path_of("nctId"), given, "NCT and eight digits")
    return text.upper()


def read_identifiers(module: Node, nct: str) -> list[Identifier]:
    """Its own id, the organization's, those of others, earlier ones of its own."""
    identifiers = [Identifier(kind="registry", value=nct, system=_SYSTEM)]
    own = module.node("orgStudyIdInfo")
    value = own.text("id")
    if value:
        type, link = own.code("type", words.ORGANIZATION_ID_TYPE), own.text("link")
        identifiers.append(Identifier(kind="organization", value=value, type=type, link=link))
    for node in module.nodes("secondaryIdInfos"):
        value = node.text("id")
        if value:
            registry = registry_of(value)
            identifiers.append(
                Identifier(
                    kind="universal" if UNIVERSAL.fullmatch(value) else "secondary",
                    value=value,
                    system=registry.system if registry else None,
                    type=node.code("type", words.SECONDARY_ID_TYPE),
                    domain=node.text("domain"),
                    link=node.text("link"),
                )
            )
    aliases = module.matching("nctIdAliases", NCT)
    return identifiers + [Identifier(kind="alias", value=alias.upper(), system=_SYSTEM) for alias in aliases]


def read_dates(status: Node, derived: Node) -> list[TrialDate]:
    """In the order of what happens: `as-of` is the day of the registry's data that the study was taken from."""
    dates = []
    for key, kind in _TYPED_DATES:
        node = status.node(key)
        value = node.date("date")
        if value:
            dates.append(TrialDate(kind=kind, value=value, type=node.code("type", words.DATE_TYPE)))
    for module, key, kind in (*((status, key, kind) for key, kind in _DATES), (derived, "versionHolder", "as-of")):
        value = module.date(key)
        if value:
            dates.append(TrialDate(kind=kind, value=value))
    return dates
