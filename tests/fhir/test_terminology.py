"""CodeSystems, ValueSets and extensions of ours: legal, complete, and what `:in` finds is what is served."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.fhir.conformance import FHIR_VERSIONS, VERSION
from app.fhir.documents import render
from app.fhir.extensions import structure_definitions
from app.fhir.releases import R4, R5
from app.fhir.terminology import code_systems, members, terminology_capabilities, value_sets
from app.record.codes import BASE, RECRUITMENT_SYSTEM, SOURCES, STATUS, STUDY_STATUS_SYSTEM
from app.record.registries import REGISTRIES
from app.sources import ctgov, ctis, ictrp
from tests.fhir.trials import bare, full, rich
from tests.fhir.validation import LAYOUTS, validate

RELEASES = ("r4", "r5")
GOLDEN = Path(__file__).parents[1] / "golden"
CTIS_TRIAL = Path(__file__).parents[1] / "sources" / "ctis-trial.json"


def documents(release: str) -> list[dict[str, Any]]:
    """The golden documents, and those of the trials of these tests."""
    golden = [json.loads(file.read_text()) for file in sorted((GOLDEN / release).glob("*.json"))]
    return [*golden, *(getattr(each, release) for trial in (bare(), rich(), full()) for each in render(trial))]


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(inner)


def codes_of(system: dict[str, Any]) -> set[str]:
    return {concept["code"] for concept in system.get("concept", [])}


@pytest.mark.parametrize("release", RELEASES)
def test_every_definition_is_valid(release: str) -> None:
    made = [
        *code_systems(release).items(),
        *value_sets(release).items(),
        *structure_definitions(release).items(),
        (f"terminology-{release}", terminology_capabilities(release, "https://trials.example/fhir", "1.2.3")),
    ]
    for id, document in made:
        assert validate(release, document) == []
        assert document["id"] == id
        assert document["url"] == f"{BASE}/{document['resourceType']}/{id}"


@pytest.mark.parametrize("release", RELEASES)
def test_every_code_of_ours_is_in_its_system(release: str) -> None:
    known = {system["url"]: system for system in code_systems(release).values()}
    ours = {
        (each["system"], each["code"])
        for document in documents(release)
        for each in objects(document)
        if str(each.get("system")).startswith(BASE) and "code" in each
    }
    assert {system for system, _ in ours} >= {RECRUITMENT_SYSTEM, f"{BASE}/CodeSystem/condition"}
    for system, code in ours:
        assert known[system]["content"] == "not-present" or code in codes_of(known[system]), code


@pytest.mark.parametrize("release", RELEASES)
def test_every_code_of_the_tables_is_in_its_system(release: str) -> None:
    made = code_systems(release)
    assert codes_of(made["recruitment-status"]) == set(STATUS.codes)
    assert codes_of(made["source"]) == set(SOURCES)
    assert codes_of(made["registry"]) == set(REGISTRIES)
    assert codes_of(made["study-type"]) == set(ctgov.words.STUDY_TYPE.values())
    assert "concept" not in made["condition"]


def test_every_flag_of_the_sources_is_in_its_system() -> None:
    """Of ClinicalTrials.gov's study with every answer that it can have, of a CTIS trial, and of ICTRP."""
    study = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "statusModule": {"delayedPosting": True, "expandedAccessInfo": {"hasExpandedAccess": True}},
            "oversightModule": {key: True for key, _ in ctgov._OVERSIGHT},
            "designModule": {
                "patientRegistry": True,
                "expandedAccessTypes": {"individual": True, "intermediate": True, "treatment": True},
            },
            "eligibilityModule": {"healthyVolunteers": True, "genderBased": True},
        },
        "documentSection": {"largeDocumentModule": {"noSap": True}},
        "hasResults": True,
    }
    trials = [ctgov.parse_json(study, "0123456789abcdef"), ctis.parse_json(json.loads(CTIS_TRIAL.read_text()), "0")]
    names = {flag.name for trial in trials for flag in trial.flags} | {name for _, name in ictrp._FLAGS}
    assert names == codes_of(code_systems("r5")["flag"])


