"""A database that is as this release needs it is known without Alembic; what renderers are made of is known whole."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

import app
from app.intake.load import load
from app.store import fingerprints, ready
from app.store.engine import engine_for
from app.store.migrate import configuration, migrate
from app.store.reindex import reindex
from app.store.rerender import rerender
from tests.servers import CLINCONNECT, ROOT

_PRINTS_ITS_MODULES = """
import sys
import app.fhir.documents, app.plain.render
print(*sorted(name for name in sys.modules if name.split(".")[0] == "app"))
"""


def test_the_head_is_alembics() -> None:
    assert ready.head() == ScriptDirectory.from_config(configuration()).get_current_head()


def test_every_module_of_the_renderers_is_in_their_fingerprint() -> None:
    command = [sys.executable, "-c", _PRINTS_ITS_MODULES]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    home = Path(app.__path__[0])
    named = fingerprints._imported(home / "fhir" / "documents.py", home / "plain" / "render.py")
    known = {".".join(("app", *one.relative_to(home).with_suffix("").parts)) for one in named}
    imported = {
        name for name in done.stdout.split() if Path(home.parent, *name.split(".")).with_suffix(".py").is_file()
    }
    assert imported <= known and "app.fhir.research_study" in imported


@pytest.mark.parametrize("lacking", ["nothing", "trials", "a revision", "the renderer", "the index", "a table"])
def test_what_is_ready(url: str, lacking: str) -> None:
    engine = engine_for(url)
    assert not ready.is_ready(engine)
    migrate(engine)
    rerender(engine, lambda: "2026-01-01T00:00:00.000000Z")
    reindex(engine)
    if lacking != "trials":
        load(engine, [CLINCONNECT])
    broken = {
        "a revision": "UPDATE alembic_version SET version_num = '0001'",
        "the renderer": "UPDATE state SET value = 'another' WHERE name = 'renderer'",
        "the index": "UPDATE state SET value = 'another' WHERE name = 'index'",
        "a table": "DROP TABLE alembic_version",
    }
    if lacking in broken:
        with engine.begin() as connection:
            connection.execute(text(broken[lacking]))
    assert ready.is_ready(engine) is (lacking == "nothing")
    engine.dispose()
