"""The README is true: its tables are made from the code, its commands are run."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.readme import README, matches, patient, written
from tests.servers import ROOT, environment, trials

TEXT = README.read_text()
COMMANDS = re.findall(r"```sh\n(.*?)\n```", TEXT, re.S)


def test_made_parts_are_current() -> None:
    assert written(TEXT) == TEXT, "run: python -m tests.readme"


def test_ci_runs_the_test_command() -> None:
    [command] = [block for block in COMMANDS if "pytest" in block and "install" in block]
    assert command in (ROOT / ".ci" / "run").read_text()


def test_the_first_command_installs_and_serves(tmp_path: Path) -> None:
    """In a folder that holds only what the Dockerfile copies, so that its build has what it needs too."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    for names in re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.M):
        for name in names.split():
            source, target = ROOT / name, tmp_path / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
    process = subprocess.Popen(
        COMMANDS[0],
        shell=True,
        cwd=tmp_path,
        env={**environment(""), "TRIALS_DATABASE_URL": "sqlite:///trials.db", "TRIALS_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            found = re.search(r"(http://\S+)/docs", line)
            if found:
                break
        else:
            pytest.fail(said)
        client = httpx.Client(base_url=found[1], transport=httpx.HTTPTransport(retries=5))
        assert client.get("/api/v1/trials").json()["total"] == 2
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.mark.parametrize("block", [b for b in COMMANDS if b.startswith("curl")], ids=lambda b: b.split("\n")[0][:60])
def test_curl_commands(registry: httpx.Client, block: str, tmp_path: Path) -> None:
    (tmp_path / "patient.json").write_text(json.dumps(patient()))
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line.replace("http://localhost:8000", str(registry.base_url).rstrip("/")))
        result = subprocess.run([*words, "-fsS"], capture_output=True, text=True, timeout=30, cwd=tmp_path)
        assert result.returncode == 0 and result.stdout.strip(), (line, result.stderr)


def test_the_tests_pass(tmp_path: Path) -> None:
    """Those that are shown."""
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    file = tmp_path / "test_shown.py"
    file.write_text("\n\n".join(blocks))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(file)]
    result = subprocess.run(command, cwd=ROOT, env=environment(""), capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert f"{TEXT.count('def test_')} passed" in result.stdout


@pytest.mark.parametrize("release", ["r4", "r5"])
def test_the_example_of_matching(registry: httpx.Client, release: str) -> None:
    """The server says what the table says."""
    answer = registry.post(f"/fhir/{release}/ResearchStudy/$match", json=patient())
    assert answer.status_code == 200, answer.text
    found = matches()
    entries = answer.json()["entry"]
    scores = [(one["resource"]["id"], one["search"]["score"]) for one in entries if one["search"]["mode"] == "match"]
    assert scores == [(one.trial_id, one.score) for one in found]
    assert [one.excluded for one in found] == [False, True]
    said = [one["resource"] for one in entries if one["resource"]["resourceType"] == "GuidanceResponse"]
    for expected, response in zip(found, said, strict=True):
        lines = [one["part"] for one in response["contained"][0]["parameter"] if one["name"] == "line"]
        made = [{part["name"]: part for part in line} for line in lines]
        assert [(one["path"]["valueString"], one["result"]["valueCode"]) for one in made] == [
            (line.path, line.result) for line in expected.lines
        ]


@pytest.mark.parametrize(
    "line",
    [
        line
        for b in COMMANDS
        for line in b.splitlines()
        if line.startswith((".venv/bin/trials", ".venv/bin/python -m tests"))
    ],
)
def test_trials_commands(registry: httpx.Client, url: str, line: str, tmp_path: Path) -> None:
    line = line.replace("http://localhost:8000", str(registry.base_url).rstrip("/"))
    words = [str(tmp_path / "exported") if word == "exported" else word for word in shlex.split(line)[1:]]
    if words[0] == "serve":
        words.append("--help")
    if words[0] == "-m":
        result = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    else:
        result = trials(url, *words)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