@pytest.mark.parametrize("release", RELEASES)
def test_members_are_those_of_the_served_set(release: str) -> None:
    for own in value_sets(release).values():
        served = {
            (include["system"], concept["code"])
            for include in own["compose"]["include"]
            for concept in include["concept"]
        }
        assert served
        assert members(release, own["url"]) == served == members(release, f"{own['url']}|{VERSION}")
        assert members(release, f"{own['url']}|0.0.0") is None
        systems = {system["url"]: codes_of(system) for system in code_systems(release).values()}
        assert all(code in systems[system] for system, code in served if system.startswith(BASE))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("id", "states", "other"),
    [
        ("recruitment-status", set(STATUS.codes), set()),
        ("recruiting-now", {"not-yet-recruiting", "recruiting"}, {"enrolling-by-invitation", "available", "unknown"}),
        ("unfinished", {"recruiting", "suspended", "available"}, {"completed", "unknown", "withheld"}),
        ("finished", {"completed", "terminated", "no-longer-available"}, {"recruiting", "unknown", "withheld"}),
    ],
)
def test_states(release: str, id: str, states: set[str], other: set[str]) -> None:
    found = members(release, f"{BASE}/ValueSet/{id}")
    assert found
    ours = {code for system, code in found if system == RECRUITMENT_SYSTEM}
    assert states <= ours and not other & ours
    # a code of the release is a member only if all the states behind it are
    release_code = {"r4": R4, "r5": R5}[release].code
    standard = {code for system, code in found if system == STUDY_STATUS_SYSTEM}
    behind = {entry.code for entry in STATUS if release_code(entry) in standard}
    assert standard and behind <= ours


def test_states_that_r4_says_with_one_word() -> None:
    assert members("r4", f"{BASE}/ValueSet/recruiting-now") == {
        (RECRUITMENT_SYSTEM, "recruiting"),
        (RECRUITMENT_SYSTEM, "not-yet-recruiting"),
        (STUDY_STATUS_SYSTEM, "approved"),
    }
    assert (STUDY_STATUS_SYSTEM, "recruiting") in (members("r5", f"{BASE}/ValueSet/recruiting-now") or ())


HL7 = "http://hl7.org/fhir/ValueSet"


@pytest.mark.parametrize(
    ("release", "name", "system", "codes"),
    [
        ("r4", "research-study-phase", R4.phase_system, {"n-a", "phase-1-phase-2", "phase-4"}),
        ("r5", "research-study-phase", R5.phase_system, {"n-a", "phase-2-phase-3", "phase-4"}),
        ("r4", "research-study-status", STUDY_STATUS_SYSTEM, {"active", "administratively-completed"}),
        ("r5", "research-study-status", STUDY_STATUS_SYSTEM, {"recruiting", "terminated", "overall-study"}),
        ("r4", "administrative-gender", "http://hl7.org/fhir/administrative-gender", {"female", "male"}),
        ("r5", "research-study-party-role", "http://hl7.org/fhir/research-study-party-role", {"primary-investigator"}),
        ("r4", "study-design", "http://hl7.org/fhir/study-design", {"SEVCO:01003"}),
        ("r5", "age-units", "http://unitsofmeasure.org", {"a", "mo"}),
    ],
)
def test_sets_of_hl7(release: str, name: str, system: str, codes: set[str]) -> None:
    found = members(release, f"{HL7}/{name}")
    assert found and {(system, code) for code in codes} <= found


