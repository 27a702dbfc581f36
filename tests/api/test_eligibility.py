"""Eligibility over HTTP: who is taken, marks of ages that no cohort states, constraints as rows, and what becomes of
them when what reads them changes."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from app.fhir.extensions import AGE_NOT_STATED
from app.record.parts import Age, Condition, Flag, Intervention
from app.record.trial import Cohort, Criterion, Trial
from app.store import rerender as rerender_module
from app.store.engine import engine_for, writing
from app.store.lists import criterion_constraint
from app.store.migrate import migrate
from app.store.put import put_trial
from app.store.reindex import reindex
from app.store.rerender import rerender
from app.store.tables import state
from tests.servers import Databases, Server

AT = "2026-01-01T00:00:00.000000Z"


def years(value: float) -> Age:
    return Age(value=value, unit="years")


def criteria(*texts: tuple[str, str], cohort: int = 0) -> list[Criterion]:
    types: dict[str, Any] = {"+": "inclusion", "-": "exclusion"}
    return [
        Criterion(cohort=cohort, type=types[sign], position=n, text=text) for n, (sign, text) in enumerate(texts, 1)
    ]


TRIALS = (
    Trial(
        id="NCT90000001",
        title="Lamps for girls and their families",
        minimum_age=years(12),
        maximum_age=years(17),
        sex="female",
        conditions=[Condition(text="Moon sickness")],
        interventions=[Intervention(name="Lunarium", type="drug")],
        cohorts=[Cohort(label="Girls"), Cohort(label="Family", sex="all", minimum_age=years(18))],
        criteria=[
            *criteria(
                ("+", "Hemoglobin >= 9.0 g/dL"),
                ("-", "Hemoglobin < 12 g/dL unless Lunarium was taken"),
                ("-", "ALT > 3 x ULN"),
                ("-", "Moon sickness of both eyes"),
            ),
            *criteria(("+", "Lives with the participant"), cohort=1),
        ],
    ),
    Trial(
        id="NCT90000002",
        title="Lamps for anybody",
        criteria=criteria(
            ("+", "Platelets >= 100,000/microliter and hemoglobin >= 80 g/L"),
            ("+", "Surgical sterilization at least 6 months ago"),
            ("-", "Pregnant or breastfeeding"),
        ),
    ),
    Trial(
        id="NCT90000003",
        title="Lamps for old men",
        flags=[Flag(name="healthy-volunteers", value=True)],
        criteria=criteria(("+", "Aged 65 to 80 years"), ("-", "Female"), ("-", "ECOG performance status > 2")),
    ),
    Trial(
        id="NCT90000004",
        title="Lamps for infants",
        minimum_age=Age(value=6, unit="weeks"),
        maximum_age=Age(value=24, unit="months"),
        criteria=criteria(("+", "Weight of at least 3 kg")),
    ),
)


@pytest.fixture(scope="module")
def filled(databases: Databases) -> str:
    url = databases.new()
    engine = engine_for(url)
    migrate(engine)
    rerender(engine, lambda: AT)
    reindex(engine)
    with writing(engine) as connection:
        for trial in TRIALS:
            put_trial(connection, trial.model_copy(update={"registry": "ctgov"}), AT)
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def client(filled: str) -> Iterator[httpx.Client]:
    with Server(filled) as client:
        yield client


def numbers(client: httpx.Client, path: str) -> str:
    """The last digits of the ids that match, as one text; `*` after those that are marked."""
    bundle = client.get(path)
    assert bundle.status_code == 200, bundle.text
    marked = {"url": AGE_NOT_STATED, "valueBoolean": True}
    found = [
        each["resource"]["id"][-1] + "*" * (marked in each["search"].get("extension", ()))
        for each in bundle.json().get("entry", ())
        if each["search"]["mode"] == "match"
    ]
    return "".join(sorted(found))


WHO = [
    # a cohort that states no age takes every age, and is marked
    ("eligible-age=14", "12*"),
    ("eligible-age=17.9", "12*"),
    ("eligible-age=11", "2*"),
    ("eligible-age=40", "12*"),
    # what a criterion states, no field does
    ("eligible-age=64", "12*"),
    ("eligible-age=65", "12*3"),
    ("eligible-age=80", "12*3"),
    ("eligible-age=81", "12*"),
    # units
    ("eligible-age=168||mo", "12*"),
    ("eligible-age=6||wk", "2*4"),
    ("eligible-age=5||wk", "2*"),
    ("eligible-age=42||d", "2*4"),
    ("eligible-age=24||mo", "2*4"),
    ("eligible-age=25||mo", "2*"),
    ("eligible-age=14,70", "12*3"),
    # both ages: a cohort for each
    ("eligible-age=14&eligible-age=70", "12*"),
    # sex: any of the cohorts
    ("eligible-sex=female", "124"),
    ("eligible-sex=male", "1234"),
    ("eligible-age=70&eligible-sex=male&healthy-volunteers=true", "3"),
    ("healthy-volunteers:missing=true", "124"),
    ("criterion-code=hemoglobin", "12"),
    ("criterion-code=http://loinc.org|718-7", "12"),
    ("criterion-code=pregnancy,ecog", "23"),
    # plain bounds only: the one below 12 has an exception
    ("criterion-value-quantity=hemoglobin$9||g/dL", "1"),
    ("criterion-value-quantity=hemoglobin$12||g/dL", ""),
    ("criterion-value-quantity=hemoglobin$le9||g/dL", "12"),
    ("criterion-value-quantity=hemoglobin$80||g/L", "2"),
    ("criterion-value-quantity=platelets$100||10*9/L", "2"),
    ("criterion-value-quantity=alt$3||{ULN}", "1"),
    ("criterion-value-quantity=weight$le3||kg", "4"),
    # of one criterion: words, of one type
    ("criterion=moon eyes", "1"),
    ("criterion=exclusion$moon", "1"),
    ("criterion=inclusion$moon", ""),
    ("criterion=moon hemoglobin", ""),
    ("criterion=inclusion$HEMOGLOBIN", "12"),
]


@pytest.mark.parametrize(("asked", "found"), WHO)
@pytest.mark.parametrize("release", ["r4", "r5"])
def test_who_is_taken(client: httpx.Client, release: str, asked: str, found: str) -> None:
    assert numbers(client, f"/fhir/{release}/ResearchStudy?{asked}") == found


def test_the_plain_api_takes_the_same(client: httpx.Client) -> None:
    listing = client.get("/api/v1/trials?eligible-age=14&criterion=inclusion$hemoglobin").json()
    assert [item["id"] for item in listing["items"]] == ["NCT90000001", "NCT90000002"]
    assert listing["total"] == 2


def test_marks_are_of_the_page(client: httpx.Client) -> None:
    """Each page marks its own, from the first to the last, and a sorted one too."""
    place: str | None = "/fhir/r5/ResearchStudy?eligible-age=14&_count=1&_sort=-title"
    found = []
    while place:
        found.append(numbers(client, place))
        links = client.get(place).json()["link"]
        place = next((one["url"] for one in links if one["relation"] == "next"), None)
    assert found == ["1", "2*"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("eligible-age=young", "14||mo"),
        ("eligible-age=14||h", "a, mo, wk, d"),
        ("eligible-age=ge14", "14||mo"),
        ("eligible-age=-1", "somebody"),
        ("eligible-age=1e5", "somebody"),
        ("eligible-age=151", "somebody"),
        ("eligible-age=1|http://example.org|a", "14||mo"),
        ("criterion=either$lamp", "inclusion$words"),
        ("criterion=inclusion$", "words"),
        ("criterion-value-quantity=hemoglobin", "2 parts"),
        ("criterion-value-quantity=hemoglobin$much", "a number"),
    ],
)
def test_what_cannot_be_asked(client: httpx.Client, asked: str, says: str) -> None:
    answer = client.get(f"/fhir/r5/ResearchStudy?{asked}")
    [issue] = answer.json()["issue"]
    assert answer.status_code == 400
    assert says in issue["diagnostics"] and issue["expression"] == [f"http.{asked.partition('=')[0]}"]


ROWS = [
    ("kind=measurement", 4),
    ("kind=age,weight", 2),
    ("kind=condition", 1),
    ("kind=drug", 1),
    ("analyte=hemoglobin", 3),
    ("analyte=HEMOGLOBIN,ecog", 4),
    ("analyte=718-7", 3),
    ("analyte=hemoglobin&value=9", 1),
    ("analyte=hemoglobin&value=9||g/dL", 1),
    ("analyte=hemoglobin&value=ge9||g/dL", 2),
    ("analyte=hemoglobin&value=9||g/L", 0),
    ("analyte=hemoglobin&value=90||g/L", 1),
    ("analyte=hemoglobin&value=gt89||g/L", 2),
    ("value=gt89||g/L&kind=measurement", 2),
    # of one and the same constraint: platelets are 100,000, hemoglobin is 80
    ("analyte=platelets&value=80", 0),
    ("analyte=platelets&value=100000", 1),
    ("kind=measurement&analyte=ecog", 0),
    ("value=3||{ULN}", 1),
    ("value=3||{LLN}", 0),
    ("value=65", 1),
    ("value=gt70&kind=age", 1),
    ("kind=pregnancy&type=exclusion", 1),
    ("kind=pregnancy&type=inclusion", 0),
    ("trial=NCT90000002&kind:not=pregnancy", 2),
    ("trial=NCT90000001&kind:missing=true", 1),
    ("trial=NCT90000001&value:missing=false", 3),
    ("analyte:missing=false&trial=NCT90000003", 1),
]


@pytest.mark.parametrize(("asked", "total"), ROWS)
def test_criteria_by_what_they_state(client: httpx.Client, asked: str, total: int) -> None:
    listing = client.get(f"/api/v1/criteria?{asked}").json()
    assert listing["total"] == len(listing["items"]) == total


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("kind=colour", "expected one of age, sex"),
        ("value=much", "expected a number"),
        ("value=9|http://example.org|g/dL", "expected units of http://unitsofmeasure.org"),
        ("value=9|g/dL", "expected a number"),
        ("value:not=9", "modifier"),
    ],
)
def test_what_criteria_cannot_be_asked(client: httpx.Client, asked: str, says: str) -> None:
    answer = client.get(f"/api/v1/criteria?{asked}")
    assert answer.status_code == 400 and says in answer.json()["detail"]


def test_a_criterion_shows_its_constraints(client: httpx.Client) -> None:
    [first, second] = client.get("/api/v1/criteria?trial=NCT90000001&analyte=hemoglobin").json()["items"]
    nothing = dict.fromkeys(("value", "low", "high", "unit", "limit_of_normal", "exception"))
    nothing |= dict.fromkeys(("low_open", "high_open", "negated"), False)
    measured = {**nothing, "kind": "measurement", "code": "hemoglobin", "loinc": "718-7", "unit": "g/dL"}
    text = "Hemoglobin >= 9.0 g/dL"
    assert first["constraints"] == [{**measured, "low": 9.0, "text": text, "start": 0, "end": len(text)}]
    [restricted, mentioned] = second["constraints"]
    assert restricted == {
        **measured,
        "high": 12.0,
        "high_open": True,
        "exception": "unless Lunarium was taken",
        "text": "Hemoglobin < 12 g/dL",
        "start": 0,
        "end": 20,
    }
    assert mentioned == {**nothing, "kind": "drug", "code": "Lunarium", "loinc": None, "text": "Lunarium"} | {
        "start": 28,
        "end": 36,
    }
    for path in ("/api/v1/criteria/NCT90000001-1-i1", "/api/v1/trials/NCT90000001/criteria"):
        shown = client.get(path).json()
        assert shown.get("items", [shown])[0] == first


def test_groups_are_found_by_what_they_bound(client: httpx.Client) -> None:
    def found(asked: str) -> list[str]:
        return [each["resource"]["id"] for each in client.get(f"/fhir/r5/Group?{asked}").json().get("entry", ())]

    assert found("characteristic=hemoglobin") == ["NCT90000001-cohort-1"]
    assert found("characteristic=http://loinc.org|30525-0&exclude=true") == [
        "NCT90000001-cohort-1",
        "NCT90000003-cohort-1",
    ]
    assert found("characteristic=weight") == ["NCT90000004-cohort-1"]


def test_criteria_that_change_are_found_anew(databases: Databases) -> None:
    """Though the study's own document does not hold them and stays as it was."""
    url = databases.new()
    engine = engine_for(url)
    trial = Trial(id="NCT90000009", title="Lamps", registry="ctgov", criteria=criteria(("+", "Age 40 years or older")))
    younger = trial.model_copy(update={"criteria": criteria(("+", "Age 30 years or older"), ("+", "Likes torches"))})

    def found(path: str) -> int:
        answer = client.get(f"/fhir/r5/ResearchStudy?{path}")
        assert answer.status_code == 200
        return int(answer.json()["total"])

    with writing(engine) as connection:
        put_trial(connection, trial, AT)
    with Server(url) as client:
        assert (found("eligible-age=35"), found("criterion=inclusion$torches")) == (0, 0)
        before = client.get("/fhir/r5/ResearchStudy/NCT90000009").headers["etag"]
        with writing(engine) as connection:
            assert put_trial(connection, younger, AT) == "changed"
        assert (found("eligible-age=35"), found("criterion=inclusion$torches")) == (1, 1)
        assert (found("eligible-age=29"), found("_id=NCT90000009")) == (0, 1)
        assert client.get("/fhir/r5/ResearchStudy/NCT90000009").headers["etag"] == before
    engine.dispose()


def test_what_changed_is_read_anew(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another reader of constraints: the rows are made again with the documents, and no others are left."""
    url = databases.new()
    engine = engine_for(url)
    migrate(engine)
    with writing(engine) as connection:
        for trial in TRIALS:
            put_trial(connection, trial.model_copy(update={"registry": "ctgov"}), AT)
    rerender(engine, lambda: AT)
    table = criterion_constraint
    every = select(table).order_by(*table.primary_key.columns)
    with engine.connect() as connection:
        before = connection.execute(every).all()
    with writing(engine) as connection:
        connection.execute(update(table).values(code="stale", low=1.0))
        connection.execute(table.delete().where(table.c.kind == "measurement"))
    monkeypatch.setattr(rerender_module, "renderer_fingerprint", lambda: "another")
    assert rerender(engine, lambda: AT) == len(TRIALS)
    with writing(engine) as connection:
        assert connection.execute(every).all() == before and before
        assert connection.scalar(select(state.c.value).where(state.c.name == "renderer")) == "another"
        changed = TRIALS[0].model_copy(update={"registry": "ctgov", "criteria": []})
        put_trial(connection, changed, AT)
        assert connection.scalar(select(func.count()).select_from(table)) == len(before) - 5
    engine.dispose()
