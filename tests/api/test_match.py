"""`$match` and `/getClinicalTrial`, as a client meets them."""

import asyncio
import copy
import json
import logging
import random
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

import app.api.fhir.match as interaction
from app.fhir.validate import validate
from app.fhir.xml import from_xml, to_xml
from app.main import create_app
from app.settings import Settings
from tests.api.test_operations import JSON_BODY, XML_BODY, refusal
from tests.eligibility.matching import CONDITION, PATIENT, RECORD, answer, normal, observation
from tests.servers import TRIALX, Server, trials
from tests.sources.ctgov.study import changed

RELEASES = ("r4", "r5")
Json = dict[str, Any]
APECED, VITILIGO = "NCT05398809", "NCT07153666"
GIRL: Json = {"resourceType": "Patient", "id": "girl", "birthDate": "2012-02-03", "gender": "female"}
HAS_VITILIGO: Json = {
    **CONDITION,
    "id": "skin",
    "subject": {"reference": "Patient/girl"},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "56727007", "display": "Vitiligo (disorder)"}]},
}
DAY = "2026-03-01"


def bundle(*resources: Json, **asked: Any) -> Json:
    """A collection, with Parameters in it where something is asked."""
    parameters = {"resourceType": "Parameters", "parameter": [{"name": n, **v} for n, v in asked.items()]}
    entries = [*([parameters] if asked else []), *resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in entries]}


def ask(client: httpx.Client, body: Any, release: str = "r4", **query: Any) -> httpx.Response:
    return client.post(
        f"/fhir/{release}/ResearchStudy/$match",
        content=json.dumps(body),
        headers=JSON_BODY,
        params={"date": DAY, **query},
    )


def of_type(answer: Json, kind: str) -> list[Json]:
    return [entry["resource"] for entry in answer.get("entry", []) if entry["resource"]["resourceType"] == kind]


def matches(answer: Json) -> list[Json]:
    return [entry for entry in answer.get("entry", []) if entry["search"]["mode"] == "match"]


def scores(answer: Json) -> dict[str, float]:
    return {entry["resource"]["id"]: entry["search"]["score"] for entry in matches(answer)}


def parts(part: Json) -> dict[str, list[Any]]:
    """Name -> values; of a part with parts, the same of these."""
    found: dict[str, list[Any]] = {}
    for one in part.get("parameter", part.get("part", [])):
        value = parts(one) if "part" in one else next(one[name] for name in one if name.startswith("value"))
        found.setdefault(one["name"], []).append(value)
    return found


def lines(answer: Json, trial: str) -> dict[str, dict[str, list[Any]]]:
    """Path -> the parts of the line."""
    for response in of_type(answer, "GuidanceResponse"):
        said = parts(response["contained"][0])
        if said["study"] == [{"reference": f"ResearchStudy/{trial}"}]:
            return {line["path"][0]: line for line in said["line"]}
    raise AssertionError(f"nothing is said of {trial}")


