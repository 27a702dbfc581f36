"""The README is true: its tables are made from the code, its commands are run."""

import re
import shlex
import subprocess

import httpx
import pytest

from tests.readme import README, written
from tests.servers import ROOT, trials

TEXT = README.read_text()
COMMANDS = re.findall(r"```sh\n(.*?)\n```", TEXT, re.S)


def test_made_parts_are_current() -> None:
    assert written(TEXT) == TEXT, "run: python -m tests.readme"


def test_ci_runs_the_test_command() -> None:
    [command] = [block for block in COMMANDS if "pytest" in block and "install" in block]
    assert command in (ROOT / ".ci" / "run").read_text()


def test_the_first_command_installs_and_serves() -> None:
    """The install is CI's own, with the same constraints; what it serves is what `registry` is in every test."""
    first = COMMANDS[0]
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install -q -c requirements.lock .")
    assert first.endswith(".venv/bin/trials serve")


@pytest.mark.parametrize("block", [b for b in COMMANDS if b.startswith("curl")], ids=lambda b: b.split("\n")[0][:60])
def test_curl_commands(registry: httpx.Client, block: str) -> None:
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line.replace("http://localhost:8000", str(registry.base_url).rstrip("/")))
        result = subprocess.run([*words, "-fsS"], capture_output=True, text=True, timeout=30)
        assert result.returncode == 0 and result.stdout.strip(), (line, result.stderr)


@pytest.mark.parametrize(
    "line", [line for b in COMMANDS for line in b.splitlines() if line.startswith(".venv/bin/trials")]
)
def test_trials_commands(url: str, line: str) -> None:
    words = shlex.split(line)[1:]
    if words[0] == "serve":
        words.append("--help")
    result = trials(url, *words)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
