"""Any value at all, over HTTP: an answer or a refusal that says why, never a failure; words that are operators
elsewhere are plain text."""

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.parameters.table import FHIR_TYPES, parameters_of

NAMES = [
    (release, resource, f"{code}{modifier and ':'}{modifier}")
    for release in ("r4", "r5", "v1")
    for resource in (FHIR_TYPES if release != "v1" else ("ResearchStudy",))
    for code, parameter in parameters_of(release, resource).items()
    for modifier in ("", *parameter.modifiers(release))
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), value=st.text(max_size=60))
def test_any_value(registry: httpx.Client, name: tuple[str, str, str], value: str) -> None:
    release, resource, parameter = name
    place = "/api/v1/trials" if release == "v1" else f"/fhir/{release}/{resource}"
    answer = registry.get(place, params={parameter: value})
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert parameter in answer.text or "diagnostics" in answer.text


@pytest.mark.parametrize(
    "value",
    ["ALL", "NOT", "AREA[Condition]x", "%", "_", "'", '"', "' OR 1=1 --", "a%b", "\\", "*", "\U0010ffff", "\ud7ff"],
)
def test_operators_are_text(registry: httpx.Client, value: str) -> None:
    for modifier in ("", ":contains", ":exact"):
        answer = registry.get("/fhir/r5/ResearchStudy", params={f"title{modifier}": value})
        assert answer.status_code == 200
        found = [e["resource"]["title"] for e in answer.json().get("entry", [])]
        assert all(value.casefold() in title.casefold() for title in found), value
    assert registry.get("/fhir/r5/ResearchStudy", params={"condition": value}).json()["total"] == 0


@pytest.mark.parametrize("prefix", ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
@pytest.mark.parametrize(
    "date", ["0001-01-01", "9999-01", "9999", "0000", "2026-02-30", "2026-13", "2026-01-01T25:00Z"]
)
def test_dates_at_the_ends(registry: httpx.Client, prefix: str, date: str) -> None:
    answer = registry.get("/fhir/r5/ResearchStudy", params={"status-changed": prefix + date})
    assert answer.status_code in (200, 400), answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/trials/%00",
        "/api/v1/criteria/a%00-1-i1",
        "/api/v1/sites/%00",
        "/fhir/r5/Group/%00",
        "/fhir/r4/Group/%00/_history",
    ],
)
def test_a_nul_in_an_address(registry: httpx.Client, path: str) -> None:
    assert registry.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/trials", "/api/v1/trials/NCT05398809", "/healthz", "/fhir/r5/metadata"])
def test_head_is_get_without_a_body(registry: httpx.Client, path: str) -> None:
    head, get = registry.head(path), registry.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers.get("etag") == get.headers.get("etag")
    assert head.headers["content-length"] == get.headers["content-length"]
