"""CapabilityStatement, SearchParameter and OperationDefinition: legal, and they say what they were told."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.fhir.conformance import (
    BULK_DATA,
    DEFINITION_TYPES,
    FHIR_VERSIONS,
    ServedType,
    capability_statement,
    search_parameter,
)
from app.fhir.match_request import CLINICAL_DATA, NAMES
from app.fhir.operations import OPERATIONS, operation_definitions
from app.record.codes import BASE
from tests.fhir.validation import validate

RELEASES = ("r4", "r5")
ADDRESS = "https://trials.example/fhir/r5"

# http://hl7.org/fhir/ValueSet/search-modifier-code
R4_MODIFIERS = {
    "missing", "exact", "contains", "not", "text", "in", "not-in", "below", "above", "type", "identifier", "ofType",
}  # fmt: skip
R5_MODIFIERS = R4_MODIFIERS - {"ofType"} | {"of-type", "code-text", "text-advanced", "iterate"}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter, as `app.parameters` has them."""

    resource: str
    code: str
    kind: str
    doc: str = "What it finds."
    own: bool = True
    finds: str = "ResearchStudy.condition"
    to: tuple[str, ...] = ()
    may: tuple[str, ...] = ("missing",)
    parts: tuple[tuple[str, str], ...] = ()

    def url(self, release: str) -> str:
        return f"{BASE if self.own else 'http://hl7.org/fhir'}/SearchParameter/{self.resource}-{self.code}"

    def expression(self, release: str) -> str:
        return self.finds

    def targets(self, release: str) -> tuple[str, ...]:
        return self.to

    def modifiers(self, release: str) -> tuple[str, ...]:
        return self.may

    def components(self, release: str) -> tuple[tuple[str, str], ...]:
        return self.parts

    def is_own(self, release: str) -> bool:
        return self.own


TOKEN = Parameter("ResearchStudy", "condition", "token", may=("missing", "in", "of-type", "code-text"))
REFERENCE = Parameter("ResearchStudy", "sponsor", "reference", to=("Organization",), may=("missing", "identifier"))
COMPOSITE = Parameter(
    "ResearchStudy",
    "state-actual",
    "composite",
    may=(),
    parts=(("http://hl7.org/fhir/SearchParameter/x", "state"), (f"{BASE}/SearchParameter/y", "actual")),
)
PARAMETERS = (
    TOKEN,
    REFERENCE,
    COMPOSITE,
    Parameter("ResearchStudy", "start", "date"),
    Parameter("ResearchStudy", "enrollment", "number"),
    Parameter("ResearchStudy", "minimum-age", "quantity"),
    Parameter("ResearchStudy", "intervention", "string", may=("contains", "exact", "missing")),
    Parameter("ResearchStudy", "page", "uri", may=("above", "below", "missing")),
    Parameter("ResearchStudy", "near", "special", finds="", may=()),
    Parameter("ResearchStudy", "title", "string", own=False),
)
COMMON = (Parameter("Resource", "_id", "token", own=False), Parameter("DomainResource", "_text", "special", own=False))
SERVED = (
    ServedType("ResearchStudy", PARAMETERS, ("ResearchStudy:sponsor", "ResearchStudy:*"), ("Provenance:target",)),
    ServedType("Location", ()),
)


def statement(release: str, **options: Any) -> dict[str, Any]:
    chosen = {"common": COMMON, "operations": OPERATIONS, **options}
    return capability_statement(release, ADDRESS, "1.2.3", SERVED, **chosen)


def types(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for each in document["rest"][0]["resource"]}


def codes(holder: dict[str, Any]) -> list[str]:
    return [each["code"] for each in holder["interaction"]]


@pytest.mark.parametrize("release", RELEASES)
def test_statement_is_valid(release: str) -> None:
    made = statement(release)
    assert validate(release, made) == []
    assert made["fhirVersion"] == FHIR_VERSIONS[release]
    # cpb-2, cpb-14, cpb-4, cpb-9, cpb-12
    assert made["kind"] == "instance" and made["implementation"]["url"] == ADDRESS and made["software"]
    assert [rest["mode"] for rest in made["rest"]] == ["server"]
    listed = [each["type"] for each in made["rest"][0]["resource"]]
    assert len(listed) == len(set(listed))
    for each in made["rest"][0]["resource"]:
        names = [parameter["name"] for parameter in each.get("searchParam", [])]
        assert len(names) == len(set(names))
    assert set(made["format"]) == {"application/fhir+json", "application/fhir+xml", "json", "xml"}
    assert "patchFormat" not in made and made["instantiates"] == [BULK_DATA]


@pytest.mark.parametrize("release", RELEASES)
def test_statement_says_what_is_served(release: str) -> None:
    [rest] = statement(release)["rest"]
    study = types(statement(release))["ResearchStudy"]
    assert [(p["name"], p["definition"], p["type"], p["documentation"]) for p in study["searchParam"]] == [
        (p.code, p.url(release), p.kind, p.doc) for p in PARAMETERS
    ]
    assert study["searchInclude"] == ["ResearchStudy:sponsor", "ResearchStudy:*"]
    assert study["searchRevInclude"] == ["Provenance:target"]
    assert codes(study) == ["read", "vread", "history-instance", "history-type", "search-type"]
    assert (study["versioning"], study["readHistory"], study["conditionalRead"]) == ("versioned", True, "full-support")
    assert ("conditionalPatch" in study) == (release == "r5")
    assert [p["name"] for p in rest["searchParam"]] == ["_id", "_text"]
    assert codes(rest) == ["batch", "search-system", "history-system"]
    assert rest["security"] == {"cors": True}