@pytest.mark.parametrize("release", RELEASES)
class TestAnswer:
    def test_a_girl_with_vitiligo(self, registry: httpx.Client, release: str) -> None:
        found = ask(registry, bundle(GIRL, HAS_VITILIGO), release)
        assert found.status_code == 200 and found.headers["content-type"].startswith("application/fhir+json")
        said = found.json()
        assert (said["type"], said["total"], set(scores(said))) == ("searchset", 2, {APECED, VITILIGO})
        assert list(scores(said).values()) == sorted(scores(said).values(), reverse=True)
        [study] = [one for one in of_type(said, "ResearchStudy") if one["id"] == VITILIGO]
        assert study == registry.get(f"/fhir/{release}/ResearchStudy/{VITILIGO}").json()
        line = lines(said, VITILIGO)["1-i1"]
        assert line["result"] == ["met"] and line["text"] == ["Age12 years or older, any gender;"]
        age = line["constraint"][0]
        assert age["kind"] == ["age"] and age["low"][0]["value"] == 12 and age["result"] == ["holds"]
        assert line["fact"][0]["resource"] == [{"reference": "Patient/girl", "display": "birthDate"}]
        assert line["fact"][0]["value"] == ["2012-02-03"]
        [source] = line["source"]
        [start], [end] = source["start"], source["end"]
        assert "12 years or older, any gender" in TRIALX.read_text()[start:end]

    def test_reasons(self, registry: httpx.Client, release: str) -> None:
        said = ask(registry, bundle(GIRL, HAS_VITILIGO), release, excluded="true").json()
        [reason, _] = of_type(said, "GuidanceResponse")
        assert (reason["status"], reason["occurrenceDateTime"]) == ("data-requested", DAY)
        assert reason["subject"] == {"reference": "Patient/girl"}
        wanted = [one["codeFilter"][0]["code"][0]["code"] for one in reason["dataRequirement"]]
        assert wanted == sorted(wanted) and "63895-7" in wanted
        no = {"valueBoolean": False}
        fullest = bundle(PATIENT, observation("x", "63895-7", **no), observation("y", "82810-3", **no))
        for body in (bundle(), GIRL, fullest):
            for one in ask(registry, body, release, excluded="true").json()["entry"]:
                assert [issue for issue in validate(release, one["resource"]) if issue.severity == "error"] == []

    def test_excluded_trials_only_when_asked_for(self, registry: httpx.Client, release: str) -> None:
        child = {**GIRL, "birthDate": "2020-01-01"}
        assert scores(ask(registry, child, release).json()) == {}
        said = ask(registry, child, release, excluded="true").json()
        assert scores(said) == {APECED: 0, VITILIGO: 0} and said["total"] == 2
        assert lines(said, VITILIGO)["1-minimum-age"]["result"] == ["not-met"]
        asked = {"resourceType": "Parameters", "parameter": [
            {"name": "excluded", "valueBoolean": True},
            {"name": "trialMatchClinicalData", "resource": bundle(child)},
        ]}  # fmt: skip
        assert scores(ask(registry, asked, release).json()) == scores(said)

    def test_a_definite_failure_of_a_laboratory_value(self, registry: httpx.Client, release: str) -> None:
        """`ALT >= 3 x ULN`, one of a list of which any excludes."""
        for value, score in ((119, True), (120, False)):
            alt = observation("alt", "1742-6", value, "U/L", referenceRange=normal(40, "U/L"))
            said = ask(registry, bundle(PATIENT, alt), release, excluded="true").json()
            made = lines(said, APECED)
            assert (made["1-e10"]["result"], made["1-e10.1"]["result"]) == (
                (["unknown"], ["met"]) if score else (["not-met"], ["not-met"])
            )
            assert made["1-e10.1"]["part-of"] == ["1-e10"]
            # the people around the patients have no laboratory criteria
            cohorts = [parts(one["contained"][0])["cohort"] for one in of_type(said, "GuidanceResponse")
                       if parts(one["contained"][0])["study"][0]["reference"].endswith(APECED)]  # fmt: skip
            assert [one["excluded"] for one in cohorts[0]] == [[not score], [False]]

    def test_the_same_bytes_whatever_the_order(self, registry: httpx.Client, release: str) -> None:
        resources = [GIRL, HAS_VITILIGO, *({**one, "subject": {"reference": "Patient/girl"}} for one in RECORD[2:])]
        first = ask(registry, bundle(*resources), release, excluded="true").content
        for seed in range(5):
            shuffled = copy.deepcopy(resources)
            random.Random(seed).shuffle(shuffled)
            assert ask(registry, bundle(*shuffled), release, excluded="true").content == first

    def test_pages(self, registry: httpx.Client, release: str) -> None:
        whole = ask(registry, GIRL, release, excluded="true").json()
        first = ask(registry, GIRL, release, excluded="true", _count=1).json()
        links = {link["relation"]: link["url"] for link in first["link"]}
        second = registry.post(links["next"], json=GIRL).json()
        assert [link["relation"] for link in second["link"]] == ["self"]
        assert [*scores(first).items(), *scores(second).items()] == list(scores(whole).items())
        assert first["total"] == second["total"] == whole["total"] == 2
        assert registry.post(links["self"], json=GIRL).json() == first
        other = registry.post(links["next"], json={**GIRL, "birthDate": "2012-02-04"})
        refusal(other, 400, "value", "_cursor")
        assert "2012" not in links["next"].replace(DAY, "")

    def test_xml(self, registry: httpx.Client, release: str) -> None:
        body = bundle(GIRL, HAS_VITILIGO, observation("hb", "718-7", 11.5, "g/dL"))
        if release == "r5":
            body["entry"][1]["resource"] = {**HAS_VITILIGO}
        place = f"/fhir/{release}/ResearchStudy/$match?date={DAY}"
        sent = registry.post(place, content=to_xml(body, release), headers=XML_BODY).json()
        assert sent == ask(registry, body, release).json() | {"link": sent["link"]}
        read = registry.post(f"{place}&_format=xml", json=body)
        assert read.headers["content-type"].startswith("application/fhir+xml")
        assert scores(from_xml(read.content, release)) == scores(sent)

    def test_it_is_declared(self, registry: httpx.Client, release: str) -> None:
        rest = registry.get(f"/fhir/{release}/metadata").json()["rest"][0]
        [study] = [one for one in rest["resource"] if one["type"] == "ResearchStudy"]
        [operation] = [one for one in study["operation"] if one["name"] == "match"]
        named = registry.get(f"/fhir/{release}/OperationDefinition", params={"url": operation["definition"]}).json()
        assert named["entry"][0]["resource"]["code"] == "match"
        paths = registry.get("/openapi.json").json()["paths"]
        assert "post" in paths[f"/fhir/{release}/ResearchStudy/$match"] and "post" in paths["/getClinicalTrial"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [APECED, VITILIGO]),
        ({"zipCode": {"valueString": "20814"}}, [APECED, VITILIGO]),
        ({"zipCode": {"valueString": "20814"}, "travelRadius": {"valueString": "25"}}, [APECED]),
        ({"zipCode": {"valueString": "20814-1234"}, "travelRadius": {"valueDecimal": 25}}, [APECED]),
        ({"zipCode": {"valueString": "96813"}, "travelRadius": {"valueString": "100"}}, []),
        ({"zipCode": {"valueString": "21201"}, "travelRadius": {"valueString": "20"}}, []),
        ({"zipCode": {"valueString": "21201"}, "travelRadius": {"valueString": "50"}}, [APECED]),
        ({"zipCode": {"valueString": "21201"}, "travelRadius": {"valueQuantity": {"value": 50, "unit": "km"}}}, []),
        ({"phase": {"valueString": "N/A"}}, [VITILIGO]),
        ({"phase": {"valueString": "n-a"}}, [VITILIGO]),
        ({"phase": {"valueString": "Phase 1, N/A"}}, [VITILIGO]),
        ({"phase": {"valueCode": "phase-1"}}, []),
        ({"recruitmentStatus": {"valueString": "recruiting"}}, [APECED, VITILIGO]),
        ({"recruitmentStatus": {"valueString": "Completed"}}, []),
        ({"recruitmentStatus": {"valueString": "active"}}, [APECED, VITILIGO]),
        ({"zipCode": {"valueString": ""}, "travelRadius": {"valueString": ""}}, [APECED, VITILIGO]),
    ],
    ids=str,
)
def test_filters(registry: httpx.Client, asked: Json, found: list[str]) -> None:
    for release in RELEASES:
        assert set(scores(ask(registry, bundle(PATIENT, **asked), release, excluded="true").json())) == set(found)
        whole = {"resourceType": "Parameters", "parameter": [
            *({"name": name, **value} for name, value in asked.items()),
            {"name": "trialMatchClinicalData", "resource": bundle(PATIENT)},
        ]}  # fmt: skip
        assert set(scores(ask(registry, whole, release, excluded="true").json())) == set(found)


