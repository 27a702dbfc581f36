"""What the two documents say, asserted over HTTP: plain JSON, R5 and R4, on both engines."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

TRIALX, CLINCONNECT = "NCT07153666", "NCT05398809"
NIAID = "National Institute of Allergy and Infectious Diseases (NIAID)"
R5_IN_R4 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ResearchStudy."
LOINC_AGE = "30525-0"


def plain(registry: httpx.Client, path: str) -> Any:
    answer = registry.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def study(registry: httpx.Client, release: str, trial: str) -> Any:
    answer = registry.get(f"/fhir/{release}/ResearchStudy/{trial}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def extensions(document: Any, name: str) -> list[Any]:
    """The values of an R4 document's R5 elements: a value, or a dict of the nested ones."""
    found = []
    for extension in document.get("extension", []):
        if extension["url"] == R5_IN_R4 + name:
            nested = {e["url"]: _value(e) for e in extension.get("extension", [])}
            found.append(nested or _value(extension))
    return found


def _value(extension: Any) -> Any:
    return next((value for name, value in extension.items() if name.startswith("value")), None)


SCALARS = {
    "title": (
        "A Real-world Study on the Influencing Factors of Efficacy of Ruxolitinib Cream in Vitiligo",
        "Evaluate the Efficacy and Safety of Ruxolitinib on Hair Regrowth in Patients With Autoimmune "
        "Polyendocrinopathy Candidiasis Ectodermal Dystrophy (APECED)-Associated Alopecia Areata",
    ),
    "overall_status": ("recruiting", "recruiting"),
    "sex": ("all", "all"),
    "minimum_age": ({"value": 12, "unit": "years"}, {"value": 12, "unit": "years"}),
    "maximum_age": (None, None),
    "phase": (["n-a"], []),
    "keywords": ([], ["Aps 1 Aire Jak Autiommunity Hair Loss"]),
    "officials": (
        [],
        [{"name": "Michail S Lionakis, M.D.", "role": "principal-investigator", "affiliation": NIAID}],
    ),
    "not_reported": ([], ["dates.completion"]),
    "version": (1, 1),
}


@pytest.mark.parametrize("field", SCALARS)
def test_plain_fields(registry: httpx.Client, field: str) -> None:
    for trial, expected in zip((TRIALX, CLINCONNECT), SCALARS[field], strict=True):
        assert plain(registry, f"trials/{trial}")[field] == expected


def test_conditions(registry: httpx.Client) -> None:
    [condition] = plain(registry, f"trials/{TRIALX}")["conditions"]
    assert condition["text"] == "Vitiligo"
    assert condition["codings"][0]["code"] == "vitiligo"
    assert plain(registry, f"trials/{CLINCONNECT}")["conditions"] == []
    for release in ("r4", "r5"):
        [concept] = study(registry, release, TRIALX)["condition"]
        assert concept["text"] == "Vitiligo"
        assert "condition" not in study(registry, release, CLINCONNECT)
        [keyword] = study(registry, release, CLINCONNECT)["keyword"]
        assert keyword == {"text": "Aps 1 Aire Jak Autiommunity Hair Loss"}


def test_dates(registry: httpx.Client) -> None:
    trialx, clinconnect = (plain(registry, f"trials/{trial}")["dates"] for trial in (TRIALX, CLINCONNECT))
    assert {name: value for name, value in trialx.items() if value} == {"last_update": "2026-01-31"}
    assert {name: value for name, value in clinconnect.items() if value} == {
        "launched": "2022-05-31",
        "as_of": "2025-06-26",
    }
    assert study(registry, "r5", TRIALX)["date"] == "2026-01-31"
    assert extensions(study(registry, "r4", TRIALX), "date") == ["2026-01-31"]
    for release in ("r4", "r5"):
        document = study(registry, release, CLINCONNECT)
        assert "period" not in document, "the launch date is no start"
        milestones = {
            part["activity"]["text"]: part["period"]["start"]
            for extension in document["extension"]
            if extension["url"].endswith("researchStudy-studyRegistration")
            for part in [{e["url"]: _value(e) for e in extension["extension"]}]
        }
        assert set(milestones.values()) == {"2022-05-31", "2025-06-26"}


def test_status_and_phase(registry: httpx.Client) -> None:
    for trial in (TRIALX, CLINCONNECT):
        r5, r4 = study(registry, "r5", trial), study(registry, "r4", trial)
        assert r5["status"] == "active"
        assert [s["state"]["coding"][0]["code"] for s in r5["progressStatus"]] == ["recruiting"]
        assert r4["status"] == "active"
        assert [s["state"]["coding"][0]["code"] for s in extensions(r4, "progressStatus")] == ["recruiting"]
        for document, system in (
            (r5, "http://hl7.org/fhir/research-study-phase"),
            (r4, "http://terminology.hl7.org/CodeSystem/research-study-phase"),
        ):
            if trial == TRIALX:
                assert document["phase"]["coding"][0]["system"] == system
                assert document["phase"]["coding"][0]["code"] == "n-a"
            else:
                assert "phase" not in document


