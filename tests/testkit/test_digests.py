"""Every answer of a pinned server is the same: in every run, in another place and time zone, on both engines."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers import SEEDS, Databases
from tests.testkit.answers import BOTH, Answers

Make = Callable[..., Any]


def digests(registry: Any) -> dict[str, str]:
    """Of what is answered at the start, and after edits."""
    answers = Answers(registry.client)
    answers.read_all()
    registry.change(BOTH[0], {"title": "Moss for all", "overall_status": "completed"})
    registry.delete(BOTH[1])
    answers.read_all()
    return answers.digests


@pytest.fixture(scope="module")
def first(trial_registry_factory: Make, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Those of a server whose database was made for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALS_PINNED_FOLDER", str(tmp_path_factory.mktemp("pinned")))
        found = digests(trial_registry_factory())
    assert len(found) > 400 and len(set(found.values())) > 250
    return found


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def test_another_run_with_the_database_of_the_cache(
    make_trial_registry: Make, first: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("TRIALS_PINNED_FOLDER", str(tmp_path))
    make_trial_registry().close()
    assert len(list(tmp_path.glob("*.db"))) == 1
    assert differing(first, digests(make_trial_registry())) == []
    assert len(list(tmp_path.glob("*.db"))) == 1


def test_both_engines(make_trial_registry: Make, first: dict[str, str], databases: Databases) -> None:
    assert differing(first, digests(make_trial_registry(database=databases.blank()))) == []


@pytest.mark.parametrize(
    ("given", "least"), [({"clock": "2026-02-01T00:00:00Z"}, 250), ({"load": [SEEDS, SEEDS]}, 2)], ids=str
)
def test_another_clock_and_other_data_are_seen(
    make_trial_registry: Make, first: dict[str, str], given: dict[str, Any], least: int
) -> None:
    """The digests are worth something. The same documents twice are seen in the account of the run."""
    assert len(differing(first, digests(make_trial_registry(**given)))) >= least