def test_how_far_it_is(registry: httpx.Client) -> None:
    asked = {"zipCode": {"valueString": "21201"}, "travelRadius": {"valueString": "50"}}
    [entry] = matches(ask(registry, bundle(PATIENT, **asked)).json())
    [distance, nearest] = entry["search"]["extension"]
    assert 40 < distance["valueDistance"]["value"] < 60
    assert nearest["valueReference"]["reference"].startswith("Location/")


def test_trials_of_the_patients_conditions(tmp_path: Path) -> None:
    """By code or by name, and those whose record names none; where no trial names the condition, all are considered
    and the answer says so."""
    url, study = f"sqlite:///{tmp_path / 'trials.db'}", changed("protocolSection.conditionsModule.conditions", ["Rust"])
    del study["derivedSection"]
    (tmp_path / "study.json").write_text(json.dumps(study))
    assert trials(url, "load", "seeds", tmp_path / "study.json").returncode == 0
    rust = study["protocolSection"]["identificationModule"]["nctId"]
    mesh = {"system": "http://id.nlm.nih.gov/mesh", "code": "D014820", "display": "Vitiligo"}
    with Server(url) as client:
        for code, found in (
            ({"text": "vitiligo"}, {APECED, VITILIGO}),
            ({"coding": [mesh]}, {APECED, VITILIGO}),
            ({"text": "RUST"}, {APECED, rust}),
        ):
            said = ask(client, bundle({**HAS_VITILIGO, "code": code}), excluded="true").json()
            assert set(scores(said)) == found and of_type(said, "OperationOutcome") == []
        said = ask(client, bundle({**HAS_VITILIGO, "code": {"text": "Grey fever"}}), excluded="true").json()
        assert set(scores(said)) == {APECED, VITILIGO, rust}
        [outcome] = of_type(said, "OperationOutcome")
        assert "no trial found names a condition" in outcome["issue"][0]["diagnostics"]


