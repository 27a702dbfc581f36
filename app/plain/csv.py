"""Trials, their sites and their contacts as CSV: plain JSON documents (`app.plain.shapes`) in, rows and bytes out.

A trial's columns, words and joins are those of ClinicalTrials.gov's own CSV export: `|` between the items of a list,
`, ` between the parts of an item, enum words in capitals, ISO dates (https://clinicaltrials.gov/data-api/api, format
`csv`). What a record does not state is an empty cell. Like the registry, it escapes no `|` inside an item: only the
JSON is exact. The bytes are RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180) in UTF-8, without a byte order mark,
which programs would read as part of the first column's name.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.record.registries import REGISTRIES, registry_id

Document = Mapping[str, Any]

TRIAL_COLUMNS: tuple[str, ...] = (
    "NCT Number",
    "Study Title",
    "Study URL",
    "Acronym",
    "Study Status",
    "Brief Summary",
    "Study Results",
    "Conditions",
    "Interventions",
    "Primary Outcome Measures",
    "Secondary Outcome Measures",
    "Other Outcome Measures",
    "Sponsor",
    "Collaborators",
    "Sex",
    "Age",
    "Phases",
    "Enrollment",
    "Funder Type",
    "Study Type",
    "Study Design",
    "Other IDs",
    "Start Date",
    "Primary Completion Date",
    "Completion Date",
    "First Posted",
    "Results First Posted",
    "Last Update Posted",
    "Locations",
    "Study Documents",
)
"""`NCT Number` has the id of any registry, as that registry writes it."""
SITE_COLUMNS: tuple[str, ...] = (
    "NCT Number",
    "Site ID",
    "Status",
    "Facility",
    "City",
    "State",
    "Zip",
    "Country",
    "Country Code",
    "Latitude",
    "Longitude",
    "Coordinates From",
)
CONTACT_COLUMNS: tuple[str, ...] = (
    "NCT Number",
    "Contact Of",
    "Site ID",
    "Facility",
    "City",
    "State",
    "Country",
    "Role",
    "Name",
    "Phone",
    "Phone Ext",
    "Email",
)
"""`Contact Of` is `STUDY` (the central contacts) or `SITE`; a site's contacts name the site."""

_STUDY = "https://clinicaltrials.gov/study"
_DESIGN = (
    ("Allocation", "allocation"),
    ("Intervention Model", "intervention_model"),
    ("Observational Model", "observational_model"),
    ("Time Perspective", "time_perspective"),
    ("Masking", "masking"),
    ("Primary Purpose", "primary_purpose"),
)
_PHASE = re.compile(r"PHASE_(?=[0-9])")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def trial_row(document: Document, sites: Sequence[Document], outcomes: Iterable[Document] = ()) -> list[str]:
    """The trial's cells, one for each of `TRIAL_COLUMNS`.

    `sites` are TrialSiteShapes and `outcomes` OutcomeShapes, both of this trial and in its order: its document has
    neither.
    """
    design, dates = document["design"] or {}, document["dates"]
    sponsor = document["lead_sponsor"] or {}
    measures: dict[str, list[str]] = {"primary": [], "secondary": [], "other": []}
    for outcome in outcomes:
        parts = (outcome["measure"], outcome["description"], outcome["time_frame"])
        measures[outcome["type"]].append(_joined(", ", parts))
    cells = {
        "NCT Number": registry_id(document["id"]),
        "Study Title": document["title"],
        "Study URL": _url(document),
        "Acronym": next((title["text"] for title in document["titles"] if title["kind"] == "acronym"), None),
        "Study Status": _word(document["overall_status"]),
        "Brief Summary": document["brief_summary"],
        "Study Results": {True: "YES", False: "NO"}.get(document["flags"].get("has-results")),
        "Conditions": _joined("|", (condition["text"] for condition in document["conditions"])),
        "Interventions": _joined("|", map(_intervention, document["interventions"])),
        "Primary Outcome Measures": _joined("|", measures["primary"]),
        "Secondary Outcome Measures": _joined("|", measures["secondary"]),
        "Other Outcome Measures": _joined("|", measures["other"]),
        "Sponsor": sponsor.get("name"),
        "Collaborators": _joined("|", document["collaborators"]),
        "Sex": _word(document["sex"]),
        "Age": _joined(", ", map(_word, (document["population"] or {}).get("standard_ages", ()))),
        "Phases": _joined("|", map(_phase, document["phase"])),
        "Enrollment": _number(design.get("enrollment")),
        "Funder Type": _word(sponsor.get("sector")),
        "Study Type": _word(design.get("study_type")),
        "Study Design": _joined("|", (_design(design, name, field) for name, field in _DESIGN)),
        "Other IDs": _joined("|", (one["value"] for one in document["identifiers"] if one["kind"] != "registry")),
        "Start Date": dates["start"],
        "Primary Completion Date": dates["primary_completion"],
        "Completion Date": dates["completion"],
        "First Posted": dates["first_posted"],
        "Results First Posted": dates["results_first_posted"],
        "Last Update Posted": dates["last_update"],
        "Locations": _joined("|", map(_location, sites)),
        "Study Documents": _joined("|", map(_study_document, document["resources"])),
    }
    return [cells[column] or "" for column in TRIAL_COLUMNS]


