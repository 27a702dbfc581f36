"""What becomes of the values of a ClinicalTrials.gov study: ids, words, ages, dates, people, places, damage."""

from typing import Any

import pytest

from app.record.codes import CONDITION_SYSTEM, STATUS
from app.record.parts import Age, Coding
from app.record.spans import verbatim
from app.record.trial import Trial
from app.sources.ctgov import parse_json, recognize_json
from app.sources.ctgov import words as ctgov_words
from app.sources.ctgov.eligibility import read_age
from tests.sources.ctgov.study import DOCUMENT, changed, codes, read, statements, study, without

P = "protocolSection"
ID = f"{P}.identificationModule"
STATUS_MODULE = f"{P}.statusModule"
DESIGN = f"{P}.designModule"
ELIGIBILITY = f"{P}.eligibilityModule"
PLACES = f"{P}.contactsLocationsModule"
SPONSORS = f"{P}.sponsorCollaboratorsModule"


def smallest(**modules: Any) -> Trial:
    return read({P: {"identificationModule": {"nctId": "NCT99990009"}, **modules}})


def test_what_it_recognizes() -> None:
    assert recognize_json(study())
    for other in ({}, {"studies": []}, {P: None}, {P: {"statusModule": {}}}, {"FullStudy": {}}):
        assert not recognize_json(other)


def test_the_smallest_study() -> None:
    trial = smallest()
    said = trial.model_dump(exclude_defaults=True)
    assert set(said) == {"id", "registry", "identifiers", "sources"}
    assert trial.sources[0].model_dump() == {
        "id": DOCUMENT,
        "source": "ctgov",
        "name": "NCT99990009",
        "complete": True,
    }


@pytest.mark.parametrize("value", ["nct99990001", " NCT99990001 "])
def test_the_number_is_the_id(value: str) -> None:
    trial = read(changed(f"{ID}.nctId", value))
    assert (trial.id, trial.registry, trial.identifiers[0].value) == ("NCT99990001", "ctgov", "NCT99990001")


@pytest.mark.parametrize(
    "value", ["NCT9999000", "NCT999900011", "ISRCTN99990001", "NCT９９９９０００１", 99990001, None]
)
def test_without_its_number_a_study_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{ID}\.nctId: expected .*, found "):
        read(changed(f"{ID}.nctId", value))


def test_a_study_without_identification_is_refused() -> None:
    for whole in ({}, {P: {}}, without(f"{ID}")):
        with pytest.raises(ValueError, match=r"nctId: expected NCT and eight digits, found null"):
            read(whole)


def test_the_study_given_is_left_as_it_is() -> None:
    whole = study()
    read(whole)
    assert whole == study()


def test_identifiers() -> None:
    found = [(i.kind, i.value, i.system, i.type) for i in read().identifiers]
    assert found == [
        ("registry", "NCT99990001", "https://clinicaltrials.gov", None),
        ("organization", "R01ZZ000001", None, "nih"),
        ("secondary", "2099-500001-10-00", "https://euclinicaltrials.eu", "ctis"),
        ("universal", "U1111-9999-0001", None, "other"),
        ("alias", "NCT99990002", "https://clinicaltrials.gov", None),
    ]