def test_what_was_not_read_is_said(registry: httpx.Client) -> None:
    encounter = {"resourceType": "Encounter", "status": "finished"}
    dead = {**GIRL, "deceasedBoolean": True}
    [outcome] = of_type(ask(registry, bundle(dead, encounter)).json(), "OperationOutcome")
    assert [issue["severity"] for issue in outcome["issue"]] == ["warning", "information"]
    assert "deceased" in outcome["issue"][0]["diagnostics"] and "Encounter" in outcome["issue"][1]["diagnostics"]


def parameters(name: str, value: str) -> Json:
    return {"resourceType": "Parameters", "parameter": [{"name": name, "valueString": value}]}


@pytest.mark.parametrize(
    "asked", [{"valueCodeableConcept": {"text": "N/A"}}, {"valueCoding": {"display": "N/A"}}, {"valueCode": "n-a"}]
)
def test_what_has_no_code_is_read_by_its_text(registry: httpx.Client, asked: Json) -> None:
    assert set(scores(ask(registry, bundle(GIRL, phase=asked), excluded="true").json())) == {VITILIGO}


def test_a_chart_of_many_conditions(registry: httpx.Client) -> None:
    """None of them is lost, however many names they have."""
    others = [{**HAS_VITILIGO, "id": f"c{n}", "code": {"text": f"Ailment number {n}"}} for n in range(400)]
    said = ask(registry, bundle(GIRL, *others, HAS_VITILIGO), excluded="true").json()
    assert VITILIGO in scores(said) and of_type(said, "OperationOutcome") == []
    long = {**HAS_VITILIGO, "code": {"text": "a" * 100_000}}
    assert ask(registry, bundle(GIRL, long, HAS_VITILIGO)).status_code == 200


def test_what_is_of_one_person_is_kept_by_no_cache(registry: httpx.Client) -> None:
    answer = registry.post("/fhir/r4/ResearchStudy/$match", json=GIRL, headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["cache-control"], answer.headers.get("etag")) == (200, "no-store", None)
    assert registry.post("/getClinicalTrial", json=bundle(GIRL)).headers["cache-control"] == "no-store"


def test_odd_shapes_are_no_failure(registry: httpx.Client) -> None:
    assert ask(registry, bundle(GIRL, {**HAS_VITILIGO, "code": {"coding": None, "text": "Rust"}})).status_code == 200
    deep: Json = {}
    for _ in range(300):
        deep = {"extension": [deep]}
    refused = ask(registry, bundle(GIRL, {**HAS_VITILIGO, "code": deep}))
    assert refused.status_code == 400 and "100 deep" in refused.json()["issue"][0]["diagnostics"]


BAD_HB = observation("hb", "718-7", 11, "g/dL")


