"""The portal against a real registry, through the fixtures that come with the registry's package."""

import time

import pytest
from app.portal import TRIES, Portal, Unavailable

SEARCH = "/fhir/r5/ResearchStudy"
FIRST, SECOND = "NCT05398809", "NCT07153666"


@pytest.fixture
def portal(trial_registry):
    return Portal(trial_registry.url, patience=1.0)


def test_all_studies(portal):
    assert portal.studies() == portal.studies(page=1) == [FIRST, SECOND]


def test_it_waits_as_long_as_it_is_told(portal, trial_registry):
    trial_registry.fail_next(SEARCH, status=429, retry_after=1)
    began = time.monotonic()
    assert portal.studies() == [FIRST, SECOND]
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("fault", ["fail_next", "cut_next"])
def test_it_tries_again_and_gives_up_in_the_end(portal, trial_registry, fault):
    getattr(trial_registry, fault)(SEARCH, times=TRIES - 1)
    assert portal.studies() == [FIRST, SECOND]
    getattr(trial_registry, fault)(SEARCH, times=TRIES)
    with pytest.raises(Unavailable):
        portal.studies()


def test_it_does_not_wait_for_ever(portal, trial_registry):
    trial_registry.slow_next(SEARCH, 30)
    assert portal.studies() == [FIRST, SECOND]


def test_a_study_goes_while_it_pages(portal, trial_registry):
    trial_registry.delete(SECOND, before=SEARCH, skip=1)
    assert portal.studies(page=1) == [FIRST]
    assert portal.title(SECOND) is None


def test_a_change_is_seen(portal, trial_registry):
    before = portal.title(FIRST)
    assert before and portal.title(FIRST) == before
    trial_registry.change(FIRST, {"title": "Moss for all"})
    assert portal.title(FIRST) == "Moss for all"


STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT09990001", "briefTitle": "Lichen tea"},
        "statusModule": {"overallStatus": "RECRUITING"},
    }
}


def test_other_data_at_another_time(make_trial_registry):
    registry = make_trial_registry(load=[STUDY], clock="2030-01-01T00:00:00Z")
    assert Portal(registry.url).title("NCT09990001") == "Lichen tea"
    read = registry.client.get(f"{SEARCH}/NCT09990001").json()
    assert read["meta"]["lastUpdated"] == "2030-01-01T00:00:00.000000Z"


@pytest.fixture(scope="module")
def quiet_registry(trial_registry_factory):
    return trial_registry_factory()


@pytest.mark.parametrize("number", [1, 2])
def test_one_server_for_several_tests(quiet_registry, number):
    """The same validator on every machine: it may stand in a test."""
    answer = quiet_registry.client.get("/api/v1/trials?sort=id&limit=1")
    following = f"{quiet_registry.url}/api/v1/trials?sort=id&limit=1&cursor="
    assert answer.json()["next"].startswith(following)
    assert answer.headers["ETag"] == ETAG


ETAG = 'W/"0db7f10385beb8b61da7"'
