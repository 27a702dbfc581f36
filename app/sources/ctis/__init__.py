"""EU CTIS: a trial of the public portal's API as JSON -> Trial.

The portal gives part I of the application (the trial) and a part II for each member state (its sites); older answers
have both at the top, newer ones below `authorizedApplication`, and the fields of the search result may stand beside.
Slashed dates are day/month/year: the portal gives the same days as ISO 8601 elsewhere in a record.
https://euclinicaltrials.eu/search-for-clinical-trials. Every trial there is a clinical trial of a medicinal product,
which no field says, so the study type stays unsaid.
"""

from collections.abc import Mapping
from typing import Any

from app.record.parts import Design, Flag, Identifier, Population, Title, TrialDate
from app.record.registries import REGISTRIES, registry_of, trial_id
from app.record.trial import SourceDocument, Trial
from app.sources.ctis.parts import (
    take_conditions,
    take_documents,
    take_endpoints,
    take_products,
    take_sponsors,
)
from app.sources.ctis.sites import take_sites
from app.sources.ctis.words import AGE_GROUPS, PHASES, read_public_status
from app.sources.exports.criteria import join_criteria, take_criteria
from app.sources.exports.ids import add_identifiers, read_identifiers
from app.sources.exports.leaves import Node, Record
from app.sources.exports.text import clean_html, clean_line
from app.sources.ictrp.words import NOTHING, read_count, read_named_phases, read_sex, read_source_date

NAME = "ctis"

_ROOT_DATES = (
    ("startDateEU", "start", "actual"),
    ("submissionDate", "first-submitted", None),
    ("lastUpdated", "last-update-submitted", None),
    ("lastPublicationUpdate", "last-update", None),
    ("record_last_import", "as-of", None),
)
_DURATION_DATES = (
    ("estimatedRecruitmentStartDate", "enrollment-start"),
    ("estimatedGlobalEndDate", "completion"),
    ("estimatedEndDate", "completion"),
)


def recognize_json(record: Mapping[str, Any]) -> bool:
    """Whether an object is a trial of CTIS."""
    return "ctNumber" in record


def parse_json(record: dict[str, Any], document: str) -> Trial:
    """The record of one trial. Raises ValueError, naming the path, the value and what was expected."""
    tree = Record(record, document)
    root = tree.root
    application = root.at("authorizedApplication")
    part_one = application.at("authorizedPartI") or root.at("authorizedPartI")
    parts_two = application.at("authorizedPartsII") or root.at("authorizedPartsII")
    details = part_one.at("trialDetails")
    information = details.at("trialInformation")
    trial = Trial()
    _take_identity(trial, root, application, details.at("clinicalTrialIdentifiers"))
    _take_status(trial, root)
    _take_dates(trial, root, information.at("trialDuration"))
    _take_phases(trial, root, information.at("trialCategory", "trialPhase"))
    _take_population(trial, root, information.at("populationOfTrialSubjects"))
    _take_design(trial, root, information)
    take_sponsors(trial, part_one.at("sponsors") or root.at("primarySponsor"))
    take_conditions(trial, root, part_one, information.at("medicalCondition"))
    take_products(trial, part_one)
    take_endpoints(trial, information.at("endPoint"))
    take_sites(trial, part_one, parts_two, application, root)
    take_documents(trial, root.at("documents"))
    criteria = information.at("eligibilityCriteria")
    take_criteria(trial, join_criteria(*(_list_criteria(criteria, kind) for kind in ("Inclusion", "Exclusion"))), tree)
    trial.statements, trial.issues = tree.statements(), tree.issues
    trial.sources = [SourceDocument(id=document, source=NAME, name=trial.id)]
    return trial


def _take_identity(trial: Trial, root: Node, application: Node, identifiers: Node) -> None:
    number = root.at("ctNumber")
    own = number.text().strip()
    registry = registry_of(own)
    if registry is None or registry.code != "ctis":
        raise ValueError(f"ctNumber: expected an EU CT number such as 2023-501234-12-00, found {own!r:.80}")
    trial.id = trial_id(own)
    number.tick()
    trial.registry = registry.code
    trial.identifiers = [Identifier(kind="registry", value=own, system=registry.system)]
    _take_titles(trial, root, identifiers)
    short = clean_line(identifiers.at("shortTitle").text() or root.at("shortTitle").text())
    if short:
        # in practice the sponsor's code of the protocol
        trial.identifiers.append(Identifier(kind="organization", value=short, type="short title"))
        _tick_same(short, root.at("shortTitle"), identifiers.at("shortTitle"))
    for child in identifiers.at("secondaryIdentifyingNumbers").children():
        _take_secondary(trial, child, own)
    eudract = application.at("eudraCt", "eudraCtCode")
    if eudract.words():
        system = REGISTRIES["euctr"].system
        value = eudract.take()
        add_identifiers(
            trial.identifiers, [Identifier(kind="secondary", value=value, system=system, type="EudraCT number")]
        )


def _take_secondary(trial: Trial, entry: Node, own: str) -> None:
    """One registry's number, or a list of them."""
    if isinstance(entry.value, list):
        for item in entry.items():
            _take_secondary(trial, item, own)
    elif isinstance(entry.value, dict):
        given, other = entry.at("number"), entry.at("otherRegistryName")
        if given.words() and given.words().lower() not in NOTHING:
            add_identifiers(trial.identifiers, read_identifiers(given.take(), own, other.take() or None))