@pytest.mark.parametrize(
    ("body", "expression", "words"),
    [
        ({"resourceType": "Patient", "birthDate": "1980-13-01"}, "Patient.birthDate", "'1980-13-01'"),
        (bundle(GIRL, GIRL), "Bundle.entry[1].resource", "second Patient"),
        (bundle({**GIRL, "gender": "f"}), "Bundle.entry[0].resource.gender", "'f'"),
        (bundle({**GIRL, "gender": 7}), "Bundle.entry[0].resource.gender", "7"),
        (bundle({**GIRL, "birthDate": ["x"]}), "Bundle.entry[0].resource.birthDate", "expected a string"),
        (bundle({**GIRL, "extension": "x"}), "Bundle.entry[0].resource.extension", "expected an array"),
        (bundle(GIRL, {**BAD_HB, "valueQuantity": {"value": "11"}}),
         "Bundle.entry[1].resource.valueQuantity.value", "'11'"),
        (bundle(GIRL, {**BAD_HB, "valueQuantity": {"value": 1, "comparator": "~"}}),
         "Bundle.entry[1].resource.valueQuantity.comparator", "'~'"),
        (bundle(GIRL, {**BAD_HB, "effectiveDateTime": "yesterday"}),
         "Bundle.entry[1].resource.effectiveDateTime", "'yesterday'"),
        (bundle(GIRL, {**BAD_HB, "code": "718-7"}), "Bundle.entry[1].resource.code", "expected an object"),
        (bundle(GIRL, {**BAD_HB, "valueInteger": 3}), "Bundle.entry[1].resource.valueQuantity", "one value"),
        (bundle(GIRL, {**BAD_HB, "subject": {"reference": "Patient/other"}}),
         "Bundle.entry[1].resource.subject.reference", "Patient/girl"),
        (bundle({**BAD_HB, "subject": {"reference": "Patient/a"}}, {**BAD_HB, "subject": {"reference": "Patient/b"}}),
         "Bundle.entry[1].resource.subject.reference", "others are about Patient/a"),
        (bundle(GIRL, {**HAS_VITILIGO, "code": {"coding": ["x"]}}),
         "Bundle.entry[1].resource.code.coding[0]", "expected an object"),
        ({"resourceType": "Bundle", "entry": {}}, "Bundle.entry", "expected an array"),
        ({"resourceType": "Bundle", "entry": [{}]}, "Bundle.entry[0].resource", "missing"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"id": "1"}}]}, "Bundle.entry[0].resource.resourceType",
         "missing"),
        ({"resourceType": "Group"}, "Bundle.resourceType", "'Group'"),
        (bundle(GIRL, zipCode={"valueString": "ABC"}), "Bundle.entry[0].resource.parameter[0].valueString", "'ABC'"),
        (bundle(GIRL, zipCode={"valueString": "00000"}), "Bundle.entry[0].resource.parameter[0].valueString",
         "'00000'"),
        (bundle(GIRL, zipCode={"valueInteger": 20814}), "Bundle.entry[0].resource.parameter[0].valueInteger",
         "expected a string"),
        (bundle(GIRL, travelRadius={"valueString": "5"}), "Bundle.entry[0].resource.parameter[0].valueString",
         "without a zipCode"),
        (bundle(GIRL, zipCode={"valueString": "20814"}, travelRadius={"valueString": "far"}),
         "Bundle.entry[0].resource.parameter[1].valueString", "'far'"),
        (bundle(GIRL, phase={"valueString": "phase 9"}), "Bundle.entry[0].resource.parameter[0].valueString",
         "early-phase-1"),
        (bundle(GIRL, recruitmentStatus={"valueString": "open"}),
         "Bundle.entry[0].resource.parameter[0].valueString", "not-yet-recruiting"),
        (bundle(GIRL, excluded={"valueString": "yes"}), "Bundle.entry[0].resource.parameter[0].valueString", "'yes'"),
        (bundle(GIRL, excluded={"valueInteger": 1}), "Bundle.entry[0].resource.parameter[0].valueInteger", "is 1"),
        (bundle(GIRL, date={"valueDate": "20260301"}), "Bundle.entry[0].resource.parameter[0].valueDate", "2026-03-01"),
        (bundle(GIRL, zipCode={"valueString": "20814"}, travelRadius={"valueString": "5_0"}),
         "Bundle.entry[0].resource.parameter[1].valueString", "'5_0'"),
        (bundle(GIRL, phase={"valueCodeableConcept": {"coding": 5}}),
         "Bundle.entry[0].resource.parameter[0].valueCodeableConcept", "a code"),
        (bundle(GIRL, phase={"valueString": ","}), "Bundle.entry[0].resource.parameter[0].valueString", "a code"),
        (bundle(GIRL, parameters("phase", "phase-2"), parameters("phase", "phase-3")),
         "Bundle.entry[2].resource.parameter[0].valueString", "once: Bundle.entry[1]"),
        (bundle(GIRL, parameters("trialMatchClinicalData", "x")), "Bundle.entry[1].resource.parameter[0].name",
         "beside the Parameters"),
        (bundle(GIRL, zipcode={"valueString": "20814"}), "Bundle.entry[0].resource.parameter[0].name", "zipCode"),
        (bundle(GIRL, phase={}), "Bundle.entry[0].resource.parameter[0]", "0 values"),
        ({"resourceType": "Parameters", "parameter": [{"name": "trialMatchClinicalData", "valueString": "x"}]},
         "Parameters.parameter[0].resource", "expected a Bundle"),
        ({"resourceType": "Parameters", "parameter": [
            {"name": "trialMatchClinicalData", "resource": bundle({**GIRL, "birthDate": "x"})}]},
         "Parameters.parameter[0].resource.entry[0].resource.birthDate", "'x'"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_named(registry: httpx.Client, body: Json, expression: str, words: str) -> None:
    said = ask(registry, body)
    assert said.status_code == 400
    [issue] = said.json()["issue"]
    assert issue["expression"] == [expression] and words in issue["diagnostics"], issue


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("ResearchStudy/$match?zipCode=20814", 400, "zipCode"),
        ("ResearchStudy/$match?_count=0", 400, "'0'"),
        ("ResearchStudy/$match?date=soon", 400, "'soon'"),
        ("ResearchStudy/$match?excluded=maybe", 400, "'maybe'"),
        ("ResearchStudy/$match?_cursor=abc", 400, "abc"),
        ("Group/$match", 404, "ResearchStudy"),
    ],
)
def test_addresses_that_are_refused(registry: httpx.Client, path: str, status: int, words: str) -> None:
    said = registry.post(f"/fhir/r5/{path}", json=GIRL)
    assert said.status_code == status and words in said.json()["issue"][0]["diagnostics"]
    assert registry.get("/fhir/r5/ResearchStudy/$match").status_code in (404, 405)


