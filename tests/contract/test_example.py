"""A project of its own with the package beside it, in a fresh environment, without a network: its tests pass."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

EXAMPLE = Path(__file__).parent / "example"
NO_NETWORK = """
import socket
_connect = socket.socket.connect
def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
        raise OSError(f"there is no network: {address}")
    return _connect(self, address)
socket.socket.connect = connect
"""


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "PYTEST_"))}
    result = subprocess.run(command, cwd=cwd, env={**kept, **more}, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the package, pytest and pytest-xdist are installed, and nothing reaches further than this machine."""
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", place, cwd=ROOT)
    source = place / "source"
    source.mkdir()
    for name in ("app", "migrations", "seeds"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "requirements.lock"):
        shutil.copy(ROOT / name, source)
    wanted = (str(source), "pytest", "pytest-xdist")
    run(place / "bin" / "pip", "install", "-q", "-c", "requirements.lock", *wanted, cwd=source)
    shutil.rmtree(source)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "no_network.py").write_text(NO_NETWORK)
    (packages / "no_network.pth").write_text("import no_network\n")
    return place


@pytest.mark.parametrize("parallel", ["0", "2"])
def test_the_example_passes(environment: Path, tmp_path: Path, parallel: str) -> None:
    project = tmp_path / "portal"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path)}
    said = run(environment / "bin" / "pytest", "-n", parallel, "-q", cwd=project, **cache)
    passed = re.search(r"^(\d+) passed in", said, re.M)
    assert passed and int(passed[1]) >= 10, said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("tria")] == [], "servers leave nothing"
    again = run(environment / "bin" / "python", "-m", "pytest", "-q", "-k", "all_studies", cwd=project, **cache)
    assert "1 passed" in again


def test_a_run_without_its_fixtures_starts_no_server(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\ndef test_nothing():\n    assert 'httpx' not in sys.modules and 'app' not in sys.modules\n"
    )
    cache = tmp_path / "cache"
    run(environment / "bin" / "pytest", "-q", cwd=tmp_path, XDG_CACHE_HOME=str(cache))
    assert not cache.exists()