def test_sponsor(registry: httpx.Client) -> None:
    assert plain(registry, f"trials/{TRIALX}")["lead_sponsor"] == {
        "name": "Peking University Third Hospital",
        "description": None,
        "sector": None,
    }
    sponsor = plain(registry, f"trials/{CLINCONNECT}")["lead_sponsor"]
    assert sponsor["name"] == NIAID
    assert sponsor["description"].startswith("The National Institute of Allergy and Infectious Diseases (NIAID) is a")
    assert sponsor["description"].endswith("the realm of infectious diseases and immunology.")
    reference = study(registry, "r4", CLINCONNECT)["sponsor"]["reference"]
    assert registry.get(f"/fhir/r5/{reference}").json()["description"] == sponsor["description"]
    r4 = registry.get(f"/fhir/r4/{reference}").json()
    assert r4["name"] == NIAID and sponsor["description"] in [_value(e) for e in r4["extension"]]
    for trial, name in ((TRIALX, "Peking University Third Hospital"), (CLINCONNECT, NIAID)):
        r5 = study(registry, "r5", trial)["associatedParty"]
        r4 = extensions(study(registry, "r4", trial), "associatedParty")
        for parties in (r5, r4):
            [lead] = [p for p in parties if p["role"]["coding"][0]["code"] == "lead-sponsor"]
            assert lead["name"] == name


def test_official(registry: httpx.Client) -> None:
    assert "principalInvestigator" not in study(registry, "r4", TRIALX)
    reference = study(registry, "r4", CLINCONNECT)["principalInvestigator"]["reference"]
    [party] = [
        p for p in study(registry, "r5", CLINCONNECT)["associatedParty"] if p["name"] == "Michail S Lionakis, M.D."
    ]
    assert party["role"]["coding"][0]["code"] == "primary-investigator"
    assert party["party"]["reference"] == reference
    for release in ("r4", "r5"):
        role = registry.get(f"/fhir/{release}/{reference}").json()
        person = registry.get(f"/fhir/{release}/{role['practitioner']['reference']}").json()
        organization = registry.get(f"/fhir/{release}/{role['organization']['reference']}").json()
        assert person["name"][0]["text"] == "Michail S Lionakis, M.D."
        assert organization["name"] == NIAID


def test_texts(registry: httpx.Client) -> None:
    trialx, clinconnect = (plain(registry, f"trials/{trial}") for trial in (TRIALX, CLINCONNECT))
    assert trialx["brief_summary"].startswith("Vitiligo is a common chronic autoimmune skin disease that can occur")
    assert "T-VASI50 [50% improvement of total" in trialx["detailed_description"]
    assert "\\" not in trialx["detailed_description"]
    assert trialx["detailed_description"].endswith("at Week 12 and Week24.")
    assert trialx["plain_language_summary"] is None
    assert clinconnect["brief_summary"] is None and clinconnect["detailed_description"] is None
    summary = clinconnect["plain_language_summary"]
    assert summary["source"] == "clinconnect" and len(summary["text"].split("\n\n")) == 2
    assert summary["text"].endswith("with their healthcare provider.")
    assert study(registry, "r5", TRIALX)["descriptionSummary"] == trialx["brief_summary"]
    assert extensions(study(registry, "r4", TRIALX), "descriptionSummary") == [trialx["brief_summary"]]
    for release in ("r4", "r5"):
        assert study(registry, release, TRIALX)["description"] == trialx["detailed_description"]
        assert study(registry, release, CLINCONNECT)["note"] == [
            {"authorString": "ClinConnect", "text": summary["text"]}
        ]