@pytest.mark.parametrize("born", ["1800-01-01", "1850", "2099-01-01"])
def test_birth_dates_of_nobody(registry: httpx.Client, born: str) -> None:
    """They are held against the trials as they are: what narrows the search is no error of the request."""
    said = ask(registry, {**GIRL, "birthDate": born}, excluded="false")
    assert said.status_code == 200, said.text


def test_a_birth_after_the_match_is_told(registry: httpx.Client) -> None:
    said = ask(registry, {**GIRL, "birthDate": "2027-01"}, date="2026-11-26").json()
    told = [e["resource"] for e in said["entry"] if e["resource"]["resourceType"] == "OperationOutcome"]
    assert "born after 2026-11-26" in told[0]["issue"][0]["diagnostics"]
    assert b"born after" not in ask(registry, {**GIRL, "birthDate": "2026"}, date="2026-11-26").content


def test_the_address_and_the_body_say_the_same(registry: httpx.Client) -> None:
    body = bundle(GIRL, _count={"valueInteger": 1}, excluded={"valueBoolean": True})
    assert ask(registry, body, _count=1, excluded="true").content == ask(registry, body).content
    said = ask(registry, body, _count=-1)
    refusal(said, 400, "value", "valueInteger is 1: expected '-1', as in the address")
    refusal(ask(registry, body, excluded="false"), 400, "value", "expected 'false', as in the address")


SECRETS = ("1990-06-15", "Grey fever", "Mockumab", "b0b5ecret", "20814")


def test_nothing_that_is_sent_is_kept(tmp_path: Path) -> None:
    """Neither in the database nor in what the server says."""
    database = tmp_path / "trials.db"
    url = f"sqlite:///{database}"
    assert trials(url, "load", "seeds").returncode == 0
    before = dump(database)
    server = Server(url)
    with server as client:
        named = {**PATIENT, "name": [{"family": "b0b5ecret"}]}
        asked = {"zipCode": {"valueString": "20814"}, "travelRadius": {"valueString": "50"}}
        wrong = {**named, "birthDate": "1990-06-15T"}
        for body in (bundle(named, *RECORD[1:], **asked), wrong, {"resourceType": "b0b5ecret"}):
            for place in ("/fhir/r4/ResearchStudy/$match", "/fhir/r5/ResearchStudy/$match", "/getClinicalTrial"):
                assert client.post(place, json=body).status_code in (200, 400)
        server.process.terminate()
        assert server.process.stdout is not None
        said = server.said + server.process.stdout.read()
    assert dump(database) == before
    assert not any(secret in said for secret in SECRETS)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(secret.encode() in kept for secret in SECRETS if secret != "20814")


