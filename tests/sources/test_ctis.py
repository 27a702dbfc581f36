"""EU CTIS: a trial of the public API, the codes in it, and what is refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.record.trial import Trial
from app.sources import ctis
from app.sources.ctis.words import read_public_status
from app.sources.exports.text import clean_html

SAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "ctis-trial.json").read_text(encoding="utf-8"))
TRIAL = ctis.parse_json(SAMPLE, "0123456789abcdef")
Path_ = tuple[str | int, ...]


def walk(value: Any, path: Path_ = ()) -> list[tuple[Path_, Any]]:
    """Every value of a tree with its path, leaves and branches."""
    found = [(path, value)]
    if isinstance(value, dict):
        found += [entry for key, item in value.items() for entry in walk(item, (*path, key))]
    elif isinstance(value, list):
        found += [entry for i, item in enumerate(value) for entry in walk(item, (*path, i))]
    return found


PLACES = [path for path, _ in walk(SAMPLE) if path]


def replace(path: Path_, value: Any) -> dict[str, Any]:
    """The sample with another value at one place."""
    changed = copy.deepcopy(SAMPLE)
    inner: Any = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def old_layout() -> dict[str, Any]:
    """The sample as the API gave it at first: the parts at the top, the status a sentence."""
    record = copy.deepcopy(SAMPLE)
    application = record.pop("authorizedApplication")
    del record["ctPublicStatusCode"], record["trialCountries"]
    record |= {
        "ctStatus": "Authorised, not started",
        "therapeuticAreas": "Diseases [C] - Invented Diseases [C99]",
        "authorizedPartI": application["authorizedPartI"],
        "authorizedPartsII": application["authorizedPartsII"],
        "memberStatesConcerned": [{"mscName": "Belgium"}, {"mscName": "Poland"}],
    }
    return record


def test_recognizes_its_own() -> None:
    assert ctis.recognize_json(SAMPLE)
    assert not ctis.recognize_json({"protocolSection": {}})


def test_identity_and_titles() -> None:
    assert (TRIAL.id, TRIAL.registry) == ("2031-599999-12-00", "ctis")
    assert [(i.kind, i.value, i.type, i.domain) for i in TRIAL.identifiers] == [
        ("registry", "2031-599999-12-00", None, None),
        ("organization", "EX-127", "short title", None),
        ("secondary", "NCT99999904", None, None),
        ("universal", "U1111-9999-0002", None, None),
        ("secondary", "75,061; 125,097", None, "IND"),
        ("secondary", "2029-003842-34", "EudraCT number", None),
    ]
    assert TRIAL.identifiers[2].system == "https://clinicaltrials.gov"
    assert TRIAL.identifiers[5].system == "https://www.clinicaltrialsregister.eu"
    assert TRIAL.title == "Examplumab for imaginary infection"
    assert [title.text for title in TRIAL.titles] == ["A trial of examplumab & fictol in imaginary infection"]
    assert TRIAL.sources[0].model_dump(include={"id", "source", "name"}) == {
        "id": "0123456789abcdef",
        "source": "ctis",
        "name": "2031-599999-12-00",
    }


def test_status_dates_and_design() -> None:
    assert (TRIAL.overall_status, TRIAL.phases, TRIAL.sex) == ("recruiting", ["phase-2"], "all")
    assert [(date.kind, date.value, date.type) for date in TRIAL.dates] == [
        ("start", "2031-04-03", "actual"),
        ("last-update-submitted", "2031-08-19", None),
        ("last-update", "2031-08-20", None),
        ("as-of", "2031-09-08", None),
        ("enrollment-start", "2031-06-01", "estimated"),
        ("completion", "2033-12-31", "estimated"),
    ]
    assert TRIAL.design and (TRIAL.design.study_type, TRIAL.design.enrollment) == (None, 13)
    assert TRIAL.population and TRIAL.population.standard_ages == ["adult", "older-adult"]
    assert [(flag.name, flag.value) for flag in TRIAL.flags] == [
        ("healthy-volunteers", True),
        ("low-intervention", False),
        ("vulnerable-population", False),
    ]


def test_parts() -> None:
    assert [(party.role, party.name, party.description) for party in TRIAL.parties] == [
        ("lead-sponsor", "Institute of Examples", "Pharmaceutical company"),
        ("collaborator", "Fund for Fiction", "Charity"),
    ]
    assert [(c.name, c.phone, c.email) for c in TRIAL.contacts] == [("Example Call Centre", "+00 1", "ask@example.org")]
    assert [(c.text, [coding.code for coding in c.codings]) for c in TRIAL.conditions] == [
        ("Imaginary infection", ["10099999"]),
        ("Fever", ["10088888"]),
    ]
    assert TRIAL.keywords == ["Diseases [C] - Invented Diseases [C99]"]
    assert [(i.name, i.other_names) for i in TRIAL.interventions] == [
        ("Examplix 300 mg", ["EXAMPLUMAB"]),
        ("FICTOL", []),
    ]
    assert [(o.type, o.measure) for o in TRIAL.outcomes] == [
        ("primary", "Survival on day 28"),
        ("primary", "Comfort"),
        ("secondary", "Fever"),
    ]
    assert [(r.kind, r.label, r.identifier) for r in TRIAL.resources] == [("document", "D1_Protocol_EX-127", "u-1")]


def test_sites_and_countries() -> None:
    """The status of a member state is that of the country only where no site is listed."""
    site, poland, philippines = TRIAL.sites
    assert (site.facility, site.city, site.postal_code, site.country_code) == ("Example Hospital", "Gent", "9999", "BE")
    assert [(c.name, c.phone, c.email) for c in site.contacts] == [
        ("Ada Nobody", "+00 2", "ada@example.org"),
        (None, "+00 2", "hospital@example.org"),
    ]
    assert site.status is None
    assert (poland.facility, poland.country_code, poland.status) == (None, "PL", "active-not-recruiting")
    assert (philippines.country_code, philippines.status) == ("PH", None)
    assert [s.text for s in TRIAL.statements if s.label.endswith("mscPublicStatusCode")] == ["4", "5"]


def test_criteria_are_in_the_order_of_their_numbers() -> None:
    assert [(c.type, c.depth, c.label, c.text) for c in TRIAL.criteria] == [
        ("inclusion", 0, "1.", "Adults with one of the following:"),
        ("inclusion", 1, "-", "fever"),
        ("inclusion", 1, "-", "CRP > 5 < 50"),
        ("inclusion", 0, "2.", "Consent given"),
        ("exclusion", 0, "1.", "Pregnancy"),
        ("exclusion", 0, "2.", "Allergy"),
        ("exclusion", 0, "3.", "Another trial"),
    ]
    assert TRIAL.population and TRIAL.population.criteria_text
    for criterion in TRIAL.criteria:
        pieces = [TRIAL.population.criteria_text[start:end] for start, end in criterion.spans]
        assert " ".join(pieces) == criterion.text
    assert [cohort.sex for cohort in TRIAL.cohorts] == ["all"]


def test_the_old_layout_gives_the_same() -> None:
    trial = ctis.parse_json(old_layout(), "d")
    assert trial.overall_status == "not-yet-recruiting"
    for name in ("title", "criteria", "outcomes", "interventions", "conditions", "parties", "contacts", "keywords"):
        assert getattr(trial, name) == getattr(TRIAL, name)
    assert [site.country for site in trial.sites] == [site.country for site in TRIAL.sites]


def test_every_leaf_arrives() -> None:
    """In a field as it stands or coded (the labels below), or as a statement of its path."""
    stated = {statement.label: statement.text for statement in TRIAL.statements}
    coded = {
        "ctStatus",
        "ctPublicStatusCode",
        "mscPublicStatusCode",
        "trialPhase",
        "gender",
        "ageGroup",
        "isFemaleSubjects",
        "isMaleSubjects",
        "isPrimary",
        "primary",
        "number",
        "isLowIntervention",
        "isVulnerablePopulationSelected",
        "totalNumberEnrolled",
    }
    dates = {"startDateEU", "lastUpdated", "lastPublicationUpdate", "record_last_import"}
    texts = {" ".join(v.split()) for _, v in walk(TRIAL.model_dump(exclude={"statements"})) if isinstance(v, str)}
    joined = "\n".join(texts)
    for path, value in walk(SAMPLE):
        if isinstance(value, dict | list):
            continue
        label = ".".join(map(str, path))
        if label in stated:
            assert stated[label] == (value if isinstance(value, str) else json.dumps(value))
        elif path[-1] not in coded | dates and value != "Healthy volunteers":
            for line in clean_html(str(value)).split("\n"):
                assert line.strip("- ") in joined, label
    assert stated["authorizedApplication.authorizedPartI.trialDetails.associatedClinicalTrials.0.ctNumber"]
    assert stated["decisionDate"] == "BE: 15/04/2031, PL: 12/04/2031"


def test_every_leaf_is_in_a_field_or_a_statement_when_all_are_unknown() -> None:
    record = {"ctNumber": "2031-599999-12-00", "new": {"a.b": [1, None, "", " ", {"c": True}], "d": 1.5}}
    trial = ctis.parse_json(record, "d")
    assert [(s.label, s.text) for s in trial.statements] == [
        ("new.a.b.0", "1"),
        ("new.a.b.4.c", "true"),
        ("new.d", "1.5"),
    ]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("1", None),
        ("2", "not-yet-recruiting"),
        ("4", "recruiting"),
        ("5", "active-not-recruiting"),
        ("6", "suspended"),
        ("8", None),
        ("11", None),
        ("99999999999999999999", None),
        ("Authorised, not started", "not-yet-recruiting"),
        ("Ongoing,  recruiting", "recruiting"),
        ("Authorised", None),
        ("Ended", None),
        ("²", None),
        ("", None),
    ],
)
def test_status_words(word: str, code: str | None) -> None:
    assert read_public_status(word) == code


def test_words_that_are_not_known() -> None:
    record = replace(("ctPublicStatusCode",), 8) | {"ageGroup": "In utero, 0-17 years", "startDateEU": "31/02/2031"}
    trial = ctis.parse_json(record, "d")
    assert trial.overall_status is None
    assert sorted(issue.code for issue in trial.issues) == ["unknown-word", "unknown-word", "unreadable-date"]
    labels = {statement.label for statement in trial.statements}
    assert {"ctPublicStatusCode", "ctStatus", "ageGroup", "startDateEU"} <= labels


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("ctNumber",), None, "ctNumber: expected an EU CT number"),
        (("ctNumber",), "", "ctNumber: expected an EU CT number"),
        (("ctNumber",), "NCT99999901", "ctNumber: expected an EU CT number"),
        (("ctNumber",), 7, "ctNumber: expected a text, found a number: 7"),
        (("authorizedApplication",), "x", "authorizedApplication: expected an object, found a text"),
        (("authorizedApplication", "authorizedPartI", "sponsors"), 1, "authorizedPartI.sponsors: expected a list"),
        (("authorizedApplication", "authorizedPartsII"), {"a": 1}, "authorizedPartsII: expected a list"),
        (("authorizedApplication", "authorizedPartsII", 0), "x", "authorizedPartsII.0: expected an object"),
        (("gender",), ["x"], "gender: expected a text or a number, found a list"),
        (("documents",), {"a": 1}, "documents: expected a list, found an object"),
        (("new",), float, "new: expected JSON, found type"),
        (("new",), {1: 2}, "new: expected names that are texts"),
        (("new",), 10**90, "new: expected a number"),
    ],
)
def test_a_wrong_type_is_refused_by_its_path(path: Path_, value: Any, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        ctis.parse_json(replace(path, value), "d")
    assert reason in str(caught.value)


def test_deep_records_are_refused() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="levels"):
        ctis.parse_json({"ctNumber": "2031-599999-12-00", "deep": deep}, "d")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800\x00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(PLACES), value=JSON)
def test_any_value_anywhere_is_taken_or_refused(path: Path_, value: Any) -> None:
    try:
        trial = ctis.parse_json(replace(path, value), "d")
    except ValueError as error:
        assert "expected" in str(error), error
    else:
        assert Trial.model_validate_json(trial.model_dump_json()) == trial


def test_damaged_text_is_marked() -> None:
    trial = ctis.parse_json(replace(("sponsorType",), "a\x00b\udc80") | {"k\x00": 1}, "d")
    labels = {statement.label: statement.text for statement in trial.statements}
    assert labels["sponsorType"] == "a\ufffdb\ufffd"
    assert labels["k\ufffd"] == "1"
    assert [issue.code for issue in trial.issues] == ["damaged-text", "damaged-text"]
    assert trial.issues[0].document == "d"
