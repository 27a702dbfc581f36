"""Every operation of the contract, asked by schemathesis on both engines: nothing that is answered is unexpected.

`schemathesis.toml` says how, and what is left out and why. What is at the edges of each parameter (`coverage`) takes
most of the time: FHIR's parameters are R5's and R4's alike and values are read before there is an engine, so they are
asked so in R5 and on PostgreSQL, whose types are the stricter ones; at length (`TRIALS_PROFILE=long`) everywhere.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.stored import present
from tests.profiles import LONG
from tests.servers import Databases

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PARTS = {"plain": r"^/(?!fhir/)", "r5": r"^/fhir/r5(/|$)", "r4": r"^/fhir/r4(/|$)"}


@pytest.fixture(scope="module")
def pinned(databases: Databases, trial_registry_factory: Callable[..., Any]) -> Any:
    return trial_registry_factory(database=databases.new())


def test_every_operation_is_in_a_part() -> None:
    paths = present()["paths"]
    assert all(sum(bool(re.match(part, path)) for part in PARTS.values()) == 1 for path in paths)


@pytest.mark.parametrize("part", PARTS)
def test_no_answer_is_unexpected(pinned: Any, databases: Databases, part: str, tmp_path: Path) -> None:
    edges = LONG or (part != "r4" and databases.engine == "postgresql")
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION, "run"]
    command += [f"{pinned.url}/openapi.json", "--include-path-regex", PARTS[part], "--checks", "all", "--no-color"]
    command += [
        "--phases",
        f"examples,{'coverage,' if edges else ''}fuzzing,stateful",
        "--max-examples",
        "50" if LONG else "2",
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=None if LONG else 300)
    said = result.stdout.partition("= FAILURES =")[2] or result.stdout
    assert result.returncode == 0, f"{said[:6000]}\n...\n{said[-2000:]}{result.stderr}"
    operations = [one for path, item in present()["paths"].items() if re.match(PARTS[part], path) for one in item]
    assert f"Tested: {len(operations)}\n" in result.stdout