def dump(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_an_error_that_nobody_foresaw_is_logged_without_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    assert trials(url, "load", "seeds").returncode == 0

    def fail(*_: object) -> None:
        raise ValueError("b0b5ecret 1990-06-15")

    monkeypatch.setattr(interaction, "match", fail)

    async def asked() -> tuple[httpx.Response, ...]:
        application = create_app(Settings(database_url=url))
        async with application.router.lifespan_context(application):
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                places = ("/fhir/r4/ResearchStudy/$match", "/getClinicalTrial")
                return tuple([await client.post(place, json=bundle(PATIENT)) for place in places])

    with caplog.at_level(logging.DEBUG):
        answers = asyncio.run(asked())
    for said in answers:
        assert said.status_code == 500 and said.json()["resourceType"] == "OperationOutcome"
        assert "b0b5ecret" not in said.text
    assert "matching failed: ValueError in fail" in caplog.text
    assert not any(secret in caplog.text for secret in SECRETS)


class TestOlderService:
    """As https://github.com/mcode/clinical-trial-matching-app asks, and reads what it gets."""

    BODY = bundle(
        {"resourceType": "Patient", "id": "search_patient", "gender": "female", "birthDate": "1990"},
        zipCode={"valueString": "20814"},
        travelRadius={"valueString": "100"},
    )

    @pytest.mark.parametrize("wrapped", [0, 1, 2])
    def test_the_shapes_of_the_body(self, registry: httpx.Client, wrapped: int) -> None:
        bodies = [self.BODY, {"patientData": self.BODY}, {"patientData": json.dumps(self.BODY)}]
        said = registry.post("/getClinicalTrial", json=bodies[wrapped])
        assert said.status_code == 200
        found = said.json()
        assert (found["resourceType"], found["type"], found["total"]) == ("Bundle", "searchset", 1)
        assert [issue for issue in validate("r4", found) if issue.severity == "error"] == []

    def test_what_an_app_reads(self, registry: httpx.Client) -> None:
        [entry] = registry.post("/getClinicalTrial", json=self.BODY).json()["entry"]
        study = entry["resource"]
        assert 0 <= entry["search"]["score"] <= 1 and study["identifier"][0]["value"] == APECED
        assert all("text" in one for name in ("condition", "keyword", "category") for one in study.get(name, []))
        assert "Aged >=12 to <=65 years." in study["enrollment"][0]["display"]
        [location] = [one for one in study["contained"] if one["resourceType"] == "Location"]
        assert location["position"]["latitude"] and study["site"][0]["reference"] == f"#{location['id']}"

    def test_an_empty_answer_has_an_entry_list(self, registry: httpx.Client) -> None:
        far = bundle(GIRL, zipCode={"valueString": "96813"}, travelRadius={"valueString": "10"})
        assert registry.post("/getClinicalTrial", json=far).json()["entry"] == []

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"{", "not JSON"),
            (b"[]", "no JSON object"),
            (b"{}", "expected a Patient"),
            (b'{"patientData":"x"}', "not JSON"),
            (b'{"patientData":7}', "no JSON object"),
            (json.dumps(bundle({**GIRL, "gender": "?"})).encode(), "Bundle.entry[0].resource.gender"),
        ],
    )
    def test_bodies_that_are_refused(self, registry: httpx.Client, body: bytes, words: str) -> None:
        refusal(registry.post("/getClinicalTrial", content=body), 400, registry_code(body), words)

    def test_another_method_is_refused(self, registry: httpx.Client) -> None:
        said = registry.get("/getClinicalTrial")
        refusal(said, 405, "not-supported", "GET is not supported at /getClinicalTrial")
        assert said.headers["allow"] == "POST"


def registry_code(body: bytes) -> str:
    return "value" if b"gender" in body else "invalid" if body == b"{}" else "structure"


def test_answers_to_pregnancy(registry: httpx.Client) -> None:
    """`Pregnant or lactating women` excludes."""
    pregnant = observation("p", "82810-3", valueCodeableConcept=answer("LA15173-0"))
    said = ask(registry, bundle(GIRL, pregnant), excluded="true").json()
    assert lines(said, VITILIGO)["1-e2"]["result"] == ["not-met"] and scores(said)[VITILIGO] == 0
