"""CSV: the registry's words and joins, checked against the registry's own JSON; what is written reads back the same."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.generate import studies
from app.plain.csv import (
    CONTACT_COLUMNS,
    SITE_COLUMNS,
    TRIAL_COLUMNS,
    contact_rows,
    site_rows,
    trial_row,
    write,
)
from tests.plain import Documents, read
from tests.servers import CLINCONNECT, ROOT, TRIALX

STUDIES = list(studies(60, seed=7))
READ = [read(orjson.dumps(study)) for study in STUDIES]
GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def cells(of: Documents) -> dict[str, str]:
    return dict(zip(TRIAL_COLUMNS, trial_row(*of), strict=True))


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def as_given(cell: str) -> str:
    """What `write` documents for programs."""
    return cell[1:] if GUARDED.match(cell) else cell


def joined(separator: str, *parts: str | None) -> str:
    return separator.join(part for part in parts if part)


def expected(study: dict[str, Any]) -> dict[str, str]:
    """The registry's export of one of its studies, from the registry's JSON: its words are its enum values."""
    protocol = study["protocolSection"]

    def module(name: str) -> dict[str, Any]:
        found: dict[str, Any] = protocol.get(f"{name}Module", {})
        return found

    identification, status, design = module("identification"), module("status"), module("design")
    sponsors, info, outcomes = module("sponsorCollaborators"), design.get("designInfo", {}), module("outcomes")
    masking = info.get("maskingInfo", {})
    masked = ", ".join(masking.get("whoMasked", []))
    said = (
        ("Allocation", info.get("allocation")),
        ("Intervention Model", info.get("interventionModel")),
        ("Observational Model", info.get("observationalModel")),
        ("Time Perspective", info.get("timePerspective")),
        ("Masking", masking.get("masking") and masking["masking"] + (f" ({masked})" if masked else "")),
        ("Primary Purpose", info.get("primaryPurpose")),
    )
    ids = [identification.get("orgStudyIdInfo", {}), *identification.get("secondaryIdInfos", [])]
    documents = study.get("documentSection", {}).get("largeDocumentModule", {}).get("largeDocs", [])
    nct = identification["nctId"]

    def measures(key: str) -> str:
        return "|".join(
            joined(", ", one["measure"], one.get("description"), one.get("timeFrame")) for one in outcomes.get(key, [])
        )

    def day(key: str) -> str:
        text: str = status.get(key, {}).get("date", "")
        return text

    return {
        "NCT Number": nct,
        "Study Title": identification["briefTitle"],
        "Study URL": f"https://clinicaltrials.gov/study/{nct}",
        "Acronym": identification.get("acronym", ""),
        "Study Status": status["overallStatus"],
        "Brief Summary": module("description").get("briefSummary", ""),
        "Study Results": "YES" if study["hasResults"] else "NO",
        "Conditions": "|".join(module("conditions").get("conditions", [])),
        "Interventions": "|".join(
            f"{one['type']}: {one['name']}" for one in module("armsInterventions").get("interventions", [])
        ),
        "Primary Outcome Measures": measures("primaryOutcomes"),
        "Secondary Outcome Measures": measures("secondaryOutcomes"),
        "Other Outcome Measures": measures("otherOutcomes"),
        "Sponsor": sponsors["leadSponsor"]["name"],
        "Collaborators": "|".join(one["name"] for one in sponsors.get("collaborators", [])),
        "Sex": module("eligibility").get("sex", ""),
        "Age": ", ".join(module("eligibility").get("stdAges", [])),
        "Phases": "|".join(design.get("phases", [])),
        "Enrollment": str(design.get("enrollmentInfo", {}).get("count", "")),
        "Study Type": design["studyType"],
        "Study Design": "|".join(f"{name}: {value}" for name, value in said if value),
        "Other IDs": "|".join([*(one["id"] for one in ids if "id" in one), *identification.get("nctIdAliases", [])]),
        "Start Date": day("startDateStruct"),
        "Primary Completion Date": day("primaryCompletionDateStruct"),
        "Completion Date": day("completionDateStruct"),
        "First Posted": day("studyFirstPostDateStruct"),
        "Results First Posted": day("resultsFirstPostDateStruct"),
        "Last Update Posted": day("lastUpdatePostDateStruct"),
        "Locations": "|".join(
            joined(", ", *(place.get(key) for key in ("facility", "city", "state", "zip", "country")))
            for place in module("contactsLocations").get("locations", [])
        ),
        "Study Documents": "|".join(
            f"{one['label']}, https://cdn.clinicaltrials.gov/large-docs/{nct[-2:]}/{nct}/{one['filename']}"
            for one in documents
        ),
    }


@pytest.mark.parametrize("number", range(len(STUDIES)))
def test_a_study_is_the_registrys_own_row(number: int) -> None:
    found = cells(READ[number])
    found.pop("Funder Type")
    assert found == expected(STUDIES[number])


def test_the_studies_fill_every_column() -> None:
    rows = [cells(one) for one in READ]
    assert {column for column in TRIAL_COLUMNS if not any(row[column] for row in rows)} <= {"Funder Type"}
    assert {row["Phases"] for row in rows} >= {"", "NA", "PHASE1", "PHASE2"}


@pytest.mark.parametrize(
    ("sector", "word"), [("industry", "INDUSTRY"), ("nih", "NIH"), ("other-gov", "OTHER_GOV"), (None, "")]
)
def test_the_funder_type_is_the_lead_sponsors_sector(sector: str | None, word: str) -> None:
    trial = {**READ[0].trial, "lead_sponsor": {"name": "Fernhill Institute", "description": None, "sector": sector}}
    assert cells(READ[0]._replace(trial=trial))["Funder Type"] == word


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ([], ""),
        (["n-a"], "NA"),
        (["early-phase-1"], "EARLY_PHASE1"),
        (["phase-2", "phase-3"], "PHASE2|PHASE3"),
        (["phase-4"], "PHASE4"),
    ],
)
def test_phases(phases: list[str], words: str) -> None:
    assert cells(READ[0]._replace(trial={**READ[0].trial, "phase": phases}))["Phases"] == words


def test_what_a_listing_does_not_state_is_empty() -> None:
    for seed in (CLINCONNECT, TRIALX):
        found = read(seed.read_bytes(), "text", seed.name)
        row = cells(found)
        assert row["NCT Number"] == seed.name.split("-")[0]
        assert row["Study Status"] == "RECRUITING" and row["Sex"] == "ALL"
        for column in ("Study Results", "Age", "Enrollment", "Study Design", "Start Date", "First Posted", "Acronym"):
            assert row[column] == ""
    assert row["Phases"] == "NA" and row["Conditions"] == "Vitiligo" and row["Last Update Posted"] == "2026-01-31"
    assert row["Primary Outcome Measures"].endswith("(T-VASI)]., Week 24")


def test_a_smallest_trial_has_a_row() -> None:
    study = {"protocolSection": {"identificationModule": {"nctId": "NCT99990001"}}}
    filled = {column: cell for column, cell in cells(read(orjson.dumps(study))).items() if cell}
    assert filled == {"NCT Number": "NCT99990001", "Study URL": "https://clinicaltrials.gov/study/NCT99990001"}


def test_another_registrys_trial_has_its_own_number_and_page() -> None:
    link = {"kind": "link", "label": "Registry record", "url": "https://registry.example/1"}
    trial = {**READ[0].trial, "id": "CTRI.2099.01.000001", "resources": [{"kind": "data"}, link]}
    row = cells(READ[0]._replace(trial=trial))
    assert (row["NCT Number"], row["Study URL"]) == ("CTRI/2099/01/000001", "https://registry.example/1")
    assert cells(READ[0]._replace(trial={**trial, "resources": []}))["Study URL"] == ""


def test_sites_and_contacts() -> None:
    contacts, central = 0, 0
    for study, one in zip(STUDIES, READ, strict=True):
        module = study["protocolSection"].get("contactsLocationsModule", {})
        places = module.get("locations", [])
        sites = [dict(zip(SITE_COLUMNS, row, strict=True)) for row in site_rows(one.trial, one.sites)]
        assert [site["City"] for site in sites] == [place.get("city", "") for place in places]
        assert [site["Status"] for site in sites] == [place.get("status", "") for place in places]
        assert [site["Zip"] for site in sites] == [place.get("zip", "") for place in places]
        points = [place.get("geoPoint", {}) for place in places]
        assert [site["Latitude"] for site in sites] == [str(point.get("lat", "")) for point in points]
        assert [site["Longitude"] for site in sites] == [str(point.get("lon", "")) for point in points]
        assert [site["Site ID"] for site in sites] == [site["id"] for site in one.sites]
        assert {site["NCT Number"] for site in sites} <= {one.trial["id"]}

        people = [dict(zip(CONTACT_COLUMNS, row, strict=True)) for row in contact_rows(one.trial, one.sites)]
        given = [("STUDY", "", contact) for contact in module.get("centralContacts", [])]
        given += [("SITE", place.get("city", ""), contact) for place in places for contact in place.get("contacts", [])]
        assert len(people) == len(given)
        for person, (of, city, contact) in zip(people, given, strict=True):
            assert (person["Contact Of"], person["City"]) == (of, city)
            assert bool(person["Site ID"]) == (of == "SITE")
            for column, key in (("Role", "role"), ("Name", "name"), ("Phone", "phone"), ("Email", "email")):
                assert person[column] == contact.get(key, "")
            assert person["Phone Ext"] == contact.get("phoneExt", "")
        contacts += len(given)
        central += sum(person["Contact Of"] == "STUDY" for person in people)
    assert contacts > central > 0


def test_the_golden_documents_have_rows() -> None:
    """The documents as the API serves them, by the same functions."""
    for document in orjson.loads((ROOT / "tests/golden/v1/trials.json").read_bytes())["items"]:
        assert len(trial_row(document, [])) == len(TRIAL_COLUMNS)


def test_the_file() -> None:
    data = write(("A", "B"), [["one", ""], ['say "x", y', "é\nz"]])
    assert data == 'A,B\r\none,\r\n"say ""x"", y","é\nz"\r\n'.encode()
    assert write(SITE_COLUMNS, []) == ",".join(SITE_COLUMNS).encode() + b"\r\n"
    with pytest.raises(ValueError, match="a row has 1 cells: expected 2"):
        write(("A", "B"), [["one"]])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1-301-555-0100", "'+1-301-555-0100"),
        ("-", "'-"),
        ("- a list", "'- a list"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r\n=1", "'\r\n=1"),
        ("＝1+1", "'＝1+1"),
        ("'=1+1", "''=1+1"),
        ("'-1", "''-1"),
        ("-1", "-1"),
        ("-77.10026", "-77.10026"),
        ("+12", "+12"),
        ("1e5", "1e5"),
        ("-1+1", "'-1+1"),
        ("-1\n", "'-1\n"),
        ("'tis", "'tis"),
        ("5-HT", "5-HT"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(value: str, cell: str) -> None:
    [_, row] = rows_of(write(("A", "B"), [[value, "x"]]))
    assert row == [cell, "x"]
    assert as_given(row[0]) == value


TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("'=+-@\t\r\n\"|,;1e. ＝", max_size=8)


@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1)))
def test_what_is_written_reads_back(rows: Sequence[Sequence[str]]) -> None:
    columns = [f"c{number}" for number in range(len(rows[0]))]
    data = write(columns, rows)
    assert data.endswith(b"\r\n")
    [header, *found] = rows_of(data)
    assert header == columns
    assert [[as_given(cell) for cell in row] for row in found] == rows
    for row in found:
        for cell in row:
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠") or re.fullmatch(r"[+-][0-9.]+([eE][+-]?[0-9]+)?", cell)


def test_a_file_of_trials_reads_back() -> None:
    rows = [trial_row(*one) for one in READ]
    [header, *found] = rows_of(write(TRIAL_COLUMNS, rows))
    assert tuple(header) == TRIAL_COLUMNS
    assert [[as_given(cell) for cell in row] for row in found] == rows
