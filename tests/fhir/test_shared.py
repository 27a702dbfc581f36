"""What trials share: facilities, organizations, people."""

import pytest

from app.fhir.documents import render
from app.record.trial import Trial, TrialSite
from tests.fhir.trials import rich

DESCRIPTION = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Organization.description"


def shared(trial, resource_type, release):
    return {each.id: getattr(each, release) for each in render(trial) if each.type == resource_type}


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_location(release):
    clinic, geneva, atlantis = shared(rich(), "Location", release).values()
    assert clinic["id"].startswith("crater-clinic-bethesda-maryland-united-states-")
    assert clinic["address"] == {
        "text": "Bethesda, Maryland, United States",
        "city": "Bethesda",
        "state": "Maryland",
        "country": "United States",
    }
    assert clinic["mode"] == "instance"
    assert geneva["name"] == "Geneva, Switzerland"
    assert "position" not in geneva
    assert atlantis["name"] == "Atlantis"


@pytest.mark.parametrize(("origin", "marked"), [("source", False), ("gazetteer", True)])
def test_derived_coordinates_are_marked(origin, marked):
    site = TrialSite(city="Geneva", latitude=46.2, longitude=6.15, coordinates_from=origin)
    [location] = shared(Trial(id="NCT00000003", sites=[site]), "Location", "r5").values()
    assert (location["position"]["latitude"], location["position"]["longitude"]) == (46.2, 6.15)
    assert ("extension" in location["position"]) is marked


def test_organizations_once_each_with_what_is_said_of_them():
    """The investigator's affiliation is the sponsor, spelled in other case."""
    r4, r5 = shared(rich(), "Organization", "r4"), shared(rich(), "Organization", "r5")
    assert [each["name"] for each in r5.values()] == ["Lunar Institute", "Tide Society"]
    lunar_r4, lunar_r5 = next(iter(r4.values())), next(iter(r5.values()))
    assert lunar_r5["description"] == "Studies the moon."
    assert lunar_r4["extension"] == [{"url": DESCRIPTION, "valueMarkdown": "Studies the moon."}]
    assert "description" not in lunar_r4


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_people(release):
    people = shared(rich(), "Practitioner", release)
    ada, bo = shared(rich(), "PractitionerRole", release).values()
    assert [each["name"] for each in people.values()] == [[{"text": "Ada Example, M.D."}], [{"text": "Bo Example"}]]
    assert ada["practitioner"]["reference"].removeprefix("Practitioner/") in people
    assert ada["organization"]["reference"].removeprefix("Organization/") in shared(rich(), "Organization", release)
    assert ada["code"] == [{"text": "Principal Investigator"}]
    assert "organization" not in bo