def site_rows(document: Document, sites: Iterable[Document]) -> list[list[str]]:
    """A row for each site of the trial, with the cells of `SITE_COLUMNS`."""
    number = registry_id(document["id"])
    place = ("facility", "city", "state", "postal_code", "country", "country_code")
    return [
        [
            number,
            site["id"],
            _word(site["status"]),
            *(site[field] or "" for field in place),
            _number(site["latitude"]),
            _number(site["longitude"]),
            site["coordinates_from"] or "",
        ]
        for site in sites
    ]


def contact_rows(document: Document, sites: Iterable[Document]) -> list[list[str]]:
    """A row for each contact with the cells of `CONTACT_COLUMNS`: the study's own, then those of each site."""
    number = registry_id(document["id"])
    rows = [[number, "STUDY", "", "", "", "", "", *_contact(contact)] for contact in document["contacts"]]
    for site in sites:
        place = [site[field] or "" for field in ("id", "facility", "city", "state", "country")]
        rows += [[number, "SITE", *place, *_contact(contact)] for contact in site["contacts"]]
    return rows


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The file: a line of column names, then the rows. Raises ValueError for a row of another length.

    A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, a tab or a line end as a formula
    (https://owasp.org/www-community/attacks/CSV_Injection), quoted or not. Such a cell gets an apostrophe in front,
    unless it is a number; so does one with apostrophes before such a character. A program gets every value back by
    taking one apostrophe off a cell that matches `'+[=+\\-@\\t\\r\\n＝＋－＠]` at its beginning.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row has {len(row)} cells: expected {len(columns)}, one for each column")
        writer.writerow([_guarded(cell) for cell in row])
    return text.getvalue().encode()


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _joined(separator: str, parts: Iterable[str | None]) -> str:
    return separator.join(part for part in parts if part)


def _word(code: str | None) -> str:
    """The registry's enum word of our code: `active-not-recruiting` -> `ACTIVE_NOT_RECRUITING`."""
    return code.upper().replace("-", "_") if code else ""


def _phase(code: str) -> str:
    """`n-a` -> `NA`, `early-phase-1` -> `EARLY_PHASE1`."""
    return "NA" if code == "n-a" else _PHASE.sub("PHASE", _word(code))


def _number(value: float | None) -> str:
    return "" if value is None else str(value)


def _url(document: Document) -> str | None:
    """ClinicalTrials.gov's page of its own studies; for others the page that the source names, if any."""
    if REGISTRIES["ctgov"].pattern.fullmatch(document["id"]):
        return f"{_STUDY}/{document['id']}"
    links = (one for one in document["resources"] if one["kind"] == "link" and one["label"] == "Registry record")
    return next((link["url"] for link in links), None)


def _intervention(intervention: Document) -> str:
    return _joined(": ", (_word(intervention["type"]), intervention["name"]))


def _design(design: Document, name: str, field: str) -> str:
    word = _word(design.get(field))
    if not word:
        return ""
    masked = _joined(", ", map(_word, design["who_masked"])) if field == "masking" else ""
    return f"{name}: {word} ({masked})" if masked else f"{name}: {word}"


def _location(site: Document) -> str:
    return _joined(", ", (site[field] for field in ("facility", "city", "state", "postal_code", "country")))


def _study_document(resource: Document) -> str:
    return _joined(", ", (resource["label"], resource["url"])) if resource["kind"] == "document" else ""


def _contact(contact: Document) -> list[str]:
    return [_word(contact["role"]), *(contact[field] or "" for field in ("name", "phone", "phone_extension", "email"))]