@pytest.mark.parametrize("release", RELEASES)
def test_operations_stand_at_their_levels(release: str) -> None:
    made = statement(release)
    [rest] = made["rest"]

    def named(holder: dict[str, Any]) -> set[tuple[str, str]]:
        return {(each["name"], each["definition"]) for each in holder.get("operation", [])}

    everything = ("everything", f"{BASE}/OperationDefinition/ResearchStudy-everything")
    validation = ("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate")
    assert named(rest) == {("export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export")}
    assert {everything, validation} <= named(types(made)["ResearchStudy"])
    assert everything not in named(types(made)["Location"]) and validation in named(types(made)["Location"])
    without = statement(release, operations=())
    assert "instantiates" not in without and "operation" not in without["rest"][0]


@pytest.mark.parametrize("release", RELEASES)
def test_types_of_definitions(release: str) -> None:
    made = types(statement(release))
    for kind in DEFINITION_TYPES:
        assert codes(made[kind]) == ["read", "search-type"]
        assert [p["name"] for p in made[kind]["searchParam"]] == ["_id", "name", "url"]
    read = types(statement(release, definitions=("read",)))
    assert codes(read["ValueSet"]) == ["read"] and "searchParam" not in read["ValueSet"]
    assert validate(release, statement(release, definitions=("read",))) == []
    assert set(types(statement(release, definitions=()))) == {"ResearchStudy", "Location"}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("declared", [each for each in PARAMETERS if each.own], ids=lambda each: each.code)
def test_search_parameter(release: str, declared: Parameter) -> None:
    made = search_parameter(release, f"ResearchStudy-{declared.code}", declared)
    assert validate(release, made) == []
    assert made["url"] == declared.url(release) and made["code"] == declared.code
    assert made["base"] == ["ResearchStudy"] and made["type"] == declared.kind
    assert set(made.get("modifier", [])) <= (R4_MODIFIERS if release == "r4" else R5_MODIFIERS)
    # spd-1, spd-3
    assert ("processingMode" in made) == (release == "r5" and "expression" in made)
    assert ("comparator" in made) == (declared.kind in ("date", "number", "quantity"))
    assert ("target" in made) == (declared.kind == "reference")


def test_modifiers_are_those_of_the_release() -> None:
    made = {release: search_parameter(release, "x", TOKEN)["modifier"] for release in RELEASES}
    assert made == {"r4": ["missing", "in", "ofType"], "r5": ["missing", "in", "of-type", "code-text"]}
    typed = replace(REFERENCE, may=("missing", "[type]"))
    assert search_parameter("r5", "x", typed)["modifier"] == ["missing", "type"]
    assert search_parameter("r4", "x", REFERENCE)["modifier"] == ["missing", "identifier", "type"]


def test_components_and_chains() -> None:
    made = search_parameter("r5", "x", COMPOSITE, chain=["name"])
    assert made["component"] == [
        {"definition": "http://hl7.org/fhir/SearchParameter/x", "expression": "state"},
        {"definition": f"{BASE}/SearchParameter/y", "expression": "actual"},
    ]
    assert "chain" not in made  # spd-2: of references only
    assert search_parameter("r4", "x", REFERENCE, chain=["name"])["chain"] == ["name"]


@pytest.mark.parametrize("release", RELEASES)
def test_operation_definitions(release: str) -> None:
    made = operation_definitions(release)
    assert set(made) == {"ResearchStudy-everything", "ResearchStudy-match", "Resource-export"}
    for id, document in made.items():
        assert validate(release, document) == []
        assert document["url"] == f"{BASE}/OperationDefinition/{id}"
    everything = made["ResearchStudy-everything"]
    assert (everything["code"], everything["affectsState"]) == ("everything", False)
    assert (everything["system"], everything["type"], everything["instance"]) == (False, False, True)
    assert {(p["name"], p["use"], p["type"], p["min"], p["max"]) for p in everything["parameter"]} == {
        ("_type", "in", "code", 0, "*"),
        ("_count", "in", "integer", 0, "1"),
        ("_since", "in", "instant", 0, "1"),
        ("return", "out", "Bundle", 1, "1"),
    }
    match = made["ResearchStudy-match"]
    assert (match["system"], match["type"], match["instance"], match["affectsState"]) == (False, True, False, False)
    asked = {p["name"]: p["type"] for p in match["parameter"] if p["use"] == "in"}
    assert set(asked) == {*NAMES, CLINICAL_DATA}
    # https://build.fhir.org/ig/standardhealth/fsh-pct/OperationDefinition-ClinicalTrialMatchService.html
    assert asked[CLINICAL_DATA] == "Bundle"
    assert {asked[name] for name in ("zipCode", "travelRadius", "phase", "recruitmentStatus")} == {"string"}