def _take_titles(trial: Trial, root: Node, identifiers: Node) -> None:
    """Translations stay statements: a title here has no language."""
    public, full = identifiers.at("publicTitle"), identifiers.at("fullTitle") or root.at("title")
    trial.title = clean_line(public.text()) or None
    public.tick()
    official = clean_line(full.text())
    if official:
        trial.titles = [Title(kind="official", text=official)]
        _tick_same(official, full, root.at("title"))


def _take_status(trial: Trial, root: Node) -> None:
    """The public status; the registry's number or words stay beside our code, which says less."""
    code, status = root.at("ctPublicStatusCode"), root.at("ctStatus")
    word = code if code.words() else status
    trial.overall_status = read_public_status(word.words())
    if word.words() and not trial.overall_status:
        message = f"{word.label} {word.words()[:80]!r} has no code of the same meaning: kept as it stands"
        root.record.issue("unknown-word", message)


def _take_dates(trial: Trial, root: Node, duration: Node) -> None:
    for name, kind, date_type in _ROOT_DATES:
        _take_date(trial, root.at(name), kind, date_type)
    for name, kind in _DURATION_DATES:
        _take_date(trial, duration.at(name), kind, "estimated")


def _take_date(trial: Trial, node: Node, kind: str, date_type: str | None) -> None:
    """A second date of a kind is ticked off only when it says the same."""
    if not node.text().strip():
        return
    read = read_source_date(node.text(), "day-first")
    if read.value is None:
        message = f"{node.label} {node.words()[:80]!r} is no date that can be read: kept as it stands"
        node.record.issue(read.problem or "unreadable-date", message)
    elif trial.date(kind) is None:
        trial.dates.append(TrialDate(kind=kind, value=read.value, type=date_type))
        node.tick()
    elif trial.date(kind) == read.value:
        node.tick()


def _take_phases(trial: Trial, root: Node, code: Node) -> None:
    sentence = root.at("trialPhase")
    named = read_named_phases(sentence.words())
    coded = PHASES.get(code.words())
    trial.phases = coded or named
    if coded and named and coded != named:
        root.record.issue("contradicting-phases", f"{code.label} {code.words()!r} is not {sentence.words()[:120]!r}")
    elif coded:
        code.tick()


def _take_population(trial: Trial, root: Node, population: Node) -> None:
    """The age groups are standard ones; which ages inside them may take part is said nowhere."""
    female, male = (population.at(name) for name in ("isFemaleSubjects", "isMaleSubjects"))
    stated: dict[tuple[bool | None, bool | None], str] = {
        (True, True): "all",
        (True, False): "female",
        (False, True): "male",
    }
    sex = stated.get((female.flag(), male.flag()))
    gender = root.at("gender")
    trial.sex = sex or read_sex(gender.words())
    for node in (female, male) if sex else ():
        node.tick()
    if trial.sex and read_sex(gender.words()) == trial.sex:
        gender.tick()
    groups = root.at("ageGroup")
    parts = [" ".join(part.split()) for part in groups.words().split(",") if part.strip()]
    codes = [AGE_GROUPS[part] for part in parts if part in AGE_GROUPS]
    if codes:
        order = tuple(AGE_GROUPS.values())
        trial.population = Population(standard_ages=sorted(set(codes), key=order.index))
    if parts and len(codes) == len(parts):
        groups.tick()
    elif parts:
        root.record.issue("unknown-word", f"{groups.label} {groups.words()[:120]!r} has a group that is not known")
    for group in population.at("clinicalTrialGroups").items():
        name = group.at("name")
        if name.words().lower() == "healthy volunteers":
            trial.flags.append(Flag(name="healthy-volunteers", value=True))
            name.tick()


def _take_design(trial: Trial, root: Node, information: Node) -> None:
    enrolled = root.at("totalNumberEnrolled")
    count = read_count(enrolled.words())
    if count is not None:
        trial.design = Design(enrollment=count)
        enrolled.tick()
    for node, name in (
        (information.at("trialCategory", "isLowIntervention"), "low-intervention"),
        (information.at("populationOfTrialSubjects", "isVulnerablePopulationSelected"), "vulnerable-population"),
    ):
        value = node.flag()
        if value is not None:
            trial.flags.append(Flag(name=name, value=value))
            node.tick()


def _list_criteria(criteria: Node, kind: str) -> str:
    """The criteria of one kind as a numbered list, in the order of their numbers; lines inside one are indented."""
    name = f"principal{kind}Criteria"
    entries = [
        (entry.at("number"), clean_html(entry.at(name).text()), entry.at(name)) for entry in criteria.at(name).items()
    ]
    entries = [entry for entry in entries if entry[1].strip()]
    numbered = all(type(number.value) is int and number.value > 0 for number, _, _ in entries)
    if numbered:
        entries.sort(key=lambda entry: int(entry[0].words()))
    lines = []
    for number, text, node in entries:
        if numbered:
            lines.append(f"{number.take()}. " + text.strip().replace("\n", "\n   "))
        else:
            lines.append("- " + text.strip().replace("\n", "\n  "))
        node.tick()
    return "\n".join(lines)


def _tick_same(value: str, *nodes: Node) -> None:
    """Ticks off the places that say the same once more."""
    for node in nodes:
        if not isinstance(node.value, dict | list) and clean_line(node.words()) == value:
            node.tick()