def test_outcomes(registry: httpx.Client) -> None:
    items = plain(registry, f"trials/{TRIALX}/outcomes")["items"]
    assert [(o["type"], o["position"], o["time_frame"]) for o in items] == [
        ("primary", 1, "Week 24"),
        *(("secondary", n, "Week 12 and Week 24") for n in (1, 2, 3, 4)),
    ]
    starts = (
        "At Week 24, the clinical characteristic differences between the groups",
        "At Week 12 and Week 24, the proportion of patients scoring 4(slightly",
        "Change from baseline in vitiligo-specific quality-of-life score",
        "Proportion achieving T-VASI 50/75/90 at Week 12 and Week 24",
        "Proportion achieving F-VASI 50/75/90[facial vitiligo area scoring index(F-VASI)] at Week 12 and Week24",
    )
    for item, start in zip(items, starts, strict=True):
        assert item["measure"].startswith(start)
    assert plain(registry, f"trials/{CLINCONNECT}/outcomes")["items"] == []
    for measures in (
        study(registry, "r5", TRIALX)["outcomeMeasure"],
        extensions(study(registry, "r4", TRIALX), "outcomeMeasure"),
    ):
        assert [m["name"] for m in measures] == [item["measure"] for item in items]
        for measure, item in zip(measures, items, strict=True):
            concept = measure["type"] if isinstance(measure["type"], dict) else measure["type"][0]
            assert concept["coding"][0]["code"] == item["type"]
            assert item["time_frame"] in measure["description"]


def test_sites(registry: httpx.Client) -> None:
    assert plain(registry, f"trials/{TRIALX}/sites")["total"] == 0
    [site] = plain(registry, f"trials/{CLINCONNECT}/sites")["items"]
    assert (site["facility"], site["city"], site["state"], site["country"], site["country_code"]) == (
        None,
        "Bethesda",
        "Maryland",
        "United States",
        "US",
    )
    for release in ("r4", "r5"):
        assert "site" not in study(registry, release, TRIALX)
        [reference] = study(registry, release, CLINCONNECT)["site"]
        location = registry.get(f"/fhir/{release}/{reference['reference']}").json()
        assert location["address"]["city"] == "Bethesda"
        assert location["address"]["country"] in ("United States", "US")


@pytest.mark.parametrize("path", ["/api/v1/trials", "/api/v1/sites", "/fhir/r5/ResearchStudy", "/fhir/r4/Location"])
def test_no_template_became_data(registry: httpx.Client, path: str) -> None:
    answer = registry.get(path)
    assert answer.json()["total"] > 0
    assert "SITE_NAME" not in answer.text.replace("unrecognized", "")