def test_an_alias_that_is_no_number_is_kept() -> None:
    trial = read(changed(f"{ID}.nctIdAliases", ["", "old 7", "nct99990004"]))
    assert [i.value for i in trial.identifiers if i.kind == "alias"] == ["NCT99990004"]
    assert statements(trial)[f"{ID}.nctIdAliases.1"] == "old 7"
    assert codes(trial).count("unread-identifier") == 2


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (f"{STATUS_MODULE}.overallStatus", "overall_status"),
        (f"{STATUS_MODULE}.lastKnownStatus", "last_known_status"),
        (f"{ELIGIBILITY}.sex", "sex"),
        (f"{DESIGN}.designInfo.maskingInfo.masking", "design.masking"),
        (f"{ELIGIBILITY}.samplingMethod", "population.sampling_method"),
        (f"{SPONSORS}.leadSponsor.class", "parties.0.sector"),
        (f"{PLACES}.locations.0.status", "sites.0.status"),
        (f"{PLACES}.locations.0.contacts.0.role", "sites.0.contacts.0.role"),
        (f"{P}.ipdSharingStatementModule.ipdSharing", "data_sharing.sharing"),
    ],
)
@pytest.mark.parametrize("word", ["SHINING", "Recruiting", "unknown"])
def test_an_unknown_word_is_kept_and_never_guessed(path: str, field: str, word: str) -> None:
    trial = read(changed(path, word))
    value: Any = trial.model_dump()
    for part in field.split("."):
        value = value[int(part) if part.isdigit() else part]
    assert value is None
    assert statements(trial)[path] == word
    assert [issue.message for issue in trial.issues if issue.code == "unknown-word"] == [
        f'{path}: "{word}" is no word that is known here; it is kept as it stands'
    ]


def test_known_words_of_a_list_stay_when_another_is_unknown() -> None:
    trial = read(changed(f"{DESIGN}.phases", ["PHASE2", "PHASE9", "NA"]))
    assert trial.phases == ["phase-2", "n-a"]
    assert statements(trial)[f"{DESIGN}.phases.1"] == "PHASE9"
    assert codes(trial) == ["unknown-word"]


def test_a_text_where_a_list_belongs_is_one_item() -> None:
    trial = read(changed(f"{P}.conditionsModule.keywords", "glow, dusk"))
    assert (trial.keywords, codes(trial)) == (["glow, dusk"], ["not-a-list"])


def test_every_status_has_a_code_of_the_vocabulary() -> None:
    assert set(ctgov_words.STATUS.values()) == set(STATUS.codes)
    assert {ctgov_words.PHASES[word] for word in ctgov_words.PHASES} == {
        "n-a", "early-phase-1", "phase-1", "phase-2", "phase-3", "phase-4"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("18 Years", 18, "years"),
        ("1 Year", 1, "years"),
        ("6 Months", 6, "months"),
        ("2 Weeks", 2, "weeks"),
        ("0 Days", 0, "days"),
        ("36 Hours", 1.5, "days"),
        ("3 Hours", 0.125, "days"),
        ("720 Minutes", 0.5, "days"),
    ],
)
def test_ages(text: str, value: float, unit: str) -> None:
    age = read_age(text)
    assert age and (age.value, age.unit) == (value, unit)


@pytest.mark.parametrize("text", ["1 Hour", "10 Minutes", "18", "18 years", "N/A", "18 Years ", "1.5 Years", "-1 Days"])
def test_an_age_that_cannot_be_held_exactly_is_kept(text: str) -> None:
    assert read_age(text) is None
    trial = read(changed(f"{ELIGIBILITY}.minimumAge", text.strip() + " or so"))
    assert trial.minimum_age is None and codes(trial) == ["unread-age"]
    assert statements(trial)[f"{ELIGIBILITY}.minimumAge"] == text.strip() + " or so"


def test_cohorts_have_the_trials_sex_and_ages() -> None:
    trial = read()
    assert [(c.label, c.sex, c.minimum_age, c.maximum_age) for c in trial.cohorts] == [
        (None, "female", Age(value=17, unit="years"), Age(value=1001, unit="months"))
    ]


def test_a_cohort_with_ages_of_its_own_keeps_them() -> None:
    text = "Inclusion Criteria (twins):\n1. Aged 20 to 30 years\nInclusion Criteria (carers):\n1. Able to whistle"
    trial = read(changed(f"{ELIGIBILITY}.eligibilityCriteria", text))
    twins, carers = trial.cohorts
    assert (twins.minimum_age, twins.maximum_age) == (Age(value=20, unit="years"), Age(value=30, unit="years"))
    assert (carers.minimum_age, carers.maximum_age) == (trial.minimum_age, trial.maximum_age)


def test_ages_without_criteria() -> None:
    trial = read(without(f"{ELIGIBILITY}.eligibilityCriteria"))
    assert trial.minimum_age == Age(value=17, unit="years") and trial.cohorts == trial.criteria == []