def test_sets_of_hl7_have_their_release() -> None:
    phases = f"{HL7}/research-study-phase"
    assert members("r4", f"{phases}|{FHIR_VERSIONS['r4']}") == members("r4", phases) != members("r5", phases)
    assert members("r4", f"{phases}|{FHIR_VERSIONS['r5']}") is None
    assert members("r4", f"{HL7}/study-design|{FHIR_VERSIONS['r5']}") == members("r5", f"{HL7}/study-design")
    assert (STUDY_STATUS_SYSTEM, "recruiting") not in (members("r4", f"{HL7}/research-study-status") or ())


@pytest.mark.parametrize("canonical", ["", "recruiting-now", f"{BASE}/ValueSet/nothing", f"{HL7}/condition-code", "|"])
def test_unknown_sets(canonical: str) -> None:
    assert members("r4", canonical) is None and members("r5", canonical) is None


@pytest.mark.parametrize("release", RELEASES)
def test_hl7_sets_have_every_code_that_documents_use(release: str) -> None:
    """Of the systems that these sets cover whole: a code that a document has and no set would be lost to `:in`."""
    names = ("study-design", "research-study-phase", "research-study-arm-type", "administrative-gender", "title-type")
    sets = [members(release, f"{HL7}/{name}") or frozenset() for name in names]
    covered = frozenset().union(*sets)
    systems = {system for system, _ in covered}
    used = {
        (each["system"], each["code"])
        for document in documents(release)
        for each in objects(document)
        if each.get("system") in systems and "code" in each
    }
    assert used and used <= covered


@pytest.mark.parametrize("release", RELEASES)
def test_extensions_are_those_that_documents_have(release: str) -> None:
    """The definitions say of parts and types what the validator of documents was told."""
    made = {definition["url"]: definition for definition in structure_definitions(release).values()}
    used = {
        each["url"]
        for document in documents(release)
        for each in objects(document)
        if str(each.get("url")).startswith(f"{BASE}/StructureDefinition/")
    }
    assert used <= set(made) and len(used) > 3
    for url, layout in LAYOUTS.items():
        if not url.startswith(BASE) or release not in layout.get("releases", RELEASES):
            continue
        elements = {element["id"]: element for element in made[url]["differential"]["element"]}
        for name, part in layout.get("parts", {}).items():
            assert elements[f"Extension.extension:{name}"]["max"] == part["max"]
            assert elements[f"Extension.extension:{name}.url"]["fixedUri"] == name
            types = elements[f"Extension.extension:{name}.value[x]"]["type"]
            assert [type["code"] for type in types] == part["value"]
        if not layout.get("parts"):
            assert [type["code"] for type in elements["Extension.value[x]"]["type"]] == layout["value"]
            assert elements["Extension.extension"]["max"] == "0"
        assert elements["Extension.url"]["fixedUri"] == url


def test_an_extension_is_defined_where_it_is_used() -> None:
    assert "contact-telecom" not in structure_definitions("r4")
    for release, context in (("r4", "ResearchStudy.focus"), ("r5", "ResearchStudy.focus.concept")):
        [made] = structure_definitions(release)["intervention"]["context"]
        assert made["expression"] == context
    [nearest] = structure_definitions("r5")["nearest-site"]["context"]
    assert nearest == {"type": "element", "expression": "Bundle.entry.search"}


@pytest.mark.parametrize("release", RELEASES)
def test_bindings_lead_to_sets_that_are_served(release: str) -> None:
    sets = {own["url"] for own in value_sets(release).values()}
    bound = [
        element["binding"]["valueSet"]
        for definition in structure_definitions(release).values()
        for element in definition["differential"]["element"]
        if "binding" in element
    ]
    assert len(bound) == 2 and set(bound) <= sets
    places = {
        (f"{BASE}/CodeSystem/coordinates-from", each["valueCode"])
        for file in (GOLDEN / release).glob("Location-*.json")
        for each in objects(json.loads(file.read_text()))
        if each.get("url") == f"{BASE}/StructureDefinition/coordinates-from"
    }
    assert places and places <= (members(release, f"{BASE}/ValueSet/coordinates-from") or set())
