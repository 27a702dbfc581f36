"""What a complete load may call removed, and what brings a trial back."""

import gzip
import json
from copy import deepcopy
from pathlib import Path

import orjson
import pytest

from tests.intake.test_load import counts, load
from tests.intake.test_registry import IDS, STUDIES, lines
from tests.servers import CLINCONNECT, Server, trials


def complete(url: str, *paths: Path) -> tuple[dict[str, int], str]:
    result = trials(url, "load", "--json", "--complete", "ctgov", *paths)
    assert "Traceback" not in result.stderr, result.stderr
    return json.loads(result.stdout), result.stderr


@pytest.fixture
def mirrored(url: str, tmp_path: Path) -> str:
    path = tmp_path / "all.ndjson"
    path.write_bytes(lines(STUDIES[:6]))
    load(url, path)
    return url


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.gz", gzip.compress(lines(STUDIES[:6]))[:-300]),
        ("nothing.txt", b""),
        ("nameless.ndjson", lines(STUDIES[:2]) + b'{"protocolSection": {"identificationModule": {}}}\n'),
    ],
)
def test_nothing_is_removed_when_something_could_not_be_read(
    mirrored: str, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    answer, said = complete(mirrored, path)
    assert answer["removed"] == 0 and answer["refused"] == 1 and "nothing was marked removed" in said


def test_an_empty_folder_and_a_listing_are_no_registry(mirrored: str, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert complete(mirrored, folder)[0]["removed"] == 0
    assert complete(mirrored, CLINCONNECT)[0]["removed"] == 0
    assert complete(mirrored, tmp_path / "not there")[0]["removed"] == 0


def test_a_refused_record_is_still_in_the_registry(mirrored: str, tmp_path: Path) -> None:
    bad = deepcopy(STUDIES[:5])
    bad[2]["protocolSection"]["statusModule"]["overallStatus"] = 7
    path = tmp_path / "bad.ndjson"
    path.write_bytes(lines(bad))
    answer, _ = complete(mirrored, path)
    assert (answer["refused"], answer["removed"]) == (1, 1)
    with Server(mirrored) as client:
        assert client.get(f"/api/v1/trials/{IDS[2]}").status_code == 200
        assert client.get(f"/api/v1/trials/{IDS[5]}").status_code == 410


def test_a_listing_does_not_bring_a_removed_trial_back(url: str, tmp_path: Path) -> None:
    study = deepcopy(STUDIES[0])
    study["protocolSection"]["identificationModule"]["nctId"] = "NCT05398809"
    both, one = tmp_path / "both.ndjson", tmp_path / "one.ndjson"
    both.write_bytes(lines([study, STUDIES[1]]))
    one.write_bytes(lines([STUDIES[1]]))
    load(url, both, CLINCONNECT)
    assert complete(url, one)[0]["removed"] == 1
    assert counts(load(url, CLINCONNECT)[1]) == (0, 0, 1, 0)
    with Server(url) as client:
        assert client.get("/api/v1/trials/NCT05398809").status_code == 410
        for path in ("criteria", "outcomes", "sites"):
            assert client.get(f"/api/v1/{path}?trial=NCT05398809").json()["total"] == 0, path
        assert client.get("/api/v1/criteria/NCT05398809-1-i1").status_code == 404
    assert counts(load(url, both)[1]) == (0, 1, 1, 0)


def test_an_alias_that_had_a_record_of_its_own(url: str, tmp_path: Path) -> None:
    """Whichever of the two comes first, the earlier id leads to the record that names it."""
    old, new = deepcopy(STUDIES[0]), deepcopy(STUDIES[1])
    new["protocolSection"]["identificationModule"]["nctIdAliases"] = [IDS[0]]
    for number, study in enumerate((old, new, old)):
        path = tmp_path / f"{number}.json"
        path.write_bytes(orjson.dumps(study))
        load(url, path)
        if number:
            with Server(url) as client:
                for place in (f"/api/v1/trials/{IDS[0]}", f"/fhir/r5/ResearchStudy/{IDS[0]}"):
                    assert client.get(place).status_code == 301, (number, place)
                assert client.get("/api/v1/trials").json()["total"] == 1


def test_a_trials_own_words_of_a_shared_facility(url: str, tmp_path: Path) -> None:
    """Two trials spell a facility differently and give other coordinates: each keeps its own; a correction arrives."""
    made = deepcopy(STUDIES[:2])
    for study, name, latitude in zip(made, ("Harbour Clinic", "HARBOUR CLINIC"), (59.9, 59.8), strict=True):
        study["protocolSection"]["contactsLocationsModule"] = {
            "locations": [
                {"facility": name, "city": "Oslo", "country": "Norway", "geoPoint": {"lat": latitude, "lon": 10.7}}
            ]
        }
    path = tmp_path / "s.ndjson"
    path.write_bytes(lines(made))
    load(url, path)
    made[0]["protocolSection"]["contactsLocationsModule"]["locations"][0]["geoPoint"]["lat"] = 60.1
    path.write_bytes(lines(made[:1]))
    load(url, path)
    with Server(url) as client:
        seen = [client.get(f"/api/v1/trials/{id}/sites").json()["items"][0] for id in IDS[:2]]
        assert [(s["facility"], s["latitude"]) for s in seen] == [("Harbour Clinic", 60.1), ("HARBOUR CLINIC", 59.8)]
        assert seen[0]["id"] == seen[1]["id"]
        [diff] = client.get(f"/api/v1/trials/{IDS[0]}/versions/1/diff/2").json()["items"]
        assert (diff["before"], diff["after"]) == (59.9, 60.1) and diff["path"].endswith(".latitude")
        location = client.get(f"/fhir/r5/Location/{seen[0]['id']}").json()
        assert location["position"]["latitude"] == 60.1 and location["meta"]["versionId"] == "2"


LINES = lines(STUDIES[:3])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{broken\n" + LINES, (3, 0, 0, 1)),
        (b"\n\n" + LINES, (3, 0, 0, 0)),
        (b"\xef\xbb\xbf" + LINES, (3, 0, 0, 0)),
        (orjson.dumps({"meta": 1, "studies": STUDIES[:3]}), (3, 0, 0, 0)),
    ],
)
def test_untidy_json(url: str, tmp_path: Path, content: bytes, expected: tuple[int, ...]) -> None:
    path = tmp_path / "untidy.json"
    path.write_bytes(content)
    assert counts(load(url, path)[1]) == expected