def test_criteria_are_places_in_the_text() -> None:
    trial = read()
    assert trial.population and trial.population.criteria_text
    assert [(c.type, c.depth, c.text, c.combination) for c in trial.criteria] == [
        ("inclusion", 0, "A purple elbow > 3 cm", None),
        ("inclusion", 0, "One of the following:", "any-of"),
        ("inclusion", 1, "left elbow", None),
        ("inclusion", 1, "right elbow", None),
        ("exclusion", 0, "Fear of lamps", None),
    ]
    for criterion in trial.criteria:
        pieces = [trial.population.criteria_text[span.start : span.end] for span in criterion.spans]
        assert verbatim(" ".join(pieces)) == criterion.text
    assert trial.facts == []


def test_an_issue_of_the_criteria_says_where() -> None:
    trial = read(changed(f"{ELIGIBILITY}.eligibilityCriteria", "\nNo heading"))
    issue = trial.issues[0]
    assert (issue.code, issue.line, issue.document) == ("before-heading", None, DOCUMENT)
    assert issue.message.startswith(f"{ELIGIBILITY}.eligibilityCriteria: line 2: 'No heading' ")


def test_conditions_are_coded() -> None:
    fever, elbow = read().conditions
    assert fever.codings == [
        Coding(system=CONDITION_SYSTEM, code="imaginary-fever", display="Imaginary Fever"),
        Coding(system="http://id.nlm.nih.gov/mesh", code="D999001", display="Imaginary fever"),
    ]
    assert [coding.code for coding in elbow.codings] == ["purple-elbow"]


def test_a_mesh_term_without_its_id_is_kept() -> None:
    trial = read(without("derivedSection.conditionBrowseModule.meshes.0.id"))
    assert statements(trial)["derivedSection.conditionBrowseModule.meshes.0.term"] == "Imaginary fever"
    assert [m.kind for m in trial.mesh if m.subject == "condition"] == ["ancestor", "leaf", "branch"]


def test_dates() -> None:
    assert [(date.kind, date.value, date.type) for date in read().dates] == [
        ("start", "2030-01-15", "actual"),
        ("primary-completion", "2032-05", "estimated"),
        ("completion", "2033", "estimated"),
        ("first-posted", "2029-11-03", "actual"),
        ("results-first-posted", "2031-01-06", "estimated"),
        ("disposition-first-posted", "2031-02-09", "actual"),
        ("last-update", "2031-03-11", "actual"),
        ("first-submitted", "2029-11-01", None),
        ("first-submitted-qc", "2029-11-02", None),
        ("results-first-submitted", "2031-01-04", None),
        ("results-first-submitted-qc", "2031-01-05", None),
        ("disposition-first-submitted", "2031-02-07", None),
        ("disposition-first-submitted-qc", "2031-02-08", None),
        ("last-update-submitted", "2031-03-10", None),
        ("verified", "2031-03", None),
        ("as-of", "2031-07-20", None),
    ]


@pytest.mark.parametrize("value", ["2031-02-30", "2031-13", "31", "0000-01-01", "March 2031", "2031-03-01T00:00"])
def test_what_is_no_date_is_kept(value: str) -> None:
    trial = read(changed(f"{STATUS_MODULE}.startDateStruct.date", value))
    assert trial.date("start") is None and codes(trial) == ["unread-date"]
    kept = statements(trial)
    assert kept[f"{STATUS_MODULE}.startDateStruct.date"] == value
    assert kept[f"{STATUS_MODULE}.startDateStruct.type"] == "ACTUAL"


@pytest.mark.parametrize("value", ["2031-02-30T09:00", "2031-02-03T25:00", "noon"])
def test_what_is_no_time_is_kept(value: str) -> None:
    path = "documentSection.largeDocumentModule.largeDocs.0.uploadDate"
    trial = read(changed(path, value))
    assert statements(trial)[path] == value and codes(trial) == ["unread-date"]


