"""The fictional studies: the same everywhere, in the format whole, and about as many and as long as real ones."""

import gzip
import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.generate import studies, write
from app.generate.conditions import CONDITIONS
from app.generate.places import COUNTRIES
from app.record.registries import registry_of
from tests.generate.fields import FIELDS, leaves

SOME = list(studies(2000))
REQUIRED = (
    "identificationModule",
    "statusModule",
    "sponsorCollaboratorsModule",
    "descriptionModule",
    "conditionsModule",
    "designModule",
    "eligibilityModule",
)
WORDS = {
    "overallStatus": "ACTIVE_NOT_RECRUITING COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING RECRUITING SUSPENDED "
    "TERMINATED WITHDRAWN UNKNOWN AVAILABLE NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE APPROVED_FOR_MARKETING "
    "WITHHELD",
    "phases": "NA EARLY_PHASE1 PHASE1 PHASE2 PHASE3 PHASE4",
    "studyType": "EXPANDED_ACCESS INTERVENTIONAL OBSERVATIONAL",
    "sex": "FEMALE MALE ALL",
    "stdAges": "CHILD ADULT OLDER_ADULT",
    "allocation": "RANDOMIZED NON_RANDOMIZED NA",
    "masking": "NONE SINGLE DOUBLE TRIPLE QUADRUPLE",
}


def protocol(module: str, some: list[dict[str, Any]] = SOME) -> list[dict[str, Any]]:
    return [study["protocolSection"].get(module, {}) for study in some]


def quantile(numbers: list[int], share: float) -> int:
    return sorted(numbers)[int(share * len(numbers))]


def test_the_same_on_every_machine() -> None:
    text = b"\n".join(orjson.dumps(study, option=orjson.OPT_SORT_KEYS) for study in studies(200))
    assert hashlib.sha256(text).hexdigest() == "36db39779debd2a87ea527f08898c01084627919be9af469409703aebdad28cb"


def test_a_study_does_not_depend_on_those_before_it() -> None:
    assert list(studies(30))[:10] == list(studies(10))


def test_another_seed_is_another_state_of_the_same_registry() -> None:
    first, second = list(studies(50)), list(studies(50, seed=2))
    ids = [[study["protocolSection"]["identificationModule"]["nctId"] for study in some] for some in (first, second)]
    assert ids[0] == ids[1]
    assert all(one != other for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("count", [-1, 10_000_001])
def test_more_studies_than_ids_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 10000000"):
        studies(count)


def test_studies_share_nothing_that_can_be_changed() -> None:
    def parts(value: Any) -> list[int]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = [id(value)] if isinstance(value, (dict, list)) else []
        return own + [part for one in inner for part in parts(one)]

    found = Counter(part for study in SOME[:300] for part in set(parts(study)))
    assert max(found.values()) == 1


def test_ids_are_unique_and_of_a_range_of_their_own() -> None:
    ids = [module["nctId"] for module in protocol("identificationModule")]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"NCT9\d{7}", one) for one in ids)
    known = registry_of(ids[0])
    assert known and known.code == "ctgov"


def test_every_study_has_what_the_format_requires() -> None:
    for name in REQUIRED:
        assert all(protocol(name)), name
    for study in SOME:
        section = study["protocolSection"]
        assert isinstance(study["hasResults"], bool)
        assert section["identificationModule"]["briefTitle"] and section["descriptionModule"]["briefSummary"]
        assert (
            section["conditionsModule"]["conditions"] and section["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
        )
        assert section["eligibilityModule"]["eligibilityCriteria"].strip()
        assert section["statusModule"]["lastUpdatePostDateStruct"]["date"]


def test_every_field_of_the_format_is_used_and_no_other() -> None:
    used = {path for study in SOME for path, _ in leaves(study)}
    assert set(FIELDS) - used == set()
    assert {path for path in used if not path.startswith("resultsSection.")} - set(FIELDS) == set()


def test_no_leaf_is_empty() -> None:
    assert [path for study in SOME for path, value in leaves(study) if value is None or value == ""] == []


def test_words_are_those_of_the_format() -> None:
    found: dict[str, set[str]] = {}
    for study in SOME:
        for path, value in leaves(study):
            name = path.rsplit(".", 1)[1] if "." in path else path
            if name in WORDS and path.startswith("protocolSection"):
                found.setdefault(name, set()).add(value)
    assert found == {name: set(words.split()) for name, words in WORDS.items()}


def test_dates_are_days_and_in_order() -> None:
    for module in protocol("statusModule"):
        for path, value in leaves(module):
            if path.endswith("Date") or path.endswith(".date"):
                assert date.fromisoformat(value if len(value) == 10 else f"{value}-01"), path
        assert module["studyFirstSubmitDate"] <= module["lastUpdateSubmitDate"]
        assert module["lastUpdateSubmitDate"] <= module["lastUpdatePostDateStruct"]["date"] <= "2026-06-30"
        assert ("lastKnownStatus" in module) == (module["overallStatus"] == "UNKNOWN")


def test_arms_and_interventions_name_one_another() -> None:
    for module in protocol("armsInterventionsModule"):
        names = {intervention["name"]: intervention for intervention in module.get("interventions", [])}
        arms = {arm["label"]: arm for arm in module.get("armGroups", [])}
        assert len(arms) == len(module.get("armGroups", [])) and len(names) == len(module.get("interventions", []))
        given = {
            (label, name.split(": ", 1)[1]) for label, arm in arms.items() for name in arm.get("interventionNames", [])
        }
        assert given == {
            (label, name) for name, intervention in names.items() for label in intervention.get("armGroupLabels", [])
        }


def test_sites_stand_in_their_cities() -> None:
    cities = {
        (country.name, city.name, city.state): (city.latitude, city.longitude)
        for country in COUNTRIES
        for city in country.cities
    }
    assert len(cities) == sum(len(country.cities) for country in COUNTRIES) >= 200
    places = 0
    for module in protocol("contactsLocationsModule"):
        for site in module.get("locations", []):
            point = cities[site["country"], site["city"], site.get("state", "")]
            if "geoPoint" in site:
                places += 1
                assert (site["geoPoint"]["lat"], site["geoPoint"]["lon"]) == point
    assert places > 10_000
    assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in cities.values())


