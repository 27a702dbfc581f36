"""`trials sync ctgov` as a user runs it, against a local server that speaks the registry's API."""

import json
from copy import deepcopy

from app.generate import studies
from tests.intake.fake_ctgov import FakeCtgov
from tests.servers import Server, trials


def test_sync(url: str) -> None:
    made = list(studies(25))
    with FakeCtgov(made) as registry:
        settings = {"TRIALS_CTGOV_URL": registry.url}
        first = trials(url, "sync", "ctgov", "--json", **settings)
        assert first.returncode == 0, first.stderr
        answer = json.loads(first.stdout)
        assert answer["finished"] and answer["studies"] == 25 and answer["counts"]["new"] == 25
        changed = deepcopy(made[3])
        module = changed["protocolSection"]["statusModule"]
        module["overallStatus"], module["lastUpdatePostDateStruct"] = (
            "COMPLETED",
            {"date": "2035-05-05", "type": "ACTUAL"},
        )
        registry.studies[3] = changed
        again = json.loads(trials(url, "sync", "ctgov", "--json", **settings).stdout)
        assert again["counts"]["new"] == 0 and again["counts"]["changed"] == 1
        assert again["since"] == "2035-05-05"
    stopped = trials(url, "sync", "ctgov", TRIALS_CTGOV_URL="http://127.0.0.1:9/studies", TRIALS_CTGOV_TRIES="1")
    assert stopped.returncode == 1 and "127.0.0.1:9" in stopped.stderr and "Traceback" not in stopped.stderr
    with Server(url) as client:
        assert client.get("/api/v1/trials?limit=1").json()["total"] == 25
        runs = client.get("/api/v1/runs").json()["items"]
        assert {run["kind"] for run in runs} == {"sync"} and sum(run["new"] for run in runs) == 25
    wrong = trials(url, "sync", "elsewhere")
    assert wrong.returncode == 1 and "ctgov" in wrong.stderr