def test_parties() -> None:
    assert [(p.role, p.name, p.kind, p.sector) for p in read().parties] == [
        ("lead-sponsor", "Lantern University", "organization", "other"),
        ("collaborator", "Moth & Flame Ltd", "organization", "industry"),
        ("collaborator", "Bureau of Dusk", "organization", "other-gov"),
        ("responsible-party", "Dr. Wilma Quickbeam", "person", "sponsor-investigator"),
        ("study-chair", "Prof. Hugo Ember", "person", None),
    ]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"type": "SPONSOR"}, ("Lantern University", "organization", None, "sponsor")),
        ({"oldNameTitle": "W. Q.", "oldOrganization": "House"}, ("W. Q.", "person", "House", None)),
        ({"oldOrganization": "House"}, ("House", "organization", None, None)),
        ({"type": "PRINCIPAL_INVESTIGATOR"}, None),
        ({}, None),
    ],
)
def test_the_responsible_party(given: dict[str, str], found: tuple[str, ...] | None) -> None:
    trial = read(changed(f"{SPONSORS}.responsibleParty", given))
    parties = [(p.name, p.kind, p.affiliation, p.sector) for p in trial.parties_with("responsible-party")]
    assert parties == ([found] if found else [])
    kept = [label for label in statements(trial) if "responsibleParty" in label]
    assert len(kept) == (0 if found else len(given))


def test_the_organization_is_kept_unless_it_is_the_sponsor() -> None:
    path = f"{ID}.organization"
    same = read(changed(path, {"fullName": "Lantern University", "class": "OTHER"}))
    assert not [label for label in statements(same) if label.startswith(path)]
    other_class = read(changed(path, {"fullName": "Lantern University", "class": "NIH"}))
    assert [label for label in statements(other_class) if label.startswith(path)] == [f"{path}.class"]
    other = statements(read())
    assert (other[f"{path}.fullName"], other[f"{path}.class"]) == ("Registration Office of Nowhere", "NETWORK")


def test_an_official_of_another_role_is_an_official() -> None:
    path = f"{PLACES}.overallOfficials.0.role"
    trial = read(changed(path, "LAMPLIGHTER"))
    assert trial.parties[-1].role == "official" and statements(trial)[path] == "LAMPLIGHTER"
    assert codes(trial) == ["unknown-word"]


def test_a_contact_is_someone_to_ask() -> None:
    trial = read(changed(f"{PLACES}.centralContacts", [{"role": "CONTACT"}, {"email": "ask@lantern.example"}]))
    assert [contact.email for contact in trial.contacts] == ["ask@lantern.example"]
    assert statements(trial)[f"{PLACES}.centralContacts.0.role"] == "CONTACT"


def test_sites() -> None:
    annex, wicks = read().sites
    assert (annex.country_code, annex.latitude, annex.longitude) == ("NZ", -41.25, 174.5)
    assert (annex.coordinates_from, annex.status) == ("source", "enrolling-by-invitation")
    assert annex.contacts[0].role == "sub-investigator"
    assert (wicks.country_code, wicks.latitude, wicks.coordinates_from) == ("IS", None, None)


def test_a_location_that_is_nowhere_is_kept() -> None:
    trial = read(changed(f"{PLACES}.locations.1", {"zip": "ZZ-9", "status": "RECRUITING"}))
    assert len(trial.sites) == 1
    assert statements(trial)[f"{PLACES}.locations.1.zip"] == "ZZ-9"


def test_an_unknown_country_is_said_once() -> None:
    places = [{"city": "Glowtown", "country": "Moonland"}, {"city": "Candleby", "country": "Moonland"}]
    trial = read(changed(f"{PLACES}.locations", places))
    assert [site.country for site in trial.sites] == ["Moonland", "Moonland"]
    assert [site.country_code for site in trial.sites] == [None, None] and codes(trial) == ["unknown-country"]


