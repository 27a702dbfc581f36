"""WHO ICTRP: a record of the portal's export (`Trial`), or of the format in which registries send theirs to it
(`trial`) -> Trial. The portal's CSV has the same fields.

https://www.who.int/tools/clinical-trials-registry-platform. The record is the listing's; the registry's own record
of the same id is the better one. A field that is not understood stays a statement, with an issue.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from app.record.codes import STATUS
from app.record.ids import fold, slug
from app.record.parts import Design, Flag, Identifier, Party, Resource, Title, TrialDate
from app.record.registries import registry_of, trial_id
from app.record.trial import SourceDocument, Statement, Trial
from app.sources.exports.criteria import join_criteria, take_criteria
from app.sources.exports.ids import add_identifiers, read_identifiers
from app.sources.exports.leaves import Fields, Node, Record, read_xml
from app.sources.exports.text import clean_html, clean_line, split_list
from app.sources.ictrp.lists import take_conditions, take_contacts, take_countries, take_interventions, take_outcomes
from app.sources.ictrp.words import (
    NOTHING,
    STUDY_TYPES,
    Order,
    read_count,
    read_sex,
    read_source_age,
    read_source_date,
    read_source_phases,
    read_status,
)

NAME = "ictrp"
ROOT_TAGS = ("Trials_downloaded_from_ICTRP", "trials")
_CAPITALS = re.compile(r"(?:NCT|ISRCTN|DRKS|EUCTR|CTRI|SLCTR)[0-9].*", re.IGNORECASE)
"""Ids that their registries write in capitals: in another case they are the same."""
_CTIS_ID = re.compile(r"CTIS(20\d\d-5\d{5}-\d\d-\d\d)", re.ASCII)

# Field -> kind of date, and the order of 3/8/2020 there where the portal's own records prove it:
# Date_registration3 repeats Date_registration as 20200318, Export_date counts past 12 in its second place
_DATES: tuple[tuple[str, str, Order | None], ...] = (
    ("date_enrollement", "enrollment-start", None),
    ("date_enrolment", "enrollment-start", None),
    ("last_refreshed_on", "last-update", None),
    ("export_date", "as-of", "month-first"),
    ("results_date_posted", "results-first-posted", None),
    ("results_date_completed", "completion", None),
    ("ethics_approval_date", "ethics-approval", None),
    ("approval_date", "ethics-approval", None),
)
_ENROLMENT_TYPES = {"actual": "actual", "anticipated": "estimated"}
_FLAGS = (
    ("retrospective_flag", "retrospective-registration"),
    ("results_yes_no", "has-results"),
)
_SPONSORS = (
    ("primary_sponsor", "lead-sponsor"),
    ("secondary_sponsor", "collaborator"),
    ("sponsor_name", "collaborator"),
)
_AGE_GROUPS = re.compile(r"^[ \t]{0,99}Are the trial subjects under 18\?", re.MULTILINE)
_YES_NO = {"yes": True, "no": False}


def recognize_xml(tag: str) -> bool:
    """Whether an element of this name is one record."""
    return tag.rpartition("}")[2] in ("Trial", "trial")


def parse_xml(element: Element, document: str) -> Trial:
    """The record of one trial. Raises ValueError, naming field, value and what was expected."""
    return _parse(Record(read_xml(element), document))


def parse_row(row: Mapping[str, str], document: str) -> Trial:
    """The record of one row of the portal's CSV. Raises ValueError as `parse_xml` does."""
    return _parse(Record({str(name).replace(" ", "_"): value for name, value in row.items()}, document))


def _parse(record: Record) -> Trial:
    fields = Fields(record)
    trial = Trial()
    _take_identity(trial, fields)
    _take_titles(trial, fields)
    _take_dates(trial, fields)
    _take_words(trial, fields)
    _take_design(trial, fields)
    _take_ages(trial, fields)
    _take_sponsors(trial, fields)
    take_contacts(trial, record.root, fields.all("contact_firstname", "contact_lastname", "contact_email"))
    take_countries(trial, fields.all("countries", "country2"), record)
    take_conditions(trial, fields.all("condition", "hc_keyword", "hc_freetext"))
    take_interventions(trial, fields.all("intervention", "i_keyword", "i_freetext"))
    take_outcomes(trial, fields.all("primary_outcome", "prim_outcome"), "primary")
    take_outcomes(trial, fields.all("secondary_outcome", "sec_outcome"), "secondary")
    counts = _take_criteria(trial, fields)
    trial.statements, trial.issues = [*record.statements(), *counts], record.issues
    trial.sources = [SourceDocument(id=record.document, source=NAME, name=trial.id)]
    return trial


