"""ICTRP's fields that hold several values -> conditions, interventions, outcomes, contacts and countries.

The portal joins several values with semicolons or `<br>`; what some registries write in one value (EudraCT's labelled
parts, MedDRA terms) is told apart by its labels. A prose text is one value.
"""

import re

from app.record.ids import fold
from app.record.parts import Condition, Contact, Intervention
from app.record.trial import Outcome, OutcomeType, Trial, TrialSite
from app.sources.countries import country_code
from app.sources.exports.leaves import Node, Record
from app.sources.exports.text import clean_html, clean_line, split_list
from app.sources.ictrp.words import NOTHING

_AREA = "therapeutic area:"
_TERM = ("meddra version:", "level:", "classification code", "term:", "system organ class:")
_PRODUCT = re.compile(r"(?:Trade|Product) Name:\s{0,9}(?P<name>\S.*)", re.IGNORECASE)
_TYPED = re.compile(
    r"(?P<type>Drug|Device|Biological|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|Combination Product"
    r"|Diagnostic Test|Other): (?P<name>\S.*)"
)
_LABELLED = re.compile(
    r"(?:^|;)\s{0,99}(?P<label>Main Objective|(?:Primary|Secondary) end point\(s\)|Secondary Objective"
    r"|Timepoint\(s\) of evaluation of this end point)\s{0,9}:",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r" \(([^()]{1,80})\)$")
_END_POINTS = ("primary end point(s)", "secondary end point(s)")
_FRAME = re.compile(r"\[[^\[\]]{1,2000}\]")


def take_conditions(trial: Trial, fields: list[Node]) -> None:
    """Therapeutic areas become keywords; a MedDRA term stays a statement with the whole field."""
    seen: set[str] = set()
    areas: list[str] = []
    for node in fields:
        whole = True
        for item in split_list(node.words()):
            text = item.lstrip("-• ") if node.path[-1] == "hc_freetext" else item
            if text.lower().startswith(_AREA):
                areas.append(text[len(_AREA) :].strip())
            elif not text or text.lower().startswith(_TERM) or text.lower() in NOTHING:
                whole = False
            elif fold(text) not in seen:
                seen.add(fold(text))
                trial.conditions.append(Condition(text=text))
        if whole:
            node.tick()
    trial.keywords += [area for area in dict.fromkeys(areas) if area]


def take_interventions(trial: Trial, fields: list[Node]) -> None:
    """`Drug: Examplumab` has its type; EudraCT's products have the lines below their names as descriptions."""
    names: set[str] = set()
    for node in fields:
        if node.words().lower() in NOTHING:
            continue
        products = _read_products(clean_html(node.words()))
        typed = trial.registry == "ctgov"
        found = products or [_read_intervention(item, typed) for item in split_list(node.words(), at_breaks=False)]
        for intervention in found:
            if intervention.name not in names or intervention.description:
                trial.interventions.append(intervention)
                names.add(intervention.name)
        if found:
            node.tick()


def take_outcomes(trial: Trial, fields: list[Node], kind: OutcomeType) -> None:
    """Each item is an outcome; an item in square brackets is the time frame of the one before it."""
    for node in fields:
        if node.words().lower() in NOTHING:
            continue
        labelled = _read_labelled(clean_line(node.words()), kind)
        if labelled:
            # the objectives beside the end points are no outcomes: the whole stays a statement too
            trial.outcomes.append(labelled)
            continue
        own: list[Outcome] = []
        for item in split_list(node.words()):
            if _FRAME.fullmatch(item) and own and own[-1].time_frame is None:
                own[-1].time_frame = item[1:-1].strip() or None
            else:
                own.append(Outcome(type=kind, measure=item))
        trial.outcomes += own
        node.tick()