@pytest.mark.parametrize(
    "point", [{"lat": 91, "lon": 0}, {"lat": 1.5, "lon": float("nan")}, {"lat": 10**400, "lon": 1}]
)
def test_coordinates_beyond_the_globe_are_kept(point: dict[str, float]) -> None:
    trial = read(changed(f"{PLACES}.locations.0.geoPoint", point))
    assert trial.sites[0].latitude is None and codes(trial) == ["out-of-range"]
    assert set(statements(trial)) >= {f"{PLACES}.locations.0.geoPoint.lat", f"{PLACES}.locations.0.geoPoint.lon"}


@pytest.mark.parametrize("count", [-1, 2**31, 10**30])
def test_a_count_that_cannot_be_held_is_kept(count: int) -> None:
    trial = read(changed(f"{DESIGN}.enrollmentInfo.count", count))
    assert trial.design and trial.design.enrollment is None and codes(trial) == ["out-of-range"]
    assert statements(trial)[f"{DESIGN}.enrollmentInfo.count"] == count


def test_flags() -> None:
    assert {flag.name: flag.value for flag in read().flags} == {
        "delayed-posting": True,
        "has-expanded-access": True,
        "has-dmc": True,
        "fda-regulated-drug": True,
        "fda-regulated-device": False,
        "unapproved-device": True,
        "pediatric-postmarket-surveillance": False,
        "us-export": True,
        "fdaaa-801-violation": False,
        "patient-registry": False,
        "expanded-access-individual": True,
        "expanded-access-intermediate": False,
        "expanded-access-treatment": True,
        "healthy-volunteers": False,
        "gender-based": True,
        "no-sap": True,
        "has-results": True,
    }


def test_resources() -> None:
    assert [(r.kind, r.label, r.identifier, r.url) for r in read().resources] == [
        ("link", "Expanded access", "NCT99990003", "https://clinicaltrials.gov/study/NCT99990003"),
        ("link", "The lamp's home page", None, "https://lamp.example/"),
        ("data", None, "IPD-77", "https://data.example/77"),
        (
            "document",
            "Protocol, plan and consent form",
            "Prot_SAP_ICF_000.pdf",
            "https://cdn.clinicaltrials.gov/large-docs/01/NCT99990001/Prot_SAP_ICF_000.pdf",
        ),
        ("link", "Study results", None, "https://clinicaltrials.gov/study/NCT99990001?tab=results"),
    ]


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({"hasResults": False}, False),
        ({"hasResults": False, "resultsSection": {"moreInfoModule": {"a": 1}}}, True),
        ({"resultsSection": {"moreInfoModule": {"a": 1}}}, True),
        ({}, None),
    ],
)
def test_results_are_a_flag_and_a_link(given: dict[str, Any], flag: bool | None) -> None:
    trial = read({P: {"identificationModule": {"nctId": "NCT99990009"}}, **given})
    assert [f.value for f in trial.flags] == ([] if flag is None else [flag])
    assert len(trial.resources) == (1 if flag else 0) and trial.statements == []


DAMAGED = ("\x00", "\x1f", "\x0b", "\ud800", "\udfff")


@pytest.mark.parametrize("character", DAMAGED)
def test_characters_that_cannot_be_stored_are_replaced(character: str) -> None:
    whole = changed(f"{ID}.briefTitle", f"Glim{character}mer\there")
    whole["extra"] = [f"x{character}"]
    trial = parse_json(whole, DOCUMENT)
    assert trial.title == "Glim\ufffdmer\there" and statements(trial)["extra.0"] == "x\ufffd"
    assert codes(trial) == ["damaged-text", "damaged-text"]
    assert trial.issues[0].message.startswith(f"{ID}.briefTitle: ")
    trial.model_dump_json().encode()


@pytest.mark.parametrize("character", DAMAGED)
def test_a_damaged_name_of_a_field_is_refused(character: str) -> None:
    with pytest.raises(ValueError, match="expected a field's name without control characters, found "):
        read({**study(), f"x{character}": 1})


def test_a_text_that_only_looks_damaged_stays() -> None:
    trial = read(changed(f"{ID}.briefTitle", "back\\u0000slash\x7f"))
    assert (trial.title, codes(trial)) == ("back\\u0000slash\x7f", [])