def _take_identity(trial: Trial, fields: Fields) -> None:
    """The id is the registry's own; without a known registry it is the register's name that says which one."""
    node = fields.one("trialid", "trial_id")
    given = node.take()
    if not given:
        raise ValueError("TrialID: expected the registry's id of the trial, found nothing")
    listed = _CTIS_ID.fullmatch(given)
    own = listed[1] if listed else given
    if _CAPITALS.fullmatch(own):
        own = own.upper()
    try:
        trial.id = trial_id(own)
    except ValueError as error:
        raise ValueError(f"{node.label}: {error}") from None
    registry = registry_of(own)
    register = fields.one("source_register", "reg_name")
    trial.registry = registry.code if registry else slug(register.words()) or None
    trial.identifiers = [Identifier(kind="registry", value=own, system=registry.system if registry else None)]
    if listed:
        trial.identifiers.append(Identifier(kind="alias", value=given))
    for field in fields.all("secondary_id", "secondary_ids", "secondaryids", "secondary_id(s)", "sec_id"):
        if field.words().lower() in NOTHING:
            continue
        issuer = _issuer(field).take() or None
        items = split_list(field.words())
        add_identifiers(trial.identifiers, [found for item in items for found in read_identifiers(item, own, issuer)])
        field.tick()
    for field in fields.all("utrn", "utn", "universal_trial_number"):
        if field.words().lower() not in NOTHING:
            add_identifiers(trial.identifiers, read_identifiers(field.take(), own))
    address = fields.one("web_address", "url")
    if re.fullmatch(r"https?://\S+", address.words()):
        trial.resources.append(Resource(kind="link", label="Registry record", url=address.take()))


def _issuer(field: Node) -> Node:
    """The authority beside a `sec_id`."""
    group = field.record.root
    for name in field.path[:-1]:
        group = group.items()[int(name)] if isinstance(group.value, list) else group.at(name)
    beside = isinstance(group.value, dict) and field.path[-1] == "sec_id"
    issuer = group.at("issuing_authority") if beside else Node(field.record, field.path, None)
    return issuer if isinstance(issuer.value, str) else Node(field.record, field.path, None)


def _take_titles(trial: Trial, fields: Fields) -> None:
    public = fields.one("public_title")
    if public.words().lower() not in NOTHING:
        trial.title = clean_line(public.take()) or None
    for kind, names in (("official", ("scientific_title",)), ("acronym", ("acronym", "scientific_acronym"))):
        for node in (fields.one(name) for name in names):
            text = clean_line(node.words())
            if text and text.lower() not in NOTHING and text not in (title.text for title in trial.titles):
                trial.titles.append(Title(kind=kind, text=text))
                node.tick()


def _take_dates(trial: Trial, fields: Fields) -> None:
    compact, registered = fields.one("date_registration3"), fields.one("date_registration")
    # the field is proved by Date_registration3 wherever a record has both
    values = [(node, read_source_date(node.words(), "day-first")) for node in (compact, registered) if node]
    known = [read.value for _, read in values if read.value]
    if len(set(known)) > 1:
        message = f"{compact.label} {compact.words()!r} and {registered.label} {registered.words()!r} differ: "
        fields.record.issue("contradicting-dates", f"{message}the first is taken, the second kept as it stands")
    for node, read in values:
        if read.problem:
            _refuse(node, read.problem)
        elif read.value == known[0]:
            node.tick()
    if known:
        trial.dates.append(TrialDate(kind="registered", value=known[0]))
    for name, kind, order in _DATES:
        node = fields.one(name)
        if not node or trial.date(kind):
            continue
        read = read_source_date(node.words(), order)
        if read.value:
            date_type = None
            if kind == "enrollment-start":
                enrolment = fields.one("type_enrolment")
                date_type = _ENROLMENT_TYPES.get(enrolment.words().lower())
                enrolment.tick() if date_type else None
            trial.dates.append(TrialDate(kind=kind, value=read.value, type=date_type))
            node.tick()
        elif read.problem and node.words().lower() not in NOTHING:
            _refuse(node, read.problem)


