"""The house rules: floors, file sizes, what stands at the top level; lint and types."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

APP = ROOT / "app"
FLOORS = (
    ("errors", "settings", "clock", "record"),
    ("eligibility",),
    ("parameters",),
    ("sources", "generate", "fhir", "plain", "contract"),
    ("store",),
    ("search", "intake"),
    ("api", "web"),
    ("main", "progress"),
    ("testkit",),
    ("cli",),
    ("__main__",),
)
"""From the ground up; a room imports its own floor's ground (`errors`, `clock`, `record`, ...) and floors below it."""
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
PURE = ("record", "eligibility", "parameters", "sources", "generate", "fhir", "plain", "contract")
NOT_IN_PURE = ("sqlalchemy", "fastapi", "starlette", "alembic", "asyncpg", "psycopg", "sqlite3", "httpx", "uvicorn")


def imports(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            found += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


FILES = sorted(file for file in APP.rglob("*.py") if file != APP / "__init__.py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_rooms_import_from_floors_below(file: Path) -> None:
    room = file.relative_to(APP).parts[0].removesuffix(".py")
    for name in imports(file):
        parts = name.split(".")
        if parts[0] == "app" and len(parts) > 1 and parts[1] != room:
            other = parts[1]
            assert FLOOR[other] < FLOOR[room] or (other != "record" and room == "record"), f"{file}: imports {name}"
        if room in PURE:
            assert parts[0] not in NOT_IN_PURE, f"{file} does no I/O but imports {name}"


ALCOVES = ("words", "grammar", "matching")
"""Of the room of eligibility, from the ground up."""


def test_alcoves_import_from_those_below() -> None:
    for number, name in enumerate(ALCOVES):
        above = tuple(f"app.eligibility.{one}" for one in ALCOVES[number + 1 :])
        for file in (APP / "eligibility" / name).glob("*.py"):
            assert not any(one.startswith(above) for one in imports(file)), file


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_small_and_say_what_they_are(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= 350, f"{file}: look for the seam"
    assert ast.get_docstring(ast.parse(text)), f"{file} says what enters and what leaves"


def test_no_circles() -> None:
    """Modules of one room import one another in one direction only."""
    graph: dict[str, set[str]] = {}
    for file in FILES:
        parts = file.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        graph[module] = set(imports(file))
    modules = set(graph)
    # `from package import module` names the module: that the package is loaded first is no circle
    edges = {module: (graph[module] & modules) - {module} for module in modules}
    for module, others in edges.items():
        packages = {other for other in others if any(o.startswith(f"{other}.") for o in graph[module] & modules)}
        edges[module] = others - packages
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for other in edges[module]:
                visit(other, (*path, module))
            done.add(module)

    for module in modules:
        visit(module, ())


def test_the_top_level() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:  # an unpacked archive has no git
        names = {path.name for path in ROOT.iterdir()}
    else:
        names = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    allowed = {"app", "migrations", "seeds", "tests", "pyproject.toml", "alembic.ini", "README.md", "Dockerfile"}
    extra = {n for n in names if n not in allowed and not n.startswith(".") and not n.endswith(".lock")}
    assert extra - {"dist", "build", "clinical_trial_registry.egg-info"} == set()
    assert allowed <= names


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_lint_and_types(command: tuple[str, ...]) -> None:
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