def criteria_of(registry: httpx.Client, trial: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = plain(registry, f"trials/{trial}/criteria")["items"]
    return items


def chosen(
    items: list[dict[str, Any]], cohort: str | None, kind: str, where: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    return [i for i in items if (i["cohort"] or None) == cohort and i["type"] == kind and where(i)]


PARTICIPANTS = "participants with APECED-associated AA"
FAMILY = "family members or household contacts"


@pytest.mark.parametrize(
    ("trial", "cohort", "kind", "criteria", "notes"),
    [
        (TRIALX, None, "inclusion", 6, 0),
        (TRIALX, None, "exclusion", 3, 0),
        (CLINCONNECT, PARTICIPANTS, "inclusion", 11, 0),
        (CLINCONNECT, PARTICIPANTS, "exclusion", 26, 0),
        (CLINCONNECT, FAMILY, "inclusion", 3, 0),
        (CLINCONNECT, FAMILY, "exclusion", 0, 1),
    ],
)
def test_top_of_the_tree(
    registry: httpx.Client, trial: str, cohort: str | None, kind: str, criteria: int, notes: int
) -> None:
    items = criteria_of(registry, trial)
    top = chosen(items, cohort, kind, lambda i: i["depth"] == 0)
    assert sum(i["role"] == "criterion" for i in top) == criteria
    assert sum(i["role"] == "note" for i in top) == notes
    assert [i["position"] for i in top] == list(range(1, len(top) + 1))


@pytest.mark.parametrize(
    ("trial", "cohort", "kind", "position", "children", "notes"),
    [
        (TRIALX, None, "inclusion", 6, 4, 0),
        (CLINCONNECT, PARTICIPANTS, "inclusion", 11, 4, 1),
        (CLINCONNECT, PARTICIPANTS, "exclusion", 10, 6, 0),
        (CLINCONNECT, PARTICIPANTS, "exclusion", 14, 0, 0),
    ],
)
def test_below_the_top(
    registry: httpx.Client, trial: str, cohort: str | None, kind: str, position: int, children: int, notes: int
) -> None:
    items = criteria_of(registry, trial)
    [parent] = chosen(items, cohort, kind, lambda i: i["depth"] == 0 and i["position"] == position)
    below = [i for i in items if i["parent_id"] == parent["id"]]
    assert sum(i["role"] == "criterion" for i in below) == children
    assert sum(i["role"] == "note" for i in below) == notes
    assert all(i["depth"] == 1 for i in below)


def test_texts_of_the_tree(registry: httpx.Client) -> None:
    items = criteria_of(registry, CLINCONNECT)
    [broken] = chosen(items, PARTICIPANTS, "exclusion", lambda i: i["label"] == "14.")
    assert "recurrent infections of abnormal frequency or prolonged infections" in broken["text"]
    assert len(broken["spans"]) == 2
    assert any(i["text"] == "Is na(SqrRoot) ve or unresponsive to other treatments for AA." for i in items)
    assert any("interfere with the participant s ability" in i["text"] for i in items)
    [note] = [i for i in items if i["role"] == "note" and i["depth"] == 1]
    assert note["text"].startswith("Periodic abstinence (calendar, symptothermal")
    [none] = chosen(items, FAMILY, "exclusion", lambda i: True)
    assert none["text"] == "There are no exclusion criteria for family members or household contacts."
    codes = {issue["code"] for issue in plain(registry, f"trials/{CLINCONNECT}")["issues"]}
    assert {"damaged-text", "joined-line", "keywords-unsplit"} <= codes
    assert "unrecognized-line" not in codes and "incomplete" not in codes


def test_ages_of_the_cohorts(registry: httpx.Client) -> None:
    def years(value: int | None) -> dict[str, Any] | None:
        return None if value is None else {"value": value, "unit": "years"}

    for trial, expected in (
        (TRIALX, [(None, 12, None)]),
        (CLINCONNECT, [(PARTICIPANTS, 12, 65), (FAMILY, 18, None)]),
    ):
        cohorts = plain(registry, f"trials/{trial}")["cohorts"]
        assert [(c["label"], c["minimum_age"], c["maximum_age"]) for c in cohorts] == [
            (label, years(low), years(high)) for label, low, high in expected
        ]
        for release in ("r4", "r5"):
            for number, (_, low, high) in enumerate(expected, 1):
                group = registry.get(f"/fhir/{release}/Group/{trial}-cohort-{number}").json()
                [age] = [c for c in group["characteristic"] if c["code"]["coding"][0]["code"] == LOINC_AGE]
                bounds = {end: quantity["value"] for end, quantity in age["valueRange"].items()}
                assert bounds == {k: v for k, v in (("low", low), ("high", high)) if v}
                assert all(quantity["code"] == "a" for quantity in age["valueRange"].values())


def test_groups_hold_the_criteria(registry: httpx.Client) -> None:
    for release in ("r4", "r5"):
        for trial, number, included, excluded in (
            (TRIALX, 1, 6, 3),
            (CLINCONNECT, 1, 11, 26),
            (CLINCONNECT, 2, 3, 0),
        ):
            group = registry.get(f"/fhir/{release}/Group/{trial}-cohort-{number}").json()
            free = [c for c in group["characteristic"] if c["code"]["coding"][0]["code"] == "free-text"]
            typed = [c for c in group["characteristic"] if "extension" in c]
            assert sum(not c["exclude"] for c in (*free, *typed)) == included
            assert sum(c["exclude"] for c in (*free, *typed)) == excluded
            assert all(c["valueCodeableConcept"]["text"] for c in free)
            assert all(c["extension"][0]["valueString"] for c in typed)
            if release == "r4":
                assert group["actual"] is False
            else:
                assert group["membership"] == "definitional"


def test_eligibility_hangs_together(registry: httpx.Client) -> None:
    for trial, cohorts in ((TRIALX, 1), (CLINCONNECT, 2)):
        r5 = study(registry, "r5", trial)
        assert r5["recruitment"]["eligibility"]["reference"] == f"EvidenceVariable/{trial}"
        variable = registry.get(f"/fhir/r5/EvidenceVariable/{trial}").json()
        [root] = variable["characteristic"]
        assert root["definitionByCombination"]["code"] == "any-of"
        nodes = root["definitionByCombination"]["characteristic"]
        assert len(nodes) == cohorts
        for number, node in enumerate(nodes, 1):
            assert node["definitionByCombination"]["code"] == "all-of"
            inside = node["definitionByCombination"]["characteristic"]
            references = [c["definitionReference"]["reference"] for c in inside if "definitionReference" in c]
            assert references == [f"Group/{trial}-cohort-{number}"]
        r4 = study(registry, "r4", trial)
        enrolled = [e["reference"] for e in r4["enrollment"]]
        assert enrolled == [f"Group/{trial}-cohort-{n}" for n in range(1, cohorts + 1)]
        [alternate] = [e for enrollment in r4["enrollment"] for e in enrollment.get("extension", [])]
        assert alternate["url"] == "http://hl7.org/fhir/StructureDefinition/alternate-reference"
        assert alternate["valueReference"]["reference"] == f"EvidenceVariable/{trial}"
        document = registry.get(f"/fhir/r4/EvidenceVariable/{trial}").json()
        assert all("definitionCodeableConcept" in c or "definitionReference" in c for c in document["characteristic"])