def take_contacts(trial: Trial, root: Node, flat: list[Node]) -> None:
    """The export's `Contact_` fields, and the `contact` elements of the registries' format."""
    if flat:
        names = {leaf.path[-1].lower().replace(" ", "_"): leaf for leaf in root.leaves() if len(leaf.path) == 1}
        _take_flat_contacts(trial, names)
    entries = root.at("contacts").at("contact") if isinstance(root.at("contacts").value, dict) else None
    if entries is None:
        return
    rows: list[tuple[str, str, str]] = []
    for entry in entries.items() if isinstance(entries.value, list) else [entries]:
        if not isinstance(entry.value, dict):
            continue
        parts = {name: entry.at(name) for name in ("firstname", "middlename", "lastname", "telephone", "email")}
        if any(isinstance(part.value, dict | list) for part in parts.values()):
            continue
        name = " ".join(parts[key].take() for key in ("firstname", "middlename", "lastname"))
        rows.append((clean_line(name), parts["telephone"].take(), parts["email"].take()))
    trial.contacts += _read_contacts(rows)


def take_countries(trial: Trial, fields: list[Node], record: Record) -> None:
    """One site for each country; a text with commas that is no country's name may be several and is kept as it is."""
    seen: set[str] = set()
    for node in fields:
        names = split_list(node.words())
        unclear = [name for name in names if "," in name and read_country(name) is None]
        if unclear:
            record.issue("unknown-country", f"{node.label}: {unclear[0][:120]!r} is no country's name")
        for name in names:
            if name not in unclear and name.lower() not in NOTHING and fold(name) not in seen:
                seen.add(fold(name))
                trial.sites.append(TrialSite(country=name, country_code=read_country(name)))
        if names and not unclear and not NOTHING.intersection(name.lower() for name in names):
            node.tick()


def read_country(name: str) -> str | None:
    """The code of a country's name; `Iran (Islamic Republic of)` is ISO 3166's `Iran, Islamic Republic of`."""
    return country_code(name) or country_code(_IN_BRACKETS.sub(r", \1", name))


def _read_products(text: str) -> list[Intervention]:
    found: list[tuple[str, list[str]]] = []
    for line in (line.strip() for line in text.split("\n")):
        match = _PRODUCT.fullmatch(line)
        if match:
            found.append((match["name"], []))
        elif line and not found:
            return []
        elif line:
            found[-1][1].append(line)
    return [Intervention(name=name, description="\n".join(lines) or None) for name, lines in found]


def _read_intervention(text: str, typed: bool) -> Intervention:
    match = _TYPED.fullmatch(text) if typed else None
    if not match:
        return Intervention(name=text)
    return Intervention(name=match["name"], type=match["type"].lower().replace(" ", "-"))


def _read_labelled(text: str, kind: OutcomeType) -> Outcome | None:
    marks = list(_LABELLED.finditer(text))
    if not marks:
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = {m["label"].lower(): text[m.end() : end].strip(" ;") for m, end in zip(marks, ends, strict=True)}
    measure = next((parts[label] for label in _END_POINTS if label.startswith(kind) and parts.get(label)), None)
    frame = parts.get("timepoint(s) of evaluation of this end point")
    return Outcome(type=kind, measure=measure, time_frame=frame or None) if measure else None


def _take_flat_contacts(trial: Trial, names: dict[str, Node]) -> None:
    """Several contacts stand in the same order in each field; fields that do not agree are one contact's."""
    fields = [names.get(f"contact_{name}") for name in ("firstname", "lastname", "tel", "email")]
    columns = [[part.strip() for part in field.words().split(";")] if field else [""] for field in fields]
    longest = max(len(column) for column in columns)
    blank = [""] * longest
    agree = all(len(column) == longest or column == [""] for column in columns)
    if agree:
        rows = list(zip(*(column if len(column) == longest else blank for column in columns), strict=True))
    else:
        rows = [tuple("; ".join(part for part in column if part) for column in columns)]
    trial.contacts = _read_contacts(
        [(clean_line(f"{first} {last}"), clean_line(phone), clean_line(email)) for first, last, phone, email in rows]
    )
    for field in fields:
        if field is not None:
            field.tick()


def _read_contacts(rows: list[tuple[str, str, str]]) -> list[Contact]:
    """Name, telephone and address of each, once."""
    return [
        Contact(name=name or None, role="contact", phone=phone or None, email=email or None)
        for name, phone, email in dict.fromkeys(rows)
        if name or phone or email
    ]