def test_conditions_are_many_and_some_are_common() -> None:
    assert len({condition.term.name for condition in CONDITIONS}) == len(CONDITIONS) == 300
    ids = [term.id for condition in CONDITIONS for term in {condition.term, *condition.ancestors}]
    assert len(set(ids)) == 300 + 60 + 12
    found = Counter(name for module in protocol("conditionsModule") for name in module["conditions"])
    assert found.most_common(1)[0][1] > 20 * found.most_common(300)[-1][1]


def test_nobody_can_be_reached() -> None:
    for study in SOME:
        for path, value in leaves(study):
            if path.endswith(".email"):
                assert value.endswith("@example.org")
            elif path.endswith(".phone"):
                assert "-555-01" in value
            elif path.endswith((".url", ".link")):
                assert value.startswith("https://example.org/")


SHARES = {
    "unknown status": (lambda s: s["protocolSection"]["statusModule"]["overallStatus"] == "UNKNOWN", 0.14, 0.19),
    "recruiting": (lambda s: s["protocolSection"]["statusModule"]["overallStatus"] == "RECRUITING", 0.21, 0.28),
    "interventional": (lambda s: s["protocolSection"]["designModule"]["studyType"] == "INTERVENTIONAL", 0.78, 0.85),
    "with results": (lambda s: s["hasResults"], 0.07, 0.13),
    "industry": (
        lambda s: s["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["class"] == "INDUSTRY",
        0.24,
        0.33,
    ),
    "no site": (lambda s: not s["protocolSection"].get("contactsLocationsModule", {}).get("locations"), 0.05, 0.12),
    "detailed description": (lambda s: "detailedDescription" in s["protocolSection"]["descriptionModule"], 0.68, 0.77),
    "all sexes": (lambda s: s["protocolSection"]["eligibilityModule"]["sex"] == "ALL", 0.87, 0.94),
    "bulleted criteria": (
        lambda s: "\n* " in s["protocolSection"]["eligibilityModule"]["eligibilityCriteria"],
        0.6,
        0.8,
    ),
    "nested criteria": (
        lambda s: re.search(r"\n {2,}\S", s["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]),
        0.15,
        0.35,
    ),
    "criteria of several cohorts": (
        lambda s: s["protocolSection"]["eligibilityModule"]["eligibilityCriteria"].count("Exclusion Criteria:") > 1,
        0.03,
        0.09,
    ),
}


@pytest.mark.parametrize(("holds", "least", "most"), SHARES.values(), ids=SHARES)
def test_shares_are_about_those_of_real_studies(holds: Any, least: float, most: float) -> None:
    assert least <= sum(bool(holds(study)) for study in SOME) / len(SOME) <= most


def sizes(study: dict[str, Any]) -> dict[str, int]:
    section = study["protocolSection"]
    return {
        "bytes": len(orjson.dumps({name: value for name, value in study.items() if name != "resultsSection"})),
        "sites": len(section.get("contactsLocationsModule", {}).get("locations", [])),
        "criteria characters": len(section["eligibilityModule"]["eligibilityCriteria"]),
        "outcomes": sum(len(outcomes) for outcomes in section.get("outcomesModule", {}).values()),
        "conditions": len(section["conditionsModule"]["conditions"]),
    }


REAL = {
    "bytes": {0.5: 10_420, 0.9: 26_077, 0.95: 41_727},
    "sites": {0.5: 1, 0.9: 32, 0.95: 116, 0.98: 237},
    "criteria characters": {0.25: 531, 0.5: 1169, 0.75: 2390, 0.9: 4312},
    "outcomes": {0.5: 4, 0.75: 8, 0.9: 14},
    "conditions": {0.5: 1, 0.9: 4},
}
"""Quantiles of a thousand real studies."""


@pytest.mark.parametrize("what", REAL)
def test_sizes_are_about_those_of_real_studies(what: str) -> None:
    numbers = [sizes(study)[what] for study in SOME]
    for share, real in REAL[what].items():
        assert 0.65 * real <= quantile(numbers, share) <= 1.5 * real, share


def test_a_file_has_one_study_a_line(tmp_path: Path) -> None:
    plain, packed = tmp_path / "some.ndjson", tmp_path / "some.ndjson.gz"
    size = write(plain, 20, seed=3)
    assert write(packed, 20, seed=3) == size == plain.stat().st_size
    assert [orjson.loads(line) for line in plain.read_bytes().splitlines()] == list(studies(20, seed=3))
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    again = tmp_path / "again.ndjson.gz"
    write(again, 20, seed=3)
    assert again.read_bytes() == packed.read_bytes()