def _take_words(trial: Trial, fields: Fields) -> None:
    status = fields.one("recruitment_status")
    trial.overall_status = read_status(clean_line(status.words()))
    own_word = (
        trial.overall_status and STATUS[trial.overall_status].display.lower() != clean_line(status.words()).lower()
    )
    if not own_word:
        _read_word(status, trial.overall_status)
    sex = fields.one("inclusion_gender", "gender")
    trial.sex = _read_word(sex, read_sex(clean_line(sex.words())))
    phase = fields.one("phase")
    phases = read_source_phases(clean_html(phase.words()))
    trial.phases = phases or []
    _read_word(phase, phases[0] if phases else None)
    for name, flag in _FLAGS:
        node = fields.one(name)
        value = _YES_NO.get(node.words().lower())
        if value is not None:
            trial.flags.append(Flag(name=flag, value=value))
            node.tick()


def _take_design(trial: Trial, fields: Fields) -> None:
    """A study type that says more than its code, and the design's text, are kept as they stand."""
    study_type = fields.one("study_type")
    words = clean_line(study_type.words()).lower()
    code = STUDY_TYPES.get(words)
    if code is None or len(words.split()) <= 2:
        _read_word(study_type, code)
    size = fields.one("target_size")
    count = read_count(size.words())
    if count is not None:
        size.tick()
    if code or count is not None:
        trial.design = Design(study_type=code, enrollment=count)


def _take_ages(trial: Trial, fields: Fields) -> None:
    low, high = fields.one("inclusion_agemin", "agemin"), fields.one("inclusion_agemax", "agemax")
    for node, read in (
        (low, read_source_age(clean_line(low.words()), "minimum")),
        (high, read_source_age(clean_line(high.words()), "maximum")),
    ):
        if read.value:
            node.tick()
        elif node and read.problem:
            _refuse(node, read.problem)
        if node is low:
            trial.minimum_age = read.value
        else:
            trial.maximum_age = read.value


def _take_criteria(trial: Trial, fields: Fields) -> list[Statement]:
    """EudraCT's numbers of subjects of each age group, which stand below its criteria, are none: a statement."""
    inclusion, exclusion = fields.one("inclusion_criteria"), fields.one("exclusion_criteria")
    texts = []
    for node in (inclusion, exclusion):
        stated = node.words().lower() not in NOTHING
        texts.append(clean_html(node.text()) if stated else "")
        if stated:
            node.tick()
    (text, excluded), counts = texts, ""
    if (start := _AGE_GROUPS.search(text)) and trial.registry == "euctr":
        counts = "\n".join(line.strip() for line in text[start.start() :].split("\n"))
        text = text[: start.start()].rstrip()
    take_criteria(trial, join_criteria(text, excluded), fields.record)
    return [Statement(label=inclusion.label, text=counts)] if counts else []


def _take_sponsors(trial: Trial, fields: Fields) -> None:
    """A sponsor named again in another role keeps the first one."""
    seen: set[str] = set()
    for name, role in _SPONSORS:
        for node in fields.all(name):
            names = [clean_line(node.words())] if role == "lead-sponsor" else split_list(node.words())
            for text in (text.rstrip(" ,;") for text in names):
                if not text or text.lower() in NOTHING:
                    continue
                node.tick()
                if fold(text) not in seen:
                    seen.add(fold(text))
                    trial.parties.append(Party(role=role, name=text, kind="organization"))


def _read_word(node: Node, code: str | None) -> str | None:
    if code:
        node.tick()
    elif node and node.words().lower() not in NOTHING:
        _refuse(node, "unknown-word")
    return code


def _refuse(node: Node, code: str) -> None:
    """Says why a value stays a statement."""
    reasons = {
        "unknown-word": "has no code of the same meaning",
        "ambiguous-date": "may be day/month or month/day",
        "placeholder-date": "stands for a date that is not known",
        "unreadable-date": "is no date",
        "age-without-unit": "has no unit",
        "unreadable-age": "is no age",
    }
    node.record.issue(code, f"{node.label} {node.words()[:120]!r} {reasons[code]}: kept as it stands")
