"""Every search parameter of the table, in every release that has it, over HTTP on both engines: whom it finds by each
of its modifiers and whom it does not, by whom it sorts, where it is declared; and nothing that is not declared."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import httpx
import pytest

from app.fhir.validate import validate
from app.parameters.table import COMMON, FHIR_TYPES, MODIFIERS, PARAMETERS, PLAIN_PARAMETERS, Parameter, parameters_of
from tests.search.expected import LINES, PLAIN, ROLES
from tests.search.filled import fill
from tests.search.full import BARE, FULL, MAKERS, OTHER, documents
from tests.search.shapes import NONE, B, Case, F, Line, O
from tests.servers import Databases, Server

RELEASES = ("r4", "r5")
EVERYWHERE = "Location"
"""The type that the parameters of all types are asked of."""


class Row(NamedTuple):
    release: str
    parameter: Parameter

    @property
    def type(self) -> str:
        return EVERYWHERE if self.parameter.resource == COMMON else self.parameter.resource

    @property
    def line(self) -> Line:
        name = f"{self.parameter.resource}.{self.parameter.code}"
        return LINES.get(f"{name}@{self.release}") or LINES[name]


ROWS = [Row(release, one) for one in PARAMETERS for release in one.releases]
each_row = pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.release}-{row.parameter.resource}.{row.parameter.code}"
)
# measured: a test for each row of what is asked once or twice takes longer than the asking
rows_of_a_type = pytest.mark.parametrize(
    "rows",
    [
        [row for row in ROWS if (row.release, row.parameter.resource) == (release, type)]
        for release in RELEASES
        for type in (COMMON, *FHIR_TYPES)
    ],
    ids=lambda rows: f"{rows[0].release}-{rows[0].parameter.resource}",
)


class Asked(NamedTuple):
    client: httpx.Client
    url: str
    statements: dict[str, dict[str, Any]]
    """Release -> CapabilityStatement."""
    openapi: dict[str, Any]
    at_once: ThreadPoolExecutor

    def get(self, path: str, /, **parameters: str) -> httpx.Response:
        return self.client.get(path, params=parameters)

    def queried(self, path: str) -> set[str]:
        """The parameters in the query that the document has; its headers are elsewhere."""
        parameters = self.openapi["paths"][path]["get"]["parameters"]
        return {each["name"] for each in parameters if each.get("in") == "query"}

    def found(self, release: str, type: str, /, **parameters: str) -> list[str]:
        """The ids found, in order, and that the total says the same."""
        answer = self.get(f"/fhir/{release}/{type}", **parameters)
        assert answer.status_code == 200, f"{parameters}: {answer.text}"
        bundle = answer.json()
        ids = [each["resource"]["id"] for each in bundle.get("entry", ()) if each["search"]["mode"] == "match"]
        assert bundle["total"] == len(ids), parameters
        return ids

    def refused(self, path: str, name: str, value: str, says: str) -> None:
        """With an OperationOutcome whose issue names the parameter."""
        answer = self.get(path, **{name: value})
        assert answer.status_code == 400, f"{path}?{name}={value}: {answer.text}"
        [issue] = answer.json()["issue"]
        assert issue["severity"] == "error" and says in issue["diagnostics"], issue
        assert issue["expression"][0].startswith("http."), issue


@pytest.fixture(scope="module")
def asked(databases: Databases) -> Iterator[Asked]:
    """Asked by a client of its own: these documents hold more than the server itself renders."""
    url = databases.new()
    fill(url)
    server = Server(url)
    with server, httpx.Client(base_url=server.url, timeout=30) as client:
        statements = {release: client.get(f"/fhir/{release}/metadata").json() for release in RELEASES}
        with ThreadPoolExecutor(4) as at_once:
            yield Asked(client, server.url, statements, client.get("/openapi.json").json(), at_once)


def test_every_row_has_a_line_and_every_line_a_row() -> None:
    named = {name.partition("@")[0] for name in LINES}
    assert named == {f"{one.resource}.{one.code}" for one in PARAMETERS}
    assert set(PLAIN) == {one.code for one in PLAIN_PARAMETERS}


@each_row
def test_a_line_tries_every_modifier(row: Row) -> None:
    """Each with a value that finds somebody and one that does not find all."""
    if row.parameter.code in ("_has", "_type"):
        return  # asked with a modifier always, and of all types
    for modifier in ("", *row.parameter.modifiers(row.release)):
        cases = [case for case in row.line.cases if case.modifier == modifier]
        assert cases, f"no case of :{modifier}"
        found = {case.found for case in cases}
        if modifier in row.line.cannot:
            assert found in ({NONE}, {F | O | B}), f":{modifier} finds somebody"
        else:
            assert found - {NONE} and found - {F | O | B}, f":{modifier} finds {found}"


@pytest.mark.parametrize("type", MAKERS)
def test_documents_are_legal(type: str) -> None:
    for role in ROLES:
        for release, made in zip(RELEASES, documents(type, role), strict=True):
            if type == "Provenance":
                made = {**made, "recorded": "2020-01-01T00:00:00Z"}
            assert [each for each in validate(release, made) if each.severity == "error"] == []


@each_row
def test_values_and_modifiers(asked: Asked, row: Row) -> None:
    allowed = {*row.parameter.modifiers(row.release), *row.parameter.targets(row.release), ""}

    def wrong(case: Case) -> str:
        name = f"{row.parameter.code}:{case.modifier}" if case.modifier else row.parameter.code
        value = case.value.replace("{base}", f"{asked.url}/fhir/{row.release}")
        found = asked.found(row.release, row.type, **{name: value})
        right = set(found) == case.found and len(set(found)) == len(found)
        return "" if right else f"{name}={value} found {sorted(found)}, not {sorted(case.found)}"

    cases = [case for case in row.line.cases if case.modifier in allowed or row.parameter.code == "_has"]
    assert [fault for fault in asked.at_once.map(wrong, cases) if fault] == []


@pytest.mark.parametrize("release", RELEASES)
def test_type_says_which_types(asked: Asked, release: str) -> None:
    def types(**parameters: str) -> set[str]:
        bundle = asked.get(f"/fhir/{release}/", **parameters).json()
        return {each["resource"]["resourceType"] for each in bundle.get("entry", ())}

    assert types(_type="Location") == {"Location"}
    assert types(_type="Location,Group", _id=FULL) == {"Location", "Group"}
    assert types(_id=FULL) == set(FHIR_TYPES)
    asked.refused(f"/fhir/{release}/", "_type", "Patient", "'Patient'")


@pytest.mark.parametrize("type", FHIR_TYPES)
def test_parameters_of_all_types_are_of_each(asked: Asked, type: str) -> None:
    for row in ROWS:
        if row.parameter.resource == COMMON and row.parameter.code not in ("_has", "_type"):
            [value, *_] = [case.value for case in row.line.cases if case.found == F and not case.modifier]
            assert asked.found(row.release, type, **{row.parameter.code: value}) == [FULL], row


@rows_of_a_type
def test_modifiers_that_are_not_declared(asked: Asked, rows: list[Row]) -> None:
    known = {one for kinds in MODIFIERS.values() for names in kinds.values() for one in names}

    def check(row: Row) -> None:
        name, path = row.parameter.code, f"/fhir/{row.release}/{row.type}"
        if name in ("_has", "_type"):
            return asked.refused(path, f"{name}:exact", "full", name)
        others = sorted(known - set(row.parameter.modifiers(row.release)))
        modifiers = ["sounds", others[row.parameter.number % len(others)]]
        if row.parameter.reads == "reference" and "Practitioner" not in row.parameter.targets(row.release):
            modifiers.append("Practitioner")
        for modifier in modifiers:
            asked.refused(path, f"{name}:{modifier}", "full", f"'{name}:{modifier}'")
        return None

    list(asked.at_once.map(check, rows))


@rows_of_a_type
def test_sort(asked: Asked, rows: list[Row]) -> None:
    def check(row: Row) -> None:
        code = row.parameter.code
        if row.parameter.sortable:
            assert tuple(asked.found(row.release, row.type, _sort=code)) == row.line.ascending, row
            assert tuple(asked.found(row.release, row.type, _sort=f"-{code}")) == row.line.descending, row
        else:
            asked.refused(f"/fhir/{row.release}/{row.type}", "_sort", code, f"'{code}'")
            asked.refused(f"/fhir/{row.release}/{row.type}", "_sort", f"-{code}", f"'{code}'")

    list(asked.at_once.map(check, rows))


@rows_of_a_type
def test_declared(asked: Asked, rows: list[Row]) -> None:
    for row in rows:
        [rest] = asked.statements[row.release]["rest"]
        declared = rest
        if row.parameter.resource != COMMON:
            [declared] = [each for each in rest["resource"] if each["type"] == row.type]
        [parameter] = [each for each in declared["searchParam"] if each["name"] == row.parameter.code]
        url = row.parameter.url(row.release)
        assert (parameter["type"], parameter["definition"]) == (row.parameter.kind, url), row
        if row.parameter.is_own(row.release):
            [entry] = asked.get(f"/fhir/{row.release}/SearchParameter", url=url).json()["entry"]
            own = entry["resource"]
            assert (own["code"], own["type"]) == (row.parameter.code, row.parameter.kind), row
            assert own["base"] == [row.parameter.resource], row


@pytest.mark.parametrize("release", RELEASES)
def test_all_that_is_declared(asked: Asked, release: str) -> None:
    """The statement and the OpenAPI document name the rows of the table and no other parameters."""
    [rest] = asked.statements[release]["rest"]
    common = {one.code for one in PARAMETERS if one.resource == COMMON and release in one.releases}
    assert {each["name"] for each in rest["searchParam"]} == common
    served = {each["type"]: each.get("searchParam", ()) for each in rest["resource"]}
    for type in FHIR_TYPES:
        own = {one.code for one in PARAMETERS if one.resource == type and release in one.releases}
        assert {each["name"] for each in served[type]} == own
        # a name of `_has` has the rest of the question in it, and `_type` is asked of all types
        named = asked.queried(f"/fhir/{release}/{type}")
        assert named - CONTROLS == (own | common) - {"_has", "_type"}
    assert asked.queried(f"/fhir/{release}/") - CONTROLS == (common - {"_has"}) | {"_type"}


CONTROLS = {
    *("_count", "_sort", "_include", "_revinclude", "_total", "_contained", "_summary", "_elements", "_cursor"),
    *("_containedType", "_score", "_format", "_pretty"),
}
LEFT_OUT = ("_list", "_in", "_query", "colour", "contains", "_Id")
OF_ONE_TYPE = ("phase", "managing-entity", "context", "near", "gender", "specialty", "when")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("type", FHIR_TYPES)
def test_nothing_else_is_accepted(asked: Asked, release: str, type: str) -> None:
    """Not the parameters of the other release, nor those of other types."""
    here = parameters_of(release, type)
    others = {one.code for one in PARAMETERS if one.resource == type} | {*LEFT_OUT, *OF_ONE_TYPE}
    for name in sorted(others - set(here)):
        asked.refused(f"/fhir/{release}/{type}", name, "full", f"'{name}'")


@pytest.mark.parametrize("name", PLAIN)
def test_plain_names(asked: Asked, name: str) -> None:
    parameter = next(one for one in PLAIN_PARAMETERS if one.code == name)
    full, other, nobody = PLAIN[name]
    for value, expected in ((full, [FULL]), (other, [OTHER]), (nobody, [])):
        if value:
            answer = asked.get("/api/v1/trials", **{name: value}).json()
            assert [item["id"] for item in answer["items"]] == expected, f"{name}={value}"
            assert answer["total"] == len(expected)
    wrong = asked.get("/api/v1/trials", **{f"{name}:sounds": full})
    assert wrong.status_code == 400 and f"{name}:sounds" in wrong.json()["detail"]
    if "missing" in parameter.modifiers("v1"):
        missing = asked.get("/api/v1/trials", **{f"{name}:missing": "true"}).json()
        assert [item["id"] for item in missing["items"]] == ([] if name in ("id", "updated") else [BARE])
    if parameter.choices:
        refusal = asked.get("/api/v1/trials", **{name: "colour"})
        assert refusal.status_code == 400
        detail = refusal.json()["detail"]
        assert f"{name} is 'colour'" in detail and all(choice in detail for choice in parameter.choices)
    parameters = asked.openapi["paths"]["/api/v1/trials"]["get"]["parameters"]
    listed = {each["name"]: each for each in parameters if each.get("in") == "query"}
    schema = listed[name]["schema"]
    assert tuple(schema.get("items", schema).get("enum", ())) == parameter.choices


@pytest.mark.parametrize("name", [one.code for one in PLAIN_PARAMETERS])
def test_plain_sort(asked: Asked, name: str) -> None:
    parameter = next(one for one in PLAIN_PARAMETERS if one.code == name)
    for sort, expected in ((name, [FULL, OTHER]), (f"-{name}", [OTHER, FULL])):
        answer = asked.get("/api/v1/trials", sort=sort)
        if parameter.sortable:
            ids = [item["id"] for item in answer.json()["items"]]
            assert [id for id in ids if id != BARE] == expected
        else:
            assert answer.status_code == 400 and name in answer.json()["detail"]


@pytest.mark.parametrize("name", ["colour", "_colour", "overall-status", "Title", "limits"])
def test_plain_names_that_are_not_declared(asked: Asked, name: str) -> None:
    answer = asked.get("/api/v1/trials", **{name: "full"})
    assert answer.status_code == 400 and f"'{name}'" in answer.json()["detail"]
